// SPDX-License-Identifier: GPL-2.0
/*
 * The tracepoints. Probes run in atomic context, some with locks of the
 * cgroup core or of signals held: they note and return. What they note of
 * processes goes to facts, what happened to lifecycle.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/binfmts.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <linux/signal.h>
#include <linux/tracepoint.h>
#include <linux/uaccess.h>
#include <trace/events/cgroup.h>
#include <trace/events/oom.h>
#include <trace/events/sched.h>
#include <trace/events/signal.h>

#include "compat.h"
#include "sysmon.h"

/* Called with css_set_lock held, so the cgroup is alive. */
static void probe_populated(void *data, struct cgroup *cgrp, const char *path,
			    int populated)
{
	struct sysmon_facts *facts;

	if (!sysmon_match(cgrp))
		return;
	if (populated) {
		facts = sysmon_facts_begin(cgrp);
		sysmon_note(SYSMON_NOTE_POPULATED, cgrp, facts, NULL);
	} else {
		facts = sysmon_facts_end(cgroup_id(cgrp));
		sysmon_note(SYSMON_NOTE_EMPTY, cgrp, facts, NULL);
	}
}

static void probe_frozen(void *data, struct cgroup *cgrp, const char *path,
			 int frozen)
{
	if (sysmon_match(cgrp))
		sysmon_note(frozen ? SYSMON_NOTE_FROZEN : SYSMON_NOTE_THAWED,
			    cgrp, NULL, NULL);
}

/* Called with cgroup_mutex held, which its release has to wait for. */
static void probe_rmdir(void *data, struct cgroup *cgrp, const char *path)
{
	if (sysmon_match(cgrp))
		sysmon_note(SYSMON_NOTE_REMOVED, cgrp, NULL, NULL);
}

/* exec has just written them: present, unless memory is very short. */
static void note_argv(struct sysmon_process *p, const struct mm_struct *mm)
{
	unsigned long from = mm->arg_start, len = mm->arg_end - from, n;

	p->argv_bytes = min_t(unsigned long, len, U32_MAX);
	len = min_t(unsigned long, len, SYSMON_ARGV_MAX);
	for (p->argv_len = 0; p->argv_len < len; p->argv_len += n, from += n) {
		n = min(len - p->argv_len, PAGE_SIZE - offset_in_page(from));
		if (copy_from_user_nofault(p->argv + p->argv_len,
					   (const void __user *)from, n))
			return;
	}
}

/* Return: @pid is the container's init, not a runtime's helper before it. */
static bool note_program(struct sysmon_facts *facts, struct pid *pid)
{
	bool is_init = sysmon_is_namespace_init(pid);

	if (!facts->awaiting || (facts->init && !is_init))
		return false;
	/* Once at most; readers may still look at it, under RCU. */
	if (facts->init)
		facts->helper = facts->init;
	facts->init = get_pid(pid);
	facts->awaiting = !is_init;
	facts->exited = false;
	facts->have_net = false;
	facts->sender_signal = 0;
	facts->exec_ns = ktime_get_boottime_ns();
	sysmon_process_note(&facts->first, current);
	note_argv(&facts->first, current->mm);
	return is_init;
}

/* The container's own cgroup at or above a process's. */
static struct cgroup *cgroup_of(const struct sysmon_facts *facts,
				struct cgroup *cgrp)
{
	while (cgroup_id(cgrp) != facts->cgroup_id)
		cgrp = cgroup_parent(cgrp);
	return cgrp;
}

/*
 * The first program in a PID namespace is the container's. Before it, the
 * runtime may execute itself in the cgroup; a container in the host's PID
 * namespace has but its first program.
 */
static void probe_exec(void *data, struct task_struct *task, pid_t old_pid,
		       struct linux_binprm *bprm)
{
	struct cgroup *cgrp;
	struct sysmon_facts *facts;
	bool is_init = false;

	rcu_read_lock();
	cgrp = task_dfl_cgroup(task);
	facts = sysmon_facts_around(cgrp);
	if (facts && READ_ONCE(facts->awaiting)) {
		raw_spin_lock_irq(&facts->lock);
		is_init = note_program(facts, task_tgid(task));
		raw_spin_unlock_irq(&facts->lock);
	}
	if (is_init && sysmon_facts_get(facts))
		sysmon_note(SYSMON_NOTE_EXEC, cgroup_of(facts, cgrp), facts,
			    NULL);
	rcu_read_unlock();
}

static void probe_fork(void *data, struct task_struct *parent,
		       struct task_struct *child)
{
	struct sysmon_facts *facts;

	rcu_read_lock();
	facts = sysmon_facts_around(task_dfl_cgroup(child));
	if (facts)
		WRITE_ONCE(facts->tasks_changed, true);
	rcu_read_unlock();
}

/*
 * The first program; while it is not known, also the first process of a PID
 * namespace, which is to become it: a runtime's that was throttled, say, and is
 * killed before it executes anything.
 */
static bool is_first(const struct sysmon_facts *facts, struct task_struct *task)
{
	struct pid *pid = task_tgid(task), *init = READ_ONCE(facts->init);

	if (!pid || pid == init)
		return pid;
	return (!init || READ_ONCE(facts->awaiting)) &&
	       sysmon_is_namespace_init(pid);
}

static int wait_status_of(const struct task_struct *task)
{
	const struct signal_struct *sig = task->signal;

	return sig->flags & SIGNAL_GROUP_EXIT ? sig->group_exit_code
					      : task->exit_code;
}

/*
 * The namespaces are still the task's; the last figures of its network. Some
 * drivers give theirs under a lock that sleeps on PREEMPT_RT, where a probe
 * must not: there they are those of the last tick.
 */
static void note_end(struct sysmon_facts *facts, struct task_struct *task)
{
	struct sysmon_net net = {};
	bool have_net = !IS_ENABLED(CONFIG_PREEMPT_RT) &&
			sysmon_net_of(task, &net);

	raw_spin_lock_irq(&facts->lock);
	if (!facts->ended) {
		facts->exited = true;
		facts->wait_status = wait_status_of(task);
		facts->have_net = have_net;
		facts->net = net;
	}
	raw_spin_unlock_irq(&facts->lock);
}

/*
 * A first program may have gone into a container inside its own: whoever is
 * around has to be asked.
 */
static void probe_exit(void *data, struct task_struct *task)
{
	struct sysmon_facts *facts;
	struct cgroup *cgrp;

	rcu_read_lock();
	cgrp = task_dfl_cgroup(task);
	while ((facts = sysmon_facts_up(&cgrp))) {
		WRITE_ONCE(facts->tasks_changed, true);
		if (!atomic_read(&task->signal->live) && is_first(facts, task))
			note_end(facts, task);
	}
	rcu_read_unlock();
}

/* Signals that end a process unless it handles them. */
static bool is_ending(int sig)
{
	return sig != SIGCONT && !sig_kernel_ignore(sig) &&
	       !sig_kernel_stop(sig);
}

static void note_sender(struct sysmon_facts *facts, int sig,
			const struct sysmon_facts *inside)
{
	struct sysmon_process *s = &facts->sender;
	struct cgroup *cgrp = task_dfl_cgroup(current);

	sysmon_process_note(s, current);
	strscpy_pad(s->parent_comm, rcu_dereference(current->real_parent)->comm,
		    sizeof(s->parent_comm));
	s->container = inside ? inside->cgroup_id : 0;
	swap(s->cgrp, cgrp);
	if (!cgroup_tryget(s->cgrp))
		s->cgrp = NULL;
	facts->sender_signal = sig;
	facts->sender_ns = ktime_get_boottime_ns();
	if (cgrp)
		cgroup_put(cgrp);
}

/* A container's processes, those of containers inside included, send none. */
static bool is_inside(const struct sysmon_facts *facts, struct cgroup *cgrp)
{
	const struct sysmon_facts *around;

	while ((around = sysmon_facts_up(&cgrp)))
		if (around == facts)
			return true;
	return false;
}

static void note_signal(struct sysmon_facts *facts, int sig)
{
	struct cgroup *cgrp = task_dfl_cgroup(current);
	unsigned long flags;

	if (is_inside(facts, cgrp))
		return;
	raw_spin_lock_irqsave(&facts->lock, flags);
	/* While another is awaited, a helper's end is not the container's. */
	if (!facts->ended && (!facts->exited || facts->awaiting))
		note_sender(facts, sig, sysmon_facts_around(cgrp));
	raw_spin_unlock_irqrestore(&facts->lock, flags);
}

static bool is_delivered(int result)
{
	return result == TRACE_SIGNAL_DELIVERED ||
	       result == TRACE_SIGNAL_LOSE_INFO;
}

/*
 * With the target's siglock held. Sent by the kernel for its own reasons
 * (SEND_SIG_PRIV: out of memory, the end of a PID namespace) or in an
 * interrupt, nobody is the sender.
 */
static void probe_signal(void *data, int sig, struct kernel_siginfo *info,
			 struct task_struct *task, int group, int result)
{
	struct sysmon_facts *facts;
	struct cgroup *cgrp;

	if (info == SEND_SIG_PRIV || !is_delivered(result) || !in_task() ||
	    !is_ending(sig))
		return;
	rcu_read_lock();
	cgrp = task_dfl_cgroup(task);
	while ((facts = sysmon_facts_up(&cgrp)))
		if (is_first(facts, task))
			note_signal(facts, sig);
	rcu_read_unlock();
}

/* Return: it is to be told of: further ones in the same second only count. */
static bool count_victim(struct sysmon_facts *facts)
{
	u64 now = ktime_get_boottime_ns();
	unsigned long flags;
	bool told;

	raw_spin_lock_irqsave(&facts->lock, flags);
	facts->victims++;
	told = !facts->victim_ns || now - facts->victim_ns >= NSEC_PER_SEC;
	if (told)
		facts->victim_ns = now;
	raw_spin_unlock_irqrestore(&facts->lock, flags);
	return told;
}

/*
 * With the victim's task_lock held, so its mm stays. With memory.oom.group
 * each process of a container is a victim.
 */
static void probe_victim(void *data, struct task_struct *task, uid_t uid)
{
	struct cgroup *cgrp = task_dfl_cgroup(task);
	struct sysmon_process victim = {};
	struct sysmon_facts *facts;

	rcu_read_lock();
	facts = sysmon_facts_around(cgrp);
	if (facts && count_victim(facts) && sysmon_facts_get(facts)) {
		sysmon_process_note(&victim, task);
		if (task->mm)
			victim.rss_bytes = (u64)get_mm_rss(task->mm)
					   << PAGE_SHIFT;
		sysmon_note(SYSMON_NOTE_OOM, cgroup_of(facts, cgrp), facts,
			    &victim);
	}
	rcu_read_unlock();
}

static struct {
	const char *name;
	void *probe;
	struct tracepoint *tp;
	bool registered;
} probes[] = {
	/* In this order: what is noted as populated is noted as removed too. */
	{ .name = "cgroup_rmdir", .probe = probe_rmdir },
	{ .name = "cgroup_notify_frozen", .probe = probe_frozen },
	{ .name = "mark_victim", .probe = probe_victim },
	{ .name = "signal_generate", .probe = probe_signal },
	{ .name = "sched_process_exit", .probe = probe_exit },
	{ .name = "sched_process_fork", .probe = probe_fork },
	{ .name = "sched_process_exec", .probe = probe_exec },
	{ .name = "cgroup_notify_populated", .probe = probe_populated },
};

/* That each probe takes what its tracepoint gives. */
static void check_types(void)
{
	check_trace_callback_type_cgroup_rmdir(probe_rmdir);
	check_trace_callback_type_cgroup_notify_frozen(probe_frozen);
	check_trace_callback_type_mark_victim(probe_victim);
	check_trace_callback_type_signal_generate(probe_signal);
	check_trace_callback_type_sched_process_exit(probe_exit);
	check_trace_callback_type_sched_process_fork(probe_fork);
	check_trace_callback_type_sched_process_exec(probe_exec);
	check_trace_callback_type_cgroup_notify_populated(probe_populated);
}

static void find_tracepoint(struct tracepoint *tp, void *priv)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(probes); i++)
		if (!strcmp(tp->name, probes[i].name))
			probes[i].tp = tp;
}

void sysmon_probes_exit(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(probes); i++) {
		if (probes[i].registered)
			tracepoint_probe_unregister(probes[i].tp,
						    probes[i].probe, NULL);
		probes[i].registered = false;
	}
	tracepoint_synchronize_unregister();
}

/**
 * sysmon_probes_init() - begin to note
 *
 * Context: process.
 * Return: 0, -ENOMEM, or -ENOENT on a kernel without one of the tracepoints.
 */
int sysmon_probes_init(void)
{
	unsigned int i;
	int err = 0;

	check_types();
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
		sysmon_probes_exit();
	return err;
}
