// SPDX-License-Identifier: GPL-2.0
/*
 * The store on a disk that fails: each write, truncation and sync in its turn.
 * Rows that could not be stored are given again, as the queue does; in the end
 * each is there once.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "collectord/store.h"
#include "fault_vfs.h"
#include "sql.h"
#include "tmpdir.h"

#define BATCHES	  8
#define TRIES_MAX 8

static struct store *store;
static struct rows rows;

static void add(struct row row)
{
	assert_non_null(rows_add(&rows, &row));
}

static void add_first(void)
{
	struct row row = { .type = ROW_BOOT };

	row.boot = (struct boot_row){ 1, "uuid" };
	add(row);
	row = (struct row){ .type = ROW_SESSION };
	row.session = (struct session_row){ 1, 1, 50, 1000 };
	add(row);
	row = (struct row){ .type = ROW_CONTAINER };
	row.container = (struct container_row){ .id = 1,
						.boot = 1,
						.cgroup_id = 9,
						.key = "k",
						.path = "/k",
						.first_seen_ns = 1000 };
	add(row);
}

/* A tick with one sample, an event, and a gap of two ticks. */
static void add_batch(int64_t n)
{
	struct row row = { .type = ROW_TICK }, *tick;

	row.tick = (struct tick_row){ .id = n,
				      .session = 1,
				      .number = (uint64_t)(3 * n - 2),
				      .ts_ns = n,
				      .span_us = -1,
				      .samples = 1 };
	tick = rows_add(&rows, &row);
	assert_non_null(tick);
	tick->tick.sample[0] = (struct sample_row){ .container = 1 };
	row = (struct row){ .type = ROW_EVENT };
	row.event = (struct event_row){ .session = 1,
					.seq = (uint64_t)n,
					.ts_ns = n,
					.type = "start",
					.container = 1,
					.exec_delay_us = -1,
					.exit_code = -1,
					.count = -1,
					.limit = -1 };
	add(row);
	row = (struct row){ .type = ROW_GAP };
	row.gap = (struct gap_row){ .session = 1,
				    .kind = GAP_TICK,
				    .first = (uint64_t)(3 * n - 1),
				    .count = 2,
				    .reason = "store-full" };
	add(row);
}

/* As long as it takes; a disk that fails never is a damaged database. */
static void open_store(void)
{
	struct db_error err;
	enum db_result result = DB_FAILED;

	for (int i = 0; i < TRIES_MAX && result != DB_OK; i++) {
		result = store_open(tmppath, &store, &err);
		assert_true(result == DB_OK || result == DB_FAILED);
	}
	assert_int_equal(result, DB_OK);
}

static void commit(void)
{
	static struct status status = { .pid = 1 };
	enum store_result result = STORE_RETRY;

	for (int i = 0; i < TRIES_MAX && result != STORE_OK; i++) {
		status.commits++;
		result = store_commit(store, &rows, &status);
		assert_true(result == STORE_OK || result == STORE_RETRY);
	}
	assert_int_equal(result, STORE_OK);
	rows_free(&rows);
}

static void assert_all_is_there_once(void)
{
	struct db_error err;
	sqlite3 *db;

	assert_int_equal(db_open_ro(tmppath, &db, &err), DB_OK);
	assert_string_equal(sql_row(db, "PRAGMA integrity_check"), "ok");
	assert_string_equal(
		sql_row(db, "SELECT count(*) || '|' || sum(number) FROM tick"),
		"8|92");
	assert_string_equal(sql_row(db, "SELECT count(*) FROM sample"), "8");
	assert_string_equal(
		sql_row(db, "SELECT count(*) || '|' || sum(seq) FROM event"),
		"8|36");
	assert_string_equal(
		sql_row(db, "SELECT count(*) || '|' || sum(first) FROM gap"),
		"8|100");
	assert_string_equal(
		sql_row(db, "SELECT last_tick || '|' || last_seq FROM session"),
		"24|8");
	sqlite3_close(db);
}

/* A whole life of a store, with @times failures from the n-th write on. */
static void run(long n, long times, int error)
{
	assert_int_equal(tmpdir_make(), 0);
	fault.left = n;
	fault.times = times;
	fault.error = error;
	fault.failed = 0;
	open_store();
	add_first();
	for (int64_t i = 1; i <= BATCHES; i++) {
		add_batch(i);
		commit();
	}
	store_close(store);
	fault.left = 0;
	assert_all_is_there_once();
	assert_int_equal(tmpdir_remove(), 0);
}

static void fail_each(long times, int error)
{
	long n = 0;

	do
		run(++n, times, error);
	while (fault.failed);
	print_message("# %ld writes failed, %ld at a time\n", n - 1, times);
	assert_true(n > 20);
}

static void a_sound_disk_fails_nothing(void **state)
{
	(void)state;
	run(0, 0, SQLITE_IOERR);
	assert_int_equal(fault.failed, 0);
}

static void any_write_may_fail(void **state)
{
	(void)state;
	fail_each(1, SQLITE_IOERR);
}

static void any_write_may_find_the_disk_full(void **state)
{
	(void)state;
	fail_each(1, SQLITE_FULL);
}

static void writes_may_fail_for_a_while(void **state)
{
	(void)state;
	fail_each(3, SQLITE_FULL);
}

/* A cut of the power takes what was not committed, and no more. */
static void what_is_committed_is_on_the_disk(void **state)
{
	(void)state;
	assert_int_equal(tmpdir_make(), 0);
	open_store();
	add_first();
	for (int64_t i = 1; i <= BATCHES; i++) {
		add_batch(i);
		commit();
		assert_int_equal(fault.unsynced, 0);
	}
	store_close(store);
	assert_int_equal(tmpdir_remove(), 0);
}

/* What was removed need not be: a commit has it on the disk beside its own. */
static void removing_does_not_wait_for_the_disk(void **state)
{
	const struct retention keep = { 1, 1, 1, 1 };
	int64_t removed = 0;
	bool more = true;

	(void)state;
	assert_int_equal(tmpdir_make(), 0);
	open_store();
	add_first();
	for (int64_t i = 1; i <= BATCHES; i++)
		add_batch(i);
	commit();
	store_retention(store, &keep);
	for (; more; removed++)
		assert_int_equal(store_retain(store, INT64_C(1) << 62, &more),
				 STORE_OK);
	assert_true(removed > 1);
	assert_true(fault.unsynced > 0);
	add_batch(BATCHES + 1);
	commit();
	assert_int_equal(fault.unsynced, 0);
	store_close(store);
	assert_int_equal(tmpdir_remove(), 0);
}

static int install(void **state)
{
	(void)state;
	return fault_install();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sound_disk_fails_nothing),
		cmocka_unit_test(what_is_committed_is_on_the_disk),
		cmocka_unit_test(removing_does_not_wait_for_the_disk),
		cmocka_unit_test(any_write_may_fail),
		cmocka_unit_test(any_write_may_find_the_disk_full),
		cmocka_unit_test(writes_may_fail_for_a_while),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, install, NULL);
}
