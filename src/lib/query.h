/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The queries: everything that is read from the database. Only reads; knows
 * neither output nor clocks.
 */
#ifndef SYSMON_QUERY_H
#define SYSMON_QUERY_H

#include <sqlite3.h>

#include "history.h"
#include "query_fields.h"

/* More than any row has. */
#define QUERY_COLUMNS_MAX 72

/* A connection's queries, each prepared when it is first asked. */
struct query;

/* The connection stays the caller's, and must outlive *q. 0 or -ENOMEM. */
int query_new(struct query **q, sqlite3 *db);
void query_free(struct query *q);

/* What SQLite said of the last failure; empty: there was none. */
const char *query_error(const struct query *q);

/*
 * All reads from here to query_end() see one state of the database. The
 * functions below that return int return 0, or a negative errno: -ENOMEM,
 * -EBUSY, -EIO, -EBADMSG (damaged database).
 */
int query_begin(struct query *q);
void query_end(struct query *q);

/*
 * Rows on their way. One row set of each kind of query can be under way at a
 * time; after its last row, or cursor_close(), it is done.
 */
struct cursor {
	struct query *query;
	sqlite3_stmt *stmt;
	unsigned int columns;
	const unsigned char *at; /* of each column in v; NULL: in its order */
};

/* 1: v[0..columns-1] hold a row, texts borrowed until the next call; 0: that
 * was all; or a negative errno. */
int cursor_next(struct cursor *c, struct value *v);
void cursor_close(struct cursor *c);

enum tick_pick {
	TICK_NEWEST, /* the last to arrive */
	TICK_AT,     /* newest at or before the time */
	TICK_BEFORE, /* newest before the time */
	TICK_AFTER,  /* oldest after the time */
};

/* 1 and the row, TICK_FIELDS and SYSTEM_RATES, none of it a text; 0 if there
 * is none; or a negative errno. */
int query_tick(struct query *q, enum tick_pick pick, int64_t ts_ns,
	       struct value row[TICK_COUNT]);

/* TOP_FIELDS and CONTAINER_RATES of the tick with that row id. */
int query_top(struct query *q, int64_t tick, struct cursor *c);

/* CPU_FIELDS of that tick, by number. */
int query_cpus(struct query *q, int64_t tick, struct cursor *c);

/* DEVICE_FIELDS of a container, by its row, in that tick. */
int query_devices(struct query *q, int64_t tick, int64_t container,
		  struct cursor *c);

/* TRAIL_FIELDS of a container, by its row, a row a tick, by time. */
int query_trail(struct query *q, int64_t container, int64_t since_ns,
		int64_t until_ns, struct cursor *c);

/* The newest `count` EVENT_FIELDS of a container, by its row, up to the time;
 * newest first. */
int query_top_events(struct query *q, int64_t container, int64_t until_ns,
		     unsigned int count, struct cursor *c);

/* CONTAINER_FIELDS, oldest first; all, or only those that run. */
int query_containers(struct query *q, bool all, struct cursor *c);

/* Those that ran at some time in the range. */
int query_containers_in_range(struct query *q, int64_t since_ns,
			      int64_t until_ns, struct cursor *c);

enum life_by {
	LIFE_BY_KEY,
	LIFE_BY_NAME,
	LIFE_BY_CGROUP,
	LIFE_BY_PREFIX, /* of the key */
};

/* LIFE_FIELDS of all lives that go by the text, oldest first. */
int query_lives(struct query *q, enum life_by by, const char *text,
		struct cursor *c);

enum candidate_by {
	CANDIDATE_BY_NAME, /* which begins with the text */
	CANDIDATE_BY_KEY,  /* as well */
	CANDIDATE_UNNAMED, /* all that have no name; the text counts for nothing */
};

/* CANDIDATE_FIELDS of at most 500 names or keys, newest first. */
int query_candidates(struct query *q, enum candidate_by by, const char *text,
		     struct cursor *c);

/* One column: the rules of the newest 500 actions, by name. */
int query_rules(struct query *q, struct cursor *c);

/* What there is to read a history from. */
int query_history_extent(struct query *q, struct history_extent *extent);

/*
 * For history_add(): POINT_FIELDS, of which TIME is in nanoseconds and SPAN in
 * microseconds, then the stored values behind CONTAINER_RATES or SYSTEM_RATES,
 * and their ends, one row a tick, minute or hour, by time. wanted has the keys
 * of the figures that are to be read, ",cpu_pct,mem_bytes,"; the values of the
 * others are left as they are.
 */
int query_history_container(struct query *q, enum history_tier tier,
			    int64_t container, struct history_range range,
			    const char *wanted, struct cursor *c);
int query_history_system(struct query *q, enum history_tier tier,
			 struct history_range range, const char *wanted,
			 struct cursor *c);

/* Up to where the event record has been read. */
struct event_cursor {
	int64_t session;
	int64_t seq;
	int64_t gap;
	int64_t alarm;
};

/* Where the record ends now. */
int query_event_end(struct query *q, struct event_cursor *end);

/*
 * What of a record is wanted. All of it: QUERY_ALL. The texts, where NULL is
 * any, must outlive the cursor.
 */
struct query_filter {
	int64_t since_ns;
	int64_t until_ns;
	int64_t last;		/* only the newest so many; -1: all */
	const char *containers; /* a JSON array of rows of lives: "[1,2]" */
	const char *types;	/* of events: ",start,stop," */
	const char *reason;	/* of stops */
	const char *rule;	/* of actions */
};
#define QUERY_ALL                                                \
	{                                                        \
		INT64_MIN, INT64_MAX, -1, NULL, NULL, NULL, NULL \
	}

/* EVENT_FIELDS, by time; alarms among them, and gaps, whichever containers are
 * wanted: theirs may be what is missing. */
int query_events(struct query *q, const struct query_filter *filter,
		 struct cursor *c);

/* EVENT_FIELDS that came behind `from`, as numbered; of the filter only types
 * and containers count. */
int query_events_behind(struct query *q, const struct event_cursor *from,
			const struct query_filter *filter, struct cursor *c);

/* STOP_FIELDS, by time. */
int query_stops(struct query *q, const struct query_filter *filter,
		struct cursor *c);

/* ACTION_FIELDS of those decided in the range, as decided. */
int query_actions(struct query *q, const struct query_filter *filter,
		  struct cursor *c);

/* State and error of a rule's newest action on a container; or no row. */
int query_action_state(struct query *q, int64_t container, const char *rule,
		       struct cursor *c);

/* SUBJECT_FIELDS of the containers that run, oldest first. */
int query_subjects(struct query *q, struct cursor *c);

int query_gaps(struct query *q, struct cursor *c);
int query_jobs(struct query *q, struct cursor *c);
int query_store(struct query *q, struct cursor *c);

/* Two columns: the key, and the value of whatever type. */
int query_status(struct query *q, struct cursor *c);

/* Changes with each commit of another connection. */
int query_data_version(struct query *q, int64_t *version);

/* For tests of the query plans. */
unsigned int query_statement_count(void);
const char *query_statement(unsigned int i);

#endif
