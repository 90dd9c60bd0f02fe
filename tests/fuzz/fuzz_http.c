// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the fuzzing of HTTP requests: any bytes as method, path, headers and
 * parameters, a line each, and the answers, from a database or as refusals.
 * libFuzzer's entry point.
 */
#include <jansson.h>

#include "collectord/http_address.h"
#include "collectord/http_answer.h"
#include "collectord/http_auth.h"
#include "collectord/http_document.h"
#include "collectord/http_events.h"
#include "fuzz.h"
#include "recorded.h"

#define PAIRS_MAX 16
#define SECONDS	  40

static char path[PATH_MAX];
static struct http_reader reader = { .path = path };

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	setenv("TZ", "UTC", 1);
	recorded_make(SECONDS, path);
	return 0;
}

/* "name=value" lines, as libmicrohttpd gives them: of any bytes. */
static size_t take_pairs(struct lines *lines, struct http_pair *pair)
{
	size_t n, len;
	char *line, *equals;

	for (n = 0; n < PAIRS_MAX && (line = lines_next(lines, &len)); n++) {
		equals = memchr(line, '=', len);
		pair[n] = (struct http_pair){ line, NULL, len, 0 };
		if (!equals)
			continue;
		*equals = 0;
		pair[n].name_len = (size_t)(equals - line);
		pair[n].value = equals + 1;
		pair[n].value_len = len - pair[n].name_len - 1;
	}
	return n;
}

/* Whatever is said is JSON that another parser takes, in clean UTF-8. */
static void check_json(const struct http_answer *answer)
{
	json_t *json = json_loadb(answer->body, answer->len, 0, NULL);

	REQUIRE(json);
	REQUIRE(is_clean(answer->body, answer->len, "\n"));
	json_decref(json);
}

static void refuse(const struct http_refusal *refusal)
{
	struct http_answer answer;

	REQUIRE(refusal->status >= 400 && *refusal->error);
	REQUIRE(!http_answer_refusal(refusal, &answer));
	check_json(&answer);
	http_answer_free(&answer);
}

/* What is read without a fault of the request's is there. */
static void read_document(const struct http_request *request)
{
	struct http_refusal refusal;
	struct http_answer answer;

	if (!http_document(&reader, request, &answer, &refusal)) {
		REQUIRE(refusal.status != 503);
		refuse(&refusal);
		return;
	}
	REQUIRE(answer.status == 200);
	check_json(&answer);
	http_answer_free(&answer);
}

static void read_stream(const struct http_request *request)
{
	struct http_events events = { .begun = request->resume,
				      .from = request->from,
				      .types = *request->types ? request->types
							       : NULL };
	struct http_refusal refusal;
	struct http_writer w;

	REQUIRE(http_reader_begin(&reader, &refusal));
	REQUIRE(!http_writer_open(&w));
	REQUIRE(!http_events_read(&events, reader.query, w.to));
	http_writer_drop(&w);
}

static void answer_index(const struct http_request *request)
{
	struct http_answer answer;

	REQUIRE(!http_answer_index(request->html, &answer));
	if (!request->html)
		check_json(&answer);
	http_answer_free(&answer);
}

static void answer(const struct http_request *request)
{
	switch (request->resource) {
	case HTTP_INDEX:
		answer_index(request);
		return;
	case HTTP_METRICS:
	case HTTP_HEALTHZ:
	case HTTP_UI:
	case HTTP_RESOURCES:
		return;
	default: /* all else is a document, or the events as they come */
		if (request->stream)
			read_stream(request);
		else
			read_document(request);
	}
}

static void check_headers(const char *host, const char *other)
{
	static const struct http_token token = { 16, "0123456789abcdef" };
	struct http_answer tagged = { .body = (char *)"x", .len = 1 };
	struct http_address address;
	const char *why = NULL;

	http_answer_tag(&tagged);
	http_answer_is_known(&tagged, other);
	http_host_is_local(host);
	if (http_token_fits(&token, other))
		REQUIRE(strstr(other, token.text));
	if (http_address_parse(host, &address, &why))
		REQUIRE(why && *why);
}

static void parse(struct lines *lines)
{
	struct http_pair pair[PAIRS_MAX];
	struct http_input input = { .pair = pair, .now_ns = RECORDED_END_NS };
	struct http_request request;
	struct http_refusal refusal;

	input.method = lines_next(lines, NULL);
	input.path = lines_next(lines, NULL);
	input.accept = lines_next(lines, NULL);
	input.last_event_id = lines_next(lines, NULL);
	if (!input.last_event_id)
		return;
	check_headers(input.accept, input.last_event_id);
	input.pairs = take_pairs(lines, pair);
	if (http_request_parse(&input, &request, &refusal))
		answer(&request);
	else
		refuse(&refusal);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lines lines = lines_of(data, size);

	parse(&lines);
	free(lines.copy);
	return 0;
}
