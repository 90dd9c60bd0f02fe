// SPDX-License-Identifier: GPL-2.0
/* Bytes that others chose must not reach a terminal, JSON or CSV as they are. */
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
#include <jansson.h>

#include "field.h"
#include "json.h"
#include "text.h"

#define BYTES(s) (s), (sizeof(s) - 1)

static void assert_text(char *made, const char *expected)
{
	assert_non_null(made);
	assert_string_equal(made, expected);
	free(made);
}

static void plain_text_is_kept(void **state)
{
	(void)state;
	assert_text(text_terminal(BYTES("web-1 (été, 日本)"), TEXT_UTF8),
		    "web-1 (été, 日本)");
	assert_text(text_utf8(BYTES("a\nb\x1b")), "a\nb\x1b");
	assert_text(text_terminal(BYTES(""), TEXT_UTF8), "");
}

static void controls_become_visible(void **state)
{
	(void)state;
	assert_text(text_terminal(BYTES("\x1b[2J\a"), TEXT_UTF8),
		    "\\x1b[2J\\x07");
	assert_text(text_terminal(BYTES("a\nb\rc\td\x7f"), TEXT_UTF8),
		    "a\\nb\\rc\\td\\x7f");
	assert_text(text_terminal(BYTES("a\0b"), TEXT_UTF8), "a\\x00b");
	/* C1: CSI in one character. */
	assert_text(text_terminal(BYTES("\xc2\x9b"
					"31m"),
				  TEXT_UTF8),
		    "\\u{9b}31m");
	/* Right-to-left override, line separator, byte order mark. */
	assert_text(text_terminal(BYTES("\xe2\x80\xae"
					"\xe2\x80\xa8\xef\xbb\xbf"),
				  TEXT_UTF8),
		    "\\u{202e}\\u{2028}\\u{feff}");
}

static void invalid_bytes_become_replacement_characters(void **state)
{
	(void)state;
	assert_text(text_terminal(BYTES("a\xff\xfe"), TEXT_UTF8), "a��");
	/* Cut short, overlong, a surrogate, beyond U+10FFFF. */
	assert_text(text_utf8(BYTES("\xe6\x97")), "��");
	assert_text(text_utf8(BYTES("\xc0\xaf")), "��");
	assert_text(text_utf8(BYTES("\xe0\x80\xaf")), "���");
	assert_text(text_utf8(BYTES("\xed\xa0\x80")), "���");
	assert_text(text_utf8(BYTES("\xf4\x90\x80\x80")), "����");
	assert_text(text_utf8(BYTES("a\0b")), "a�b");
	/* The highest code point is valid. */
	assert_text(text_utf8(BYTES("\xf4\x8f\xbf\xbf")), "\xf4\x8f\xbf\xbf");
}

static void ascii_terminals_get_ascii(void **state)
{
	(void)state;
	assert_text(text_terminal(BYTES("é日\xff"), TEXT_ASCII),
		    "\\u{e9}\\u{65e5}\\xff");
}

/* Whatever the bytes: no control in the output, and valid UTF-8. */
static void no_input_gets_through(void **state)
{
	unsigned int seed = 1, round, i;
	char raw[64], *out, *valid;

	(void)state;
	for (round = 0; round < 20000; round++) {
		for (i = 0; i < sizeof(raw); i++) {
			seed = seed * 1103515245 + 12345;
			raw[i] = (char)(seed >> 16);
		}
		out = text_terminal(raw, sizeof(raw), TEXT_UTF8);
		valid = text_utf8(out, strlen(out));
		assert_string_equal(out, valid);
		for (i = 0; out[i]; i++)
			assert_true((unsigned char)out[i] >= 0x20 &&
				    out[i] != 0x7f);
		assert_null(strstr(out, "\xc2\x9b"));
		free(valid);
		free(out);
	}
}

static void csv_quotes_what_it_must(void **state)
{
	(void)state;
	assert_text(text_csv(BYTES("plain")), "plain");
	assert_text(text_csv(BYTES("")), "\"\"");
	assert_text(text_csv(BYTES("a,b")), "\"a,b\"");
	assert_text(text_csv(BYTES("a\"b")), "\"a\"\"b\"");
	assert_text(text_csv(BYTES(" a")), "\" a\"");
	assert_text(text_csv(BYTES("a\nb")), "a\\nb");
	assert_text(text_csv(BYTES("=1+1")), "=1+1");
}

static void widths_are_those_of_a_terminal(void **state)
{
	(void)state;
	assert_int_equal(text_width(""), 0);
	assert_int_equal(text_width("abc"), 3);
	assert_int_equal(text_width("日本"), 4);
	assert_int_equal(text_width("e\xcc\x81"), 1); /* combining accent */
	assert_int_equal(text_width("�"), 1);
}

static void assert_elided(const char *from, unsigned int width,
			  enum text_charset charset, const char *expected)
{
	char *s = text_terminal(from, strlen(from), charset);
	unsigned int columns = text_elide(s, width, charset);

	assert_string_equal(s, expected);
	assert_int_equal(columns, text_width(expected));
	assert_true(columns <= width);
	free(s);
}

static void long_texts_end_in_an_ellipsis(void **state)
{
	(void)state;
	assert_elided("abcdef", 6, TEXT_UTF8, "abcdef");
	assert_elided("abcdef", 5, TEXT_UTF8, "abcd…");
	assert_elided("abcdef", 5, TEXT_ASCII, "abcd~");
	assert_elided("abcdef", 1, TEXT_UTF8, "…");
	assert_elided("abcdef", 0, TEXT_UTF8, "");
	/* A wide character does not fit by half. */
	assert_elided("日本語", 5, TEXT_UTF8, "日本…");
	assert_elided("日本語", 4, TEXT_UTF8, "日…");
	assert_elided("e\xcc\x81"
		      "abc",
		      3, TEXT_UTF8,
		      "e\xcc\x81"
		      "a…");
	assert_elided("a", 1, TEXT_UTF8, "a");
}

static void distance_counts_edits(void **state)
{
	(void)state;
	assert_int_equal(text_distance("top", "top", 9), 0);
	assert_int_equal(text_distance("tpo", "top", 9), 1);
	assert_int_equal(text_distance("onse", "once", 9), 1);
	assert_int_equal(text_distance("", "abc", 9), 3);
	assert_int_equal(text_distance("kitten", "sitting", 9), 3);
	assert_int_equal(text_distance("abc", "xyz", 2), 2);
	assert_int_equal(text_distance("a word that is far too long to be meant",
				       "top", 5),
			 5);
}

static void assert_json(const struct value *v, enum unit unit,
			const char *expected)
{
	char *made = NULL;
	size_t size;
	FILE *to = open_memstream(&made, &size);
	json_t *json = json_value(v, unit);

	assert_non_null(json);
	assert_int_equal(json_write(to, json), 0);
	fclose(to);
	assert_string_equal(made, expected);
	json_decref(json);
	free(made);
}

static void json_holds_no_control_and_no_invalid_byte(void **state)
{
	struct value v =
		value_text(BYTES("\x1b\n\"\\\x7f\xc2\x9b\xc2\xa0\xff"));

	(void)state;
	assert_json(&v, UNIT_TEXT,
		    "\"\\u001B\\n\\\"\\\\\\u007F\\u009B\xc2\xa0�\"");
}

static void json_numbers_are_rounded_to_what_they_mean(void **state)
{
	struct value third = value_real(100.0 / 3);
	struct value time = value_real(1736942400.1234567);
	struct value large = value_int(INT64_MAX);
	struct value infinite = value_real(1e308 * 10);
	struct value yes = value_int(1), none = value_null();

	(void)state;
	assert_json(&third, UNIT_PCT, "33.333");
	assert_json(&time, UNIT_TIME, "1736942400.123457");
	assert_json(&large, UNIT_BYTES, "9223372036854775807");
	assert_json(&infinite, UNIT_PCT, "null");
	assert_json(&yes, UNIT_BOOL, "true");
	assert_json(&none, UNIT_TEXT, "null");
}

static void json_objects_without_anything_known_are_null(void **state)
{
	static const struct field fields[] = {
		{ "a", NULL, UNIT_COUNT, SHOW_DOC, 0 },
		{ "b.x", NULL, UNIT_COUNT, SHOW_DOC, 0 },
		{ "b.y", NULL, UNIT_COUNT, SHOW_DOC, 0 },
		{ "c.x", NULL, UNIT_COUNT, SHOW_DOC, 0 },
		{ "d", NULL, UNIT_COUNT, SHOW_TABLE, 0 },
	};
	const struct value row[] = { value_int(1), value_null(), value_int(2),
				     value_null(), value_int(3) };
	json_t *json = json_row(fields, 5, row, SHOW_DOC);
	char *made = json_dumps(json, JSON_COMPACT);

	(void)state;
	assert_string_equal(made, "{\"a\":1,\"b\":{\"x\":null,\"y\":2},"
				  "\"c\":null}");
	free(made);
	json_decref(json);
}

/* json_write_row() writes what json_row() makes. */
static void rows_are_written_as_they_are_made(void **state)
{
	static const struct field fields[] = {
		{ "pct", NULL, UNIT_PCT, SHOW_DOC, 0 },
		{ "time", NULL, UNIT_TIME, SHOW_DOC, 0 },
		{ "no", NULL, UNIT_COUNT, SHOW_STREAM, 0 },
		{ "b.x", NULL, UNIT_BOOL, SHOW_DOC, 0 },
		{ "b.y", NULL, UNIT_TEXT, SHOW_DOC, 0 },
		{ "c.x", NULL, UNIT_COUNT, SHOW_DOC, 0 },
		{ "e.x", NULL, UNIT_COUNT, SHOW_STREAM, 0 },
		{ "argv", NULL, UNIT_ARGV, SHOW_DOC, 0 },
		{ "load", NULL, UNIT_LOAD, SHOW_DOC, 0 },
		{ "f.x", NULL, UNIT_PCT, SHOW_DOC, 0 },
	};
	static const double reals[] = { 0,    -0.0,	0.0004,	  0.0006,
					-0.5, 1.0 / 3,	12.5,	  99.9996,
					1e9,  123456.7, 1e12,	  -1e12,
					1e15, 1e300,	INFINITY, -7.125 };

	(void)state;
	for (size_t i = 0; i < sizeof(reals) / sizeof(*reals); i++) {
		const struct value row[] = {
			value_real(reals[i]),
			value_real(1736942400 + reals[i] / 1e16),
			value_int(1),
			value_int(i % 2),
			value_text("\xff\"\x1b\x7f\xc2\x9b", i % 7),
			value_null(),
			value_int(3),
			value_text("a\0b", 3),
			value_int(i % 2 ? INT64_MIN : INT64_MAX),
			value_real(reals[i]),
		};
		json_t *json = json_row(fields, 10, row, SHOW_DOC);
		char *made, *written;
		size_t size;
		FILE *to = open_memstream(&made, &size);

		assert_int_equal(json_write(to, json), 0);
		fclose(to);
		to = open_memstream(&written, &size);
		assert_int_equal(json_write_row(to, fields, 10, row, SHOW_DOC),
				 0);
		fclose(to);
		/* There is no negative zero to tell of. */
		if (reals[i] || !signbit(reals[i]))
			assert_string_equal(written, made);
		free(made);
		free(written);
		json_decref(json);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_text_is_kept),
		cmocka_unit_test(controls_become_visible),
		cmocka_unit_test(invalid_bytes_become_replacement_characters),
		cmocka_unit_test(ascii_terminals_get_ascii),
		cmocka_unit_test(no_input_gets_through),
		cmocka_unit_test(csv_quotes_what_it_must),
		cmocka_unit_test(widths_are_those_of_a_terminal),
		cmocka_unit_test(long_texts_end_in_an_ellipsis),
		cmocka_unit_test(distance_counts_edits),
		cmocka_unit_test(json_holds_no_control_and_no_invalid_byte),
		cmocka_unit_test(json_numbers_are_rounded_to_what_they_mean),
		cmocka_unit_test(json_objects_without_anything_known_are_null),
		cmocka_unit_test(rows_are_written_as_they_are_made),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
