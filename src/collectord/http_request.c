// SPDX-License-Identifier: GPL-2.0
/*
 * What a request asks for, or what is wrong with it. Pure; knows neither
 * sockets nor libmicrohttpd nor the database.
 */
#include "http_request.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http_ui.h"
#include "snapshot.h"
#include "timerange.h"

#define P(id)	(1u << HTTP_P_##id)
#define RANGE	(P(SINCE) | P(UNTIL))
#define HISTORY (RANGE | P(STEP) | P(LIMIT))
#define JSON	"application/json"

const struct http_resource_info http_resources[HTTP_RESOURCES] = {
	[HTTP_INDEX] = { "/", JSON, 0, "what is here" },
	[HTTP_JSON_FILE] = { "/json_file", JSON, RANGE | P(BY) | P(LIMIT),
			     "the stop record, as sysmonctl stopped --json" },
	[HTTP_CPU] = { "/cpu.json", JSON, HISTORY,
		       "the machine's CPU in percent of all its CPUs, "
		       "[{time, value}]" },
	[HTTP_RAM] = { "/ram.json", JSON, HISTORY,
		       "the machine's memory in use in bytes, "
		       "[{time, value}]" },
	[HTTP_TOP] = { "/api/v1/top", JSON, P(AT) | P(SORT) | P(FILTER),
		       "one tick, as sysmonctl top --once --json" },
	[HTTP_CONTAINERS] = { "/api/v1/containers", JSON, P(ALL) | P(LIMIT),
			      "the containers, as sysmonctl containers "
			      "--json" },
	[HTTP_HISTORY] = { "/api/v1/history", JSON,
			   HISTORY | P(CONTAINER) | P(METRIC),
			   "figures over time, as sysmonctl history --json" },
	[HTTP_EVENTS] = { "/api/v1/events", JSON, RANGE | P(TYPE) | P(LIMIT),
			  "the event record, as sysmonctl events --json; new "
			  "events as they come with Accept: "
			  "text/event-stream" },
	[HTTP_METRICS] = { "/metrics",
			   "text/plain; version=0.0.4; charset=utf-8", 0,
			   "the newest figures, for Prometheus" },
	[HTTP_HEALTHZ] = { "/healthz", JSON, 0,
			   "200 when all is well, else 503 and why" },
	[HTTP_UI] = { "/ui", "text/html; charset=utf-8", 0,
		      "a page for browsers: charts, containers, stops" },
};

#define PARAMETER_NAME(id, name, doc) name,
const char *const http_parameter_names[] = { HTTP_PARAMETERS(PARAMETER_NAME) };

#define PARAMETER_DOC(id, name, doc) doc,
const char *const http_parameter_docs[] = { HTTP_PARAMETERS(PARAMETER_DOC) };

bool http_refuse(struct http_refusal *refusal, unsigned int status,
		 const char *remedy, const char *format, ...)
{
	va_list args;

	refusal->status = status;
	va_start(args, format);
	vsnprintf(refusal->error, sizeof(refusal->error), format, args);
	va_end(args);
	snprintf(refusal->remedy, sizeof(refusal->remedy), "%s",
		 remedy ? remedy : "");
	return false;
}

/* One parameter that is being read. */
struct scan {
	enum http_parameter parameter;
	const char *value;
	struct http_request *request;
	struct http_refusal *refusal;
};

static bool refuse_value(struct scan *s, const char *why)
{
	s->refusal->parameter = http_parameter_names[s->parameter];
	return http_refuse(s->refusal, 400, NULL, "%s=%.80s: %s",
			   s->refusal->parameter, s->value, why);
}

static bool scan_time(struct scan *s, int64_t *ns)
{
	const char *why;

	if (!time_parse(s->value, s->request->now_ns, ns, &why))
		return true;
	return refuse_value(s, why);
}

static bool scan_step(struct scan *s)
{
	const char *why;

	if (!history_step_parse(s->value, &s->request->step_ns, &why))
		return true;
	return refuse_value(s, why);
}

static bool scan_sort(struct scan *s)
{
	int field = snapshot_sort_field(s->value);
	char why[160];

	if (field >= 0) {
		s->request->sort = (unsigned int)field;
		return true;
	}
	snprintf(why, sizeof(why), "give one of %s, or a key of the document",
		 snapshot_sort_words);
	return refuse_value(s, why);
}

static bool scan_all(struct scan *s)
{
	bool one = !strcmp(s->value, "1");

	if (!one && strcmp(s->value, "0"))
		return refuse_value(s, "give 0 or 1");
	s->request->all = one;
	return true;
}

static bool scan_container(struct scan *s)
{
	if (!*s->value)
		return refuse_value(s, "give a name, an id, a cgroup or "
				       "system");
	s->request->container = s->value;
	s->request->system = !strcmp(s->value, "system");
	return true;
}

static bool scan_by(struct scan *s)
{
	static const char *const reasons[] = { "policy", "signal", "oom",
					       "exit" };
	size_t i;

	if (!strcmp(s->value, "any"))
		return true;
	for (i = 0; i < sizeof(reasons) / sizeof(*reasons); i++)
		if (!strcmp(s->value, reasons[i]))
			s->request->by = reasons[i];
	return s->request->by ||
	       refuse_value(s, http_parameter_docs[s->parameter]);
}

static bool scan_type(struct scan *s)
{
	char why[200], all[160];
	const char *bad;
	size_t len;

	if (!*s->value)
		return true;
	if (!event_types_parse(s->value, s->request->types, &bad, &len))
		return true;
	snprintf(why, sizeof(why), "give some of %s",
		 event_types_list(all, sizeof(all)));
	return refuse_value(s, why);
}

static bool scan_limit(struct scan *s)
{
	size_t digits = strspn(s->value, "0123456789");
	long limit = digits && digits < 9 ? strtol(s->value, NULL, 10) : 0;
	char why[64];

	if (!s->value[digits] && limit >= 1 && limit <= HTTP_LIMIT_MAX) {
		s->request->limit = (unsigned int)limit;
		return true;
	}
	snprintf(why, sizeof(why), "give a number from 1 to %d",
		 HTTP_LIMIT_MAX);
	return refuse_value(s, why);
}

static bool scan_value(struct scan *s)
{
	switch (s->parameter) {
	case HTTP_P_SINCE:
		return scan_time(s, &s->request->since_ns);
	case HTTP_P_UNTIL:
		return scan_time(s, &s->request->until_ns);
	case HTTP_P_AT:
		return scan_time(s, &s->request->at_ns);
	case HTTP_P_STEP:
		return scan_step(s);
	case HTTP_P_SORT:
		return scan_sort(s);
	case HTTP_P_FILTER:
		s->request->filter = s->value;
		return true;
	case HTTP_P_ALL:
		return scan_all(s);
	case HTTP_P_CONTAINER:
		return scan_container(s);
	case HTTP_P_METRIC:
		s->request->metric = *s->value ? s->value : NULL;
		return true;
	case HTTP_P_BY:
		return scan_by(s);
	case HTTP_P_TYPE:
		return scan_type(s);
	case HTTP_P_LIMIT:
		return scan_limit(s);
	case HTTP_P_COUNT:
		break;
	}
	return false;
}

/* "since, until": the names of a set. */
static const char *list_parameters(unsigned int set, char *buf, size_t size)
{
	size_t used = 0;
	unsigned int i;

	snprintf(buf, size, "no parameter");
	for (i = 0; i < HTTP_P_COUNT && used < size; i++)
		if (set >> i & 1)
			used += (size_t)snprintf(buf + used, size - used,
						 "%s%s", used ? ", " : "",
						 http_parameter_names[i]);
	return buf;
}

static bool refuse_unknown(const struct http_pair *pair, unsigned int allowed,
			   struct http_refusal *refusal)
{
	char remedy[160], names[128];

	refusal->parameter = pair->name;
	snprintf(remedy, sizeof(remedy), "this resource takes %s",
		 list_parameters(allowed, names, sizeof(names)));
	return http_refuse(refusal, 400, remedy, "%.80s: no such parameter",
			   pair->name);
}

static bool take_pair(const struct http_pair *pair,
		      struct http_request *request,
		      struct http_refusal *refusal)
{
	unsigned int allowed = http_resources[request->resource].parameters;
	struct scan s = { .value = pair->value,
			  .request = request,
			  .refusal = refusal };
	unsigned int i;

	for (i = 0; i < HTTP_P_COUNT; i++)
		if ((allowed >> i & 1) &&
		    !strcmp(pair->name, http_parameter_names[i]))
			break;
	if (i == HTTP_P_COUNT || strlen(pair->name) != pair->name_len)
		return refuse_unknown(pair, allowed, refusal);
	refusal->parameter = http_parameter_names[i];
	s.parameter = i;
	if (http_given(request, s.parameter))
		return http_refuse(refusal, 400, NULL, "%s is given twice",
				   pair->name);
	if (!pair->value)
		return http_refuse(refusal, 400, NULL, "%s has no value",
				   pair->name);
	if (strlen(pair->value) != pair->value_len)
		return refuse_value(&s, "holds a zero byte");
	refusal->parameter = NULL;
	request->given |= 1u << i;
	return scan_value(&s);
}

static bool find_resource(const char *path, struct http_request *request)
{
	unsigned int i;

	if (http_ui_find(path, &request->file)) {
		request->resource = HTTP_UI;
		return true;
	}
	for (i = 0; i < HTTP_RESOURCES; i++) {
		if (strcmp(path, http_resources[i].path) != 0)
			continue;
		request->resource = i;
		return true;
	}
	return false;
}

/* Whether the media type is named, whatever weight it is given. */
static bool accepts(const char *accept, const char *type)
{
	size_t len = strlen(type);

	for (; accept && *accept; accept += *accept == ',') {
		accept += strspn(accept, " \t");
		if (!strncmp(accept, type, len) &&
		    (!accept[len] || strchr(",; \t", accept[len])))
			return true;
		accept += strcspn(accept, ",");
	}
	return false;
}

/* A stream begins now, or behind the event that was seen last. */
static bool prepare_stream(const struct http_input *input,
			   struct http_request *request,
			   struct http_refusal *refusal)
{
	unsigned int beside = request->given & ~P(TYPE);
	char names[128];

	request->stream = accepts(input->accept, "text/event-stream");
	if (!request->stream)
		return true;
	if (beside)
		return http_refuse(refusal, 400,
				   "ask for the past without Accept: "
				   "text/event-stream",
				   "an event stream takes no %s",
				   list_parameters(beside, names,
						   sizeof(names)));
	request->resume = input->last_event_id && *input->last_event_id;
	if (!request->resume ||
	    !http_event_id_parse(input->last_event_id, &request->from))
		return true;
	return http_refuse(refusal, 400,
			   "give the id of an event of this stream, or none",
			   "Last-Event-ID: %.80s: no such id",
			   input->last_event_id);
}

/* What no parameter alone can tell. */
static bool check_whole(const struct http_input *input,
			struct http_request *request,
			struct http_refusal *refusal)
{
	if (http_given(request, HTTP_P_SINCE) &&
	    http_given(request, HTTP_P_UNTIL) &&
	    request->since_ns > request->until_ns) {
		refusal->parameter = http_parameter_names[HTTP_P_UNTIL];
		return http_refuse(refusal, 400, NULL,
				   "until: the range ends before it begins");
	}
	if (request->resource == HTTP_HISTORY && !request->container) {
		refusal->parameter = http_parameter_names[HTTP_P_CONTAINER];
		return http_refuse(refusal, 400,
				   "container=NAME, or container=system for "
				   "the machine",
				   "container is missing");
	}
	if (request->resource == HTTP_EVENTS)
		return prepare_stream(input, request, refusal);
	request->html = request->resource == HTTP_INDEX &&
			accepts(input->accept, "text/html");
	return true;
}

bool http_request_parse(const struct http_input *input,
			struct http_request *request,
			struct http_refusal *refusal)
{
	size_t i;

	*request = (struct http_request){
		.now_ns = input->now_ns,
		.step_ns = HISTORY_STEP_AUTO,
		.sort = TOP_CPU,
		.limit = HTTP_LIMIT_DEFAULT,
	};
	*refusal = (struct http_refusal){ 0 };
	if (!find_resource(input->path, request))
		return http_refuse(refusal, 404, "/ tells what there is",
				   "no such resource: %.100s", input->path);
	if (strcmp(input->method, "GET") && strcmp(input->method, "HEAD"))
		return http_refuse(refusal, 405, "GET and HEAD are",
				   "the method %.20s is not allowed here",
				   input->method);
	for (i = 0; i < input->pairs; i++)
		if (!take_pair(&input->pair[i], request, refusal))
			return false;
	return check_whole(input, request, refusal);
}

/* One part of an id, up to the byte `end`. */
static bool scan_part(const char **text, int64_t *value, char end)
{
	char *stop;

	if (**text < '0' || **text > '9')
		return false;
	errno = 0;
	*value = strtoll(*text, &stop, 10);
	if (errno || *stop != end)
		return false;
	*text = stop + 1;
	return true;
}

int http_event_id_parse(const char *text, struct event_cursor *cursor)
{
	struct event_cursor c;

	if (!scan_part(&text, &c.session, '.') ||
	    !scan_part(&text, &c.seq, '.') || !scan_part(&text, &c.gap, '.') ||
	    !scan_part(&text, &c.alarm, 0))
		return -EINVAL;
	*cursor = c;
	return 0;
}

const char *http_event_id(const struct event_cursor *cursor, char *buf,
			  size_t size)
{
	snprintf(buf, size, "%" PRId64 ".%" PRId64 ".%" PRId64 ".%" PRId64,
		 cursor->session, cursor->seq, cursor->gap, cursor->alarm);
	return buf;
}
