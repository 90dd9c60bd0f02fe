/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The store's connection and statements, and what its files know of each
 * other: store.c (statements, transactions), store_put.c (rows), store_sample.c
 * (samples), store_tier.c (minutes and hours), store_retain.c (what has to go),
 * store_log.c (the write-ahead log's bound), store_load.c (the past).
 */
#ifndef SYSMON_STORE_INT_H
#define SYSMON_STORE_INT_H

#include <stdio.h>

#include "store.h"

/* Records in one run of a statement: a run costs as much as two of them. */
#define RECORDS_AT_ONCE 32

/* A sample's base is of less than so many ticks before it. */
#define SAMPLE_BASE_TICKS 4096

/* A base has room for so many gauges, a sample's `more` for all metrics. */
#define SAMPLE_GAUGES_MAX 16
#define SAMPLE_MORE_MAX	  (CM_COUNT * 48)

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

struct samples; /* of store_sample.c */
struct tiers;	/* of store_tier.c */
struct retain;	/* of store_retain.c */

/* The write-ahead log, as it was after the last commit. */
struct store_log {
	int64_t size_bytes; /* room for the history; 0: no bound */
	int64_t db;	    /* bytes */
	int64_t wal;
	bool full; /* ticks are to be left out */
};

struct store {
	sqlite3 *db;
	int lock; /* of the one writer */
	sqlite3_stmt *stmt[STMT_COUNT];
	struct samples *samples;
	struct tiers *tiers;
	struct retain *retain;
	struct store_log log;
	char error[256];
	uint64_t refused;
	uint64_t refused_now; /* in the transaction under way */
	struct status status; /* as it is stored */
	bool have_status;
};

/*
 * store_put.c. Closes the stream that a statement was written to, has it
 * prepared, and frees its text.
 */
int store_prepare(sqlite3 *db, FILE *f, char **text, sqlite3_stmt **stmt);

/* These return SQLite's codes. */
int store_run(struct store *store, enum store_stmt i);
int store_put(struct store *store, const struct row *row);
int store_put_gap(struct store *store, const struct gap_row *gap);
void store_bind_id(sqlite3_stmt *stmt, int i, int64_t value);
void store_bind_figure(sqlite3_stmt *stmt, int i, int64_t value);
void store_bind_text(sqlite3_stmt *stmt, int i, const char *text);

/* Runs a statement that returns no rows; the values bound stay. */
static inline int store_run_statement(sqlite3_stmt *stmt)
{
	sqlite3_step(stmt);
	return sqlite3_reset(stmt);
}

/*
 * store_sample.c. Functions that return int return SQLite's codes, here and
 * below.
 */

/* What a sample of a tier has beside the averages. */
struct spread {
	int64_t ticks;
	int64_t span_us; /* -1: unknown, as the next two */
	int64_t cpu_min; /* microseconds a second */
	int64_t cpu_max;
	uint64_t min[CM_COUNT]; /* of gauges */
	uint64_t max[CM_COUNT];
};

/* Of the tables sample<suffix>_row and _base. */
int samples_open(sqlite3 *db, const char *suffix, struct samples **out);
void samples_close(struct samples *s);
int samples_put(struct samples *s, int64_t tick, const struct sample_row *r,
		size_t n);
int samples_put_spread(struct samples *s, int64_t tick,
		       const struct sample_row *r, const struct spread *spread);
/* What was put since the last commit has been undone. */
void samples_forget(struct samples *s);

/* store_tier.c */
int tiers_open(sqlite3 *db, struct tiers **out);
void tiers_close(struct tiers *t);
/* A tick has been put. */
int tiers_add(struct tiers *t, const struct tick_row *tick);
/* Takes in some of what was put earlier, if that is behind. */
int tiers_catch_up(struct tiers *t);
void tiers_forget(struct tiers *t);

/* store_retain.c */
int retain_open(sqlite3 *db, struct retain **out);
void retain_close(struct retain *r);
/* A commit waits for the disk again, if a batch of removals did not. */
int retain_sync(struct retain *r);

/* store_log.c */
void log_look(struct store *store);
/* Whether a commit may add to it. */
bool log_takes_more(struct store *store);

/* store.c: ends a failed transaction and says whether to try it again. */
enum store_result store_give_up(struct store *store, int rc);

#endif
