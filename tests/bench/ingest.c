// SPDX-License-Identifier: GPL-2.0
/*
 * What a container-sample costs the daemon: replays generated snapshots, as
 * the module sends them, through decoder, core and store. Prints the time for
 * each sample; ingest.sh has its instructions counted.
 *
 *	ingest DATABASE [CONTAINERS [TICKS [TICKS-A-COMMIT [UNCHANGED]]]]
 *
 * UNCHANGED of the containers have figures that never change.
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

static void build_container(struct bench *b, unsigned long i, uint64_t tick)
{
	char id[65], path[128];

	snprintf(id, sizeof(id), "%064lx", i);
	snprintf(path, sizeof(path), "/system.slice/docker-%s.scope", id);
	mb_container(&b->buf, 1000 + i, id, path, tick * (100000 + i * 321));
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

static double seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void run(struct bench *b)
{
	double start = seconds();

	open_session(b);
	for (uint64_t tick = 1; tick <= b->ticks; tick++) {
		run_tick(b, tick);
		if (tick % b->ticks_a_commit == 0 || tick == b->ticks)
			commit(b);
	}
	printf("%lu containers, %lu ticks, a commit each %lu: %" PRIu64
	       " samples, %.2f us a sample\n",
	       b->containers, b->ticks, b->ticks_a_commit, b->samples,
	       (seconds() - start) * 1e6 / (double)b->samples);
}

int main(int argc, char **argv)
{
	static struct bench b;
	struct step_config config = { .boot_uuid = "bench" };
	struct step_past past = { 0 };
	struct db_error err;

	if (argc < 2)
		die("usage: ingest DATABASE [CONTAINERS [TICKS "
		    "[TICKS-A-COMMIT [UNCHANGED]]]]");
	b.containers = argc > 2 ? strtoul(argv[2], NULL, 10) : 100;
	b.ticks = argc > 3 ? strtoul(argv[3], NULL, 10) : 1000;
	b.ticks_a_commit = argc > 4 ? strtoul(argv[4], NULL, 10) : 1;
	b.unchanged = argc > 5 ? strtoul(argv[5], NULL, 10) : 0;
	if (b.unchanged > b.containers || b.containers > 1000)
		die("at most 1000 containers, and no more of them unchanged");
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
	return 0;
}
