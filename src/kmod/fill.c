// SPDX-License-Identifier: GPL-2.0
/*
 * One function for each part of a message, as sysmon.yaml lays it out. Each
 * serves replies, dumps and notifications alike. Knows no sockets.
 *
 * All are called under sysmon_lock, but for those of events.
 */
#include <net/netlink.h>

#include "sysmon.h"

static int fill_match(const char *pattern, void *skb)
{
	return nla_put_string(skb, SYSMON_A_MODULE_MATCH, pattern);
}

static int put_module_u64(struct sk_buff *skb, int attr, u64 value)
{
	return nla_put_u64_64bit(skb, attr, value, SYSMON_A_MODULE_PAD);
}

static int put_ring(struct sk_buff *skb)
{
	u64 head, tail, lost;

	sysmon_ring_state(&head, &tail, &lost);
	return put_module_u64(skb, SYSMON_A_MODULE_EVENTS_HEAD, head) ?:
	       put_module_u64(skb, SYSMON_A_MODULE_EVENTS_TAIL, tail) ?:
	       put_module_u64(skb, SYSMON_A_MODULE_EVENTS_LOST, lost) ?:
	       nla_put_u32(skb, SYSMON_A_MODULE_EVENTS_CAPACITY,
			   sysmon_ring_capacity);
}

static int put_identity(struct sk_buff *skb)
{
	int err;

	err = nla_put_string(skb, SYSMON_A_MODULE_VERSION, SYSMON_VERSION) ?:
	      nla_put_u32(skb, SYSMON_A_MODULE_ABI, SYSMON_ABI) ?:
	      put_module_u64(skb, SYSMON_A_MODULE_INSTANCE, sysmon_instance);
	if (!err && sysmon_boot_id[0])
		err = nla_put_string(skb, SYSMON_A_MODULE_BOOT_ID,
				     sysmon_boot_id);
	return err;
}

static int put_counters(struct sk_buff *skb)
{
	const struct {
		int attr;
		u64 value;
	} counters[] = {
		{ SYSMON_A_MODULE_INTERVAL_NS, sysmon_sampler_interval() },
		{ SYSMON_A_MODULE_TICKS, sysmon_stats.ticks },
		{ SYSMON_A_MODULE_WALKS, sysmon_stats.walks },
		{ SYSMON_A_MODULE_WALK_NS, sysmon_stats.walk_ns },
		{ SYSMON_A_MODULE_WALK_TOTAL_NS, sysmon_stats.walk_total_ns },
		{ SYSMON_A_MODULE_MESSAGES,
		  atomic64_read(&sysmon_stats.messages) },
		{ SYSMON_A_MODULE_DROPPED,
		  atomic64_read(&sysmon_stats.dropped) },
		{ SYSMON_A_MODULE_CONTAINERS_REFUSED,
		  sysmon_stats.containers_refused },
		{ SYSMON_A_MODULE_RESCANS, sysmon_stats.rescans },
		{ SYSMON_A_MODULE_FILE_ERRORS, sysmon_stats.file_errors },
		{ SYSMON_A_MODULE_TICK_NS, sysmon_stats.tick_ns },
		{ SYSMON_A_MODULE_TICK_TOTAL_NS, sysmon_stats.tick_total_ns },
	};
	int i, err = 0;

	for (i = 0; i < ARRAY_SIZE(counters) && !err; i++)
		err = put_module_u64(skb, counters[i].attr, counters[i].value);
	return err;
}

int sysmon_fill_module(struct sk_buff *skb)
{
	struct nlattr *nest = nla_nest_start(skb, SYSMON_A_MODULE);

	if (!nest)
		return -EMSGSIZE;
	if (put_identity(skb) || put_counters(skb) || put_ring(skb) ||
	    nla_put_u32(skb, SYSMON_A_MODULE_CONTAINERS,
			sysmon_container_count) ||
	    nla_put_u32(skb, SYSMON_A_MODULE_CONTAINERS_MAX,
			sysmon_containers_max) ||
	    sysmon_match_for_each(fill_match, skb)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

static int put_tick_u64(struct sk_buff *skb, int attr, u64 value)
{
	return nla_put_u64_64bit(skb, attr, value, SYSMON_A_TICK_PAD);
}

int sysmon_fill_tick(struct sk_buff *skb, u32 part)
{
	struct nlattr *nest = nla_nest_start(skb, SYSMON_A_TICK);
	const struct sysmon_tick *t = &sysmon_tick;

	if (!nest)
		return -EMSGSIZE;
	if (put_tick_u64(skb, SYSMON_A_TICK_INSTANCE, sysmon_instance) ||
	    put_tick_u64(skb, SYSMON_A_TICK_NUMBER, t->number) ||
	    put_tick_u64(skb, SYSMON_A_TICK_BOOTTIME_NS, t->boottime_ns) ||
	    put_tick_u64(skb, SYSMON_A_TICK_REALTIME_NS, t->realtime_ns) ||
	    put_tick_u64(skb, SYSMON_A_TICK_WALK_NS, t->walk_ns) ||
	    put_tick_u64(skb, SYSMON_A_TICK_INTERVAL_NS, t->interval_ns) ||
	    nla_put_u32(skb, SYSMON_A_TICK_PART, part)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

static bool is_u32(unsigned int attr)
{
	return attr == SYSMON_A_SYSTEM_CPUS ||
	       (attr >= SYSMON_A_SYSTEM_LOAD1_MILLI &&
		attr <= SYSMON_A_SYSTEM_LOAD15_MILLI);
}

int sysmon_fill_system(struct sk_buff *skb)
{
	struct nlattr *nest = nla_nest_start(skb, SYSMON_A_SYSTEM);
	const struct sysmon_figures *sys = &sysmon_tick.system;
	unsigned int attr;
	int err = 0;

	if (!nest)
		return -EMSGSIZE;
	for_each_set_bit(attr, sys->have, SYSMON_FIGURES) {
		if (is_u32(attr))
			err = nla_put_u32(skb, attr, sys->value[attr]);
		else
			err = nla_put_u64_64bit(skb, attr, sys->value[attr],
						SYSMON_A_SYSTEM_PAD);
		if (err) {
			nla_nest_cancel(skb, nest);
			return err;
		}
	}
	nla_nest_end(skb, nest);
	return 0;
}

static int put_container_u64(struct sk_buff *skb, int attr, u64 value)
{
	return nla_put_u64_64bit(skb, attr, value, SYSMON_A_CONTAINER_PAD);
}

static int put_name(struct sk_buff *skb, const struct sysmon_name *name)
{
	struct nlattr *id;

	id = nla_reserve(skb, SYSMON_A_CONTAINER_ID, name->id_len + 1);
	if (!id)
		return -EMSGSIZE;
	memcpy(nla_data(id), name->path + name->id_off, name->id_len);
	((char *)nla_data(id))[name->id_len] = '\0';
	return nla_put_string(skb, SYSMON_A_CONTAINER_PATH, name->path)
		       ?: nla_put_u32(skb, SYSMON_A_CONTAINER_RUNTIME,
				      name->runtime);
}

static int put_sample(struct sk_buff *skb, const struct sysmon_sample *s)
{
	unsigned int attr;
	int err;

	err = put_container_u64(skb, SYSMON_A_CONTAINER_CGROUP_ID,
				s->cgroup_id);
	if (!err && s->parent_id)
		err = put_container_u64(skb, SYSMON_A_CONTAINER_PARENT_ID,
					s->parent_id);
	if (!err && s->started_ns)
		err = put_container_u64(skb,
					SYSMON_A_CONTAINER_STARTED_BOOTTIME_NS,
					s->started_ns);
	for_each_set_bit(attr, s->f.have, SYSMON_FIGURES) {
		if (err)
			break;
		err = put_container_u64(skb, attr, s->f.value[attr]);
	}
	return err;
}

/**
 * sysmon_fill_container() - add a container's nest
 * @skb: the message
 * @attr: the nest's attribute: directly in the message, or in an event
 * @name: who it is
 * @sample: its figures
 *
 * Return: 0, or -EMSGSIZE with the message as it was.
 */
int sysmon_fill_container(struct sk_buff *skb, int attr,
			  const struct sysmon_name *name,
			  const struct sysmon_sample *sample)
{
	struct nlattr *nest = nla_nest_start(skb, attr);

	if (!nest)
		return -EMSGSIZE;
	if (put_name(skb, name) || put_sample(skb, sample)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

static int put_event_u64(struct sk_buff *skb, int attr, u64 value)
{
	return nla_put_u64_64bit(skb, attr, value, SYSMON_A_EVENT_PAD);
}

int sysmon_fill_event(struct sk_buff *skb, const struct sysmon_event *ev)
{
	struct nlattr *nest = nla_nest_start(skb, SYSMON_A_EVENT);

	if (!nest)
		return -EMSGSIZE;
	if (put_event_u64(skb, SYSMON_A_EVENT_INSTANCE, sysmon_instance) ||
	    put_event_u64(skb, SYSMON_A_EVENT_SEQ, ev->seq) ||
	    nla_put_u32(skb, SYSMON_A_EVENT_TYPE, ev->type) ||
	    put_event_u64(skb, SYSMON_A_EVENT_BOOTTIME_NS, ev->boottime_ns) ||
	    put_event_u64(skb, SYSMON_A_EVENT_REALTIME_NS, ev->realtime_ns) ||
	    sysmon_fill_container(skb, SYSMON_A_EVENT_CONTAINER, ev->name,
				  &ev->sample)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

static int put_gap_u64(struct sk_buff *skb, int attr, u64 value)
{
	return nla_put_u64_64bit(skb, attr, value, SYSMON_A_GAP_PAD);
}

int sysmon_fill_gap(struct sk_buff *skb, u64 first, u64 count)
{
	struct nlattr *nest = nla_nest_start(skb, SYSMON_A_GAP);

	if (!nest)
		return -EMSGSIZE;
	if (put_gap_u64(skb, SYSMON_A_GAP_INSTANCE, sysmon_instance) ||
	    put_gap_u64(skb, SYSMON_A_GAP_FIRST, first) ||
	    put_gap_u64(skb, SYSMON_A_GAP_COUNT, count)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}
