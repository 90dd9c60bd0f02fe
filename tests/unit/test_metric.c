// SPDX-License-Identifier: GPL-2.0
/* The metric tables agree with the schema and with themselves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "db.h"
#include "metric.h"
#include "tmpdir.h"

static sqlite3 *db;

static int setup(void **state)
{
	(void)state;
	if (tmpdir_make())
		return -1;
	return db_open_rw(tmppath, &db, NULL) == DB_OK ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	sqlite3_close(db);
	return tmpdir_remove();
}

/* Whether a table has a column of integers. */
static bool has_column(const char *table, const char *column)
{
	const char *type = NULL;

	return sqlite3_table_column_metadata(db, NULL, table, column, &type,
					     NULL, NULL, NULL,
					     NULL) == SQLITE_OK &&
	       strcmp(type, "INTEGER") == 0;
}

static void each_container_metric_has_a_column_in_sample(void **state)
{
	(void)state;

	for (size_t i = 0; i < CM_COUNT; i++)
		if (!has_column("sample", container_metrics[i].column))
			fail_msg("sample.%s", container_metrics[i].column);
}

static void each_system_metric_has_a_column_in_tick(void **state)
{
	(void)state;

	for (size_t i = 0; i < SM_COUNT; i++)
		if (!has_column("tick", system_metrics[i].column))
			fail_msg("tick.%s", system_metrics[i].column);
}

/* A unit's ending and its divisor belong together. */
static void times_are_stored_in_microseconds(void **state)
{
	(void)state;

	for (size_t i = 0; i < CM_COUNT; i++) {
		const struct metric *m = &container_metrics[i];
		const char *end = strrchr(m->column, '_');
		bool is_time = end && strcmp(end, "_us") == 0;

		assert_int_equal(m->divisor, is_time ? 1000 : 1);
	}
}

static bool attribute_is_used_once(const struct metric *m, size_t n, size_t i)
{
	for (size_t j = 0; j < n; j++)
		if (j != i && (m[j].attribute == m[i].attribute ||
			       !strcmp(m[j].column, m[i].column)))
			return false;
	return m[i].wire_bytes == 4 || m[i].wire_bytes == 8;
}

static void attributes_and_columns_are_distinct(void **state)
{
	(void)state;

	for (size_t i = 0; i < CM_COUNT; i++)
		assert_true(
			attribute_is_used_once(container_metrics, CM_COUNT, i));
	for (size_t i = 0; i < SM_COUNT; i++)
		assert_true(
			attribute_is_used_once(system_metrics, SM_COUNT, i));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_container_metric_has_a_column_in_sample),
		cmocka_unit_test(each_system_metric_has_a_column_in_tick),
		cmocka_unit_test(times_are_stored_in_microseconds),
		cmocka_unit_test(attributes_and_columns_are_distinct),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
