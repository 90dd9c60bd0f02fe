// SPDX-License-Identifier: GPL-2.0
/*
 * What the daemon measures of itself, in Prometheus's format: keys of status.h,
 * gaps by their reason, engines, the policy, HTTP. Pure.
 */
#include <inttypes.h>
#include <string.h>

#include "http_metrics.h"

/* X(name, type, key, digits, help): a key of status.h. */
#define SELF(X)                                                           \
	X("sysmon_start_time_seconds", GAUGE, started_ns, 9,              \
	  "When the daemon started.")                                     \
	X("sysmon_ticks_stored_total", COUNTER, ticks_stored, 0,          \
	  "Ticks stored.")                                                \
	X("sysmon_samples_stored_total", COUNTER, samples_stored, 0,      \
	  "Container-samples stored.")                                    \
	X("sysmon_events_stored_total", COUNTER, events_stored, 0,        \
	  "Events stored.")                                               \
	X("sysmon_stops_stored_total", COUNTER, stops_stored, 0,          \
	  "Stops of containers stored.")                                  \
	X("sysmon_overruns_total", COUNTER, overruns, 0,                  \
	  "Times that the netlink socket's buffer ran over.")             \
	X("sysmon_replays_total", COUNTER, replays, 0,                    \
	  "Times that events were asked for again.")                      \
	X("sysmon_netlink_messages_total", COUNTER, messages, 0,          \
	  "Netlink messages read.")                                       \
	X("sysmon_netlink_messages_bad_total", COUNTER, messages_bad, 0,  \
	  "Netlink messages not understood.")                             \
	X("sysmon_queue_rows", GAUGE, queue_rows, 0,                      \
	  "Rows that wait to be stored.")                                 \
	X("sysmon_queue_bytes", GAUGE, queue_bytes, 0,                    \
	  "Memory that waiting rows take.")                               \
	X("sysmon_queue_rows_max", GAUGE, queue_max, 0,                   \
	  "Most rows that ever waited.")                                  \
	X("sysmon_commits_total", COUNTER, commits, 0, "Transactions.")   \
	X("sysmon_commit_failures_total", COUNTER, commit_failures, 0,    \
	  "Transactions that were rolled back.")                          \
	X("sysmon_rows_refused_total", COUNTER, rows_refused, 0,          \
	  "Rows that the database can't take.")                           \
	X("sysmon_commit_last_seconds", GAUGE, commit_ns_last, 9,         \
	  "How long the last transaction took.")                          \
	X("sysmon_commit_max_seconds", GAUGE, commit_ns_max, 9,           \
	  "How long the longest transaction took.")                       \
	X("sysmon_database_bytes", GAUGE, db_bytes, 0,                    \
	  "Size of the database's main file.")                            \
	X("sysmon_database_log_bytes", GAUGE, wal_bytes, 0,               \
	  "Size of the database's write-ahead log.")                      \
	X("sysmon_database_log_limit_bytes", GAUGE, wal_max_bytes, 0,     \
	  "Above it no more ticks are stored; 0 is no limit.")            \
	X("sysmon_database_free_bytes", GAUGE, db_free_bytes, 0,          \
	  "Of those of the main file, in no use at present.")             \
	X("sysmon_database_size_limit_bytes", GAUGE, size_limit_bytes, 0, \
	  "Room for the history, as configured.")                         \
	X("sysmon_rows_removed_total", COUNTER, rows_removed, 0,          \
	  "Rows removed for their age, or for room.")                     \
	X("sysmon_policy_alarms_total", COUNTER, policy_alarms, 0,        \
	  "Alarms of the policy.")                                        \
	X("sysmon_containers", GAUGE, containers, 0, "Containers that run.")

/* The same, of the module: only while it is there. */
#define MODULE(X)                                                             \
	X("sysmon_module_interval_seconds", GAUGE, module_interval_ns, 9,     \
	  "How often the module samples.")                                    \
	X("sysmon_module_ticks_total", COUNTER, module_ticks, 0,              \
	  "Ticks since the module was loaded.")                               \
	X("sysmon_module_tick_seconds_total", COUNTER, module_tick_total_ns,  \
	  9, "How long all ticks took.")                                      \
	X("sysmon_module_walk_seconds_total", COUNTER, module_walk_total_ns,  \
	  9, "How long all walks over the containers took.")                  \
	X("sysmon_module_messages_total", COUNTER, module_messages, 0,        \
	  "Multicast messages sent.")                                         \
	X("sysmon_module_messages_dropped_total", COUNTER, module_dropped, 0, \
	  "Multicast messages lost to at least one listener.")                \
	X("sysmon_module_containers", GAUGE, module_containers, 0,            \
	  "Containers that the module follows.")                              \
	X("sysmon_module_containers_refused_total", COUNTER,                  \
	  module_containers_refused, 0, "Cgroups not followed.")              \
	X("sysmon_module_events_total", COUNTER, module_events_head, 0,       \
	  "Events since the module was loaded.")                              \
	X("sysmon_module_events_lost_total", COUNTER, module_events_lost, 0,  \
	  "Events that could not be made.")

struct self_metric {
	const char *name;
	const char *help;
	enum prometheus_type type;
	size_t offset;
	int digits;
};

#define SELF_ENTRY(n, t, key, d, h)                     \
	{                                               \
		.name = (n),                            \
		.help = (h),                            \
		.type = PROMETHEUS_##t,                 \
		.offset = offsetof(struct status, key), \
		.digits = (d),                          \
	},
static const struct self_metric daemon_metrics[] = { SELF(SELF_ENTRY) };
static const struct self_metric module_metrics[] = { MODULE(SELF_ENTRY) };

#define COUNT_OF(a) (sizeof(a) / sizeof(*(a)))

static void put_self(FILE *to, const struct status *status,
		     const struct self_metric *table, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		const struct self_metric *m = &table[i];
		int64_t value;

		memcpy(&value, (const char *)status + m->offset, sizeof(value));
		http_metrics_family(to, m->name, m->help, m->type);
		fprintf(to, "%s ", m->name);
		http_metrics_number(to, (uint64_t)value, m->digits);
		putc('\n', to);
	}
}

static void put_one(FILE *to, const char *name, const char *help,
		    enum prometheus_type type, uint64_t value, int digits)
{
	http_metrics_family(to, name, help, type);
	fprintf(to, "%s ", name);
	http_metrics_number(to, value, digits);
	putc('\n', to);
}

static void put_text(FILE *to, const char *text)
{
	http_metrics_value(to, text, strlen(text));
}

static void put_identity(FILE *to, const struct http_facts *f)
{
	bool loaded = !strcmp(f->status.module_state, "running");

	http_metrics_family(to, "sysmon_build_info", "The daemon's version.",
			    PROMETHEUS_GAUGE);
	fputs("sysmon_build_info{version=\"", to);
	put_text(to, f->status.version);
	fputs("\"} 1\n", to);
	put_one(to, "sysmon_module_up", "Whether the kernel module is there.",
		PROMETHEUS_GAUGE, loaded, 0);
	if (f->tick_ns)
		put_one(to, "sysmon_last_tick_timestamp_seconds",
			"Time of the newest tick.", PROMETHEUS_GAUGE,
			(uint64_t)f->tick_ns, 9);
	put_one(to, "sysmon_database_writable",
		"Whether the last transaction was stored.", PROMETHEUS_GAUGE,
		!f->status.commit_error[0], 0);
	if (!loaded)
		return;
	http_metrics_family(to, "sysmon_module_info", "The module's version.",
			    PROMETHEUS_GAUGE);
	fputs("sysmon_module_info{version=\"", to);
	put_text(to, f->status.module_version);
	fputs("\"} 1\n", to);
	put_self(to, &f->status, module_metrics, COUNT_OF(module_metrics));
}

static void put_gaps(FILE *to, const struct http_facts *f, const char *name,
		     const char *help, bool events)
{
	size_t i;

	http_metrics_family(to, name, help, PROMETHEUS_COUNTER);
	for (i = 0; i < HTTP_REASONS_MAX && f->gaps[i].reason[0]; i++) {
		fprintf(to, "%s{reason=\"", name);
		put_text(to, f->gaps[i].reason);
		fprintf(to, "\"} %" PRIu64 "\n",
			events ? f->gaps[i].events : f->gaps[i].ticks);
	}
}

static void put_engine(FILE *to, const char *name, const struct http_engine *e,
		       const char *state, uint64_t value)
{
	fprintf(to, "%s{engine=\"", name);
	put_text(to, e->name);
	if (state)
		fprintf(to, "\",state=\"%s", state);
	fprintf(to, "\"} %" PRIu64 "\n", value);
}

static void put_engines(FILE *to, const struct http_facts *f)
{
	size_t i;

	http_metrics_family(to, "sysmon_engine_up",
			    "Whether the container engine answers.",
			    PROMETHEUS_GAUGE);
	for (i = 0; i < f->engines; i++)
		put_engine(to, "sysmon_engine_up", &f->engine[i], NULL,
			   f->engine[i].connected);
	http_metrics_family(to, "sysmon_engine_state",
			    "1 for the state that the engine is in.",
			    PROMETHEUS_GAUGE);
	for (i = 0; i < f->engines; i++)
		put_engine(to, "sysmon_engine_state", &f->engine[i],
			   f->engine[i].state, 1);
	http_metrics_family(to, "sysmon_engine_connects_total",
			    "Times that the engine was connected to.",
			    PROMETHEUS_COUNTER);
	for (i = 0; i < f->engines; i++)
		put_engine(to, "sysmon_engine_connects_total", &f->engine[i],
			   NULL, f->engine[i].connects);
	http_metrics_family(to, "sysmon_engine_events_total",
			    "Events of the engine.", PROMETHEUS_COUNTER);
	for (i = 0; i < f->engines; i++)
		put_engine(to, "sysmon_engine_events_total", &f->engine[i],
			   NULL, f->engine[i].events);
	http_metrics_family(to, "sysmon_engine_malformed_total",
			    "Answers and events that made no sense.",
			    PROMETHEUS_COUNTER);
	for (i = 0; i < f->engines; i++)
		put_engine(to, "sysmon_engine_malformed_total", &f->engine[i],
			   NULL, f->engine[i].malformed);
}

static void put_policy(FILE *to, const struct http_actions *a)
{
	static const char name[] = "sysmon_policy_actions_total";

	http_metrics_family(to, name,
			    "Actions of the policy: decided (those of a dry "
			    "run apart), confirmed by the kernel, failed.",
			    PROMETHEUS_COUNTER);
	fprintf(to, "%s{outcome=\"decided\"} %" PRIu64 "\n", name, a->decided);
	fprintf(to, "%s{outcome=\"dry-run\"} %" PRIu64 "\n", name, a->dry_run);
	fprintf(to, "%s{outcome=\"confirmed\"} %" PRIu64 "\n", name,
		a->confirmed);
	fprintf(to, "%s{outcome=\"failed\"} %" PRIu64 "\n", name, a->failed);
}

static void put_requests(FILE *to, const struct http_counts *c)
{
	static const char name[] = "sysmon_http_requests_total";
	size_t i;

	http_metrics_family(to, name, "Requests answered, by status.",
			    PROMETHEUS_COUNTER);
	for (i = 0; http_codes[i]; i++)
		fprintf(to, "%s{code=\"%u\"} %" PRIu64 "\n", name,
			http_codes[i], c->requests[i]);
	fprintf(to, "%s{code=\"other\"} %" PRIu64 "\n", name, c->requests[i]);
}

static void put_http(FILE *to, const struct http_counts *c)
{
	put_requests(to, c);
	put_one(to, "sysmon_http_connections_total", "Connections accepted.",
		PROMETHEUS_COUNTER, c->connections, 0);
	put_one(to, "sysmon_http_connections", "Connections that are open.",
		PROMETHEUS_GAUGE, c->connections_now, 0);
	put_one(to, "sysmon_http_connections_cut_total",
		"Connections ended for taking too long.", PROMETHEUS_COUNTER,
		c->connections_cut, 0);
	put_one(to, "sysmon_http_busy_total",
		"Requests turned away for lack of room.", PROMETHEUS_COUNTER,
		c->busy, 0);
	put_one(to, "sysmon_http_streams", "Event streams that are open.",
		PROMETHEUS_GAUGE, c->streams_now, 0);
	put_one(to, "sysmon_http_streams_dropped_total",
		"Event streams ended for not keeping up.", PROMETHEUS_COUNTER,
		c->streams_dropped, 0);
	put_one(to, "sysmon_http_answer_bytes",
		"Memory of answers on their way.", PROMETHEUS_GAUGE,
		c->answer_bytes, 0);
}

void http_self_write(FILE *to, const struct http_facts *facts)
{
	put_identity(to, facts);
	put_self(to, &facts->status, daemon_metrics, COUNT_OF(daemon_metrics));
	put_gaps(to, facts, "sysmon_missing_ticks_total",
		 "Ticks that are missing in the record.", false);
	put_gaps(to, facts, "sysmon_missing_events_total",
		 "Events that are missing in the record.", true);
	put_engines(to, facts);
	put_policy(to, &facts->actions);
	put_http(to, &facts->counts);
}
