/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the parts of the module know of each other.
 *
 *	probes (tracepoints) --> lifecycle (notes) --> container (table)
 *	   '--> facts (processes) --'  '--> ring (events) ----------.
 *	sampler (tick) --> machine, account, network (figures) -----+--> netlink
 *	                   '-- cgfile (cgroup files)                '--> procfs
 *
 * Everything but the tracepoint probes runs in process context. Two locks:
 * sysmon_lock (mutex) guards the table, each container and the newest tick;
 * the ring has a mutex of its own, taken inside sysmon_lock. The probes write
 * to facts and to the queue of notes, each under a raw spinlock.
 */
#ifndef SYSMON_H
#define SYSMON_H

#include <linux/cgroup.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/sched.h>
#include <linux/types.h>

#include "uapi/sysmon.h"

#define SYSMON_VERSION "0.1.0"

/* Room for a container's or the machine's figures. */
#define SYSMON_FIGURES 64

/**
 * struct sysmon_figures - figures by the number of their attribute
 * @have: bit a is set where @value[a] is known
 * @changed: some figure is another than when this was last cleared
 * @value: in the attribute's unit
 */
struct sysmon_figures {
	u64 have;
	bool changed;
	u64 value[SYSMON_FIGURES];
};

static_assert(SYSMON_FIGURES <= 64);
static_assert(SYSMON_A_CONTAINER_MAX < SYSMON_FIGURES);
static_assert(SYSMON_A_SYSTEM_MAX < SYSMON_FIGURES);

static inline bool sysmon_has(const struct sysmon_figures *f, unsigned int attr)
{
	return f->have & BIT_ULL(attr);
}

static inline void sysmon_set(struct sysmon_figures *f, unsigned int attr,
			      u64 value)
{
	if (f->value[attr] == value && sysmon_has(f, attr))
		return;
	f->value[attr] = value;
	f->have |= BIT_ULL(attr);
	f->changed = true;
}

static inline void sysmon_clear(struct sysmon_figures *f, unsigned int attr)
{
	if (!sysmon_has(f, attr))
		return;
	f->have &= ~BIT_ULL(attr);
	f->changed = true;
}

/**
 * struct sysmon_name - what a cgroup is called; never changes
 * @runtime: enum sysmon_runtime
 * @id_off: where in @path the container's id begins
 * @id_len: bytes of the id
 * @path: from the root of the hierarchy, zero-terminated
 */
struct sysmon_name {
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

/* Received and sent of one network namespace, in the attributes' order. */
#define SYSMON_NET_FIGURES \
	(SYSMON_A_CONTAINER_NET_TX_ERRORS - SYSMON_A_CONTAINER_NET_RX_BYTES + 1)

struct sysmon_net {
	u64 value[SYSMON_NET_FIGURES];
};

/**
 * struct sysmon_process - a process, as it was when it was noted
 * @pid: in the initial PID namespace; 0 when none was noted
 * @uid: in the initial user namespace
 * @comm: any bytes
 * @parent_comm: empty when not noted
 * @container: cgroup id of the container it was in, or 0
 * @rss_bytes: 0 when not noted
 * @cgrp: referenced, or NULL
 * @argv: SYSMON_ARGV_MAX bytes, or NULL once told
 * @argv_len: bytes noted in @argv
 * @argv_bytes: length of its arguments
 */
struct sysmon_process {
	pid_t pid;
	u32 uid;
	char comm[TASK_COMM_LEN];
	char parent_comm[TASK_COMM_LEN];
	u64 container;
	u64 rss_bytes;
	struct cgroup *cgrp;
	char *argv;
	u32 argv_len;
	u32 argv_bytes;
};

/**
 * struct sysmon_facts - what the probes saw of one run of a container, from
 * its first process to its last
 * @node: in the table by @cgroup_id, under RCU
 * @refs: the table, notes and the container hold it
 * @lock: guards all below
 * @init: the first program's thread group
 * @helper: what @init was before the container's own was seen
 * @ended: the probes write no more
 * @awaiting: the program with PID 1 of a namespace has not been seen
 * @preparing: of the awaited program's process, when last looked for
 * @exec_ns: CLOCK_BOOTTIME when @init was noted
 * @first: the same process
 * @exited: @wait_status is known
 * @have_net: @net was read as the first program ended
 * @sender: who sent @sender_signal at @sender_ns
 * @victims: processes killed for memory that no event told of
 * @victim_ns: CLOCK_BOOTTIME of the last one that was noted, 0 none
 * @tasks_changed: processes came or went
 */
struct sysmon_facts {
	struct hlist_node node;
	struct rcu_head rcu;
	refcount_t refs;
	u64 cgroup_id;
	raw_spinlock_t lock;
	struct pid *init;
	struct pid *helper;
	bool ended;
	bool awaiting;
	bool preparing;
	u64 exec_ns;
	struct sysmon_process first;
	bool exited;
	int wait_status;
	bool have_net;
	struct sysmon_net net;
	struct sysmon_process sender;
	int sender_signal;
	u64 sender_ns;
	u64 victims;
	u64 victim_ns;
	bool tasks_changed;
};

struct sysmon_container;

/**
 * struct sysmon_event - an event on its way to the ring
 * @seq: given by the ring
 * @c: of whom it tells
 * @process: or NULL
 * @exec_delay_ns: valid where @process is the first program
 * @facts: of a stop: how it ended; or NULL
 * @count: of a limit: how often it was met; of victims: how many; 0 unknown
 * @limit_attr: the figure of @c that is the limit; 0 none
 */
struct sysmon_event {
	u64 seq;
	u64 boottime_ns;
	u64 realtime_ns;
	u32 type;
	const struct sysmon_container *c;
	const struct sysmon_process *process;
	u64 exec_delay_ns;
	const struct sysmon_facts *facts;
	u64 count;
	unsigned int limit_attr;
};

/**
 * struct sysmon_file - a cgroup file held open
 * @file: NULL while there is none
 * @retry_tick: do not try to open it again before this tick
 * @read_tick: last tick in which it was read, 0 before the first
 * @same: readings in a row that brought nothing new
 */
struct sysmon_file {
	struct file *file;
	u64 retry_tick;
	u64 read_tick;
	unsigned int same;
};

/* Of one device, in the attributes' order. */
#define SYSMON_IO_FIGURES \
	(SYSMON_A_IO_DEVICE_DISCARD_OPS - SYSMON_A_IO_DEVICE_READ_BYTES + 1)

struct sysmon_io_device {
	u32 major;
	u32 minor;
	u64 value[SYSMON_IO_FIGURES];
};

/* Limits whose meeting is an event: limit_edge.c. */
#define SYSMON_EDGES 4

/**
 * struct sysmon_edge - a counter that grows when a limit is met
 * @count: at the last walk
 * @risen_ns: CLOCK_BOOTTIME when it was last seen to have grown, 0 never
 */
struct sysmon_edge {
	u64 count;
	u64 risen_ns;
};

/**
 * struct sysmon_container - one container; guarded by sysmon_lock
 * @node: in the table's list, by @serial
 * @hash: in the table, by cgroup id
 * @serial: grows with each container added; cursors of dumps resume by it
 * @cgrp: holds a reference
 * @whose: the attributes that say who it is, ready for messages; or NULL
 * @whose_len: bytes of these
 * @facts: of the present run; NULL when it has no process or for lack of
 *         memory
 * @pending: in the list of those whose start event has not been sent
 * @looks: how often the awaited program was looked for
 * @active_tick: last tick in which it used CPU
 * @tasks_tick: last tick in which processes were seen to come or go
 * @slow_tick: last tick in which its limits were read
 * @first_tick: and the first
 * @prev_usage_ns: CPU usage at the walk before, for /proc/sysmon
 * @prev_boottime_ns: the time of that walk, 0 when there was none
 * @sampled_ns: CLOCK_BOOTTIME of @sample
 * @outer: the outermost container around it, which counts it; or NULL
 * @nested: containers in the table whose @outer is this one
 * @told: in full in the snapshot being made
 * @counted_ns: CPU usage of its own cgroup, at the last look
 * @summed_ns: what the kernel had summed up by then
 * @gone_ns: how much came from cgroups below that are gone, at the last flush
 * @stime_ns: system time last given, which must not go back
 * @utime_ns: user time last given
 * @lru_pages: memory.current of the last look at the LRU lists
 * @hits: of pids.max, as the files last told
 * @hits_gone: those of cgroups below that were removed
 * @edges_known: @edges is of a start that none came before, or of a reading
 * @edges: by the index of limit_edge.c's table
 */
struct sysmon_container {
	struct list_head node;
	struct hlist_node hash;
	u64 serial;
	struct cgroup *cgrp;
	struct sysmon_name *name;
	void *whose;
	unsigned int whose_len;
	struct sysmon_facts *facts;
	struct list_head pending;
	unsigned int looks;
	u64 active_tick;
	u64 tasks_tick;
	u64 slow_tick;
	u64 first_tick;
	u64 prev_usage_ns;
	u64 prev_boottime_ns;
	u64 sampled_ns;
	struct sysmon_container *outer;
	unsigned int nested;
	bool told;
	u64 counted_ns;
	u64 summed_ns;
	u64 gone_ns;
	u64 stime_ns;
	u64 utime_ns;
	unsigned long lru_pages;
	struct sysmon_file io;
	struct sysmon_file pids;
	struct sysmon_file cpu;
	u64 hits;
	u64 hits_gone;
	bool edges_known;
	struct sysmon_edge edges[SYSMON_EDGES];
	unsigned int io_device_count;
	struct sysmon_io_device io_devices[SYSMON_IO_DEVICES_MAX];
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
	atomic64_t facts_lost;
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
u64 sysmon_newest_cgroup(void);
unsigned int sysmon_container_bytes(void);
void sysmon_container_exit(void);

/* match.c */
bool sysmon_match(const struct cgroup *cgrp);
int sysmon_match_name(const char *name, size_t *id_off, size_t *id_len);
enum sysmon_runtime sysmon_match_parent(const char *name, size_t len);
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
const char *sysmon_parse_u64(const char *text, u64 *value);
ssize_t sysmon_procfile_read(const char *path, char *buf, size_t size);

/* After the last use of CPU, figures may still change for so many ticks. */
#define SYSMON_LINGER_TICKS 3

static inline u64 sysmon_idle_ticks(const struct sysmon_container *c)
{
	return sysmon_tick.number - c->active_tick;
}

/* No look at the cgroups below a container that has more. */
#define SYSMON_BELOW_MAX 512

/* Those that are removed, and still there, included. */
static inline unsigned int
sysmon_cgroups_below(const struct sysmon_container *c)
{
	return READ_ONCE(c->cgrp->nr_descendants) +
	       READ_ONCE(c->cgrp->nr_dying_descendants);
}

/* A container's turn at what is done every so many ticks, a power of two. */
static inline bool sysmon_is_turn(const struct sysmon_container *c,
				  unsigned int every)
{
	return !((sysmon_tick.number + c->serial) & (every - 1));
}

/* account*.c, machine.c */
void sysmon_account_cpu(struct sysmon_container *c);
void sysmon_account_cpu_finally(struct sysmon_container *c);
void sysmon_account(struct sysmon_container *c, bool final);
int sysmon_io_init(void);
void sysmon_io_exit(void);
void sysmon_io(struct sysmon_container *c);
void sysmon_file_failed(struct sysmon_container *c, int err, unsigned int first,
			unsigned int last);
bool sysmon_is_at_rest(const struct sysmon_container *c);
void sysmon_files(struct sysmon_container *c, bool final);
bool sysmon_files_flush(struct sysmon_container *c);
void sysmon_files_close(struct sysmon_container *c);
void sysmon_files_refresh_pressure(struct sysmon_container *c);
void sysmon_forget(struct sysmon_container *c, unsigned int first,
		   unsigned int last);
int sysmon_pids_hits(struct sysmon_container *c, u64 *hits);
bool sysmon_net_of(struct task_struct *task, struct sysmon_net *sum);
void sysmon_network(struct sysmon_container *c);
void sysmon_machine(struct sysmon_figures *sys);
void sysmon_set_pressure(struct sysmon_figures *f, unsigned int some,
			 unsigned int full, const char *text);
void sysmon_machine_cpu(int cpu, struct sysmon_figures *f);
void sysmon_machine_exit(void);
u64 sysmon_machine_busy(const struct sysmon_figures *sys, u64 *total);

/* limit_edge.c */
void sysmon_edges(struct sysmon_container *c);

/* facts.c: those marked atomic may be called in any context */
int sysmon_facts_init(void);
void sysmon_facts_exit(void);
void sysmon_facts_refill(void);
bool sysmon_facts_is_nested(struct cgroup *cgrp);	      /* atomic */
struct sysmon_facts *sysmon_facts_begin(struct cgroup *cgrp); /* atomic */
struct sysmon_facts *sysmon_facts_end(u64 cgroup_id);	      /* atomic */
struct sysmon_facts *sysmon_facts_find(u64 cgroup_id);
struct sysmon_facts *sysmon_facts_new(u64 cgroup_id);
struct sysmon_facts *sysmon_facts_around(struct cgroup *cgrp); /* RCU */
struct sysmon_facts *sysmon_facts_up(struct cgroup **cgrp);    /* RCU */
bool sysmon_facts_get(struct sysmon_facts *facts);	       /* atomic */
void sysmon_facts_put(struct sysmon_facts *facts);	       /* atomic */
void sysmon_facts_drop(struct sysmon_facts *facts);
void sysmon_facts_forget_argv(struct sysmon_facts *facts);
bool sysmon_facts_seek(void);
bool sysmon_is_namespace_init(struct pid *pid);
void sysmon_process_note(struct sysmon_process *p, struct task_struct *task);

/* probes.c */
int sysmon_probes_init(void);
void sysmon_probes_exit(void);

/* lifecycle.c */
enum sysmon_note_kind {
	SYSMON_NOTE_POPULATED,
	SYSMON_NOTE_EXEC,
	SYSMON_NOTE_EMPTY,
	SYSMON_NOTE_FROZEN,
	SYSMON_NOTE_THAWED,
	SYSMON_NOTE_OOM,
	SYSMON_NOTE_REMOVED,
};

int sysmon_lifecycle_init(void);
void sysmon_lifecycle_stop(void);
void sysmon_lifecycle_exit(void);
void sysmon_note(enum sysmon_note_kind kind, struct cgroup *cgrp,
		 struct sysmon_facts *facts,
		 const struct sysmon_process *victim); /* atomic */
void sysmon_lifecycle_adopt(struct sysmon_container *c);
void sysmon_lifecycle_tell_start(struct sysmon_container *c);
bool sysmon_lifecycle_start_is_due(const struct sysmon_container *c);
void sysmon_lifecycle_adopted(void);

/* ring.c */
struct sk_buff;
extern unsigned int sysmon_ring_capacity;
extern unsigned long sysmon_ring_bytes_max;
struct sysmon_ring_state {
	u64 head;  /* the newest number, 0 before the first */
	u64 tail;  /* the oldest number that is kept, 0 when none is */
	u64 lost;  /* numbers without an event */
	u64 bytes; /* memory of the ring */
};

int sysmon_ring_init(void);
void sysmon_ring_exit(void);
void sysmon_ring_push(struct sysmon_event *ev);
void sysmon_ring_push_lost(u64 count);
void sysmon_ring_state(struct sysmon_ring_state *state);
int sysmon_ring_read(struct sk_buff *skb, u64 seq, u64 *gap);

/* sampler.c */
int sysmon_sampler_init(void);
void sysmon_sampler_start(void);
void sysmon_sampler_stop(void);
void sysmon_sampler_exit(void);
void sysmon_sampler_set_interval(u64 ns);
u64 sysmon_sampler_interval(void);
void sysmon_sampler_refresh(void);
void sysmon_sampler_rescan(void);

/* fill.c: each returns 0 or -EMSGSIZE, with the message as it was */
int sysmon_fill_module(struct sk_buff *skb);
int sysmon_fill_tick(struct sk_buff *skb, u32 part);
int sysmon_fill_system(struct sk_buff *skb);
int sysmon_fill_cpu(struct sk_buff *skb, int cpu);
void sysmon_fill_prepare(struct sysmon_container *c);
int sysmon_fill_container(struct sk_buff *skb,
			  const struct sysmon_container *c);
int sysmon_fill_event(struct sk_buff *skb, const struct sysmon_event *ev);
int sysmon_fill_gap(struct sk_buff *skb, u64 first, u64 count);

/* message.c */
void sysmon_message_init(void);
struct sk_buff *sysmon_message_new(void);
struct sk_buff *sysmon_message_again(void);
void sysmon_message_keep(struct sk_buff *skb);
void sysmon_message_turn(void);
void sysmon_message_drop_kept(void);

/* netlink.c */
int sysmon_netlink_init(void);
void sysmon_netlink_exit(void);
bool sysmon_netlink_wants_snapshots(void);
struct sk_buff *sysmon_netlink_snapshot_new(void);
void sysmon_netlink_snapshot_send(struct sk_buff *skb);
struct sk_buff *sysmon_netlink_event_new(void);
void sysmon_netlink_event_send(struct sk_buff *skb);
void sysmon_netlink_gap(u64 first, u64 count);

/* snapshot.c */
void sysmon_snapshot(void);

/* procfs.c */
int sysmon_procfs_init(void);
void sysmon_procfs_exit(void);

#endif
