// SPDX-License-Identifier: GPL-2.0
/*
 * The documents that are answers to requests, within bounds. Knows no
 * connection.
 */
#include "http_document.h"

#include <errno.h>
#include <string.h>

#include "document.h"
#include "json.h"
#include "lives.h"
#include "snapshot.h"
#include "timerange.h"

/* The whole of a list is read again so often, at most, to find its end. */
#define PASSES_MAX 4

/* One answer in the making. */
struct making {
	struct http_reader *reader;
	const struct http_request *request;
	struct http_refusal *refusal;
	struct history_read history;
	struct snapshot snapshot;
	double cpus;	    /* that cpu.json's percentages are of */
	unsigned int field; /* cpu.json's or ram.json's in a point */
	/* The list that is being written. */
	struct http_writer writer;
	struct document document;
	unsigned int skip; /* rows at its begin that are left out */
	unsigned int room; /* rows that it holds at most */
	unsigned int seen;
	unsigned int kept;
	bool endless; /* how many rows there are was not counted */
};

/* A kind of answer: begins the document, and passes each row to on_row. */
struct kind {
	int (*begin)(struct making *m);
	int (*rows)(struct making *m);
	int (*row)(struct making *m, const struct value *row);
	int (*end)(struct making *m, json_t *tail);
};

static int on_row(const struct kind *kind, struct making *m,
		  const struct value *row)
{
	m->seen++;
	if (m->seen <= m->skip || m->kept == m->room)
		return 0;
	if (ftello(m->writer.to) > (off_t)HTTP_BODY_MAX) {
		m->room = m->kept;
		return 0;
	}
	m->kept++;
	return kind->row(m, row);
}

static int document_put(struct making *m, const struct value *row)
{
	return document_row(&m->document, row);
}

static int document_close(struct making *m, json_t *tail)
{
	return document_end(&m->document, tail);
}

static int put_cursor(struct making *m, const struct kind *kind,
		      struct cursor *c)
{
	struct value row[QUERY_COLUMNS_MAX];
	int r;

	while ((r = cursor_next(c, row)) > 0) {
		r = on_row(kind, m, row);
		if (r)
			break;
	}
	cursor_close(c);
	return r;
}

/* An end of the range that was not given is no limit. */
static int64_t bound(const struct making *m, enum http_parameter parameter,
		     int64_t ns, int64_t otherwise)
{
	return http_given(m->request, parameter) ? ns : otherwise;
}

static int64_t since(const struct making *m)
{
	return bound(m, HTTP_P_SINCE, m->request->since_ns, INT64_MIN);
}

static int64_t until(const struct making *m)
{
	return bound(m, HTTP_P_UNTIL, m->request->until_ns, INT64_MAX);
}

/* /json_file */

static const struct kind stops;

static int stops_begin(struct making *m)
{
	return document_begin(&m->document, m->writer.to, stop_fields,
			      STOP_COUNT, document_head(), "stopped");
}

static int stops_rows(struct making *m)
{
	struct query_filter filter = QUERY_ALL;
	struct cursor c;
	int r;

	filter.since_ns = since(m);
	filter.until_ns = until(m);
	filter.reason = m->request->by;
	r = query_stops(m->reader->query, &filter, &c);

	return r ? r : put_cursor(m, &stops, &c);
}

static const struct kind stops = { stops_begin, stops_rows, document_put,
				   document_close };

/* /api/v1/containers */

static const struct kind containers;

static int containers_begin(struct making *m)
{
	return document_begin(&m->document, m->writer.to, container_fields,
			      CONTAINER_COUNT, document_head(), "containers");
}

static int containers_rows(struct making *m)
{
	struct cursor c;
	int r = query_containers(m->reader->query, m->request->all, &c);

	return r ? r : put_cursor(m, &containers, &c);
}

static const struct kind containers = { containers_begin, containers_rows,
					document_put, document_close };

/* /api/v1/events */

static const struct kind events;

static int events_begin(struct making *m)
{
	return document_begin(&m->document, m->writer.to, event_fields,
			      EVENT_COUNT, document_head(), "events");
}

static int events_rows(struct making *m)
{
	struct query_filter filter = QUERY_ALL;
	struct cursor c;
	int r;

	filter.since_ns = since(m);
	filter.until_ns = until(m);
	filter.types = m->request->types[0] ? m->request->types : NULL;
	/* The record as a whole is long: one row more tells that there are. */
	m->endless = !(m->request->given &
		       (1u << HTTP_P_SINCE | 1u << HTTP_P_UNTIL));
	if (m->endless)
		filter.last = (int64_t)m->request->limit + 1;
	r = query_events(m->reader->query, &filter, &c);
	return r ? r : put_cursor(m, &events, &c);
}

static const struct kind events = { events_begin, events_rows, document_put,
				    document_close };

/* /api/v1/history */

static const struct kind history;

static int history_begin(struct making *m)
{
	return document_begin(&m->document, m->writer.to, m->history.fields,
			      m->history.count,
			      history_read_head(&m->history, &m->history.lives,
						m->history.lives.count ? 1 : 0),
			      "points");
}

static int history_point(void *arg, const struct value *point)
{
	return on_row(&history, arg, point);
}

static int history_rows(struct making *m)
{
	return history_read_points(&m->history, m->reader->query, history_point,
				   m);
}

static const struct kind history = { history_begin, history_rows, document_put,
				     document_close };

/* /cpu.json and /ram.json: [{"time":..,"value":..}] */

static const struct kind values;

static int values_begin(struct making *m)
{
	putc('[', m->writer.to);
	return 0;
}

static int values_point(void *arg, const struct value *point)
{
	return on_row(&values, arg, point);
}

static int values_rows(struct making *m)
{
	return history_read_points(&m->history, m->reader->query, values_point,
				   m);
}

static int values_row(struct making *m, const struct value *point)
{
	const struct value *v = &point[m->field];
	enum unit unit = m->history.fields[m->field].unit;
	struct value scaled = *v;
	json_t *json;
	int r;

	if (m->cpus > 0 && v->type != VALUE_NULL)
		scaled = value_real(value_number(v, 0) / m->cpus);
	json = json_pack("{s:o, s:o}", "time",
			 json_value(&point[POINT_TIME], UNIT_TIME), "value",
			 json_value(&scaled, unit));
	if (!json)
		return -ENOMEM;
	fputs(m->kept > 1 ? ",\n" : "\n", m->writer.to);
	r = json_write(m->writer.to, json);
	json_decref(json);
	return r;
}

/* An array has no place for the tail. */
static int values_end(struct making *m, json_t *tail)
{
	json_decref(tail);
	fputs(m->kept ? "\n]\n" : "]\n", m->writer.to);
	return 0;
}

static const struct kind values = { values_begin, values_rows, values_row,
				    values_end };

/* /api/v1/top, whose rows are bounded by the containers that run. */

static bool top_is_stale(const struct making *m)
{
	struct heartbeat heartbeat;

	if (http_given(m->request, HTTP_P_AT))
		return snapshot_is_stale(m->snapshot.tick, m->request->at_ns);
	heartbeat_read(m->reader->query, &heartbeat);
	return snapshot_fault(m->snapshot.tick, &heartbeat,
			      m->request->now_ns) != SNAPSHOT_CURRENT;
}

static int top_begin(struct making *m)
{
	return document_begin(&m->document, m->writer.to, top_fields, TOP_COUNT,
			      snapshot_head(&m->snapshot, top_is_stale(m)),
			      "containers");
}

static int top_rows(struct making *m)
{
	struct snapshot *s = &m->snapshot;
	unsigned int i;
	int r = 0;

	for (i = 0; !r && i < s->shown; i++)
		r = document_put(m, rowset_row(&s->containers, s->order[i]));
	return r;
}

static const struct kind top = { top_begin, top_rows, document_put,
				 document_close };

/* {"limit":..,"left_out":..}, or NULL when nothing was left out; null where
 * it was not counted. */
static json_t *list_tail(const struct making *m)
{
	if (m->kept == m->seen)
		return NULL;
	return json_pack("{s:i, s:o}", "limit", (int)m->request->limit,
			 "left_out",
			 m->endless ? json_null()
				    : json_integer(m->seen - m->kept));
}

/* Writes the list once. */
static int write_list(struct making *m, const struct kind *kind)
{
	int r;

	m->seen = 0;
	m->kept = 0;
	r = http_writer_open(&m->writer);
	if (r)
		return r;
	r = kind->begin(m);
	if (!r)
		r = kind->rows(m);
	if (!r)
		r = kind->end(m, list_tail(m));
	if (r)
		http_writer_drop(&m->writer);
	return r;
}

/* Writes the end of the list: that is known once it was read. */
static int write_newest(struct making *m, const struct kind *kind)
{
	unsigned int pass;
	int r;

	m->room = m->request->limit;
	for (pass = 1;; pass++) {
		r = write_list(m, kind);
		if (r || m->skip + m->kept == m->seen || pass == PASSES_MAX)
			return r;
		http_writer_drop(&m->writer);
		m->skip = m->seen - m->kept;
	}
}

static bool failed(struct making *m, int error)
{
	http_reader_failed(m->reader, error, m->refusal);
	return false;
}

static bool refuse_parameter(struct making *m, enum http_parameter parameter,
			     const char *remedy, const char *word, size_t len,
			     const char *why)
{
	unsigned int status = parameter == HTTP_P_CONTAINER ? 404 : 400;

	m->refusal->parameter = http_parameter_names[parameter];
	return http_refuse(m->refusal, status, remedy, "%s=%.*s: %s",
			   m->refusal->parameter, len < 80 ? (int)len : 80,
			   word, why);
}

static bool find_container(struct making *m)
{
	const char *word = m->request->container;
	int r = lives_find(m->reader->query, word, &m->history.lives);

	if (r == 1)
		return true;
	if (r == 0)
		return refuse_parameter(m, HTTP_P_CONTAINER,
					"/api/v1/containers?all=1 lists them",
					word, strlen(word),
					"no container goes by that");
	if (r != -ENOTUNIQ)
		return failed(m, r);
	return refuse_parameter(m, HTTP_P_CONTAINER,
				"give more of the id, or the full name", word,
				strlen(word), "could mean several containers");
}

static bool choose_metrics(struct making *m, const char *list)
{
	char keys[1000], remedy[1024];
	const char *bad;
	size_t len;

	if (!list || !history_read_choose(&m->history, list, &bad, &len))
		return true;
	history_read_keys(&m->history, keys, sizeof(keys));
	snprintf(remedy, sizeof(remedy), "choose of %s", keys);
	return refuse_parameter(m, HTTP_P_METRIC, remedy, bad, len,
				"no such metric");
}

/* Range, step and metrics of a history. */
static bool prepare_history(struct making *m, bool system, const char *metric)
{
	const struct http_request *request = m->request;
	const int64_t *from = NULL, *to = NULL;
	int r;

	if (http_given(request, HTTP_P_SINCE))
		from = &request->since_ns;
	if (http_given(request, HTTP_P_UNTIL))
		to = &request->until_ns;
	history_read_init(&m->history, system);
	m->history.step_ns = request->step_ns;
	if (history_read_range(&m->history, from, to, request->now_ns))
		return refuse_parameter(m, HTTP_P_SINCE, NULL, "", 0,
					"the range ends before it begins");
	if (!choose_metrics(m, metric) || (!system && !find_container(m)))
		return false;
	r = history_read_step(&m->history, m->reader->query);
	return !r || failed(m, r);
}

/* One figure of the machine's history. */
static bool prepare_values(struct making *m, const char *metric, bool of_all)
{
	struct value tick[TICK_COUNT];
	unsigned int i;
	int r;

	if (!prepare_history(m, true, metric))
		return false;
	for (i = POINT_RATES; i < m->history.count; i++)
		if (!strcmp(m->history.fields[i].key, metric))
			m->field = i;
	if (!of_all)
		return true;
	r = query_tick(m->reader->query, TICK_NEWEST, 0, tick);
	if (r < 0)
		return failed(m, r);
	m->cpus = r ? value_number(&tick[TICK_CPUS], 0) : 0;
	return true;
}

static bool prepare_top(struct making *m)
{
	const struct http_request *request = m->request;
	bool at = http_given(request, HTTP_P_AT);
	int r = snapshot_load(&m->snapshot, m->reader->query,
			      at ? TICK_AT : TICK_NEWEST, request->at_ns);

	if (r > 0)
		r = snapshot_arrange(&m->snapshot, request->sort, false,
				     request->filter);
	if (r)
		return failed(m, r);
	if (m->snapshot.loaded)
		return true;
	if (at)
		m->refusal->parameter = http_parameter_names[HTTP_P_AT];
	return http_refuse(m->refusal, at ? 404 : 503,
			   "sysmonctl status says what is missing",
			   "no sample recorded %s", at ? "by then" : "yet");
}

/* Finds out what the request needs. Returns its kind, or NULL. */
static const struct kind *prepare(struct making *m)
{
	const struct http_request *request = m->request;

	switch (request->resource) {
	case HTTP_JSON_FILE:
		return &stops;
	case HTTP_CONTAINERS:
		return &containers;
	case HTTP_EVENTS:
		return &events;
	case HTTP_HISTORY:
		return prepare_history(m, request->system, request->metric)
			       ? &history
			       : NULL;
	case HTTP_CPU:
		return prepare_values(m, "cpu_pct", true) ? &values : NULL;
	case HTTP_RAM:
		return prepare_values(m, "mem_used_bytes", false) ? &values
								  : NULL;
	case HTTP_TOP:
		return prepare_top(m) ? &top : NULL;
	case HTTP_INDEX:
	case HTTP_METRICS:
	case HTTP_HEALTHZ:
	case HTTP_UI:
	case HTTP_RESOURCES:
		break;
	}
	http_refuse(m->refusal, 500, NULL, "not a document");
	return NULL;
}

static bool make(struct making *m, struct http_answer *answer)
{
	const struct kind *kind = prepare(m);
	int r;

	if (!kind)
		return false;
	r = query_begin(m->reader->query);
	if (r)
		return failed(m, r);
	r = write_newest(m, kind);
	query_end(m->reader->query);
	if (r)
		return failed(m, r);
	if (http_writer_close(&m->writer, answer, 200,
			      http_resources[m->request->resource].type))
		return http_refuse(m->refusal, 503, NULL, "out of memory");
	answer->left_out = m->seen - m->kept;
	http_answer_tag(answer);
	return true;
}

bool http_document(struct http_reader *reader,
		   const struct http_request *request,
		   struct http_answer *answer, struct http_refusal *refusal)
{
	struct making m = { .reader = reader,
			    .request = request,
			    .refusal = refusal };
	bool made;

	*refusal = (struct http_refusal){ 0 };
	made = http_reader_begin(reader, refusal) && make(&m, answer);
	rowset_free(&m.history.lives);
	snapshot_free(&m.snapshot);
	return made;
}
