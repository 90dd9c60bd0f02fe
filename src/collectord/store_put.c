// SPDX-License-Identifier: GPL-2.0
/*
 * Puts each kind of row into its table, by the statements that store.c has
 * prepared. Knows nothing of transactions.
 */
#include "store_int.h"

void store_bind_id(sqlite3_stmt *stmt, int i, int64_t value)
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
void store_bind_text(sqlite3_stmt *stmt, int i, const char *text)
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
int store_run(struct store *store, enum store_stmt i)
{
	sqlite3_stmt *stmt = store->stmt[i];

	sqlite3_step(stmt);
	return sqlite3_reset(stmt);
}

static int put_boot(struct store *store, const struct boot_row *r)
{
	sqlite3_stmt *stmt = store->stmt[STMT_BOOT];

	sqlite3_bind_int64(stmt, 1, r->id);
	store_bind_text(stmt, 2, r->uuid);
	return store_run(store, STMT_BOOT);
}

static int put_session(struct store *store, const struct session_row *r)
{
	sqlite3_stmt *stmt = store->stmt[STMT_SESSION];

	sqlite3_bind_int64(stmt, 1, r->id);
	sqlite3_bind_int64(stmt, 2, r->boot);
	sqlite3_bind_int64(stmt, 3, (int64_t)r->instance);
	sqlite3_bind_int64(stmt, 4, r->opened_ns);
	return store_run(store, STMT_SESSION);
}

static int put_container(struct store *store, const struct container_row *r)
{
	sqlite3_stmt *stmt = store->stmt[STMT_CONTAINER];

	sqlite3_bind_int64(stmt, 1, r->id);
	sqlite3_bind_int64(stmt, 2, r->boot);
	sqlite3_bind_int64(stmt, 3, (int64_t)r->cgroup_id);
	store_bind_text(stmt, 4, r->key);
	store_bind_text(stmt, 5, r->path);
	store_bind_text(stmt, 6, r->runtime);
	store_bind_id(stmt, 7, r->parent);
	store_bind_text(stmt, 8, r->name);
	store_bind_text(stmt, 9, r->image);
	store_bind_text(stmt, 10, r->command);
	store_bind_text(stmt, 11, r->labels);
	sqlite3_bind_int64(stmt, 12, r->first_seen_ns);
	store_bind_id(stmt, 13, r->started_ns);
	store_bind_id(stmt, 14, r->stopped_ns);
	return store_run(store, STMT_CONTAINER);
}

static int put_action(struct store *store, const struct action_row *r)
{
	sqlite3_stmt *stmt = store->stmt[STMT_ACTION];

	sqlite3_bind_int64(stmt, 1, r->id);
	store_bind_text(stmt, 2, r->rule);
	sqlite3_bind_int64(stmt, 3, r->container);
	store_bind_text(stmt, 4, r->group);
	store_bind_text(stmt, 5, r->verb);
	sqlite3_bind_int(stmt, 6, r->dry_run);
	sqlite3_bind_int64(stmt, 7, r->decided_ns);
	store_bind_id(stmt, 8, r->requested_ns);
	store_bind_id(stmt, 9, r->answered_ns);
	store_bind_id(stmt, 10, r->confirmed_ns);
	store_bind_id(stmt, 11, r->http_status);
	store_bind_text(stmt, 12, r->error);
	return store_run(store, STMT_ACTION);
}

static int put_stop(struct store *store, const struct stop_row *r)
{
	sqlite3_stmt *stmt = store->stmt[STMT_STOP];

	sqlite3_bind_int64(stmt, 1, r->id);
	sqlite3_bind_int64(stmt, 2, r->container);
	store_bind_id(stmt, 3, r->session);
	store_bind_id(stmt, 4, (int64_t)r->seq);
	sqlite3_bind_int64(stmt, 5, r->stopped_ns);
	store_bind_text(stmt, 6, r->reason);
	if (r->have_exit_code)
		sqlite3_bind_int(stmt, 7, r->exit_code);
	else
		sqlite3_bind_null(stmt, 7);
	store_bind_id(stmt, 8, r->signal);
	store_bind_id(stmt, 9, r->action);
	bind_figure(stmt, 10, r->final_cpu_us);
	bind_figure(stmt, 11, r->final_mem_peak_bytes);
	bind_figure(stmt, 12, r->final_io_read_bytes);
	bind_figure(stmt, 13, r->final_io_write_bytes);
	return store_run(store, STMT_STOP);
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
	return store_run(store, i);
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
	rc = store_run(store, STMT_TICK);
	return rc ? rc : put_samples(store, r);
}

static int put_event(struct store *store, const struct event_row *r)
{
	sqlite3_stmt *stmt = store->stmt[STMT_EVENT];

	sqlite3_bind_int64(stmt, 1, r->session);
	sqlite3_bind_int64(stmt, 2, (int64_t)r->seq);
	sqlite3_bind_int64(stmt, 3, r->ts_ns);
	sqlite3_bind_int64(stmt, 4, r->boottime_ns);
	store_bind_text(stmt, 5, r->type);
	store_bind_id(stmt, 6, r->container);
	return store_run(store, STMT_EVENT);
}

int store_put_gap(struct store *store, const struct gap_row *r)
{
	sqlite3_stmt *stmt = store->stmt[STMT_GAP];

	store_bind_id(stmt, 1, r->session);
	store_bind_text(stmt, 2, r->kind == GAP_TICK ? "tick" : "event");
	sqlite3_bind_int64(stmt, 3, (int64_t)r->first);
	sqlite3_bind_int64(stmt, 4, (int64_t)r->count);
	store_bind_id(stmt, 5, r->from_ns);
	store_bind_id(stmt, 6, r->to_ns);
	store_bind_text(stmt, 7, r->reason);
	return store_run(store, STMT_GAP);
}

static int put_job(struct store *store, const struct job_row *r)
{
	sqlite3_stmt *stmt = store->stmt[STMT_JOB];

	store_bind_text(stmt, 1, r->name);
	store_bind_text(stmt, 2, r->kind);
	store_bind_text(stmt, 3, r->command);
	store_bind_id(stmt, 4, r->every_s);
	sqlite3_bind_int64(stmt, 5, (int64_t)r->runs);
	sqlite3_bind_int64(stmt, 6, (int64_t)r->failures);
	sqlite3_bind_int64(stmt, 7, (int64_t)r->skipped);
	store_bind_id(stmt, 8, r->started_ns);
	store_bind_id(stmt, 9, r->ended_ns);
	if (r->have_exit_code)
		sqlite3_bind_int(stmt, 10, r->exit_code);
	else
		sqlite3_bind_null(stmt, 10);
	store_bind_id(stmt, 11, r->signal);
	store_bind_text(stmt, 12, r->error);
	return store_run(store, STMT_JOB);
}

int store_put(struct store *store, const struct row *row)
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
		return store_put_gap(store, &row->gap);
	case ROW_JOB:
		return put_job(store, &row->job);
	case ROW_TYPES:
		break;
	}
	return SQLITE_MISUSE;
}
