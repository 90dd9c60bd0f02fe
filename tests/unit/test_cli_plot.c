// SPDX-License-Identifier: GPL-2.0
/* Plots from below: dots in cells, values in columns, round scales. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "cli/plot.h"
#include "cli/scale.h"

static void assert_cell(const struct canvas *c, unsigned int column,
			unsigned int row, const char *expected)
{
	char buf[8];

	assert_string_equal(canvas_cell(c, column, row, buf), expected);
}

static void braille_has_eight_dots_in_a_cell(void **state)
{
	struct canvas c;

	(void)state;
	assert_int_equal(canvas_init(&c, CANVAS_BRAILLE, 2, 1), 0);
	assert_cell(&c, 0, 0, " ");
	canvas_line(&c, 0, 0, 0, 0, 0);
	assert_cell(&c, 0, 0, "\u2840");
	canvas_line(&c, 0, 0, 3, 0, 3);
	assert_cell(&c, 0, 0, "\u2841");
	canvas_line(&c, 0, 1, 0, 1, 3);
	assert_cell(&c, 0, 0, "\u28f9");
	assert_cell(&c, 1, 0, " ");
	canvas_free(&c);
}

static void blocks_have_four(void **state)
{
	struct canvas c;

	(void)state;
	assert_int_equal(canvas_init(&c, CANVAS_BLOCKS, 1, 2), 0);
	canvas_line(&c, 0, 0, 0, 1, 1);
	assert_cell(&c, 0, 1, "\u259e");
	assert_cell(&c, 0, 0, " ");
	canvas_line(&c, 0, 0, 2, 1, 2);
	assert_cell(&c, 0, 0, "\u2584");
	canvas_free(&c);
}

static void marks_tell_series_apart(void **state)
{
	struct canvas c;

	(void)state;
	assert_int_equal(canvas_init(&c, CANVAS_ASCII, 2, 1), 0);
	canvas_line(&c, 0, 0, 0, 1, 0);
	canvas_line(&c, 1, 1, 0, 1, 0);
	assert_cell(&c, 0, 0, "*");
	assert_cell(&c, 1, 0, "+");
	assert_int_equal(canvas_mark(12), canvas_mark(0));
	canvas_free(&c);
}

/* Both ends are set in all directions, and every row or column between. */
static void lines_go_from_end_to_end(void **state)
{
	struct canvas c;
	char buf[8];

	(void)state;
	for (unsigned int to = 0; to < 25; to++) {
		unsigned int x = to % 5, y = to / 5, dots = 0;

		assert_int_equal(canvas_init(&c, CANVAS_ASCII, 5, 5), 0);
		canvas_line(&c, 0, 2, 2, x, y);
		assert_cell(&c, 2, 2, "*");
		assert_cell(&c, x, 4 - y, "*");
		for (unsigned int i = 0; i < 25; i++)
			dots += *canvas_cell(&c, i % 5, i / 5, buf) == '*';
		assert_int_equal(dots, 1 + (abs((int)x - 2) > abs((int)y - 2)
						    ? abs((int)x - 2)
						    : abs((int)y - 2)));
		canvas_free(&c);
	}
}

static void columns_keep_what_a_value_went_through(void **state)
{
	struct trace t;

	(void)state;
	assert_int_equal(trace_init(&t, 100, 200, 10), 0);
	assert_true(trace_is_empty(&t));
	trace_add(&t, 100, 5);
	trace_add(&t, 104, 9);
	trace_add(&t, 109.9, 2);
	trace_add(&t, 200, 4);
	trace_add(&t, 99, 1000);
	trace_add(&t, 201, 1000);

	assert_true(t.column[0].known);
	assert_true(t.column[0].first == 5 && t.column[0].last == 2);
	assert_true(t.column[0].low == 2 && t.column[0].high == 9);
	assert_false(t.column[1].known);
	assert_true(t.column[9].known && t.column[9].joined);
	assert_true(t.last == 4 && t.high == 9);
	trace_free(&t);
}

static void what_follows_a_break_is_not_joined(void **state)
{
	struct trace t;

	(void)state;
	assert_int_equal(trace_init(&t, 0, 10, 10), 0);
	trace_add(&t, 1, 1);
	trace_add(&t, 2, 1);
	trace_break(&t);
	trace_add(&t, 8, 1);
	trace_add(&t, 9, 1);

	assert_false(t.column[1].joined);
	assert_true(t.column[2].joined);
	assert_false(t.column[8].joined);
	assert_true(t.column[9].joined);
	trace_free(&t);
}

static void assert_scale(double max, enum unit unit, double top, double step)
{
	struct scale s = scale_for(max, unit, 4);

	if (s.top < top * 0.999 || s.top > top * 1.001 ||
	    s.step < step * 0.999 || s.step > step * 1.001)
		fail_msg("%g: to %g by %g", max, s.top, s.step);
}

static void scales_are_round_and_hold_what_there_is(void **state)
{
	(void)state;
	assert_scale(0, UNIT_PCT, 0.001, 0.001);
	assert_scale(0.35, UNIT_PCT, 0.4, 0.1);
	assert_scale(100, UNIT_PCT, 100, 50);
	assert_scale(101, UNIT_PCT, 150, 50);
	assert_scale(3, UNIT_COUNT, 3, 1);
	assert_scale(1e9, UNIT_IOPS, 1e9, 5e8);
	assert_scale(300 << 20, UNIT_BYTES, 384 << 20, 128 << 20);
	assert_scale(5000, UNIT_BPS, 6144, 2048);
	for (double max = 0.01; max < 1e12; max *= 1.7) {
		struct scale s = scale_for(max, UNIT_PCT, 4);

		assert_true(s.top >= max * 0.999);
		assert_true(s.top / s.step < 4.001);
		assert_true(s.top - s.step < max);
	}
}

static void labels_have_their_unit(void **state)
{
	char buf[32];

	(void)state;
	assert_string_equal(scale_label(12.5, UNIT_PCT, buf, 32), "12.5%");
	assert_string_equal(scale_label(1536, UNIT_BYTES, buf, 32), "1.5 KiB");
	assert_string_equal(scale_label(1536, UNIT_BPS, buf, 32), "1.5 KiB/s");
	assert_string_equal(scale_label(8, UNIT_IOPS, buf, 32), "8/s");
	assert_string_equal(scale_label(3, UNIT_COUNT, buf, 32), "3");
	assert_string_equal(scale_label(0.25, UNIT_COUNT, buf, 32), "0.25");
	assert_string_equal(scale_label(12000, UNIT_PCT, buf, 32), "12000%");
	assert_string_equal(scale_label(10000, UNIT_IOPS, buf, 32), "10000/s");
	assert_string_equal(scale_label(250000, UNIT_COUNT, buf, 32), "250000");
}

/* 2025-01-15 12:00 UTC is 1736942400. */
static void times_are_round_where_people_are(void **state)
{
	const double noon = 1736942400;
	char buf[32];

	(void)state;
	assert_true(scale_time_step(3600, 6) == 600);
	assert_true(scale_time_step(60, 100) == 1);
	assert_true(scale_time_first(noon + 1, 600) == noon + 600);
	assert_true(scale_time_first(noon, 600) == noon);
	assert_string_equal(scale_time_label(noon, 600, buf, 32), "12:00");
	assert_string_equal(scale_time_label(noon + 5, 5, buf, 32), "12:00:05");
	assert_string_equal(scale_time_label(noon + 12 * 3600, 3600, buf, 32),
			    "01-16");
	/* Half an hour off: midnight there is a mark. */
	setenv("TZ", "XYZ-05:30", 1);
	tzset();
	assert_true(scale_time_first(noon, 86400) == noon + 23400);
	assert_string_equal(scale_time_label(noon + 23400, 86400, buf, 32),
			    "01-16");
	setenv("TZ", "UTC", 1);
	tzset();
}

static char *plot(const struct plot_chart *chart, enum canvas_style style)
{
	const struct plot_look look = { .style = style,
					.charset = style == CANVAS_ASCII
							   ? TEXT_ASCII
							   : TEXT_UTF8,
					.width = 40,
					.rows = 4 };
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	assert_non_null(to);
	assert_int_equal(plot_print(chart, &look, to), 0);
	assert_int_equal(fclose(to), 0);
	return text;
}

/* A rise, a gap, and a name that means harm. */
static void plot_has_axes_gaps_and_safe_names(void **state)
{
	struct plot_series series = { .label = (char *)"a\033[2J\nb" };
	const struct plot_chart chart = { "cpu_pct", UNIT_PCT, &series, 1 };
	char *text;

	(void)state;
	assert_int_equal(trace_init(&series.trace, 1736942400, 1736942430, 28),
			 0);
	for (int i = 0; i < 10; i++)
		trace_add(&series.trace, 1736942400 + i, i);
	trace_break(&series.trace);
	for (int i = 20; i <= 30; i++)
		trace_add(&series.trace, 1736942400 + i, 2);
	text = plot(&chart, CANVAS_ASCII);
	assert_string_equal(text,
			    "            cpu_pct\n"
			    "       10% +        *\n"
			    "        5% +    ****\n"
			    "           | ***              **********\n"
			    "        0% +*\n"
			    "           ++-------------+------------+\n"
			    "            12:00:00  12:00:15  12:00:30\n"
			    "            * a\\x1b[2J\\nb: last 2%, highest "
			    "9%\n");
	free(text);
	trace_free(&series.trace);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(braille_has_eight_dots_in_a_cell),
		cmocka_unit_test(blocks_have_four),
		cmocka_unit_test(marks_tell_series_apart),
		cmocka_unit_test(lines_go_from_end_to_end),
		cmocka_unit_test(columns_keep_what_a_value_went_through),
		cmocka_unit_test(what_follows_a_break_is_not_joined),
		cmocka_unit_test(scales_are_round_and_hold_what_there_is),
		cmocka_unit_test(labels_have_their_unit),
		cmocka_unit_test(times_are_round_where_people_are),
		cmocka_unit_test(plot_has_axes_gaps_and_safe_names),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	setenv("TZ", "UTC", 1);
	tzset();
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
