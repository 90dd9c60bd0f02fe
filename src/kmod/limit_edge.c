// SPDX-License-Identifier: GPL-2.0
/*
 * A container met a limit: an event for the first time after a calm minute.
 * The walk sees it, by the counters.
 */
#include <linux/ktime.h>

#include "sysmon.h"

#define CALM_NS (60ULL * NSEC_PER_SEC)

static const struct {
	u32 type;
	unsigned int counter;
	unsigned int limit;
} edges[] = {
	{ SYSMON_EVENT_TYPE_MEMORY_HIGH, SYSMON_A_CONTAINER_MEM_EVENTS_HIGH,
	  SYSMON_A_CONTAINER_MEM_HIGH_BYTES },
	{ SYSMON_EVENT_TYPE_MEMORY_MAX, SYSMON_A_CONTAINER_MEM_EVENTS_MAX,
	  SYSMON_A_CONTAINER_MEM_LIMIT_BYTES },
	{ SYSMON_EVENT_TYPE_PIDS_MAX, SYSMON_A_CONTAINER_PIDS_MAX_HITS,
	  SYSMON_A_CONTAINER_PIDS_LIMIT },
	{ SYSMON_EVENT_TYPE_THROTTLED, SYSMON_A_CONTAINER_CPU_THROTTLED_PERIODS,
	  SYSMON_A_CONTAINER_CPU_QUOTA_NS },
};

static_assert(ARRAY_SIZE(edges) == SYSMON_EDGES);

static void push_edge(const struct sysmon_container *c, unsigned int i,
		      u64 grown)
{
	struct sysmon_event ev = {
		.type = edges[i].type,
		.boottime_ns = ktime_get_boottime_ns(),
		.realtime_ns = ktime_get_real_ns(),
		.c = c,
		.count = grown,
		.limit_attr = edges[i].limit,
	};

	sysmon_ring_push(&ev);
}

static bool has_risen(const struct sysmon_container *c)
{
	const struct sysmon_figures *f = &c->sample.f;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(edges); i++)
		if (sysmon_has(f, edges[i].counter) &&
		    f->value[edges[i].counter] > c->edges[i].count)
			return true;
	return false;
}

/**
 * sysmon_edges() - make events of the limits that a container met
 * @c: its sample was just brought up to date
 *
 * For one that was met while it ran, the first look takes the counters as they
 * are: what they count was before.
 *
 * Context: process, under sysmon_lock.
 */
void sysmon_edges(struct sysmon_container *c)
{
	bool silent = !c->edges_known;
	const struct sysmon_figures *f = &c->sample.f;
	struct sysmon_edge *edge;
	u64 count, now;
	unsigned int i;

	/* Its start is told first, with its program if that comes soon. */
	if (!list_empty(&c->pending)) {
		if (!has_risen(c) || !sysmon_lifecycle_start_is_due(c))
			return;
		sysmon_lifecycle_tell_start(c);
	}
	c->edges_known = true;
	for (i = 0; i < ARRAY_SIZE(edges); i++) {
		edge = &c->edges[i];
		count = f->value[edges[i].counter];
		if (likely(count == edge->count) ||
		    !sysmon_has(f, edges[i].counter))
			continue;
		if (count < edge->count) {
			edge->count = count;
			continue;
		}
		now = ktime_get_boottime_ns();
		if (!silent &&
		    (!edge->risen_ns || now - edge->risen_ns >= CALM_NS))
			push_edge(c, i, count - edge->count);
		edge->risen_ns = now;
		edge->count = count;
	}
}
