// SPDX-License-Identifier: GPL-2.0
/* What is too old goes, what has no room goes in its order, the rest stays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <cmocka.h>

#include "collectord/store_int.h"
#include "store_world.h"

#define BIT(i) (UINT64_C(1) << (i))
#define SEC    INT64_C(1000000000)
#define HOUR   (3600 * SEC)
#define DAY    (24 * HOUR)

/* Ticks begin here. */
#define START (1000 * DAY)

static int64_t ticks; /* so far */

static const struct retention defaults = { .raw_ns = 2 * DAY,
					   .minutes_ns = 60 * DAY,
					   .hours_ns = 730 * DAY,
					   .size_bytes = 1 << 30 };

static int setup(void **state)
{
	(void)state;
	ticks = 0;
	if (store_begin())
		return -1;
	add_boot_and_session();
	return 0;
}

static const char *cut_at(int64_t now_ns)
{
	struct retained retained;

	store_retained(store, now_ns, &retained);
	return retained.cut ? retained.cut : "";
}

/* Ticks of so many containers, each so long after the one before. */
static void add_ticks(int64_t count, int64_t from_ns, int64_t apart_ns,
		      size_t containers)
{
	for (int64_t i = 0; i < count; i++) {
		int64_t ts_ns = from_ns + i * apart_ns;
		struct tick_row *tick =
			add_plain_tick(++ticks, ts_ns, containers);

		for (size_t c = 0; c < containers; c++) {
			struct sample_row *s = &tick->sample[c];

			s->have = BIT(CM_MEM_CURRENT) | BIT(CM_NET_RX_BYTES);
			s->v[CM_MEM_CURRENT] = 1 << 20;
			s->v[CM_NET_RX_BYTES] = (uint64_t)i * 7919;
		}
		if (i % 100 == 99)
			commit();
	}
	commit();
}

static void add_container(int64_t id, int64_t stopped_ns)
{
	struct row c = { .type = ROW_CONTAINER };

	c.container = (struct container_row){ .id = id,
					      .boot = 1,
					      .key = "k",
					      .name = "web",
					      .first_seen_ns = START,
					      .stopped_ns = stopped_ns };
	add(c);
}

static void add_alarm(int64_t id, int64_t container, int64_t ts_ns)
{
	struct row alarm = { .type = ROW_ALARM };

	alarm.alarm = (struct alarm_row){ .id = id,
					  .ts_ns = ts_ns,
					  .rule = "rule",
					  .container = container,
					  .reason = "refused" };
	add(alarm);
}

static void add_stop(int64_t id, int64_t container, int64_t stopped_ns)
{
	struct row stop = { .type = ROW_STOP };
	struct row event = { .type = ROW_EVENT };

	stop.stop = (struct stop_row){ .id = id,
				       .container = container,
				       .stopped_ns = stopped_ns };
	event.event = (struct event_row){ .session = 1,
					  .seq = (uint64_t)id,
					  .ts_ns = stopped_ns,
					  .type = "stop",
					  .container = container,
					  .have_subject = true };
	add(stop);
	add(event);
}

/* Removes until nothing more has to go; returns the batches. */
static int retain(const struct retention *keep, int64_t now_ns)
{
	int batches = 0;
	bool more;

	store_retention(store, keep);
	do {
		assert_int_equal(store_retain(store, now_ns, &more), STORE_OK);
		batches += more;
	} while (more && batches < 100000);
	assert_false(more);
	return batches;
}

static int64_t count(const char *table)
{
	char sql[64];

	snprintf(sql, sizeof(sql), "SELECT count(*) FROM %s", table);
	return value_of(sql);
}

static void young_rows_stay(void **state)
{
	(void)state;
	add_ticks(300, START, SEC, 5);

	assert_int_equal(retain(&defaults, START + 300 * SEC), 0);

	assert_int_equal(count("tick"), 300);
}

static void raw_samples_go_by_age_and_minutes_stay(void **state)
{
	(void)state;
	add_ticks(6000, START, SEC, 5);

	assert_true(retain(&defaults, START + 2 * DAY + 3000 * SEC) > 10);

	/* A batch waits until all of it is old. */
	assert_in_range(count("tick"), 3000, 3064);
	assert_int_equal(count("sample"), 5 * count("tick"));
	assert_in_range(count("sample_base"), 5, 10);
	assert_int_equal(value_of("SELECT count(*) FROM sample"
				  " WHERE mem_bytes = 1 << 20"),
			 count("sample"));
	assert_int_equal(count("tick_1m"), 99);
}

static void each_tier_has_an_age_of_its_own(void **state)
{
	(void)state;
	/* A tick a minute, for 10 days. */
	add_ticks(10 * 1440, START, 60 * SEC, 1);
	struct retention keep = { .raw_ns = HOUR,
				  .minutes_ns = DAY,
				  .hours_ns = 4 * DAY,
				  .size_bytes = 1 << 30 };

	retain(&keep, START + 10 * DAY);

	assert_in_range(count("tick"), 60, 60 + 64);
	/* The last minute, and hour, is still in the making. */
	assert_in_range(count("tick_1m"), 1439, 1439 + 4);
	assert_in_range(count("tick_1h"), 95, 95 + 4);
	assert_int_equal(count("sample_1m"), count("tick_1m"));
	assert_int_equal(count("sample_1h"), count("tick_1h"));
}

/* After a long pause the daemon still knows where its ids stand. */
static void newest_row_of_each_tier_stays(void **state)
{
	(void)state;
	add_ticks(7300, START, SEC, 1);

	retain(&defaults, START + 3000 * DAY);

	assert_int_equal(value_of("SELECT max(id) FROM tick"), 7300);
	assert_int_equal(count("tick_1h"), 1);
	assert_true(count("tick_1m") >= 1);
	add_ticks(120, START + 3000 * DAY, SEC, 1);
	assert_int_equal(value_of("SELECT ticks FROM tick_1m"
				  " ORDER BY id DESC LIMIT 1"),
			 60);
}

/* Ticks that no minute has yet are no older than the last minute. */
static void ticks_stay_until_a_minute_has_them(void **state)
{
	(void)state;
	add_ticks(30, START, SEC, 1);

	assert_int_equal(retain(&defaults, START + 3 * DAY), 0);

	assert_int_equal(count("tick"), 30);
}

static void times_to_come_do_not_stop_it(void **state)
{
	(void)state;
	add_ticks(120, START + 5000 * DAY, SEC, 1); /* a clock gone wrong */
	add_ticks(120, START, SEC, 1);

	retain(&defaults, START + 130 * SEC);

	/* But for what shares a batch with the young ones. */
	assert_in_range(count("tick"), 120, 120 + 64);
}

static void want_of_room_takes_raw_samples_first(void **state)
{
	struct retention keep = defaults;

	(void)state;
	add_container(10, START + 5 * SEC);
	add_stop(1, 10, START + 5 * SEC);
	add_ticks(2 * 3700, START, SEC, 200);
	keep.size_bytes = 16 << 20;

	retain(&keep, START + 2 * 3700 * SEC);

	assert_true(value_of("SELECT (SELECT page_count FROM pragma_page_count)"
			     " - (SELECT freelist_count"
			     " FROM pragma_freelist_count)") *
			    4096 <=
		    16 << 20);
	assert_true(count("tick") < 7400);
	assert_int_equal(count("tick_1m"), 123);
	assert_int_equal(count("tick_1h"), 2);
	assert_int_equal(count("stop"), 1);
	assert_int_equal(count("event"), 1);
	assert_string_equal(cut_at(START + 7401 * SEC), "raw");
	assert_string_equal(cut_at(START + 7401 * SEC + HOUR), "");
	/* It goes on working at its cap. */
	add_ticks(200, START + 7400 * SEC, SEC, 200);
	assert_int_equal(value_of("SELECT max(id) FROM tick"), 7600);
}

static void want_of_room_takes_tiers_next_and_records_last(void **state)
{
	struct retention keep = defaults;

	(void)state;
	for (int64_t i = 1; i <= 20; i++) {
		add_container(i, START + i);
		add_stop(i, i, START + i);
	}
	add_ticks(7300, START, SEC, 20);
	keep.size_bytes = 1; /* nothing would be small enough */

	retain(&keep, START + 7300 * SEC);

	/* What no tier has yet, and the newest of all else. */
	assert_in_range(count("tick"), 1, 100);
	assert_in_range(count("tick_1m"), 1, 3);
	assert_int_equal(count("tick_1h"), 1);
	assert_int_equal(count("stop"), 1);
	assert_int_equal(count("event"), 0);
	assert_int_equal(count("event_process"), 0);
	assert_string_equal(cut_at(START + 7301 * SEC), "records");
}

/* Also where there is no room: what is old by then is not cut. */
static void what_goes_by_age_is_not_cut(void **state)
{
	struct retention keep = defaults;

	(void)state;
	add_ticks(200, START, SEC, 20);

	assert_true(retain(&keep, START + 3 * DAY) > 0);

	assert_string_equal(cut_at(START + 3 * DAY), "");
	keep.size_bytes = 1;
	keep.raw_ns = keep.minutes_ns = keep.hours_ns = SEC;
	retain(&keep, START + 3 * DAY + HOUR);
	assert_string_equal(cut_at(START + 3 * DAY + HOUR), "");
}

static void file_shrinks_when_much_is_free(void **state)
{
	struct retention keep = defaults;
	struct stat before, after;

	(void)state;
	add_ticks(7300, START, SEC, 200);
	sqlite3_wal_checkpoint_v2(reader, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL,
				  NULL);
	assert_int_equal(stat(tmppath, &before), 0);
	keep.size_bytes = 16 << 20;

	retain(&keep, START + 7300 * SEC);
	sqlite3_close(reader);
	reader = NULL;
	store_close(store); /* the last one: it checkpoints */
	store = NULL;

	assert_int_equal(stat(tmppath, &after), 0);
	assert_true(before.st_size > 30 << 20);
	assert_true(after.st_size < 21 << 20);
}

/* Names last as long as what they name. */
static int64_t log_bytes(void)
{
	int64_t main_file, log;

	store_sizes(store, &main_file, &log);
	return log;
}

/* A reader that keeps its transaction open for an hour of ticks. */
static void reader_of_an_hour_costs_room_for_a_while(void **state)
{
	sqlite3 *other;
	struct db_error err;

	(void)state;
	add_ticks(100, START, SEC, 250);
	assert_int_equal(db_open_ro(tmppath, &other, &err), DB_OK);
	sqlite3_exec(other, "BEGIN; SELECT count(*) FROM tick", NULL, NULL,
		     NULL);

	for (int64_t i = 1; i <= 36; i++) {
		add_ticks(100, START + i * 100 * SEC, SEC, 250);
		retain(&defaults, START + i * 100 * SEC);
	}

	assert_int_equal(count("tick"), 3700);
	assert_int_equal(count("tick_1m"), 61);
	/* It grows, which the status tells; all that is in it can be read. */
	assert_true(log_bytes() > 16 << 20);

	sqlite3_exec(other, "COMMIT", NULL, NULL, NULL);
	sqlite3_close(other);
	add_ticks(100, START + 3700 * SEC, SEC, 250);
	add_ticks(100, START + 3800 * SEC, SEC, 250);
	assert_in_range(log_bytes(), 1, 17 << 20);
	assert_int_equal(count("tick"), 3900);
	assert_int_equal(value_of("SELECT count(*) FROM"
				  " (SELECT DISTINCT number FROM tick)"),
			 3900);
}

static void container_goes_with_the_last_that_refers_to_it(void **state)
{
	(void)state;
	add_container(10, START + 10 * SEC);
	add_container(11, START + 20 * SEC);
	add_container(12, 0);
	add_stop(1, 10, START + 10 * SEC);
	add_stop(2, 11, START + 20 * SEC);
	add_stop(3, 11, START + 900 * DAY);
	add_alarm(1, 10, START + 10 * SEC);
	add_alarm(2, 12, START + 900 * DAY);
	add_ticks(7300, START, SEC, 3);
	add_ticks(7300, START + 800 * DAY, SEC, 1);

	/* The hours are there: all names too. */
	retain(&defaults, START + 729 * DAY);
	assert_int_equal(count("container"), 3);
	assert_int_equal(count("stop"), 3);
	assert_int_equal(count("alarm"), 2);
	retain(&defaults, START + 801 * DAY);

	assert_int_equal(count("stop"), 1);
	assert_int_equal(count("alarm"), 1);
	assert_int_equal(value_of("SELECT count(*) FROM container"
				  " WHERE id = 10"),
			 0);
	assert_int_equal(count("container"), 2);
}

static void failed_removal_is_told_and_repeated(void **state)
{
	sqlite3 *other;
	bool more;

	(void)state;
	add_ticks(300, START, SEC, 1);
	store_retention(store, &defaults);
	assert_int_equal(sqlite3_open(tmppath, &other), SQLITE_OK);
	sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL);

	assert_int_equal(store_retain(store, START + 3 * DAY, &more),
			 STORE_RETRY);

	assert_false(more);
	assert_string_not_equal(store_error(store), "");
	sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL);
	sqlite3_close(other);
	assert_true(retain(&defaults, START + 3 * DAY + 6 * SEC) > 0);
	add_ticks(120, START + 3 * DAY, SEC, 1);
	assert_int_equal(value_of("SELECT sum(ticks) FROM tick_1m"), 360);
}

static int deny_full(void *arg, int action, const char *pragma,
		     const char *value, const char *database,
		     const char *trigger)
{
	(void)arg;
	(void)database;
	(void)trigger;
	return action == SQLITE_PRAGMA && !strcmp(pragma, "synchronous") &&
			       value && !strcmp(value, "FULL")
		       ? SQLITE_DENY
		       : SQLITE_OK;
}

static int synchronous(void)
{
	sqlite3_stmt *stmt;
	int value;

	assert_int_equal(sqlite3_prepare_v2(store->db, "PRAGMA synchronous", -1,
					    &stmt, NULL),
			 SQLITE_OK);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	value = sqlite3_column_int(stmt, 0);
	sqlite3_finalize(stmt);
	return value;
}

/* What is stored waits for the disk, whatever has failed after a removal. */
static void nothing_is_stored_without_waiting_for_the_disk(void **state)
{
	bool more;

	(void)state;
	add_ticks(300, START, SEC, 1);
	store_retention(store, &defaults);
	sqlite3_set_authorizer(store->db, deny_full, NULL);
	assert_int_equal(store_retain(store, START + 3 * DAY, &more), STORE_OK);
	assert_true(more);

	add_container(1, 0);
	assert_int_not_equal(store_commit(store, &rows, NULL), STORE_OK);
	assert_int_equal(value_of("SELECT count(*) FROM container"), 0);
	sqlite3_set_authorizer(store->db, NULL, NULL);
	commit();

	assert_int_equal(value_of("SELECT count(*) FROM container"), 1);
	assert_int_equal(synchronous(), 2);
}

#define T(test) cmocka_unit_test_setup_teardown(test, setup, store_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(young_rows_stay),
		T(raw_samples_go_by_age_and_minutes_stay),
		T(each_tier_has_an_age_of_its_own),
		T(newest_row_of_each_tier_stays),
		T(ticks_stay_until_a_minute_has_them),
		T(times_to_come_do_not_stop_it),
		T(want_of_room_takes_raw_samples_first),
		T(want_of_room_takes_tiers_next_and_records_last),
		T(what_goes_by_age_is_not_cut),
		T(file_shrinks_when_much_is_free),
		T(reader_of_an_hour_costs_room_for_a_while),
		T(container_goes_with_the_last_that_refers_to_it),
		T(failed_removal_is_told_and_repeated),
		T(nothing_is_stored_without_waiting_for_the_disk),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
