// SPDX-License-Identifier: GPL-2.0
/* The watchdog's judgement and the measure of turns. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "collectord/watch.h"

#define SECOND INT64_C(1000000000)

static struct watch w;
static struct watch_view v;

static int setup(void **state)
{
	(void)state;
	w = (struct watch){ 0 };
	v = (struct watch_view){ .now_ns = 1000 * SECOND };
	return 0;
}

/* Looks each @step seconds, for @seconds; the last verdict. */
static enum watch_verdict look_for(int seconds, int step)
{
	enum watch_verdict verdict = watch_look(&w, &v);

	for (int i = 0; i < seconds; i += step) {
		v.now_ns += step * SECOND;
		verdict = watch_look(&w, &v);
	}
	return verdict;
}

static void idle_daemon_is_well(void **state)
{
	(void)state;
	assert_int_equal(look_for(3600, 5), WATCH_WELL);
}

static void commit_without_end_is_stuck(void **state)
{
	(void)state;
	v.store_due = true;
	assert_int_equal(look_for(20, 5), WATCH_WELL);
	assert_int_equal(look_for(5, 5), WATCH_STORE_STUCK);
	v.store_turns++;
	assert_int_equal(look_for(0, 5), WATCH_WELL);
}

/* An attempt that ends with an error is a turn, too: the disk says why. */
static void commits_that_end_are_progress(void **state)
{
	(void)state;
	v.store_due = true;
	for (int i = 0; i < 100; i++) {
		v.store_turns++;
		assert_int_equal(look_for(15, 5), WATCH_WELL);
	}
}

/* However slow the disk is: rows go into it. */
static void long_commit_that_works_is_progress(void **state)
{
	(void)state;
	v.store_due = true;
	for (int i = 0; i < 100; i++) {
		v.store_cpu_ns += 1000;
		assert_int_equal(look_for(15, 5), WATCH_WELL);
	}
	assert_int_equal(look_for(25, 5), WATCH_STORE_STUCK);
}

/* A new start would lose what waits, and wait for the same disk. */
static void disk_that_hangs_is_told_and_no_fault(void **state)
{
	(void)state;
	v.store_due = true;
	v.store_in_disk = true;
	assert_int_equal(look_for(20, 5), WATCH_WELL);
	assert_int_equal(look_for(3600, 5), WATCH_DISK_HANGS);
	assert_false(watch_is_fault(WATCH_DISK_HANGS));
	v.unread = 1;
	assert_int_equal(look_for(25, 5), WATCH_KERNEL_UNREAD);
	v.unread = 0;
	v.store_in_disk = false;
	assert_int_equal(look_for(0, 5), WATCH_STORE_STUCK);
	assert_true(watch_is_fault(WATCH_STORE_STUCK));
	v.store_turns++;
	assert_int_equal(look_for(0, 5), WATCH_WELL);
}

static void unread_messages_are_a_fault_unless_others_are_read(void **state)
{
	(void)state;
	v.unread = 4096;
	for (int i = 0; i < 100; i++) {
		v.reads++;
		assert_int_equal(look_for(15, 5), WATCH_WELL);
	}
	assert_int_equal(look_for(25, 5), WATCH_KERNEL_UNREAD);
	v.unread = 0;
	assert_int_equal(look_for(0, 5), WATCH_WELL);
}

/* One that was stopped for an hour can't have done anything meanwhile. */
static void time_in_which_nobody_looked_hardly_counts(void **state)
{
	(void)state;
	v.store_due = true;
	v.unread = 1;
	assert_int_equal(look_for(3600, 3600), WATCH_WELL);
	assert_int_equal(look_for(15, 5), WATCH_STORE_STUCK);
}

static void verdicts_have_texts(void **state)
{
	(void)state;
	assert_string_equal(watch_text(WATCH_KERNEL_UNREAD),
			    "the kernel's messages are not read");
	assert_string_not_equal(watch_text(WATCH_STORE_STUCK),
				watch_text(WATCH_WELL));
}

static void longest_turn_of_the_minute_passes(void **state)
{
	struct turns t = { 0 };
	int64_t now = 500 * SECOND;

	(void)state;
	turns_note(&t, now, 7000);
	turns_note(&t, now + SECOND, 3000);
	assert_int_equal(turns_minute(&t, now + 49 * SECOND), 7000);
	turns_note(&t, now + 49 * SECOND, 5000);
	assert_int_equal(turns_minute(&t, now + 60 * SECOND), 5000);
	assert_int_equal(turns_minute(&t, now + 3600 * SECOND), 0);
	assert_int_equal(t.max_ns, 7000);
}

#define T(test) cmocka_unit_test_setup(test, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(idle_daemon_is_well),
		T(commit_without_end_is_stuck),
		T(commits_that_end_are_progress),
		T(long_commit_that_works_is_progress),
		T(disk_that_hangs_is_told_and_no_fault),
		T(unread_messages_are_a_fault_unless_others_are_read),
		T(time_in_which_nobody_looked_hardly_counts),
		T(verdicts_have_texts),
		T(longest_turn_of_the_minute_passes),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
