// SPDX-License-Identifier: GPL-2.0
/*
 * One request and its answer, from libmicrohttpd and back. Uses uv_* through
 * its neighbours.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "uv_http_int.h"

static struct exchange *exchange_new(struct uv_http *http,
				     struct MHD_Connection *mhd)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(mhd,
					MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct exchange *x = calloc(1, sizeof(*x));

	if (!x)
		return NULL;
	x->http = http;
	x->mhd = mhd;
	x->connection = info ? info->socket_context : NULL;
	return x;
}

static void set_phase(struct exchange *x, enum connection_phase phase)
{
	if (x->connection)
		http_phase(x->http, x->connection, phase);
}

/* The parameters as they come. */
struct pairs {
	struct http_pair pair[HTTP_PAIRS_MAX];
	size_t count;
	bool over; /* there are more */
};

static enum MHD_Result on_pair(void *cls, enum MHD_ValueKind kind,
			       const char *name, size_t name_len,
			       const char *value, size_t value_len)
{
	struct pairs *pairs = cls;

	(void)kind;
	if (pairs->count == HTTP_PAIRS_MAX) {
		pairs->over = true;
		return MHD_NO;
	}
	pairs->pair[pairs->count++] =
		(struct http_pair){ name, value, name_len, value_len };
	return MHD_YES;
}

static const char *header(struct exchange *x, const char *name)
{
	return MHD_lookup_connection_value(x->mhd, MHD_HEADER_KIND, name);
}

/* A name of a page's own that leads here is for TCP, and no secret: who knows
 * the token may call us what he likes. */
static bool host_is_fine(struct exchange *x)
{
	const struct http_config *config = &x->http->config;

	if (x->http->token.len || config->address.any.sa_family == AF_UNIX)
		return true;
	return http_host_is_local(header(x, MHD_HTTP_HEADER_HOST));
}

/* Health is for whoever watches over this host; the page holds no figures, and
 * asks for the token before it gets any. */
static bool is_public(const char *url)
{
	unsigned int file;

	return !strcmp(url, http_resources[HTTP_HEALTHZ].path) ||
	       http_ui_find(url, &file);
}

static bool is_allowed(struct exchange *x, const char *url)
{
	const struct http_token *token = &x->http->token;

	if (!host_is_fine(x))
		return http_refuse(&x->refusal, 421,
				   "ask for 127.0.0.1, [::1] or localhost",
				   "this host does not go by that name");
	if (!token->len || is_public(url) ||
	    http_token_fits(token, header(x, MHD_HTTP_HEADER_AUTHORIZATION)))
		return true;
	return http_refuse(&x->refusal, 401,
			   "send Authorization: Bearer TOKEN, with the token "
			   "of the file that token_file names",
			   "a token is needed");
}

static int64_t unix_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static bool parse(struct exchange *x, const char *url, const char *method)
{
	struct pairs pairs = { .count = 0 };
	struct http_input input = {
		.method = method,
		.path = url,
		.pair = pairs.pair,
		.accept = header(x, MHD_HTTP_HEADER_ACCEPT),
		.last_event_id = header(x, "Last-Event-ID"),
		.now_ns = unix_now(),
	};

	MHD_get_connection_values_n(x->mhd, MHD_GET_ARGUMENT_KIND, on_pair,
				    &pairs);
	if (pairs.over)
		return http_refuse(&x->refusal, 400, NULL,
				   "more than %d parameters", HTTP_PAIRS_MAX);
	input.pairs = pairs.count;
	if (!http_request_parse(&input, &x->request, &x->refusal))
		return false;
	return !x->body || http_refuse(&x->refusal, 413, NULL,
				       "a request takes no body here");
}

static bool no_memory(struct exchange *x)
{
	return http_refuse(&x->refusal, 503, NULL, "out of memory");
}

static bool answer_health(struct exchange *x)
{
	struct uv_http *http = x->http;
	struct http_facts *facts = http->callbacks->on_facts(http->data, false);
	bool made = facts && !http_answer_health(facts, &x->answer);

	http_facts_free(facts);
	return made || no_memory(x);
}

/* Answers, has the answer made, or returns false with the refusal set. */
static bool begin(struct exchange *x, const char *url, const char *method)
{
	x->begun = true;
	if (x->http->closing)
		return http_refuse(&x->refusal, 503, NULL,
				   "the daemon is stopping");
	if (!is_allowed(x, url) || !parse(x, url, method))
		return false;
	switch (x->request.resource) {
	case HTTP_INDEX:
		return !http_answer_index(x->request.html, &x->answer) ||
		       no_memory(x);
	case HTTP_HEALTHZ:
		return answer_health(x);
	case HTTP_UI:
		return http_ui_answer(&x->http->ui, x->request.file, &x->answer,
				      &x->refusal);
	case HTTP_EVENTS:
		return x->request.stream ? stream_open(x) : work_add(x);
	case HTTP_JSON_FILE:
	case HTTP_CPU:
	case HTTP_RAM:
	case HTTP_TOP:
	case HTTP_CONTAINERS:
	case HTTP_HISTORY:
	case HTTP_METRICS:
		return work_add(x);
	case HTTP_RESOURCES:
		break;
	}
	return http_refuse(&x->refusal, 500, NULL, "no such resource");
}

static void add_number(struct MHD_Response *response, const char *name,
		       unsigned int value)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", value);
	MHD_add_response_header(response, name, text);
}

static void add_headers(struct MHD_Response *response,
			const struct http_answer *a)
{
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE,
				a->type);
	MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL,
				a->cache);
	MHD_add_response_header(response, MHD_HTTP_HEADER_VARY,
				"Accept, Authorization");
	MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
	MHD_add_response_header(response, "Referrer-Policy", "no-referrer");
	MHD_add_response_header(response, "Content-Security-Policy",
				a->policy ? a->policy
					  : "default-src 'none'; style-src "
					    "'unsafe-inline'; frame-ancestors "
					    "'none'");
	if (a->tagged)
		MHD_add_response_header(response, MHD_HTTP_HEADER_ETAG,
					a->etag);
	if (a->allow)
		MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW,
					a->allow);
	if (a->retry_s)
		add_number(response, MHD_HTTP_HEADER_RETRY_AFTER, a->retry_s);
	if (a->left_out)
		add_number(response, "X-Sysmon-Left-Out", a->left_out);
	if (a->status == 401)
		MHD_add_response_header(response,
					MHD_HTTP_HEADER_WWW_AUTHENTICATE,
					"Bearer realm=\"sysmon\"");
}

/*
 * Sends the answer, or that it is the one that the client has: with 304 the
 * library sends its length, but not the body. That is the exchange's, which
 * outlives the response.
 */
static enum MHD_Result send_answer(struct exchange *x)
{
	struct http_answer *a = &x->answer;
	bool known =
		http_answer_is_known(a,
				     header(x, MHD_HTTP_HEADER_IF_NONE_MATCH));
	unsigned int status = known ? 304 : a->status;
	struct MHD_Response *response =
		MHD_create_response_from_buffer(a->len, a->body,
						MHD_RESPMEM_PERSISTENT);
	enum MHD_Result result;

	if (!response)
		return MHD_NO;
	add_headers(response, a);
	result = MHD_queue_response(x->mhd, status, response);
	MHD_destroy_response(response);
	x->http->counts.requests[http_code_index(status)]++;
	set_phase(x, PHASE_ANSWER);
	return result;
}

static enum MHD_Result send_any(struct exchange *x)
{
	if (x->refusal.status && http_answer_refusal(&x->refusal, &x->answer))
		return MHD_NO;
	if (x->stream && !x->refusal.status)
		return stream_answer(x);
	return send_answer(x);
}

static void suspend(struct exchange *x)
{
	x->suspended = true;
	set_phase(x, PHASE_WORK);
	MHD_suspend_connection(x->mhd);
}

void exchange_resume(struct exchange *x)
{
	x->suspended = false;
	x->counted = x->answer.len;
	x->http->counts.answer_bytes += x->counted;
	MHD_resume_connection(x->mhd);
}

/*
 * Called at the end of the headers, for each piece of a body, at the end of
 * the request, and again when a suspended one goes on.
 */
enum MHD_Result exchange_on_request(void *cls, struct MHD_Connection *mhd,
				    const char *url, const char *method,
				    const char *version,
				    const char *upload_data, size_t *size,
				    void **state)
{
	struct exchange *x = *state;

	(void)version;
	(void)upload_data;
	if (!x) {
		x = exchange_new(cls, mhd);
		*state = x;
		return x ? MHD_YES : MHD_NO;
	}
	if (*size) {
		x->body = true;
		*size = 0;
		return MHD_YES;
	}
	if (x->begun)
		return send_any(x);
	if (begin(x, url, method) && !x->answer.status && !x->stream) {
		suspend(x);
		return MHD_YES;
	}
	return send_any(x);
}

void exchange_on_completed(void *cls, struct MHD_Connection *mhd, void **state,
			   enum MHD_RequestTerminationCode code)
{
	struct uv_http *http = cls;
	struct exchange *x = *state;

	(void)mhd;
	(void)code;
	if (!x)
		return;
	set_phase(x, PHASE_REQUEST);
	if (x->stream)
		stream_free(http, x->stream);
	http->counts.answer_bytes -= x->counted;
	http_answer_free(&x->answer);
	free(x);
	*state = NULL;
}
