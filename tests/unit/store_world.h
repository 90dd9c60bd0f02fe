/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A store of a test's own, rows on their way into it, and a reader of what came
 * of them. Include cmocka.h before.
 */
#ifndef SYSMON_TEST_STORE_WORLD_H
#define SYSMON_TEST_STORE_WORLD_H

#include "collectord/store.h"
#include "sql.h"
#include "tmpdir.h"

static struct store *store;
static sqlite3 *reader;
static struct rows rows;

static inline int store_begin(void)
{
	struct db_error err;

	if (tmpdir_make() || store_open(tmppath, &store, &err) != DB_OK ||
	    db_open_ro(tmppath, &reader, &err) != DB_OK)
		return -1;
	return 0;
}

static inline int store_end(void **state)
{
	(void)state;
	rows_free(&rows);
	sqlite3_close(reader);
	store_close(store);
	return tmpdir_remove();
}

static inline void add(struct row row)
{
	assert_non_null(rows_add(&rows, &row));
}

static inline void add_boot_and_session(void)
{
	struct row boot = { .type = ROW_BOOT };
	struct row session = { .type = ROW_SESSION };

	boot.boot = (struct boot_row){ 1, "the-boot" };
	session.session = (struct session_row){ 1, 1, 50, 1000 };
	add(boot);
	add(session);
}

/* A tick of a second, of so many containers, numbered from 10. */
static inline struct tick_row *add_plain_tick(int64_t id, int64_t ts_ns,
					      size_t containers)
{
	struct row row = { .type = ROW_TICK }, *out;

	row.tick = (struct tick_row){ .id = id,
				      .session = 1,
				      .number = (uint64_t)id,
				      .ts_ns = ts_ns,
				      .span_us = 1000000,
				      .interval_us = 1000000,
				      .samples = containers };
	out = rows_add(&rows, &row);
	assert_non_null(out);
	for (size_t i = 0; i < containers; i++)
		out->tick.sample[i] =
			(struct sample_row){ .container = 10 + (int64_t)i };
	return &out->tick;
}

static inline enum store_result try_commit(void)
{
	enum store_result result = store_commit(store, &rows, NULL);

	rows_free(&rows);
	return result;
}

static inline void commit(void)
{
	assert_int_equal(try_commit(), STORE_OK);
}

static inline const char *query(const char *sql)
{
	return sql_row(reader, sql);
}

static inline int64_t value_of(const char *sql)
{
	return sql_number(reader, sql);
}

#endif
