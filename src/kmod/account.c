// SPDX-License-Identifier: GPL-2.0
/*
 * One container's figures: from the cgroup's structures where they are
 * public, from its files where not. Expects that its slice was flushed.
 */
#include <linux/math64.h>
#include <linux/memcontrol.h>
#include <linux/page_counter.h>
#include <linux/sched/cputime.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "compat.h"
#include "sysmon.h"

/*
 * Files are read in each tick that the container used CPU in, and for some
 * ticks after that (writeback goes on without it); an idle container's only
 * every REFRESH_TICKS (a power of two), each at its own turn.
 */
#define LINGER_TICKS  3
#define REFRESH_TICKS 8

#define IO_SIZE_MAX SZ_1M

/* For one reader at a time: guarded by sysmon_lock. */
static char *io_buf;
static size_t io_size = PAGE_SIZE;

/*
 * Split the run time by the sampled user and system ticks, as cpu.stat does:
 * cputime_adjust() in kernel/sched/cputime.c.
 */
static void account_split(struct sysmon_container *c,
			  const struct task_cputime *t)
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

static void account_cpu(struct sysmon_container *c)
{
	const struct task_cputime *now = &c->cgrp->bstat.cputime;
	struct task_cputime t = {
		.stime = READ_ONCE(now->stime),
		.utime = READ_ONCE(now->utime),
		.sum_exec_runtime = READ_ONCE(now->sum_exec_runtime),
	};
	struct sysmon_figures *f = &c->sample.f;

	if (t.sum_exec_runtime != f->value[SYSMON_A_CONTAINER_CPU_USAGE_NS])
		c->active_tick = sysmon_tick.number;
	account_split(c, &t);
	sysmon_set(f, SYSMON_A_CONTAINER_CPU_USAGE_NS, t.sum_exec_runtime);
	sysmon_set(f, SYSMON_A_CONTAINER_CPU_USER_NS, c->utime_ns);
	sysmon_set(f, SYSMON_A_CONTAINER_CPU_SYSTEM_NS, c->stime_ns);
}

static u64 bytes_of(unsigned long pages)
{
	return (u64)pages << PAGE_SHIFT;
}

static void account_memcg(struct sysmon_figures *f, struct mem_cgroup *memcg)
{
	unsigned long max = READ_ONCE(memcg->memory.max);

	sysmon_set(f, SYSMON_A_CONTAINER_MEM_CURRENT_BYTES,
		   bytes_of(page_counter_read(&memcg->memory)));
	if (max != PAGE_COUNTER_MAX)
		sysmon_set(f, SYSMON_A_CONTAINER_MEM_LIMIT_BYTES,
			   bytes_of(max));
	else
		sysmon_clear(f, SYSMON_A_CONTAINER_MEM_LIMIT_BYTES);
	sysmon_set(f, SYSMON_A_CONTAINER_MEM_PEAK_BYTES,
		   bytes_of(READ_ONCE(memcg->memory.watermark)));
	if (IS_ENABLED(CONFIG_SWAP))
		sysmon_set(f, SYSMON_A_CONTAINER_MEM_SWAP_BYTES,
			   bytes_of(page_counter_read(&memcg->swap)));
	sysmon_set(f, SYSMON_A_CONTAINER_OOM_KILLS,
		   atomic_long_read(&memcg->memory_events[MEMCG_OOM_KILL]));
}

/*
 * A removed cgroup keeps its last figures; a live one without a controller,
 * or whose controller was switched off, has none.
 */
static void forget(struct sysmon_container *c, unsigned int first,
		   unsigned int last)
{
	if (READ_ONCE(c->cgrp->self.flags) & CSS_ONLINE)
		bitmap_clear(c->sample.f.have, first, last - first + 1);
}

static void account_mem(struct sysmon_container *c)
{
	struct cgroup_subsys_state *css;

	rcu_read_lock();
	css = rcu_dereference(c->cgrp->subsys[memory_cgrp_id]);
	if (css)
		account_memcg(&c->sample.f, mem_cgroup_from_css(css));
	else
		forget(c, SYSMON_A_CONTAINER_MEM_CURRENT_BYTES,
		       SYSMON_A_CONTAINER_OOM_KILLS);
	rcu_read_unlock();
}

struct io_sums {
	u64 rbytes, wbytes, rios, wios;
};

static void add_io_word(struct io_sums *sums, const char *word)
{
	static const struct {
		const char *key;
		size_t offset;
	} keys[] = {
		{ "rbytes=", offsetof(struct io_sums, rbytes) },
		{ "wbytes=", offsetof(struct io_sums, wbytes) },
		{ "rios=", offsetof(struct io_sums, rios) },
		{ "wios=", offsetof(struct io_sums, wios) },
	};
	size_t i, len;
	u64 value;

	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		len = strlen(keys[i].key);
		if (!strncmp(word, keys[i].key, len) &&
		    !kstrtou64(word + len, 10, &value))
			*(u64 *)((char *)sums + keys[i].offset) += value;
	}
}

/* Lines as in Documentation/admin-guide/cgroup-v2.rst, io.stat. */
static void add_io_line(struct io_sums *sums, char *line)
{
	char *word;

	while ((word = strsep(&line, " ")))
		add_io_word(sums, word);
}

static void add_io_lines(struct io_sums *sums, char *text)
{
	char *line;

	while ((line = strsep(&text, "\n")))
		add_io_line(sums, line);
}

/*
 * The whole file in one read: the kernel makes it anew for each, and devices
 * may come and go in between. The buffer grows to what the host needs.
 */
static int read_io(struct sysmon_container *c, struct io_sums *sums)
{
	ssize_t n;
	char *buf;

	for (;;) {
		n = sysmon_cgfile_read(&c->io, c->cgrp, c->name->path,
				       "io.stat", 0, io_buf, io_size);
		if (n < 0)
			return n;
		if (n < io_size - 1)
			break;
		if (io_size >= IO_SIZE_MAX)
			return -EFBIG;
		buf = kvmalloc(io_size * 2, GFP_KERNEL);
		if (!buf)
			return -ENOMEM;
		kvfree(io_buf);
		io_buf = buf;
		io_size *= 2;
	}
	add_io_lines(sums, io_buf);
	return 0;
}

/* Reading of a file failed that has the figures first to last. */
static void file_failed(struct sysmon_container *c, int err, unsigned int first,
			unsigned int last)
{
	if (err == -ENOENT || err == -ENODEV)
		forget(c, first, last);
	else if (err != -EAGAIN)
		sysmon_stats.file_errors++;
}

static void account_io(struct sysmon_container *c)
{
	struct sysmon_figures *f = &c->sample.f;
	struct io_sums sums = {};
	int err = read_io(c, &sums);

	if (err) {
		file_failed(c, err, SYSMON_A_CONTAINER_IO_READ_BYTES,
			    SYSMON_A_CONTAINER_IO_WRITE_OPS);
		return;
	}
	sysmon_set(f, SYSMON_A_CONTAINER_IO_READ_BYTES, sums.rbytes);
	sysmon_set(f, SYSMON_A_CONTAINER_IO_WRITE_BYTES, sums.wbytes);
	sysmon_set(f, SYSMON_A_CONTAINER_IO_READ_OPS, sums.rios);
	sysmon_set(f, SYSMON_A_CONTAINER_IO_WRITE_OPS, sums.wios);
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
	if (!kstrtou64(strim(buf), 10, &pids))
		sysmon_set(&c->sample.f, SYSMON_A_CONTAINER_PIDS, pids);
}

static bool files_due(const struct sysmon_container *c)
{
	u64 now = sysmon_tick.number;

	return !c->read_tick || now - c->active_tick <= LINGER_TICKS ||
	       now - c->read_tick >= REFRESH_TICKS ||
	       !((now + c->serial) & (REFRESH_TICKS - 1));
}

/**
 * sysmon_account() - bring a container's sample up to date
 * @c: its slice was flushed after the moment that is sampled
 * @final: read everything, whatever seems unchanged
 *
 * What can't be read any more keeps its last value.
 *
 * Context: process, under sysmon_lock.
 */
void sysmon_account(struct sysmon_container *c, bool final)
{
	lockdep_assert_held(&sysmon_lock);
	if (final) {
		c->io.retry_tick = 0;
		c->pids.retry_tick = 0;
	}
	account_cpu(c);
	account_mem(c);
	if (!final && !files_due(c))
		return;
	account_io(c);
	account_pids(c);
	c->read_tick = sysmon_tick.number;
}

int sysmon_account_init(void)
{
	io_buf = kvmalloc(io_size, GFP_KERNEL);
	return io_buf ? 0 : -ENOMEM;
}

void sysmon_account_exit(void)
{
	kvfree(io_buf);
}
