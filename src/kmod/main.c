// SPDX-License-Identifier: GPL-2.0
/*
 * sysmon: samples the machine and its containers, and tells of containers'
 * lives, over generic netlink. This file is the order of start and end only.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cgroup.h>
#include <linux/module.h>
#include <linux/string.h>
#include <linux/ktime.h>
#include <linux/uuid.h>

#include "sysmon.h"

u64 sysmon_instance;
char sysmon_boot_id[UUID_STRING_LEN + 2];

module_param_named(ring, sysmon_ring_capacity, uint, 0444);
MODULE_PARM_DESC(ring, "events kept for readers that were away (16..1048576)");
module_param_named(ring_bytes, sysmon_ring_bytes_max, ulong, 0444);
MODULE_PARM_DESC(ring_bytes, "most memory that these take (at least 65536)");
module_param_named(containers, sysmon_containers_max, uint, 0444);
MODULE_PARM_DESC(containers, "most containers followed at once");

static void read_boot_id(void)
{
	ssize_t n = sysmon_procfile_read("sys/kernel/random/boot_id",
					 sysmon_boot_id,
					 sizeof(sysmon_boot_id));

	if (n < 0)
		sysmon_boot_id[0] = '\0';
	strim(sysmon_boot_id);
}

/* The memory controller is on the v2 hierarchy exactly on v2 hosts. */
static bool is_cgroup_v2(void)
{
	return memory_cgrp_subsys.root == &cgrp_dfl_root;
}

static int __init sysmon_init(void)
{
	int err;

	if (!is_cgroup_v2()) {
		pr_err("this host runs cgroup v1; boot with systemd.unified_cgroup_hierarchy=1\n");
		return -EOPNOTSUPP;
	}
	sysmon_instance = ktime_get_boottime_ns();
	err = sysmon_cgfile_init();
	if (err)
		return err;
	read_boot_id();
	err = sysmon_io_init();
	if (err)
		goto err_cgfile;
	err = sysmon_ring_init();
	if (err)
		goto err_io;
	err = sysmon_sampler_init();
	if (err)
		goto err_ring;
	err = sysmon_lifecycle_init();
	if (err)
		goto err_sampler;
	/* Once the table is full: who asks at once must see all containers. */
	err = sysmon_netlink_init();
	if (err)
		goto err_lifecycle;
	err = sysmon_procfs_init();
	if (err)
		goto err_netlink;
	sysmon_sampler_start();
	return 0;

err_netlink:
	sysmon_netlink_exit();
err_lifecycle:
	sysmon_lifecycle_stop();
	sysmon_lifecycle_exit();
err_sampler:
	sysmon_sampler_exit();
	sysmon_machine_exit();
	sysmon_match_exit();
err_ring:
	sysmon_ring_exit();
err_io:
	sysmon_io_exit();
err_cgfile:
	sysmon_cgfile_exit();
	return err;
}

static void __exit sysmon_exit(void)
{
	sysmon_procfs_exit();
	sysmon_sampler_stop();
	/* The last notes are still sent, so before the family goes. */
	sysmon_lifecycle_stop();
	sysmon_netlink_exit();
	sysmon_sampler_exit();
	sysmon_lifecycle_exit();
	sysmon_machine_exit();
	sysmon_match_exit();
	sysmon_ring_exit();
	sysmon_io_exit();
	sysmon_cgfile_exit();
}

module_init(sysmon_init);
module_exit(sysmon_exit);

MODULE_DESCRIPTION("Container and machine monitor");
MODULE_AUTHOR("The sysmon developers");
MODULE_LICENSE("GPL");
MODULE_VERSION(SYSMON_VERSION);
