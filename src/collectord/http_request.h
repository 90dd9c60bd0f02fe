/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a request asks for: the resources there are, their parameters, and what
 * is wrong with a request. Pure; knows neither sockets nor libmicrohttpd nor
 * the database.
 */
#ifndef SYSMON_HTTP_REQUEST_H
#define SYSMON_HTTP_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event_type.h"
#include "history_read.h"
#include "query.h"

/* Rows of one answer: when nothing is said, and at most. */
#define HTTP_LIMIT_DEFAULT 1000
#define HTTP_LIMIT_MAX	   10000

enum http_resource {
	HTTP_INDEX,
	HTTP_JSON_FILE,
	HTTP_CPU,
	HTTP_RAM,
	HTTP_TOP,
	HTTP_CONTAINERS,
	HTTP_HISTORY,
	HTTP_EVENTS,
	HTTP_METRICS,
	HTTP_HEALTHZ,
	HTTP_UI, /* a file of the page */
	HTTP_RESOURCES
};

/* Parameters that a resource takes, a bit for each. */
#define HTTP_PARAMETERS(X)                                                  \
	X(SINCE, "since", "a time, as of sysmonctl --since: -1h, @SECONDS") \
	X(UNTIL, "until", "a time, as since")                               \
	X(AT, "at", "a time, as since: the tick that was newest then")      \
	X(STEP, "step", "auto, raw or a duration such as 30s")              \
	X(SORT, "sort", "cpu, mem, name, pids, or a key of the document")   \
	X(FILTER, "filter", "text in name, image, command, id or cgroup")   \
	X(ALL, "all", "1: also those that do not run any more")             \
	X(CONTAINER, "container",                                           \
	  "a name, an id or its beginning, a cgroup; system: the machine")  \
	X(METRIC, "metric", "keys, with a comma between them; all")         \
	X(BY, "by", "any, policy, signal, oom or exit")                     \
	X(TYPE, "type", "kinds of events, with a comma between them; all")  \
	X(LIMIT, "limit", "rows at most; the newest are kept")

enum http_parameter {
#define HTTP_PARAMETER_ENUM(id, name, doc) HTTP_P_##id,
	HTTP_PARAMETERS(HTTP_PARAMETER_ENUM) HTTP_P_COUNT
};

struct http_resource_info {
	const char *path;
	const char *type; /* of the answer's content */
	unsigned int parameters;
	const char *doc;
};

extern const struct http_resource_info http_resources[HTTP_RESOURCES];
extern const char *const http_parameter_names[HTTP_P_COUNT];
extern const char *const http_parameter_docs[HTTP_P_COUNT];

/* A parameter as it came, decoded; of any bytes. */
struct http_pair {
	const char *name;
	const char *value; /* NULL: no '=' */
	size_t name_len;
	size_t value_len;
};

/* A request as it came. Headers are NULL where there are none. */
struct http_input {
	const char *method;
	const char *path;
	const struct http_pair *pair;
	size_t pairs;
	const char *accept;
	const char *last_event_id;
	int64_t now_ns;
};

/* A request that makes sense. Texts are borrowed from the input. */
struct http_request {
	enum http_resource resource;
	unsigned int given; /* parameters, a bit for each */
	bool html;	    /* the index, for people */
	bool stream;	    /* the events, as they come */
	bool resume;	    /* the stream, behind `from` */
	bool all;
	bool system;
	struct event_cursor from;
	int64_t now_ns;
	int64_t since_ns;
	int64_t until_ns;
	int64_t at_ns;
	int64_t step_ns;   /* or HISTORY_STEP_* */
	unsigned int sort; /* TOP_* */
	unsigned int limit;
	unsigned int file; /* of the page, see http_ui.h */
	const char *filter;
	const char *container;
	const char *metric;
	const char *by;
	char types[EVENT_TYPES_MAX]; /* "": all */
};

static inline bool http_given(const struct http_request *r,
			      enum http_parameter p)
{
	return r->given >> p & 1;
}

/* Why there is no answer, with a status of HTTP. */
struct http_refusal {
	unsigned int status;
	const char *parameter; /* static, or the input's; NULL: none's fault */
	char error[200];       /* of any bytes */
	char remedy[1024];     /* "" none */
};

/* Fills a refusal, and returns false. The remedy may be NULL. */
bool http_refuse(struct http_refusal *refusal, unsigned int status,
		 const char *remedy, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Returns whether the request makes sense; if not, *refusal says why. */
bool http_request_parse(const struct http_input *input,
			struct http_request *request,
			struct http_refusal *refusal);

/* "2.17.3", as ids of the event stream are: 0, or -EINVAL. */
int http_event_id_parse(const char *text, struct event_cursor *cursor);

/* Returns buf; 64 bytes are enough. */
const char *http_event_id(const struct event_cursor *cursor, char *buf,
			  size_t size);

#endif
