// SPDX-License-Identifier: GPL-2.0
/*
 * The writing half of store.h: one prepared statement for each kind of row,
 * those with figures made from the metric tables.
 */
#include "store_int.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Samples in one run of a statement: a run costs as much as two samples. */
#define SAMPLES_AT_ONCE 16

/* Rows that may come again carry their id: the last one is how it is. */
static const char *const sql[STMT_COUNT] = {
	[STMT_BEGIN] = "BEGIN IMMEDIATE",
	[STMT_COMMIT] = "COMMIT",
	[STMT_ROLLBACK] = "ROLLBACK",
	[STMT_BOOT] = "INSERT INTO boot (id, uuid) VALUES (?, ?)",
	[STMT_SESSION] = "INSERT INTO session (id, boot, instance, opened_ns)"
			 " VALUES (?, ?, ?, ?)",
	[STMT_CONTAINER] =
		"INSERT INTO container (id, boot, cgroup_id, key, path,"
		" runtime, parent, name, image, command, labels,"
		" first_seen_ns, started_ns, stopped_ns)"
		" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
		" ON CONFLICT (id) DO UPDATE SET"
		" runtime = coalesce(excluded.runtime, runtime),"
		" parent = coalesce(excluded.parent, parent),"
		" name = coalesce(excluded.name, name),"
		" image = coalesce(excluded.image, image),"
		" command = coalesce(excluded.command, command),"
		" labels = coalesce(excluded.labels, labels),"
		" started_ns = coalesce(excluded.started_ns, started_ns),"
		" stopped_ns = excluded.stopped_ns",
	[STMT_ACTION] =
		"INSERT INTO action (id, rule, container, group_key, verb,"
		" dry_run, decided_ns, requested_ns, answered_ns,"
		" confirmed_ns, http_status, error)"
		" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
		" ON CONFLICT (id) DO UPDATE SET"
		" requested_ns = excluded.requested_ns,"
		" answered_ns = excluded.answered_ns,"
		" confirmed_ns = excluded.confirmed_ns,"
		" http_status = excluded.http_status,"
		" error = coalesce(excluded.error, error)",
	[STMT_STOP] = "INSERT INTO stop (id, container, session, seq,"
		      " stopped_ns, reason, exit_code, signal, action,"
		      " final_cpu_us, final_mem_peak_bytes,"
		      " final_io_read_bytes, final_io_write_bytes)"
		      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
		      " ON CONFLICT (id) DO UPDATE SET"
		      " session = excluded.session, seq = excluded.seq,"
		      " stopped_ns = excluded.stopped_ns,"
		      " reason = excluded.reason,"
		      " exit_code = excluded.exit_code,"
		      " signal = excluded.signal, action = excluded.action",
	[STMT_EVENT] = "INSERT INTO event (session, seq, ts_ns, boottime_ns,"
		       " type, container) VALUES (?, ?, ?, ?, ?, ?)",
	[STMT_GAP] = "INSERT INTO gap (session, kind, first, count, from_ns,"
		     " to_ns, reason) VALUES (?, ?, ?, ?, ?, ?, ?)",
	[STMT_JOB] = "INSERT OR REPLACE INTO job (name, kind, command,"
		     " every_s, runs, failures, skipped, started_ns,"
		     " ended_ns, exit_code, signal, error)"
		     " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	[STMT_LAST_TICK] = "UPDATE session SET last_tick = ? WHERE id = ?",
	[STMT_LAST_SEQ] = "UPDATE session SET last_seq = ? WHERE id = ?",
	[STMT_STATUS] = "INSERT OR REPLACE INTO status (key, value)"
			" VALUES (?, ?)",
};

/*
 * Puts "INTO (fixed..., metrics...) VALUES (?1, ?2 ...), ..." into buf. All
 * @records of it share ?1.
 */
static void insert_sql(char *buf, size_t size, const char *into,
		       const char *const *fixed, const struct metric *metric,
		       size_t metrics, size_t records)
{
	FILE *f = fmemopen(buf, size, "w");
	size_t n = 0, parameter = 2;

	*buf = 0;
	if (!f)
		return; /* the empty statement will not be prepared */
	fprintf(f, "%s (", into);
	for (; fixed[n]; n++)
		fprintf(f, "%s%s", n ? ", " : "", fixed[n]);
	for (size_t i = 0; i < metrics; i++)
		fprintf(f, ", %s", metric[i].column);
	fputs(") VALUES ", f);
	for (size_t r = 0; r < records; r++) {
		fprintf(f, "%s(?1", r ? ", " : "");
		for (size_t i = 1; i < n + metrics; i++)
			fprintf(f, ", ?%zu", parameter++);
		fputc(')', f);
	}
	fclose(f);
}

static int prepare(struct store *store, enum store_stmt i, const char *text)
{
	return sqlite3_prepare_v3(store->db, text, -1,
				  SQLITE_PREPARE_PERSISTENT, &store->stmt[i],
				  NULL);
}

static int prepare_all(struct store *store)
{
	static const char *const tick[] = { "id",	   "session",
					    "number",	   "ts_ns",
					    "boottime_ns", "span_us",
					    "interval_us", "walk_us",
					    "containers",  NULL };
	static const char *const sample[] = { "tick", "container", NULL };
	/* A tick has a container once; IGNORE does without a journal. */
	static const char put_sample[] = "INSERT OR IGNORE INTO sample";
	char buf[4096];
	int rc = SQLITE_OK;

	for (unsigned int i = 0; !rc && i < STMT_COUNT; i++)
		if (sql[i])
			rc = prepare(store, i, sql[i]);
	insert_sql(buf, sizeof(buf), "INSERT INTO tick", tick, system_metrics,
		   SM_COUNT, 1);
	if (!rc)
		rc = prepare(store, STMT_TICK, buf);
	insert_sql(buf, sizeof(buf), put_sample, sample, container_metrics,
		   CM_COUNT, 1);
	if (!rc)
		rc = prepare(store, STMT_SAMPLE, buf);
	insert_sql(buf, sizeof(buf), put_sample, sample, container_metrics,
		   CM_COUNT, SAMPLES_AT_ONCE);
	if (!rc)
		rc = prepare(store, STMT_SAMPLES, buf);
	return rc;
}

enum db_result store_open(const char *path, struct store **out,
			  struct db_error *err)
{
	struct store *store = calloc(1, sizeof(*store));
	enum db_result result;

	*out = NULL;
	if (!store) {
		snprintf(err->text, sizeof(err->text), "%s: out of memory",
			 path);
		return DB_FAILED;
	}
	result = db_open_rw(path, &store->db, err);
	if (result == DB_OK && prepare_all(store)) {
		snprintf(err->text, sizeof(err->text), "%s: %s", path,
			 sqlite3_errmsg(store->db));
		result = DB_FAILED;
	}
	if (result == DB_OK)
		*out = store;
	else
		store_close(store);
	return result;
}

void store_close(struct store *store)
{
	if (!store)
		return;
	for (unsigned int i = 0; i < STMT_COUNT; i++)
		sqlite3_finalize(store->stmt[i]);
	sqlite3_close(store->db);
	free(store);
}

void store_limit_pages(struct store *store, unsigned int pages)
{
	char text[64];

	snprintf(text, sizeof(text), "PRAGMA max_page_count = %u", pages);
	sqlite3_exec(store->db, text, NULL, NULL, NULL);
}

static void bind_id(sqlite3_stmt *stmt, int i, int64_t value)
{
	if (value)
		sqlite3_bind_int64(stmt, i, value);
	else
		sqlite3_bind_null(stmt, i);
}

/* A figure: -1 is unknown. */
static void bind_figure(sqlite3_stmt *stmt, int i, int64_t value)
{
	if (value >= 0)
		sqlite3_bind_int64(stmt, i, value);
	else
		sqlite3_bind_null(stmt, i);
}

/* The row outlives the statement's run, so its text is not copied. */
static void bind_text(sqlite3_stmt *stmt, int i, const char *text)
{
	sqlite3_bind_text(stmt, i, text, -1, SQLITE_STATIC);
}

static void bind_metrics(sqlite3_stmt *stmt, int first, unsigned int n,
			 uint64_t have, const uint64_t *v)
{
	for (unsigned int i = 0; i < n; i++, have >>= 1)
		if (have & 1)
			sqlite3_bind_int64(stmt, first + (int)i, (int64_t)v[i]);
		else
			sqlite3_bind_null(stmt, first + (int)i);
}

/* Runs a statement that returns no rows; the values bound stay. */
static int run(struct store *store, enum store_stmt i)
{
	sqlite3_stmt *stmt = store->stmt[i];

	sqlite3_step(stmt);
	return sqlite3_reset(stmt);
}

static int put_boot(struct store *store, const struct boot_row *r)
{
	sqlite3_stmt *stmt = store->stmt[STMT_BOOT];

	sqlite3_bind_int64(stmt, 1, r->id);
	bind_text(stmt, 2, r->uuid);
	return run(store, STMT_BOOT);
}

static int put_session(struct store *store, const struct session_row *r)
{
	sqlite3_stmt *stmt = store->stmt[STMT_SESSION];

	sqlite3_bind_int64(stmt, 1, r->id);
	sqlite3_bind_int64(stmt, 2, r->boot);
	sqlite3_bind_int64(stmt, 3, (int64_t)r->instance);
	sqlite3_bind_int64(stmt, 4, r->opened_ns);
	return run(store, STMT_SESSION);
}

static int put_container(struct store *store, const struct container_row *r)
{
	sqlite3_stmt *stmt = store->stmt[STMT_CONTAINER];

	sqlite3_bind_int64(stmt, 1, r->id);
	sqlite3_bind_int64(stmt, 2, r->boot);
	sqlite3_bind_int64(stmt, 3, (int64_t)r->cgroup_id);
	bind_text(stmt, 4, r->key);
	bind_text(stmt, 5, r->path);
	bind_text(stmt, 6, r->runtime);
	bind_id(stmt, 7, r->parent);
	bind_text(stmt, 8, r->name);
	bind_text(stmt, 9, r->image);
	bind_text(stmt, 10, r->command);
	bind_text(stmt, 11, r->labels);
	sqlite3_bind_int64(stmt, 12, r->first_seen_ns);
	bind_id(stmt, 13, r->started_ns);
	bind_id(stmt, 14, r->stopped_ns);
	return run(store, STMT_CONTAINER);
}

static int put_action(struct store *store, const struct action_row *r)
{
	sqlite3_stmt *stmt = store->stmt[STMT_ACTION];

	sqlite3_bind_int64(stmt, 1, r->id);
	bind_text(stmt, 2, r->rule);
	sqlite3_bind_int64(stmt, 3, r->container);
	bind_text(stmt, 4, r->group);
	bind_text(stmt, 5, r->verb);
	sqlite3_bind_int(stmt, 6, r->dry_run);
	sqlite3_bind_int64(stmt, 7, r->decided_ns);
	bind_id(stmt, 8, r->requested_ns);
	bind_id(stmt, 9, r->answered_ns);
	bind_id(stmt, 10, r->confirmed_ns);
	bind_id(stmt, 11, r->http_status);
	bind_text(stmt, 12, r->error);
	return run(store, STMT_ACTION);
}

static int put_stop(struct store *store, const struct stop_row *r)
{
	sqlite3_stmt *stmt = store->stmt[STMT_STOP];

	sqlite3_bind_int64(stmt, 1, r->id);
	sqlite3_bind_int64(stmt, 2, r->container);
	bind_id(stmt, 3, r->session);
	bind_id(stmt, 4, (int64_t)r->seq);
	sqlite3_bind_int64(stmt, 5, r->stopped_ns);
	bind_text(stmt, 6, r->reason);
	if (r->have_exit_code)
		sqlite3_bind_int(stmt, 7, r->exit_code);
	else
		sqlite3_bind_null(stmt, 7);
	bind_id(stmt, 8, r->signal);
	bind_id(stmt, 9, r->action);
	bind_figure(stmt, 10, r->final_cpu_us);
	bind_figure(stmt, 11, r->final_mem_peak_bytes);
	bind_figure(stmt, 12, r->final_io_read_bytes);
	bind_figure(stmt, 13, r->final_io_write_bytes);
	return run(store, STMT_STOP);
}

static int put_progress(struct store *store, enum store_stmt i, int64_t session,
			uint64_t number)
{
	sqlite3_bind_int64(store->stmt[i], 1, (int64_t)number);
	sqlite3_bind_int64(store->stmt[i], 2, session);
	return run(store, i);
}

/* Puts n samples by a statement that takes as many; ?1 is their tick. */
static int put_samples_by(struct store *store, enum store_stmt i,
			  const struct sample_row *sample, size_t n)
{
	sqlite3_stmt *stmt = store->stmt[i];
	int at = 2;

	for (; n > 0; n--, sample++) {
		sqlite3_bind_int64(stmt, at++, sample->container);
		bind_metrics(stmt, at, CM_COUNT, sample->have, sample->v);
		at += CM_COUNT;
	}
	return run(store, i);
}

static int put_samples(struct store *store, const struct tick_row *r)
{
	const struct sample_row *sample = r->sample;
	size_t left = r->samples;
	int rc = SQLITE_OK;

	sqlite3_bind_int64(store->stmt[STMT_SAMPLES], 1, r->id);
	for (; !rc && left >= SAMPLES_AT_ONCE; left -= SAMPLES_AT_ONCE) {
		rc = put_samples_by(store, STMT_SAMPLES, sample,
				    SAMPLES_AT_ONCE);
		sample += SAMPLES_AT_ONCE;
	}
	sqlite3_bind_int64(store->stmt[STMT_SAMPLE], 1, r->id);
	for (; !rc && left > 0; left--)
		rc = put_samples_by(store, STMT_SAMPLE, sample++, 1);
	return rc;
}

static int put_tick(struct store *store, const struct tick_row *r)
{
	sqlite3_stmt *stmt = store->stmt[STMT_TICK];
	int rc;

	sqlite3_bind_int64(stmt, 1, r->id);
	sqlite3_bind_int64(stmt, 2, r->session);
	sqlite3_bind_int64(stmt, 3, (int64_t)r->number);
	sqlite3_bind_int64(stmt, 4, r->ts_ns);
	sqlite3_bind_int64(stmt, 5, r->boottime_ns);
	bind_figure(stmt, 6, r->span_us);
	sqlite3_bind_int64(stmt, 7, r->interval_us);
	sqlite3_bind_int64(stmt, 8, r->walk_us);
	sqlite3_bind_int64(stmt, 9, (int64_t)r->samples);
	bind_metrics(stmt, 10, SM_COUNT, r->have, r->v);
	rc = run(store, STMT_TICK);
	return rc ? rc : put_samples(store, r);
}

static int put_event(struct store *store, const struct event_row *r)
{
	sqlite3_stmt *stmt = store->stmt[STMT_EVENT];

	sqlite3_bind_int64(stmt, 1, r->session);
	sqlite3_bind_int64(stmt, 2, (int64_t)r->seq);
	sqlite3_bind_int64(stmt, 3, r->ts_ns);
	sqlite3_bind_int64(stmt, 4, r->boottime_ns);
	bind_text(stmt, 5, r->type);
	bind_id(stmt, 6, r->container);
	return run(store, STMT_EVENT);
}

static int put_gap(struct store *store, const struct gap_row *r)
{
	sqlite3_stmt *stmt = store->stmt[STMT_GAP];

	bind_id(stmt, 1, r->session);
	bind_text(stmt, 2, r->kind == GAP_TICK ? "tick" : "event");
	sqlite3_bind_int64(stmt, 3, (int64_t)r->first);
	sqlite3_bind_int64(stmt, 4, (int64_t)r->count);
	bind_id(stmt, 5, r->from_ns);
	bind_id(stmt, 6, r->to_ns);
	bind_text(stmt, 7, r->reason);
	return run(store, STMT_GAP);
}

static int put_job(struct store *store, const struct job_row *r)
{
	sqlite3_stmt *stmt = store->stmt[STMT_JOB];

	bind_text(stmt, 1, r->name);
	bind_text(stmt, 2, r->kind);
	bind_text(stmt, 3, r->command);
	bind_id(stmt, 4, r->every_s);
	sqlite3_bind_int64(stmt, 5, (int64_t)r->runs);
	sqlite3_bind_int64(stmt, 6, (int64_t)r->failures);
	sqlite3_bind_int64(stmt, 7, (int64_t)r->skipped);
	bind_id(stmt, 8, r->started_ns);
	bind_id(stmt, 9, r->ended_ns);
	if (r->have_exit_code)
		sqlite3_bind_int(stmt, 10, r->exit_code);
	else
		sqlite3_bind_null(stmt, 10);
	bind_id(stmt, 11, r->signal);
	bind_text(stmt, 12, r->error);
	return run(store, STMT_JOB);
}

/* How far each session has come, written once for all rows. */
struct progress {
	int64_t session;
	uint64_t tick;
	uint64_t seq;
};

static int put_progresses(struct store *store, struct progress *p)
{
	int rc = SQLITE_OK;

	if (p->tick)
		rc = put_progress(store, STMT_LAST_TICK, p->session, p->tick);
	if (!rc && p->seq)
		rc = put_progress(store, STMT_LAST_SEQ, p->session, p->seq);
	*p = (struct progress){ 0 };
	return rc;
}

/* Notes which number a row brings its session to. */
static int note_progress(struct store *store, struct progress *p,
			 const struct row *row)
{
	int64_t session = 0;
	uint64_t tick = 0, seq = 0;
	int rc = SQLITE_OK;

	if (row->type == ROW_TICK) {
		session = row->tick.session;
		tick = row->tick.number;
	} else if (row->type == ROW_EVENT) {
		session = row->event.session;
		seq = row->event.seq;
	} else if (row->type == ROW_GAP) {
		session = row->gap.session;
		if (row->gap.kind == GAP_TICK)
			tick = row->gap.first + row->gap.count - 1;
		else
			seq = row->gap.first + row->gap.count - 1;
	} else {
		return SQLITE_OK;
	}
	if (p->session != session)
		rc = put_progresses(store, p);
	p->session = session;
	p->tick = tick ? tick : p->tick;
	p->seq = seq ? seq : p->seq;
	return rc;
}

static int put_row(struct store *store, const struct row *row)
{
	switch (row->type) {
	case ROW_BOOT:
		return put_boot(store, &row->boot);
	case ROW_SESSION:
		return put_session(store, &row->session);
	case ROW_CONTAINER:
		return put_container(store, &row->container);
	case ROW_ACTION:
		return put_action(store, &row->action);
	case ROW_STOP:
		return put_stop(store, &row->stop);
	case ROW_TICK:
		return put_tick(store, &row->tick);
	case ROW_EVENT:
		return put_event(store, &row->event);
	case ROW_GAP:
		return put_gap(store, &row->gap);
	case ROW_JOB:
		return put_job(store, &row->job);
	case ROW_TYPES:
		break;
	}
	return SQLITE_MISUSE;
}

/* Whether a value is as it was stored last. */
static bool is_stored(const struct store *store, const struct status_key *key,
		      const struct status *status)
{
	const char *new = (const char *)status + key->offset;
	const char *old = (const char *)&store->status + key->offset;

	if (!store->have_status)
		return false;
	if (key->type == STATUS_text)
		return strcmp(new, old) == 0;
	return memcmp(new, old, sizeof(int64_t)) == 0;
}

static int put_key(struct store *store, const struct status_key *key,
		   const void *at)
{
	sqlite3_stmt *stmt = store->stmt[STMT_STATUS];
	const char *text = at;

	bind_text(stmt, 1, key->name);
	switch (key->type) {
	case STATUS_int:
		sqlite3_bind_int64(stmt, 2, *(const int64_t *)at);
		break;
	case STATUS_opt:
		bind_id(stmt, 2, *(const int64_t *)at);
		break;
	case STATUS_text:
		bind_text(stmt, 2, *text ? text : NULL);
		break;
	}
	return run(store, STMT_STATUS);
}

static int put_status(struct store *store, const struct status *status)
{
	int rc = SQLITE_OK;

	for (size_t i = 0; !rc && i < status_key_count; i++) {
		const struct status_key *key = &status_keys[i];

		if (!is_stored(store, key, status))
			rc = put_key(store, key,
				     (const char *)status + key->offset);
	}
	return rc;
}

/* Puts a gap in the place of a tick or an event. */
static int put_instead(struct store *store, const struct row *row)
{
	struct gap_row gap = { .count = 1, .reason = "refused" };

	if (row->type == ROW_TICK) {
		gap.session = row->tick.session;
		gap.kind = GAP_TICK;
		gap.first = row->tick.number;
	} else if (row->type == ROW_EVENT) {
		gap.session = row->event.session;
		gap.kind = GAP_EVENT;
		gap.first = row->event.seq;
	} else {
		return SQLITE_OK;
	}
	return put_gap(store, &gap);
}

/*
 * Puts a row. One that contradicts what is stored must not hold up the others:
 * SQLite undoes only its statement.
 */
static int put_or_refuse(struct store *store, const struct row *row)
{
	int rc = put_row(store, row);

	if (rc != SQLITE_CONSTRAINT && rc != SQLITE_TOOBIG &&
	    rc != SQLITE_MISMATCH)
		return rc;
	store->refused_now++;
	return put_instead(store, row);
}

static int put_all(struct store *store, const struct rows *rows,
		   const struct status *status)
{
	struct progress progress = { 0 };
	int rc = SQLITE_OK;

	store->refused_now = 0;
	for (const struct row *row = rows->first; !rc && row; row = row->next) {
		rc = put_or_refuse(store, row);
		if (!rc)
			rc = note_progress(store, &progress, row);
	}
	if (!rc)
		rc = put_progresses(store, &progress);
	if (!rc && status)
		rc = put_status(store, status);
	return rc;
}

/* Ends a failed transaction and says whether to try it again. */
static enum store_result give_up(struct store *store, int rc)
{
	snprintf(store->error, sizeof(store->error), "%s",
		 sqlite3_errmsg(store->db));
	/* Some errors have rolled back by themselves. */
	if (!sqlite3_get_autocommit(store->db))
		run(store, STMT_ROLLBACK);
	switch (rc & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_NOMEM:
	case SQLITE_READONLY:
	case SQLITE_IOERR:
	case SQLITE_FULL:
	case SQLITE_CANTOPEN:
	case SQLITE_INTERRUPT:
		return STORE_RETRY;
	}
	return STORE_BROKEN;
}

enum store_result store_commit(struct store *store, const struct rows *rows,
			       const struct status *status)
{
	int rc = run(store, STMT_BEGIN);

	if (!rc)
		rc = put_all(store, rows, status);
	if (!rc)
		rc = run(store, STMT_COMMIT);
	if (rc)
		return give_up(store, rc);
	store->error[0] = 0;
	store->refused += store->refused_now;
	if (status) {
		store->status = *status;
		store->have_status = true;
	}
	return STORE_OK;
}

uint64_t store_refused(const struct store *store)
{
	return store->refused;
}

const char *store_error(const struct store *store)
{
	return store->error;
}
