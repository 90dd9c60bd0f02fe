// SPDX-License-Identifier: GPL-2.0
/*
 * The writing half of store.h: its statements, those with figures made from
 * the metric tables, and its transactions.
 */
#include "store_int.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lock.h"

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
		" confirmed_ns, http_status, error, attempt, state,"
		" exit_code)"
		" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
		" ON CONFLICT (id) DO UPDATE SET"
		" requested_ns = excluded.requested_ns,"
		" answered_ns = excluded.answered_ns,"
		" confirmed_ns = excluded.confirmed_ns,"
		" http_status = excluded.http_status,"
		" error = coalesce(excluded.error, error),"
		" attempt = excluded.attempt, state = excluded.state,"
		" exit_code = excluded.exit_code",
	[STMT_ALARM] = "INSERT INTO alarm (id, ts_ns, action, rule, container,"
		       " reason, detail) VALUES (?, ?, ?, ?, ?, ?, ?)",
	[STMT_STOP] =
		"INSERT INTO stop (id, container, session, seq,"
		" stopped_ns, reason, exit_code, signal, action,"
		" final_cpu_us, final_mem_peak_bytes,"
		" final_io_read_bytes, final_io_write_bytes,"
		" final_net_rx_bytes, final_net_tx_bytes,"
		" killer_signal, killer_ns, killer_pid, killer_uid,"
		" killer_comm, killer_parent_comm, killer_cgroup,"
		" killer_container, oom_pid, oom_comm, oom_rss_bytes,"
		" oom_limit_bytes)"
		" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
		" ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
		" ON CONFLICT (id) DO UPDATE SET"
		" session = excluded.session, seq = excluded.seq,"
		" stopped_ns = excluded.stopped_ns,"
		" reason = excluded.reason,"
		" exit_code = excluded.exit_code,"
		" signal = excluded.signal, action = excluded.action,"
		" final_cpu_us = coalesce(excluded.final_cpu_us, final_cpu_us),"
		" final_mem_peak_bytes ="
		" coalesce(excluded.final_mem_peak_bytes, final_mem_peak_bytes),"
		" final_io_read_bytes ="
		" coalesce(excluded.final_io_read_bytes, final_io_read_bytes),"
		" final_io_write_bytes ="
		" coalesce(excluded.final_io_write_bytes, final_io_write_bytes),"
		" final_net_rx_bytes ="
		" coalesce(excluded.final_net_rx_bytes, final_net_rx_bytes),"
		" final_net_tx_bytes ="
		" coalesce(excluded.final_net_tx_bytes, final_net_tx_bytes),"
		" killer_signal ="
		" coalesce(excluded.killer_signal, killer_signal),"
		" killer_ns = coalesce(excluded.killer_ns, killer_ns),"
		" killer_pid = coalesce(excluded.killer_pid, killer_pid),"
		" killer_uid = coalesce(excluded.killer_uid, killer_uid),"
		" killer_comm = coalesce(excluded.killer_comm, killer_comm),"
		" killer_parent_comm ="
		" coalesce(excluded.killer_parent_comm, killer_parent_comm),"
		" killer_cgroup ="
		" coalesce(excluded.killer_cgroup, killer_cgroup),"
		" killer_container ="
		" coalesce(excluded.killer_container, killer_container),"
		" oom_pid = CASE WHEN excluded.reason = 'oom'"
		" THEN coalesce(excluded.oom_pid, oom_pid) END,"
		" oom_comm = CASE WHEN excluded.reason = 'oom'"
		" THEN coalesce(excluded.oom_comm, oom_comm) END,"
		" oom_rss_bytes = CASE WHEN excluded.reason = 'oom'"
		" THEN coalesce(excluded.oom_rss_bytes, oom_rss_bytes) END,"
		" oom_limit_bytes = CASE WHEN excluded.reason = 'oom'"
		" THEN coalesce(excluded.oom_limit_bytes, oom_limit_bytes) END",
	[STMT_EVENT] =
		"INSERT INTO event (session, seq, ts_ns, boottime_ns, type,"
		" container, exec_delay_us, exit_code, exit_signal,"
		" sender_signal, sender_ns, count, limit_value)"
		" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	[STMT_PROCESS] =
		"INSERT INTO event_process (session, seq, role, pid, uid, comm,"
		" argv, argv_bytes, parent_comm, cgroup, container, rss_bytes)"
		" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
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

/* Prepares a statement that puts records with figures. */
static int prepare_insert(struct store *store, enum store_stmt i,
			  const char *into, const char *const *fixed,
			  const struct metric *metric, size_t metrics,
			  size_t records)
{
	char buf[16384];

	insert_sql(buf, sizeof(buf), into, fixed, metric, metrics, records);
	return prepare(store, i, buf);
}

static int prepare_figures(struct store *store)
{
	static const char *const tick[] = { "id",	   "session",
					    "number",	   "ts_ns",
					    "boottime_ns", "span_us",
					    "interval_us", "walk_us",
					    "containers",  NULL };
	static const char *const cpu[] = { "tick", "number", NULL };
	static const char *const device[] = { "tick", "container", "major",
					      "minor", NULL };
	static const char put_cpu[] = "INSERT OR IGNORE INTO cpu";
	static const char put_device[] = "INSERT OR IGNORE INTO io_device";
	int rc;

	rc = prepare_insert(store, STMT_TICK, "INSERT INTO tick", tick,
			    system_metrics, SM_COUNT, 1);
	if (!rc)
		rc = prepare_insert(store, STMT_CPU, put_cpu, cpu, cpu_metrics,
				    PM_COUNT, 1);
	if (!rc)
		rc = prepare_insert(store, STMT_CPUS, put_cpu, cpu, cpu_metrics,
				    PM_COUNT, RECORDS_AT_ONCE);
	if (!rc)
		rc = prepare_insert(store, STMT_DEVICE, put_device, device,
				    device_metrics, DM_COUNT, 1);
	return rc;
}

static int prepare_all(struct store *store)
{
	int rc = SQLITE_OK;

	for (unsigned int i = 0; !rc && i < STMT_COUNT; i++)
		if (sql[i])
			rc = prepare(store, i, sql[i]);
	return rc ? rc : prepare_figures(store);
}

/* There must be no other daemon that writes: the store's rows are its own. */
static enum db_result take_lock(struct store *store, const char *path,
				struct db_error *err)
{
	long owner;

	store->lock = lock_take(path, &owner);
	if (store->lock >= 0)
		return DB_OK;
	if (store->lock == -EAGAIN)
		snprintf(err->text, sizeof(err->text),
			 "%s: another sysmon-collectord (process %ld) writes "
			 "to it; stop that one, or name another database with "
			 "--db",
			 path, owner);
	else if (store->lock == -ENOENT)
		snprintf(err->text, sizeof(err->text),
			 "%s: its directory does not exist; make it, or name "
			 "another database with --db",
			 path);
	else
		snprintf(err->text, sizeof(err->text), "%s-lock: %s", path,
			 strerror(-store->lock));
	return store->lock == -EACCES ? DB_DENIED : DB_FAILED;
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
	result = take_lock(store, path, err);
	if (result == DB_OK)
		result = db_open_rw(path, &store->db, err);
	if (result == DB_OK && (prepare_all(store) ||
				samples_open(store->db, "", &store->samples) ||
				tiers_open(store->db, &store->tiers) ||
				retain_open(store->db, &store->retain))) {
		snprintf(err->text, sizeof(err->text), "%s: %s", path,
			 sqlite3_errmsg(store->db));
		result = sqlite3_errcode(store->db) == SQLITE_CORRUPT
				 ? DB_DAMAGED
				 : DB_FAILED;
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
	samples_close(store->samples);
	tiers_close(store->tiers);
	retain_close(store->retain);
	sqlite3_close(store->db);
	if (store->lock >= 0)
		close(store->lock);
	free(store);
}

void store_limit_pages(struct store *store, unsigned int pages)
{
	char text[64];

	snprintf(text, sizeof(text), "PRAGMA max_page_count = %u", pages);
	sqlite3_exec(store->db, text, NULL, NULL, NULL);
}

/* How far each session has come, written once for all rows. */
struct progress {
	int64_t session;
	uint64_t tick;
	uint64_t seq;
};

static int put_progress(struct store *store, enum store_stmt i, int64_t session,
			uint64_t number)
{
	sqlite3_bind_int64(store->stmt[i], 1, (int64_t)number);
	sqlite3_bind_int64(store->stmt[i], 2, session);
	return store_run(store, i);
}

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

	store_bind_text(stmt, 1, key->name);
	switch (key->type) {
	case STATUS_int:
		sqlite3_bind_int64(stmt, 2, *(const int64_t *)at);
		break;
	case STATUS_opt:
		store_bind_id(stmt, 2, *(const int64_t *)at);
		break;
	case STATUS_text:
		store_bind_text(stmt, 2, *text ? text : NULL);
		break;
	}
	return store_run(store, STMT_STATUS);
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
	return store_put_gap(store, &gap);
}

/*
 * Puts a row. One that contradicts what is stored must not hold up the others:
 * SQLite undoes only its statement.
 */
static int put_or_refuse(struct store *store, const struct row *row)
{
	int rc = store_put(store, row);

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
	if (!rc)
		rc = tiers_catch_up(store->tiers);
	if (!rc && status)
		rc = put_status(store, status);
	return rc;
}

enum store_result store_give_up(struct store *store, int rc)
{
	snprintf(store->error, sizeof(store->error), "%s",
		 sqlite3_errmsg(store->db));
	samples_forget(store->samples);
	tiers_forget(store->tiers);
	/* Some errors have rolled back by themselves. */
	if (!sqlite3_get_autocommit(store->db))
		store_run(store, STMT_ROLLBACK);
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
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return STORE_DAMAGED;
	}
	return STORE_BROKEN;
}

enum store_result store_commit(struct store *store, const struct rows *rows,
			       const struct status *status)
{
	int rc;

	if (!log_takes_more(store)) {
		snprintf(store->error, sizeof(store->error),
			 "a reader holds a transaction open, and the log may "
			 "not grow further");
		return STORE_RETRY;
	}
	rc = retain_sync(store->retain);
	if (!rc)
		rc = store_run(store, STMT_BEGIN);
	if (!rc)
		rc = put_all(store, rows, status);
	if (!rc)
		rc = store_run(store, STMT_COMMIT);
	if (rc)
		return store_give_up(store, rc);
	log_look(store);
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
