// SPDX-License-Identifier: GPL-2.0
/* The queue before the store: what it does with memory when much has waited. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "collectord/uv_store.h"
#include "tmpdir.h"

#define WAITING_MAX (24u << 20)
#define KEPT_MAX    (4u << 20)
#define STAYS_EACH  100 /* rows */

static uv_loop_t loop;
static struct store *store;
static struct uv_store *queue;
static bool closed;

static void on_room(void *data, enum step_room room)
{
	(void)data;
	(void)room;
}

static void on_status(void *data, struct status *status)
{
	(void)data;
	(void)status;
}

static void on_error(void *data, enum store_result result, const char *error)
{
	(void)data;
	assert_int_equal(result, STORE_OK);
	assert_null(error);
}

static void on_closed(void *data, size_t lost)
{
	(void)data;
	assert_int_equal(lost, 0);
	closed = true;
}

static int setup(void **state)
{
	static const struct uv_store_callbacks callbacks = {
		.on_room = on_room,
		.on_status = on_status,
		.on_error = on_error,
	};
	struct db_error err;

	(void)state;
	uv_loop_init(&loop);
	if (tmpdir_make() || store_open(tmppath, &store, &err) != DB_OK)
		return -1;
	return uv_store_new(&loop, store, 0, &callbacks, NULL, &queue);
}

static int teardown(void **state)
{
	(void)state;
	uv_store_close(queue, on_closed);
	uv_run(&loop, UV_RUN_DEFAULT);
	store_close(store);
	uv_loop_close(&loop);
	return closed ? tmpdir_remove() : -1;
}

static size_t resident(void)
{
	unsigned long all, pages = 0;
	FILE *f = fopen("/proc/self/statm", "re");

	assert_non_null(f);
	assert_int_equal(fscanf(f, "%lu %lu", &all, &pages), 2);
	fclose(f);
	return pages * (size_t)sysconf(_SC_PAGESIZE);
}

/* Rows until so much waits, and among them something that stays. */
static void fill_queue(void **stays, size_t n)
{
	struct row row = {
		.type = ROW_JOB,
		.job = { .name = "j", .kind = "job", .command = "c" }
	};
	struct uv_store_stats stats = { 0 };
	struct rows rows = { 0 };

	for (size_t i = 0; i < n && stats.queue_bytes < WAITING_MAX; i++) {
		assert_non_null(rows_add(&rows, &row));
		uv_store_add(queue, &rows);
		uv_store_stats(queue, &stats);
		if (i % STAYS_EACH == 0)
			stays[i] = malloc(32);
	}
	assert_true(stats.queue_bytes >= WAITING_MAX);
}

static void memory_of_what_waited_is_given_back(void **state)
{
	static void *stays[200000];
	size_t before = resident(), n = sizeof(stays) / sizeof(*stays);
	struct uv_store_stats stats;

	(void)state;
	fill_queue(stays, n);
	assert_true(resident() > before + WAITING_MAX / 2);
	do {
		uv_run(&loop, UV_RUN_ONCE);
		uv_store_stats(queue, &stats);
	} while (stats.queue_rows);
#ifndef __SANITIZE_ADDRESS__ /* its allocator keeps what was freed */
	assert_in_range(resident(), 0, before + sizeof(stays) + KEPT_MAX);
#endif
	for (size_t i = 0; i < n; i++)
		free(stays[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			memory_of_what_waited_is_given_back, setup, teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
