// SPDX-License-Identifier: GPL-2.0
/* The queries, each prepared once; knows neither output nor clocks. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "query.h"
#include "sql_figure.h"
#include "sql_wanted.h"

enum statement {
	Q_BEGIN,
	Q_END,
	Q_TICK_NEWEST,
	Q_TICK_AT,
	Q_TICK_BEFORE,
	Q_TICK_AFTER,
	Q_TOP,
	Q_CPUS,
	Q_DEVICES,
	Q_TRAIL,
	Q_TOP_EVENTS,
	Q_CONTAINERS_RUNNING,
	Q_CONTAINERS_ALL,
	Q_CONTAINERS_IN_RANGE,
	Q_LIVES_BY_KEY,
	Q_LIVES_BY_NAME,
	Q_LIVES_BY_CGROUP,
	Q_LIVES_BY_PREFIX,
	Q_CANDIDATES_BY_NAME,
	Q_CANDIDATES_BY_KEY,
	Q_CANDIDATES_UNNAMED,
	Q_RULES,
	Q_HISTORY_CONTAINER,
	Q_HISTORY_CONTAINER_1M,
	Q_HISTORY_CONTAINER_1H,
	Q_HISTORY_SYSTEM,
	Q_HISTORY_SYSTEM_1M,
	Q_HISTORY_SYSTEM_1H,
	Q_HISTORY_EXTENT,
	Q_EVENT_END,
	/* Each of a record is followed by that of some containers. */
	Q_EVENTS,
	Q_EVENTS_OF,
	Q_EVENTS_LAST,
	Q_EVENTS_LAST_OF,
	Q_EVENTS_BEHIND,
	Q_EVENTS_BEHIND_OF,
	Q_STOPS,
	Q_STOPS_OF,
	Q_STOPS_NEWEST,
	Q_STOPS_NEWEST_OF,
	Q_ACTIONS,
	Q_ACTIONS_OF,
	Q_ACTIONS_NEWEST,
	Q_ACTIONS_NEWEST_OF,
	Q_ACTION_STATE,
	Q_SUBJECTS,
	Q_GAPS,
	Q_JOBS,
	Q_STORE,
	Q_STATUS,
	Q_DATA_VERSION,
	Q_COUNT,
};

/* A select list, closed by one more column so that each may end in a comma. */
#define SQL_FIELD(id, key, title, unit, show, drop, sql) sql ", "
#define SQL_RATE(id, key, title, unit, show, drop, kind, scale, sql) \
	SQL_KIND_##kind(sql, #scale) ", "
#define SQL_KIND_RATE(sql, scale)  "(" sql ") * " scale " / t.span_us"
#define SQL_KIND_GAUGE(sql, scale) sql
#define SQL_KIND_SUM(sql, scale)   sql
#define SQL_STORED(id, key, title, unit, show, drop, kind, scale, sql) \
	SQL_MAYBE(key, sql)
#define SQL_END(id, key, title, unit, show, drop, kind, sql, tier) \
	SQL_MAYBE(key, sql)
#define SQL_END_TIER(id, key, title, unit, show, drop, kind, sql, tier) \
	SQL_MAYBE(key, tier)
#define SQL_CLOSE "NULL "

#define SQL_TICK                                                          \
	"SELECT " TICK_FIELDS(SQL_FIELD) SYSTEM_RATES(SQL_RATE) SQL_CLOSE \
		"FROM tick t "

#define SQL_CONTAINERS \
	"SELECT " CONTAINER_FIELDS(SQL_FIELD) SQL_CLOSE "FROM container c "

#define SQL_LIVES "SELECT " LIFE_FIELDS(SQL_FIELD) SQL_CLOSE "FROM container c "

#define SQL_OLDEST_FIRST "ORDER BY c.first_seen_ns, c.id"

#define SQL_CANDIDATES(column, which)                                        \
	"SELECT " CANDIDATE_FIELDS(SQL_FIELD) SQL_CLOSE                      \
		"FROM (SELECT max(o.id) AS id FROM container o WHERE " which \
		" GROUP BY o." column " ORDER BY 1 DESC LIMIT 500) n "       \
		"CROSS JOIN container c ON c.id = n.id ORDER BY c.id DESC"
/* A sample's id is its tick << 32 | its container. */
#define SQL_OF_TICK "s.id BETWEEN t.id << 32 AND (t.id << 32) + 4294967295 "

/* CROSS JOIN keeps the order of the tables: from the time to the sample. */
#define SQL_HISTORY(rates)                                          \
	"SELECT " POINT_FIELDS(SQL_FIELD) rates##_RATES(SQL_STORED) \
		rates##_ENDS(SQL_END) SQL_CLOSE "FROM tick t "

/* A container's time in a minute is its own. */
#define SQL_HISTORY_CONTAINER(tier)                                      \
	"SELECT t.ts_ns, s.span_us, NULL, NULL, NULL, " CONTAINER_RATES( \
		SQL_STORED) CONTAINER_ENDS(SQL_END_TIER) SQL_CLOSE       \
		"FROM tick_" tier " t CROSS JOIN sample_" tier           \
		" s ON s.tick = t.id AND s.container = ?1 "              \
		"WHERE t.ts_ns BETWEEN ?2 AND ?3 "                       \
		"ORDER BY t.ts_ns, t.id"
#define SQL_HISTORY_SYSTEM(tier)                                   \
	"SELECT " POINT_FIELDS(SQL_FIELD) SYSTEM_RATES(SQL_STORED) \
		SYSTEM_ENDS(SQL_END_TIER) SQL_CLOSE                \
		"FROM tick_" tier " t "                            \
		"WHERE t.ts_ns BETWEEN ?1 AND ?2 "                 \
		"ORDER BY t.ts_ns, t.id"

/* Records of all containers, or of those whose rows are in ?2, a JSON array. */
#define SQL_OF_ANY(column) ""
#define SQL_OF_LIVES(column) \
	"AND " column " IN (SELECT value FROM json_each(?2)) "
/* Their index serves better than the one of times. Of stops that has no times,
 * and the sign forbids the other; of events it has both, and is named. */
#define SQL_OF_ANY_TIME	   ""
#define SQL_OF_LIVES_TIME  "+"
#define SQL_OF_ANY_INDEX   ""
#define SQL_OF_LIVES_INDEX "INDEXED BY event_container "

#define SQL_EVENT(id, key, title, unit, show, drop, sql, gap, alarm) sql ", "
#define SQL_EVENT_ROWS(index)                                        \
	"SELECT " EVENT_FIELDS(SQL_EVENT) SQL_CLOSE                  \
		"FROM event e " index                                \
		"LEFT JOIN container c ON c.id = e.container "       \
		"LEFT JOIN event_process p ON p.session = e.session" \
		" AND p.seq = e.seq AND p.role = 'subject' "         \
		"LEFT JOIN event_process k ON k.session = e.session" \
		" AND k.seq = e.seq AND k.role = 'sender' "
#define SQL_EVENTS(of, index)                                        \
	SQL_EVENT_ROWS(index)                                        \
	"WHERE (?1 IS NULL OR instr(?1, ',' || e.type || ',')) " of( \
		"e.container")

/* A gap in the record, as if it were an event. */
#define SQL_GAP(id, key, title, unit, show, drop, sql, gap, alarm) gap ", "
#define SQL_GAP_EVENTS                              \
	"SELECT " EVENT_FIELDS(SQL_GAP) SQL_CLOSE   \
		"FROM gap g WHERE g.kind = 'event'" \
		" AND (?1 IS NULL OR instr(?1, ',gap,')) "

/* An alarm of the policy, likewise. */
#define SQL_ALARM(id, key, title, unit, show, drop, sql, gap, alarm) alarm ", "
#define SQL_ALARM_EVENTS(of)                                       \
	"SELECT " EVENT_FIELDS(SQL_ALARM) SQL_CLOSE                \
		"FROM alarm l"                                     \
		" LEFT JOIN container c ON c.id = l.container"     \
		" LEFT JOIN action a ON a.id = l.action"           \
		" WHERE (?1 IS NULL OR instr(?1, ',alarm,')) " of( \
			"l.container")

#define SQL_EVENTS_IN_RANGE(of)                           \
	SQL_EVENTS(of, of##_INDEX)                        \
	"AND e.ts_ns BETWEEN ?3 AND ?4 "                  \
	"UNION ALL " SQL_GAP_EVENTS "AND " QUERY_GAP_TIME \
	" BETWEEN ?3 AND ?4 "                             \
	"UNION ALL " SQL_ALARM_EVENTS(of) "AND l.ts_ns BETWEEN ?3 AND ?4 "
#define SQL_EVENTS_LAST(of)                                      \
	"SELECT * FROM (" SQL_EVENTS_IN_RANGE(                   \
		of) "ORDER BY 1 DESC, 2 DESC, 3 DESC LIMIT ?5) " \
		    "ORDER BY 1, 2, 3"
#define SQL_EVENTS_BEHIND(of)                              \
	SQL_EVENTS(of, "")                                 \
	"AND (e.session, e.seq) > (?3, ?4) "               \
	"UNION ALL " SQL_GAP_EVENTS "AND g.id > ?5 "       \
	"UNION ALL " SQL_ALARM_EVENTS(of) "AND l.id > ?6 " \
					  "ORDER BY 2, 3"

/* ?1: the reason, or NULL; in a list of actions it is the rule. */
#define SQL_STOPS(which, of)                                                   \
	"SELECT " STOP_FIELDS(SQL_FIELD) SQL_CLOSE                             \
		"FROM " which " CROSS JOIN container c ON c.id = x.container " \
		"LEFT JOIN action a ON a.id = x.action "                       \
		"WHERE " of##_TIME                                             \
		"x.stopped_ns BETWEEN ?3 AND ?4 "                              \
		"AND (?1 IS NULL OR x.reason = ?1) " of(                       \
			"x.container") "ORDER BY x.stopped_ns, x.id"
#define SQL_STOPS_NEWEST(of)                                                              \
	"(SELECT x.id AS n FROM stop x "                                                  \
	"WHERE " of##_TIME                                                                \
		"x.stopped_ns BETWEEN ?3 AND ?4 "                                         \
		"AND (?1 IS NULL OR x.reason = ?1) " of(                                  \
			"x.container") "ORDER BY x.stopped_ns DESC, x.id DESC LIMIT ?5) " \
				       "CROSS JOIN stop x ON x.id = n"
#define SQL_ACTIONS(which, of)                                                 \
	"SELECT " ACTION_FIELDS(SQL_FIELD) SQL_CLOSE                           \
		"FROM " which " CROSS JOIN container c ON c.id = a.container " \
		"WHERE a.decided_ns BETWEEN ?3 AND ?4 "                        \
		"AND (?1 IS NULL OR a.rule = ?1) " of(                         \
			"a.container") "ORDER BY a.id"
#define SQL_ACTIONS_NEWEST(of)                                 \
	"(SELECT a.id AS n FROM action a "                     \
	"WHERE a.decided_ns BETWEEN ?3 AND ?4 "                \
	"AND (?1 IS NULL OR a.rule = ?1) " of(                 \
		"a.container") "ORDER BY a.id DESC LIMIT ?5) " \
			       "CROSS JOIN action a ON a.id = n"

static const char *const statements[Q_COUNT] = {
	[Q_BEGIN] = "BEGIN",
	[Q_END] = "COMMIT",
	[Q_TICK_NEWEST] = SQL_TICK "ORDER BY t.id DESC LIMIT 1",
	[Q_TICK_AT] = SQL_TICK
	"WHERE t.ts_ns <= ?1 ORDER BY t.ts_ns DESC, t.id DESC LIMIT 1",
	[Q_TICK_BEFORE] = SQL_TICK
	"WHERE t.ts_ns < ?1 ORDER BY t.ts_ns DESC, t.id DESC LIMIT 1",
	[Q_TICK_AFTER] = SQL_TICK
	"WHERE t.ts_ns > ?1 ORDER BY t.ts_ns, t.id LIMIT 1",
	[Q_TOP] = "SELECT " TOP_FIELDS(SQL_FIELD) CONTAINER_RATES(SQL_RATE)
		SQL_CLOSE "FROM tick t CROSS JOIN sample s ON " SQL_OF_TICK
			  "JOIN container c ON c.id = s.container "
			  "LEFT JOIN container p ON p.id = c.parent "
			  "WHERE t.id = ?1",
	[Q_CPUS] = "SELECT " CPU_FIELDS(SQL_FIELD) SQL_CLOSE
	"FROM tick t CROSS JOIN cpu u ON u.tick = t.id "
	"WHERE t.id = ?1 ORDER BY u.number",
	[Q_DEVICES] = "SELECT " DEVICE_FIELDS(SQL_FIELD) SQL_CLOSE
	"FROM tick t CROSS JOIN io_device d ON d.tick = t.id"
	" AND d.container = ?2 WHERE t.id = ?1 ORDER BY d.major, d.minor",
	[Q_TRAIL] = "SELECT " TRAIL_FIELDS(SQL_FIELD) SQL_CLOSE
	"FROM tick t CROSS JOIN sample s ON s.id = (t.id << 32) + ?1 "
	"WHERE t.ts_ns BETWEEN ?2 AND ?3 ORDER BY t.ts_ns, t.id",
	[Q_TOP_EVENTS] = SQL_EVENT_ROWS(
		"") "WHERE e.container = ?1 AND e.ts_ns <= ?2 "
		    "ORDER BY e.ts_ns DESC, e.session DESC, e.seq DESC LIMIT ?3",
	[Q_CONTAINERS_RUNNING] = SQL_CONTAINERS "WHERE " QUERY_RUNNING
						" " SQL_OLDEST_FIRST,
	[Q_CONTAINERS_ALL] = SQL_CONTAINERS SQL_OLDEST_FIRST,
	/* Ends are found by the index of stops. One whose end nobody saw counts
	 * for when it began. */
	[Q_CONTAINERS_IN_RANGE] = SQL_CONTAINERS
	"WHERE c.first_seen_ns <= ?2 AND c.id IN "
	"(SELECT x.container FROM stop x WHERE x.stopped_ns >= ?1 "
	"UNION SELECT o.id FROM container o WHERE o.stopped_ns IS NULL) "
	"AND (c.stopped_ns >= ?1 OR c.first_seen_ns >= ?1 OR " QUERY_RUNNING
	") " SQL_OLDEST_FIRST,
	[Q_LIVES_BY_KEY] = SQL_LIVES "WHERE c.key = ?1 " SQL_OLDEST_FIRST,
	[Q_LIVES_BY_NAME] = SQL_LIVES "WHERE c.name = ?1 " SQL_OLDEST_FIRST,
	/* The key is in the path's last name, and has an index. */
	[Q_LIVES_BY_CGROUP] = SQL_LIVES
	"WHERE c.key IN (?2, ?3) AND c.path = ?1 " SQL_OLDEST_FIRST,
	[Q_LIVES_BY_PREFIX] = SQL_LIVES
	"WHERE c.key >= ?1 AND c.key < CAST(?1 || x'ff' AS TEXT) " SQL_OLDEST_FIRST,
	[Q_CANDIDATES_BY_NAME] = SQL_CANDIDATES(
		"name", "o.name >= ?1 AND o.name < CAST(?1 || x'ff' AS TEXT)"),
	[Q_CANDIDATES_BY_KEY] = SQL_CANDIDATES(
		"key", "o.key >= ?1 AND o.key < CAST(?1 || x'ff' AS TEXT)"),
	[Q_CANDIDATES_UNNAMED] = SQL_CANDIDATES("key", "o.name IS NULL"),
	[Q_RULES] =
		"SELECT n.rule, " SQL_CLOSE
		"FROM (SELECT a.rule FROM action a ORDER BY a.id DESC LIMIT 500) n "
		"GROUP BY n.rule",
	[Q_HISTORY_CONTAINER] = SQL_HISTORY(
		CONTAINER) "CROSS JOIN sample s ON s.id = (t.id << 32) + ?1 "
			   "WHERE t.ts_ns BETWEEN ?2 AND ?3 ORDER BY t.ts_ns, t.id",
	[Q_HISTORY_SYSTEM] = SQL_HISTORY(
		SYSTEM) "WHERE t.ts_ns BETWEEN ?1 AND ?2 ORDER BY t.ts_ns, t.id",
	[Q_HISTORY_CONTAINER_1M] = SQL_HISTORY_CONTAINER("1m"),
	[Q_HISTORY_CONTAINER_1H] = SQL_HISTORY_CONTAINER("1h"),
	[Q_HISTORY_SYSTEM_1M] = SQL_HISTORY_SYSTEM("1m"),
	[Q_HISTORY_SYSTEM_1H] = SQL_HISTORY_SYSTEM("1h"),
	[Q_HISTORY_EXTENT] =
		"SELECT (SELECT min(ts_ns) FROM tick),"
		" (SELECT min(ts_ns) FROM tick_1m),"
		" (SELECT max(ts_ns) FROM tick_1m) + 60000000000,"
		" (SELECT max(ts_ns) FROM tick_1h) + 3600000000000, " SQL_CLOSE,
	[Q_EVENT_END] =
		"SELECT coalesce(e.session, 0), coalesce(e.seq, 0), "
		"coalesce((SELECT max(id) FROM gap), 0), "
		"coalesce((SELECT max(id) FROM alarm), 0), " SQL_CLOSE
		"FROM (SELECT 1) LEFT JOIN (SELECT session, seq FROM event "
		"ORDER BY session DESC, seq DESC LIMIT 1) e",
	[Q_EVENTS] = SQL_EVENTS_IN_RANGE(SQL_OF_ANY) "ORDER BY 1, 2, 3",
	[Q_EVENTS_OF] = SQL_EVENTS_IN_RANGE(SQL_OF_LIVES) "ORDER BY 1, 2, 3",
	[Q_EVENTS_LAST] = SQL_EVENTS_LAST(SQL_OF_ANY),
	[Q_EVENTS_LAST_OF] = SQL_EVENTS_LAST(SQL_OF_LIVES),
	[Q_EVENTS_BEHIND] = SQL_EVENTS_BEHIND(SQL_OF_ANY),
	[Q_EVENTS_BEHIND_OF] = SQL_EVENTS_BEHIND(SQL_OF_LIVES),
	[Q_STOPS] = SQL_STOPS("stop x", SQL_OF_ANY),
	[Q_STOPS_OF] = SQL_STOPS("stop x", SQL_OF_LIVES),
	[Q_STOPS_NEWEST] = SQL_STOPS(SQL_STOPS_NEWEST(SQL_OF_ANY), SQL_OF_ANY),
	[Q_STOPS_NEWEST_OF] =
		SQL_STOPS(SQL_STOPS_NEWEST(SQL_OF_LIVES), SQL_OF_ANY),
	[Q_ACTIONS] = SQL_ACTIONS("action a", SQL_OF_ANY),
	[Q_ACTIONS_OF] = SQL_ACTIONS("action a", SQL_OF_LIVES),
	[Q_ACTIONS_NEWEST] =
		SQL_ACTIONS(SQL_ACTIONS_NEWEST(SQL_OF_ANY), SQL_OF_ANY),
	[Q_ACTIONS_NEWEST_OF] =
		SQL_ACTIONS(SQL_ACTIONS_NEWEST(SQL_OF_LIVES), SQL_OF_ANY),
	[Q_ACTION_STATE] =
		"SELECT a.state, a.error, " SQL_CLOSE
		"FROM action a WHERE a.container = ?1 AND a.rule = ?2 "
		"ORDER BY a.id DESC LIMIT 1",
	[Q_SUBJECTS] = "SELECT " SUBJECT_FIELDS(SQL_FIELD) SQL_CLOSE
	"FROM container c WHERE " QUERY_RUNNING " " SQL_OLDEST_FIRST,
	[Q_GAPS] = "SELECT " GAP_FIELDS(SQL_FIELD) SQL_CLOSE
	"FROM gap g GROUP BY g.kind, g.reason ORDER BY g.kind, g.reason",
	[Q_JOBS] = "SELECT " JOB_FIELDS(SQL_FIELD) SQL_CLOSE
	"FROM job j ORDER BY j.kind DESC, j.name",
	[Q_STORE] = "SELECT " STORE_FIELDS(SQL_FIELD) SQL_CLOSE,
	[Q_STATUS] = "SELECT key, value, " SQL_CLOSE "FROM status ORDER BY key",
	[Q_DATA_VERSION] = "PRAGMA data_version",
};

/* What of a history's statement is worked out. */
struct part {
	char *wanted;
	unsigned char at[QUERY_COLUMNS_MAX]; /* of each column in a point */
};

struct query {
	sqlite3 *db;
	sqlite3_stmt *stmt[Q_COUNT];
	struct part *part[Q_COUNT]; /* NULL: the whole statement */
	char error[160];	    /* of the last failure */
};

int query_new(struct query **q, sqlite3 *db)
{
	*q = calloc(1, sizeof(**q));
	if (!*q)
		return -ENOMEM;
	(*q)->db = db;
	if (sql_figure_register(db) == SQLITE_OK)
		return 0;
	free(*q);
	return -ENOMEM;
}

static void free_part(struct part *part)
{
	if (part)
		free(part->wanted);
	free(part);
}

void query_free(struct query *q)
{
	unsigned int i;

	if (!q)
		return;
	for (i = 0; i < Q_COUNT; i++) {
		sqlite3_finalize(q->stmt[i]);
		free_part(q->part[i]);
	}
	free(q);
}

const char *query_error(const struct query *q)
{
	return q->error;
}

unsigned int query_statement_count(void)
{
	return Q_COUNT;
}

const char *query_statement(unsigned int i)
{
	return statements[i];
}

static int query_errno(int rc)
{
	switch (rc & 0xff) {
	case SQLITE_NOMEM:
		return -ENOMEM;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return -EBUSY;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return -EBADMSG;
	default:
		return -EIO;
	}
}

/* SQLite's own words are gone with its next call, be it the end of the read. */
static int query_failed(struct query *q, int rc)
{
	snprintf(q->error, sizeof(q->error), "%s", sqlite3_errmsg(q->db));
	return query_errno(rc);
}

static int query_prepare(struct query *q, enum statement id, const char *sql)
{
	int rc = sqlite3_prepare_v3(q->db, sql, -1, SQLITE_PREPARE_PERSISTENT,
				    &q->stmt[id], NULL);

	return rc == SQLITE_OK ? 0 : query_failed(q, rc);
}

static void query_rewind(struct query *q, enum statement id, struct cursor *c)
{
	sqlite3_stmt *stmt = q->stmt[id];

	sqlite3_reset(stmt);
	sqlite3_clear_bindings(stmt);
	c->query = q;
	c->stmt = stmt;
	c->at = NULL;
	c->columns = (unsigned int)sqlite3_column_count(stmt) - 1;
}

static int query_start(struct query *q, enum statement id, struct cursor *c)
{
	int r = 0;

	if (!q->stmt[id])
		r = query_prepare(q, id, statements[id]);
	if (!r)
		query_rewind(q, id, c);
	return r;
}

static struct part *new_part(const char *wanted)
{
	struct part *part = calloc(1, sizeof(*part));

	if (!part)
		return NULL;
	part->wanted = strdup(wanted);
	for (unsigned int i = 0; i < POINT_RATES; i++)
		part->at[i] = (unsigned char)i;
	return part;
}

static int query_prepare_part(struct query *q, enum statement id,
			      const char *wanted)
{
	char *sql = NULL;
	int r;

	free_part(q->part[id]);
	q->part[id] = new_part(wanted);
	if (q->part[id] && q->part[id]->wanted)
		sql = sql_wanted(statements[id], wanted, POINT_RATES,
				 q->part[id]->at);
	if (!sql)
		return -ENOMEM;
	r = query_prepare(q, id, sql);
	free(sql);
	return r;
}

/* Makes it anew when other figures are wanted than the last time. */
static int query_start_part(struct query *q, enum statement id,
			    const char *wanted, struct cursor *c)
{
	int r = 0;

	if (q->stmt[id] && strcmp(q->part[id]->wanted, wanted) != 0) {
		sqlite3_finalize(q->stmt[id]);
		q->stmt[id] = NULL;
	}
	if (!q->stmt[id])
		r = query_prepare_part(q, id, wanted);
	if (r)
		return r;
	query_rewind(q, id, c);
	c->at = q->part[id]->at;
	return 0;
}

static struct value column_value(sqlite3_stmt *stmt, int i)
{
	switch (sqlite3_column_type(stmt, i)) {
	case SQLITE_INTEGER:
		return value_int(sqlite3_column_int64(stmt, i));
	case SQLITE_FLOAT:
		return value_real(sqlite3_column_double(stmt, i));
	case SQLITE_TEXT:
	case SQLITE_BLOB: {
		const char *p = sqlite3_column_blob(stmt, i);

		/* An empty blob has no address. */
		return value_text(p ? p : "",
				  (size_t)sqlite3_column_bytes(stmt, i));
	}
	default:
		return value_null();
	}
}

int cursor_next(struct cursor *c, struct value *v)
{
	int rc = sqlite3_step(c->stmt);
	unsigned int i;

	if (rc != SQLITE_ROW) {
		sqlite3_reset(c->stmt);
		return rc == SQLITE_DONE ? 0 : query_failed(c->query, rc);
	}
	for (i = 0; i < c->columns; i++)
		v[c->at ? c->at[i] : i] = column_value(c->stmt, (int)i);
	return 1;
}

void cursor_close(struct cursor *c)
{
	sqlite3_reset(c->stmt);
}

static int query_run(struct query *q, enum statement id)
{
	struct cursor c;
	int rc, r = query_start(q, id, &c);

	if (r)
		return r;
	sqlite3_step(c.stmt);
	rc = sqlite3_reset(c.stmt);
	return rc == SQLITE_OK ? 0 : query_failed(q, rc);
}

int query_begin(struct query *q)
{
	return query_run(q, Q_BEGIN);
}

void query_end(struct query *q)
{
	query_run(q, Q_END);
}

int query_tick(struct query *q, enum tick_pick pick, int64_t ts_ns,
	       struct value row[TICK_COUNT])
{
	static const enum statement by[] = {
		[TICK_NEWEST] = Q_TICK_NEWEST,
		[TICK_AT] = Q_TICK_AT,
		[TICK_BEFORE] = Q_TICK_BEFORE,
		[TICK_AFTER] = Q_TICK_AFTER,
	};
	struct cursor c;
	int r = query_start(q, by[pick], &c);

	if (r)
		return r;
	if (pick != TICK_NEWEST)
		sqlite3_bind_int64(c.stmt, 1, ts_ns);
	r = cursor_next(&c, row);
	if (r > 0)
		cursor_close(&c);
	return r;
}

int query_top(struct query *q, int64_t tick, struct cursor *c)
{
	int r = query_start(q, Q_TOP, c);

	if (!r)
		sqlite3_bind_int64(c->stmt, 1, tick);
	return r;
}

int query_cpus(struct query *q, int64_t tick, struct cursor *c)
{
	int r = query_start(q, Q_CPUS, c);

	if (!r)
		sqlite3_bind_int64(c->stmt, 1, tick);
	return r;
}

int query_devices(struct query *q, int64_t tick, int64_t container,
		  struct cursor *c)
{
	int r = query_start(q, Q_DEVICES, c);

	if (r)
		return r;
	sqlite3_bind_int64(c->stmt, 1, tick);
	sqlite3_bind_int64(c->stmt, 2, container);
	return 0;
}

/* With its first three parameters. */
static int start_with(struct query *q, enum statement id, int64_t first,
		      int64_t second, int64_t third, struct cursor *c)
{
	int r = query_start(q, id, c);

	if (r)
		return r;
	sqlite3_bind_int64(c->stmt, 1, first);
	sqlite3_bind_int64(c->stmt, 2, second);
	sqlite3_bind_int64(c->stmt, 3, third);
	return 0;
}

int query_trail(struct query *q, int64_t container, int64_t since_ns,
		int64_t until_ns, struct cursor *c)
{
	return start_with(q, Q_TRAIL, container, since_ns, until_ns, c);
}

int query_top_events(struct query *q, int64_t container, int64_t until_ns,
		     unsigned int count, struct cursor *c)
{
	return start_with(q, Q_TOP_EVENTS, container, until_ns, count, c);
}

int query_containers(struct query *q, bool all, struct cursor *c)
{
	return query_start(q, all ? Q_CONTAINERS_ALL : Q_CONTAINERS_RUNNING, c);
}

int query_containers_in_range(struct query *q, int64_t since_ns,
			      int64_t until_ns, struct cursor *c)
{
	int r = query_start(q, Q_CONTAINERS_IN_RANGE, c);

	if (r)
		return r;
	sqlite3_bind_int64(c->stmt, 1, since_ns);
	sqlite3_bind_int64(c->stmt, 2, until_ns);
	return 0;
}

/* NULL binds NULL. The text must outlive the c. */
static void bind_text(struct cursor *c, int i, const char *text)
{
	sqlite3_bind_text(c->stmt, i, text, -1, SQLITE_STATIC);
}

#define KEY_DIGITS 64

/* The id that a cgroup's name ends in, a scope's too; NULL: none. */
static const char *id_in(const char *name)
{
	size_t len = strlen(name);

	if (len > 6 && !strcmp(name + len - 6, ".scope"))
		len -= 6;
	if (len < KEY_DIGITS ||
	    strspn(name + len - KEY_DIGITS, "0123456789abcdef") < KEY_DIGITS)
		return NULL;
	return name + len - KEY_DIGITS;
}

static void bind_keys(struct cursor *c, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path, *id = id_in(name);

	bind_text(c, 2, name);
	if (id)
		sqlite3_bind_text(c->stmt, 3, id, KEY_DIGITS, SQLITE_STATIC);
}

int query_lives(struct query *q, enum life_by by, const char *text,
		struct cursor *c)
{
	static const enum statement statement[] = {
		[LIFE_BY_KEY] = Q_LIVES_BY_KEY,
		[LIFE_BY_NAME] = Q_LIVES_BY_NAME,
		[LIFE_BY_CGROUP] = Q_LIVES_BY_CGROUP,
		[LIFE_BY_PREFIX] = Q_LIVES_BY_PREFIX,
	};
	int r = query_start(q, statement[by], c);

	if (r)
		return r;
	bind_text(c, 1, text);
	if (by == LIFE_BY_CGROUP)
		bind_keys(c, text);
	return 0;
}

int query_candidates(struct query *q, enum candidate_by by, const char *text,
		     struct cursor *c)
{
	static const enum statement statement[] = {
		[CANDIDATE_BY_NAME] = Q_CANDIDATES_BY_NAME,
		[CANDIDATE_BY_KEY] = Q_CANDIDATES_BY_KEY,
		[CANDIDATE_UNNAMED] = Q_CANDIDATES_UNNAMED,
	};
	int r = query_start(q, statement[by], c);

	if (!r && by != CANDIDATE_UNNAMED)
		bind_text(c, 1, text);
	return r;
}

int query_rules(struct query *q, struct cursor *c)
{
	return query_start(q, Q_RULES, c);
}

static int64_t integer_or(const struct value *v, int64_t otherwise)
{
	return v->type == VALUE_INT ? v->i : otherwise;
}

int query_history_extent(struct query *q, struct history_extent *extent)
{
	struct cursor c;
	struct value v[4];
	int r = query_start(q, Q_HISTORY_EXTENT, &c);

	if (r)
		return r;
	r = cursor_next(&c, v);
	if (r <= 0)
		return r ? r : -EIO;
	extent->raw_from_ns = integer_or(&v[0], INT64_MAX);
	extent->minutes_from_ns = integer_or(&v[1], INT64_MAX);
	extent->minutes_to_ns = integer_or(&v[2], INT64_MIN);
	extent->hours_to_ns = integer_or(&v[3], INT64_MIN);
	cursor_close(&c);
	return 0;
}

int query_history_container(struct query *q, enum history_tier tier,
			    int64_t container, struct history_range range,
			    const char *wanted, struct cursor *c)
{
	static const enum statement by[HISTORY_TIERS] = {
		[HISTORY_RAW] = Q_HISTORY_CONTAINER,
		[HISTORY_MINUTES] = Q_HISTORY_CONTAINER_1M,
		[HISTORY_HOURS] = Q_HISTORY_CONTAINER_1H,
	};
	int r = query_start_part(q, by[tier], wanted, c);

	if (r)
		return r;
	sqlite3_bind_int64(c->stmt, 1, container);
	sqlite3_bind_int64(c->stmt, 2, range.from_ns);
	sqlite3_bind_int64(c->stmt, 3, range.to_ns);
	return 0;
}

int query_history_system(struct query *q, enum history_tier tier,
			 struct history_range range, const char *wanted,
			 struct cursor *c)
{
	static const enum statement by[HISTORY_TIERS] = {
		[HISTORY_RAW] = Q_HISTORY_SYSTEM,
		[HISTORY_MINUTES] = Q_HISTORY_SYSTEM_1M,
		[HISTORY_HOURS] = Q_HISTORY_SYSTEM_1H,
	};
	int r = query_start_part(q, by[tier], wanted, c);

	if (r)
		return r;
	sqlite3_bind_int64(c->stmt, 1, range.from_ns);
	sqlite3_bind_int64(c->stmt, 2, range.to_ns);
	return 0;
}

int query_event_end(struct query *q, struct event_cursor *end)
{
	struct cursor c;
	struct value v[4];
	int r = query_start(q, Q_EVENT_END, &c);

	if (r)
		return r;
	r = cursor_next(&c, v);
	if (r <= 0)
		return r ? r : -EIO;
	end->session = v[0].i;
	end->seq = v[1].i;
	end->gap = v[2].i;
	end->alarm = v[3].i;
	cursor_close(&c);
	return 0;
}

/* ?1 and ?2 of what asks for a part of the record. */
static int start_of(struct query *q, enum statement id, const char *word,
		    const struct query_filter *filter, struct cursor *c)
{
	int r = query_start(q, filter->containers ? id + 1 : id, c);

	if (r)
		return r;
	bind_text(c, 1, word);
	if (filter->containers)
		bind_text(c, 2, filter->containers);
	return 0;
}

/* And ?3 to ?5, of a range, or of the last in it. */
static int start_in_range(struct query *q, enum statement all,
			  enum statement last, const char *word,
			  const struct query_filter *filter, struct cursor *c)
{
	int r = start_of(q, filter->last < 0 ? all : last, word, filter, c);

	if (r)
		return r;
	sqlite3_bind_int64(c->stmt, 3, filter->since_ns);
	sqlite3_bind_int64(c->stmt, 4, filter->until_ns);
	if (filter->last >= 0)
		sqlite3_bind_int64(c->stmt, 5, filter->last);
	return 0;
}

int query_events(struct query *q, const struct query_filter *filter,
		 struct cursor *c)
{
	return start_in_range(q, Q_EVENTS, Q_EVENTS_LAST, filter->types, filter,
			      c);
}

int query_events_behind(struct query *q, const struct event_cursor *from,
			const struct query_filter *filter, struct cursor *c)
{
	int r = start_of(q, Q_EVENTS_BEHIND, filter->types, filter, c);

	if (r)
		return r;
	sqlite3_bind_int64(c->stmt, 3, from->session);
	sqlite3_bind_int64(c->stmt, 4, from->seq);
	sqlite3_bind_int64(c->stmt, 5, from->gap);
	sqlite3_bind_int64(c->stmt, 6, from->alarm);
	return 0;
}

int query_stops(struct query *q, const struct query_filter *filter,
		struct cursor *c)
{
	return start_in_range(q, Q_STOPS, Q_STOPS_NEWEST, filter->reason,
			      filter, c);
}

int query_actions(struct query *q, const struct query_filter *filter,
		  struct cursor *c)
{
	return start_in_range(q, Q_ACTIONS, Q_ACTIONS_NEWEST, filter->rule,
			      filter, c);
}

int query_action_state(struct query *q, int64_t container, const char *rule,
		       struct cursor *c)
{
	int r = query_start(q, Q_ACTION_STATE, c);

	if (r)
		return r;
	sqlite3_bind_int64(c->stmt, 1, container);
	bind_text(c, 2, rule);
	return 0;
}

int query_subjects(struct query *q, struct cursor *c)
{
	return query_start(q, Q_SUBJECTS, c);
}

int query_gaps(struct query *q, struct cursor *c)
{
	return query_start(q, Q_GAPS, c);
}

int query_jobs(struct query *q, struct cursor *c)
{
	return query_start(q, Q_JOBS, c);
}

int query_store(struct query *q, struct cursor *c)
{
	return query_start(q, Q_STORE, c);
}

int query_status(struct query *q, struct cursor *c)
{
	return query_start(q, Q_STATUS, c);
}

int query_data_version(struct query *q, int64_t *version)
{
	struct cursor c;
	struct value v[QUERY_COLUMNS_MAX];
	int r = query_start(q, Q_DATA_VERSION, &c);

	if (r)
		return r;
	c.columns = 1;
	r = cursor_next(&c, v);
	if (r <= 0)
		return r ? r : -EIO;
	*version = v[0].i;
	cursor_close(&c);
	return 0;
}
