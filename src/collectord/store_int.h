/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The store's connection and statements, and what its files know of each
 * other: store.c (statements, transactions), store_put.c (rows), store_load.c
 * (the past).
 */
#ifndef SYSMON_STORE_INT_H
#define SYSMON_STORE_INT_H

#include "store.h"

/* Records in one run of a statement: a run costs as much as two of them. */
#define RECORDS_AT_ONCE 16

enum store_stmt {
	STMT_BEGIN,
	STMT_COMMIT,
	STMT_ROLLBACK,
	STMT_BOOT,
	STMT_SESSION,
	STMT_CONTAINER,
	STMT_ACTION,
	STMT_ALARM,
	STMT_STOP,
	STMT_TICK,
	STMT_SAMPLE,
	STMT_SAMPLES,
	STMT_CPU,
	STMT_CPUS,
	STMT_DEVICE,
	STMT_EVENT,
	STMT_PROCESS,
	STMT_GAP,
	STMT_JOB,
	STMT_LAST_TICK,
	STMT_LAST_SEQ,
	STMT_STATUS,
	STMT_COUNT
};

struct store {
	sqlite3 *db;
	int lock; /* of the one writer */
	sqlite3_stmt *stmt[STMT_COUNT];
	char error[256];
	uint64_t refused;
	uint64_t refused_now; /* in the transaction under way */
	struct status status; /* as it is stored */
	bool have_status;
};

/* store_put.c: these return SQLite's codes. */
int store_run(struct store *store, enum store_stmt i);
int store_put(struct store *store, const struct row *row);
int store_put_gap(struct store *store, const struct gap_row *gap);
void store_bind_id(sqlite3_stmt *stmt, int i, int64_t value);
void store_bind_text(sqlite3_stmt *stmt, int i, const char *text);

#endif
