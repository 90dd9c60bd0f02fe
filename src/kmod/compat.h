/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The only home of kernel-version differences. Each entry gives the newer
 * kernel's spelling, or a sysmon_ name where no spelling fits all.
 */
#ifndef SYSMON_COMPAT_H
#define SYSMON_COMPAT_H

#include <linux/cgroup.h>
#include <linux/kernfs.h>
#include <linux/version.h>
#include <net/genetlink.h>

#ifndef CONFIG_MEMCG
#error "sysmon needs a kernel with the memory controller (CONFIG_MEMCG)"
#endif

#ifndef CONFIG_64BIT
#error "sysmon needs a 64-bit kernel: it reads counters of 64 bits without a lock"
#endif

/* Attributes of a dump request: in genl_info since 6.7. */
static inline struct nlattr **sysmon_dump_attrs(struct netlink_callback *cb)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)
	return genl_info_dump(cb)->attrs;
#else
	return genl_dumpit_info(cb)->attrs;
#endif
}

/* Permission of a multicast group: older trees know another name. */
#ifdef GENL_MCAST_CAP_NET_ADMIN
#define SYSMON_MCAST_FLAGS GENL_MCAST_CAP_NET_ADMIN
#else
#define SYSMON_MCAST_FLAGS GENL_UNS_ADMIN_PERM
#endif

/* A kernfs node's name is under RCU since 6.15; callers hold its cgroup. */
static inline const char *sysmon_cgroup_name(const struct cgroup *cgrp)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 15, 0)
	return rcu_dereference_raw(cgrp->kn->name);
#else
	return cgrp->kn->name;
#endif
}

/*
 * What ran on a processor in a cgroup itself, and how much of it was added to
 * the cgroup's sums: in a structure of their own since 6.16.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 16, 0)
#define sysmon_rstat_base rstat_base_cpu
#else
#define sysmon_rstat_base rstat_cpu
#endif

static inline const struct task_cputime *
sysmon_counted(const struct cgroup *cgrp, int cpu)
{
	return &per_cpu_ptr(cgrp->sysmon_rstat_base, cpu)->bstat.cputime;
}

static inline const struct task_cputime *sysmon_added(const struct cgroup *cgrp,
						      int cpu)
{
	return &per_cpu_ptr(cgrp->sysmon_rstat_base, cpu)->last_bstat.cputime;
}

/*
 * Whether a cgroup's statistics have parts that were not summed up yet, its
 * descendants' included. One that happens just now may be missed. Since 6.16
 * there are lists for each controller: say yes.
 */
static inline bool sysmon_has_updates(const struct cgroup *cgrp)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 16, 0)
	return true;
#else
	int cpu;

	for_each_possible_cpu(cpu)
		if (READ_ONCE(per_cpu_ptr(cgrp->rstat_cpu, cpu)->updated_next))
			return true;
	return false;
#endif
}

/*
 * The mount options that stand for the cgroup v2 hierarchy's flags: a mount in
 * the initial namespaces sets them all anew.
 */
static inline void sysmon_cgroup_options(unsigned int flags, char *buf,
					 size_t size)
{
	static const struct {
		unsigned int flag;
		const char *option;
	} options[] = {
		{ CGRP_ROOT_NS_DELEGATE, "nsdelegate" },
		{ CGRP_ROOT_FAVOR_DYNMODS, "favordynmods" },
		{ CGRP_ROOT_MEMORY_LOCAL_EVENTS, "memory_localevents" },
		{ CGRP_ROOT_MEMORY_RECURSIVE_PROT, "memory_recursiveprot" },
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)
		{ CGRP_ROOT_MEMORY_HUGETLB_ACCOUNTING,
		  "memory_hugetlb_accounting" },
#endif
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
		{ CGRP_ROOT_PIDS_LOCAL_EVENTS, "pids_localevents" },
#endif
	};
	size_t i, len = 0;

	buf[0] = '\0';
	for (i = 0; i < ARRAY_SIZE(options); i++)
		if (flags & options[i].flag)
			len += scnprintf(buf + len, size - len, "%s%s",
					 len ? "," : "", options[i].option);
}

/*
 * Whether pids.events counts in the cgroup of the process that could not fork,
 * alone: always so before 6.11.
 */
static inline bool sysmon_pids_events_are_local(void)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
	return cgrp_dfl_root.flags & CGRP_ROOT_PIDS_LOCAL_EVENTS;
#else
	return true;
#endif
}

#endif
