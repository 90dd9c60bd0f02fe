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

/* Whether a table or view has the column. */
static bool has_column(const char *table, const char *column)
{
	sqlite3_stmt *stmt;
	char sql[128];
	int rc;

	snprintf(sql, sizeof(sql), "SELECT %s.%s FROM %s", table, column,
		 table);
	rc = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);
	sqlite3_finalize(stmt);
	return rc == SQLITE_OK;
}

static const struct {
	const char *name;
	const struct metric *metric;
	size_t count;
} tables[] = {
	{ "sample", container_metrics, CM_COUNT },
	{ "tick", system_metrics, SM_COUNT },
	{ "cpu", cpu_metrics, PM_COUNT },
	{ "io_device", device_metrics, DM_COUNT },
};

#define TABLES (sizeof(tables) / sizeof(tables[0]))

static void each_metric_has_a_column_in_its_table(void **state)
{
	(void)state;

	for (size_t t = 0; t < TABLES; t++)
		for (size_t i = 0; i < tables[t].count; i++)
			if (!has_column(tables[t].name,
					tables[t].metric[i].column))
				fail_msg("%s.%s", tables[t].name,
					 tables[t].metric[i].column);
}

/* Whether the definition of that name has the words in it. */
static bool schema_says(const char *name, const char *word)
{
	sqlite3_stmt *stmt;
	bool found = false;

	assert_int_equal(sqlite3_prepare_v2(db,
					    "SELECT instr(sql, ?2) FROM "
					    "sqlite_schema WHERE name = ?1",
					    -1, &stmt, NULL),
			 SQLITE_OK);
	sqlite3_bind_text(stmt, 1, name, -1, SQLITE_STATIC);
	sqlite3_bind_text(stmt, 2, word, -1, SQLITE_STATIC);
	if (sqlite3_step(stmt) == SQLITE_ROW)
		found = sqlite3_column_int(stmt, 0) > 0;
	sqlite3_finalize(stmt);
	return found;
}

/* The view must look where the writer puts: under its key, by its bit. */
static void views_read_samples_by_the_metric_table(void **state)
{
	char text[160];

	(void)state;
	for (unsigned int i = 0; i < CM_COUNT; i++) {
		const struct metric *m = &container_metrics[i];

		if (!m->key)
			snprintf(text, sizeof(text), "r.%s,", m->column);
		else if (m->kind == METRIC_GAUGE)
			snprintf(text, sizeof(text),
				 "b.%s + ifnull(r.more ->> '%s', 0) AS %s",
				 m->column, m->key, m->column);
		else
			snprintf(text, sizeof(text),
				 "iif(b.known >> %u & 1, "
				 "ifnull(r.more ->> '%s', 0), NULL) AS %s",
				 i, m->key, m->column);
		if (!schema_says("sample", text))
			fail_msg("not in the view: %s", text);
	}
}

static void keys_are_distinct_and_short(void **state)
{
	const struct metric *m = container_metrics;

	(void)state;
	for (size_t i = 0; i < CM_COUNT; i++)
		for (size_t j = 0; m[i].key && j < i; j++) {
			assert_true(strlen(m[i].key) <= 2);
			assert_true(!m[j].key || strcmp(m[i].key, m[j].key));
		}
}

static bool ends_in(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n >= m && !strcmp(text + n - m, end);
}

/* A unit's ending and its divisor belong together. */
static void times_are_stored_in_microseconds(void **state)
{
	(void)state;

	for (size_t t = 0; t < TABLES; t++)
		for (size_t i = 0; i < tables[t].count; i++) {
			const struct metric *m = &tables[t].metric[i];
			bool is_time = ends_in(m->column, "_us");

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

	for (size_t t = 0; t < TABLES; t++)
		for (size_t i = 0; i < tables[t].count; i++)
			assert_true(attribute_is_used_once(tables[t].metric,
							   tables[t].count, i));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_metric_has_a_column_in_its_table),
		cmocka_unit_test(views_read_samples_by_the_metric_table),
		cmocka_unit_test(keys_are_distinct_and_short),
		cmocka_unit_test(times_are_stored_in_microseconds),
		cmocka_unit_test(attributes_and_columns_are_distinct),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
