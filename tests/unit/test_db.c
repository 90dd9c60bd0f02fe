// SPDX-License-Identifier: GPL-2.0
/* Opening: what is made, what is migrated, what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "db.h"
#include "migrations.h"
#include "sql.h"
#include "tmpdir.h"

static struct db_error err;

static int setup(void **state)
{
	(void)state;
	err.text[0] = 0;
	return tmpdir_make();
}

static int teardown(void **state)
{
	(void)state;
	return tmpdir_remove();
}

/* Changes the file as some other program would. */
static void tamper(const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(tmppath, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void make_database(void)
{
	sqlite3 *db;

	assert_int_equal(db_open_rw(tmppath, &db, &err), DB_OK);
	sqlite3_close(db);
}

static void write_file(const char *text)
{
	FILE *f = fopen(tmppath, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void new_database_has_schema_and_settings(void **state)
{
	sqlite3 *db;

	(void)state;

	assert_int_equal(db_open_rw(tmppath, &db, &err), DB_OK);

	assert_int_equal(sql_number(db, "PRAGMA user_version"),
			 migration_count);
	assert_int_equal(sql_number(db, "PRAGMA application_id"),
			 DB_APPLICATION_ID);
	assert_int_equal(sql_number(db, "PRAGMA auto_vacuum"), 2);
	assert_int_equal(sql_number(db, "PRAGMA synchronous"), 2);
	assert_int_equal(sql_number(db, "PRAGMA secure_delete"), 0);
	assert_int_equal(sql_number(db, "SELECT count(*) FROM sample"), 0);
	sqlite3_close(db);
}

static void log_stays_for_readers_after_a_clean_close(void **state)
{
	char wal[160];

	(void)state;
	snprintf(wal, sizeof(wal), "%s-wal", tmppath);

	make_database();

	assert_int_equal(access(wal, F_OK), 0);
}

static void opening_again_changes_nothing(void **state)
{
	sqlite3 *db;

	(void)state;
	make_database();
	tamper("INSERT INTO boot VALUES (1, 'x')");

	assert_int_equal(db_open_rw(tmppath, &db, &err), DB_OK);

	assert_int_equal(sql_number(db, "SELECT count(*) FROM boot"), 1);
	sqlite3_close(db);
}

/* As the first release left it, with two samples. */
static void make_first_version(void)
{
	char pragmas[96];

	tamper("PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL");
	tamper(migrations[0].sql);
	snprintf(pragmas, sizeof(pragmas),
		 "PRAGMA application_id = %d; PRAGMA user_version = 1",
		 DB_APPLICATION_ID);
	tamper(pragmas);
	tamper("INSERT INTO sample (tick, container, cpu_usage_us, mem_bytes,"
	       " oom_kills, io_read_bytes, net_tx_errors) VALUES"
	       " (7, 3, NULL, 4096, 0, 77, 9223372036854775807),"
	       " (8, 3, 12, NULL, NULL, 0, 5)");
	tamper("INSERT INTO event (session, seq, ts_ns, boottime_ns, type)"
	       " VALUES (1, 2, 3, 4, 'start')");
}

static void first_version_is_brought_up_to_date_with_its_rows(void **state)
{
	sqlite3 *db;

	(void)state;
	make_first_version();

	assert_int_equal(db_open_rw(tmppath, &db, &err), DB_OK);

	assert_int_equal(sql_number(db, "PRAGMA user_version"),
			 migration_count);
	assert_int_equal(sql_number(db,
				    "SELECT count(*) FROM sample WHERE"
				    " (tick, container, mem_bytes, oom_kills,"
				    " io_read_bytes, net_tx_errors) ="
				    " (7, 3, 4096, 0, 77,"
				    " 9223372036854775807)"
				    " AND cpu_usage_us IS NULL"
				    " AND pids IS NULL"
				    " AND net_rx_bytes IS NULL"),
			 1);
	assert_int_equal(sql_number(db, "SELECT count(*) FROM sample WHERE"
					" (tick, cpu_usage_us, io_read_bytes,"
					" net_tx_errors) = (8, 12, 0, 5)"
					" AND mem_bytes IS NULL"
					" AND oom_kills IS NULL"),
			 1);
	assert_int_equal(sql_number(db, "SELECT count(*) FROM sample"), 2);
	assert_int_equal(sql_number(db, "SELECT count(*) FROM event"), 1);
	sqlite3_close(db);
}

static void
version_that_cannot_be_brought_up_to_date_is_left_alone(void **state)
{
	sqlite3 *db;

	(void)state;
	make_first_version();
	tamper("CREATE TABLE sample_base (x)");

	assert_int_equal(db_open_rw(tmppath, &db, &err), DB_FAILED);

	assert_int_equal(sqlite3_open(tmppath, &db), SQLITE_OK);
	assert_int_equal(sql_number(db, "PRAGMA user_version"), 1);
	assert_int_equal(sql_number(db, "SELECT count(*) FROM sample"), 2);
	assert_int_equal(sql_number(db, "SELECT count(*) FROM v_container"), 0);
	sqlite3_close(db);
}

static void impossible_schema_is_damage(void **state)
{
	sqlite3 *db;

	(void)state;
	make_database();
	tamper("PRAGMA user_version = -1");

	assert_int_equal(db_open_rw(tmppath, &db, &err), DB_DAMAGED);

	assert_null(db);
	assert_non_null(strstr(err.text, "schema -1"));
	assert_int_equal(db_open_ro(tmppath, &db, &err), DB_DAMAGED);
}

static void newer_schema_is_refused_and_left_alone(void **state)
{
	sqlite3 *db;
	char expected[128];

	(void)state;
	make_database();
	tamper("PRAGMA user_version = 99");
	snprintf(expected, sizeof(expected),
		 "was written by a newer sysmon (schema 99, this one knows "
		 "%u): upgrade sysmon",
		 migration_count);

	assert_int_equal(db_open_rw(tmppath, &db, &err), DB_NEWER);

	assert_null(db);
	assert_non_null(strstr(err.text, tmppath));
	assert_non_null(strstr(err.text, expected));
	assert_int_equal(db_open_ro(tmppath, &db, &err), DB_NEWER);
	assert_int_equal(sqlite3_open(tmppath, &db), SQLITE_OK);
	assert_int_equal(sql_number(db, "PRAGMA user_version"), 99);
	sqlite3_close(db);
}

static void foreign_database_is_refused_and_left_alone(void **state)
{
	sqlite3 *db;

	(void)state;
	tamper("PRAGMA application_id = 4711; CREATE TABLE theirs (x)");

	assert_int_equal(db_open_rw(tmppath, &db, &err), DB_FOREIGN);

	assert_non_null(strstr(err.text, "another application"));
	assert_int_equal(db_open_ro(tmppath, &db, &err), DB_FOREIGN);
	assert_int_equal(sqlite3_open(tmppath, &db), SQLITE_OK);
	assert_int_equal(sql_number(db, "SELECT count(*) FROM sqlite_schema"),
			 1);
	sqlite3_close(db);
}

static void database_with_tables_but_no_identity_is_foreign(void **state)
{
	sqlite3 *db;

	(void)state;
	tamper("CREATE TABLE theirs (x)");

	assert_int_equal(db_open_rw(tmppath, &db, &err), DB_FOREIGN);
}

static void file_that_is_no_database_is_refused_and_left_alone(void **state)
{
	const char *text = "this is a text file, and no database at all";
	sqlite3 *db;
	struct stat st;

	(void)state;
	write_file(text);

	assert_int_equal(db_open_rw(tmppath, &db, &err), DB_FOREIGN);

	assert_non_null(strstr(err.text, "not a sysmon database"));
	assert_int_equal(stat(tmppath, &st), 0);
	assert_int_equal(st.st_size, strlen(text));
}

static void reader_without_a_file_is_told_to_start_the_daemon(void **state)
{
	sqlite3 *db;

	(void)state;

	assert_int_equal(db_open_ro(tmppath, &db, &err), DB_MISSING);

	assert_non_null(strstr(err.text, "start sysmon-collectord"));
	assert_int_equal(access(tmppath, F_OK), -1);
}

static void reader_of_an_empty_file_finds_nothing_yet(void **state)
{
	sqlite3 *db;

	(void)state;
	write_file("");

	assert_int_equal(db_open_ro(tmppath, &db, &err), DB_MISSING);
}

static void reader_can_read_and_not_write(void **state)
{
	sqlite3 *db;

	(void)state;
	make_database();

	assert_int_equal(db_open_ro(tmppath, &db, &err), DB_OK);

	assert_int_equal(sql_number(db, "SELECT count(*) FROM tick"), 0);
	assert_int_equal(sqlite3_exec(db, "DELETE FROM tick", NULL, NULL, NULL),
			 SQLITE_READONLY);
	sqlite3_close(db);
}

static void missing_directory_is_an_error_that_names_the_path(void **state)
{
	char path[160];
	sqlite3 *db;

	(void)state;
	snprintf(path, sizeof(path), "%s/none/x.db", tmpdir);

	assert_int_not_equal(db_open_rw(path, &db, &err), DB_OK);

	assert_null(db);
	assert_non_null(strstr(err.text, path));
}

static void locked_empty_database_is_an_error_not_a_crash(void **state)
{
	sqlite3 *other, *db;

	(void)state;
	tamper("VACUUM");
	assert_int_equal(sqlite3_open(tmppath, &other), SQLITE_OK);
	assert_int_equal(sqlite3_exec(other, "BEGIN EXCLUSIVE", NULL, NULL,
				      NULL),
			 SQLITE_OK);

	assert_int_equal(db_open_rw(tmppath, &db, &err), DB_FAILED);

	assert_null(db);
	sqlite3_close(other);
}

#define T(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(new_database_has_schema_and_settings),
		T(log_stays_for_readers_after_a_clean_close),
		T(opening_again_changes_nothing),
		T(first_version_is_brought_up_to_date_with_its_rows),
		T(version_that_cannot_be_brought_up_to_date_is_left_alone),
		T(impossible_schema_is_damage),
		T(newer_schema_is_refused_and_left_alone),
		T(foreign_database_is_refused_and_left_alone),
		T(database_with_tables_but_no_identity_is_foreign),
		T(file_that_is_no_database_is_refused_and_left_alone),
		T(reader_without_a_file_is_told_to_start_the_daemon),
		T(reader_of_an_empty_file_finds_nothing_yet),
		T(reader_can_read_and_not_write),
		T(missing_directory_is_an_error_that_names_the_path),
		T(locked_empty_database_is_an_error_not_a_crash),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
