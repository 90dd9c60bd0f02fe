// SPDX-License-Identifier: GPL-2.0
/* The reading half of store.h: the past, at the daemon's start. */
#include "store_int.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int fail(struct store *store)
{
	snprintf(store->error, sizeof(store->error), "%s",
		 sqlite3_errmsg(store->db));
	switch (sqlite3_errcode(store->db)) {
	case SQLITE_NOMEM:
		return -ENOMEM;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return -EUCLEAN;
	}
	return -EIO;
}

static const char *text(sqlite3_stmt *stmt, int i)
{
	return (const char *)sqlite3_column_text(stmt, i);
}

static void read_session(sqlite3_stmt *stmt, struct step_past *past)
{
	snprintf(past->boot_uuid, sizeof(past->boot_uuid), "%s", text(stmt, 0));
	past->instance = (uint64_t)sqlite3_column_int64(stmt, 1);
	past->last_tick = (uint64_t)sqlite3_column_int64(stmt, 2);
	past->last_seq = (uint64_t)sqlite3_column_int64(stmt, 3);
}

static void read_ids(sqlite3_stmt *stmt, struct step_past *past)
{
	past->boot_id = sqlite3_column_int64(stmt, 0);
	past->session_id = sqlite3_column_int64(stmt, 1);
	past->tick_id = sqlite3_column_int64(stmt, 2);
	past->container_id = sqlite3_column_int64(stmt, 3);
	past->action_id = sqlite3_column_int64(stmt, 4);
	past->stop_id = sqlite3_column_int64(stmt, 5);
	past->last_ns = sqlite3_column_int64(stmt, 6);
	past->alarm_id = sqlite3_column_int64(stmt, 7);
	past->last_boottime_ns = (uint64_t)sqlite3_column_int64(stmt, 8);
}

/* Reads one row, if there is one. */
static int read_one(struct store *store, const char *sql,
		    void (*fn)(sqlite3_stmt *stmt, struct step_past *past),
		    struct step_past *past)
{
	sqlite3_stmt *stmt;
	int rc;

	if (sqlite3_prepare_v2(store->db, sql, -1, &stmt, NULL))
		return fail(store);
	rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW)
		fn(stmt, past);
	rc = sqlite3_finalize(stmt);
	return rc ? fail(store) : 0;
}

int store_load(struct store *store, struct step_past *past)
{
	int rc;

	*past = (struct step_past){ 0 };
	rc = read_one(store,
		      "SELECT (SELECT max(id) FROM boot),"
		      " (SELECT max(id) FROM session),"
		      " (SELECT max(id) FROM tick),"
		      " (SELECT max(id) FROM container),"
		      " (SELECT max(id) FROM action),"
		      " (SELECT max(id) FROM stop),"
		      " (SELECT max(ts) FROM"
		      "  (SELECT ts_ns AS ts FROM tick ORDER BY id DESC LIMIT 1)"
		      "  UNION ALL SELECT value FROM status"
		      "   WHERE key = 'heartbeat_ns'),"
		      " (SELECT max(id) FROM alarm),"
		      " (SELECT max(ns) FROM"
		      "  (SELECT t.boottime_ns AS ns FROM (SELECT session,"
		      "    boottime_ns FROM tick ORDER BY id DESC LIMIT 1) AS t"
		      "   JOIN session AS s ON s.id = t.session"
		      "   WHERE s.boot = (SELECT max(id) FROM boot))"
		      "  UNION ALL SELECT ns FROM"
		      "   (SELECT boottime_ns AS ns FROM event WHERE session ="
		      "    (SELECT max(id) FROM session)"
		      "    ORDER BY seq DESC LIMIT 1))",
		      read_ids, past);
	if (rc)
		return rc;
	return read_one(store,
			"SELECT b.uuid, s.instance, s.last_tick, s.last_seq"
			" FROM session AS s JOIN boot AS b ON b.id = s.boot"
			" ORDER BY s.id DESC LIMIT 1",
			read_session, past);
}

static const char containers_sql[] =
	"SELECT c.id, c.boot, c.cgroup_id, c.key, c.path, c.runtime,"
	" c.parent, c.name, c.image, c.command, c.labels, c.first_seen_ns,"
	" c.started_ns, c.stopped_ns,"
	" p.id, p.session, p.seq, p.stopped_ns, p.action, p.final_cpu_us,"
	" p.final_mem_peak_bytes, p.final_io_read_bytes,"
	" p.final_io_write_bytes,"
	" a.id, a.rule, a.group_key, a.decided_ns, a.requested_ns,"
	" a.answered_ns, a.confirmed_ns, a.http_status, a.error, p.reason,"
	" p.final_net_rx_bytes, p.final_net_tx_bytes, p.signal,"
	" a.verb, a.attempt, a.state"
	" FROM container AS c"
	" LEFT JOIN stop AS p ON p.id ="
	"  (SELECT max(id) FROM stop WHERE container = c.id)"
	" LEFT JOIN action AS a ON a.id ="
	"  (SELECT max(id) FROM action WHERE container = c.id"
	"   AND dry_run = 0 AND (requested_ns IS NOT NULL OR state IN"
	"   ('waiting', 'given-up')))"
	" WHERE c.stopped_ns IS NULL"
	" OR c.id IN (SELECT container FROM stop WHERE stopped_ns > ?1"
	"  AND exit_code IS NULL)"
	/* A restart of which only the first half was seen. */
	" OR c.id IN (SELECT container FROM action"
	"  WHERE state IN ('requested', 'answered'))"
	" ORDER BY c.id";

static void read_container(sqlite3_stmt *stmt, struct container_row *r)
{
	r->id = sqlite3_column_int64(stmt, 0);
	r->boot = sqlite3_column_int64(stmt, 1);
	r->cgroup_id = (uint64_t)sqlite3_column_int64(stmt, 2);
	r->key = text(stmt, 3);
	r->path = text(stmt, 4);
	r->runtime = text(stmt, 5);
	r->parent = sqlite3_column_int64(stmt, 6);
	r->name = text(stmt, 7);
	r->image = text(stmt, 8);
	r->command = text(stmt, 9);
	r->labels = text(stmt, 10);
	r->first_seen_ns = sqlite3_column_int64(stmt, 11);
	r->started_ns = sqlite3_column_int64(stmt, 12);
	r->stopped_ns = sqlite3_column_int64(stmt, 13);
}

static int64_t figure(sqlite3_stmt *stmt, int i)
{
	return sqlite3_column_type(stmt, i) == SQLITE_NULL
		       ? -1
		       : sqlite3_column_int64(stmt, i);
}

static void read_stop(sqlite3_stmt *stmt, int64_t container, struct stop_row *r)
{
	r->container = container;
	r->id = sqlite3_column_int64(stmt, 14);
	r->session = sqlite3_column_int64(stmt, 15);
	r->seq = (uint64_t)sqlite3_column_int64(stmt, 16);
	r->stopped_ns = sqlite3_column_int64(stmt, 17);
	r->action = sqlite3_column_int64(stmt, 18);
	r->final_cpu_us = figure(stmt, 19);
	r->final_mem_peak_bytes = figure(stmt, 20);
	r->final_io_read_bytes = figure(stmt, 21);
	r->final_io_write_bytes = figure(stmt, 22);
	r->reason = text(stmt, 32);
	r->final_net_rx_bytes = figure(stmt, 33);
	r->final_net_tx_bytes = figure(stmt, 34);
	r->signal = sqlite3_column_int(stmt, 35);
}

static void read_action(sqlite3_stmt *stmt, int64_t container,
			struct action_row *r)
{
	r->container = container;
	r->id = sqlite3_column_int64(stmt, 23);
	r->rule = text(stmt, 24);
	r->group = text(stmt, 25);
	r->decided_ns = sqlite3_column_int64(stmt, 26);
	r->requested_ns = sqlite3_column_int64(stmt, 27);
	r->answered_ns = sqlite3_column_int64(stmt, 28);
	r->confirmed_ns = sqlite3_column_int64(stmt, 29);
	r->http_status = sqlite3_column_int(stmt, 30);
	r->error = text(stmt, 31);
	r->verb = text(stmt, 36);
	r->attempt = (unsigned int)sqlite3_column_int(stmt, 37);
	r->state = text(stmt, 38);
}

int store_load_containers(struct store *store, int64_t since_ns,
			  int (*fn)(void *arg,
				    const struct step_past_container *c),
			  void *arg)
{
	sqlite3_stmt *stmt;
	int rc = 0;

	if (sqlite3_prepare_v2(store->db, containers_sql, -1, &stmt, NULL))
		return fail(store);
	sqlite3_bind_int64(stmt, 1, since_ns);
	while (rc == 0 && sqlite3_step(stmt) == SQLITE_ROW) {
		struct step_past_container c = { 0 };

		read_container(stmt, &c.row);
		/* A stop of a container that runs is one of before. */
		c.have_stop = c.row.stopped_ns &&
			      sqlite3_column_int64(stmt, 14);
		c.have_action = sqlite3_column_int64(stmt, 23);
		if (c.have_stop)
			read_stop(stmt, c.row.id, &c.stop);
		if (c.have_action)
			read_action(stmt, c.row.id, &c.action);
		rc = fn(arg, &c);
	}
	if (sqlite3_finalize(stmt) && rc == 0)
		rc = fail(store);
	return rc;
}

/* A cap allows at most 1,000 in a minute. */
static const char requests_sql[] =
	"SELECT * FROM (SELECT rule, requested_ns FROM action"
	" WHERE requested_ns > ?1 ORDER BY id DESC LIMIT 1000)"
	" ORDER BY requested_ns";

int store_load_requests(struct store *store, int64_t since_ns,
			void (*fn)(void *arg, const char *rule, int64_t ns),
			void *arg)
{
	sqlite3_stmt *stmt;

	if (sqlite3_prepare_v2(store->db, requests_sql, -1, &stmt, NULL))
		return fail(store);
	sqlite3_bind_int64(stmt, 1, since_ns);
	while (sqlite3_step(stmt) == SQLITE_ROW)
		fn(arg, text(stmt, 0), sqlite3_column_int64(stmt, 1));
	return sqlite3_finalize(stmt) ? fail(store) : 0;
}

/* From life to life back, as long as the same rule has restarted each. */
static const char restarts_sql[] =
	"WITH RECURSIVE chain (container, life, rule, n) AS ("
	" SELECT id, id, NULL, 0 FROM container WHERE stopped_ns IS NULL"
	"  OR id IN (SELECT container FROM action"
	"   WHERE state IN ('requested', 'answered'))"
	" UNION ALL"
	" SELECT chain.container, p.id, a.rule, chain.n + 1"
	" FROM chain"
	" JOIN container AS l ON l.id = chain.life"
	" JOIN container AS p ON p.id = (SELECT max(id) FROM container"
	"  WHERE key = l.key AND boot = l.boot AND id < l.id)"
	" JOIN action AS a ON a.id = (SELECT max(id) FROM action"
	"  WHERE container = p.id AND dry_run = 0)"
	" WHERE a.verb = 'restart' AND a.state = 'confirmed'"
	"  AND a.rule = coalesce(chain.rule, a.rule) AND chain.n < 1000"
	"  AND ((chain.n = 0 AND l.stopped_ns IS NULL)"
	"   OR l.stopped_ns - l.started_ns <= ?1))"
	" SELECT container, rule, max(n) FROM chain WHERE n > 0"
	" GROUP BY container";

int store_load_restarts(struct store *store, int64_t settled_ns,
			int (*fn)(void *arg, int64_t container,
				  const char *rule, unsigned int restarts),
			void *arg)
{
	sqlite3_stmt *stmt;
	int rc = 0;

	if (sqlite3_prepare_v2(store->db, restarts_sql, -1, &stmt, NULL))
		return fail(store);
	sqlite3_bind_int64(stmt, 1, settled_ns);
	while (!rc && sqlite3_step(stmt) == SQLITE_ROW)
		rc = fn(arg, sqlite3_column_int64(stmt, 0), text(stmt, 1),
			(unsigned int)sqlite3_column_int(stmt, 2));
	if (sqlite3_finalize(stmt) && !rc)
		rc = fail(store);
	return rc;
}
