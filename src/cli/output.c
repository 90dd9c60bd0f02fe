// SPDX-License-Identifier: GPL-2.0
/* Prints results in every format; knows no query. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "output.h"
#include "style.h"

/* Rows that a table's widths are taken from. */
#define OUTPUT_HELD_MAX 1000

static int output_state(const struct output *out)
{
	return ferror(out->to) ? -EIO : 0;
}

static void put_csv_heading(struct output *out)
{
	bool first = true;
	unsigned int i;
	const char *p;

	for (i = 0; i < out->count; i++) {
		if (!(out->fields[i].show & SHOW_STREAM))
			continue;
		if (!first)
			putc(',', out->to);
		first = false;
		for (p = out->fields[i].key; *p; p++)
			putc(*p == '.' ? '_' : *p, out->to);
	}
	putc('\n', out->to);
}

static void begin_table(struct output *out)
{
	unsigned int i;

	for (i = 0; i < out->count; i++) {
		if (!(out->fields[i].show & SHOW_TABLE))
			continue;
		out->at[out->columns] = (unsigned char)i;
		out->shown[out->columns++] = out->fields[i];
	}
	out->held.columns = out->columns;
	layout_init(&out->layout, out->shown, out->columns,
		    out->terminal.charset);
}

int output_begin(struct output *out, const struct cli *cli,
		 const struct field *fields, unsigned int count, json_t *head,
		 const char *key)
{
	*out = (struct output){
		.to = stdout,
		.format = (enum format)cli->opt.format,
		.terminal = cli->terminal,
		.fields = fields,
		.count = count,
	};
	switch (out->format) {
	case FORMAT_JSON:
		return document_begin(&out->document, out->to, fields, count,
				      head, key);
	case FORMAT_CSV:
		put_csv_heading(out);
		break;
	case FORMAT_TABLE:
		begin_table(out);
		break;
	case FORMAT_JSONL:
		break;
	}
	json_decref(head);
	return output_state(out);
}

/* Begins a line in memory: always the same, to make one takes as long as to
 * fill it. */
static int begin_line(struct output *out)
{
	if (!out->line)
		out->line = open_memstream(&out->text, &out->size);
	if (!out->line)
		return -ENOMEM;
	rewind(out->line);
	return 0;
}

/* A line with styles in it, made by layout_*(). */
static int put_line(struct output *out, const struct value *row)
{
	int r = begin_line(out);

	if (r)
		return r;
	if (row)
		r = layout_row(&out->layout, row, false, out->line);
	else
		layout_heading(&out->layout, -1, out->line);
	putc(0, out->line); /* a longer one may have been there before */
	if (fflush(out->line))
		r = -ENOMEM;
	if (!r) {
		style_print(out->to, out->text, out->terminal.color);
		putc('\n', out->to);
	}
	return r;
}

static void free_line(struct output *out)
{
	if (out->line)
		fclose(out->line);
	free(out->text);
}

/* Fixes the widths by the rows held, and prints these. */
static int output_lay_out(struct output *out)
{
	unsigned int i;
	int r = 0;

	if (out->laid_out)
		return 0;
	out->laid_out = true;
	for (i = 0; !r && i < out->held.count; i++)
		r = layout_fit(&out->layout, rowset_row(&out->held, i));
	layout_limit(&out->layout, out->terminal.width);
	if (!r)
		r = put_line(out, NULL);
	for (i = 0; !r && i < out->held.count; i++)
		r = put_line(out, rowset_row(&out->held, i));
	rowset_free(&out->held);
	return r;
}

static int put_table_row(struct output *out, const struct value *row)
{
	struct value shown[QUERY_COLUMNS_MAX];
	unsigned int i;
	int r;

	for (i = 0; i < out->columns; i++)
		shown[i] = row[out->at[i]];
	if (out->laid_out)
		return put_line(out, shown);
	r = rowset_add(&out->held, shown);
	if (!r && out->held.count == OUTPUT_HELD_MAX)
		r = output_lay_out(out);
	return r;
}

static int put_json_line(struct output *out, const struct value *row)
{
	int r = json_write_row(out->to, out->fields, out->count, row,
			       SHOW_STREAM);

	putc('\n', out->to);
	return r;
}

/* A number as JSON writes it; nothing for what is unknown. */
static int put_csv_number(FILE *to, const struct value *v, enum unit unit)
{
	if (v->type == VALUE_NULL || (v->type == VALUE_REAL && !isfinite(v->r)))
		return 0;
	return json_write_value(to, v, unit);
}

static int put_csv_row(FILE *to, const struct field *fields, unsigned int count,
		       const struct value *row)
{
	bool first = true;
	unsigned int i;
	char *text;
	int r = 0;

	for (i = 0; !r && i < count; i++) {
		if (!(fields[i].show & SHOW_STREAM))
			continue;
		if (!first)
			putc(',', to);
		first = false;
		if (row[i].type != VALUE_TEXT) {
			r = put_csv_number(to, &row[i], fields[i].unit);
			continue;
		}
		text = text_csv(row[i].s.p, row[i].s.len);
		r = text ? 0 : -ENOMEM;
		fputs(text ? text : "", to);
		free(text);
	}
	putc('\n', to);
	return r;
}

int output_row(struct output *out, const struct value *row)
{
	int r = 0;

	switch (out->format) {
	case FORMAT_TABLE:
		r = put_table_row(out, row);
		break;
	case FORMAT_JSON:
		r = document_row(&out->document, row);
		break;
	case FORMAT_JSONL:
		r = put_json_line(out, row);
		break;
	case FORMAT_CSV:
		r = put_csv_row(out->to, out->fields, out->count, row);
		break;
	}
	out->rows++;
	return r ? r : output_state(out);
}

int output_flush(struct output *out)
{
	int r = 0;

	if (out->format == FORMAT_TABLE && out->rows)
		r = output_lay_out(out);
	if (fflush(out->to))
		return -EIO;
	return r;
}

int output_end(struct output *out)
{
	int r = 0;

	switch (out->format) {
	case FORMAT_TABLE:
		if (out->rows)
			r = output_lay_out(out);
		break;
	case FORMAT_JSON:
		r = document_end(&out->document, NULL);
		break;
	case FORMAT_JSONL:
	case FORMAT_CSV:
		break;
	}
	rowset_free(&out->held);
	free_line(out);
	if (fflush(out->to))
		return -EIO;
	return r ? r : output_state(out);
}

int output_rows(struct output *out, struct cursor *c,
		const struct words_column *words)
{
	struct value row[QUERY_COLUMNS_MAX];
	char buf[WORDS_MAX];
	int r;

	while ((r = cursor_next(c, row)) > 0) {
		if (words)
			row[words->at] = words->say(row, buf);
		r = output_row(out, row);
		if (r)
			break;
	}
	cursor_close(c);
	return r;
}

int output_all(const struct cli *cli, const struct field *fields,
	       unsigned int count, json_t *head, const char *key,
	       struct cursor *c, const struct words_column *words,
	       unsigned int *rows)
{
	struct output out;
	int r, end;

	r = output_begin(&out, cli, fields, count, head, key);
	if (r)
		cursor_close(c);
	else
		r = output_rows(&out, c, words);
	end = output_end(&out);
	*rows = out.rows;
	return r ? r : end;
}
