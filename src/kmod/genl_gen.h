/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/sysmon.yaml */
/* YNL-GEN kernel header */

#ifndef _LINUX_SYSMON_GEN_H
#define _LINUX_SYSMON_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include <uapi/sysmon.h>

/* Global operation policy for sysmon */
extern const struct nla_policy sysmon_top_nl_policy[SYSMON_A_MATCH + 1];

/* Ops table for sysmon */
extern const struct genl_small_ops sysmon_nl_ops[5];

int sysmon_nl_module_get_doit(struct sk_buff *skb, struct genl_info *info);
int sysmon_nl_config_set_doit(struct sk_buff *skb, struct genl_info *info);
int sysmon_nl_container_get_dumpit(struct sk_buff *skb,
				   struct netlink_callback *cb);
int sysmon_nl_system_get_doit(struct sk_buff *skb, struct genl_info *info);
int sysmon_nl_event_get_dumpit(struct sk_buff *skb,
			       struct netlink_callback *cb);

enum {
	SYSMON_NLGRP_SNAPSHOTS,
	SYSMON_NLGRP_EVENTS,
};

#endif /* _LINUX_SYSMON_GEN_H */
