// SPDX-License-Identifier: GPL-2.0
/*
 * One container's CPU time, without a flush where that is possible.
 *
 * Each cgroup counts for each CPU what ran in itself. A flush adds what is new
 * in there to the cgroup's sums, and what is new in these to the sums of the
 * cgroup above. So a cgroup's share of its container's time is
 *
 *	summed - passed on - added + counted
 *
 * and the container's time is the sum of the shares of its own cgroup, of which
 * nothing counts as passed on, and those below. What remains of that without
 * what was counted came from cgroups that are gone. As long as it does not
 * change, no flush by someone else is under way, and all is exact.
 *
 * See cgroup_base_stat_flush() in kernel/cgroup/rstat.c.
 */
#include <linux/delay.h>
#include <linux/math64.h>

#include "compat.h"
#include "sysmon.h"

/* In a tick: with more cgroups below, a flush costs less than a look at each. */
#define LOOK_MAX 4

/* At a removed container, once some of those below are being released. */
#define LOOKS_MAX 20

/**
 * struct reading - what a look at a container's cgroups saw
 * @all: the container's time
 * @gone_ns: how much of it came from cgroups that are gone
 * @below: cgroups seen below
 */
struct reading {
	struct task_cputime all;
	u64 gone_ns;
	unsigned int below;
};

/*
 * Split the run time by the sampled user and system ticks, as cpu.stat does:
 * cputime_adjust() in kernel/sched/cputime.c.
 */
static void split(struct sysmon_container *c, const struct task_cputime *t)
{
	u64 rtime = t->sum_exec_runtime, stime = t->stime, utime = t->utime;

	if (c->stime_ns + c->utime_ns >= rtime)
		return;
	if (!stime)
		stime = 0;
	else if (!utime)
		stime = rtime;
	else
		stime = min(mul_u64_u64_div_u64(stime, rtime, stime + utime),
			    rtime);
	stime = max(stime, c->stime_ns);
	utime = rtime - stime;
	if (utime < c->utime_ns) {
		utime = c->utime_ns;
		stime = rtime - utime;
	}
	c->stime_ns = stime;
	c->utime_ns = utime;
}

static void add(struct task_cputime *sum, const struct task_cputime *t)
{
	sum->stime += READ_ONCE(t->stime);
	sum->utime += READ_ONCE(t->utime);
	sum->sum_exec_runtime += READ_ONCE(t->sum_exec_runtime);
}

static void subtract(struct task_cputime *sum, const struct task_cputime *t)
{
	sum->stime -= READ_ONCE(t->stime);
	sum->utime -= READ_ONCE(t->utime);
	sum->sum_exec_runtime -= READ_ONCE(t->sum_exec_runtime);
}

static u64 counted_ns(const struct cgroup *cgrp)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(sysmon_counted(cgrp, cpu)->sum_exec_runtime);
	return sum;
}

static u64 summed_ns(const struct cgroup *cgrp)
{
	return READ_ONCE(cgrp->bstat.cputime.sum_exec_runtime);
}

/* In this order: a flush meanwhile changes what is gone. */
static void add_share(struct reading *r, const struct cgroup *cgrp,
		      const struct task_cputime *passed_on)
{
	struct task_cputime gone = {};
	int cpu;

	add(&gone, &cgrp->bstat.cputime);
	if (passed_on)
		subtract(&gone, passed_on);
	for_each_possible_cpu(cpu) {
		subtract(&gone, sysmon_added(cgrp, cpu));
		add(&r->all, sysmon_counted(cgrp, cpu));
	}
	add(&r->all, &gone);
	r->gone_ns += gone.sum_exec_runtime;
}

static void add_those_below(struct reading *r, struct cgroup *root)
{
	struct cgroup_subsys_state *css = NULL;
	struct cgroup *cgrp;

	rcu_read_lock();
	while ((css = css_next_descendant_pre(css, &root->self))) {
		if (css == &root->self)
			continue;
		cgrp = container_of(css, struct cgroup, self);
		add_share(r, cgrp, &cgrp->last_bstat.cputime);
		r->below++;
	}
	rcu_read_unlock();
}

static void look(struct cgroup *cgrp, unsigned int below, struct reading *r)
{
	*r = (struct reading){};
	add_share(r, cgrp, NULL);
	if (below)
		add_those_below(r, cgrp);
}

static unsigned int cgroups_below(const struct sysmon_container *c)
{
	unsigned int below = sysmon_cgroups_below(c);

	/* A cgroup is added to those around it before it counts no more. */
	smp_rmb();
	return below;
}

static bool read_flushed(struct sysmon_container *c, unsigned int below,
			 struct task_cputime *t)
{
	struct reading r;

	if (!sysmon_files_flush(c))
		return false;
	if (below <= LOOK_MAX) {
		look(c->cgrp, below, &r);
		c->gone_ns = r.gone_ns;
	}
	*t = (struct task_cputime){};
	add(t, &c->cgrp->bstat.cputime);
	return true;
}

/*
 * A removed cgroup has no file to flush it by, but nothing runs in it or below
 * any more. Those below that are being released are in nobody's sums for a
 * moment.
 */
static void read_removed(struct sysmon_container *c, struct task_cputime *t)
{
	unsigned int below, looks = 0;
	struct reading r = {};
	u64 before;

	do {
		if (looks)
			usleep_range(100, 500);
		before = r.all.sum_exec_runtime;
		below = cgroups_below(c);
		look(c->cgrp, below <= SYSMON_BELOW_MAX ? below : 0, &r);
		if (!below && r.gone_ns == c->gone_ns)
			break;
	} while ((r.below != below || r.all.sum_exec_runtime != before) &&
		 ++looks < LOOKS_MAX);
	*t = r.all;
}

static bool has_usage(const struct sysmon_container *c)
{
	return sysmon_has(&c->sample.f, SYSMON_A_CONTAINER_CPU_USAGE_NS);
}

static bool read_tick(struct sysmon_container *c, struct task_cputime *t)
{
	unsigned int below = cgroups_below(c);
	struct reading r;

	if (below > LOOK_MAX)
		return (!has_usage(c) || sysmon_has_updates(c->cgrp)) &&
		       read_flushed(c, below, t);
	look(c->cgrp, below, &r);
	if (r.gone_ns != c->gone_ns)
		return read_flushed(c, below, t);
	*t = r.all;
	return true;
}

/* Nothing ran in it, and nothing below, nor was any of those passed on. */
static bool is_same(struct sysmon_container *c)
{
	u64 counted = c->counted_ns, summed = c->summed_ns;

	if (cgroups_below(c))
		return false;
	c->counted_ns = counted_ns(c->cgrp);
	c->summed_ns = summed_ns(c->cgrp);
	return c->counted_ns == counted && c->summed_ns == summed;
}

static void set_times(struct sysmon_container *c, const struct task_cputime *t)
{
	struct sysmon_figures *f = &c->sample.f;

	if (has_usage(c) &&
	    t->sum_exec_runtime <= f->value[SYSMON_A_CONTAINER_CPU_USAGE_NS])
		return;
	c->active_tick = sysmon_tick.number;
	split(c, t);
	sysmon_set(f, SYSMON_A_CONTAINER_CPU_USAGE_NS, t->sum_exec_runtime);
	sysmon_set(f, SYSMON_A_CONTAINER_CPU_USER_NS, c->utime_ns);
	sysmon_set(f, SYSMON_A_CONTAINER_CPU_SYSTEM_NS, c->stime_ns);
}

/**
 * sysmon_account_cpu() - bring a container's CPU time up to date for a tick
 * @c: the container
 *
 * What cannot be told in a moment is told in the next tick.
 *
 * Context: process, under sysmon_lock.
 */
void sysmon_account_cpu(struct sysmon_container *c)
{
	struct task_cputime t;

	lockdep_assert_held(&sysmon_lock);
	if (is_same(c) && has_usage(c))
		return;
	if (read_tick(c, &t))
		set_times(c, &t);
}

/**
 * sysmon_account_cpu_finally() - bring it up to date for good
 * @c: a container in which nothing runs any more
 *
 * Of more than SYSMON_BELOW_MAX cgroups that were removed with it, what ran in
 * them within the two seconds from one of the kernel's flushes to the next is
 * not told.
 *
 * Context: process, under sysmon_lock.
 */
void sysmon_account_cpu_finally(struct sysmon_container *c)
{
	struct task_cputime t;

	lockdep_assert_held(&sysmon_lock);
	c->cpu.retry_tick = 0;
	if (!read_flushed(c, cgroups_below(c), &t))
		read_removed(c, &t);
	set_times(c, &t);
}
