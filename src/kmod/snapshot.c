// SPDX-License-Identifier: GPL-2.0
/*
 * A tick as a run of messages to the listeners: the machine, its CPUs, the
 * containers that changed in full and the others by their number.
 */
#include <net/netlink.h>

#include "sysmon.h"

/* Unchanged containers are told in full, too, each at its turn. */
#define FULL_EVERY 64

/**
 * struct snapshot - the messages so far
 * @skb: the one being filled, or NULL
 * @part: its number
 * @unchanged: the ids in it, or NULL while it has none
 */
struct snapshot {
	struct sk_buff *skb;
	u32 part;
	struct nlattr *unchanged;
};

static bool message_begin(struct snapshot *s)
{
	s->unchanged = NULL;
	s->skb = sysmon_netlink_snapshot_new();
	return s->skb && !sysmon_fill_tick(s->skb, s->part);
}

/* Send what is full, and go on in a new message. */
static bool message_next(struct snapshot *s)
{
	sysmon_netlink_snapshot_send(s->skb);
	s->part++;
	return message_begin(s);
}

static bool tell_cpu(struct snapshot *s, int cpu)
{
	return !sysmon_fill_cpu(s->skb, cpu) ||
	       (message_next(s) && !sysmon_fill_cpu(s->skb, cpu));
}

static bool add_full(struct snapshot *s, struct sysmon_container *c)
{
	if (sysmon_fill_container(s->skb, c) &&
	    !(message_next(s) && !sysmon_fill_container(s->skb, c)))
		return false;
	c->sample.f.changed = false;
	return true;
}

static int append_id(struct snapshot *s, u64 cgroup_id)
{
	if (!s->unchanged)
		s->unchanged = nla_reserve(s->skb, SYSMON_A_UNCHANGED, 0);
	if (!s->unchanged || skb_tailroom(s->skb) < sizeof(cgroup_id))
		return -EMSGSIZE;
	skb_put_data(s->skb, &cgroup_id, sizeof(cgroup_id));
	s->unchanged->nla_len += sizeof(cgroup_id);
	return 0;
}

static bool add_unchanged(struct snapshot *s, const struct sysmon_container *c)
{
	u64 id = c->sample.cgroup_id;

	return !append_id(s, id) || (message_next(s) && !append_id(s, id));
}

static bool add_count(struct snapshot *s)
{
	unsigned int n = sysmon_container_count;

	return !nla_put_u32(s->skb, SYSMON_A_CONTAINERS, n) ||
	       (message_next(s) &&
		!nla_put_u32(s->skb, SYSMON_A_CONTAINERS, n));
}

static bool is_told_in_full(const struct sysmon_container *c)
{
	return c->sample.f.changed || sysmon_is_turn(c, FULL_EVERY);
}

/* First those in full: the list of the others is then in one piece. */
static bool add_containers(struct snapshot *s)
{
	struct sysmon_container *c;

	list_for_each_entry(c, &sysmon_containers, node) {
		c->told = is_told_in_full(c);
		if (c->told && !add_full(s, c))
			return false;
	}
	list_for_each_entry(c, &sysmon_containers, node)
		if (!c->told && !add_unchanged(s, c))
			return false;
	return true;
}

static bool add_all(struct snapshot *s)
{
	int cpu;

	if (!message_begin(s) || sysmon_fill_system(s->skb))
		return false;
	for_each_online_cpu(cpu)
		if (!tell_cpu(s, cpu))
			return false;
	return add_containers(s) && add_count(s);
}

/* Listeners do not have what was told in messages that they did not get. */
static void tell_all_next_time(void)
{
	struct sysmon_container *c;

	list_for_each_entry(c, &sysmon_containers, node)
		c->sample.f.changed = true;
}

/**
 * sysmon_snapshot() - send the newest tick to the snapshots group
 *
 * A message that can't be made ends the snapshot: readers see it incomplete.
 *
 * Context: process, under sysmon_lock.
 */
void sysmon_snapshot(void)
{
	struct snapshot s = {};

	sysmon_message_turn();
	if (add_all(&s)) {
		sysmon_netlink_snapshot_send(s.skb);
		return;
	}
	nlmsg_free(s.skb);
	atomic64_inc(&sysmon_stats.dropped);
	tell_all_next_time();
}
