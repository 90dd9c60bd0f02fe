/* SPDX-License-Identifier: GPL-2.0 */
/* What a query of a test answers. Include cmocka.h before. */
#ifndef SYSMON_TEST_SQL_H
#define SYSMON_TEST_SQL_H

#include <sqlite3.h>
#include <stdio.h>

static inline sqlite3_stmt *sql_prepare(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *stmt;

	if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL))
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	return stmt;
}

/* The one value of a query, an integer; -1 is NULL. */
static inline int64_t sql_number(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *stmt = sql_prepare(db, sql);
	int64_t value = -1;

	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	if (sqlite3_column_type(stmt, 0) != SQLITE_NULL) {
		assert_int_equal(sqlite3_column_type(stmt, 0), SQLITE_INTEGER);
		value = sqlite3_column_int64(stmt, 0);
	}
	sqlite3_finalize(stmt);
	return value;
}

/*
 * The first row of a query, its columns joined by |, as the sqlite3 shell prints
 * it; "" when there is none. Good until the next one.
 */
static inline const char *sql_row(sqlite3 *db, const char *sql)
{
	static char out[512];
	sqlite3_stmt *stmt = sql_prepare(db, sql);
	size_t n = 0;

	out[0] = 0;
	if (sqlite3_step(stmt) == SQLITE_ROW)
		for (int i = 0; i < sqlite3_column_count(stmt); i++) {
			const unsigned char *t = sqlite3_column_text(stmt, i);

			n += (size_t)snprintf(out + n, sizeof(out) - n, "%s%s",
					      i ? "|" : "",
					      t ? (const char *)t : "NULL");
		}
	sqlite3_finalize(stmt);
	return out;
}

#endif
