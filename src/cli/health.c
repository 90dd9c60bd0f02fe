// SPDX-License-Identifier: GPL-2.0
/* Whether sysmon works, and what is wrong; knows no output. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "health.h"
#include "lib/timerange.h"

/* A gap counts as a problem for so long. */
#define HEALTH_GAP_RECENT 3600.0

/* A write-ahead log is at most a quarter of it when no reader holds it. */
#define HEALTH_LOG_LARGE (64 << 20)

/* Above so many times its limit, or with less room, a database is in trouble. */
#define HEALTH_SIZE_MOST  1.1
#define HEALTH_ROOM_LEAST (64 << 20)

/* The daemon commits what it says of itself at least every 10 s. */
#define HEALTH_BEAT_MAX (15 * NSEC_PER_SEC)

#define HEALTH_ENTRY(id, k, t, u, source) \
	{                                 \
		.key = (k),               \
		.title = (t),             \
		.unit = UNIT_##u,         \
		.show = SHOW_DATA,        \
	},
const struct field health_fields[] = { HEALTH_FIELDS(HEALTH_ENTRY) };

#define HEALTH_SOURCE(id, k, t, u, source) source,
static const char *const sources[] = { HEALTH_FIELDS(HEALTH_SOURCE) };

static struct value health_text(const char *text)
{
	return value_text(text, strlen(text));
}

static struct value health_str(const struct str *s)
{
	return s->p ? value_text(s->p, s->len) : value_null();
}

static struct value health_seconds(uint64_t ns)
{
	return value_real((double)ns / 1e9);
}

static struct value health_count(uint64_t n)
{
	return value_int((int64_t)n);
}

static struct value health_match(struct health *h)
{
	size_t used = 0;
	unsigned int i;

	h->match[0] = 0;
	for (i = 0; i < h->module.matches; i++)
		used += (size_t)snprintf(h->match + used,
					 sizeof(h->match) - used, "%s%.*s",
					 i ? "," : "",
					 (int)h->module.match[i].len,
					 h->module.match[i].p);
	return i ? health_text(h->match) : value_null();
}

static void fill_module(struct health *h)
{
	const struct module_info *m = &h->module;
	struct value *row = h->row;

	row[HEALTH_MODULE_STATE] = health_text(!h->module_error ? "running"
					       : h->module_error == -ENOENT
						       ? "not loaded"
						       : "unknown");
	if (h->module_error)
		return;
	row[HEALTH_MODULE_VERSION] = health_str(&m->version);
	row[HEALTH_MODULE_ABI] = health_count(m->abi);
	row[HEALTH_MODULE_BOOT_ID] = health_str(&m->boot_id);
	row[HEALTH_MODULE_INTERVAL] = health_seconds(m->interval_ns);
	row[HEALTH_MODULE_MATCH] = health_match(h);
	row[HEALTH_MODULE_TICKS] = health_count(m->ticks);
	row[HEALTH_MODULE_CONTAINERS] = health_count(m->containers);
	row[HEALTH_MODULE_CONTAINERS_MAX] = health_count(m->containers_max);
	row[HEALTH_MODULE_REFUSED] = health_count(m->containers_refused);
	row[HEALTH_MODULE_WALKS] = health_count(m->walks);
	row[HEALTH_MODULE_WALK_US] = health_count(m->walk_ns / 1000);
	if (m->walks)
		row[HEALTH_MODULE_WALK_AVG_US] =
			health_count(m->walk_total_ns / m->walks / 1000);
	row[HEALTH_MODULE_TICK_US] = health_count(m->tick_ns / 1000);
	if (m->ticks)
		row[HEALTH_MODULE_TICK_AVG_US] =
			health_count(m->tick_total_ns / m->ticks / 1000);
	row[HEALTH_MODULE_MESSAGES] = health_count(m->messages);
	row[HEALTH_MODULE_DROPPED] = health_count(m->dropped);
	row[HEALTH_MODULE_HEAD] = health_count(m->events_head);
	row[HEALTH_MODULE_TAIL] = health_count(m->events_tail);
	row[HEALTH_MODULE_CAPACITY] = health_count(m->events_capacity);
	row[HEALTH_MODULE_LOST] = health_count(m->events_lost);
	row[HEALTH_MODULE_RESCANS] = health_count(m->rescans);
	row[HEALTH_MODULE_FILE_ERRORS] = health_count(m->file_errors);
	row[HEALTH_MODULE_EVENTS_BYTES] = health_count(m->events_bytes);
	row[HEALTH_MODULE_EVENTS_BYTES_MAX] = health_count(m->events_bytes_max);
	row[HEALTH_MODULE_CONTAINER_BYTES] = health_count(m->container_bytes);
	row[HEALTH_MODULE_FACTS_LOST] = health_count(m->facts_lost);
}

/* The value of that key (or NULL) in table `status`; null if it has none. */
static struct value status_value(const struct health *h, const char *key)
{
	unsigned int i;

	for (i = 0; key && i < h->status.count; i++) {
		const struct value *row = rowset_row(&h->status, i);

		if (value_is(&row[0], key))
			return row[1];
	}
	return value_null();
}

static const char *daemon_state(const struct health *h, int64_t now_ns)
{
	if (heartbeat_is_alive(&h->heartbeat, now_ns))
		return "running";
	if (h->heartbeat.stopped_ns)
		return "stopped";
	return h->heartbeat.beat_ns ? "gone" : "never-ran";
}

void health_fill(struct health *h, int64_t now_ns)
{
	unsigned int i;

	for (i = 0; i < HEALTH_COUNT; i++) {
		enum unit unit = health_fields[i].unit;

		h->row[i] = status_value(h, sources[i]);
		if (h->row[i].type == VALUE_INT &&
		    (unit == UNIT_TIME || unit == UNIT_SECONDS))
			h->row[i] = value_real((double)h->row[i].i / 1e9);
	}
	fill_module(h);
	h->row[HEALTH_DAEMON_STATE] =
		health_text(*h->db_error ? "unknown" : daemon_state(h, now_ns));
}

void health_fill_store(struct health *h, const struct value *store)
{
	struct value *row = h->row;

	if (!store)
		return;
	row[HEALTH_DB_BYTES] = store[STORE_PAGES_BYTES];
	row[HEALTH_DB_WAL_BYTES] = status_value(h, "wal_bytes");
	row[HEALTH_DB_WAL_LIMIT] = status_value(h, "wal_max_bytes");
	row[HEALTH_DB_SCHEMA] = store[STORE_SCHEMA];
	row[HEALTH_DB_TICKS] = store[STORE_TICKS];
	row[HEALTH_DB_OLDEST] = store[STORE_OLDEST];
	row[HEALTH_DB_NEWEST] = store[STORE_NEWEST];
	row[HEALTH_DB_CONTAINERS] = store[STORE_CONTAINERS];
	row[HEALTH_DB_RUNNING] = store[STORE_RUNNING];
	row[HEALTH_DB_STOPS] = store[STORE_STOPS];
	row[HEALTH_DB_MINUTES] = store[STORE_MINUTES];
	row[HEALTH_DB_MINUTES_FROM] = store[STORE_MINUTES_FROM];
	row[HEALTH_DB_HOURS] = store[STORE_HOURS];
	row[HEALTH_DB_HOURS_FROM] = store[STORE_HOURS_FROM];
}

static void report(struct health *h, enum health_verdict weight,
		   const char *remedy, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Keeps the problems sorted by weight. What has no more room is least. */
static void report(struct health *h, enum health_verdict weight,
		   const char *remedy, const char *format, ...)
{
	unsigned int i = h->problems;
	va_list args;

	if (i == HEALTH_PROBLEMS_MAX)
		return;
	for (; i && h->problem[i - 1].weight < weight; i--)
		h->problem[i] = h->problem[i - 1];
	h->problems++;
	h->problem[i].weight = weight;
	h->problem[i].remedy = remedy;
	va_start(args, format);
	vsnprintf(h->problem[i].what, sizeof(h->problem[i].what), format, args);
	va_end(args);
}

/* Why it is not loaded is mostly plain to see. */
static void report_not_loaded(struct health *h)
{
	const struct host *host = &h->host;

	if (!host->module_file)
		report(h, HEALTH_DOWN,
		       "install the package sysmon-dkms and the headers of "
		       "this kernel, linux-headers-$(uname -r); then modprobe "
		       "sysmon",
		       "there is no module sysmon for the kernel %s",
		       host->release);
	else if (host->secure_boot)
		report(h, HEALTH_DOWN,
		       "modprobe sysmon; with \"Key was rejected\", enroll the "
		       "key that signs it: mokutil --import "
		       "/var/lib/dkms/mok.pub, and boot anew",
		       "the module sysmon is not loaded, and Secure Boot lets "
		       "only signed ones in");
	else
		report(h, HEALTH_DOWN,
		       "modprobe sysmon; if that fails, journalctl -k says why",
		       "the module sysmon is not loaded");
	if (host->cgroup1)
		report(h, HEALTH_DOWN,
		       "boot with systemd.unified_cgroup_hierarchy=1; the "
		       "module needs cgroup v2",
		       "this host has its containers in cgroup v1");
}

static void report_module_error(struct health *h)
{
	switch (h->module_error) {
	case -ENOENT:
		report_not_loaded(h);
		break;
	case -EPERM:
	case -EACCES:
		report(h, HEALTH_PROBLEMS,
		       "run it as root: sudo sysmonctl status",
		       "not permitted to ask the module how it is");
		break;
	default:
		report(h, HEALTH_DOWN, "see journalctl -k",
		       "the module does not answer: %s",
		       strerror(-h->module_error));
	}
}

static void judge_module(struct health *h)
{
	const struct module_info *m = &h->module;

	if (h->module_error) {
		report_module_error(h);
		return;
	}
	if (m->abi < SYSMON_ABI)
		report(h, HEALTH_PROBLEMS,
		       "reload it: modprobe -r sysmon && modprobe sysmon",
		       "the module is older than this sysmonctl");
	if (m->containers_refused)
		report(h, HEALTH_PROBLEMS,
		       "see journalctl -k; sysmonctl set match= may name too "
		       "much",
		       "the module had no room for %llu cgroups",
		       (unsigned long long)m->containers_refused);
	if (m->events_lost)
		report(h, HEALTH_PROBLEMS,
		       "the machine was short of memory; the record has gaps",
		       "the module could not make %llu events",
		       (unsigned long long)m->events_lost);
	if (m->facts_lost)
		report(h, HEALTH_PROBLEMS,
		       "the machine was short of memory; those starts and "
		       "stops do not say who and why",
		       "the module lost sight of %llu processes",
		       (unsigned long long)m->facts_lost);
}

static void report_dead(struct health *h, int64_t now_ns)
{
	const struct heartbeat *beat = &h->heartbeat;
	char age[32];

	duration_format(now_ns - (beat->stopped_ns ? beat->stopped_ns
						   : beat->beat_ns),
			age, sizeof(age));
	if (!beat->beat_ns)
		report(h, HEALTH_DOWN,
		       "systemctl enable --now sysmon-collectord",
		       "the daemon never stored anything here");
	else if (beat->stopped_ns)
		report(h, HEALTH_DOWN, "systemctl start sysmon-collectord",
		       "the daemon was stopped %s ago", age);
	else
		report(h, HEALTH_DOWN,
		       "systemctl restart sysmon-collectord; "
		       "journalctl -u sysmon-collectord says why",
		       "the daemon gave its last sign of life %s ago", age);
}

/*
 * Its process is there, but it could not commit for so long. The reason is not
 * in the record, as that would have to be committed as well.
 */
static bool is_stuck(const struct health *h, int64_t now_ns)
{
	struct value interval = status_value(h, "commit_interval_ns");
	int64_t max = HEALTH_BEAT_MAX;

	if (interval.type == VALUE_INT && interval.i > 0)
		max += interval.i;
	return heartbeat_is_alive(&h->heartbeat, now_ns) &&
	       now_ns - h->heartbeat.beat_ns > max;
}

static void report_stuck(struct health *h, int64_t now_ns)
{
	char age[32];

	duration_format(now_ns - h->heartbeat.beat_ns, age, sizeof(age));
	report(h, HEALTH_PROBLEMS,
	       "see df and journalctl -u sysmon-collectord; what it has not "
	       "stored yet is only in its memory, so leave it running",
	       "the daemon cannot store: nothing for %s", age);
}

static void judge_daemon(struct health *h, int64_t now_ns)
{
	const struct value *error = &h->row[HEALTH_DAEMON_COMMIT_ERROR];
	const struct value *config_error = &h->row[HEALTH_DAEMON_CONFIG_ERROR];

	if (!heartbeat_is_alive(&h->heartbeat, now_ns)) {
		report_dead(h, now_ns);
		return;
	}
	if (value_number(&h->row[HEALTH_DAEMON_REFUSED], 0) > 0)
		report(h, HEALTH_PROBLEMS,
		       "see journalctl -u sysmon-collectord, and report it",
		       "%.0f rows could not be stored at all",
		       value_number(&h->row[HEALTH_DAEMON_REFUSED], 0));
	if (config_error->type == VALUE_TEXT)
		report(h, HEALTH_PROBLEMS,
		       "mend it, see sysmon-collectord --check-config, and "
		       "systemctl reload sysmon-collectord",
		       "the configuration could not be reloaded, the old one "
		       "is in force: %.*s",
		       (int)config_error->s.len, config_error->s.p);
	if (is_stuck(h, now_ns))
		report_stuck(h, now_ns);
	else if (error->type == VALUE_TEXT)
		report(h, HEALTH_PROBLEMS,
		       "free some space, or see journalctl -u "
		       "sysmon-collectord",
		       "the daemon cannot store: %.*s", (int)error->s.len,
		       error->s.p);
}

/* Removing is in batches: for a while it may be a little above its limit. */
static void judge_size(struct health *h)
{
	double used = value_number(&h->row[HEALTH_DB_BYTES], 0) -
		      value_number(&h->row[HEALTH_DB_FREE], 0);
	double limit = value_number(&h->row[HEALTH_DB_LIMIT], 0);

	if (limit > 0 && used > limit * HEALTH_SIZE_MOST)
		report(h, HEALTH_PROBLEMS,
		       "wait some minutes after a change of [retention]; if it "
		       "goes on, journalctl -u sysmon-collectord says why",
		       "the database has grown above its limit: %.0f of %.0f "
		       "MiB",
		       used / (1 << 20), limit / (1 << 20));
	if (h->host.have_room && h->host.room_bytes < HEALTH_ROOM_LEAST)
		report(h, HEALTH_PROBLEMS,
		       "free some space, or set a lower size in [retention]",
		       "the disk of the database is nearly full: %.0f MiB are "
		       "left",
		       (double)h->host.room_bytes / (1 << 20));
}

static void judge_database(struct health *h)
{
	const struct value *moved = &h->row[HEALTH_DB_MOVED];
	double log = value_number(&h->row[HEALTH_DB_WAL_BYTES], 0);
	double most = value_number(&h->row[HEALTH_DB_WAL_LIMIT], 0);

	if (moved->type == VALUE_TEXT)
		report(h, HEALTH_PROBLEMS,
		       "what is left of it: sqlite3 FILE .recover; then remove "
		       "it and restart sysmon-collectord",
		       "a damaged database was moved aside: %.*s",
		       (int)moved->s.len, moved->s.p);
	if (log > HEALTH_LOG_LARGE)
		report(h, HEALTH_PROBLEMS,
		       "fuser -v sysmon.db-wal says who reads; end that "
		       "reader",
		       "a reader holds up the database's log: %.0f MiB%s",
		       log / (1 << 20),
		       most && log > most ? ", no more samples are stored"
					  : "");
}

/* What is not removed takes room without end. */
static void judge_retention(struct health *h, int64_t now_ns)
{
	const struct value *error = &h->row[HEALTH_DB_RETENTION_ERROR];

	if (heartbeat_is_alive(&h->heartbeat, now_ns) &&
	    error->type == VALUE_TEXT)
		report(h, HEALTH_PROBLEMS,
		       "free some space, or see journalctl -u "
		       "sysmon-collectord",
		       "the daemon cannot remove what is too old: %.*s",
		       (int)error->s.len, error->s.p);
}

/* Both run, and what the daemon says is stored, but no new samples are. */
static void judge_flow(struct health *h, int64_t now_ns)
{
	double interval = value_number(&h->row[HEALTH_MODULE_INTERVAL], 1);
	double newest = value_number(&h->row[HEALTH_DB_NEWEST], 0);
	double age = (double)now_ns / 1e9 - newest;
	char text[32];

	if (h->module_error || !heartbeat_is_alive(&h->heartbeat, now_ns) ||
	    is_stuck(h, now_ns) || age <= 3 * interval + 5)
		return;
	if (newest > 0)
		report(h, HEALTH_PROBLEMS,
		       "systemctl restart sysmon-collectord",
		       "no sample has come for %s",
		       duration_format(seconds_to_ns(age), text, sizeof(text)));
	else
		report(h, HEALTH_PROBLEMS,
		       "wait a moment; then journalctl -u sysmon-collectord",
		       "no sample has come yet");
}

/* What to do about a gap of that reason; NULL where it was to be expected. */
static const char *gap_remedy(const struct value *reason)
{
	static const struct {
		const char *reason, *remedy;
	} known[] = {
		{ "daemon-stopped", NULL },
		{ "module-reloaded", NULL },
		{ "suspended", NULL },
		{ "log-full",
		  "a reader of the database held a transaction open: fuser -v "
		  "sysmon.db-wal says who reads" },
		{ "database-damaged",
		  "the samples of before are in the file that was moved "
		  "aside" },
		{ "store-full",
		  "the disk is full or too slow: see df and journalctl -u "
		  "sysmon-collectord" },
		{ "no-memory", "the machine was short of memory" },
	};
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (value_is(reason, known[i].reason))
			return known[i].remedy;
	return "if it goes on, a longer interval helps: sysmonctl set "
	       "interval=2s";
}

static void judge_gaps(struct health *h, int64_t now_ns)
{
	unsigned int i;

	for (i = 0; i < h->gaps.count; i++) {
		const struct value *gap = rowset_row(&h->gaps, i);
		const char *remedy = gap_remedy(&gap[GAP_REASON]);
		double last = value_number(&gap[GAP_LAST], 0);

		if (!remedy || (double)now_ns / 1e9 - last > HEALTH_GAP_RECENT)
			continue;
		report(h, HEALTH_PROBLEMS, remedy,
		       "the record lacks %.0f %.*ss, the last not an hour ago: "
		       "%.*s",
		       value_number(&gap[GAP_MISSING], 0),
		       (int)gap[GAP_KIND].s.len, gap[GAP_KIND].s.p,
		       (int)gap[GAP_REASON].s.len, gap[GAP_REASON].s.p);
	}
}

static void judge_jobs(struct health *h)
{
	unsigned int i;

	for (i = 0; i < h->jobs.count; i++) {
		const struct value *job = rowset_row(&h->jobs, i);
		const struct value *error = &job[JOB_ERROR];
		bool failed = error->type == VALUE_TEXT ||
			      value_number(&job[JOB_EXIT_CODE], 0) != 0 ||
			      job[JOB_SIGNAL].type != VALUE_NULL;

		if (!failed)
			continue;
		report(h, HEALTH_PROBLEMS,
		       "its output: journalctl -u sysmon-collectord",
		       "the last run of job %.*s failed%s%.*s",
		       (int)job[JOB_NAME].s.len, job[JOB_NAME].s.p,
		       error->type == VALUE_TEXT ? ": " : "",
		       error->type == VALUE_TEXT ? (int)error->s.len : 0,
		       error->type == VALUE_TEXT ? error->s.p : "");
	}
}

static bool engine_is(json_t *engine, const char *state)
{
	const char *its = json_string_value(json_object_get(engine, "state"));

	return its && !strcmp(its, state);
}

static bool any_engine_is(json_t *engines, const char *state)
{
	json_t *engine;
	size_t i;

	json_array_foreach(engines, i,
			   engine) if (engine_is(engine, state)) return true;
	return false;
}

/* An `auto` engine is not missed where another one is in use. */
static void judge_engines(struct health *h)
{
	bool connected = any_engine_is(h->engines, "connected");
	const char *name, *error;
	json_t *engine;
	size_t i;

	json_array_foreach(h->engines, i, engine)
	{
		name = json_string_value(json_object_get(engine, "name"));
		error = json_string_value(json_object_get(engine, "error"));
		if (!engine_is(engine, "unavailable") ||
		    (connected &&
		     json_is_true(json_object_get(engine, "auto"))))
			continue;
		report(h, HEALTH_PROBLEMS,
		       "is it running, and may the daemon use its socket? "
		       "until then names are missing and nothing is stopped",
		       "the engine %s cannot be reached%s%s",
		       name ? name : "(unnamed)", error ? ": " : "",
		       error ? error : "");
	}
}

static void judge_policy(struct health *h, int64_t now_ns)
{
	double waiting = value_number(&h->row[HEALTH_POLICY_WAITING], 0);
	double given_up = value_number(&h->row[HEALTH_POLICY_GIVEN_UP], 0);

	if (!heartbeat_is_alive(&h->heartbeat, now_ns))
		return;
	if (waiting > 0)
		report(h, HEALTH_PROBLEMS,
		       "see the engines in sysmonctl status; what is decided "
		       "is kept until they are back",
		       "%.0f decision%s of the policy wait%s for an engine",
		       waiting, waiting == 1 ? "" : "s",
		       waiting == 1 ? "s" : "");
	if (given_up > 0)
		report(h, HEALTH_PROBLEMS,
		       "sysmonctl policy says why; mend that, and restart the "
		       "container",
		       "the policy has given up on %.0f container%s", given_up,
		       given_up == 1 ? "" : "s");
}

/* Its message has the remedy behind a semicolon. */
static void judge_unreadable(struct health *h)
{
	char *remedy = strstr(h->db_error, "; ");

	if (remedy)
		*remedy = 0;
	report(h, HEALTH_PROBLEMS,
	       remedy ? remedy + 2 : "see journalctl -u sysmon-collectord",
	       "%s", h->db_error);
}

void health_judge(struct health *h, int64_t now_ns)
{
	h->problems = 0;
	judge_module(h);
	if (*h->db_error) {
		judge_unreadable(h);
		return;
	}
	judge_daemon(h, now_ns);
	judge_retention(h, now_ns);
	judge_flow(h, now_ns);
	judge_engines(h);
	judge_jobs(h);
	judge_policy(h, now_ns);
	judge_database(h);
	judge_size(h);
	judge_gaps(h, now_ns);
}

enum health_verdict health_verdict(const struct health *h)
{
	return h->problems ? h->problem[0].weight : HEALTH_GOOD;
}
