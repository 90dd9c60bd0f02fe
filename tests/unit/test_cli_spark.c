// SPDX-License-Identifier: GPL-2.0
/* Sparklines, lines with styles, and the columns of `top`. */
#include <errno.h>
#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "cli/columns.h"
#include "cli/layout.h"
#include "cli/lines.h"
#include "cli/spark.h"

#define SEC INT64_C(1000000000)

static char out[4096];

static void assert_spark(const struct spark *s, double top,
			 enum text_charset charset, const char *expected)
{
	FILE *to = fmemopen(out, sizeof(out), "w");

	/* A file without a byte leaves it as it is. */
	out[0] = 0;
	spark_put(s, top, charset, to);
	fclose(to);
	assert_string_equal(out, expected);
}

static void each_sample_has_its_column(void **state)
{
	struct spark s;
	unsigned int i;

	(void)state;
	spark_init(&s, 100 * SEC, 108 * SEC, SEC, 8);
	for (i = 1; i <= 8; i++)
		spark_add(&s, (100 + i) * SEC, i - 1);
	assert_int_equal((int)spark_max(&s), 7);
	assert_spark(&s, 8, TEXT_UTF8, "▁▂▃▄▅▆▇█");
	assert_spark(&s, 8, TEXT_ASCII, "_.:-=+*#");
	/* Nothing to compare with: all are the least. */
	assert_spark(&s, 0, TEXT_ASCII, "________");
}

static void samples_of_one_column_are_averaged(void **state)
{
	struct spark s;
	unsigned int i;

	(void)state;
	spark_init(&s, 0, 100 * SEC, SEC, 2);
	for (i = 1; i <= 100; i++)
		spark_add(&s, i * SEC, i <= 50 ? (i % 2) * 4 : 8);
	assert_true(fabs(spark_max(&s) - 8) < 1e-9);
	assert_spark(&s, 8, TEXT_UTF8, "▃█");
}

static void what_is_unknown_is_blank(void **state)
{
	struct spark s;

	(void)state;
	spark_init(&s, 0, 6 * SEC, SEC, 6);
	spark_add(&s, 0, 9);	   /* before it */
	spark_add(&s, 7 * SEC, 9); /* behind it */
	spark_add(&s, 2 * SEC, 1);
	spark_add(&s, 6 * SEC, 1);
	assert_spark(&s, 1, TEXT_ASCII, " #   #");
	/* One column left out between two others is no gap. */
	spark_add(&s, 4 * SEC, 1);
	assert_spark(&s, 1, TEXT_ASCII, " #####");
}

static void there_are_no_more_columns_than_samples(void **state)
{
	struct spark s;

	(void)state;
	spark_init(&s, 0, 60 * SEC, 10 * SEC, 40);
	assert_int_equal(s.width, 6);
	spark_init(&s, 0, 3600 * SEC, SEC, 1000);
	assert_int_equal(s.width, SPARK_WIDTH_MAX);
	spark_init(&s, 0, SEC, 10 * SEC, 40);
	spark_add(&s, SEC, 1);
	assert_spark(&s, 1, TEXT_ASCII, "");
	assert_true(spark_max(&s) == 0);
}

static void lines_are_counted_and_cut_out(void **state)
{
	FILE *to = fmemopen(out, sizeof(out), "w");

	(void)state;
	assert_int_equal(lines_count(""), 0);
	assert_int_equal(lines_count("a"), 1);
	assert_int_equal(lines_count("a\n\nb\n"), 3);
	lines_put("a\nb\nc", 1, 4, to);
	fclose(to);
	assert_string_equal(out, "b\nc\n\n\n");
}

/* Wide characters count double, styles nothing; no style crosses over. */
static void lines_stand_side_by_side(void **state)
{
	FILE *to = fmemopen(out, sizeof(out), "w");

	(void)state;
	lines_beside("ab\n\x11"
		     "cdefg\n日本語\n",
		     5, "1\n2\n3\n4\n", to);
	fclose(to);
	assert_string_equal(out, "ab\x10   1\n"
				 "\x11"
				 "cdefg\x10"
				 "2\n"
				 "日本\x10 3\n"
				 "\x10     4\n");
}

static void columns_are_read_and_written(void **state)
{
	const char *bad;
	struct columns c;
	size_t len;
	char buf[64];

	(void)state;
	assert_int_equal(columns_parse(&c, "name,CPU,psi_io_some_pct,age", &bad,
				       &len),
			 0);
	assert_int_equal(c.count, 4);
	assert_int_equal(c.field[0], TOP_LABEL);
	assert_int_equal(c.field[2], TOP_PSI_IO);
	assert_string_equal(columns_list(&c, buf, sizeof(buf)),
			    "name,cpu,psi_io_some_pct,age");
	/* What does not fit is cut, whatever its length. */
	assert_int_equal(strlen(columns_list(&c, buf, 10)), 9);
}

static void what_is_no_column_is_named(void **state)
{
	static const struct {
		const char *list, *bad;
	} cases[] = {
		{ "", "" },
		{ "name,", "" },
		{ ",name", "" },
		{ "name,cpux,mem", "cpux" },
		{ "cpu,cpu", "cpu" },
		{ "row", "row" },
		{ "time", "time" },
		{ "parent_row,cpu", "parent_row" },
		{ "a_name_that_is_longer_than_any_column_has_ever_been",
		  "a_name_that_is_longer_than_any_column_has_ever_been" },
	};
	const char *bad;
	struct columns c;
	size_t len, i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(columns_parse(&c, cases[i].list, &bad, &len),
				 -EINVAL);
		assert_int_equal(len, strlen(cases[i].bad));
		assert_memory_equal(bad, cases[i].bad, len);
	}
}

static void every_column_offered_goes_by_its_word(void **state)
{
	struct columns none = { 0 }, all, read;
	char list[2048];
	const char *bad;
	size_t len;

	(void)state;
	columns_all(&none, &all);
	assert_true(all.count > 40);
	columns_list(&all, list, sizeof(list));
	assert_int_equal(columns_parse(&read, list, &bad, &len), 0);
	assert_int_equal(read.count, all.count);
	assert_memory_equal(read.field, all.field,
			    all.count * sizeof(*all.field));
}

static void columns_come_go_and_move(void **state)
{
	struct columns c;
	const char *bad;
	size_t len;
	char buf[64];

	(void)state;
	columns_parse(&c, "name,cpu,mem", &bad, &len);
	columns_toggle(&c, TOP_CPU);
	columns_toggle(&c, TOP_PIDS);
	assert_string_equal(columns_list(&c, buf, sizeof(buf)),
			    "name,mem,pids");
	assert_true(columns_move(&c, TOP_PIDS, -1));
	assert_false(columns_move(&c, TOP_LABEL, -1));
	assert_false(columns_move(&c, TOP_MEM, 1));
	assert_false(columns_move(&c, TOP_SWAP, 1));
	assert_string_equal(columns_list(&c, buf, sizeof(buf)),
			    "name,pids,mem");
	columns_toggle(&c, TOP_LABEL);
	columns_toggle(&c, TOP_PIDS);
	columns_toggle(&c, TOP_MEM);
	assert_string_equal(columns_list(&c, buf, sizeof(buf)), "mem");
}

static void chosen(struct layout *l, unsigned int name_width,
		   unsigned int width)
{
	struct columns c;
	const char *bad;
	size_t len;

	columns_parse(&c, "name,cpu,image,pids", &bad, &len);
	layout_choose(l, top_fields, c.field, c.count, TEXT_UTF8);
	layout_steady(l);
	l->column[0].width = name_width;
	l->column[2].width = 25;
	layout_limit_chosen(l, width);
}

/* Texts may be cut to 20 columns; then the columns on the right leave. */
static void chosen_columns_leave_from_the_right(void **state)
{
	struct layout l;

	(void)state;
	chosen(&l, 30, 200);
	assert_int_equal(l.count, 4);
	assert_int_equal(layout_width(&l), 30 + 1 + 6 + 1 + 25 + 1 + 5);
	chosen(&l, 30, 60);
	assert_int_equal(l.count, 4);
	assert_int_equal(l.column[0].width, 26);
	assert_int_equal(l.column[2].width, 20);
	assert_int_equal(layout_width(&l), 60);
	chosen(&l, 30, 53);
	assert_int_equal(l.count, 3);
	assert_int_equal(layout_width(&l), 53);
	chosen(&l, 30, 47);
	assert_int_equal(l.count, 2);
	assert_int_equal(l.column[0].width, 30);
	chosen(&l, 30, 5);
	assert_int_equal(l.count, 1);
}

/* Of a column whose width is fixed already, by a digit too many. */
static void a_number_too_wide_ends_in_an_ellipsis(void **state)
{
	const struct field field = { "pids", "PIDS", UNIT_COUNT, SHOW_ALL, 0 };
	const struct value row = value_int(12345);
	FILE *to = fmemopen(out, sizeof(out), "w");
	struct layout l;

	(void)state;
	layout_init(&l, &field, 1, TEXT_UTF8);
	assert_int_equal(layout_row(&l, &row, true, to), 0);
	fclose(to);

	assert_string_equal(out, "123…");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_sample_has_its_column),
		cmocka_unit_test(samples_of_one_column_are_averaged),
		cmocka_unit_test(what_is_unknown_is_blank),
		cmocka_unit_test(there_are_no_more_columns_than_samples),
		cmocka_unit_test(lines_are_counted_and_cut_out),
		cmocka_unit_test(lines_stand_side_by_side),
		cmocka_unit_test(columns_are_read_and_written),
		cmocka_unit_test(what_is_no_column_is_named),
		cmocka_unit_test(every_column_offered_goes_by_its_word),
		cmocka_unit_test(columns_come_go_and_move),
		cmocka_unit_test(chosen_columns_leave_from_the_right),
		cmocka_unit_test(a_number_too_wide_ends_in_an_ellipsis),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
