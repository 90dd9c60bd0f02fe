// SPDX-License-Identifier: GPL-2.0
/*
 * The tick: delayed work that samples the machine, and the containers when
 * somebody wants them. Knows when, not what.
 */
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/workqueue.h>

#include "sysmon.h"

/* After a reader of /proc or a dump, ticks walk for so long without listener. */
#define DEMAND_TICKS 10

struct sysmon_stats sysmon_stats;
struct sysmon_tick sysmon_tick;

static u64 interval_ns = NSEC_PER_SEC; /* guarded by sysmon_lock */
static u64 next_ns;	 /* CLOCK_MONOTONIC of the next tick; sysmon_lock */
static u64 demand_until; /* tick number; guarded by sysmon_lock */
static bool running;	 /* ticks are armed; guarded by sysmon_lock */

static void tick(struct work_struct *work);
static void refresh(struct work_struct *work);
static DECLARE_DELAYED_WORK(tick_work, tick);
static DECLARE_WORK(refresh_work, refresh);
static void rescan(struct work_struct *work);
static DECLARE_WORK(rescan_work, rescan);
static struct workqueue_struct *wq;

static void take_times(void)
{
	sysmon_tick.boottime_ns = ktime_get_boottime_ns();
	sysmon_tick.realtime_ns = ktime_get_real_ns();
	sysmon_tick.interval_ns = interval_ns;
	sysmon_tick.walk_ns = 0;
	sysmon_tick.walked = false;
}

/* For a percentage, two walks in quick succession are one. */
static void keep_previous(struct sysmon_container *c, u64 now)
{
	if (now - c->sampled_ns < interval_ns / 2)
		return;
	c->prev_usage_ns = c->sample.f.value[SYSMON_A_CONTAINER_CPU_USAGE_NS];
	c->prev_boottime_ns = c->sampled_ns;
}

static void read_cpu_times(void)
{
	u64 now = ktime_get_boottime_ns();
	struct sysmon_container *c;

	list_for_each_entry(c, &sysmon_containers, node) {
		keep_previous(c, now);
		sysmon_account_cpu(c);
		cond_resched();
	}
}

static void walk(u64 start)
{
	struct sysmon_container *c;

	list_for_each_entry(c, &sysmon_containers, node) {
		c->sampled_ns = sysmon_tick.boottime_ns;
		sysmon_account(c, false);
		if (c->sample.f.changed)
			sysmon_edges(c);
	}
	sysmon_tick.walk_ns = ktime_get_ns() - start;
	sysmon_tick.walked = true;
	sysmon_stats.walks++;
	sysmon_stats.walk_ns = sysmon_tick.walk_ns;
	sysmon_stats.walk_total_ns += sysmon_tick.walk_ns;
}

/* The tick's times are those of the CPU times, over which rates are taken. */
static void sample(bool containers)
{
	u64 start = ktime_get_ns();

	if (containers)
		read_cpu_times();
	take_times();
	sysmon_machine(&sysmon_tick.system);
	if (containers)
		walk(start);
}

/* Ticks keep to a grid; one that was missed is not made up for. */
static void arm(void)
{
	u64 now = ktime_get_ns();

	if (!running)
		return;
	next_ns += interval_ns;
	if (next_ns <= now)
		next_ns = now + interval_ns;
	mod_delayed_work(wq, &tick_work, nsecs_to_jiffies(next_ns - now));
}

static void take_tick(void)
{
	bool wanted;

	sysmon_tick.number++;
	sysmon_stats.ticks++;
	sysmon_tick.prev_busy_ns =
		sysmon_machine_busy(&sysmon_tick.system,
				    &sysmon_tick.prev_total_ns);
	wanted = sysmon_netlink_wants_snapshots();
	sample(wanted || sysmon_tick.number <= demand_until);
	if (wanted)
		sysmon_snapshot();
	else
		sysmon_message_drop_kept();
}

static void tick(struct work_struct *work)
{
	u64 start = ktime_get_ns();

	mutex_lock(&sysmon_lock);
	arm();
	take_tick();
	sysmon_stats.tick_ns = ktime_get_ns() - start;
	sysmon_stats.tick_total_ns += sysmon_stats.tick_ns;
	mutex_unlock(&sysmon_lock);
}

static bool is_stale(void)
{
	return !sysmon_tick.walked ||
	       ktime_get_boottime_ns() - sysmon_tick.boottime_ns >
		       interval_ns + interval_ns / 4;
}

static void refresh(struct work_struct *work)
{
	mutex_lock(&sysmon_lock);
	if (is_stale())
		sample(true);
	demand_until = sysmon_tick.number + DEMAND_TICKS;
	mutex_unlock(&sysmon_lock);
}

/**
 * sysmon_sampler_refresh() - make sure that the samples are hardly older than
 * one interval
 *
 * The walk is done by the work queue, not with the caller's credentials.
 *
 * Context: process, without sysmon_lock.
 */
void sysmon_sampler_refresh(void)
{
	queue_work(wq, &refresh_work);
	flush_work(&refresh_work);
}

static void rescan(struct work_struct *work)
{
	mutex_lock(&sysmon_lock);
	sysmon_container_rescan();
	mutex_unlock(&sysmon_lock);
}

/**
 * sysmon_sampler_rescan() - make the table agree with changed patterns
 *
 * Files are opened by the work queue, not with the caller's credentials.
 *
 * Context: process, without sysmon_lock.
 */
void sysmon_sampler_rescan(void)
{
	queue_work(wq, &rescan_work);
	flush_work(&rescan_work);
}

/**
 * sysmon_sampler_set_interval() - change the time between ticks
 * @ns: SYSMON_INTERVAL_MIN_NS to SYSMON_INTERVAL_MAX_NS
 *
 * The next tick comes one new interval from now.
 *
 * Context: process, without sysmon_lock.
 */
void sysmon_sampler_set_interval(u64 ns)
{
	mutex_lock(&sysmon_lock);
	interval_ns = ns;
	next_ns = ktime_get_ns();
	arm();
	mutex_unlock(&sysmon_lock);
}

/* Context: process, under sysmon_lock. */
u64 sysmon_sampler_interval(void)
{
	return interval_ns;
}

int sysmon_sampler_init(void)
{
	wq = alloc_ordered_workqueue("sysmon", WQ_HIGHPRI | WQ_FREEZABLE);
	return wq ? 0 : -ENOMEM;
}

void sysmon_sampler_start(void)
{
	mutex_lock(&sysmon_lock);
	running = true;
	next_ns = ktime_get_ns();
	arm();
	mutex_unlock(&sysmon_lock);
}

/* From here on no tick is taken; requests are still served. */
void sysmon_sampler_stop(void)
{
	mutex_lock(&sysmon_lock);
	running = false;
	mutex_unlock(&sysmon_lock);
	cancel_delayed_work_sync(&tick_work);
}

/* The family and /proc/sysmon are gone by now: nobody asks any more. */
void sysmon_sampler_exit(void)
{
	destroy_workqueue(wq);
}
