// SPDX-License-Identifier: GPL-2.0
/*
 * One container's figures as far as they stand in public structures: memory
 * and PSI. CPU is account_cpu.c's, files are account_files.c's.
 */
#include <linux/memcontrol.h>
#include <linux/mm_inline.h>
#include <linux/page_counter.h>
#include <linux/psi_types.h>

#include "compat.h"
#include "sysmon.h"

/* Ticks from one look to the next, each a power of two. */
#define IDLE_EVERY     8  /* at memory's limits and events, and pressure */
#define LRU_EVERY      4  /* at the LRU lists while memory changes little */
#define LRU_IDLE_EVERY 32 /* and while it does not change */
#define PSI_EVERY      2  /* at pressure, which the kernel sums up as seldom */
#define NETWORK_EVERY  32 /* at an idle container's network */

static u64 bytes_of(unsigned long pages)
{
	return (u64)pages << PAGE_SHIFT;
}

static void set_limit(struct sysmon_figures *f, unsigned int attr,
		      unsigned long pages)
{
	if (pages == PAGE_COUNTER_MAX)
		sysmon_clear(f, attr);
	else
		sysmon_set(f, attr, bytes_of(pages));
}

static const struct {
	unsigned int attr;
	enum memcg_memory_event event;
} memory_events[] = {
	{ SYSMON_A_CONTAINER_MEM_EVENTS_LOW, MEMCG_LOW },
	{ SYSMON_A_CONTAINER_MEM_EVENTS_HIGH, MEMCG_HIGH },
	{ SYSMON_A_CONTAINER_MEM_EVENTS_MAX, MEMCG_MAX },
	{ SYSMON_A_CONTAINER_MEM_EVENTS_OOM, MEMCG_OOM },
	{ SYSMON_A_CONTAINER_OOM_KILLS, MEMCG_OOM_KILL },
};

static void account_memcg(struct sysmon_figures *f, struct mem_cgroup *memcg)
{
	atomic_long_t *events;
	unsigned int i;

	sysmon_set(f, SYSMON_A_CONTAINER_MEM_PEAK_BYTES,
		   bytes_of(READ_ONCE(memcg->memory.watermark)));
	set_limit(f, SYSMON_A_CONTAINER_MEM_LIMIT_BYTES,
		  READ_ONCE(memcg->memory.max));
	set_limit(f, SYSMON_A_CONTAINER_MEM_HIGH_BYTES,
		  READ_ONCE(memcg->memory.high));
	if (IS_ENABLED(CONFIG_SWAP)) {
		sysmon_set(f, SYSMON_A_CONTAINER_MEM_SWAP_BYTES,
			   bytes_of(page_counter_read(&memcg->swap)));
		set_limit(f, SYSMON_A_CONTAINER_MEM_SWAP_LIMIT_BYTES,
			  READ_ONCE(memcg->swap.max));
	}
	for (i = 0; i < ARRAY_SIZE(memory_events); i++) {
		events = &memcg->memory_events[memory_events[i].event];
		sysmon_set(f, memory_events[i].attr, atomic_long_read(events));
	}
}

/* Signed: a generation's count may be below zero for a moment. */
struct lru_pages {
	long anon, file, inactive_file;
};

#ifdef CONFIG_LRU_GEN
/* With generations, the oldest but two count as inactive in memory.stat, too. */
static void add_generations(struct lruvec *lruvec, int zone,
			    struct lru_pages *sum)
{
	const long(*pages)[MAX_NR_ZONES];
	long file;
	int gen;

	for (gen = 0; gen < MAX_NR_GENS; gen++) {
		pages = lruvec->lrugen.nr_pages[gen];
		file = READ_ONCE(pages[LRU_GEN_FILE][zone]);
		sum->anon += READ_ONCE(pages[LRU_GEN_ANON][zone]);
		sum->file += file;
		if (!lru_gen_is_active(lruvec, gen))
			sum->inactive_file += file;
	}
}
#else
static void add_generations(struct lruvec *lruvec, int zone,
			    struct lru_pages *sum)
{
}
#endif

static void add_lists(struct lruvec *lruvec, int zone, struct lru_pages *sum)
{
	unsigned long inactive_file =
		mem_cgroup_get_zone_lru_size(lruvec, LRU_INACTIVE_FILE, zone);

	sum->inactive_file += inactive_file;
	sum->file +=
		inactive_file +
		mem_cgroup_get_zone_lru_size(lruvec, LRU_ACTIVE_FILE, zone);
	sum->anon +=
		mem_cgroup_get_zone_lru_size(lruvec, LRU_INACTIVE_ANON, zone) +
		mem_cgroup_get_zone_lru_size(lruvec, LRU_ACTIVE_ANON, zone);
}

/* When generations are switched on or off, pages are moved bit by bit. */
static void add_lru(struct mem_cgroup *memcg, struct lru_pages *sum)
{
	struct lruvec *lruvec;
	int nid, zone;

	for_each_node_state(nid, N_MEMORY) {
		lruvec = &memcg->nodeinfo[nid]->lruvec;
		for (zone = 0; zone < MAX_NR_ZONES; zone++) {
			if (!populated_zone(&NODE_DATA(nid)->node_zones[zone]))
				continue;
			add_lists(lruvec, zone, sum);
			add_generations(lruvec, zone, sum);
		}
	}
}

/*
 * The lists are each cgroup's own, so those below count, too. memory.stat,
 * which has their sums, costs a hundred times as much to read.
 */
static void account_lru(struct sysmon_figures *f,
			struct cgroup_subsys_state *root, unsigned long usage)
{
	struct cgroup_subsys_state *css = NULL;
	struct lru_pages sum = {};
	long working_set;

	while ((css = css_next_descendant_pre(css, root)))
		add_lru(mem_cgroup_from_css(css), &sum);
	working_set = (long)usage - max(sum.inactive_file, 0L);
	sysmon_set(f, SYSMON_A_CONTAINER_MEM_ANON_BYTES,
		   bytes_of(max(sum.anon, 0L)));
	sysmon_set(f, SYSMON_A_CONTAINER_MEM_FILE_BYTES,
		   bytes_of(max(sum.file, 0L)));
	sysmon_set(f, SYSMON_A_CONTAINER_MEM_WORKING_SET_BYTES,
		   bytes_of(max(working_set, 0L)));
}

/*
 * A removed cgroup keeps its last figures; a live one without a controller,
 * or whose controller was switched off, has none.
 */
void sysmon_forget(struct sysmon_container *c, unsigned int first,
		   unsigned int last)
{
	if (!(READ_ONCE(c->cgrp->self.flags) & CSS_ONLINE))
		return;
	for (; first <= last; first++)
		sysmon_clear(&c->sample.f, first);
}

/* Once nothing runs, little changes: limits set from outside, at most. */
static bool is_lively(const struct sysmon_container *c)
{
	return sysmon_idle_ticks(c) <= SYSMON_LINGER_TICKS ||
	       sysmon_is_turn(c, IDLE_EVERY);
}

/* At once when its memory grew or shrank by a sixteenth, else at its turn. */
static bool is_lru_due(const struct sysmon_container *c, unsigned long pages)
{
	unsigned long change = pages > c->lru_pages ? pages - c->lru_pages
						    : c->lru_pages - pages;

	return change > c->lru_pages / 16 ||
	       (change && sysmon_is_turn(c, LRU_EVERY)) ||
	       sysmon_is_turn(c, LRU_IDLE_EVERY);
}

/* Their number is the container's to choose, and each costs time. */
static bool has_many_cgroups(const struct sysmon_container *c)
{
	return sysmon_cgroups_below(c) > SYSMON_BELOW_MAX;
}

static void forget_lru(struct sysmon_container *c)
{
	sysmon_forget(c, SYSMON_A_CONTAINER_MEM_WORKING_SET_BYTES,
		      SYSMON_A_CONTAINER_MEM_FILE_BYTES);
}

static void forget_mem(struct sysmon_container *c)
{
	sysmon_forget(c, SYSMON_A_CONTAINER_MEM_CURRENT_BYTES,
		      SYSMON_A_CONTAINER_OOM_KILLS);
	sysmon_forget(c, SYSMON_A_CONTAINER_MEM_WORKING_SET_BYTES,
		      SYSMON_A_CONTAINER_MEM_EVENTS_OOM);
}

static void account_mem(struct sysmon_container *c, bool final, bool rests)
{
	struct cgroup_subsys_state *css;
	struct mem_cgroup *memcg;
	unsigned long current_pages;

	rcu_read_lock();
	css = rcu_dereference(c->cgrp->subsys[memory_cgrp_id]);
	if (!css) {
		forget_mem(c);
		goto out;
	}
	memcg = mem_cgroup_from_css(css);
	current_pages = page_counter_read(&memcg->memory);
	sysmon_set(&c->sample.f, SYSMON_A_CONTAINER_MEM_CURRENT_BYTES,
		   bytes_of(current_pages));
	if (rests)
		goto out;
	if (final || is_lively(c))
		account_memcg(&c->sample.f, memcg);
	if (has_many_cgroups(c)) {
		forget_lru(c);
	} else if (final || is_lru_due(c, current_pages)) {
		account_lru(&c->sample.f, css, current_pages);
		c->lru_pages = current_pages;
	}
out:
	rcu_read_unlock();
}

#ifdef CONFIG_PSI
static const struct {
	unsigned int attr;
	enum psi_states state;
} pressures[] = {
	{ SYSMON_A_CONTAINER_PSI_CPU_SOME_NS, PSI_CPU_SOME },
	{ SYSMON_A_CONTAINER_PSI_CPU_FULL_NS, PSI_CPU_FULL },
	{ SYSMON_A_CONTAINER_PSI_MEM_SOME_NS, PSI_MEM_SOME },
	{ SYSMON_A_CONTAINER_PSI_MEM_FULL_NS, PSI_MEM_FULL },
	{ SYSMON_A_CONTAINER_PSI_IO_SOME_NS, PSI_IO_SOME },
	{ SYSMON_A_CONTAINER_PSI_IO_FULL_NS, PSI_IO_FULL },
};

/* The kernel brings these totals up to date every two seconds. */
static void account_psi(struct sysmon_container *c, bool final)
{
	const struct psi_group *psi = c->cgrp->psi;
	unsigned int i;

	if (!final && !(is_lively(c) && sysmon_is_turn(c, PSI_EVERY)))
		return;
	if (!psi || !READ_ONCE(psi->enabled)) {
		sysmon_forget(c, SYSMON_A_CONTAINER_PSI_CPU_SOME_NS,
			      SYSMON_A_CONTAINER_PSI_IO_FULL_NS);
		return;
	}
	if (final)
		sysmon_files_refresh_pressure(c);
	for (i = 0; i < ARRAY_SIZE(pressures); i++)
		sysmon_set(&c->sample.f, pressures[i].attr,
			   READ_ONCE(psi->total[PSI_AVGS][pressures[i].state]));
}
#else
static void account_psi(struct sysmon_container *c, bool final)
{
}
#endif

/* An idle container's namespace hears little but broadcasts. */
static bool network_due(const struct sysmon_container *c)
{
	return sysmon_idle_ticks(c) <= 1 || sysmon_is_turn(c, NETWORK_EVERY);
}

/**
 * sysmon_account() - bring a container's sample up to date
 * @c: the container, with its CPU time of now
 * @final: read everything, whatever seems unchanged
 *
 * What can't be read any more keeps its last value.
 *
 * Context: process, under sysmon_lock.
 */
void sysmon_account(struct sysmon_container *c, bool final)
{
	bool rests;

	lockdep_assert_held(&sysmon_lock);
	rests = !final && sysmon_is_at_rest(c);
	account_mem(c, final, rests);
	if (rests)
		return;
	account_psi(c, final);
	sysmon_files(c, final);
	if (final || network_due(c))
		sysmon_network(c);
}
