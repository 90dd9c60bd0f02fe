// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the fuzzing of results: any bytes as rows of one of the field tables, in
 * every format. libFuzzer's entry point.
 *
 * A byte for the table and the format, one for the terminal's width, and then
 * values: a byte for the type, an integer or real of 8 bytes, or a text with a
 * byte of length in front.
 */
#include <jansson.h>
#include <locale.h>
#include <math.h>

#include "cli/output.h"
#include "cli/words.h"
#include "fuzz.h"
#include "lib/json.h"

#define ROWS_MAX 8

struct table {
	const struct field *fields;
	unsigned int count;
	struct words_column words;
};

static const struct table tables[] = {
	{ event_fields, EVENT_COUNT, { EVENT_NOTE, words_event } },
	{ stop_fields, STOP_COUNT, { STOP_WHY, words_stop } },
	{ top_fields, TOP_COUNT, { 0 } },
	{ container_fields, CONTAINER_COUNT, { 0 } },
	{ action_fields, ACTION_COUNT, { 0 } },
	{ gap_fields, GAP_COUNT, { 0 } },
	{ job_fields, JOB_COUNT, { 0 } },
	{ tick_fields, TICK_COUNT, { 0 } },
};
#define TABLES (sizeof(tables) / sizeof(*tables))

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	setenv("TZ", "UTC", 1);
	REQUIRE(setlocale(LC_CTYPE, "C.UTF-8"));
	return 0;
}

static struct value take_value(struct input *in)
{
	struct input text;
	uint64_t n;
	double r;

	switch (input_number(in, 1) % 4) {
	case VALUE_INT:
		return value_int((int64_t)input_number(in, 8));
	case VALUE_REAL:
		n = input_number(in, 8);
		memcpy(&r, &n, sizeof(r));
		return value_real(r);
	case VALUE_TEXT:
		text = input_take(in, input_number(in, 1));
		return value_text((const char *)text.p, text.len);
	}
	return value_null();
}

/* Reads what was written, with jansson's parser. */
static json_t *read_back(FILE *to, char **text, size_t *len)
{
	json_t *json;

	REQUIRE(!fclose(to));
	REQUIRE(is_clean(*text, *len, ""));
	json = json_loadb(*text, *len, 0, NULL);
	REQUIRE(json);
	free(*text);
	return json;
}

/* The same from the row itself as by way of an object. */
static void check_json(const struct table *t, const struct value *row)
{
	json_t *object = json_row(t->fields, t->count, row, SHOW_DATA);
	json_t *direct, *by_object;
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	REQUIRE(to && !json_write_row(to, t->fields, t->count, row, SHOW_DATA));
	direct = read_back(to, &text, &len);
	to = open_memstream(&text, &len);
	REQUIRE(to && object && !json_write(to, object));
	by_object = read_back(to, &text, &len);
	REQUIRE(json_equal(direct, by_object));
	json_decref(direct);
	json_decref(by_object);
	json_decref(object);
}

static void print(struct output *out, struct input in, const struct table *t)
{
	struct value row[QUERY_COLUMNS_MAX];
	char words[WORDS_MAX];

	for (unsigned int n = 0; n < ROWS_MAX && (n == 0 || in.len); n++) {
		for (unsigned int i = 0; i < t->count; i++)
			row[i] = take_value(&in);
		if (t->words.say)
			row[t->words.at] = t->words.say(row, words);
		check_json(t, row);
		REQUIRE(!output_row(out, row));
	}
	REQUIRE(!output_end(out));
}

static void check_text(enum format format, const char *text, size_t len)
{
	json_t *json;

	REQUIRE(is_clean(text, len, "\n"));
	if (format != FORMAT_JSON)
		return;
	json = json_loadb(text, len, 0, NULL);
	REQUIRE(json);
	json_decref(json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	unsigned int what = (unsigned int)input_number(&in, 1);
	const struct table *t = &tables[what / 8 % TABLES];
	struct cli cli = {
		.opt.format = (int)(what % 4),
		.terminal.width = (unsigned int)input_number(&in, 1),
		.terminal.charset = what & 4 ? TEXT_ASCII : TEXT_UTF8,
	};
	struct output out;
	FILE *screen = stdout;
	char *text = NULL;
	size_t len;

	stdout = open_memstream(&text, &len);
	REQUIRE(stdout);
	REQUIRE(!output_begin(&out, &cli, t->fields, t->count, document_head(),
			      "rows"));
	print(&out, in, t);
	REQUIRE(!fclose(stdout));
	stdout = screen;
	check_text((enum format)cli.opt.format, text, len);
	free(text);
	return 0;
}
