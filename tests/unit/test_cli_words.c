// SPDX-License-Identifier: GPL-2.0
/* Who and why, in plain words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "cli/words.h"

static struct value event[EVENT_COUNT];
static struct value stop[STOP_COUNT];

static struct value text(const char *s)
{
	return value_text(s, strlen(s));
}

static int setup(void **state)
{
	(void)state;
	for (size_t i = 0; i < EVENT_COUNT; i++)
		event[i] = value_null();
	for (size_t i = 0; i < STOP_COUNT; i++)
		stop[i] = value_null();
	return 0;
}

/* In memory of just the right size, so that ASan sees an overrun. */
static void assert_words(struct value (*words)(const struct value *row,
					       char *buf),
			 const struct value *row, const char *expected)
{
	char *buf = malloc(WORDS_MAX);
	struct value v;

	assert_non_null(buf);
	v = words(row, buf);
	if (!expected) {
		assert_int_equal(v.type, VALUE_NULL);
	} else {
		assert_int_equal(v.type, VALUE_TEXT);
		assert_int_equal(v.s.len, strlen(expected));
		assert_memory_equal(v.s.p, expected, v.s.len);
	}
	free(buf);
}

static void exit_is_told_by_its_code(void **state)
{
	(void)state;
	stop[STOP_REASON] = text("exit");
	stop[STOP_EXIT_CODE] = value_int(3);

	assert_words(words_stop, stop, "exit code 3");
}

static void kill_is_told_with_its_sender(void **state)
{
	(void)state;
	stop[STOP_REASON] = text("signal");
	stop[STOP_EXIT_CODE] = value_int(137);
	stop[STOP_SIGNAL] = value_int(9);
	stop[STOP_KILLER_SIGNAL] = value_int(9);
	stop[STOP_KILLER_COMM] = text("runc");
	stop[STOP_KILLER_PARENT] = text("containerd-shim");
	stop[STOP_KILLER_UID] = value_int(0);

	assert_words(words_stop, stop,
		     "killed by SIGKILL from runc (containerd-shim), uid 0");
}

static void end_that_a_signal_did_not_make_comes_after_it(void **state)
{
	(void)state;
	stop[STOP_EXIT_CODE] = value_int(0);
	stop[STOP_KILLER_SIGNAL] = value_int(15);
	stop[STOP_KILLER_UID] = value_int(1000);

	assert_words(words_stop, stop,
		     "exit code 0 after SIGTERM from an unknown process, "
		     "uid 1000");
	stop[STOP_EXIT_CODE] = value_null();
	stop[STOP_SIGNAL] = value_int(64);
	assert_words(words_stop, stop,
		     "killed by signal 64 after SIGTERM from an unknown "
		     "process, uid 1000");
}

static void oom_is_told_with_what_is_known(void **state)
{
	(void)state;
	stop[STOP_REASON] = text("oom");
	stop[STOP_SIGNAL] = value_int(9);
	assert_words(words_stop, stop, "out of memory");
	stop[STOP_OOM_COMM] = text("stress");
	stop[STOP_OOM_PID] = value_int(812);
	stop[STOP_OOM_RSS] = value_int(61 << 20);

	assert_words(words_stop, stop,
		     "out of memory: stress (pid 812, 61.0 MiB)");
}

static void nothing_known_is_nothing_said(void **state)
{
	(void)state;
	assert_words(words_stop, stop, NULL);
	event[EVENT_TYPE] = text("stop");
	assert_words(words_event, event, NULL);
	event[EVENT_TYPE] = text("start");
	assert_words(words_event, event, NULL);
	event[EVENT_TYPE] = text("4711");
	assert_words(words_event, event, NULL);
}

static void start_is_told_by_its_arguments(void **state)
{
	(void)state;
	event[EVENT_TYPE] = text("start");
	event[EVENT_COMM] = text("sh");
	event[EVENT_PID] = value_int(7);
	assert_words(words_event, event, "sh (pid 7)");
	event[EVENT_ARGV] = value_text("sh\0-c\0", 6);
	event[EVENT_UID] = value_int(0);
	assert_words(words_event, event, "sh -c (pid 7, uid 0)");
	event[EVENT_ARGV] = value_text("sh\0-", 4);
	assert_words(words_event, event, "sh -... (pid 7, uid 0)");
}

static void long_texts_are_cut(void **state)
{
	static char argv[4096], comm[4096];
	char buf[WORDS_MAX];
	struct value v;

	(void)state;
	memset(argv, 'x', sizeof(argv));
	memset(comm, 'y', sizeof(comm));
	event[EVENT_TYPE] = text("start");
	event[EVENT_ARGV] = value_text(argv, sizeof(argv));
	event[EVENT_PID] = value_int(7);
	v = words_event(event, buf);
	assert_true(v.s.len < WORDS_MAX);
	assert_memory_equal(v.s.p + v.s.len - 7, "(pid 7)", 7);
	stop[STOP_KILLER_SIGNAL] = value_int(9);
	stop[STOP_KILLER_COMM] = value_text(comm, sizeof(comm));
	stop[STOP_KILLER_PARENT] = value_text(comm, sizeof(comm));
	v = words_stop(stop, buf);
	assert_true(v.s.len <= WORDS_MAX);
}

static void limits_are_told_in_their_unit(void **state)
{
	(void)state;
	event[EVENT_TYPE] = text("memory-max");
	event[EVENT_LIMIT] = value_int(64 << 20);
	event[EVENT_TIMES] = value_int(1);
	assert_words(words_event, event, "at memory.max of 64.0 MiB, 1 time");
	event[EVENT_TYPE] = text("pids-max");
	event[EVENT_LIMIT] = value_int(100);
	event[EVENT_TIMES] = value_int(2);
	assert_words(words_event, event, "at pids.max of 100, 2 times");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(exit_is_told_by_its_code, setup),
		cmocka_unit_test_setup(kill_is_told_with_its_sender, setup),
		cmocka_unit_test_setup(
			end_that_a_signal_did_not_make_comes_after_it, setup),
		cmocka_unit_test_setup(oom_is_told_with_what_is_known, setup),
		cmocka_unit_test_setup(nothing_known_is_nothing_said, setup),
		cmocka_unit_test_setup(start_is_told_by_its_arguments, setup),
		cmocka_unit_test_setup(long_texts_are_cut, setup),
		cmocka_unit_test_setup(limits_are_told_in_their_unit, setup),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
