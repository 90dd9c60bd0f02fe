// SPDX-License-Identifier: GPL-2.0
/*
 * Containers' starts and stops, from the cgroup tracepoints. The probes run
 * in atomic context, with locks of the cgroup core held: they note and
 * return. A work item turns the notes into changes of the table and events.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/ktime.h>
#include <linux/tracepoint.h>
#include <linux/workqueue.h>
#include <trace/events/cgroup.h>

#include "compat.h"
#include "sysmon.h"

/* Notes that wait for the work item: a second's worth of heavy churn. */
#define QUEUE_LEN 8192

/* Notes handled in one go. */
#define BATCH 128

enum note_kind {
	NOTE_POPULATED,
	NOTE_EMPTY,
	NOTE_REMOVED
};

/**
 * struct note - one change, as the probe saw it
 * @cgrp: referenced; NULL for NOTE_REMOVED
 * @lost_before: starts and stops between the note before and this one that
 *               found the queue full
 */
struct note {
	enum note_kind kind;
	u64 cgroup_id;
	struct cgroup *cgrp;
	u64 boottime_ns;
	u64 realtime_ns;
	u64 lost_before;
};

/* Raw: tracepoint probes run with preemption off, on PREEMPT_RT too. */
static DEFINE_RAW_SPINLOCK(queue_lock); /* guards all up to rescan_wanted */
static struct note *queue;
static unsigned int queue_head, queue_count;
static u64 lost_events; /* since the newest note */
static bool rescan_wanted;

static void run_queue(struct work_struct *work);
static DECLARE_WORK(queue_work_item, run_queue);
static struct workqueue_struct *wq;

/* Context: atomic. Interrupts may be off. */
static void note_change(enum note_kind kind, struct cgroup *cgrp)
{
	unsigned long flags;
	struct note *note;

	if (!sysmon_match(cgrp))
		return;
	raw_spin_lock_irqsave(&queue_lock, flags);
	if (queue_count == QUEUE_LEN) {
		lost_events += kind != NOTE_REMOVED;
		rescan_wanted = true;
		goto out;
	}
	note = &queue[(queue_head + queue_count) % QUEUE_LEN];
	note->kind = kind;
	note->cgroup_id = cgroup_id(cgrp);
	note->cgrp = NULL;
	if (kind != NOTE_REMOVED) {
		cgroup_get(cgrp);
		note->cgrp = cgrp;
	}
	note->boottime_ns = ktime_get_boottime_ns();
	note->realtime_ns = ktime_get_real_ns();
	note->lost_before = lost_events;
	lost_events = 0;
	queue_count++;
out:
	raw_spin_unlock_irqrestore(&queue_lock, flags);
	queue_work(wq, &queue_work_item);
}

/* Called with css_set_lock held, so the cgroup is alive. */
static void probe_populated(void *data, struct cgroup *cgrp, const char *path,
			    int populated)
{
	note_change(populated ? NOTE_POPULATED : NOTE_EMPTY, cgrp);
}

/* Called with cgroup_mutex held, which its release has to wait for. */
static void probe_rmdir(void *data, struct cgroup *cgrp, const char *path)
{
	note_change(NOTE_REMOVED, cgrp);
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

static void push_event(struct sysmon_container *c, const struct note *note,
		       u32 type)
{
	struct sysmon_event *ev = kmalloc(sizeof(*ev), GFP_KERNEL);

	if (!ev) {
		sysmon_ring_push_lost(1);
		return;
	}
	ev->type = type;
	ev->boottime_ns = note->boottime_ns;
	ev->realtime_ns = note->realtime_ns;
	ev->name = c->name;
	ev->sample = c->sample;
	sysmon_ring_push(ev);
	kfree(ev);
}

static void container_started(struct sysmon_container *c,
			      const struct note *note)
{
	c->sample.started_ns = note->boottime_ns;
	push_event(c, note, SYSMON_EVENT_TYPE_START);
}

/*
 * The last figures: nothing runs in the cgroup any more, but for the last
 * task's way from leaving it to being switched out, a tick at most.
 */
static void container_stopped(struct sysmon_container *c,
			      const struct note *note)
{
	sysmon_slice_flush(c->slice, note->boottime_ns);
	sysmon_account(c, true);
	push_event(c, note, SYSMON_EVENT_TYPE_STOP);
}

static void handle_removal(u64 cgroup_id)
{
	struct sysmon_container *c = sysmon_container_find(cgroup_id);

	if (c)
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
	if (!sysmon_match(note->cgrp))
		return;
	c = container_of_note(note);
	if (!c)
		sysmon_ring_push_lost(1);
	else if (note->kind == NOTE_POPULATED)
		container_started(c, note);
	else
		container_stopped(c, note);
}

/* Each note of a start or stop becomes an event, or a hole in the ring. */
static void handle_note(const struct note *note)
{
	if (note->lost_before)
		sysmon_ring_push_lost(note->lost_before);
	if (note->kind == NOTE_REMOVED) {
		handle_removal(note->cgroup_id);
		return;
	}
	handle_change(note);
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
	if (n == BATCH)
		queue_work(wq, &queue_work_item);
}

static struct {
	const char *name;
	void *probe;
	struct tracepoint *tp;
	bool registered;
} probes[] = {
	/* In this order: what is noted as populated is noted as removed too. */
	{ .name = "cgroup_rmdir", .probe = probe_rmdir },
	{ .name = "cgroup_notify_populated", .probe = probe_populated },
};

static void find_tracepoint(struct tracepoint *tp, void *priv)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(probes); i++)
		if (!strcmp(tp->name, probes[i].name))
			probes[i].tp = tp;
}

static void unregister_probes(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(probes); i++)
		if (probes[i].registered)
			tracepoint_probe_unregister(probes[i].tp,
						    probes[i].probe, NULL);
	tracepoint_synchronize_unregister();
}

static int register_probes(void)
{
	unsigned int i;
	int err = 0;

	check_trace_callback_type_cgroup_rmdir(probe_rmdir);
	check_trace_callback_type_cgroup_notify_populated(probe_populated);
	for_each_kernel_tracepoint(find_tracepoint, NULL);
	for (i = 0; i < ARRAY_SIZE(probes) && !err; i++) {
		err = -ENOENT;
		if (probes[i].tp)
			err = tracepoint_probe_register(probes[i].tp,
							probes[i].probe, NULL);
		if (err)
			pr_err("can't use the tracepoint %s: error %d\n",
			       probes[i].name, err);
		probes[i].registered = !err;
	}
	if (err)
		unregister_probes();
	return err;
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
	/* Whatever changes during the first search is noted and comes after. */
	mutex_lock(&sysmon_lock);
	err = register_probes();
	if (!err)
		sysmon_container_rescan();
	mutex_unlock(&sysmon_lock);
	if (err)
		goto err_wq;
	return 0;

err_wq:
	destroy_workqueue(wq);
err_queue:
	kvfree(queue);
	return err;
}

void sysmon_lifecycle_exit(void)
{
	unregister_probes();
	destroy_workqueue(wq);
	kvfree(queue);
}
