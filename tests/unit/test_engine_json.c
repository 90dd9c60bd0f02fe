// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the tests of what is read from the engines' answers, and of what hostile
 * bytes in them do: nothing.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "collectord/engine_json.h"

#define ID_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define ID_B "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* As Docker 20.10 answers, shortened to what is read and a bit more. */
#define INSPECT                                                                \
	"{\"Id\":\"" ID_A "\",\"Created\":\"2023-11-14T22:13:19.5Z\","         \
	"\"Path\":\"stress\",\"Args\":[\"--cpu\",\"1\",\"a b\"],"              \
	"\"State\":{\"Status\":\"running\",\"Running\":true,\"Paused\":false," \
	"\"OOMKilled\":false,\"Dead\":false,\"Pid\":4711,\"ExitCode\":0,"      \
	"\"Error\":\"\",\"StartedAt\":\"2023-11-14T22:13:20.000000001Z\","     \
	"\"FinishedAt\":\"0001-01-01T00:00:00Z\"},"                            \
	"\"Image\":\"sha256:1234\",\"Name\":\"/stress-cpu\","                  \
	"\"Config\":{\"Image\":\"containerstack/alpine-stress\","              \
	"\"Labels\":{\"b\":\"2\",\"a\":\"1\"}}}"

#define EVENT_DIE                                                             \
	"{\"status\":\"die\",\"id\":\"" ID_A "\",\"from\":\"i\","             \
	"\"Type\":\"container\",\"Action\":\"die\",\"Actor\":{\"ID\":\"" ID_A \
	"\",\"Attributes\":{\"exitCode\":\"137\",\"image\":\"i\","            \
	"\"name\":\"n\"}},\"scope\":\"local\",\"time\":1700000000,"           \
	"\"timeNano\":1700000000123456789}"

static int list(const char *text, struct engine_list *out)
{
	return engine_json_list(text, strlen(text), out);
}

static struct container_meta *inspect(const char *text)
{
	struct container_meta *meta;

	assert_int_equal(engine_json_inspect(text, strlen(text), &meta), 0);
	return meta;
}

static int event(const char *text, struct engine_event *out)
{
	return engine_json_event(text, strlen(text), out);
}

static void test_a_list_is_read(void **state)
{
	struct engine_list got;

	(void)state;
	assert_int_equal(list("[{\"Id\":\"" ID_A
			      "\",\"Names\":[\"/x/alias\",\"/y\"],"
			      "\"Image\":\"img\",\"Created\":1700000000,"
			      "\"Labels\":{\"k\":\"v\"},\"State\":\"running\"},"
			      "{\"Id\":\"" ID_B "\",\"State\":\"exited\","
			      "\"Labels\":null}]",
			      &got),
			 0);

	assert_int_equal(got.count, 2);
	assert_int_equal(got.malformed, 0);
	assert_string_equal(got.meta[0]->id, ID_A);
	assert_string_equal(got.meta[0]->name, "y");
	assert_string_equal(got.meta[0]->image, "img");
	assert_null(got.meta[0]->command);
	assert_int_equal(got.meta[0]->state, META_RUNNING);
	assert_int_equal(got.meta[0]->created_ns, 1700000000000000000);
	assert_true(got.meta[0]->have_labels);
	assert_string_equal(meta_label(got.meta[0], "k"), "v");
	assert_false(got.meta[0]->complete);
	assert_int_equal(got.meta[1]->state, META_EXITED);
	assert_null(got.meta[1]->name);
	assert_true(got.meta[1]->have_labels);
	assert_string_equal(got.meta[1]->labels_json, "{}");
	engine_list_free(&got);
}

static void test_bad_entries_do_not_hide_the_good_ones(void **state)
{
	struct engine_list got;

	(void)state;
	assert_int_equal(list("[1,null,{},{\"Id\":7},{\"Id\":\"abc\"},"
			      "{\"Id\":\"" ID_A "/\"},{\"Id\":\"" ID_A "\","
			      "\"Names\":[7,\"\",\"/\"],\"Image\":[],"
			      "\"Labels\":\"x\",\"State\":3}]",
			      &got),
			 0);

	assert_int_equal(got.count, 1);
	assert_int_equal(got.malformed, 6);
	assert_null(got.meta[0]->name);
	assert_null(got.meta[0]->image);
	assert_false(got.meta[0]->have_labels);
	assert_int_equal(got.meta[0]->state, META_UNKNOWN);
	engine_list_free(&got);
}

static void test_what_is_no_list_is_refused(void **state)
{
	static const char *const bad[] = { "",	  "{}", "null",	     "[",
					   "[{]", "x",	"[\"\xff\"]" };
	struct engine_list got;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(list(bad[i], &got), -EINVAL);
	assert_int_equal(list("[]", &got), 0);
	assert_int_equal(got.count, 0);
	engine_list_free(&got);
}

static void test_details_are_read(void **state)
{
	struct container_meta *meta;

	(void)state;
	meta = inspect(INSPECT);

	assert_string_equal(meta->id, ID_A);
	assert_string_equal(meta->name, "stress-cpu");
	assert_string_equal(meta->image, "containerstack/alpine-stress");
	assert_string_equal(meta->command, "stress --cpu 1 a b");
	assert_string_equal(meta->labels_json, "{\"a\":\"1\",\"b\":\"2\"}");
	assert_string_equal(meta_label(meta, "b"), "2");
	assert_null(meta_label(meta, "c"));
	assert_int_equal(meta->state, META_RUNNING);
	assert_int_equal(meta->created_ns, 1699999999500000000);
	assert_int_equal(meta->started_ns, 1700000000000000001);
	assert_int_equal(meta->finished_ns, 0);
	assert_int_equal(meta->pid, 4711);
	assert_false(meta->have_exit_code);
	assert_true(meta->complete);
	meta_free(meta);
}

static void test_an_exit_is_read(void **state)
{
	struct container_meta *meta;

	(void)state;
	meta = inspect("{\"Id\":\"" ID_A "\",\"State\":{\"Status\":\"exited\","
		       "\"ExitCode\":137,\"OOMKilled\":true,"
		       "\"FinishedAt\":\"2023-11-15T00:13:20+02:00\"}}");

	assert_int_equal(meta->state, META_EXITED);
	assert_true(meta->have_exit_code);
	assert_int_equal(meta->exit_code, 137);
	assert_true(meta->oom_killed);
	assert_int_equal(meta->finished_ns, 1700000000000000000);
	assert_null(meta->command);
	assert_false(meta->have_labels);
	meta_free(meta);
}

static void test_what_are_no_details_is_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"[]",
		"{}",
		"{\"Id\":\"x\"}",
		"{\"Id\":\"" ID_A "\",\"Path\":\"x\",\"Args\":[1]}",
	};
	struct container_meta *meta;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_int_equal(engine_json_inspect(bad[i], strlen(bad[i]),
						     &meta),
				 -EINVAL);
		assert_null(meta);
	}
}

static void test_a_zero_byte_hides_nothing(void **state)
{
	struct container_meta *meta;
	struct engine_list got;

	(void)state;
	assert_int_equal(list("[{\"Id\":\"" ID_A "\",\"Labels\":"
			      "{\"a\\u0000b\":\"c\\u0000\","
			      "\"d\":\"\\\\u0000\"}}]",
			      &got),
			 0);
	assert_string_equal(meta_label(got.meta[0], "a\xef\xbf\xbd"
						    "b"),
			    "c\xef\xbf\xbd");
	assert_string_equal(meta_label(got.meta[0], "d"), "\\u0000");
	engine_list_free(&got);

	meta = inspect("{\"Id\":\"" ID_A "\",\"Path\":\"a\\u0000\"}");
	assert_string_equal(meta->command, "a\xef\xbf\xbd");
	meta_free(meta);
}

static void test_numbers_beyond_64_bits_do_no_harm(void **state)
{
	struct container_meta *meta;

	(void)state;
	meta = inspect("{\"Id\":\"" ID_A "\",\"Path\":\"x\",\"Limit\":"
		       "18446744073709551615,\"State\":{\"Pid\":"
		       "18446744073709551615,\"Status\":\"exited\","
		       "\"ExitCode\":9999999999}}");

	assert_string_equal(meta->command, "x");
	assert_int_equal(meta->pid, 0);
	assert_false(meta->have_exit_code);
	meta_free(meta);
}

static void test_a_command_too_long_to_keep_is_unknown(void **state)
{
	static char text[ENGINE_COMMAND_MAX + 256];
	struct container_meta *meta;
	size_t head;

	(void)state;
	strcpy(text, "{\"Id\":\"" ID_A "\",\"Path\":\"");
	head = strlen(text);
	memset(text + head, 'x', ENGINE_COMMAND_MAX - 2);
	strcpy(text + head + ENGINE_COMMAND_MAX - 2, "\",\"Args\":[\"y\"]}");
	meta = inspect(text);
	assert_int_equal(strlen(meta->command), ENGINE_COMMAND_MAX);
	meta_free(meta);

	strcpy(text + head + ENGINE_COMMAND_MAX - 2, "\",\"Args\":[\"yz\"]}");
	meta = inspect(text);
	assert_null(meta->command);
	meta_free(meta);
}

static void test_an_event_is_read(void **state)
{
	struct engine_event got;

	(void)state;
	assert_int_equal(event(EVENT_DIE, &got), 0);

	assert_int_equal(got.type, ENGINE_EVENT_DIE);
	assert_string_equal(got.id, ID_A);
	assert_int_equal(got.time_ns, 1700000000123456789);
	assert_true(got.have_exit_code);
	assert_int_equal(got.exit_code, 137);
	assert_string_equal(got.name, "n");
	assert_string_equal(got.image, "i");
	assert_int_equal(got.attributes, 3);
	engine_event_clear(&got);
}

static void test_the_words_of_podman_are_understood(void **state)
{
	struct engine_event got;

	(void)state;
	assert_int_equal(event("{\"Type\":\"container\",\"Action\":\"died\","
			       "\"Actor\":{\"ID\":\"" ID_A "\",\"Attributes\":"
			       "{\"containerExitCode\":\"3\"}},\"timeNano\":7}",
			       &got),
			 0);
	assert_int_equal(got.type, ENGINE_EVENT_DIE);
	assert_int_equal(got.exit_code, 3);
	engine_event_clear(&got);

	assert_int_equal(event("{\"Type\":\"container\",\"Action\":\"remove\","
			       "\"Actor\":{\"ID\":\"" ID_A "\"},"
			       "\"timeNano\":7}",
			       &got),
			 0);
	assert_int_equal(got.type, ENGINE_EVENT_DESTROY);
	engine_event_clear(&got);
}

static void test_other_events_are_passed_over(void **state)
{
	struct engine_event got;

	(void)state;
	assert_int_equal(event("{\"Type\":\"network\",\"Action\":\"start\"}",
			       &got),
			 -ENOMSG);
	assert_int_equal(event("{\"Type\":\"container\",\"Action\":"
			       "\"exec_start: sh\"}",
			       &got),
			 -ENOMSG);
}

static void test_bad_events_are_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"7",
		"{}",
		"{\"Type\":\"container\"}",
		"{\"Type\":\"container\",\"Action\":\"die\"}",
		"{\"Type\":\"container\",\"Action\":\"die\",\"timeNano\":1}",
		"{\"Type\":\"container\",\"Action\":\"die\",\"timeNano\":\"1\","
		"\"Actor\":{\"ID\":\"" ID_A "\"}}",
		"{\"Type\":\"container\",\"Action\":\"die\",\"timeNano\":1,"
		"\"Actor\":{\"ID\":\"../" ID_A "\"}}",
	};
	struct engine_event got;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(event(bad[i], &got), -EINVAL);
}

/* Cut at every byte: an error or the same, never a crash. */
static void test_cut_answers_do_no_harm(void **state)
{
	struct container_meta *meta;
	struct engine_event got;

	(void)state;
	for (size_t len = 0; len < strlen(INSPECT); len++)
		assert_int_equal(engine_json_inspect(INSPECT, len, &meta),
				 -EINVAL);
	for (size_t len = 0; len < strlen(EVENT_DIE); len++)
		assert_int_equal(engine_json_event(EVENT_DIE, len, &got),
				 -EINVAL);
}

static void test_error_messages_become_one_line(void **state)
{
	static const char text[] = "{\"message\":\"No such\\n\\u001b[1m\"}";
	static const char euros[] = "{\"message\":\"\\u20ac\\u20ac\"}";
	char got[64];

	(void)state;
	assert_int_equal(engine_json_message(text, strlen(text), got,
					     sizeof(got)),
			 0);
	assert_string_equal(got, "No such  [1m");
	/* What does not fit is not cut within a character. */
	assert_int_equal(engine_json_message(euros, strlen(euros), got, 6), 0);
	assert_string_equal(got, "\xe2\x82\xac");
	assert_int_equal(engine_json_message("oops", 4, got, sizeof(got)),
			 -EINVAL);
	assert_string_equal(got, "");
}

static void test_times(void **state)
{
	static const char *const bad[] = {
		"",
		"2023-11-14",
		"2023-11-14T22:13:20",
		"2023-11-14T22:13:20.Z",
		"2023-13-14T22:13:20Z",
		"2023-11-14T22:13:20Z ",
		"2023-11-14T22:13:20+2:00",
		"9999-12-31T00:00:00Z",
	};
	int64_t ns;

	(void)state;
	assert_int_equal(engine_time("2023-11-14T22:13:20Z", &ns), 0);
	assert_int_equal(ns, 1700000000000000000);
	assert_int_equal(engine_time("2023-11-14T17:43:20.25-04:30", &ns), 0);
	assert_int_equal(ns, 1700000000250000000);
	assert_int_equal(engine_time("2023-11-14T22:13:20.1234567891Z", &ns),
			 0);
	assert_int_equal(ns, 1700000000123456789);
	assert_int_equal(engine_time("0001-01-01T00:00:00Z", &ns), 0);
	assert_int_equal(ns, 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(engine_time(bad[i], &ns), -EINVAL);
}

static void assert_version(const char *theirs, const char *want)
{
	char got[16];

	assert_int_equal(engine_version_min(theirs, "1.44", got, sizeof(got)),
			 0);
	assert_string_equal(got, want);
}

static void test_the_older_version_is_spoken(void **state)
{
	static const char *const bad[] = { "",	   "1",	     "1.",   "1.4x",
					   "/..",  "1.41\r", "-1.2", "1.2.3",
					   " 1.2", "1.99999" };
	char got[16];

	(void)state;
	assert_version("1.41", "1.41");
	assert_version("1.44", "1.44");
	assert_version("1.52", "1.44");
	assert_version("1.9", "1.9");
	assert_version("2.0", "1.44");
	assert_version("0.50", "0.50");
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(engine_version_min(bad[i], "1.44", got,
						    sizeof(got)),
				 -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_list_is_read),
		cmocka_unit_test(test_bad_entries_do_not_hide_the_good_ones),
		cmocka_unit_test(test_what_is_no_list_is_refused),
		cmocka_unit_test(test_details_are_read),
		cmocka_unit_test(test_an_exit_is_read),
		cmocka_unit_test(test_what_are_no_details_is_refused),
		cmocka_unit_test(test_a_zero_byte_hides_nothing),
		cmocka_unit_test(test_numbers_beyond_64_bits_do_no_harm),
		cmocka_unit_test(test_a_command_too_long_to_keep_is_unknown),
		cmocka_unit_test(test_an_event_is_read),
		cmocka_unit_test(test_the_words_of_podman_are_understood),
		cmocka_unit_test(test_other_events_are_passed_over),
		cmocka_unit_test(test_bad_events_are_refused),
		cmocka_unit_test(test_cut_answers_do_no_harm),
		cmocka_unit_test(test_error_messages_become_one_line),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_the_older_version_is_spoken),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
