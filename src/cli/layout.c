// SPDX-License-Identifier: GPL-2.0
/* A table's columns and lines; knows neither files nor queries. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cell.h"
#include "layout.h"

static void layout_begin(struct layout *l, const struct field *fields,
			 enum text_charset charset)
{
	l->fields = fields;
	l->charset = charset;
	l->gap = 2;
	l->text_min = 12;
	l->count = 0;
}

static void layout_add(struct layout *l, unsigned int field)
{
	l->column[l->count++] = (struct column){
		.field = field,
		.width = text_width(l->fields[field].title),
		.right = cell_is_right(l->fields[field].unit),
	};
}

void layout_init(struct layout *l, const struct field *fields,
		 unsigned int count, enum text_charset charset)
{
	unsigned int i;

	layout_begin(l, fields, charset);
	for (i = 0; i < count; i++)
		if (fields[i].show & SHOW_TABLE)
			layout_add(l, i);
}

void layout_choose(struct layout *l, const struct field *fields,
		   const unsigned int *chosen, unsigned int count,
		   enum text_charset charset)
{
	unsigned int i;

	layout_begin(l, fields, charset);
	for (i = 0; i < count; i++)
		layout_add(l, chosen[i]);
}

static char *layout_cell(const struct layout *l, const struct column *c,
			 const struct value *row)
{
	return cell_text(&row[c->field], l->fields[c->field].unit, l->charset);
}

int layout_fit(struct layout *l, const struct value *row)
{
	unsigned int i, width;
	char *text;

	for (i = 0; i < l->count; i++) {
		text = layout_cell(l, &l->column[i], row);
		if (!text)
			return -ENOMEM;
		width = text_width(text);
		if (width > l->column[i].width)
			l->column[i].width = width;
		free(text);
	}
	return 0;
}

static unsigned int layout_usual_width(enum unit unit)
{
	switch (unit) {
	case UNIT_BYTES:
	case UNIT_BPS:
		return strlen("1023 MiB");
	case UNIT_PCT:
	case UNIT_IOPS:
	case UNIT_LOAD:
		return strlen("1600.0");
	case UNIT_COUNT:
	case UNIT_CODE:
		return strlen("99999");
	case UNIT_SECONDS:
		return strlen("59m 59s");
	case UNIT_TEXT:
	case UNIT_ARGV:
	case UNIT_ID:
	case UNIT_BOOL:
	case UNIT_TIME:
		break;
	}
	return 0;
}

void layout_steady(struct layout *l)
{
	unsigned int i, usual;

	l->gap = 1;
	l->text_min = 20;
	for (i = 0; i < l->count; i++) {
		struct column *c = &l->column[i];

		usual = layout_usual_width(l->fields[c->field].unit);
		if (usual > c->width)
			c->width = usual;
	}
}

unsigned int layout_width(const struct layout *l)
{
	unsigned int i, width = 0;

	for (i = 0; i < l->count; i++)
		width += l->column[i].width + (i ? l->gap : 0);
	return width;
}

/* The widest text that may still be cut, or NULL. */
static struct column *layout_widest_text(struct layout *l)
{
	struct column *widest = NULL;
	unsigned int i;

	for (i = 0; i < l->count; i++) {
		struct column *c = &l->column[i];

		if (l->fields[c->field].unit == UNIT_TEXT &&
		    c->width > l->text_min &&
		    (!widest || c->width > widest->width))
			widest = c;
	}
	return widest;
}

/* The least important column that may leave, or NULL. */
static struct column *layout_droppable(struct layout *l)
{
	struct column *found = NULL;
	unsigned int i, drop, most = 0;

	for (i = 0; i < l->count; i++) {
		drop = l->fields[l->column[i].field].drop;
		if (drop && drop >= most) {
			most = drop;
			found = &l->column[i];
		}
	}
	return found;
}

void layout_limit(struct layout *l, unsigned int width)
{
	struct column *c;

	if (!width)
		return;
	while (layout_width(l) > width) {
		c = layout_widest_text(l);
		if (c) {
			c->width--;
			continue;
		}
		c = layout_droppable(l);
		if (!c)
			return;
		memmove(c, c + 1,
			(size_t)(l->column + --l->count - c) * sizeof(*c));
	}
}

void layout_limit_chosen(struct layout *l, unsigned int width)
{
	unsigned int wanted[QUERY_COLUMNS_MAX], i, room;

	for (i = 0; i < l->count; i++) {
		struct column *c = &l->column[i];

		wanted[i] = c->width;
		if (l->fields[c->field].unit == UNIT_TEXT &&
		    c->width > l->text_min)
			c->width = l->text_min;
	}
	while (l->count > 1 && layout_width(l) > width)
		l->count--;
	if (layout_width(l) >= width)
		return;
	room = width - layout_width(l);
	for (i = 0; i < l->count; i++) {
		unsigned int more = wanted[i] - l->column[i].width;

		if (more > room)
			more = room;
		l->column[i].width += more;
		room -= more;
	}
}

static void layout_pad(unsigned int n, FILE *to)
{
	while (n-- > 0)
		putc(' ', to);
}

/* Blanks between columns; none behind the last one. */
static void layout_put(const struct layout *l, unsigned int i, const char *text,
		       unsigned int width, FILE *to)
{
	const struct column *c = &l->column[i];
	unsigned int rest = c->width > width ? c->width - width : 0;

	if (c->right)
		layout_pad(rest, to);
	fputs(text, to);
	if (!c->right && i + 1 < l->count)
		layout_pad(rest, to);
}

void layout_heading(const struct layout *l, int sorted, FILE *to)
{
	unsigned int i;

	putc(STYLE_HEADING, to);
	for (i = 0; i < l->count; i++) {
		const char *title = l->fields[l->column[i].field].title;
		bool marked = (int)l->column[i].field == sorted;

		if (i)
			layout_pad(l->gap, to);
		if (marked)
			putc(STYLE_SORTED, to);
		layout_put(l, i, title, text_width(title), to);
		if (marked)
			putc(STYLE_HEADING, to);
	}
	putc(STYLE_PLAIN, to);
}

int layout_row(const struct layout *l, const struct value *row, bool plain,
	       FILE *to)
{
	unsigned int i, width;
	enum style style;
	char *text;

	for (i = 0; i < l->count; i++) {
		const struct column *c = &l->column[i];

		text = layout_cell(l, c, row);
		if (!text)
			return -ENOMEM;
		width = text_elide(text, c->width, l->charset);
		style = cell_style(&l->fields[c->field], &row[c->field]);
		if (i)
			layout_pad(l->gap, to);
		if (!plain && style != STYLE_PLAIN)
			putc((int)style, to);
		layout_put(l, i, text, width, to);
		if (!plain && style != STYLE_PLAIN)
			putc(STYLE_PLAIN, to);
		free(text);
	}
	return 0;
}
