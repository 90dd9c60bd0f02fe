// SPDX-License-Identifier: GPL-2.0
/*
 * The lives of containers: a queue takes the probes' notes, and a work item
 * turns them into changes of the table and into events.
 *
 * A start is told when the container's program is known, which a runtime
 * executes some time after it put the first process into the cgroup.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/ktime.h>
#include <linux/workqueue.h>

#include "sysmon.h"

/* Notes that wait for the work item: a second's worth of heavy churn. */
#define QUEUE_LEN 8192

/* Notes handled in one go. */
#define BATCH 128

/*
 * A start is told after so long, even if no program has been seen; while a
 * runtime prepares one, up to LOOKS_MAX looks later.
 */
#define PROGRAM_WAIT_NS (2ULL * NSEC_PER_SEC)
#define LOOKS_MAX	5 /* the last one is after 64 s */
#define LOOKS_SEEN_MAX	2 /* and with a program that runs already, 8 s */

/**
 * struct note - one change, as the probe saw it
 * @cgrp: referenced; NULL for SYSMON_NOTE_REMOVED
 * @facts: with a reference, or NULL
 * @lost_before: changes between the note before and this one that found the
 *               queue full
 * @victim: of SYSMON_NOTE_OOM
 */
struct note {
	enum sysmon_note_kind kind;
	u64 cgroup_id;
	struct cgroup *cgrp;
	struct sysmon_facts *facts;
	u64 boottime_ns;
	u64 realtime_ns;
	u64 lost_before;
	struct sysmon_process victim;
};

/* Raw: tracepoint probes run with preemption off, on PREEMPT_RT too. */
static DEFINE_RAW_SPINLOCK(queue_lock); /* guards all up to rescan_wanted */
static struct note *queue;
static unsigned int queue_head, queue_count;
static u64 lost_events; /* since the newest note */
static bool rescan_wanted;

static LIST_HEAD(pending); /* starts to be told; guarded by sysmon_lock */
static bool seek_wanted;   /* some first programs are unknown; sysmon_lock */
/* Ids grow: only a cgroup of at most this one had a life before. */
static u64 newest_at_load;

static void run_queue(struct work_struct *work);
static void tell_late_starts(struct work_struct *work);
static DECLARE_WORK(queue_work_item, run_queue);
static DECLARE_DELAYED_WORK(late_work, tell_late_starts);
static struct workqueue_struct *wq;

/* Context: under queue_lock. */
static void put_note(struct note *note, enum sysmon_note_kind kind,
		     struct cgroup *cgrp, struct sysmon_facts *facts)
{
	note->kind = kind;
	note->cgroup_id = cgroup_id(cgrp);
	note->cgrp = NULL;
	if (kind != SYSMON_NOTE_REMOVED) {
		cgroup_get(cgrp);
		note->cgrp = cgrp;
	}
	note->facts = facts;
	note->boottime_ns = ktime_get_boottime_ns();
	note->realtime_ns = ktime_get_real_ns();
	note->lost_before = lost_events;
	lost_events = 0;
}

/**
 * sysmon_note() - note a change of a container
 * @kind: what happened
 * @cgrp: to whom; it is alive
 * @facts: the note takes over the caller's reference; or NULL
 * @victim: of SYSMON_NOTE_OOM, else NULL
 *
 * Context: any.
 */
void sysmon_note(enum sysmon_note_kind kind, struct cgroup *cgrp,
		 struct sysmon_facts *facts,
		 const struct sysmon_process *victim)
{
	unsigned int room = QUEUE_LEN;
	unsigned long flags;
	struct note *note;

	/* One container must not fill the queue with those inside it. */
	if (sysmon_facts_is_nested(cgrp))
		room /= 4;
	raw_spin_lock_irqsave(&queue_lock, flags);
	if (queue_count < room) {
		note = &queue[(queue_head + queue_count) % QUEUE_LEN];
		put_note(note, kind, cgrp, facts);
		if (victim)
			note->victim = *victim;
		queue_count++;
		facts = NULL;
	} else {
		/* With the program lost, the start is still told. */
		lost_events += kind != SYSMON_NOTE_EXEC;
		rescan_wanted = true;
	}
	raw_spin_unlock_irqrestore(&queue_lock, flags);
	sysmon_facts_put(facts);
	queue_work(wq, &queue_work_item);
}

static bool take_note(struct note *note)
{
	unsigned long flags;
	bool found;

	raw_spin_lock_irqsave(&queue_lock, flags);
	found = queue_count > 0;
	if (found) {
		*note = queue[queue_head];
		queue_head = (queue_head + 1) % QUEUE_LEN;
		queue_count--;
	}
	raw_spin_unlock_irqrestore(&queue_lock, flags);
	return found;
}

static void push(const struct sysmon_container *c, u64 boottime_ns,
		 u64 realtime_ns, u32 type)
{
	struct sysmon_event ev = {
		.type = type,
		.boottime_ns = boottime_ns,
		.realtime_ns = realtime_ns,
		.c = c,
	};

	sysmon_ring_push(&ev);
}

/* Once it is not awaited, the probes leave the first program alone. */
static void push_start(struct sysmon_container *c, u64 boottime_ns,
		       u64 realtime_ns)
{
	struct sysmon_facts *facts = c->facts;
	struct sysmon_event ev = {
		.type = SYSMON_EVENT_TYPE_START,
		.boottime_ns = boottime_ns,
		.realtime_ns = realtime_ns,
		.c = c,
	};

	list_del_init(&c->pending);
	/* The next walk looks at limits that it met before. */
	c->sample.f.changed = true;
	if (!facts) {
		sysmon_ring_push(&ev);
		return;
	}
	raw_spin_lock_irq(&facts->lock);
	facts->awaiting = false;
	raw_spin_unlock_irq(&facts->lock);
	seek_wanted |= !facts->init;
	if (facts->first.pid)
		ev.process = &facts->first;
	if (facts->exec_ns > c->sample.started_ns)
		ev.exec_delay_ns = facts->exec_ns - c->sample.started_ns;
	sysmon_ring_push(&ev);
	sysmon_facts_forget_argv(facts);
}

static void push_pending_start(struct sysmon_container *c,
			       const struct note *note)
{
	if (!list_empty(&c->pending))
		push_start(c, note->boottime_ns, note->realtime_ns);
}

/**
 * sysmon_lifecycle_start_is_due() - whether a start need not wait any more
 * @c: its start was not told yet
 *
 * What happened to it is told at once then, after the start, even while a
 * runtime prepares its program.
 */
bool sysmon_lifecycle_start_is_due(const struct sysmon_container *c)
{
	return ktime_get_boottime_ns() - c->sample.started_ns >=
	       PROGRAM_WAIT_NS;
}

/**
 * sysmon_lifecycle_tell_start() - tell of a container's start, if it wasn't yet
 * @c: it is about to go, or something else is to be told of it
 *
 * Context: process, under sysmon_lock.
 */
void sysmon_lifecycle_tell_start(struct sysmon_container *c)
{
	if (!list_empty(&c->pending))
		push_start(c, ktime_get_boottime_ns(), ktime_get_real_ns());
}

static void take_facts(struct sysmon_container *c, struct sysmon_facts *facts)
{
	struct sysmon_facts *old = c->facts;

	if (facts)
		sysmon_facts_get(facts);
	c->facts = facts;
	sysmon_facts_put(old);
}

static void container_populated(struct sysmon_container *c,
				const struct note *note)
{
	push_pending_start(c, note);
	take_facts(c, note->facts);
	c->sample.started_ns = note->boottime_ns;
	c->sample.f.changed = true;
	sysmon_fill_prepare(c);
	c->active_tick = sysmon_tick.number;
	c->looks = 0;
	c->edges_known |= cgroup_id(c->cgrp) > newest_at_load;
	list_add_tail(&c->pending, &pending);
	queue_delayed_work(wq, &late_work, nsecs_to_jiffies(PROGRAM_WAIT_NS));
}

static void container_exec(struct sysmon_container *c, const struct note *note)
{
	if (c->facts == note->facts)
		push_pending_start(c, note);
}

static void end_facts(struct sysmon_facts *facts)
{
	sysmon_facts_drop(facts);
	raw_spin_lock_irq(&facts->lock);
	facts->ended = true;
	raw_spin_unlock_irq(&facts->lock);
}

static u64 take_victims(struct sysmon_facts *facts)
{
	u64 victims;

	if (!facts)
		return 0;
	raw_spin_lock_irq(&facts->lock);
	victims = facts->victims;
	facts->victims = 0;
	raw_spin_unlock_irq(&facts->lock);
	return victims;
}

/*
 * The last figures: nothing runs in the cgroup any more, but for the last
 * task's way from leaving it to being switched out, a tick at most.
 */
static void container_stopped(struct sysmon_container *c,
			      const struct note *note)
{
	struct sysmon_event ev = {
		.type = SYSMON_EVENT_TYPE_STOP,
		.boottime_ns = note->boottime_ns,
		.realtime_ns = note->realtime_ns,
		.c = c,
	};

	if (note->facts)
		take_facts(c, note->facts);
	if (c->facts)
		end_facts(c->facts);
	ev.facts = c->facts;
	ev.count = take_victims(c->facts);
	push_pending_start(c, note);
	sysmon_account_cpu_finally(c);
	sysmon_account(c, true);
	sysmon_edges(c);
	sysmon_ring_push(&ev);
	take_facts(c, NULL);
	/* Where no walk follows, nothing else would. */
	sysmon_files_close(c);
}

static void container_oom(struct sysmon_container *c, const struct note *note)
{
	struct sysmon_event ev = {
		.type = SYSMON_EVENT_TYPE_OOM,
		.boottime_ns = note->boottime_ns,
		.realtime_ns = note->realtime_ns,
		.c = c,
		.process = &note->victim,
		.limit_attr = SYSMON_A_CONTAINER_MEM_LIMIT_BYTES,
	};

	ev.count = take_victims(note->facts);
	push_pending_start(c, note);
	if (!c->sampled_ns) {
		sysmon_account_cpu(c);
		sysmon_account(c, false);
	}
	sysmon_ring_push(&ev);
}

static void container_frozen(struct sysmon_container *c,
			     const struct note *note)
{
	bool frozen = note->kind == SYSMON_NOTE_FROZEN;

	push_pending_start(c, note);
	push(c, note->boottime_ns, note->realtime_ns,
	     frozen ? SYSMON_EVENT_TYPE_FREEZE : SYSMON_EVENT_TYPE_THAW);
}

static void handle_removal(const struct note *note)
{
	struct sysmon_container *c = sysmon_container_find(note->cgroup_id);

	if (!c)
		return;
	push_pending_start(c, note);
	push(c, note->boottime_ns, note->realtime_ns,
	     SYSMON_EVENT_TYPE_REMOVED);
	sysmon_container_remove(c);
}

/* The cgroup of a note, if it is still to be followed. */
static struct sysmon_container *container_of_note(const struct note *note)
{
	struct sysmon_container *c = sysmon_container_find(note->cgroup_id);

	return c ?: sysmon_container_add(note->cgrp);
}

static void handle_change(const struct note *note)
{
	struct sysmon_container *c;

	/* The patterns may have changed since the probe. */
	if (!sysmon_match(note->cgrp)) {
		sysmon_facts_drop(note->facts);
		return;
	}
	c = container_of_note(note);
	if (!c) {
		sysmon_facts_drop(note->facts);
		if (note->kind != SYSMON_NOTE_EXEC)
			sysmon_ring_push_lost(1);
		return;
	}
	switch (note->kind) {
	case SYSMON_NOTE_POPULATED:
		container_populated(c, note);
		break;
	case SYSMON_NOTE_EXEC:
		container_exec(c, note);
		break;
	case SYSMON_NOTE_EMPTY:
		container_stopped(c, note);
		break;
	case SYSMON_NOTE_OOM:
		container_oom(c, note);
		break;
	default:
		container_frozen(c, note);
	}
}

/* Each note becomes an event, or a hole in the ring. */
static void handle_note(const struct note *note)
{
	if (note->lost_before)
		sysmon_ring_push_lost(note->lost_before);
	if (note->kind == SYSMON_NOTE_REMOVED) {
		handle_removal(note);
		return;
	}
	handle_change(note);
	sysmon_facts_put(note->facts);
	cgroup_put(note->cgrp);
}

/* With the queue empty: what was lost after the last note. */
static void handle_losses(void)
{
	unsigned long flags;
	bool rescan;
	u64 events;

	raw_spin_lock_irqsave(&queue_lock, flags);
	events = lost_events;
	rescan = rescan_wanted;
	lost_events = 0;
	rescan_wanted = false;
	raw_spin_unlock_irqrestore(&queue_lock, flags);
	if (events)
		sysmon_ring_push_lost(events);
	if (rescan)
		sysmon_container_rescan();
}

/* A batch at a time, so that ticks and requests get their turn under churn. */
static void run_queue(struct work_struct *work)
{
	unsigned int n = 0;
	struct note note;

	mutex_lock(&sysmon_lock);
	while (n < BATCH && take_note(&note)) {
		handle_note(&note);
		n++;
	}
	if (n < BATCH)
		handle_losses();
	mutex_unlock(&sysmon_lock);
	sysmon_facts_refill();
	if (n == BATCH)
		queue_work(wq, &queue_work_item);
}

/* Looks, each through all processes, are 2, 4, 8, .. 64 s after the start. */
static bool is_due(const struct sysmon_container *c, u64 now)
{
	return now - c->sample.started_ns >= PROGRAM_WAIT_NS << c->looks;
}

/* Before the processes are gone through: what is to be found out. */
static bool prepare_seek(u64 now)
{
	struct sysmon_container *c;
	bool wanted = seek_wanted;

	list_for_each_entry(c, &pending, pending) {
		if (!is_due(c, now))
			continue;
		if (!c->facts)
			c->facts = sysmon_facts_new(c->sample.cgroup_id);
		if (c->facts)
			WRITE_ONCE(c->facts->preparing, false);
		wanted = true;
	}
	seek_wanted = false;
	return wanted;
}

/*
 * After a look. Of a program that was seen and still runs, its PID namespace's
 * first process may be a child (systemd-nspawn as a service), or the program
 * itself is the container's and made a namespace: that is not waited for long.
 */
static bool is_late(const struct sysmon_container *c)
{
	const struct sysmon_facts *facts = c->facts;
	bool seen;

	if (!facts || !facts->preparing)
		return true;
	seen = READ_ONCE(facts->init) && !READ_ONCE(facts->exited);
	return c->looks > (seen ? LOOKS_SEEN_MAX : LOOKS_MAX);
}

static void tell_late(u64 now)
{
	struct sysmon_container *c, *next;

	list_for_each_entry_safe(c, next, &pending, pending) {
		if (!is_due(c, now))
			continue;
		c->looks++;
		if (is_late(c))
			push_start(c, now, ktime_get_real_ns());
	}
}

/* With the notes before it handled. */
static void tell_late_starts(struct work_struct *work)
{
	u64 now;

	/* A batch of notes queues itself anew, behind this. */
	if (READ_ONCE(queue_count)) {
		queue_delayed_work(wq, &late_work, 1);
		return;
	}
	mutex_lock(&sysmon_lock);
	now = ktime_get_boottime_ns();
	if (prepare_seek(now))
		seek_wanted = !sysmon_facts_seek();
	tell_late(now);
	/* Whoever was told of without its program may end at any moment. */
	if (seek_wanted)
		seek_wanted = !sysmon_facts_seek();
	if (!list_empty(&pending) || seek_wanted)
		queue_delayed_work(wq, &late_work,
				   nsecs_to_jiffies(PROGRAM_WAIT_NS) / 2);
	mutex_unlock(&sysmon_lock);
}

/**
 * sysmon_lifecycle_adopt() - a container was found that runs already
 * @c: in the table
 *
 * Context: process, under sysmon_lock.
 */
void sysmon_lifecycle_adopt(struct sysmon_container *c)
{
	struct sysmon_facts *facts = sysmon_facts_new(c->sample.cgroup_id);
	bool seen;

	c->facts = facts;
	if (facts) {
		raw_spin_lock_irq(&facts->lock);
		facts->awaiting = false;
		seen = facts->init;
		raw_spin_unlock_irq(&facts->lock);
		if (!seen)
			sysmon_facts_forget_argv(facts);
		seek_wanted = true;
	}
	sysmon_account_cpu(c);
	sysmon_account(c, false);
	sysmon_edges(c);
	sysmon_files_close(c);
}

/**
 * sysmon_lifecycle_adopted() - all containers that run are in the table
 *
 * Context: process, under sysmon_lock.
 */
void sysmon_lifecycle_adopted(void)
{
	/* Once more, should the first search have lost its place. */
	if (seek_wanted && !sysmon_facts_seek())
		sysmon_facts_seek();
	seek_wanted = false;
}

/**
 * sysmon_lifecycle_init() - watch cgroups, and find the containers there are
 *
 * Return: 0, -ENOMEM, or -ENOENT on a kernel without the tracepoints.
 */
int sysmon_lifecycle_init(void)
{
	int err = -ENOMEM;

	queue = kvcalloc(QUEUE_LEN, sizeof(*queue), GFP_KERNEL);
	if (!queue)
		return -ENOMEM;
	wq = alloc_ordered_workqueue("sysmon_events", WQ_HIGHPRI);
	if (!wq)
		goto err_queue;
	err = sysmon_facts_init();
	if (err)
		goto err_wq;
	/* Whatever changes during the first search is noted and comes after. */
	mutex_lock(&sysmon_lock);
	err = sysmon_probes_init();
	if (!err) {
		newest_at_load = sysmon_newest_cgroup();
		sysmon_container_rescan();
	}
	mutex_unlock(&sysmon_lock);
	if (err) {
		sysmon_lifecycle_stop();
		sysmon_lifecycle_exit();
	}
	return err;

err_wq:
	destroy_workqueue(wq);
err_queue:
	kvfree(queue);
	return err;
}

/* No more is noted, and what was is told. Requests are still served. */
void sysmon_lifecycle_stop(void)
{
	sysmon_probes_exit();
	while (READ_ONCE(queue_count)) {
		queue_work(wq, &queue_work_item);
		flush_work(&queue_work_item);
	}
	flush_work(&queue_work_item);
	cancel_delayed_work_sync(&late_work);
	destroy_workqueue(wq);
}

/* The family is gone by now: nobody asks for another search. */
void sysmon_lifecycle_exit(void)
{
	mutex_lock(&sysmon_lock);
	sysmon_container_exit();
	mutex_unlock(&sysmon_lock);
	sysmon_facts_exit();
	kvfree(queue);
}
