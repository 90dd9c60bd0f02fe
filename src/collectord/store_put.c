// SPDX-License-Identifier: GPL-2.0
/*
 * Puts each kind of row into its table, by the statements that store.c has
 * prepared. Knows nothing of transactions.
 */
#include "store_int.h"

#include <stdlib.h>

int store_prepare(sqlite3 *db, FILE *f, char **text, sqlite3_stmt **stmt)
{
	int rc = SQLITE_NOMEM;

	if (fclose(f) == 0)
		rc = sqlite3_prepare_v3(db, *text, -1,
					SQLITE_PREPARE_PERSISTENT, stmt, NULL);
	free(*text);
	return rc;
}

void store_bind_id(sqlite3_stmt *stmt, int i, int64_t value)
{
	if (value)
		sqlite3_bind_int64(stmt, i, value);
	else
		sqlite3_bind_null(stmt, i);
}

/* A figure: -1 is unknown. */
void store_bind_figure(sqlite3_stmt *stmt, int i, int64_t value)
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

/* A text of any bytes but 0, or nothing. */
static void bind_str(sqlite3_stmt *stmt, int i, struct str text)
{
	sqlite3_bind_text(stmt, i, text.p, (int)text.len, SQLITE_STATIC);
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

	return store_run_statement(stmt);
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
	store_bind_id(stmt, 13, r->attempt);
	store_bind_text(stmt, 14, r->state);
	if (r->have_exit_code)
		sqlite3_bind_int(stmt, 15, r->exit_code);
	else
		sqlite3_bind_null(stmt, 15);
	return store_run(store, STMT_ACTION);
}

static int put_alarm(struct store *store, const struct alarm_row *r)
{
	sqlite3_stmt *stmt = store->stmt[STMT_ALARM];

	sqlite3_bind_int64(stmt, 1, r->id);
	sqlite3_bind_int64(stmt, 2, r->ts_ns);
	store_bind_id(stmt, 3, r->action);
	store_bind_text(stmt, 4, r->rule);
	store_bind_id(stmt, 5, r->container);
	store_bind_text(stmt, 6, r->reason);
	store_bind_text(stmt, 7, r->detail);
	return store_run(store, STMT_ALARM);
}

static void bind_killer(sqlite3_stmt *stmt, const struct stop_row *r)
{
	static const struct process_row nobody = { .uid = -1 };
	const struct process_row *p = r->have_killer ? &r->killer : &nobody;

	store_bind_id(stmt, 16, r->killer_signal);
	store_bind_id(stmt, 17, r->killer_ns);
	store_bind_id(stmt, 18, p->pid);
	store_bind_figure(stmt, 19, p->uid);
	bind_str(stmt, 20, p->comm);
	bind_str(stmt, 21, p->parent_comm);
	bind_str(stmt, 22, p->cgroup);
	store_bind_id(stmt, 23, p->container);
}

static void bind_victim(sqlite3_stmt *stmt, const struct stop_row *r)
{
	static const struct process_row nobody = { .rss_bytes = -1 };
	const struct process_row *p = r->have_oom ? &r->oom : &nobody;

	store_bind_id(stmt, 24, p->pid);
	bind_str(stmt, 25, p->comm);
	store_bind_figure(stmt, 26, p->rss_bytes);
	store_bind_figure(stmt, 27, r->have_oom ? r->oom_limit_bytes : -1);
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
	store_bind_figure(stmt, 10, r->final_cpu_us);
	store_bind_figure(stmt, 11, r->final_mem_peak_bytes);
	store_bind_figure(stmt, 12, r->final_io_read_bytes);
	store_bind_figure(stmt, 13, r->final_io_write_bytes);
	store_bind_figure(stmt, 14, r->final_net_rx_bytes);
	store_bind_figure(stmt, 15, r->final_net_tx_bytes);
	bind_killer(stmt, r);
	bind_victim(stmt, r);
	return store_run(store, STMT_STOP);
}

/* Binds one record's values from @at on; returns where the next begin. */
static int bind_cpu(sqlite3_stmt *stmt, int at, const struct tick_row *r,
		    size_t i)
{
	sqlite3_bind_int64(stmt, at++, r->cpu[i].number);
	bind_metrics(stmt, at, PM_COUNT, r->cpu[i].have, r->cpu[i].v);
	return at + PM_COUNT;
}

static int bind_device(sqlite3_stmt *stmt, int at, const struct tick_row *r,
		       size_t i)
{
	const struct device_row *d = &r->device[i];

	sqlite3_bind_int64(stmt, at++, d->container);
	sqlite3_bind_int64(stmt, at++, d->major);
	sqlite3_bind_int64(stmt, at++, d->minor);
	bind_metrics(stmt, at, DM_COUNT, d->have, d->v);
	return at + DM_COUNT;
}

/* One kind of record of a tick; ?1 of its statements is the tick. */
struct records {
	enum store_stmt one;
	enum store_stmt many; /* puts RECORDS_AT_ONCE */
	int (*bind)(sqlite3_stmt *stmt, int at, const struct tick_row *r,
		    size_t i);
};

/* Puts n records by a statement that takes as many. */
static int put_by(struct store *store, enum store_stmt stmt,
		  const struct records *records, const struct tick_row *r,
		  size_t first, size_t n)
{
	int at = 2;

	sqlite3_bind_int64(store->stmt[stmt], 1, r->id);
	for (size_t i = first; i < first + n; i++)
		at = records->bind(store->stmt[stmt], at, r, i);
	return store_run(store, stmt);
}

static int put_records(struct store *store, const struct records *records,
		       const struct tick_row *r, size_t count)
{
	size_t i = 0;
	int rc = SQLITE_OK;

	if (records->many != records->one)
		for (; !rc && count - i >= RECORDS_AT_ONCE;
		     i += RECORDS_AT_ONCE)
			rc = put_by(store, records->many, records, r, i,
				    RECORDS_AT_ONCE);
	for (; !rc && i < count; i++)
		rc = put_by(store, records->one, records, r, i, 1);
	return rc;
}

static int put_figures(struct store *store, const struct tick_row *r)
{
	static const struct records cpus = { STMT_CPU, STMT_CPUS, bind_cpu };
	static const struct records devices = { STMT_DEVICE, STMT_DEVICE,
						bind_device };
	int rc = samples_put(store->samples, r->id, r->sample, r->samples);

	if (!rc)
		rc = put_records(store, &cpus, r, r->cpus);
	if (!rc)
		rc = put_records(store, &devices, r, r->devices);
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
	store_bind_figure(stmt, 6, r->span_us);
	sqlite3_bind_int64(stmt, 7, r->interval_us);
	sqlite3_bind_int64(stmt, 8, r->walk_us);
	sqlite3_bind_int64(stmt, 9, (int64_t)r->samples);
	bind_metrics(stmt, 10, SM_COUNT, r->have, r->v);
	rc = store_run(store, STMT_TICK);
	if (!rc)
		rc = put_figures(store, r);
	return rc ? rc : tiers_add(store->tiers, r);
}

static int put_process(struct store *store, const struct event_row *ev,
		       const char *role, const struct process_row *r)
{
	sqlite3_stmt *stmt = store->stmt[STMT_PROCESS];

	sqlite3_bind_int64(stmt, 1, ev->session);
	sqlite3_bind_int64(stmt, 2, (int64_t)ev->seq);
	store_bind_text(stmt, 3, role);
	store_bind_id(stmt, 4, r->pid);
	store_bind_figure(stmt, 5, r->uid);
	bind_str(stmt, 6, r->comm);
	sqlite3_bind_blob(stmt, 7, r->argv.p, (int)r->argv.len, SQLITE_STATIC);
	store_bind_figure(stmt, 8, r->argv_bytes);
	bind_str(stmt, 9, r->parent_comm);
	bind_str(stmt, 10, r->cgroup);
	store_bind_id(stmt, 11, r->container);
	store_bind_figure(stmt, 12, r->rss_bytes);
	return store_run(store, STMT_PROCESS);
}

static int put_event(struct store *store, const struct event_row *r)
{
	sqlite3_stmt *stmt = store->stmt[STMT_EVENT];
	int rc;

	sqlite3_bind_int64(stmt, 1, r->session);
	sqlite3_bind_int64(stmt, 2, (int64_t)r->seq);
	sqlite3_bind_int64(stmt, 3, r->ts_ns);
	sqlite3_bind_int64(stmt, 4, r->boottime_ns);
	store_bind_text(stmt, 5, r->type);
	store_bind_id(stmt, 6, r->container);
	store_bind_figure(stmt, 7, r->exec_delay_us);
	store_bind_figure(stmt, 8, r->exit_code);
	store_bind_id(stmt, 9, r->exit_signal);
	store_bind_id(stmt, 10, r->sender_signal);
	store_bind_id(stmt, 11, r->sender_ns);
	store_bind_figure(stmt, 12, r->count);
	store_bind_figure(stmt, 13, r->limit);
	rc = store_run(store, STMT_EVENT);
	if (!rc && r->have_subject)
		rc = put_process(store, r, "subject", &r->subject);
	if (!rc && r->have_sender)
		rc = put_process(store, r, "sender", &r->sender);
	return rc;
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
	case ROW_ALARM:
		return put_alarm(store, &row->alarm);
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
