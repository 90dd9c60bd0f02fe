// SPDX-License-Identifier: GPL-2.0
/*
 * What the probes see of the processes of a container: one record a run,
 * found by cgroup id from any context. Knows neither events nor figures.
 *
 * Probes must not allocate: they take records from a small pool, which the
 * work that handles their notes fills up again.
 */
#include <linux/hashtable.h>
#include <linux/pid.h>
#include <linux/random.h>
#include <linux/rculist.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/uidgid.h>

#include "sysmon.h"

#define TABLE_BITS 10

/* Processes that are looked at before others may run. */
#define PAUSE_EVERY 64

/* Containers that may start before the pool is filled up again. */
#define POOL_SIZE 128

static DEFINE_RAW_SPINLOCK(table_lock); /* guards changes of all below */
static DEFINE_HASHTABLE(table, TABLE_BITS);
static HLIST_HEAD(pool);
static unsigned int pool_count;
static u64 salt; /* random; set before the first use */

static void free_rcu_facts(struct rcu_head *rcu)
{
	struct sysmon_facts *facts =
		container_of(rcu, struct sysmon_facts, rcu);

	put_pid(facts->init);
	put_pid(facts->helper);
	if (facts->sender.cgrp)
		cgroup_put(facts->sender.cgrp);
	kfree(facts->first.argv);
	kfree(facts);
}

bool sysmon_facts_get(struct sysmon_facts *facts)
{
	return refcount_inc_not_zero(&facts->refs);
}

void sysmon_facts_put(struct sysmon_facts *facts)
{
	if (facts && refcount_dec_and_test(&facts->refs))
		call_rcu(&facts->rcu, free_rcu_facts);
}

static struct sysmon_facts *facts_alloc(void)
{
	struct sysmon_facts *facts = kzalloc(sizeof(*facts), GFP_KERNEL);

	if (!facts)
		return NULL;
	facts->first.argv = kmalloc(SYSMON_ARGV_MAX, GFP_KERNEL);
	if (!facts->first.argv) {
		kfree(facts);
		return NULL;
	}
	refcount_set(&facts->refs, 1);
	raw_spin_lock_init(&facts->lock);
	return facts;
}

/* Every fork, exec and exit looks here: nobody is to choose long chains. */
static u64 key_of(u64 cgroup_id)
{
	return cgroup_id ^ salt;
}

static struct sysmon_facts *find(u64 cgroup_id)
{
	struct sysmon_facts *facts;

	hash_for_each_possible_rcu(table, facts, node, key_of(cgroup_id))
		if (facts->cgroup_id == cgroup_id)
			return facts;
	return NULL;
}

/* Context: under table_lock; the table takes over the caller's reference. */
static void insert(struct sysmon_facts *facts, u64 cgroup_id)
{
	facts->cgroup_id = cgroup_id;
	hash_add_rcu(table, &facts->node, key_of(cgroup_id));
}

/* Context: under table_lock. */
static struct sysmon_facts *take_out(u64 cgroup_id)
{
	struct sysmon_facts *facts;

	hash_for_each_possible(table, facts, node, key_of(cgroup_id)) {
		if (facts->cgroup_id != cgroup_id)
			continue;
		hash_del_rcu(&facts->node);
		return facts;
	}
	return NULL;
}

/* Deeper down nothing is in the table: its path would be too long. */
#define LEVEL_MAX 512

static struct cgroup *where_to_begin(struct cgroup *cgrp)
{
	return likely(cgrp->level <= LEVEL_MAX)
		       ? cgrp
		       : cgroup_ancestor(cgrp, LEVEL_MAX);
}

/**
 * sysmon_facts_up() - the record of the next container that a cgroup is in
 * @cgrp: where to begin; is set to the parent of what was found
 *
 * Context: any, under RCU.
 * Return: the innermost container's record without a reference, or NULL.
 */
struct sysmon_facts *sysmon_facts_up(struct cgroup **cgrp)
{
	struct cgroup *pos = where_to_begin(*cgrp);
	struct sysmon_facts *facts = NULL;

	for (; !facts && pos->level > 0; pos = cgroup_parent(pos))
		facts = find(cgroup_id(pos));
	*cgrp = pos;
	return facts;
}

/* The same, of the innermost container alone: of a task's cgroup, for example. */
struct sysmon_facts *sysmon_facts_around(struct cgroup *cgrp)
{
	return sysmon_facts_up(&cgrp);
}

/**
 * sysmon_facts_is_nested() - whether a container runs inside another
 * @cgrp: its cgroup, of which the first can make as many as it likes
 *
 * Context: any.
 */
bool sysmon_facts_is_nested(struct cgroup *cgrp)
{
	bool nested;

	rcu_read_lock();
	nested = sysmon_facts_around(cgroup_parent(cgrp));
	rcu_read_unlock();
	return nested;
}

/**
 * sysmon_facts_begin() - a container got its first process
 * @cgrp: whose facts of an earlier run, if any, are dropped
 *
 * Those inside another leave three quarters of the pool to the others.
 *
 * Context: any.
 * Return: the record with a reference, or NULL when the pool is empty.
 */
struct sysmon_facts *sysmon_facts_begin(struct cgroup *cgrp)
{
	struct sysmon_facts *facts = NULL, *old;
	u64 id = cgroup_id(cgrp);
	unsigned long flags;
	unsigned int kept;

	kept = sysmon_facts_is_nested(cgrp) ? POOL_SIZE - POOL_SIZE / 4 : 0;

	raw_spin_lock_irqsave(&table_lock, flags);
	old = take_out(id);
	if (pool_count > kept) {
		facts = hlist_entry(pool.first, struct sysmon_facts, node);
		hlist_del(&facts->node);
		pool_count--;
		facts->awaiting = true;
		refcount_set(&facts->refs, 2);
		insert(facts, id);
	}
	raw_spin_unlock_irqrestore(&table_lock, flags);
	sysmon_facts_put(old);
	if (!facts)
		atomic64_inc(&sysmon_stats.facts_lost);
	return facts;
}

/**
 * sysmon_facts_end() - a container's last process went
 * @cgroup_id: the container's
 *
 * Context: any.
 * Return: the record with the table's reference, or NULL.
 */
struct sysmon_facts *sysmon_facts_end(u64 cgroup_id)
{
	struct sysmon_facts *facts;
	unsigned long flags;

	raw_spin_lock_irqsave(&table_lock, flags);
	facts = take_out(cgroup_id);
	raw_spin_unlock_irqrestore(&table_lock, flags);
	return facts;
}

/**
 * sysmon_facts_drop() - let a record be found no more
 * @facts: or NULL
 *
 * Context: process.
 */
void sysmon_facts_drop(struct sysmon_facts *facts)
{
	bool found;

	if (!facts)
		return;
	raw_spin_lock_irq(&table_lock);
	found = hash_hashed(&facts->node);
	if (found)
		hash_del_rcu(&facts->node);
	raw_spin_unlock_irq(&table_lock);
	if (found)
		sysmon_facts_put(facts);
}

/**
 * sysmon_facts_find() - the present run's record of a container
 * @cgroup_id: the container's
 *
 * Return: the record with a reference, or NULL.
 */
struct sysmon_facts *sysmon_facts_find(u64 cgroup_id)
{
	struct sysmon_facts *facts;

	rcu_read_lock();
	facts = find(cgroup_id);
	if (facts && !sysmon_facts_get(facts))
		facts = NULL;
	rcu_read_unlock();
	return facts;
}

/**
 * sysmon_facts_new() - a record for a run whose beginning was not seen
 * @cgroup_id: the container's
 *
 * Context: process.
 * Return: the record, or the one that there is, with a reference, or NULL for
 * lack of memory.
 */
struct sysmon_facts *sysmon_facts_new(u64 cgroup_id)
{
	struct sysmon_facts *facts = sysmon_facts_find(cgroup_id);
	struct sysmon_facts *fresh, *extra = NULL;

	if (facts)
		return facts;
	fresh = facts_alloc();
	if (!fresh)
		return NULL;
	raw_spin_lock_irq(&table_lock);
	facts = find(cgroup_id);
	if (facts && sysmon_facts_get(facts)) {
		extra = fresh;
	} else {
		facts = fresh;
		refcount_set(&facts->refs, 2);
		insert(facts, cgroup_id);
	}
	raw_spin_unlock_irq(&table_lock);
	sysmon_facts_put(extra);
	return facts;
}

/**
 * sysmon_facts_refill() - fill the probes' pool up
 *
 * Context: process.
 */
void sysmon_facts_refill(void)
{
	struct sysmon_facts *facts;

	while (READ_ONCE(pool_count) < POOL_SIZE) {
		facts = facts_alloc();
		if (!facts)
			return;
		raw_spin_lock_irq(&table_lock);
		hlist_add_head(&facts->node, &pool);
		pool_count++;
		raw_spin_unlock_irq(&table_lock);
	}
}

/**
 * sysmon_is_namespace_init() - whether a process has PID 1 of a namespace
 * @pid: of the process; the machine's own init does not count
 */
bool sysmon_is_namespace_init(struct pid *pid)
{
	return pid->level > 0 && is_child_reaper(pid);
}

/**
 * sysmon_process_note() - note who a process is
 * @p: its number, user and program are set
 * @task: one of its threads
 *
 * Context: any, under RCU.
 */
void sysmon_process_note(struct sysmon_process *p, struct task_struct *task)
{
	p->pid = task_tgid_nr(task);
	p->uid = from_kuid(&init_user_ns, task_uid(task));
	strscpy_pad(p->comm, task->comm, sizeof(p->comm));
}

/* Found, not seen to exec: its arguments stay unknown. */
static void note_found(struct sysmon_facts *facts, struct task_struct *task,
		       struct pid *pid)
{
	facts->init = get_pid(pid);
	sysmon_process_note(&facts->first, task);
}

/*
 * A process that executed nothing since it was forked, or is about to, may be a
 * runtime's that is to become the program; once some program is there, only one
 * that is first in a PID namespace. What was executed elsewhere and moved here
 * is none. While it executes, the flag goes before the probe is called.
 */
static bool is_prepared(const struct sysmon_facts *facts,
			const struct task_struct *task, bool is_init)
{
	bool no_program = task->flags & PF_FORKNOEXEC || task->in_execve;

	return no_program && (is_init || !facts->init);
}

static void seek_in(struct sysmon_facts *facts, struct task_struct *task,
		    bool namespace_inits)
{
	struct pid *pid = task_tgid(task);
	bool is_init;

	/* It was waited for meanwhile. */
	if (!pid)
		return;
	is_init = sysmon_is_namespace_init(pid);
	raw_spin_lock_irq(&facts->lock);
	if (facts->awaiting)
		facts->preparing |= is_prepared(facts, task, is_init);
	else if (!facts->awaiting && !facts->init && is_init == namespace_inits)
		note_found(facts, task, pid);
	raw_spin_unlock_irq(&facts->lock);
}

/*
 * Let others run. Return: the task is still in the list, so the way goes on
 * from it. As hung_task's rcu_lock_break().
 */
static bool pause_at(struct task_struct *task)
{
	bool alive;

	get_task_struct(task);
	rcu_read_unlock();
	cond_resched();
	rcu_read_lock();
	alive = pid_alive(task);
	put_task_struct(task);
	return alive;
}

/* Return: all processes were seen; not so when the place was lost. */
static bool seek_pass(bool namespace_inits)
{
	struct sysmon_facts *facts;
	struct task_struct *task;
	unsigned int n = 0;
	bool whole = true;

	rcu_read_lock();
	for_each_process(task) {
		if (++n % PAUSE_EVERY == 0 && !pause_at(task)) {
			whole = false;
			break;
		}
		if (task->flags & PF_EXITING)
			continue;
		facts = sysmon_facts_around(task_dfl_cgroup(task));
		if (facts)
			seek_in(facts, task, namespace_inits);
	}
	rcu_read_unlock();
	return whole;
}

/**
 * sysmon_facts_forget_argv() - give the room for arguments back
 * @facts: no program is awaited any more, and its start was told
 *
 * Context: process.
 */
void sysmon_facts_forget_argv(struct sysmon_facts *facts)
{
	char *argv;

	raw_spin_lock_irq(&facts->lock);
	argv = facts->first.argv;
	facts->first.argv = NULL;
	facts->first.argv_len = 0;
	facts->first.argv_bytes = 0;
	raw_spin_unlock_irq(&facts->lock);
	kfree(argv);
}

/**
 * sysmon_facts_seek() - find the first programs of containers where unknown
 *
 * Where one is not awaited any more, that is the process with PID 1 of a
 * namespace, else the first that there is. Where it is, look whether a runtime
 * prepares it: a process is there but has not executed it.
 *
 * Context: process, under sysmon_lock. Goes through all processes.
 * Return: all were seen.
 */
bool sysmon_facts_seek(void)
{
	return seek_pass(true) && seek_pass(false);
}

int sysmon_facts_init(void)
{
	salt = get_random_u64();
	sysmon_facts_refill();
	if (pool_count == POOL_SIZE)
		return 0;
	sysmon_facts_exit();
	return -ENOMEM;
}

/* The probes, and all that holds a reference but the table, are gone by now. */
void sysmon_facts_exit(void)
{
	struct sysmon_facts *facts;
	struct hlist_node *next;
	int bucket;

	hash_for_each_safe(table, bucket, next, facts, node) {
		hash_del_rcu(&facts->node);
		sysmon_facts_put(facts);
	}
	hlist_for_each_entry_safe(facts, next, &pool, node) {
		hlist_del(&facts->node);
		sysmon_facts_put(facts);
	}
	pool_count = 0;
	rcu_barrier();
}
