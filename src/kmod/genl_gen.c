// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/sysmon.yaml */
/* YNL-GEN kernel source */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "genl_gen.h"

#include <uapi/sysmon.h>

/* Global operation policy for sysmon */
const struct nla_policy sysmon_top_nl_policy[SYSMON_A_MATCH + 1] = {
	[SYSMON_A_CGROUP_ID] = { .type = NLA_U64, },
	[SYSMON_A_SEQ] = { .type = NLA_U64, },
	[SYSMON_A_INTERVAL_NS] = { .type = NLA_U64, },
	[SYSMON_A_MATCH] = { .type = NLA_STRING, .len = SYSMON_MATCH_LEN_MAX, },
};

/* Ops table for sysmon */
const struct genl_small_ops sysmon_nl_ops[5] = {
	{
		.cmd	= SYSMON_CMD_MODULE_GET,
		.doit	= sysmon_nl_module_get_doit,
	},
	{
		.cmd	= SYSMON_CMD_CONFIG_SET,
		.doit	= sysmon_nl_config_set_doit,
		.flags	= GENL_ADMIN_PERM,
	},
	{
		.cmd	= SYSMON_CMD_CONTAINER_GET,
		.dumpit	= sysmon_nl_container_get_dumpit,
		.flags	= GENL_ADMIN_PERM,
	},
	{
		.cmd	= SYSMON_CMD_SYSTEM_GET,
		.doit	= sysmon_nl_system_get_doit,
	},
	{
		.cmd	= SYSMON_CMD_EVENT_GET,
		.dumpit	= sysmon_nl_event_get_dumpit,
		.flags	= GENL_ADMIN_PERM,
	},
};

static const struct genl_multicast_group sysmon_nl_mcgrps[] = {
	[SYSMON_NLGRP_SNAPSHOTS] = { "snapshots", },
	[SYSMON_NLGRP_EVENTS] = { "events", },
};
