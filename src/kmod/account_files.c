// SPDX-License-Identifier: GPL-2.0
/*
 * A container's figures that stand in its cgroup's files only: io.stat,
 * pids.current, cpu.stat, and limits that seldom change. Decides when each is
 * worth reading.
 */
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/time64.h>

#include "sysmon.h"

/*
 * Files held open are read in each tick that the container used CPU in and
 * for SYSMON_LINGER_TICKS after that. Writeback goes on without it: until SETTLE_TICKS
 * after, io is read every SETTLE_EVERY; in the end all every FILES_EVERY. Each
 * holds a buffer of a page: after DORMANT_NS they are closed, and opened for one
 * reading every DORMANT_EVERY, until CPU is used again. By then all was written
 * back that the container left (vm.dirty_expire_centisecs is 30 s). Limits are always
 * opened for each reading: as the container is found, at its first tick after,
 * and then every LIMITS_EVERY ticks, twice as often when it is busy. Each has
 * its own turn.
 */
#define SETTLE_TICKS  64
#define SETTLE_EVERY  8
#define FILES_EVERY   64
#define DORMANT_EVERY 1024
#define LIMITS_EVERY  256
#define TASKS_EVERY   2

#define DORMANT_NS (48ULL * NSEC_PER_SEC)

#define IO_SIZE_MAX SZ_1M

/* For one reader at a time: guarded by sysmon_lock. */
static char *io_buf;
static size_t io_size = PAGE_SIZE;

static void add_device(struct sysmon_container *c,
		       const struct sysmon_io_device *dev)
{
	if (c->io_device_count < SYSMON_IO_DEVICES_MAX)
		c->io_devices[c->io_device_count++] = *dev;
}

static void add_sums(struct sysmon_io_device *sums,
		     const struct sysmon_io_device *dev)
{
	sums->rbytes += dev->rbytes;
	sums->wbytes += dev->wbytes;
	sums->rios += dev->rios;
	sums->wios += dev->wios;
	sums->dbytes += dev->dbytes;
	sums->dios += dev->dios;
}

static u64 *io_field(struct sysmon_io_device *dev, const char *key)
{
	static const struct {
		const char *key;
		size_t offset;
	} fields[] = {
		{ "rbytes=", offsetof(struct sysmon_io_device, rbytes) },
		{ "wbytes=", offsetof(struct sysmon_io_device, wbytes) },
		{ "rios=", offsetof(struct sysmon_io_device, rios) },
		{ "wios=", offsetof(struct sysmon_io_device, wios) },
		{ "dbytes=", offsetof(struct sysmon_io_device, dbytes) },
		{ "dios=", offsetof(struct sysmon_io_device, dios) },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(fields); i++)
		if (!strncmp(key, fields[i].key, strlen(fields[i].key)))
			return (u64 *)((char *)dev + fields[i].offset);
	return NULL;
}

/*
 * Lines as in Documentation/admin-guide/cgroup-v2.rst, io.stat:
 * "8:16 rbytes=1459200 wbytes=314773504 rios=192 wios=353 dbytes=0 dios=0"
 * Return where the next line begins.
 */
static const char *parse_device(const char *line, struct sysmon_io_device *dev)
{
	const char *end = strchrnul(line, '\n');
	u64 major, minor = 0, *field;

	line = sysmon_parse_u64(line, &major);
	if (*line == ':')
		sysmon_parse_u64(line + 1, &minor);
	dev->major = major;
	dev->minor = minor;
	while ((line = strnchr(line, end - line, ' '))) {
		line++;
		field = io_field(dev, line);
		if (field)
			sysmon_parse_u64(strchr(line, '=') + 1, field);
	}
	return *end ? end + 1 : end;
}

static void parse_io(struct sysmon_container *c, struct sysmon_io_device *sums)
{
	const char *text = io_buf;

	c->io_device_count = 0;
	while (*text) {
		struct sysmon_io_device dev = {};

		text = parse_device(text, &dev);
		add_sums(sums, &dev);
		add_device(c, &dev);
	}
}

/*
 * The whole file in one read: the kernel makes it anew for each, and devices
 * may come and go in between. The buffer grows to what the host needs.
 */
static int read_io(struct sysmon_container *c)
{
	ssize_t n;
	char *buf;

	for (;;) {
		n = sysmon_cgfile_read(&c->io, c->cgrp, c->name->path,
				       "io.stat", 0, io_buf, io_size);
		if (n < 0)
			return n;
		if (n < io_size - 1)
			return 0;
		if (io_size >= IO_SIZE_MAX)
			return -EFBIG;
		buf = kvmalloc(io_size * 2, GFP_KERNEL);
		if (!buf)
			return -ENOMEM;
		kvfree(io_buf);
		io_buf = buf;
		io_size *= 2;
	}
}

/* Reading of a file failed that has the figures first to last. */
static void file_failed(struct sysmon_container *c, int err, unsigned int first,
			unsigned int last)
{
	if (err == -ENOENT || err == -ENODEV)
		sysmon_forget(c, first, last);
	else if (err != -EAGAIN)
		sysmon_stats.file_errors++;
}

static void account_io(struct sysmon_container *c)
{
	struct sysmon_figures *f = &c->sample.f;
	struct sysmon_io_device sums = {};
	int err = read_io(c);

	if (err) {
		file_failed(c, err, SYSMON_A_CONTAINER_IO_READ_BYTES,
			    SYSMON_A_CONTAINER_IO_WRITE_OPS);
		file_failed(c, err, SYSMON_A_CONTAINER_IO_DISCARD_BYTES,
			    SYSMON_A_CONTAINER_IO_DISCARD_OPS);
		if (!sysmon_has(f, SYSMON_A_CONTAINER_IO_READ_BYTES))
			c->io_device_count = 0;
		return;
	}
	parse_io(c, &sums);
	sysmon_set(f, SYSMON_A_CONTAINER_IO_READ_BYTES, sums.rbytes);
	sysmon_set(f, SYSMON_A_CONTAINER_IO_WRITE_BYTES, sums.wbytes);
	sysmon_set(f, SYSMON_A_CONTAINER_IO_READ_OPS, sums.rios);
	sysmon_set(f, SYSMON_A_CONTAINER_IO_WRITE_OPS, sums.wios);
	sysmon_set(f, SYSMON_A_CONTAINER_IO_DISCARD_BYTES, sums.dbytes);
	sysmon_set(f, SYSMON_A_CONTAINER_IO_DISCARD_OPS, sums.dios);
}

static void account_pids(struct sysmon_container *c)
{
	char buf[32];
	ssize_t n;
	u64 pids;

	n = sysmon_cgfile_read(&c->pids, c->cgrp, c->name->path, "pids.current",
			       0, buf, sizeof(buf));
	if (n < 0) {
		file_failed(c, n, SYSMON_A_CONTAINER_PIDS,
			    SYSMON_A_CONTAINER_PIDS);
		return;
	}
	sysmon_parse_u64(buf, &pids);
	sysmon_set(&c->sample.f, SYSMON_A_CONTAINER_PIDS, pids);
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
static void account_throttling(struct sysmon_container *c)
{
	struct sysmon_figures *f = &c->sample.f;
	char buf[512];
	ssize_t n;

	if (!sysmon_has(f, SYSMON_A_CONTAINER_CPU_PERIODS) ||
	    !sysmon_has(f, SYSMON_A_CONTAINER_CPU_QUOTA_NS))
		return;
	n = sysmon_cgfile_read(&c->cpu, c->cgrp, c->name->path, "cpu.stat", 0,
			       buf, sizeof(buf));
	if (n < 0) {
		file_failed(c, n, SYSMON_A_CONTAINER_CPU_PERIODS,
			    SYSMON_A_CONTAINER_CPU_THROTTLED_NS);
		return;
	}
	set_keyed(f, SYSMON_A_CONTAINER_CPU_PERIODS, buf, "nr_periods", 1);
	set_keyed(f, SYSMON_A_CONTAINER_CPU_THROTTLED_PERIODS, buf,
		  "nr_throttled", 1);
	set_keyed(f, SYSMON_A_CONTAINER_CPU_THROTTLED_NS, buf, "throttled_usec",
		  NSEC_PER_USEC);
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
		file_failed(c, n, SYSMON_A_CONTAINER_CPU_PERIODS,
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
		file_failed(c, n, SYSMON_A_CONTAINER_PIDS_LIMIT,
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
		file_failed(c, err, SYSMON_A_CONTAINER_PIDS_MAX_HITS,
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

static bool limits_due(const struct sysmon_container *c, u64 idle)
{
	return c->slow_tick <= c->first_tick + 1 ||
	       sysmon_is_turn(c, idle <= SYSMON_LINGER_TICKS ? LIMITS_EVERY / 2
							     : LIMITS_EVERY);
}

static bool is_dormant(u64 idle)
{
	return idle > SYSMON_LINGER_TICKS &&
	       idle * sysmon_tick.interval_ns > DORMANT_NS;
}

/* Its turn at the files that are held open while it is not dormant. */
static bool is_files_turn(const struct sysmon_container *c, u64 idle)
{
	return sysmon_is_turn(c,
			      is_dormant(idle) ? DORMANT_EVERY : FILES_EVERY);
}

static bool io_due(const struct sysmon_container *c, u64 idle)
{
	return !c->read_tick || idle <= SYSMON_LINGER_TICKS ||
	       (idle <= SETTLE_TICKS && !is_dormant(idle) &&
		sysmon_is_turn(c, SETTLE_EVERY)) ||
	       is_files_turn(c, idle);
}

/* A process that ended counts until it was waited for. */
static bool pids_due(struct sysmon_container *c, u64 idle)
{
	u64 now = sysmon_tick.number;

	if (c->facts && READ_ONCE(c->facts->tasks_changed)) {
		WRITE_ONCE(c->facts->tasks_changed, false);
		c->tasks_tick = now;
	}
	return !c->read_tick || (!c->facts && !is_dormant(idle)) ||
	       (now - c->tasks_tick <= SYSMON_LINGER_TICKS &&
		sysmon_is_turn(c, TASKS_EVERY)) ||
	       (idle <= SETTLE_EVERY && !is_dormant(idle) &&
		sysmon_is_turn(c, SETTLE_EVERY)) ||
	       is_files_turn(c, idle);
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
		if (pids_are_near_limit(c) && (final || sysmon_is_turn(c, 4)))
			account_pids_hits(c);
	}
	if (final || idle <= SYSMON_LINGER_TICKS || is_files_turn(c, idle))
		account_throttling(c);
	if (final || io_due(c, idle)) {
		account_io(c);
		c->read_tick = sysmon_tick.number;
	}
	if (is_dormant(idle))
		sysmon_files_close(c);
}

int sysmon_files_init(void)
{
	io_buf = kvmalloc(io_size, GFP_KERNEL);
	return io_buf ? 0 : -ENOMEM;
}

void sysmon_files_exit(void)
{
	kvfree(io_buf);
}
