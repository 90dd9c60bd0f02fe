/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the parts of the module know of each other.
 *
 *	lifecycle (tracepoints) --> container (table) --> ring (events) --.
 *	sampler (tick) --> machine, account (figures) --------------------+--> netlink
 *	                   '-- cgfile (cgroup files)                      '--> procfs
 *
 * Everything but the tracepoint probes runs in process context. Two locks:
 * sysmon_lock (mutex) guards the table, each container and the newest tick;
 * the ring has a mutex of its own, taken inside sysmon_lock.
 */
#ifndef SYSMON_H
#define SYSMON_H

#include <linux/bitmap.h>
#include <linux/cgroup.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/types.h>

#include "uapi/sysmon.h"

#define SYSMON_VERSION "0.1.0"

/* Room for a container's or the machine's figures. */
#define SYSMON_FIGURES 64

/**
 * struct sysmon_figures - figures by the number of their attribute
 * @have: bit a is set where @value[a] is known
 * @value: in the attribute's unit
 */
struct sysmon_figures {
	DECLARE_BITMAP(have, SYSMON_FIGURES);
	u64 value[SYSMON_FIGURES];
};

static_assert(SYSMON_A_CONTAINER_MAX < SYSMON_FIGURES);
static_assert(SYSMON_A_SYSTEM_MAX < SYSMON_FIGURES);

static inline void sysmon_set(struct sysmon_figures *f, unsigned int attr,
			      u64 value)
{
	f->value[attr] = value;
	__set_bit(attr, f->have);
}

static inline void sysmon_clear(struct sysmon_figures *f, unsigned int attr)
{
	__clear_bit(attr, f->have);
}

/**
 * struct sysmon_name - what a cgroup is called; never changes
 * @refs: containers and events that hold it
 * @runtime: enum sysmon_runtime
 * @id_off: where in @path the container's id begins
 * @id_len: bytes of the id
 * @path: from the root of the hierarchy, zero-terminated
 */
struct sysmon_name {
	refcount_t refs;
	u8 runtime;
	u16 id_off;
	u16 id_len;
	char path[];
};

/**
 * struct sysmon_sample - one container's figures at one moment
 * @cgroup_id: the cgroup's inode number
 * @parent_id: the container around it, or 0
 * @started_ns: CLOCK_BOOTTIME of its start, or 0
 * @f: its figures
 */
struct sysmon_sample {
	u64 cgroup_id;
	u64 parent_id;
	u64 started_ns;
	struct sysmon_figures f;
};

/**
 * struct sysmon_tick - the newest tick; guarded by sysmon_lock
 * @walked: the containers' samples were taken with this tick's times
 * @prev_busy_ns: busy time of all CPUs at the tick before
 * @prev_total_ns: and all time of theirs
 */
struct sysmon_tick {
	u64 number;
	u64 boottime_ns;
	u64 realtime_ns;
	u64 walk_ns;
	u64 interval_ns;
	bool walked;
	u64 prev_busy_ns;
	u64 prev_total_ns;
	struct sysmon_figures system;
};

struct sysmon_event {
	u64 seq;
	u64 boottime_ns;
	u64 realtime_ns;
	u32 type;
	struct sysmon_name *name;
	struct sysmon_sample sample;
};

/* A top-level cgroup with containers in it: the unit of flushing. */
struct sysmon_slice;

/**
 * struct sysmon_file - a cgroup file held open
 * @file: NULL while there is none
 * @retry_tick: do not try to open it again before this tick
 */
struct sysmon_file {
	struct file *file;
	u64 retry_tick;
};

/**
 * struct sysmon_container - one container; guarded by sysmon_lock
 * @node: in the table's list, by @serial
 * @hash: in the table, by cgroup id
 * @serial: grows with each container added; cursors of dumps resume by it
 * @cgrp: holds a reference
 * @active_tick: last tick in which it used CPU
 * @read_tick: last tick in which its files were read
 * @prev_usage_ns: CPU usage at the walk before, for /proc/sysmon
 * @prev_boottime_ns: the time of that walk, 0 when there was none
 * @sampled_ns: CLOCK_BOOTTIME of @sample
 * @stime_ns: system time last given, which must not go back
 * @utime_ns: user time last given
 */
struct sysmon_container {
	struct list_head node;
	struct hlist_node hash;
	u64 serial;
	struct cgroup *cgrp;
	struct sysmon_name *name;
	struct sysmon_slice *slice;
	u64 active_tick;
	u64 read_tick;
	u64 prev_usage_ns;
	u64 prev_boottime_ns;
	u64 sampled_ns;
	u64 stime_ns;
	u64 utime_ns;
	struct sysmon_file io;
	struct sysmon_file pids;
	struct sysmon_sample sample;
};

/* Counters since load; guarded by sysmon_lock unless they are atomic. */
struct sysmon_stats {
	u64 ticks;
	u64 walks;
	u64 walk_ns;
	u64 walk_total_ns;
	u64 tick_ns;
	u64 tick_total_ns;
	u64 containers_refused;
	u64 rescans;
	u64 file_errors;
	atomic64_t messages;
	atomic64_t dropped;
};

extern struct mutex sysmon_lock;
extern struct sysmon_stats sysmon_stats;
extern struct sysmon_tick sysmon_tick;
extern u64 sysmon_instance;
extern char sysmon_boot_id[];

/* container.c */
extern struct list_head sysmon_containers;
extern unsigned int sysmon_container_count;
extern unsigned int sysmon_container_changes;
extern unsigned int sysmon_containers_max;
struct sysmon_container *sysmon_container_find(u64 cgroup_id);
struct sysmon_container *sysmon_container_add(struct cgroup *cgrp);
void sysmon_container_remove(struct sysmon_container *c);
void sysmon_container_rescan(void);
void sysmon_container_exit(void);
void sysmon_name_put(struct sysmon_name *name);

/* match.c */
bool sysmon_match(const struct cgroup *cgrp);
int sysmon_match_name(const char *name, size_t *id_off, size_t *id_len);
int sysmon_match_set(const char *const *patterns, unsigned int count);
int sysmon_match_for_each(int (*fn)(const char *pattern, void *arg), void *arg);
void sysmon_match_exit(void);

/* cgfile.c */
int sysmon_cgfile_init(void);
void sysmon_cgfile_exit(void);
ssize_t sysmon_cgfile_read(struct sysmon_file *f, struct cgroup *cgrp,
			   const char *path, const char *name, loff_t pos,
			   char *buf, size_t size);
void sysmon_cgfile_close(struct sysmon_file *f);
ssize_t sysmon_procfile_read(const char *path, char *buf, size_t size);
struct sysmon_slice *sysmon_slice_get(struct cgroup *cgrp);
void sysmon_slice_put(struct sysmon_slice *slice);
void sysmon_slice_flush(struct sysmon_slice *slice, u64 since_ns);
void sysmon_slice_flush_all(void);

/* account.c, machine.c */
int sysmon_account_init(void);
void sysmon_account_exit(void);
void sysmon_account(struct sysmon_container *c, bool final);
void sysmon_machine(struct sysmon_figures *sys);
u64 sysmon_machine_busy(const struct sysmon_figures *sys, u64 *total);

/* lifecycle.c */
int sysmon_lifecycle_init(void);
void sysmon_lifecycle_exit(void);

/* ring.c */
extern unsigned int sysmon_ring_capacity;
int sysmon_ring_init(void);
void sysmon_ring_exit(void);
void sysmon_ring_push(struct sysmon_event *ev);
void sysmon_ring_push_lost(u64 count);
void sysmon_ring_state(u64 *head, u64 *tail, u64 *lost);
int sysmon_ring_read(u64 seq, struct sysmon_event *ev, u64 *gap);

/* sampler.c */
int sysmon_sampler_init(void);
void sysmon_sampler_start(void);
void sysmon_sampler_stop(void);
void sysmon_sampler_exit(void);
void sysmon_sampler_set_interval(u64 ns);
u64 sysmon_sampler_interval(void);
void sysmon_sampler_refresh(void);

/* fill.c: each returns 0 or -EMSGSIZE, with the message as it was */
struct sk_buff;
int sysmon_fill_module(struct sk_buff *skb);
int sysmon_fill_tick(struct sk_buff *skb, u32 part);
int sysmon_fill_system(struct sk_buff *skb);
int sysmon_fill_container(struct sk_buff *skb, int attr,
			  const struct sysmon_name *name,
			  const struct sysmon_sample *sample);
int sysmon_fill_event(struct sk_buff *skb, const struct sysmon_event *ev);
int sysmon_fill_gap(struct sk_buff *skb, u64 first, u64 count);

/* netlink.c */
int sysmon_netlink_init(void);
void sysmon_netlink_exit(void);
bool sysmon_netlink_wants_snapshots(void);
void sysmon_netlink_snapshot(void);
void sysmon_netlink_event(const struct sysmon_event *ev);
void sysmon_netlink_gap(u64 first, u64 count);

/* procfs.c */
int sysmon_procfs_init(void);
void sysmon_procfs_exit(void);

#endif
