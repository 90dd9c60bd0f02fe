// SPDX-License-Identifier: GPL-2.0
/* Requests: which resource, which parameters, and what is wrong with them. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "collectord/http_answer.h"
#include "collectord/http_request.h"
#include "lib/timerange.h"

#define NOW (1736942409 * NSEC_PER_SEC)

static struct http_request request;
static struct http_refusal refusal;
static const char *accept_types, *last_event_id;

/* Parses a path with "name", "value" pairs behind it, NULL at the end. */
static bool ask(const char *method, const char *path, ...)
{
	struct http_pair pair[8];
	struct http_input input = { .method = method,
				    .path = path,
				    .pair = pair,
				    .accept = accept_types,
				    .last_event_id = last_event_id,
				    .now_ns = NOW };
	const char *name;
	va_list args;

	va_start(args, path);
	while ((name = va_arg(args, const char *)) != NULL) {
		const char *value = va_arg(args, const char *);

		pair[input.pairs++] = (struct http_pair){ name, value,
							  strlen(name),
							  strlen(value) };
	}
	va_end(args);
	return http_request_parse(&input, &request, &refusal);
}

static int reset(void **state)
{
	(void)state;
	accept_types = NULL;
	last_event_id = NULL;
	return 0;
}

static void assert_refused(bool accepted, unsigned int status,
			   const char *parameter)
{
	assert_false(accepted);
	assert_int_equal(refusal.status, status);
	assert_true(refusal.error[0]);
	if (parameter)
		assert_string_equal(refusal.parameter, parameter);
	else
		assert_null(refusal.parameter);
}

static void test_each_path_is_its_resource(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < HTTP_RESOURCES; i++) {
		bool needs = i == HTTP_HISTORY;

		assert_true(ask("GET", http_resources[i].path,
				needs ? "container" : NULL, "x", NULL));
		assert_int_equal(request.resource, i);
	}
}

static void test_parameters_have_defaults(void **state)
{
	(void)state;
	assert_true(ask("GET", "/api/v1/top", NULL));
	assert_int_equal(request.given, 0);
	assert_int_equal(request.sort, TOP_CPU);
	assert_int_equal(request.limit, HTTP_LIMIT_DEFAULT);
	assert_int_equal(request.step_ns, HISTORY_STEP_AUTO);
	assert_null(request.filter);
}

static void test_parameters_are_read(void **state)
{
	(void)state;
	assert_true(ask("HEAD", "/api/v1/history", "container", "web", "since",
			"-1h", "until", "now", "step", "30s", "metric",
			"cpu,mem", "limit", "77", NULL));
	assert_int_equal(request.since_ns, NOW - 3600 * NSEC_PER_SEC);
	assert_int_equal(request.until_ns, NOW);
	assert_int_equal(request.step_ns, 30 * NSEC_PER_SEC);
	assert_int_equal(request.limit, 77);
	assert_string_equal(request.container, "web");
	assert_string_equal(request.metric, "cpu,mem");
	assert_false(request.system);
	assert_true(ask("GET", "/api/v1/history", "container", "system",
			"metric", "", NULL));
	assert_true(request.system);
	assert_null(request.metric);
	assert_true(ask("GET", "/json_file", "by", "oom", NULL));
	assert_string_equal(request.by, "oom");
	assert_true(ask("GET", "/json_file", "by", "any", NULL));
	assert_null(request.by);
	assert_true(ask("GET", "/api/v1/containers", "all", "1", NULL));
	assert_true(request.all);
	assert_true(ask("GET", "/api/v1/containers", "all", "0", NULL));
	assert_false(request.all);
	assert_true(ask("GET", "/api/v1/events", "type", "gap,stop", NULL));
	assert_string_equal(request.types, ",gap,stop,");
	assert_true(ask("GET", "/api/v1/events", "type", "", NULL));
	assert_string_equal(request.types, "");
	assert_true(ask("GET", "/api/v1/top", "at", "@5", "sort", "mem",
			"filter", "x", NULL));
	assert_int_equal(request.at_ns, 5 * NSEC_PER_SEC);
	assert_int_equal(request.sort, TOP_MEM);
	assert_string_equal(request.filter, "x");
}

static void test_what_there_is_not(void **state)
{
	(void)state;
	assert_refused(ask("GET", "/nothing", NULL), 404, NULL);
	assert_refused(ask("GET", "", NULL), 404, NULL);
	assert_refused(ask("GET", "//", NULL), 404, NULL);
	assert_refused(ask("GET", "/metrics/", NULL), 404, NULL);
	assert_refused(ask("POST", "/metrics", NULL), 405, NULL);
	assert_refused(ask("get", "/metrics", NULL), 405, NULL);
}

static void test_bad_parameters_are_named(void **state)
{
	static const char *const bad[][3] = {
		{ "/json_file", "since", "x" },
		{ "/json_file", "until", "" },
		{ "/json_file", "by", "" },
		{ "/json_file", "limit", "0" },
		{ "/json_file", "limit", "-1" },
		{ "/json_file", "limit", "10001" },
		{ "/json_file", "limit", "99999999999999999999" },
		{ "/json_file", "limit", "1x" },
		{ "/json_file", "step", "1s" },
		{ "/json_file", "", "" },
		{ "/cpu.json", "step", "0s" },
		{ "/cpu.json", "step", "-1s" },
		{ "/metrics", "since", "now" },
		{ "/api/v1/top", "sort", "" },
		{ "/api/v1/top", "at", "noon" },
		{ "/api/v1/containers", "all", "yes" },
		{ "/api/v1/history", "container", "" },
		{ "/api/v1/events", "type", "start,,stop" },
		{ "/api/v1/events", "type", "starting" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_refused(ask("GET", bad[i][0], bad[i][1], bad[i][2],
				   NULL),
			       400, bad[i][1]);
	assert_refused(ask("GET", "/json_file", "by", "oom", "by", "oom", NULL),
		       400, "by");
	assert_refused(ask("GET", "/json_file", "since", "@2", "until", "@1",
			   NULL),
		       400, "until");
	assert_refused(ask("GET", "/api/v1/history", NULL), 400, "container");
}

static void test_zero_bytes_and_missing_values_are_refused(void **state)
{
	struct http_pair pair = { "by", "oom", 2, 5 };
	struct http_input input = { .method = "GET",
				    .path = "/json_file",
				    .pair = &pair,
				    .pairs = 1,
				    .now_ns = NOW };

	(void)state;
	assert_refused(http_request_parse(&input, &request, &refusal), 400,
		       "by");
	pair = (struct http_pair){ "by", "oom", 4, 3 };
	assert_refused(http_request_parse(&input, &request, &refusal), 400,
		       "by");
	pair = (struct http_pair){ "by", NULL, 2, 0 };
	assert_refused(http_request_parse(&input, &request, &refusal), 400,
		       "by");
	pair = (struct http_pair){ "by", "oom", 2, 3 };
	assert_true(http_request_parse(&input, &request, &refusal));
}

static void test_the_accept_header_chooses(void **state)
{
	(void)state;
	assert_true(ask("GET", "/", NULL));
	assert_false(request.html);
	accept_types = "application/json, text/html;q=0.5";
	assert_true(ask("GET", "/", NULL));
	assert_true(request.html);
	accept_types = "text/htmlx,*/*";
	assert_true(ask("GET", "/", NULL));
	assert_false(request.html);
	accept_types = "text/event-stream";
	assert_true(ask("GET", "/api/v1/events", NULL));
	assert_true(request.stream);
	assert_false(request.resume);
	assert_true(ask("GET", "/json_file", NULL));
	assert_false(request.stream);
}

static void test_a_stream_is_resumed(void **state)
{
	char text[64];

	(void)state;
	accept_types = "text/event-stream";
	last_event_id = "2.17.3.4";
	assert_true(ask("GET", "/api/v1/events", "type", "stop", NULL));
	assert_true(request.resume);
	assert_int_equal(request.from.session, 2);
	assert_int_equal(request.from.seq, 17);
	assert_int_equal(request.from.gap, 3);
	assert_int_equal(request.from.alarm, 4);
	assert_string_equal(http_event_id(&request.from, text, sizeof(text)),
			    "2.17.3.4");
	assert_refused(ask("GET", "/api/v1/events", "since", "-1h", NULL), 400,
		       NULL);
}

static void test_other_ids_are_refused(void **state)
{
	static const char *const bad[] = {
		"2",	     "2.17",
		"2.17.",     "2.17.3",
		"2.17.3.4.", "2.17.3.4 ",
		" 2.17.3.4", "-2.17.3.4",
		"2..3.4",    "2.17.3.99999999999999999999"
	};
	struct event_cursor cursor;

	(void)state;
	accept_types = "text/event-stream";
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_int_equal(http_event_id_parse(bad[i], &cursor), -EINVAL);
		last_event_id = bad[i];
		assert_refused(ask("GET", "/api/v1/events", NULL), 400, NULL);
	}
}

static void test_a_refusal_is_valid_json(void **state)
{
	struct http_answer answer;

	(void)state;
	ask("GET", "/json_file", "\x1b[2J\xff\"", "1", NULL);

	assert_int_equal(http_answer_refusal(&refusal, &answer), 0);

	assert_int_equal(answer.status, 400);
	assert_string_equal(answer.body,
			    "{\"version\":1,\"status\":400,\"error\":"
			    "\"\\u001B[2J\xef\xbf\xbd\\\": no such "
			    "parameter\",\"parameter\":\"\\u001B[2J"
			    "\xef\xbf\xbd\\\"\",\"remedy\":\"this "
			    "resource takes since, until, by, limit\"}\n");
	http_answer_free(&answer);
}

static void test_etags_tell_bodies_apart(void **state)
{
	struct http_answer a = { .status = 200, .body = strdup("a"), .len = 1 };
	struct http_answer b = { .status = 200, .body = strdup("b"), .len = 1 };
	char list[64];

	(void)state;
	assert_false(http_answer_is_known(&a, "*"));
	http_answer_tag(&a);
	http_answer_tag(&b);
	assert_string_not_equal(a.etag, b.etag);
	snprintf(list, sizeof(list), "\"x\", W/%s", a.etag);
	assert_true(http_answer_is_known(&a, list));
	assert_false(http_answer_is_known(&b, list));
	assert_true(http_answer_is_known(&b, "*"));
	assert_false(http_answer_is_known(&b, NULL));
	http_answer_free(&a);
	http_answer_free(&b);
}

static void assert_health(const struct http_facts *facts, unsigned int status,
			  const char *part)
{
	struct http_answer answer;

	assert_int_equal(http_answer_health(facts, &answer), 0);
	assert_int_equal(answer.status, status);
	if (!strstr(answer.body, part))
		fail_msg("%s lacks %s", answer.body, part);
	http_answer_free(&answer);
}

static void test_health_tells_each_fault(void **state)
{
	struct http_facts f = { .now_ns = NOW };

	(void)state;
	strcpy(f.status.module_state, "not-loaded");
	assert_health(&f, 503, "modprobe sysmon");
	strcpy(f.status.module_state, "running");
	assert_health(&f, 503, "no tick was stored since the start");
	f.tick_ns = NOW - 90 * NSEC_PER_SEC;
	assert_health(&f, 503, "the newest tick is from 1m 30s ago");
	f.current = true;
	assert_health(&f, 200, "\"healthy\":true");
	strcpy(f.status.commit_error, "disk \"full\"");
	assert_health(&f, 503, "can't be written: disk \\\"full\\\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_each_path_is_its_resource, reset),
		cmocka_unit_test_setup(test_parameters_have_defaults, reset),
		cmocka_unit_test_setup(test_parameters_are_read, reset),
		cmocka_unit_test_setup(test_what_there_is_not, reset),
		cmocka_unit_test_setup(test_bad_parameters_are_named, reset),
		cmocka_unit_test_setup(
			test_zero_bytes_and_missing_values_are_refused, reset),
		cmocka_unit_test_setup(test_the_accept_header_chooses, reset),
		cmocka_unit_test_setup(test_a_stream_is_resumed, reset),
		cmocka_unit_test_setup(test_other_ids_are_refused, reset),
		cmocka_unit_test_setup(test_a_refusal_is_valid_json, reset),
		cmocka_unit_test(test_etags_tell_bodies_apart),
		cmocka_unit_test(test_health_tells_each_fault),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
