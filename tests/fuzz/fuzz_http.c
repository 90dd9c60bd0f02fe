// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the fuzzing of HTTP requests: any bytes as method, path, parameters and
 * headers, and the answer to what is refused. libFuzzer's entry point.
 */
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "collectord/http_address.h"
#include "collectord/http_answer.h"
#include "collectord/http_auth.h"

#define PAIRS_MAX 16

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Lines of the input, each with a zero behind it. */
struct lines {
	char *p;
	char *end;
};

static char *next(struct lines *lines, size_t *len)
{
	char *line = lines->p, *newline;

	if (line >= lines->end) {
		*len = 0;
		return NULL;
	}
	newline = memchr(line, '\n', (size_t)(lines->end - line));
	if (!newline)
		newline = lines->end;
	*newline = 0;
	*len = (size_t)(newline - line);
	lines->p = newline + 1;
	return line;
}

/* "name=value" lines, as libmicrohttpd gives them: of any bytes. */
static size_t take_pairs(struct lines *lines, struct http_pair *pair)
{
	size_t n, len;
	char *line, *equals;

	for (n = 0; n < PAIRS_MAX && (line = next(lines, &len)); n++) {
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

/* Whatever is refused is told in JSON that another parser takes. */
static void answer(const struct http_refusal *refusal)
{
	struct http_answer answer;
	json_t *json;

	if (refusal->status < 400 || http_answer_refusal(refusal, &answer))
		abort();
	json = json_loadb(answer.body, answer.len, 0, NULL);
	if (!json)
		abort();
	json_decref(json);
	http_answer_free(&answer);
}

static void check_headers(const char *host, const char *authorization)
{
	static const struct http_token token = { 16, "0123456789abcdef" };
	struct http_address address;
	const char *why;

	http_host_is_local(host);
	http_token_fits(&token, authorization);
	if (host)
		http_address_parse(host, &address, &why);
}

static void parse(struct lines *lines)
{
	struct http_pair pair[PAIRS_MAX];
	struct http_input input = { .pair = pair,
				    .now_ns = 1736942409000000000 };
	struct http_request request;
	struct http_refusal refusal;
	size_t len;

	input.method = next(lines, &len);
	input.path = next(lines, &len);
	input.accept = next(lines, &len);
	input.last_event_id = next(lines, &len);
	if (!input.last_event_id)
		return;
	check_headers(input.accept, input.last_event_id);
	input.pairs = take_pairs(lines, pair);
	if (!http_request_parse(&input, &request, &refusal))
		answer(&refusal);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = malloc(size + 1);
	struct lines lines = { copy, copy + size };

	if (!copy)
		return 0;
	if (size)
		memcpy(copy, data, size);
	copy[size] = 0;
	parse(&lines);
	free(copy);
	return 0;
}
