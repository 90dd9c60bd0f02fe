// SPDX-License-Identifier: GPL-2.0
/*
 * A container's figures that stand in its cgroup's files only: pids.current,
 * cpu.stat, and limits that seldom change. Decides when each is worth reading,
 * io.stat, which is account_io.c's, among them.
 */
#include <linux/string.h>
#include <linux/time64.h>

#include "compat.h"
#include "sysmon.h"

/*
 * Files held open are read in each tick that the container used CPU in and
 * for SYSMON_LINGER_TICKS after that. Writeback goes on without it: until SETTLE_TICKS
 * after, io is read every SETTLE_EVERY; in the end all every FILES_EVERY. After
 * CALM readings in a row that brought nothing new, io and pids are read every
 * CALM_EVERY, unless ticks are more than a second apart.
 *
 * Each file holds a buffer of a page. After DORMANT_NS without CPU they are
 * closed, and opened for one reading every DORMANT_EVERY, until CPU is used
 * again. By then all was written back that the container left
 * (vm.dirty_expire_centisecs is 30 s). Until then only every REST_EVERY is
 * looked whether anything is due.
 *
 * Limits are always opened for each reading: as the container is found, at its
 * next look, and then every LIMITS_EVERY ticks, or when it is dormant every
 * DORMANT_EVERY. Ticks more than a second apart count sixteenfold for what is
 * due seldom. Each container has its own turn; what a time without walks, or a
 * dormant one, has passed by is made up for within an eighth of that.
 */
#define SETTLE_TICKS  64
#define CALM	      4
#define CALM_EVERY    4
#define SETTLE_EVERY  8
#define FILES_EVERY   64
#define DORMANT_EVERY 1024
#define REST_EVERY    8
#define LIMITS_EVERY  256
#define TASKS_EVERY   2

#define DORMANT_NS (48ULL * NSEC_PER_SEC)

/**
 * sysmon_file_failed() - make of an error what a file's figures then are
 * @c: whose file it is
 * @err: as sysmon_cgfile_read() told
 * @first: the first figure that stands in it
 * @last: and the last
 *
 * Context: process, under sysmon_lock.
 */
void sysmon_file_failed(struct sysmon_container *c, int err, unsigned int first,
			unsigned int last)
{
	if (err == -ENOENT || err == -ENODEV)
		sysmon_forget(c, first, last);
	else if (err != -EAGAIN)
		sysmon_stats.file_errors++;
}

static void account_pids(struct sysmon_container *c)
{
	struct sysmon_figures *f = &c->sample.f;
	char buf[32];
	ssize_t n;
	u64 pids;

	n = sysmon_cgfile_read(&c->pids, c->cgrp, c->name->path, "pids.current",
			       0, buf, sizeof(buf));
	if (n < 0) {
		sysmon_file_failed(c, n, SYSMON_A_CONTAINER_PIDS,
				   SYSMON_A_CONTAINER_PIDS);
		return;
	}
	sysmon_parse_u64(buf, &pids);
	c->pids.same = pids == f->value[SYSMON_A_CONTAINER_PIDS]
			       ? c->pids.same + 1
			       : 0;
	sysmon_set(f, SYSMON_A_CONTAINER_PIDS, pids);
}

/* Set a figure from a line "KEY NUMBER" of a flat-keyed file. */
static void set_keyed(struct sysmon_figures *f, unsigned int attr,
		      const char *text, const char *key, u64 unit)
{
	size_t len = strlen(key);
	u64 value;

	while (strncmp(text, key, len) || text[len] != ' ') {
		text = strchr(text, '\n');
		if (!text)
			return;
		text++;
	}
	sysmon_parse_u64(text + len + 1, &value);
	sysmon_set(f, attr, value * unit);
}

/* Without a quota nothing is throttled, and the file need not be read. */
static bool can_be_throttled(const struct sysmon_container *c)
{
	return sysmon_has(&c->sample.f, SYSMON_A_CONTAINER_CPU_PERIODS) &&
	       sysmon_has(&c->sample.f, SYSMON_A_CONTAINER_CPU_QUOTA_NS);
}

/* Return: it could be read. */
static bool account_throttling(struct sysmon_container *c)
{
	struct sysmon_figures *f = &c->sample.f;
	char buf[512];
	ssize_t n;

	n = sysmon_cgfile_read(&c->cpu, c->cgrp, c->name->path, "cpu.stat", 0,
			       buf, sizeof(buf));
	c->cpu.read_tick = sysmon_tick.number;
	if (n < 0) {
		sysmon_file_failed(c, n, SYSMON_A_CONTAINER_CPU_PERIODS,
				   SYSMON_A_CONTAINER_CPU_THROTTLED_NS);
		return false;
	}
	set_keyed(f, SYSMON_A_CONTAINER_CPU_PERIODS, buf, "nr_periods", 1);
	set_keyed(f, SYSMON_A_CONTAINER_CPU_THROTTLED_PERIODS, buf,
		  "nr_throttled", 1);
	set_keyed(f, SYSMON_A_CONTAINER_CPU_THROTTLED_NS, buf, "throttled_usec",
		  NSEC_PER_USEC);
	return true;
}

/* Open, read, close. */
static ssize_t read_once(struct sysmon_container *c, const char *name,
			 char *buf, size_t size)
{
	struct sysmon_file file = {};
	ssize_t n = sysmon_cgfile_read(&file, c->cgrp, c->name->path, name, 0,
				       buf, size);

	sysmon_cgfile_close(&file);
	return n;
}

/**
 * sysmon_files_refresh_pressure() - let the kernel bring its totals up to date
 * @c: whose totals, of all resources, are of up to two seconds ago
 *
 * Reading any of the files does it. The figures are the structure's, which
 * are finer than the file's.
 *
 * Context: process, under sysmon_lock.
 */
void sysmon_files_refresh_pressure(struct sysmon_container *c)
{
	char buf[192];

	read_once(c, "cpu.pressure", buf, sizeof(buf));
}

/* "max 100000" or "50000 100000", in us. */
static void account_quota(struct sysmon_container *c)
{
	struct sysmon_figures *f = &c->sample.f;
	ssize_t n;
	char buf[64];
	u64 quota, period;

	n = read_once(c, "cpu.max", buf, sizeof(buf));
	if (n < 0) {
		sysmon_file_failed(c, n, SYSMON_A_CONTAINER_CPU_PERIODS,
				   SYSMON_A_CONTAINER_CPU_PERIOD_NS);
		return;
	}
	if (!strncmp(buf, "max", 3))
		sysmon_clear(f, SYSMON_A_CONTAINER_CPU_QUOTA_NS);
	else if (sysmon_parse_u64(buf, &quota))
		sysmon_set(f, SYSMON_A_CONTAINER_CPU_QUOTA_NS,
			   quota * NSEC_PER_USEC);
	sysmon_parse_u64(strchrnul(buf, ' ') + !!strchr(buf, ' '), &period);
	sysmon_set(f, SYSMON_A_CONTAINER_CPU_PERIOD_NS, period * NSEC_PER_USEC);
	if (sysmon_has(f, SYSMON_A_CONTAINER_CPU_PERIODS))
		return;
	sysmon_set(f, SYSMON_A_CONTAINER_CPU_PERIODS, 0);
	sysmon_set(f, SYSMON_A_CONTAINER_CPU_THROTTLED_PERIODS, 0);
	sysmon_set(f, SYSMON_A_CONTAINER_CPU_THROTTLED_NS, 0);
}

static void account_pids_limit(struct sysmon_container *c)
{
	struct sysmon_figures *f = &c->sample.f;
	char buf[64];
	ssize_t n;
	u64 limit;

	n = read_once(c, "pids.max", buf, sizeof(buf));
	if (n < 0) {
		sysmon_file_failed(c, n, SYSMON_A_CONTAINER_PIDS_LIMIT,
				   SYSMON_A_CONTAINER_PIDS_MAX_HITS);
		return;
	}
	if (!strncmp(buf, "max", 3)) {
		sysmon_clear(f, SYSMON_A_CONTAINER_PIDS_LIMIT);
	} else {
		sysmon_parse_u64(buf, &limit);
		sysmon_set(f, SYSMON_A_CONTAINER_PIDS_LIMIT, limit);
	}
}

/* A cgroup below that was removed took its own along: they still count. */
static u64 total_of_hits(struct sysmon_container *c, u64 hits)
{
	if (hits < c->hits)
		c->hits_gone += c->hits - hits;
	c->hits = hits;
	return c->hits_gone + hits;
}

static void account_pids_hits(struct sysmon_container *c)
{
	u64 hits;
	int err = sysmon_pids_hits(c, &hits);

	if (err == -E2BIG)
		err = -ENOENT; /* nothing to be had */
	if (err)
		sysmon_file_failed(c, err, SYSMON_A_CONTAINER_PIDS_MAX_HITS,
				   SYSMON_A_CONTAINER_PIDS_MAX_HITS);
	else
		sysmon_set(&c->sample.f, SYSMON_A_CONTAINER_PIDS_MAX_HITS,
			   total_of_hits(c, hits));
}

/* Near its limit, it may have met it. */
static bool pids_are_near_limit(const struct sysmon_container *c)
{
	const struct sysmon_figures *f = &c->sample.f;
	u64 limit = f->value[SYSMON_A_CONTAINER_PIDS_LIMIT];

	return sysmon_has(f, SYSMON_A_CONTAINER_PIDS_LIMIT) &&
	       f->value[SYSMON_A_CONTAINER_PIDS] + 2 >= limit - limit / 8;
}

static bool is_dormant(u64 idle)
{
	return idle > SYSMON_LINGER_TICKS &&
	       idle * sysmon_tick.interval_ns > DORMANT_NS;
}

/**
 * sysmon_files_flush() - have the kernel sum up what ran in a container
 * @c: the container
 *
 * cgroup_rstat_flush() is not exported; cpu.stat's show function calls it.
 *
 * Context: process, under sysmon_lock.
 * Return: false when the file can't be read: then nothing is done.
 */
bool sysmon_files_flush(struct sysmon_container *c)
{
	bool done = account_throttling(c);

	if (is_dormant(sysmon_idle_ticks(c)))
		sysmon_cgfile_close(&c->cpu);
	return done;
}

/**
 * sysmon_is_at_rest() - whether nothing but CPU and memory is worth a look
 * @c: with this tick's CPU time
 *
 * It has been idle for long. Whatever has turns has them in other ticks.
 *
 * Context: process, under sysmon_lock.
 */
bool sysmon_is_at_rest(const struct sysmon_container *c)
{
	return is_dormant(sysmon_idle_ticks(c)) &&
	       !sysmon_is_turn(c, REST_EVERY) &&
	       !(c->facts && READ_ONCE(c->facts->tasks_changed));
}

/* Its turn at what was done in a tick, and is again every so many. */
static bool is_due(const struct sysmon_container *c, u64 tick,
		   unsigned int every)
{
	if (sysmon_tick.interval_ns > NSEC_PER_SEC)
		every /= 16;
	return sysmon_is_turn(c, every) ||
	       (sysmon_tick.number - tick > every &&
		sysmon_is_turn(c, max(every / 8, 1U)));
}

static bool limits_due(const struct sysmon_container *c, u64 idle)
{
	return c->slow_tick <= c->first_tick + 1 ||
	       is_due(c, c->slow_tick,
		      is_dormant(idle) ? DORMANT_EVERY : LIMITS_EVERY);
}

/* Its turn at a file that is held open while it is not dormant. */
static bool is_files_turn(const struct sysmon_container *c, u64 read_tick,
			  u64 idle)
{
	return is_due(c, read_tick,
		      is_dormant(idle) ? DORMANT_EVERY : FILES_EVERY);
}

/* Its turn at a file that may have news in each tick, or in each @every. */
static bool is_news_turn(const struct sysmon_container *c,
			 const struct sysmon_file *f, unsigned int every)
{
	if (f->same >= CALM && sysmon_tick.interval_ns <= NSEC_PER_SEC)
		every = CALM_EVERY;
	/* Ticks without listener pass turns by. */
	return sysmon_is_turn(c, every) ||
	       sysmon_tick.number - f->read_tick >= every;
}

static bool io_due(const struct sysmon_container *c, u64 idle)
{
	if (!c->io.read_tick)
		return true;
	return (idle <= SYSMON_LINGER_TICKS && is_news_turn(c, &c->io, 1)) ||
	       (idle <= SETTLE_TICKS && !is_dormant(idle) &&
		sysmon_is_turn(c, SETTLE_EVERY)) ||
	       is_files_turn(c, c->io.read_tick, idle);
}

/* A process that ended counts until it was waited for. */
static bool pids_due(struct sysmon_container *c, u64 idle)
{
	u64 now = sysmon_tick.number;

	if (c->facts && READ_ONCE(c->facts->tasks_changed)) {
		WRITE_ONCE(c->facts->tasks_changed, false);
		c->tasks_tick = now;
	}
	return !c->pids.read_tick || (!c->facts && !is_dormant(idle)) ||
	       (now - c->tasks_tick <= SYSMON_LINGER_TICKS &&
		is_news_turn(c, &c->pids, TASKS_EVERY)) ||
	       (idle <= SETTLE_EVERY && !is_dormant(idle) &&
		sysmon_is_turn(c, SETTLE_EVERY)) ||
	       is_files_turn(c, c->pids.read_tick, idle);
}

static void account_limits(struct sysmon_container *c)
{
	account_quota(c);
	account_pids_limit(c);
	if (!c->slow_tick ||
	    sysmon_has(&c->sample.f, SYSMON_A_CONTAINER_PIDS_LIMIT))
		account_pids_hits(c);
	if (!c->slow_tick)
		c->first_tick = sysmon_tick.number;
	c->slow_tick = sysmon_tick.number;
}

void sysmon_files_close(struct sysmon_container *c)
{
	sysmon_cgfile_close(&c->io);
	sysmon_cgfile_close(&c->pids);
	sysmon_cgfile_close(&c->cpu);
}

/**
 * sysmon_files() - bring the part of a sample up to date that is read in files
 * @c: with this tick's CPU time
 * @final: read all
 *
 * Context: process, under sysmon_lock.
 */
void sysmon_files(struct sysmon_container *c, bool final)
{
	u64 idle = sysmon_idle_ticks(c);

	if (final) {
		c->io.retry_tick = 0;
		c->pids.retry_tick = 0;
		c->cpu.retry_tick = 0;
	}
	if (final || limits_due(c, idle))
		account_limits(c);
	if (final || pids_due(c, idle)) {
		account_pids(c);
		c->pids.read_tick = sysmon_tick.number;
		if (pids_are_near_limit(c) && (final || sysmon_is_turn(c, 4)))
			account_pids_hits(c);
	}
	if (can_be_throttled(c) && (final || idle <= SYSMON_LINGER_TICKS ||
				    is_files_turn(c, c->cpu.read_tick, idle)))
		account_throttling(c);
	if (final || io_due(c, idle)) {
		sysmon_io(c);
		c->io.read_tick = sysmon_tick.number;
	}
	if (is_dormant(idle))
		sysmon_files_close(c);
}
