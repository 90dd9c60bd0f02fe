// SPDX-License-Identifier: GPL-2.0
/*
 * What a container-sample costs the daemon: replays generated snapshots, as
 * the module sends them, through decoder, core and store. Prints how many a
 * second it takes, and the bytes on disk for each; ingest.sh has its
 * instructions counted.
 *
 *	ingest DATABASE [CONTAINERS [TICKS [TICKS-A-COMMIT
 *		[UNCHANGED [LIGHT [BUSY]]]]]]
 *
 * UNCHANGED of the containers have figures that never change. LIGHT ones wake up
 * in each tick, and now and then send and allocate a little; BUSY ones compute,
 * allocate, serve and write all the time. Of the rest each figure changes in each
 * tick, which no container does.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "collectord/step.h"
#include "collectord/store.h"
#include "../unit/message.h"

#define PART_CONTAINERS 9 /* what fits into SYSMON_MESSAGE_MAX */

struct bench {
	struct store *store;
	struct step *step;
	struct update update;
	struct message message;
	struct message_buf buf;
	unsigned long containers;
	unsigned long ticks;
	unsigned long ticks_a_commit;
	unsigned long unchanged;
	unsigned long light;
	unsigned long busy;
	uint64_t seed;
	uint64_t samples;
};

static void die(const char *what)
{
	fprintf(stderr, "ingest: %s\n", what);
	exit(1);
}

/* What is measured: never inlined, so that callgrind can tell it apart. */
__attribute__((noinline)) static void feed(struct bench *b)
{
	struct step_event event = { .type = STEP_MESSAGE };
	struct decode_error err;

	if (decode_message(b->buf.data, b->buf.len, &b->message, &err))
		die(err.problem);
	event.now_ns = 1700000000 * INT64_C(1000000000);
	event.source = b->message.have_module ? STEP_REPLY : STEP_MULTICAST;
	event.message = &b->message;
	if (step(b->step, &event, &b->update))
		die("out of memory");
}

static void open_session(struct bench *b)
{
	size_t nest;

	mb_begin(&b->buf, SYSMON_CMD_MODULE_GET);
	nest = mb_nest(&b->buf, SYSMON_A_MODULE);
	mb_u32(&b->buf, SYSMON_A_MODULE_ABI, 1);
	mb_u64(&b->buf, SYSMON_A_MODULE_INSTANCE, 1);
	mb_u64(&b->buf, SYSMON_A_MODULE_EVENTS_HEAD, 0);
	mb_nest_end(&b->buf, nest);
	feed(b);
}

/* Any number below n; the same in each run. */
static uint64_t any(struct bench *b, uint64_t n)
{
	b->seed = b->seed * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (b->seed >> 33) % n;
}

/* What a working container's figures have come to. */
struct work {
	uint64_t usage_ns;
	uint64_t user_ns;
	uint64_t anon;
	uint64_t file;
	uint64_t peak;
	uint64_t written;
	uint64_t writes;
	uint64_t rx;
	uint64_t tx;
	uint64_t packets;
	uint64_t waited_ns;
	uint64_t pids;
};

#define PAGE 4096

static void work_light(struct bench *b, struct work *w)
{
	uint64_t ns = 100000 + any(b, 1500000);

	w->usage_ns += ns;
	w->user_ns += ns / 3;
	if (any(b, 30) == 0)
		w->anon += PAGE * any(b, 16);
	if (any(b, 5) == 0) {
		w->rx += 60 + any(b, 600);
		w->tx += 60 + any(b, 600);
		w->packets += 2;
	}
}

static void work_busy(struct bench *b, struct work *w)
{
	uint64_t ns = 150000000 + any(b, 300000000);

	w->usage_ns += ns;
	w->user_ns += ns - ns / 5;
	w->anon = PAGE * (40000 + any(b, 2000));
	w->file += any(b, 3) ? 0 : PAGE * any(b, 64);
	w->waited_ns += any(b, 20000000);
	w->rx += any(b, 200000);
	w->tx += any(b, 800000);
	w->packets += any(b, 700);
	w->pids = 20 + any(b, 3);
	if (any(b, 5) == 0) {
		w->written += PAGE * any(b, 300);
		w->writes += any(b, 40);
	}
}

static void build_figures(struct bench *b, const struct work *w)
{
	static const uint16_t idle[] = {
		SYSMON_A_CONTAINER_MEM_SWAP_BYTES,
		SYSMON_A_CONTAINER_OOM_KILLS,
		SYSMON_A_CONTAINER_IO_READ_BYTES,
		SYSMON_A_CONTAINER_IO_READ_OPS,
		SYSMON_A_CONTAINER_IO_DISCARD_BYTES,
		SYSMON_A_CONTAINER_IO_DISCARD_OPS,
		SYSMON_A_CONTAINER_MEM_EVENTS_LOW,
		SYSMON_A_CONTAINER_MEM_EVENTS_HIGH,
		SYSMON_A_CONTAINER_MEM_EVENTS_MAX,
		SYSMON_A_CONTAINER_MEM_EVENTS_OOM,
		SYSMON_A_CONTAINER_PIDS_MAX_HITS,
		SYSMON_A_CONTAINER_PSI_CPU_FULL_NS,
		SYSMON_A_CONTAINER_PSI_MEM_SOME_NS,
		SYSMON_A_CONTAINER_PSI_MEM_FULL_NS,
		SYSMON_A_CONTAINER_PSI_IO_SOME_NS,
		SYSMON_A_CONTAINER_PSI_IO_FULL_NS,
		SYSMON_A_CONTAINER_NET_RX_DROPS,
		SYSMON_A_CONTAINER_NET_RX_ERRORS,
		SYSMON_A_CONTAINER_NET_TX_DROPS,
		SYSMON_A_CONTAINER_NET_TX_ERRORS,
	};
	struct message_buf *m = &b->buf;

	mb_u64(m, SYSMON_A_CONTAINER_CPU_USAGE_NS, w->usage_ns);
	mb_u64(m, SYSMON_A_CONTAINER_CPU_USER_NS, w->user_ns);
	mb_u64(m, SYSMON_A_CONTAINER_CPU_SYSTEM_NS, w->usage_ns - w->user_ns);
	mb_u64(m, SYSMON_A_CONTAINER_MEM_CURRENT_BYTES, w->anon + w->file);
	mb_u64(m, SYSMON_A_CONTAINER_MEM_PEAK_BYTES, w->peak);
	mb_u64(m, SYSMON_A_CONTAINER_MEM_WORKING_SET_BYTES,
	       w->anon + w->file / 2);
	mb_u64(m, SYSMON_A_CONTAINER_MEM_ANON_BYTES, w->anon);
	mb_u64(m, SYSMON_A_CONTAINER_MEM_FILE_BYTES, w->file);
	mb_u64(m, SYSMON_A_CONTAINER_IO_WRITE_BYTES, w->written);
	mb_u64(m, SYSMON_A_CONTAINER_IO_WRITE_OPS, w->writes);
	mb_u64(m, SYSMON_A_CONTAINER_PIDS, w->pids);
	mb_u64(m, SYSMON_A_CONTAINER_PSI_CPU_SOME_NS, w->waited_ns);
	mb_u64(m, SYSMON_A_CONTAINER_NET_RX_BYTES, w->rx);
	mb_u64(m, SYSMON_A_CONTAINER_NET_RX_PACKETS, w->packets);
	mb_u64(m, SYSMON_A_CONTAINER_NET_TX_BYTES, w->tx);
	mb_u64(m, SYSMON_A_CONTAINER_NET_TX_PACKETS, w->packets);
	for (size_t i = 0; i < sizeof(idle) / sizeof(*idle); i++)
		mb_u64(m, idle[i], 0);
}

/* One that works, at the pace of its place in the list. */
static void build_working(struct bench *b, unsigned long i)
{
	static struct work work[1000];
	struct work *w = &work[i];
	char id[65], path[128];
	size_t nest;

	if (!w->pids) {
		*w = (struct work){ .anon = PAGE * (1000 + any(b, 20000)),
				    .file = PAGE * (1000 + any(b, 20000)),
				    .pids = 4 };
		w->peak = w->anon + w->file;
	}
	if (i < b->busy)
		work_busy(b, w);
	else if (i < b->busy + b->light)
		work_light(b, w);
	if (w->anon + w->file > w->peak)
		w->peak = w->anon + w->file;
	snprintf(id, sizeof(id), "%064lx", i);
	snprintf(path, sizeof(path), "/system.slice/docker-%s.scope", id);
	nest = mb_nest(&b->buf, SYSMON_A_CONTAINER);
	mb_str(&b->buf, SYSMON_A_CONTAINER_ID, id);
	mb_str(&b->buf, SYSMON_A_CONTAINER_PATH, path);
	mb_u32(&b->buf, SYSMON_A_CONTAINER_RUNTIME, SYSMON_RUNTIME_DOCKER);
	mb_u64(&b->buf, SYSMON_A_CONTAINER_CGROUP_ID, 1000 + i);
	build_figures(b, w);
	mb_nest_end(&b->buf, nest);
}

static void build_changing(struct bench *b, unsigned long i, uint64_t tick)
{
	char id[65], path[128];

	snprintf(id, sizeof(id), "%064lx", i);
	snprintf(path, sizeof(path), "/system.slice/docker-%s.scope", id);
	mb_container(&b->buf, 1000 + i, id, path, tick * (100000 + i * 321));
}

static void build_container(struct bench *b, unsigned long i, uint64_t tick)
{
	if (b->light + b->busy) {
		build_working(b, i);
		return;
	}
	build_changing(b, i, tick);
}

static void build_unchanged(struct bench *b, unsigned long first)
{
	uint64_t ids[1000];
	size_t n = 0;

	for (unsigned long i = first; i < b->containers; i++)
		ids[n++] = 1000 + i;
	if (n)
		mb_raw(&b->buf, SYSMON_A_UNCHANGED, ids, n * sizeof(*ids));
}

/* One snapshot, in as many messages as the module would make of it. */
static void run_tick(struct bench *b, uint64_t tick)
{
	unsigned long i = 0, told = b->containers;
	uint32_t part = 0;

	if (tick > 1)
		told -= b->unchanged;
	do {
		unsigned long end = i + PART_CONTAINERS;

		mb_begin(&b->buf, SYSMON_CMD_SNAPSHOT_NTF);
		mb_tick(&b->buf, 1, tick, tick * 1000000000,
			(1700000000 + tick) * 1000000000, part++);
		for (; i < told && i < end; i++)
			build_container(b, i, tick);
		if (i == told) {
			build_unchanged(b, told);
			mb_u32(&b->buf, SYSMON_A_CONTAINERS,
			       (uint32_t)b->containers);
		}
		feed(b);
	} while (i < told);
	b->samples += b->containers;
}

__attribute__((noinline)) static void commit(struct bench *b)
{
	if (store_commit(b->store, &b->update.rows, NULL) != STORE_OK)
		die(store_error(b->store));
	update_free(&b->update);
}

static double seconds(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void run(struct bench *b)
{
	double start = seconds(CLOCK_MONOTONIC);
	double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);

	open_session(b);
	for (uint64_t tick = 1; tick <= b->ticks; tick++) {
		run_tick(b, tick);
		if (tick % b->ticks_a_commit == 0 || tick == b->ticks)
			commit(b);
	}
	start = seconds(CLOCK_MONOTONIC) - start;
	cpu = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
	printf("%lu containers, %lu ticks, a commit each %lu: %" PRIu64
	       " samples in %.2f s, %.2f s of it CPU: %.0f a second, %.0f a "
	       "second of CPU\n",
	       b->containers, b->ticks, b->ticks_a_commit, b->samples, start,
	       cpu, (double)b->samples / start, (double)b->samples / cpu);
}

static unsigned long number(int argc, char **argv, int i,
			    unsigned long otherwise)
{
	return argc > i ? strtoul(argv[i], NULL, 10) : otherwise;
}

/* What a query over the database finds, in bytes. */
static double bytes(const char *path, const char *sql)
{
	sqlite3 *db;
	sqlite3_stmt *stmt;
	double n = 0;

	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) ||
	    sqlite3_prepare_v2(db, sql, -1, &stmt, NULL))
		die(sqlite3_errmsg(db));
	if (sqlite3_step(stmt) == SQLITE_ROW)
		n = sqlite3_column_double(stmt, 0);
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	return n;
}

/* Whole pages, all that is in them. */
static void report_bytes(struct bench *b, const char *path)
{
	double samples = (double)b->samples;

	printf("%.1f bytes a sample, %.1f with ticks and all the rest\n",
	       bytes(path, "SELECT sum(pgsize) FROM dbstat WHERE name IN"
			   " ('sample_row', 'sample_base')") /
		       samples,
	       bytes(path, "SELECT sum(pgsize) FROM dbstat") / samples);
}

int main(int argc, char **argv)
{
	static struct bench b;
	struct step_config config = { .boot_uuid = "bench" };
	/* Numbers as long as those of a store that is some weeks old. */
	struct step_past past = { .tick_id = 1000000, .container_id = 1000 };
	struct db_error err;

	if (argc < 2)
		die("usage: ingest DATABASE [CONTAINERS [TICKS "
		    "[TICKS-A-COMMIT [UNCHANGED [LIGHT [BUSY]]]]]]");
	b.containers = number(argc, argv, 2, 100);
	b.ticks = number(argc, argv, 3, 1000);
	b.ticks_a_commit = number(argc, argv, 4, 1);
	b.unchanged = number(argc, argv, 5, 0);
	b.light = number(argc, argv, 6, 0);
	b.busy = number(argc, argv, 7, 0);
	if (b.unchanged > b.containers || b.containers > 1000)
		die("at most 1000 containers, and no more of them unchanged");
	if (b.light + b.busy && b.unchanged + b.light + b.busy != b.containers)
		die("light, busy and unchanged ones must be all there are");
	if (!b.containers || !b.ticks || !b.ticks_a_commit)
		die("the numbers must be positive");
	if (store_open(argv[1], &b.store, &err) != DB_OK)
		die(err.text);
	if (step_new(&config, &past, &b.step))
		die("out of memory");
	run(&b);
	step_free(b.step);
	update_free(&b.update);
	store_close(b.store);
	report_bytes(&b, argv[1]);
	return 0;
}
