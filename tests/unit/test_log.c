// SPDX-License-Identifier: GPL-2.0
/*
 * A reader that holds a transaction for an hour of ticks: core, queue and store
 * as the daemon has them, time is made up. The disk's use stays bounded, what is
 * left out is told, and no event is among it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "collectord/step.h"
#include "collectord/store_int.h"
#include "collectord/uv_store.h"
#include "sql.h"
#include "tmpdir.h"

#define SEC	   INT64_C(1000000000)
#define MIB	   (INT64_C(1) << 20)
#define EPOCH	   (INT64_C(1700000000) * SEC)
#define HOUR	   3600 /* of ticks */
#define CONTAINERS 40
#define EVENT_EACH 60 /* ticks */
#define SIZE	   (8 * MIB)
#define LOG_MAX	   (64 * MIB) /* beside the size, docs/storage.md */

static struct {
	uv_loop_t loop;
	struct store *store;
	struct uv_store *queue;
	struct step *step;
	struct message message;
	sqlite3 *reader;
	uint64_t tick;
	uint64_t seq;
	int64_t disk_max;
	char rooms[256];
	char errors[512];
	bool closed;
} d;

static void feed(struct step_event *event)
{
	struct update update = { 0 };

	event->now_ns = EPOCH + (int64_t)d.tick * SEC;
	assert_int_equal(step(d.step, event, &update), 0);
	uv_store_add(d.queue, &update.rows);
	update_free(&update);
}

static void on_room(void *data, enum step_room room)
{
	struct step_event event = { .type = STEP_ROOM };
	size_t used = strlen(d.rooms);

	(void)data;
	snprintf(d.rooms + used, sizeof(d.rooms) - used, "%d ", (int)room);
	event.room = room;
	feed(&event);
}

static void on_status(void *data, struct status *status)
{
	(void)data;
	status->heartbeat_ns = (int64_t)d.tick;
}

static void on_error(void *data, enum store_result result, const char *error)
{
	(void)data;
	(void)result;
	snprintf(d.errors, sizeof(d.errors), "%s", error ? error : "none");
}

static const struct uv_store_callbacks callbacks = { .on_room = on_room,
						     .on_status = on_status,
						     .on_error = on_error };

static void begin_reading(void)
{
	struct db_error err;

	assert_int_equal(db_open_ro(tmppath, &d.reader, &err), DB_OK);
	sqlite3_exec(d.reader, "BEGIN; SELECT count(*) FROM tick", NULL, NULL,
		     NULL);
}

static void end_reading(void)
{
	sqlite3_close(d.reader);
	d.reader = NULL;
}

static int setup(void **state)
{
	static const struct retention keep = { .raw_ns = UINT64_C(1) << 60,
					       .minutes_ns = UINT64_C(1) << 60,
					       .hours_ns = UINT64_C(1) << 60,
					       .size_bytes = SIZE };
	struct step_config config = { .engines = 1, .boot_uuid = "boot" };
	struct step_past past;
	struct db_error err;

	(void)state;
	memset(&d, 0, sizeof(d));
	uv_loop_init(&d.loop);
	if (tmpdir_make() || store_open(tmppath, &d.store, &err) != DB_OK ||
	    store_load(d.store, &past) || step_new(&config, &past, &d.step) ||
	    uv_store_new(&d.loop, d.store, 0, &callbacks, NULL, &d.queue))
		return -1;
	uv_store_configure(d.queue, 0, &keep);
	return 0;
}

static void on_closed(void *data, size_t lost)
{
	(void)data;
	assert_int_equal(lost, 0);
	d.closed = true;
}

static void close_queue(void)
{
	uv_store_close(d.queue, on_closed);
	uv_run(&d.loop, UV_RUN_DEFAULT);
	assert_true(d.closed);
}

static int teardown(void **state)
{
	(void)state;
	end_reading();
	if (!d.closed)
		close_queue();
	step_free(d.step);
	store_close(d.store);
	uv_loop_close(&d.loop);
	return tmpdir_remove();
}

static void send_message(enum step_source source)
{
	struct step_event event = { .type = STEP_MESSAGE };

	event.source = source;
	event.message = &d.message;
	feed(&event);
}

static struct message *begin_message(void)
{
	memset(&d.message, 0, offsetof(struct message, container));
	return &d.message;
}

static void tell_module(void)
{
	struct message *msg = begin_message();

	msg->have_module = true;
	msg->module.boot_id = (struct str){ "boot", 4 };
	msg->module.instance = 1;
	send_message(STEP_REPLY);
}

/* Each figure moves, so that the log grows as fast as it can. */
static struct container_info busy_container(unsigned int i)
{
	static char id[CONTAINERS][65];
	struct container_info info = { .cgroup_id = 1000 + i,
				       .id = { id[i], 64 },
				       .path = { "/x", 2 } };

	snprintf(id[i], sizeof(id[i]), "%064x", i);
	for (unsigned int m = 0; m < CM_COUNT; m++)
		metric_set(&info.m, m, (d.tick + i) * (m + 7919) * 1000000);
	return info;
}

static void tell_tick(void)
{
	struct message *msg = begin_message();

	d.tick++;
	msg->have_tick = true;
	msg->tick = (struct tick_info){
		.instance = 1,
		.number = d.tick,
		.boottime_ns = d.tick * (uint64_t)SEC,
		.realtime_ns = (uint64_t)EPOCH + d.tick * (uint64_t)SEC,
		.interval_ns = (uint64_t)SEC,
		.last = true,
		.containers = CONTAINERS,
	};
	msg->containers = CONTAINERS;
	for (unsigned int i = 0; i < CONTAINERS; i++)
		msg->container[i] = busy_container(i);
	send_message(STEP_MULTICAST);
}

static void tell_event(void)
{
	struct message *msg = begin_message();

	msg->have_event = true;
	msg->event = (struct event_info){
		.instance = 1,
		.seq = ++d.seq,
		.type = SYSMON_EVENT_TYPE_THROTTLED,
		.boottime_ns = d.tick * (uint64_t)SEC,
		.realtime_ns = (uint64_t)EPOCH + d.tick * (uint64_t)SEC,
	};
	send_message(STEP_MULTICAST);
}

/* Until all is stored. */
static void settle(void)
{
	struct uv_store_stats stats;

	do {
		uv_run(&d.loop, UV_RUN_ONCE);
		uv_store_stats(d.queue, &stats);
	} while (stats.queue_rows);
	if (stats.db_bytes + stats.wal_bytes > d.disk_max)
		d.disk_max = stats.db_bytes + stats.wal_bytes;
}

/* Seconds of the daemon's life, each with a commit. */
static void live(unsigned int seconds)
{
	for (unsigned int i = 0; i < seconds; i++) {
		tell_tick();
		if (d.tick % EVENT_EACH == 0)
			tell_event();
		settle();
	}
}

static int64_t one(const char *sql)
{
	return sql_number(d.store->db, sql);
}

static int64_t log_bytes(void)
{
	int64_t db, wal;

	store_sizes(d.store, &db, &wal);
	return wal;
}

static void reader_of_an_hour_does_not_fill_the_disk(void **state)
{
	(void)state;
	tell_module();
	live(60);
	begin_reading();

	live(HOUR);

	assert_true(log_bytes() > LOG_MAX);
	assert_in_range(d.disk_max, LOG_MAX, SIZE + LOG_MAX + 2 * MIB);
	assert_string_equal(d.rooms, "1 "); /* STEP_ROOM_LOG */
	assert_int_equal(one("SELECT count(*) FROM event"), d.seq);
	assert_true(one("SELECT max(number) FROM tick") < HOUR);

	end_reading();
	live(3 * EVENT_EACH); /* there must be something to be stored */

	assert_string_equal(d.rooms, "1 0 ");
	assert_in_range(log_bytes(), 1, 17 * MIB);
	assert_int_equal(one("SELECT max(number) FROM tick"), d.tick);
	/* All is accounted for: the one gap has what is not there. Ticks that
	 * went for want of room, by retention, are the oldest. */
	assert_int_equal(one("SELECT count(*) FROM gap"
			     " WHERE reason = 'log-full'"),
			 1);
	assert_int_equal(one("SELECT max(number) - min(number) + 1 - count(*)"
			     " FROM tick"),
			 one("SELECT sum(count) FROM gap"));
	assert_string_equal(d.errors, "");
	close_queue();
	assert_int_equal(one("SELECT count(*) FROM pragma_integrity_check"
			     " WHERE integrity_check = 'ok'"),
			 1);
}

/* Rows of whatever kind that are given all the same. */
static enum store_result commit_bulk(int64_t id)
{
	static char text[1 << 20];
	struct row row = { .type = ROW_ALARM };
	struct rows rows = { 0 };
	enum store_result result;

	memset(text, 'x', sizeof(text) - 1);
	row.alarm = (struct alarm_row){ .id = id,
					.ts_ns = EPOCH,
					.rule = "rule",
					.reason = "refused",
					.detail = text };
	assert_non_null(rows_add(&rows, &row));
	result = store_commit(d.store, &rows, NULL);
	rows_free(&rows);
	return result;
}

static void log_takes_nothing_at_all_at_its_end(void **state)
{
	struct retention keep = { .size_bytes = 1 };
	int64_t stored = 0, held;
	bool more;

	(void)state;
	store_retention(d.store, &keep);
	begin_reading();
	while (!store_log_full(d.store) && stored < 1000)
		assert_int_equal(commit_bulk(++stored), STORE_OK);
	assert_in_range(log_bytes(), LOG_MAX, LOG_MAX + 2 * MIB);
	/* What would be removed only made it larger. */
	assert_int_equal(store_retain(d.store, EPOCH, &more), STORE_OK);
	assert_false(more);

	while (stored < 1000 && commit_bulk(stored + 1) == STORE_OK)
		stored++;

	held = log_bytes();
	assert_in_range(held, 2 * LOG_MAX, 2 * LOG_MAX + 2 * MIB);
	assert_non_null(strstr(store_error(d.store), "a reader holds"));
	assert_int_equal(commit_bulk(stored + 1), STORE_RETRY);
	assert_int_equal(log_bytes(), held);

	end_reading();
	for (int i = 0; i < 3; i++)
		assert_int_equal(commit_bulk(++stored), STORE_OK);

	assert_false(store_log_full(d.store));
	assert_in_range(log_bytes(), 1, 17 * MIB);
	assert_int_equal(one("SELECT count(*) FROM alarm"), stored);
}

/* What the main file may still grow by, the log may take for a while. */
static void room_that_is_not_used_is_the_logs(void **state)
{
	struct retention keep = { .size_bytes = (uint64_t)(40 * MIB) };
	int64_t stored = 0;

	(void)state;
	store_retention(d.store, &keep);
	begin_reading();
	while (!store_log_full(d.store) && stored < 1000)
		assert_int_equal(commit_bulk(++stored), STORE_OK);

	assert_in_range(log_bytes(), LOG_MAX + 38 * MIB, LOG_MAX + 42 * MIB);
	keep.size_bytes = 0; /* and without a limit it is never full */
	store_retention(d.store, &keep);
	assert_int_equal(commit_bulk(++stored), STORE_OK);
	assert_false(store_log_full(d.store));
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(reader_of_an_hour_does_not_fill_the_disk),
		T(log_takes_nothing_at_all_at_its_end),
		T(room_that_is_not_used_is_the_logs),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
