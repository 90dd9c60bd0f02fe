/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The database file: how the one writer and the many readers open it, its
 * identity and its schema version. Knows no table.
 */
#ifndef SYSMON_DB_H
#define SYSMON_DB_H

#include <sqlite3.h>

/* In the file's header: tells a sysmon database from any other ("SYSM"). */
#define DB_APPLICATION_ID 0x5359534d

#define DB_DEFAULT_PATH "/var/lib/sysmon/sysmon.db"

enum db_result {
	DB_OK,
	DB_MISSING, /* a reader found no file, or one without a schema yet */
	DB_DENIED,  /* no permission for the file or its directory */
	DB_NEWER,   /* written by a newer sysmon */
	DB_OLDER,   /* a reader found an older schema, the daemon migrates it */
	DB_FOREIGN, /* another application's database, or no database */
	DB_DAMAGED, /* a sysmon database that can't be read any more */
	DB_FAILED,  /* anything else: disk full, input/output error, ... */
};

/* One message for the user: the path, what is wrong and the remedy. */
struct db_error {
	char text[512];
};

/*
 * Opens the database for the writer: makes the file when it is missing (not
 * its directory), sets WAL mode and brings the schema up to date in one
 * transaction. A foreign or newer file is left as it is.
 *
 * On DB_OK the caller closes *db with sqlite3_close(); otherwise *db is NULL
 * and err, if not NULL, holds the message.
 */
enum db_result db_open_rw(const char *path, sqlite3 **db, struct db_error *err);

/*
 * Opens the database for a reader (mode=ro, busy timeout 5 s). Never makes or
 * changes a file. Results and ownership as db_open_rw().
 */
enum db_result db_open_ro(const char *path, sqlite3 **db, struct db_error *err);

#endif
