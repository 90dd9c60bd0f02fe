// SPDX-License-Identifier: GPL-2.0
/* Opens the database as db.h says; the schema itself is in migrations.h. */
#include "db.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "migrations.h"

#define BUSY_TIMEOUT_MS 5000

static enum db_result fail(struct db_error *err, enum db_result result,
			   const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static enum db_result fail(struct db_error *err, enum db_result result,
			   const char *format, ...)
{
	va_list args;

	if (!err)
		return result;
	va_start(args, format);
	vsnprintf(err->text, sizeof(err->text), format, args);
	va_end(args);
	return result;
}

static bool read_start(const char *path, const char *suffix, void *buf,
		       size_t size)
{
	char name[4096];
	FILE *file;
	size_t n;

	snprintf(name, sizeof(name), "%s%s", path, suffix);
	file = fopen(name, "re");
	if (!file)
		return false;
	n = fread(buf, 1, size, file);
	fclose(file);
	return n == size;
}

/*
 * Whether what is no database any more was one of ours: its header still has
 * our id, or is all zero, as a block that never reached the disk, beside the
 * log of a database. The offsets are SQLite's file format's.
 */
static bool was_ours(const char *path)
{
	static const unsigned char id[4] = { 'S', 'Y', 'S', 'M' };
	static const unsigned char log[3] = { 0x37, 0x7f, 0x06 };
	static const unsigned char zero[100];
	unsigned char head[100], wal[4];

	if (!read_start(path, "", head, sizeof(head)))
		return false;
	if (memcmp(head + 68, id, sizeof(id)) == 0)
		return true;
	return memcmp(head, zero, sizeof(head)) == 0 &&
	       read_start(path, "-wal", wal, sizeof(wal)) &&
	       memcmp(wal, log, sizeof(log)) == 0;
}

static enum db_result fail_damaged(struct db_error *err, const char *path,
				   const char *how)
{
	return fail(err, DB_DAMAGED,
		    "%s: the database is damaged%s; move it (with -wal and "
		    "-shm) away and start again, or restore it from a backup",
		    path, how);
}

/* Turns the connection's last error into a result, with its message. */
static enum db_result fail_sqlite(struct db_error *err, const char *path,
				  sqlite3 *db)
{
	int code = db ? sqlite3_errcode(db) : SQLITE_NOMEM;
	int error = db ? sqlite3_system_errno(db) : ENOMEM;

	if (code == SQLITE_CANTOPEN && error == ENOENT)
		return fail(err, DB_MISSING,
			    "%s: no database here yet; start sysmon-collectord, "
			    "or name another with --db",
			    path);
	if (code == SQLITE_PERM || code == SQLITE_READONLY ||
	    (code == SQLITE_CANTOPEN && (error == EACCES || error == EPERM)))
		return fail(err, DB_DENIED,
			    "%s: no permission to open the database; run as "
			    "root or as a member of the group sysmon",
			    path);
	if (code == SQLITE_NOTADB && !was_ours(path))
		return fail(err, DB_FOREIGN,
			    "%s: not a sysmon database; move it away or name "
			    "another with --db",
			    path);
	if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB)
		return fail_damaged(err, path, "");
	return fail(err, DB_FAILED, "%s: %s%s%s", path,
		    db ? sqlite3_errmsg(db) : sqlite3_errstr(code),
		    error ? ": " : "", error ? strerror(error) : "");
}

static int query_int(sqlite3 *db, const char *sql, sqlite3_int64 *value)
{
	sqlite3_stmt *stmt;
	int rc = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);

	if (rc != SQLITE_OK)
		return rc;
	rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW)
		*value = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return rc == SQLITE_ROW ? SQLITE_OK : rc;
}

/*
 * Whose file this is: DB_OK with its schema version (0: empty, free to use),
 * DB_FOREIGN, DB_NEWER, or DB_DAMAGED.
 */
static enum db_result identify(sqlite3 *db, const char *path,
			       sqlite3_int64 *version, struct db_error *err)
{
	sqlite3_int64 application = 0, objects = 0;
	char how[40];

	if (query_int(db, "PRAGMA application_id", &application) ||
	    query_int(db, "PRAGMA user_version", version) ||
	    query_int(db, "SELECT count(*) FROM sqlite_schema", &objects))
		return fail_sqlite(err, path, db);
	if (application == 0 && *version == 0 && objects == 0)
		return DB_OK;
	if (application != DB_APPLICATION_ID)
		return fail(err, DB_FOREIGN,
			    "%s: a database of another application (id "
			    "0x%08llx); move it away or name another with --db",
			    path, (unsigned long long)application & 0xffffffff);
	if (*version < 0) {
		snprintf(how, sizeof(how), ": schema %lld", *version);
		return fail_damaged(err, path, how);
	}
	if (*version > migration_count)
		return fail(err, DB_NEWER,
			    "%s: was written by a newer sysmon (schema %lld, "
			    "this one knows %u): upgrade sysmon",
			    path, *version, migration_count);
	return DB_OK;
}

static int apply_migrations(sqlite3 *db, sqlite3_int64 version)
{
	char pragmas[96];

	for (; version < migration_count; version++) {
		int rc = sqlite3_exec(db, migrations[version].sql, NULL, NULL,
				      NULL);

		if (rc != SQLITE_OK)
			return rc;
	}
	snprintf(pragmas, sizeof(pragmas),
		 "PRAGMA application_id = %d; PRAGMA user_version = %u",
		 DB_APPLICATION_ID, migration_count);
	return sqlite3_exec(db, pragmas, NULL, NULL, NULL);
}

/* Brings the schema up to date, all of it or nothing. */
static enum db_result migrate(sqlite3 *db, const char *path,
			      struct db_error *err)
{
	sqlite3_int64 version = 0;
	enum db_result result;

	if (sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL))
		return fail_sqlite(err, path, db);
	/* Another process may have migrated before the lock was ours. */
	result = identify(db, path, &version, err);
	if (result == DB_OK && version < migration_count &&
	    apply_migrations(db, version))
		result = fail_sqlite(err, path, db);
	if (result == DB_OK && sqlite3_exec(db, "COMMIT", NULL, NULL, NULL))
		result = fail_sqlite(err, path, db);
	if (result != DB_OK && !sqlite3_get_autocommit(db))
		sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
	return result;
}

/*
 * The writer's settings. What is committed is on the disk: the log is synced at
 * each commit, once a commit interval. auto_vacuum only takes hold before the first page is
 * written, so it comes before journal_mode. The -wal and -shm files stay after
 * a close, for readers that may not make them.
 */
static enum db_result configure_writer(sqlite3 *db, const char *path,
				       struct db_error *err)
{
	int persist = 1;

	if (sqlite3_exec(db,
			 "PRAGMA auto_vacuum = INCREMENTAL;"
			 "PRAGMA journal_mode = WAL;"
			 "PRAGMA synchronous = FULL;"
			 "PRAGMA secure_delete = OFF;"
			 "PRAGMA foreign_keys = OFF;"
			 "PRAGMA journal_size_limit = 16777216",
			 NULL, NULL, NULL) ||
	    sqlite3_file_control(db, "main", SQLITE_FCNTL_PERSIST_WAL,
				 &persist))
		return fail_sqlite(err, path, db);
	return DB_OK;
}

/*
 * SQLite's count of the memory in use takes a lock for each piece. Too late
 * (the library is in use already), it is just slower.
 */
static void drop_memory_count(void)
{
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static enum db_result open_file(const char *path, int flags, sqlite3 **db,
				struct db_error *err)
{
	if (sqlite3_open_v2(path, db, flags, NULL) ||
	    sqlite3_busy_timeout(*db, BUSY_TIMEOUT_MS))
		return fail_sqlite(err, path, *db);
	return DB_OK;
}

static enum db_result finish(enum db_result result, sqlite3 **db)
{
	if (result != DB_OK) {
		sqlite3_close(*db);
		*db = NULL;
	}
	return result;
}

enum db_result db_open_rw(const char *path, sqlite3 **db, struct db_error *err)
{
	sqlite3_int64 version = 0;
	enum db_result result;

	drop_memory_count();
	result = open_file(path,
			   SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
				   SQLITE_OPEN_NOMUTEX,
			   db, err);
	if (result == DB_OK)
		result = identify(*db, path, &version, err);
	if (result == DB_OK)
		result = configure_writer(*db, path, err);
	if (result == DB_OK)
		result = migrate(*db, path, err);
	return finish(result, db);
}

enum db_result db_open_ro(const char *path, sqlite3 **db, struct db_error *err)
{
	sqlite3_int64 version = 0;
	enum db_result result;

	drop_memory_count();
	result = open_file(path, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, db,
			   err);
	if (result == DB_OK)
		result = identify(*db, path, &version, err);
	if (result == DB_OK && version == 0)
		result = fail(err, DB_MISSING,
			      "%s: the database is empty; start "
			      "sysmon-collectord",
			      path);
	if (result == DB_OK && version < migration_count)
		result = fail(err, DB_OLDER,
			      "%s: was written by an older sysmon (schema "
			      "%lld, this one needs %u): restart "
			      "sysmon-collectord to bring it up to date",
			      path, version, migration_count);
	return finish(result, db);
}
