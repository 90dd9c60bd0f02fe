// SPDX-License-Identifier: GPL-2.0
/* Times and durations that people type, and some that nobody should. */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "timerange.h"

/* 2025-01-15 12:34:56.789 UTC, a Wednesday. */
#define NOW   INT64_C(1736944496789000000)
#define SEC   NSEC_PER_SEC
#define DAY   (86400 * SEC)
#define TODAY INT64_C(1736899200000000000)

static void set_zone(const char *zone)
{
	setenv("TZ", zone, 1);
	tzset();
}

static int set_utc(void **state)
{
	(void)state;
	set_zone("UTC");
	return 0;
}

/* Central European Time, without needing a zone database. */
static int set_cet(void **state)
{
	(void)state;
	set_zone("CET-1CEST,M3.5.0,M10.5.0/3");
	return 0;
}

static int64_t parsed(const char *text)
{
	const char *why = "no reason";
	int64_t ns = -1;

	if (time_parse(text, NOW, &ns, &why))
		fail_msg("%s: %s", text, why);
	return ns;
}

static int64_t lasting(const char *text)
{
	const char *why = "no reason";
	int64_t ns = -1;

	if (duration_parse(text, &ns, &why))
		fail_msg("%s: %s", text, why);
	return ns;
}

static void words_are_days_at_midnight(void **state)
{
	(void)state;
	assert_int_equal(parsed("now"), NOW);
	assert_int_equal(parsed("today"), TODAY);
	assert_int_equal(parsed("yesterday"), TODAY - DAY);
	assert_int_equal(parsed("tomorrow"), TODAY + DAY);
	assert_int_equal(parsed("  Today"), TODAY);
}

static void dates_and_clocks(void **state)
{
	(void)state;
	assert_int_equal(parsed("2025-01-15"), TODAY);
	assert_int_equal(parsed("2025-01-15 08:30"), TODAY + 30600 * SEC);
	assert_int_equal(parsed("2025-01-15 08:30:15"), TODAY + 30615 * SEC);
	assert_int_equal(parsed("2025-01-15 08:30:15.25"),
			 TODAY + 30615 * SEC + SEC / 4);
	assert_int_equal(parsed("08:30"), TODAY + 30600 * SEC);
	assert_int_equal(parsed("08:30:15"), TODAY + 30615 * SEC);
	assert_int_equal(parsed("2024-02-29"), INT64_C(1709164800) * SEC);
}

static void rfc_3339(void **state)
{
	(void)state;
	assert_int_equal(parsed("2025-01-15T08:30:15Z"), TODAY + 30615 * SEC);
	assert_int_equal(parsed("2025-01-15t08:30:15z"), TODAY + 30615 * SEC);
	assert_int_equal(parsed("2025-01-15T08:30:15.5+01:30"),
			 TODAY + (30615 - 5400) * SEC + SEC / 2);
	assert_int_equal(parsed("2025-01-15T08:30:15-08:00"),
			 TODAY + (30615 + 28800) * SEC);
}

static void unix_seconds(void **state)
{
	(void)state;
	assert_int_equal(parsed("@0"), 0);
	assert_int_equal(parsed("@1736944496.789"), NOW);
	assert_int_equal(parsed("@1736944496.7890000009"), NOW);
}

static void relative_times(void **state)
{
	(void)state;
	assert_int_equal(parsed("-1h"), NOW - 3600 * SEC);
	assert_int_equal(parsed("-1h30m"), NOW - 5400 * SEC);
	assert_int_equal(parsed("- 1h 30min"), NOW - 5400 * SEC);
	assert_int_equal(parsed("+5m"), NOW + 300 * SEC);
	assert_int_equal(parsed("2 hours ago"), NOW - 7200 * SEC);
	assert_int_equal(parsed("1 day 2 hours ago"), NOW - 93600 * SEC);
	assert_int_equal(parsed("1.5h ago"), NOW - 5400 * SEC);
	assert_int_equal(parsed("500ms ago"), NOW - SEC / 2);
}

static void days_follow_the_local_zone(void **state)
{
	(void)state;
	assert_int_equal(parsed("today"), TODAY - 3600 * SEC);
	assert_int_equal(parsed("2025-07-01"), INT64_C(1751320800) * SEC);
	/* A day of 25 hours. */
	assert_int_equal(parsed("2025-10-27") - parsed("2025-10-26"),
			 25 * 3600 * SEC);
	/* An offset of its own wins. */
	assert_int_equal(parsed("2025-01-15T00:00:00Z"), TODAY);
}

static void durations(void **state)
{
	(void)state;
	assert_int_equal(lasting("500ms"), SEC / 2);
	assert_int_equal(lasting("25s"), 25 * SEC);
	assert_int_equal(lasting("2m"), 120 * SEC);
	assert_int_equal(lasting("1h"), 3600 * SEC);
	assert_int_equal(lasting("1d"), DAY);
	assert_int_equal(lasting("1h30m"), 5400 * SEC);
	assert_int_equal(lasting("0.5s"), SEC / 2);
	assert_int_equal(lasting("2 weeks"), 14 * DAY);
	assert_int_equal(lasting("1 min"), 60 * SEC);
}

static void hostile_times_are_refused_with_a_reason(void **state)
{
	static const char *const texts[] = {
		"",
		" ",
		"-",
		"+",
		"@",
		"@-1",
		"@1e9",
		"@99999999999999999999",
		"@9223372036854775807",
		"@1.",
		"today!",
		"2025",
		"2025-",
		"2025-1-1",
		"2025-02-29",
		"2025-13-01",
		"2025-00-01",
		"2025-01-00",
		"2025-01-32",
		"0000-00-00",
		"1969-12-31",
		"9999-12-31",
		"2025-01-15 24:00",
		"2025-01-15 12:60",
		"2025-01-15 12:00:61",
		"2025-01-15 ",
		"2025-01-15  12:00",
		"2025-01-15 12",
		"2025-01-15 12:00 ",
		"2025-01-15T12:00:00+",
		"2025-01-15T12:00:00+1",
		"2025-01-15T12:00:00+24:00",
		"2025-01-15T12:00:00Zx",
		"2025-01-15T12:00:00.Z",
		"12:0",
		"12:00:",
		"25:00",
		"12:00Z",
		"-1",
		"-1x",
		"-h",
		"--1h",
		"-1h ago",
		"1h",
		"-999999999999d",
		"-99999999999999999999h",
		"-60y",
		"+999999w",
		"ago",
		"1 hours agoo",
		"\x1b[2J",
		"\xff\xfe",
		"-1h\n",
		"@0x10",
		"١٢:٠٠",
	};
	const char *why;
	int64_t ns;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		why = NULL;
		ns = 42;
		if (time_parse(texts[i], NOW, &ns, &why) != -EINVAL)
			fail_msg("'%s' was taken as %lld", texts[i],
				 (long long)ns);
		assert_non_null(why);
		assert_int_equal(ns, 42);
		assert_int_equal(time_parse(texts[i], NOW, &ns, NULL), -EINVAL);
	}
}

static void hostile_durations_are_refused_with_a_reason(void **state)
{
	static const char *const texts[] = {
		"",	  "5",	      "s",
		"0s",	  "0ms",      "-5s",
		"5 ",	  "5parsec",  "5s5",
		"5s,",	  "1e3s",     "0x5s",
		"5mm",	  "5.s",      ".5s",
		"5..5s",  "9999999d", "999999999999w",
		"1h ago", "5s\n",     "5S5X",
		"mss",	  "1h-30m",   "99999999999999s",
	};
	const char *why;
	int64_t ns;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		why = NULL;
		ns = 42;
		if (duration_parse(texts[i], &ns, &why) != -EINVAL)
			fail_msg("'%s' was taken as %lld", texts[i],
				 (long long)ns);
		assert_non_null(why);
		assert_int_equal(ns, 42);
	}
}

static void times_are_written_as_they_are_read(void **state)
{
	char buf[32];

	(void)state;
	time_format(TODAY + 30615 * SEC, buf, sizeof(buf));

	assert_string_equal(buf, "2025-01-15 08:30:15");
	assert_int_equal(parsed(buf), TODAY + 30615 * SEC);
	time_format(INT64_MAX, buf, sizeof(buf));
	time_format(INT64_MIN, buf, sizeof(buf));
}

static void durations_are_written_in_two_units(void **state)
{
	char buf[32];

	(void)state;
	assert_string_equal(duration_format(0, buf, 32), "0ms");
	assert_string_equal(duration_format(999 * SEC / 1000, buf, 32),
			    "999ms");
	assert_string_equal(duration_format(12340 * SEC / 1000, buf, 32),
			    "12.3s");
	assert_string_equal(duration_format(245 * SEC, buf, 32), "4m 05s");
	assert_string_equal(duration_format(11520 * SEC, buf, 32), "3h 12m");
	assert_string_equal(duration_format(12 * DAY + 3 * 3600 * SEC, buf, 32),
			    "12d 3h");
}

static void seconds_beyond_all_times_are_the_nearest(void **state)
{
	(void)state;
	assert_int_equal(seconds_to_ns(1.5), 1500000000);
	assert_int_equal(seconds_to_ns(-1.5), -1500000000);
	assert_int_equal(seconds_to_ns(1e300), INT64_MAX);
	assert_int_equal(seconds_to_ns(-1e300), INT64_MIN);
	assert_int_equal(seconds_to_ns(-0x1p63 / 1e9), INT64_MIN);
	assert_int_equal(seconds_to_ns(INFINITY), INT64_MAX);
	assert_int_equal(seconds_to_ns(NAN), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(words_are_days_at_midnight, set_utc),
		cmocka_unit_test_setup(dates_and_clocks, set_utc),
		cmocka_unit_test_setup(rfc_3339, set_utc),
		cmocka_unit_test_setup(unix_seconds, set_utc),
		cmocka_unit_test_setup(relative_times, set_utc),
		cmocka_unit_test_setup(days_follow_the_local_zone, set_cet),
		cmocka_unit_test(durations),
		cmocka_unit_test_setup(hostile_times_are_refused_with_a_reason,
				       set_utc),
		cmocka_unit_test(hostile_durations_are_refused_with_a_reason),
		cmocka_unit_test_setup(times_are_written_as_they_are_read,
				       set_utc),
		cmocka_unit_test(durations_are_written_in_two_units),
		cmocka_unit_test(seconds_beyond_all_times_are_the_nearest),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
