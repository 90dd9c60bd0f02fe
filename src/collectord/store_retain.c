// SPDX-License-Identifier: GPL-2.0
/*
 * Takes out of the store what is too old, or has no room: small batches, each a
 * transaction of its own, between which rows are stored. For want of room raw
 * samples go first, then minutes, then hours, at last the record of events and
 * stops. Knows nothing of what the rows mean.
 */
#include "store_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY_NS	INT64_C(86400000000000)
#define HOUR_NS INT64_C(3600000000000)
#define LOOK_NS INT64_C(5000000000)

/* So many samples, or rows of another kind, make a batch. */
#define BATCH_ROWS	2000
#define BATCH_TICKS_MAX 64
#define BATCH_RECORDS	500
/* More free pages than these are given back, so many at a time. */
#define FREE_PAGES_MAX 1024
#define VACUUM_PAGES   "128"

enum layer_kind {
	LAYER_RAW,
	LAYER_MINUTES,
	LAYER_HOURS,
	LAYERS
};

struct layer {
	sqlite3_stmt *oldest; /* row, its time, its samples; the last to go */
	sqlite3_stmt *young;  /* the first of some rows that is not too old */
	sqlite3_stmt *remove[5];
	size_t removes;
};

struct retain {
	sqlite3 *db;
	struct retention keep;
	struct layer layer[LAYERS];
	sqlite3_stmt *size;
	int64_t look_at_ns;    /* when to look again, as the next */
	int64_t records_at_ns; /* for old records */
	uint64_t removed;
	int64_t free_bytes;
	bool unsynced;		    /* commits do not wait for the disk */
	int64_t cut_ns[LAYERS + 1]; /* when size, not age, last took of it */
};

static const char *const cut_names[LAYERS + 1] = {
	[LAYER_RAW] = "raw",
	[LAYER_MINUTES] = "minutes",
	[LAYER_HOURS] = "hours",
	[LAYERS] = "records",
};

static const struct {
	const char *oldest;
	const char *young;
	const char *remove[5];
} layer_sql[LAYERS] = {
	/* Ticks stay until they are in a minute; the newest always does. */
	[LAYER_RAW] = {
		"SELECT id, ts_ns, containers, min((SELECT max(id) FROM tick)"
		" - 1, (SELECT last FROM tick_1m ORDER BY id DESC LIMIT 1))"
		" FROM tick ORDER BY id LIMIT 1",
		"SELECT id FROM tick WHERE id BETWEEN ?1 AND ?2"
		" AND ts_ns BETWEEN ?3 AND ?4 ORDER BY id LIMIT 1",
		{ "DELETE FROM sample_row WHERE id < (?1 + 1) << 32",
		  "DELETE FROM sample_base WHERE tick <= ?1 - ?2",
		  "DELETE FROM cpu WHERE tick <= ?1",
		  "DELETE FROM io_device WHERE tick <= ?1",
		  "DELETE FROM tick WHERE id <= ?1" },
	},
	[LAYER_MINUTES] = {
		"SELECT id, ts_ns, 500, min((SELECT max(id) FROM tick_1m)"
		" - 1, (SELECT last FROM tick_1h ORDER BY id DESC LIMIT 1))"
		" FROM tick_1m ORDER BY id LIMIT 1",
		"SELECT id FROM tick_1m WHERE id BETWEEN ?1 AND ?2"
		" AND ts_ns BETWEEN ?3 AND ?4 ORDER BY id LIMIT 1",
		{ "DELETE FROM sample_1m_row WHERE tick <= ?1",
		  "DELETE FROM sample_1m_base WHERE tick <= ?1 - ?2",
		  "DELETE FROM tick_1m WHERE id <= ?1" },
	},
	[LAYER_HOURS] = {
		"SELECT id, ts_ns, 500, (SELECT max(id) FROM tick_1h) - 1"
		" FROM tick_1h ORDER BY id LIMIT 1",
		"SELECT id FROM tick_1h WHERE id BETWEEN ?1 AND ?2"
		" AND ts_ns BETWEEN ?3 AND ?4 ORDER BY id LIMIT 1",
		{ "DELETE FROM sample_1h_row WHERE tick <= ?1",
		  "DELETE FROM sample_1h_base WHERE tick <= ?1 - ?2",
		  "DELETE FROM tick_1h WHERE id <= ?1" },
	},
};

/*
 * Records older than ?1, at most ?2 of each kind, their parts before them. The
 * newest ids stay, as the next ones follow from them. A container stays while
 * anything can refer to it: all that is left is younger than its stop.
 */
#define OLD_EVENTS                                         \
	"(SELECT session, seq FROM event WHERE ts_ns < ?1" \
	" ORDER BY ts_ns LIMIT ?2)"
static const char *const record_sql[] = {
	"DELETE FROM event_process WHERE (session, seq) IN " OLD_EVENTS,
	"DELETE FROM event WHERE (session, seq) IN " OLD_EVENTS,
	"DELETE FROM stop WHERE id IN (SELECT id FROM stop"
	" WHERE stopped_ns < ?1 AND id < (SELECT max(id) FROM stop)"
	" ORDER BY stopped_ns LIMIT ?2)",
	"DELETE FROM alarm WHERE id IN (SELECT id FROM alarm"
	" WHERE ts_ns < ?1 AND id < (SELECT max(id) FROM alarm)"
	" ORDER BY ts_ns LIMIT ?2)",
	"DELETE FROM action WHERE id IN (SELECT id FROM action"
	" WHERE decided_ns < ?1 AND id < (SELECT max(id) FROM action)"
	" AND id NOT IN (SELECT action FROM stop WHERE action IS NOT NULL)"
	" AND id NOT IN (SELECT action FROM alarm WHERE action IS NOT NULL)"
	" LIMIT ?2)",
	"DELETE FROM gap WHERE id IN (SELECT id FROM gap"
	" WHERE coalesce(to_ns, from_ns) < ?1 LIMIT ?2)",
	"DELETE FROM container WHERE id IN (SELECT id FROM container AS c"
	" WHERE stopped_ns < min(?1,"
	"  coalesce((SELECT min(ts_ns) FROM tick), ?1),"
	"  coalesce((SELECT min(ts_ns) FROM tick_1m), ?1),"
	"  coalesce((SELECT min(ts_ns) FROM tick_1h), ?1),"
	"  coalesce((SELECT min(ts_ns) FROM event), ?1)) - 3600000000000"
	" AND id < (SELECT max(id) FROM container)"
	" AND NOT EXISTS (SELECT 1 FROM stop WHERE container = c.id)"
	" AND NOT EXISTS (SELECT 1 FROM action WHERE container = c.id)"
	" AND id NOT IN (SELECT container FROM alarm"
	"  WHERE container IS NOT NULL)"
	" AND id NOT IN (SELECT killer_container FROM stop"
	"  WHERE killer_container IS NOT NULL)"
	" AND id NOT IN (SELECT parent FROM container"
	"  WHERE parent IS NOT NULL)"
	" LIMIT ?2)",
};

static int prepare(sqlite3 *db, const char *text, sqlite3_stmt **stmt)
{
	return sqlite3_prepare_v3(db, text, -1, SQLITE_PREPARE_PERSISTENT, stmt,
				  NULL);
}

static int layer_open(sqlite3 *db, enum layer_kind kind, struct layer *layer)
{
	int rc = prepare(db, layer_sql[kind].oldest, &layer->oldest);

	if (!rc)
		rc = prepare(db, layer_sql[kind].young, &layer->young);
	for (size_t i = 0; !rc && i < 5 && layer_sql[kind].remove[i]; i++) {
		rc = prepare(db, layer_sql[kind].remove[i], &layer->remove[i]);
		layer->removes = i + 1;
	}
	return rc;
}

int retain_open(sqlite3 *db, struct retain **out)
{
	struct retain *r = calloc(1, sizeof(*r));
	int rc = SQLITE_OK;

	*out = r;
	if (!r)
		return SQLITE_NOMEM;
	r->db = db;
	for (unsigned int i = 0; !rc && i < LAYERS; i++)
		rc = layer_open(db, i, &r->layer[i]);
	if (!rc)
		rc = prepare(db,
			     "SELECT page_count, freelist_count, page_size FROM"
			     " pragma_page_count, pragma_freelist_count,"
			     " pragma_page_size",
			     &r->size);
	return rc;
}

void retain_close(struct retain *r)
{
	if (!r)
		return;
	for (unsigned int i = 0; i < LAYERS; i++) {
		sqlite3_finalize(r->layer[i].oldest);
		sqlite3_finalize(r->layer[i].young);
		for (size_t j = 0; j < r->layer[i].removes; j++)
			sqlite3_finalize(r->layer[i].remove[j]);
	}
	sqlite3_finalize(r->size);
	free(r);
}

/* The rows of a layer that are next to go, if they are to. */
struct range {
	int64_t first;
	int64_t last;
	int64_t first_ns;
};

/* Reads which rows a batch has; none: last < first. */
static int next_batch(struct layer *layer, struct range *range)
{
	int64_t ticks, limit;

	*range = (struct range){ 0, -1, 0 };
	if (sqlite3_step(layer->oldest) == SQLITE_ROW) {
		range->first = sqlite3_column_int64(layer->oldest, 0);
		range->first_ns = sqlite3_column_int64(layer->oldest, 1);
		ticks = BATCH_ROWS /
			(sqlite3_column_int64(layer->oldest, 2) + 1);
		limit = sqlite3_column_int64(layer->oldest, 3);
		if (ticks > BATCH_TICKS_MAX)
			ticks = BATCH_TICKS_MAX;
		if (ticks < 1)
			ticks = 1;
		range->last = range->first + ticks - 1;
		if (range->last > limit)
			range->last = limit;
	}
	return sqlite3_reset(layer->oldest);
}

/* Empties the range unless all in it is older than @cutoff_ns. A time to come,
 * from when the clock was wrong, is as good as old. */
static int keep_young(struct layer *layer, int64_t cutoff_ns, int64_t now_ns,
		      struct range *range)
{
	sqlite3_bind_int64(layer->young, 1, range->first);
	sqlite3_bind_int64(layer->young, 2, range->last);
	sqlite3_bind_int64(layer->young, 3, cutoff_ns);
	sqlite3_bind_int64(layer->young, 4, now_ns + DAY_NS);
	if (sqlite3_step(layer->young) == SQLITE_ROW)
		range->last = range->first - 1;
	return sqlite3_reset(layer->young);
}

/* What is older has lived its time. */
static int64_t cutoff(const struct retain *r, enum layer_kind kind,
		      int64_t now_ns)
{
	const uint64_t keep[LAYERS] = { [LAYER_RAW] = r->keep.raw_ns,
					[LAYER_MINUTES] = r->keep.minutes_ns,
					[LAYER_HOURS] = r->keep.hours_ns };

	return now_ns - (int64_t)keep[kind];
}

static int run(struct retain *r, sqlite3_stmt *stmt)
{
	int rc = store_run_statement(stmt);

	if (!rc)
		r->removed += (uint64_t)sqlite3_changes64(r->db);
	return rc;
}

static int remove_range(struct retain *r, struct layer *layer, int64_t last)
{
	int rc = SQLITE_OK;

	for (size_t i = 0; !rc && i < layer->removes; i++) {
		sqlite3_stmt *stmt = layer->remove[i];

		sqlite3_bind_int64(stmt, 1, last);
		if (sqlite3_bind_parameter_count(stmt) > 1)
			sqlite3_bind_int64(stmt, 2, SAMPLE_BASE_TICKS);
		rc = run(r, stmt);
	}
	return rc;
}

/* One batch of a layer: by age, or whatever its age, which is noted. */
static int retain_layer(struct retain *r, enum layer_kind kind, bool by_age,
			int64_t now_ns, bool *done)
{
	struct layer *layer = &r->layer[kind];
	int64_t cutoff_ns = cutoff(r, kind, now_ns);
	struct range range;
	int rc = next_batch(layer, &range);

	if (!rc && by_age && range.last >= range.first)
		rc = keep_young(layer, cutoff_ns, now_ns, &range);
	if (rc || range.last < range.first)
		return rc;
	*done = true;
	if (range.first_ns > cutoff_ns)
		r->cut_ns[kind] = now_ns;
	return remove_range(r, layer, range.last);
}

static int retain_records(struct retain *r, int64_t cutoff_ns, bool *done)
{
	uint64_t before = r->removed;
	int rc = SQLITE_OK;

	for (size_t i = 0; !rc && i < sizeof(record_sql) / sizeof(*record_sql);
	     i++) {
		sqlite3_stmt *stmt;

		rc = prepare(r->db, record_sql[i], &stmt);
		if (rc)
			break;
		sqlite3_bind_int64(stmt, 1, cutoff_ns);
		sqlite3_bind_int64(stmt, 2, BATCH_RECORDS);
		rc = run(r, stmt);
		sqlite3_finalize(stmt);
	}
	*done = r->removed > before;
	return rc;
}

/* Whether it is not time yet, by a clock that may be set back. */
static bool waits(int64_t now_ns, int64_t until_ns, int64_t most_ns)
{
	return now_ns < until_ns && until_ns - now_ns <= most_ns;
}

static int retain_by_age(struct retain *r, int64_t now_ns, bool *done)
{
	int rc = SQLITE_OK;

	for (unsigned int i = 0; !rc && !*done && i < LAYERS; i++)
		rc = retain_layer(r, i, true, now_ns, done);
	if (rc || *done || waits(now_ns, r->records_at_ns, HOUR_NS))
		return rc;
	rc = retain_records(r, cutoff(r, LAYER_HOURS, now_ns), done);
	if (!rc && !*done)
		r->records_at_ns = now_ns + HOUR_NS;
	return rc;
}

static int retain_by_size(struct retain *r, int64_t now_ns, bool *done)
{
	int rc = SQLITE_OK;

	for (unsigned int i = 0; !rc && !*done && i < LAYERS; i++)
		rc = retain_layer(r, i, false, now_ns, done);
	if (rc || *done)
		return rc;
	rc = retain_records(r, INT64_MAX, done);
	if (*done)
		r->cut_ns[LAYERS] = now_ns;
	return rc;
}

/* Gives pages back to the file system when there are many free ones. */
static int shrink(struct retain *r, int64_t free_pages, bool *done)
{
	if (free_pages <= FREE_PAGES_MAX)
		return SQLITE_OK;
	*done = true;
	return sqlite3_exec(r->db,
			    "PRAGMA incremental_vacuum(" VACUUM_PAGES ")", NULL,
			    NULL, NULL);
}

static int batch(struct retain *r, int64_t now_ns, bool *done)
{
	int64_t pages, free_pages, page_bytes;
	int rc;

	sqlite3_step(r->size);
	pages = sqlite3_column_int64(r->size, 0);
	free_pages = sqlite3_column_int64(r->size, 1);
	page_bytes = sqlite3_column_int64(r->size, 2);
	rc = sqlite3_reset(r->size);
	r->free_bytes = free_pages * page_bytes;
	if (!rc &&
	    (uint64_t)((pages - free_pages) * page_bytes) > r->keep.size_bytes)
		rc = retain_by_size(r, now_ns, done);
	if (!rc && !*done)
		rc = retain_by_age(r, now_ns, done);
	if (!rc && !*done)
		rc = shrink(r, free_pages, done);
	return rc;
}

/*
 * What is removed may come back when the power is cut: it goes again. So its
 * batches do not wait for the disk; the next commit's sync has them as well.
 */
static int unsync(struct retain *r)
{
	r->unsynced = true;
	return sqlite3_exec(r->db, "PRAGMA synchronous = NORMAL", NULL, NULL,
			    NULL);
}

int retain_sync(struct retain *r)
{
	int rc = SQLITE_OK;

	if (r->unsynced)
		rc = sqlite3_exec(r->db, "PRAGMA synchronous = FULL", NULL,
				  NULL, NULL);
	r->unsynced = rc != SQLITE_OK;
	return rc;
}

/* A batch as a transaction, if there is one. */
static int run_batch(struct store *store, int64_t now_ns, bool *more)
{
	int rc = store_run(store, STMT_BEGIN);

	if (!rc)
		rc = batch(store->retain, now_ns, more);
	if (!rc)
		rc = store_run(store, *more ? STMT_COMMIT : STMT_ROLLBACK);
	return rc;
}

void store_retention(struct store *store, const struct retention *keep)
{
	store->retain->keep = *keep;
	store->log.size_bytes = (int64_t)keep->size_bytes;
}

enum store_result store_retain(struct store *store, int64_t now_ns, bool *more)
{
	struct retain *r = store->retain;
	uint64_t before = r->removed;
	enum store_result result = STORE_OK;
	int rc;

	*more = false;
	/* Into a log that is full, what is removed only adds. */
	if (store_log_full(store))
		return STORE_OK;
	if (!r->keep.size_bytes || waits(now_ns, r->look_at_ns, LOOK_NS))
		return STORE_OK;
	rc = unsync(r);
	if (!rc)
		rc = run_batch(store, now_ns, more);
	if (!*more)
		r->look_at_ns = now_ns + LOOK_NS;
	if (rc) {
		r->removed = before;
		*more = false;
		result = store_give_up(store, rc);
	}
	retain_sync(r); /* or the next commit does */
	return result;
}

/* Of the last hour, what is dearest: the order in which they go. */
static const char *what_was_cut(const struct retain *r, int64_t now_ns)
{
	const char *name = NULL;

	for (unsigned int i = 0; i <= LAYERS; i++)
		if (r->cut_ns[i] && r->cut_ns[i] <= now_ns &&
		    now_ns - r->cut_ns[i] < HOUR_NS)
			name = cut_names[i];
	return name;
}

void store_retained(const struct store *store, int64_t now_ns,
		    struct retained *out)
{
	const struct retain *r = store->retain;

	*out = (struct retained){ .removed = r->removed,
				  .free_bytes = r->free_bytes,
				  .cut = what_was_cut(r, now_ns) };
}
