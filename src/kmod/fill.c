// SPDX-License-Identifier: GPL-2.0
/*
 * One function for each part of a message, as sysmon.yaml lays it out. Each
 * serves replies, dumps and notifications alike. Knows no sockets.
 *
 * All are called under sysmon_lock, but for those of events.
 */
#include <linux/slab.h>
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
	struct sysmon_ring_state r;

	sysmon_ring_state(&r);
	return put_module_u64(skb, SYSMON_A_MODULE_EVENTS_HEAD, r.head) ?:
	       put_module_u64(skb, SYSMON_A_MODULE_EVENTS_TAIL, r.tail) ?:
	       put_module_u64(skb, SYSMON_A_MODULE_EVENTS_LOST, r.lost) ?:
	       put_module_u64(skb, SYSMON_A_MODULE_EVENTS_BYTES, r.bytes) ?:
	       put_module_u64(skb, SYSMON_A_MODULE_EVENTS_BYTES_MAX,
			      sysmon_ring_bytes_max) ?:
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
		{ SYSMON_A_MODULE_FACTS_LOST,
		  atomic64_read(&sysmon_stats.facts_lost) },
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
	    nla_put_u32(skb, SYSMON_A_MODULE_CONTAINER_BYTES,
			sysmon_container_bytes()) ||
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
	for (attr = 0; attr < SYSMON_FIGURES && !err; attr++) {
		if (!sysmon_has(sys, attr))
			continue;
		if (is_u32(attr))
			err = nla_put_u32(skb, attr, sys->value[attr]);
		else
			err = nla_put_u64_64bit(skb, attr, sys->value[attr],
						SYSMON_A_SYSTEM_PAD);
	}
	if (err) {
		nla_nest_cancel(skb, nest);
		return err;
	}
	nla_nest_end(skb, nest);
	return 0;
}

/**
 * struct run - figures, each a u64, as a message is to have them
 * @have: bit a is set for each attribute a
 * @value: of the attributes from @first on
 * @pad: the attribute for padding
 */
struct run {
	u64 have;
	const u64 *value;
	unsigned int first;
	int pad;
};

static size_t size_of_run(u64 have)
{
	return hweight64(have) * nla_total_size(sizeof(u64));
}

/* Where an attribute's payload may be anywhere, as on most architectures. */
static int put_packed(struct sk_buff *skb, const struct run *run)
{
	const unsigned int size = nla_total_size(sizeof(u64));
	const unsigned int first = run->first;
	const u64 *value = run->value;
	u64 rest = run->have;
	struct nlattr *nla;
	unsigned int attr;

	if (skb_tailroom(skb) < size_of_run(run->have))
		return -EMSGSIZE;
	nla = skb_put(skb, size_of_run(run->have));
	for (; rest; rest &= rest - 1) {
		attr = __ffs64(rest);
		nla->nla_type = attr;
		nla->nla_len = nla_attr_size(sizeof(u64));
		memcpy(nla_data(nla), &value[attr - first], sizeof(u64));
		nla = (void *)nla + size;
	}
	return 0;
}

static int put_padded(struct sk_buff *skb, const struct run *run)
{
	unsigned int attr;
	int err = 0;
	u64 rest;

	for (rest = run->have; rest && !err; rest &= rest - 1) {
		attr = __ffs64(rest);
		err = nla_put_u64_64bit(skb, attr,
					run->value[attr - run->first],
					run->pad);
	}
	return err;
}

/* The bulk of every snapshot. */
static int put_run(struct sk_buff *skb, const struct run *run)
{
	if (IS_ENABLED(CONFIG_HAVE_EFFICIENT_UNALIGNED_ACCESS))
		return put_packed(skb, run);
	return put_padded(skb, run);
}

static int put_figures(struct sk_buff *skb, const struct sysmon_figures *f,
		       int pad)
{
	const struct run run = { f->have, f->value, 0, pad };

	return put_run(skb, &run);
}

/**
 * sysmon_fill_cpu() - add a CPU's nest
 * @skb: the message
 * @cpu: is online
 *
 * Return: 0, or -EMSGSIZE with the message as it was.
 */
int sysmon_fill_cpu(struct sk_buff *skb, int cpu)
{
	struct nlattr *nest = nla_nest_start(skb, SYSMON_A_CPU);
	struct sysmon_figures f = {};

	if (!nest)
		return -EMSGSIZE;
	sysmon_machine_cpu(cpu, &f);
	if (nla_put_u32(skb, SYSMON_A_CPU_NUMBER, cpu) ||
	    put_figures(skb, &f, SYSMON_A_CPU_PAD)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
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

static int put_whose(struct sk_buff *skb, const struct sysmon_container *c)
{
	const struct sysmon_sample *s = &c->sample;
	int err;

	err = put_name(skb, c->name)
		      ?: put_container_u64(skb, SYSMON_A_CONTAINER_CGROUP_ID,
					   s->cgroup_id);
	if (!err && s->parent_id)
		err = put_container_u64(skb, SYSMON_A_CONTAINER_PARENT_ID,
					s->parent_id);
	if (!err && s->started_ns)
		err = put_container_u64(skb,
					SYSMON_A_CONTAINER_STARTED_BOOTTIME_NS,
					s->started_ns);
	return err;
}

/**
 * sysmon_fill_prepare() - render once what every message says of a container
 * @c: its name or its start is new
 *
 * For lack of memory it is rendered for each message.
 *
 * Context: process, under sysmon_lock.
 */
void sysmon_fill_prepare(struct sysmon_container *c)
{
	struct sk_buff *skb = nlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);

	kfree(c->whose);
	c->whose = NULL;
	if (skb && !put_whose(skb, c))
		c->whose = kmemdup(skb->data, skb->len, GFP_KERNEL);
	if (c->whose)
		c->whose_len = skb->len;
	nlmsg_free(skb);
}

static int put_prepared(struct sk_buff *skb, const struct sysmon_container *c)
{
	if (!c->whose)
		return put_whose(skb, c);
	if (skb_tailroom(skb) < c->whose_len)
		return -EMSGSIZE;
	skb_put_data(skb, c->whose, c->whose_len);
	return 0;
}

static int put_io_device(struct sk_buff *skb,
			 const struct sysmon_io_device *dev)
{
	const struct run run = {
		.have = GENMASK_ULL(SYSMON_A_IO_DEVICE_DISCARD_OPS,
				    SYSMON_A_IO_DEVICE_READ_BYTES),
		.value = dev->value,
		.first = SYSMON_A_IO_DEVICE_READ_BYTES,
		.pad = SYSMON_A_IO_DEVICE_PAD,
	};
	struct nlattr *nest = nla_nest_start(skb, SYSMON_A_CONTAINER_IO_DEVICE);

	if (!nest || nla_put_u32(skb, SYSMON_A_IO_DEVICE_MAJOR, dev->major) ||
	    nla_put_u32(skb, SYSMON_A_IO_DEVICE_MINOR, dev->minor) ||
	    put_run(skb, &run))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_sample(struct sk_buff *skb, const struct sysmon_container *c)
{
	unsigned int i;
	int err;

	err = put_figures(skb, &c->sample.f, SYSMON_A_CONTAINER_PAD);
	for (i = 0; i < c->io_device_count && !err; i++)
		err = put_io_device(skb, &c->io_devices[i]);
	return err;
}

/**
 * sysmon_fill_container() - add a container's nest
 * @skb: the message
 * @c: the container
 *
 * Return: 0, or -EMSGSIZE with the message as it was.
 */
int sysmon_fill_container(struct sk_buff *skb, const struct sysmon_container *c)
{
	struct nlattr *nest;

	/* Found out before, rather than when most of it is written. */
	if (skb_tailroom(skb) < c->whose_len + size_of_run(c->sample.f.have))
		return -EMSGSIZE;
	nest = nla_nest_start(skb, SYSMON_A_CONTAINER);
	if (!nest)
		return -EMSGSIZE;
	if (put_prepared(skb, c) || put_sample(skb, c)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

/* Of a start, whose figures are no news, there are to be few bytes. */
static int put_event_container(struct sk_buff *skb,
			       const struct sysmon_event *ev)
{
	struct nlattr *nest = nla_nest_start(skb, SYSMON_A_EVENT_CONTAINER);

	if (!nest || put_prepared(skb, ev->c))
		return -EMSGSIZE;
	if (ev->type != SYSMON_EVENT_TYPE_START && put_sample(skb, ev->c))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_comm(struct sk_buff *skb, int attr, const char *comm)
{
	size_t len = strnlen(comm, TASK_COMM_LEN);

	return len ? nla_put(skb, attr, len, comm) : 0;
}

/* A path longer than this is left out. */
#define SENDER_PATH_MAX 512

static int put_cgroup(struct sk_buff *skb, struct cgroup *cgrp)
{
	char path[SENDER_PATH_MAX];
	int len = cgroup_path(cgrp, path, sizeof(path));

	if (len <= 0 || len >= sizeof(path))
		return 0;
	return nla_put_string(skb, SYSMON_A_PROCESS_CGROUP, path);
}

static int put_argv(struct sk_buff *skb, const struct sysmon_process *p)
{
	return nla_put_u32(skb, SYSMON_A_PROCESS_ARGV_BYTES, p->argv_bytes)
		       ?: nla_put(skb, SYSMON_A_PROCESS_ARGV, p->argv_len,
				  p->argv);
}

static int put_process(struct sk_buff *skb, int attr,
		       const struct sysmon_process *p)
{
	struct nlattr *nest = nla_nest_start(skb, attr);
	int err;

	if (!nest)
		return -EMSGSIZE;
	err = nla_put_u32(skb, SYSMON_A_PROCESS_PID, p->pid) ?:
	      nla_put_u32(skb, SYSMON_A_PROCESS_UID, p->uid) ?:
	      put_comm(skb, SYSMON_A_PROCESS_COMM, p->comm) ?:
	      put_comm(skb, SYSMON_A_PROCESS_PARENT_COMM, p->parent_comm);
	if (!err && p->argv_bytes)
		err = put_argv(skb, p);
	if (!err && p->cgrp)
		err = put_cgroup(skb, p->cgrp);
	if (!err && p->container)
		err = nla_put_u64_64bit(skb, SYSMON_A_PROCESS_CONTAINER,
					p->container, SYSMON_A_PROCESS_PAD);
	if (!err && p->rss_bytes)
		err = nla_put_u64_64bit(skb, SYSMON_A_PROCESS_RSS_BYTES,
					p->rss_bytes, SYSMON_A_PROCESS_PAD);
	if (!err)
		nla_nest_end(skb, nest);
	return err;
}

static int put_event_u64(struct sk_buff *skb, int attr, u64 value)
{
	return nla_put_u64_64bit(skb, attr, value, SYSMON_A_EVENT_PAD);
}

/* How the first program ended, as wait(2) tells it. */
static int put_end(struct sk_buff *skb, int wait_status)
{
	if (wait_status & 0x7f)
		return nla_put_u32(skb, SYSMON_A_EVENT_EXIT_SIGNAL,
				   wait_status & 0x7f);
	return nla_put_u32(skb, SYSMON_A_EVENT_EXIT_CODE,
			   wait_status >> 8 & 0xff);
}

static int put_facts(struct sk_buff *skb, const struct sysmon_facts *facts)
{
	int err = facts->exited ? put_end(skb, facts->wait_status) : 0;

	if (err || !facts->sender_signal)
		return err;
	return put_process(skb, SYSMON_A_EVENT_SENDER, &facts->sender) ?:
	       nla_put_u32(skb, SYSMON_A_EVENT_SENDER_SIGNAL,
			   facts->sender_signal) ?:
	       put_event_u64(skb, SYSMON_A_EVENT_SENDER_BOOTTIME_NS,
			     facts->sender_ns);
}

static int put_limit(struct sk_buff *skb, const struct sysmon_event *ev)
{
	const struct sysmon_figures *f = &ev->c->sample.f;

	if (!sysmon_has(f, ev->limit_attr))
		return 0;
	return put_event_u64(skb, SYSMON_A_EVENT_LIMIT,
			     f->value[ev->limit_attr]);
}

static int put_details(struct sk_buff *skb, const struct sysmon_event *ev)
{
	int err = 0;

	if (ev->process)
		err = put_process(skb, SYSMON_A_EVENT_PROCESS, ev->process);
	if (!err && ev->exec_delay_ns)
		err = put_event_u64(skb, SYSMON_A_EVENT_EXEC_DELAY_NS,
				    ev->exec_delay_ns);
	if (!err && ev->facts)
		err = put_facts(skb, ev->facts);
	if (!err && ev->count)
		err = put_event_u64(skb, SYSMON_A_EVENT_COUNT, ev->count);
	if (!err && ev->limit_attr)
		err = put_limit(skb, ev);
	return err;
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
	    put_event_container(skb, ev) || put_details(skb, ev)) {
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
