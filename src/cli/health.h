/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whether sysmon works: what is known of module, daemon and database, and what
 * is wrong with it. Pure; knows neither sockets nor the database nor output.
 */
#ifndef SYSMON_CLI_HEALTH_H
#define SYSMON_CLI_HEALTH_H

#include <jansson.h>

#include "host.h"
#include "lib/heartbeat.h"
#include "lib/model.h"
#include "lib/rowset.h"

/*
 * X(id, key, title, unit, source): a figure of `sysmonctl status`. Those of
 * the daemon and some of the database come from the table `status`, where
 * source is their key; its times are in ns and become seconds.
 */
#define HEALTH_FIELDS(X)                                                       \
	X(MODULE_STATE, "module.state", "state", TEXT, NULL)                   \
	X(MODULE_VERSION, "module.version", "version", TEXT, NULL)             \
	X(MODULE_ABI, "module.abi", NULL, CODE, NULL)                          \
	X(MODULE_BOOT_ID, "module.boot_id", NULL, TEXT, NULL)                  \
	X(MODULE_INTERVAL, "module.interval", "interval", SECONDS, NULL)       \
	X(MODULE_MATCH, "module.match", "match", TEXT, NULL)                   \
	X(MODULE_TICKS, "module.ticks", "ticks", COUNT, NULL)                  \
	X(MODULE_CONTAINERS, "module.containers", "containers", COUNT, NULL)   \
	X(MODULE_CONTAINERS_MAX, "module.containers_max", NULL, COUNT, NULL)   \
	X(MODULE_REFUSED, "module.containers_refused", NULL, COUNT, NULL)      \
	X(MODULE_WALKS, "module.walks", NULL, COUNT, NULL)                     \
	X(MODULE_WALK_US, "module.walk_us", NULL, COUNT, NULL)                 \
	X(MODULE_WALK_AVG_US, "module.walk_avg_us", NULL, COUNT, NULL)         \
	X(MODULE_TICK_US, "module.tick_us", "last tick, us", COUNT, NULL)      \
	X(MODULE_TICK_AVG_US, "module.tick_avg_us", "average tick, us", COUNT, \
	  NULL)                                                                \
	X(MODULE_MESSAGES, "module.messages", NULL, COUNT, NULL)               \
	X(MODULE_DROPPED, "module.dropped", "messages dropped", COUNT, NULL)   \
	X(MODULE_HEAD, "module.events_head", "events", COUNT, NULL)            \
	X(MODULE_TAIL, "module.events_tail", NULL, COUNT, NULL)                \
	X(MODULE_CAPACITY, "module.events_capacity", NULL, COUNT, NULL)        \
	X(MODULE_LOST, "module.events_lost", NULL, COUNT, NULL)                \
	X(MODULE_RESCANS, "module.rescans", NULL, COUNT, NULL)                 \
	X(MODULE_FILE_ERRORS, "module.file_errors", NULL, COUNT, NULL)         \
	X(MODULE_EVENTS_BYTES, "module.events_bytes", "events' memory", BYTES, \
	  NULL)                                                                \
	X(MODULE_EVENTS_BYTES_MAX, "module.events_bytes_max", NULL, BYTES,     \
	  NULL)                                                                \
	X(MODULE_CONTAINER_BYTES, "module.container_bytes",                    \
	  "container's memory", BYTES, NULL)                                   \
	X(MODULE_FACTS_LOST, "module.facts_lost", NULL, COUNT, NULL)           \
	X(DAEMON_STATE, "daemon.state", "state", TEXT, NULL)                   \
	X(DAEMON_PID, "daemon.pid", "pid", CODE, "pid")                        \
	X(DAEMON_VERSION, "daemon.version", "version", TEXT, "version")        \
	X(DAEMON_STARTED, "daemon.started", "started", TIME, "started_ns")     \
	X(DAEMON_HEARTBEAT, "daemon.heartbeat", "last heard of", TIME,         \
	  "heartbeat_ns")                                                      \
	X(DAEMON_STOPPED, "daemon.stopped", NULL, TIME, "stopped_ns")          \
	X(DAEMON_CONFIG_LOADED, "daemon.config_loaded", "configuration read",  \
	  TIME, "config_loaded_ns")                                            \
	X(DAEMON_CONFIG_ERROR, "daemon.config_error", NULL, TEXT,              \
	  "config_error")                                                      \
	X(DAEMON_TICKS, "daemon.ticks_stored", "ticks stored", COUNT,          \
	  "ticks_stored")                                                      \
	X(DAEMON_SAMPLES, "daemon.samples_stored", "samples stored", COUNT,    \
	  "samples_stored")                                                    \
	X(DAEMON_EVENTS, "daemon.events_stored", "events stored", COUNT,       \
	  "events_stored")                                                     \
	X(DAEMON_STOPS, "daemon.stops_stored", NULL, COUNT, "stops_stored")    \
	X(DAEMON_GAP_TICKS, "daemon.gap_ticks", "ticks missed", COUNT,         \
	  "gap_ticks")                                                         \
	X(DAEMON_GAP_EVENTS, "daemon.gap_events", "events missed", COUNT,      \
	  "gap_events")                                                        \
	X(DAEMON_OVERRUNS, "daemon.overruns", "overruns", COUNT, "overruns")   \
	X(DAEMON_MESSAGES, "daemon.messages", NULL, COUNT, "messages")         \
	X(DAEMON_BAD, "daemon.messages_bad", NULL, COUNT, "messages_bad")      \
	X(DAEMON_QUEUE, "daemon.queue_rows", NULL, COUNT, "queue_rows")        \
	X(DAEMON_QUEUE_MAX, "daemon.queue_max", NULL, COUNT, "queue_max")      \
	X(DAEMON_COMMITS, "daemon.commits", NULL, COUNT, "commits")            \
	X(DAEMON_COMMIT_FAILURES, "daemon.commit_failures", NULL, COUNT,       \
	  "commit_failures")                                                   \
	X(DAEMON_REFUSED, "daemon.rows_refused", NULL, COUNT, "rows_refused")  \
	X(DAEMON_COMMIT_ERROR, "daemon.commit_error", NULL, TEXT,              \
	  "commit_error")                                                      \
	X(DAEMON_COMMIT_LAST, "daemon.commit_last", "last commit", SECONDS,    \
	  "commit_ns_last")                                                    \
	X(DAEMON_COMMIT_MAX, "daemon.commit_max", "longest commit", SECONDS,   \
	  "commit_ns_max")                                                     \
	X(DAEMON_STALL_MAX, "daemon.stall_max", "longest stall", SECONDS,      \
	  "loop_stall_ns_max")                                                 \
	X(DAEMON_STALL_MINUTE, "daemon.stall_minute", NULL, SECONDS,           \
	  "loop_stall_ns_minute")                                              \
	X(DAEMON_HTTP, "daemon.http_requests", NULL, COUNT, "http_requests")   \
	X(DAEMON_HTTP_BUSY, "daemon.http_busy", NULL, COUNT, "http_busy")      \
	X(DAEMON_HTTP_CUT, "daemon.http_cut", NULL, COUNT, "http_cut")         \
	X(DAEMON_HTTP_DROPPED, "daemon.http_streams_dropped", NULL, COUNT,     \
	  "http_streams_dropped")                                              \
	X(POLICY_REQUESTS, "policy.requests", "actions", COUNT,                \
	  "policy_requests")                                                   \
	X(POLICY_OPEN, "policy.open", "unconfirmed", COUNT, "policy_open")     \
	X(POLICY_WAITING, "policy.waiting", "waiting", COUNT,                  \
	  "policy_waiting")                                                    \
	X(POLICY_GIVEN_UP, "policy.given_up", "given up", COUNT,               \
	  "policy_given_up")                                                   \
	X(POLICY_CAPPED, "policy.capped", "put off by a cap", COUNT,           \
	  "policy_capped")                                                     \
	X(POLICY_ALARMS, "policy.alarms", "alarms", COUNT, "policy_alarms")    \
	X(DB_PATH, "database.path", "path", TEXT, NULL)                        \
	X(DB_MOVED, "database.moved", NULL, TEXT, "db_moved")                  \
	X(DB_BYTES, "database.bytes", "size", BYTES, NULL)                     \
	X(DB_WAL_BYTES, "database.wal_bytes", "log", BYTES, NULL)              \
	X(DB_WAL_LIMIT, "database.wal_limit", NULL, BYTES, NULL)               \
	X(DB_SCHEMA, "database.schema", "schema", CODE, NULL)                  \
	X(DB_TICKS, "database.ticks", "ticks", COUNT, NULL)                    \
	X(DB_OLDEST, "database.oldest", "from", TIME, NULL)                    \
	X(DB_NEWEST, "database.newest", "to", TIME, NULL)                      \
	X(DB_CONTAINERS, "database.containers", "containers", COUNT, NULL)     \
	X(DB_RUNNING, "database.running", "running", COUNT, NULL)              \
	X(DB_STOPS, "database.stops", "stops", COUNT, NULL)                    \
	X(DB_MINUTES, "database.minutes", "minutes", COUNT, NULL)              \
	X(DB_MINUTES_FROM, "database.minutes_oldest", "minutes from", TIME,    \
	  NULL)                                                                \
	X(DB_HOURS, "database.hours", "hours", COUNT, NULL)                    \
	X(DB_HOURS_FROM, "database.hours_oldest", "hours from", TIME, NULL)    \
	X(DB_LIMIT, "database.size_limit", "limit", BYTES, "size_limit_bytes") \
	X(DB_FREE, "database.free_bytes", NULL, BYTES, "db_free_bytes")        \
	X(DB_REMOVED, "database.rows_removed", "rows removed", COUNT,          \
	  "rows_removed")                                                      \
	X(DB_CUT, "database.cut_by_size", "cut by size", TEXT, "size_cut")     \
	X(DB_RETENTION_ERROR, "database.retention_error", NULL, TEXT,          \
	  "retention_error")

#define HEALTH_ENUM(id, ...) HEALTH_##id,
enum {
	HEALTH_FIELDS(HEALTH_ENUM) HEALTH_COUNT
};

extern const struct field health_fields[HEALTH_COUNT];

enum health_verdict {
	HEALTH_GOOD,
	HEALTH_PROBLEMS,
	HEALTH_DOWN
};

/* Texts are borrowed, or static. */
struct health_problem {
	enum health_verdict weight;
	char what[256];
	const char *remedy;
};

#define HEALTH_PROBLEMS_MAX 24

struct health {
	struct value row[HEALTH_COUNT];
	struct module_info module;
	int module_error; /* nlctl's, 0 when it answered */
	struct host host;
	char db_error[512];   /* why the database cannot be read; or "" */
	struct rowset status; /* of query_status(); row borrows from it */
	struct rowset gaps;   /* GAP_FIELDS */
	struct rowset jobs;   /* JOB_FIELDS */
	struct heartbeat heartbeat;
	json_t *engines; /* an array, or NULL */
	char match[SYSMON_MATCH_MAX * (SYSMON_MATCH_LEN_MAX + 2)];
	unsigned int problems;
	struct health_problem problem[HEALTH_PROBLEMS_MAX];
};

/* Fills row from module, module_error, status and heartbeat. */
void health_fill(struct health *h, int64_t now_ns);

/* Fills the rest of row from STORE_FIELDS, NULL without a database. */
void health_fill_store(struct health *h, const struct value *store);

/* Finds the problems, the worst first. */
void health_judge(struct health *h, int64_t now_ns);

/* The worst problem's weight. */
enum health_verdict health_verdict(const struct health *h);

#endif
