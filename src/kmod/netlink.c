// SPDX-License-Identifier: GPL-2.0
/*
 * The generic-netlink family: requests, dumps and the two multicast groups.
 * What stands in a message is fill.c's.
 */
#include <linux/skbuff.h>
#include <net/genetlink.h>

#include "compat.h"
#include "genl_gen.h"
#include "sysmon.h"

static struct genl_family family;

/**
 * sysmon_netlink_snapshot_new() - a message for a part of a snapshot
 *
 * Return: the message, its header in place, or NULL.
 */
struct sk_buff *sysmon_netlink_snapshot_new(void)
{
	struct sk_buff *skb = sysmon_message_again();

	if (skb)
		genlmsg_put(skb, 0, 0, &family, 0, SYSMON_CMD_SNAPSHOT_NTF);
	return skb;
}

static void multicast(struct sk_buff *skb, unsigned int group)
{
	int err = genlmsg_multicast(&family, skb, 0, group, GFP_KERNEL);

	if (err && err != -ESRCH)
		atomic64_inc(&sysmon_stats.dropped);
	else if (!err)
		atomic64_inc(&sysmon_stats.messages);
}

/* False before the family's groups have their numbers. */
static bool registered;

static bool has_listeners(unsigned int group)
{
	return READ_ONCE(registered) &&
	       genl_has_listeners(&family, &init_net, group);
}

bool sysmon_netlink_wants_snapshots(void)
{
	return has_listeners(SYSMON_NLGRP_SNAPSHOTS);
}

void sysmon_netlink_snapshot_send(struct sk_buff *skb)
{
	nlmsg_end(skb, nlmsg_hdr(skb));
	sysmon_message_keep(skb);
	multicast(skb, SYSMON_NLGRP_SNAPSHOTS);
}

/*
 * Fill one message of a dump with the containers from *pos on, as many as fit.
 * Return 1 when these were the last, 0 when more are to come, -EMSGSIZE when
 * not one fits.
 */
static int fill_part(struct sk_buff *skb, void *hdr, u32 part,
		     struct list_head **pos)
{
	struct list_head *begin = *pos;
	struct sysmon_container *c;
	bool done = false;

	if (sysmon_fill_tick(skb, part))
		goto too_small;
	while (*pos != &sysmon_containers) {
		c = list_entry(*pos, struct sysmon_container, node);
		if (sysmon_fill_container(skb, c))
			break;
		*pos = (*pos)->next;
	}
	if (*pos == &sysmon_containers)
		done = !nla_put_u32(skb, SYSMON_A_CONTAINERS,
				    sysmon_container_count);
	if (!done && *pos == begin)
		goto too_small;
	genlmsg_end(skb, hdr);
	return done;

too_small:
	genlmsg_cancel(skb, hdr);
	return -EMSGSIZE;
}

/**
 * sysmon_netlink_event_new() - a message for an event
 *
 * Return: the message, its header in place, or NULL.
 */
struct sk_buff *sysmon_netlink_event_new(void)
{
	struct sk_buff *skb = sysmon_message_new();

	if (skb)
		genlmsg_put(skb, 0, 0, &family, 0, SYSMON_CMD_EVENT_NTF);
	return skb;
}

/**
 * sysmon_netlink_event_send() - send an event to its group
 * @skb: from sysmon_netlink_event_new(), filled
 *
 * A listener that an event did not reach finds the hole in the numbers.
 *
 * Context: process; the ring's lock keeps events in order.
 */
void sysmon_netlink_event_send(struct sk_buff *skb)
{
	nlmsg_end(skb, nlmsg_hdr(skb));
	if (has_listeners(SYSMON_NLGRP_EVENTS))
		multicast(skb, SYSMON_NLGRP_EVENTS);
	else
		nlmsg_free(skb);
}

/**
 * sysmon_netlink_gap() - tell of numbers that have no event
 * @first: the first of them
 * @count: how many
 *
 * Context: process; the ring's lock keeps events in order.
 */
void sysmon_netlink_gap(u64 first, u64 count)
{
	struct sk_buff *skb;

	if (!has_listeners(SYSMON_NLGRP_EVENTS))
		return;
	skb = sysmon_netlink_event_new();
	if (!skb || sysmon_fill_gap(skb, first, count)) {
		nlmsg_free(skb);
		atomic64_inc(&sysmon_stats.dropped);
		return;
	}
	sysmon_netlink_event_send(skb);
}

static int fill_system_get(struct sk_buff *skb)
{
	int cpu, err = sysmon_fill_tick(skb, 0) ?: sysmon_fill_system(skb);

	for_each_online_cpu(cpu)
		err = err ?: sysmon_fill_cpu(skb, cpu);
	return err;
}

static int reply(struct genl_info *info, u8 cmd, size_t size,
		 int (*fill)(struct sk_buff *))
{
	struct sk_buff *skb = nlmsg_new(size, GFP_KERNEL);
	void *hdr;
	int err;

	if (!skb)
		return -ENOMEM;
	hdr = genlmsg_put_reply(skb, info, &family, 0, cmd);
	err = -EMSGSIZE;
	if (!hdr)
		goto err_skb;
	mutex_lock(&sysmon_lock);
	err = fill(skb);
	mutex_unlock(&sysmon_lock);
	if (err)
		goto err_skb;
	genlmsg_end(skb, hdr);
	return genlmsg_reply(skb, info);

err_skb:
	nlmsg_free(skb);
	return err;
}

/* A CPU's nest: its number, and eight times of 16 bytes with padding. */
#define CPU_NEST_SIZE 160

int sysmon_nl_module_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	return reply(info, SYSMON_CMD_MODULE_GET, SYSMON_MESSAGE_MAX,
		     sysmon_fill_module);
}

int sysmon_nl_system_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	return reply(info, SYSMON_CMD_SYSTEM_GET,
		     SYSMON_MESSAGE_MAX + num_possible_cpus() * CPU_NEST_SIZE,
		     fill_system_get);
}

/* Collect the request's patterns; one empty string alone stands for none. */
static int collect_match(struct genl_info *info, char **globs)
{
	struct nlattr *nla;
	int rem, n = 0;

	nla_for_each_attr(nla, genlmsg_data(info->genlhdr),
			  genlmsg_len(info->genlhdr), rem) {
		if (nla_type(nla) != SYSMON_A_MATCH)
			continue;
		if (n == SYSMON_MATCH_MAX) {
			GENL_SET_ERR_MSG(info, "too many match patterns");
			return -E2BIG;
		}
		globs[n] = nla_strdup(nla, GFP_KERNEL);
		if (!globs[n])
			return -ENOMEM;
		n++;
	}
	return n == 1 && !globs[0][0] ? 0 : n;
}

static int set_match(struct genl_info *info)
{
	char *globs[SYSMON_MATCH_MAX] = {};
	int i, err;

	err = collect_match(info, globs);
	if (err >= 0) {
		mutex_lock(&sysmon_lock);
		err = sysmon_match_set((const char *const *)globs, err);
		mutex_unlock(&sysmon_lock);
		if (!err)
			sysmon_sampler_rescan();
	}
	for (i = 0; i < SYSMON_MATCH_MAX; i++)
		kfree(globs[i]);
	return err;
}

static int check_interval(struct genl_info *info, const struct nlattr *attr)
{
	u64 ns = nla_get_u64(attr);

	if (ns >= SYSMON_INTERVAL_MIN_NS && ns <= SYSMON_INTERVAL_MAX_NS)
		return 0;
	NL_SET_ERR_MSG_ATTR(info->extack, attr,
			    "the interval must be 100 ms to 60 s");
	return -ERANGE;
}

int sysmon_nl_config_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *interval = info->attrs[SYSMON_A_INTERVAL_NS];
	int err = 0;

	if (!interval && !info->attrs[SYSMON_A_MATCH]) {
		GENL_SET_ERR_MSG(info, "neither interval-ns nor match given");
		return -EINVAL;
	}
	if (interval)
		err = check_interval(info, interval);
	if (!err && info->attrs[SYSMON_A_MATCH])
		err = set_match(info);
	if (!err && interval)
		sysmon_sampler_set_interval(nla_get_u64(interval));
	return err;
}

/* Where a container dump goes on: containers are listed by their serial. */
static struct list_head *find_serial(u64 serial)
{
	struct sysmon_container *c;

	list_for_each_entry(c, &sysmon_containers, node)
		if (c->serial >= serial)
			return &c->node;
	return &sysmon_containers;
}

/* The state of a container dump between its calls, in cb->args. */
enum {
	ARG_STARTED,
	ARG_SERIAL,
	ARG_PART,
	ARG_DONE
};

static int dump_part(struct sk_buff *skb, struct netlink_callback *cb,
		     void *hdr)
{
	struct list_head *pos = find_serial(cb->args[ARG_SERIAL]);
	struct sysmon_container *c;
	int done;

	done = fill_part(skb, hdr, cb->args[ARG_PART], &pos);
	if (done < 0)
		return done;
	cb->args[ARG_PART]++;
	cb->args[ARG_DONE] = done;
	c = list_entry(pos, struct sysmon_container, node);
	cb->args[ARG_SERIAL] = pos == &sysmon_containers ? LONG_MAX : c->serial;
	return skb->len;
}

static int dump_one(struct sk_buff *skb, struct netlink_callback *cb, void *hdr,
		    u64 cgroup_id)
{
	struct sysmon_container *c = sysmon_container_find(cgroup_id);
	int err = -ENOENT;

	if (c)
		err = sysmon_fill_tick(skb, 0) ?:
		      sysmon_fill_container(skb, c) ?:
		      nla_put_u32(skb, SYSMON_A_CONTAINERS, 1);
	if (err) {
		if (!c)
			NL_SET_ERR_MSG(cb->extack, "no such container");
		genlmsg_cancel(skb, hdr);
		return err;
	}
	genlmsg_end(skb, hdr);
	cb->args[ARG_DONE] = 1;
	return skb->len;
}

static void *put_dump_header(struct sk_buff *skb, struct netlink_callback *cb,
			     u8 cmd, u32 generation)
{
	void *hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid,
				cb->nlh->nlmsg_seq, &family, NLM_F_MULTI, cmd);

	cb->seq = generation;
	if (hdr)
		genl_dump_check_consistent(cb, hdr);
	return hdr;
}

int sysmon_nl_container_get_dumpit(struct sk_buff *skb,
				   struct netlink_callback *cb)
{
	struct nlattr *one = sysmon_dump_attrs(cb)[SYSMON_A_CGROUP_ID];
	int err = -EMSGSIZE;
	void *hdr;

	if (cb->args[ARG_DONE])
		return 0;
	if (!cb->args[ARG_STARTED]++)
		sysmon_sampler_refresh();
	mutex_lock(&sysmon_lock);
	hdr = put_dump_header(skb, cb, SYSMON_CMD_CONTAINER_GET,
			      1 + sysmon_stats.walks +
				      sysmon_container_changes);
	if (hdr)
		err = one ? dump_one(skb, cb, hdr, nla_get_u64(one))
			  : dump_part(skb, cb, hdr);
	mutex_unlock(&sysmon_lock);
	return err;
}

/* An event dump's place between its calls, in cb->ctx. */
struct event_cursor {
	u64 seq; /* the next one, 0 before the first call */
	u64 end; /* the newest at the first call: churn makes no endless dump */
};

static void event_dump_begin(struct event_cursor *at, const struct nlattr *from)
{
	struct sysmon_ring_state ring;

	sysmon_ring_state(&ring);
	at->end = ring.head;
	at->seq = max(from ? nla_get_u64(from) : ring.tail, 1ULL);
}

/* Add what stands at one number; return how many numbers that were. */
static s64 dump_event(struct sk_buff *skb, struct netlink_callback *cb, u64 seq)
{
	void *hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid,
				cb->nlh->nlmsg_seq, &family, NLM_F_MULTI,
				SYSMON_CMD_EVENT_GET);
	u64 gap = 0;
	int err;

	if (!hdr)
		return -EMSGSIZE;
	err = sysmon_ring_read(skb, seq, &gap);
	if (!err && gap)
		err = sysmon_fill_gap(skb, seq, gap);
	if (err) {
		genlmsg_cancel(skb, hdr);
		return err;
	}
	genlmsg_end(skb, hdr);
	return gap ?: 1;
}

int sysmon_nl_event_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct nlattr *from = sysmon_dump_attrs(cb)[SYSMON_A_SEQ];
	struct event_cursor *at = (struct event_cursor *)cb->ctx;
	s64 n = 0;

	BUILD_BUG_ON(sizeof(*at) > sizeof(cb->ctx));
	if (!at->seq)
		event_dump_begin(at, from);
	while (at->seq <= at->end) {
		n = dump_event(skb, cb, at->seq);
		if (n <= 0)
			break;
		at->seq += n;
	}
	return n < 0 && !(n == -EMSGSIZE && skb->len) ? n : skb->len;
}

static const struct genl_multicast_group groups[] = {
	[SYSMON_NLGRP_SNAPSHOTS] = { .name = "snapshots",
				     .flags = SYSMON_MCAST_FLAGS },
	[SYSMON_NLGRP_EVENTS] = { .name = "events",
				  .flags = SYSMON_MCAST_FLAGS },
};

static struct genl_family family __ro_after_init = {
	.name = SYSMON_GENL_NAME,
	.version = SYSMON_GENL_VERSION,
	.maxattr = ARRAY_SIZE(sysmon_top_nl_policy) - 1,
	.policy = sysmon_top_nl_policy,
	.module = THIS_MODULE,
	.parallel_ops = true,
	.small_ops = sysmon_nl_ops,
	.n_small_ops = ARRAY_SIZE(sysmon_nl_ops),
	.mcgrps = groups,
	.n_mcgrps = ARRAY_SIZE(groups),
};

int sysmon_netlink_init(void)
{
	int err;

	sysmon_message_init();
	err = genl_register_family(&family);
	WRITE_ONCE(registered, !err);
	return err;
}

void sysmon_netlink_exit(void)
{
	WRITE_ONCE(registered, false);
	genl_unregister_family(&family);
	sysmon_message_drop_kept();
}
