// SPDX-License-Identifier: GPL-2.0
/* The containers as a table, and one of them closely; knows no key. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "detail.h"
#include "layout.h"
#include "lines.h"
#include "page.h"
#include "put.h"

#define TABLE_LEAST 10 /* rows of the table beside a container's pane */

void page_scroll(struct scroll *s, unsigned int count, unsigned int page)
{
	s->page = page;
	if (s->cursor >= count)
		s->cursor = count ? count - 1 : 0;
	if (s->first + page > count)
		s->first = count > page ? count - page : 0;
	if (s->cursor < s->first)
		s->first = s->cursor;
	if (page && s->cursor >= s->first + page)
		s->first = s->cursor - page + 1;
}

/* A row of the table in a tree: its label says where it hangs. */
struct shown {
	struct value row[QUERY_COLUMNS_MAX];
	char label[256];
};

/* "├─" or, for the last one in its parent, "└─". */
static const char *branch(const struct drawing *d, unsigned int i)
{
	const unsigned int *depth = d->scene->depth;
	unsigned int next = i + 1;

	while (next < d->scene->snapshot.shown && depth[next] > depth[i])
		next++;
	if (next < d->scene->snapshot.shown && depth[next] == depth[i])
		return d->charset == TEXT_ASCII ? "|-" : "├─";
	return d->charset == TEXT_ASCII ? "`-" : "└─";
}

static const struct value *show_row(const struct drawing *d, unsigned int i,
				    struct shown *shown)
{
	const struct snapshot *s = &d->scene->snapshot;
	const struct value *row = rowset_row(&s->containers, s->order[i]);
	const struct value *label = &row[TOP_LABEL];
	unsigned int depth = d->scene->depth ? d->scene->depth[i] : 0;
	int len;

	if (!depth || label->type != VALUE_TEXT)
		return row;
	memcpy(shown->row, row, TOP_COUNT * sizeof(*row));
	if (depth > 20)
		depth = 20;
	len = snprintf(shown->label, sizeof(shown->label), "%*s%s%.*s",
		       (int)(depth - 1) * 2, "", branch(d, i),
		       label->s.len < 128 ? (int)label->s.len : 128,
		       label->s.p);
	shown->row[TOP_LABEL] = value_text(shown->label, (size_t)len);
	return shown->row;
}

/* Where its heading stands, for clicks. */
static void note_heading(struct view *view, const struct layout *l)
{
	unsigned int i, end = 0;

	view->heading_count = l->count;
	for (i = 0; i < l->count; i++) {
		end += l->column[i].width + (i ? l->gap : 0);
		view->heading_field[i] = l->column[i].field;
		view->heading_end[i] = end;
	}
}

/* Names that come and go must not move the figures. */
static void steady_names(struct layout *l)
{
	unsigned int i;

	for (i = 0; i < l->count; i++)
		if (l->column[i].field == TOP_LABEL &&
		    l->column[i].width < l->text_min)
			l->column[i].width = l->text_min;
}

static int lay_out_table(const struct drawing *d, struct layout *layout)
{
	const struct columns *columns = &d->view->columns;
	struct shown shown;
	unsigned int i;
	int r = 0;

	layout_choose(layout, top_fields, columns->field, columns->count,
		      d->charset);
	layout_steady(layout);
	steady_names(layout);
	for (i = 0; !r && i < d->scene->snapshot.shown; i++)
		r = layout_fit(layout, show_row(d, i, &shown));
	layout_limit_chosen(layout, d->columns);
	note_heading(d->view, layout);
	return r;
}

static int put_rows(const struct drawing *d, const struct layout *layout,
		    unsigned int rows)
{
	const struct scroll *list = &d->view->list;
	struct shown shown;
	unsigned int i;
	int r = 0;

	for (i = list->first; !r && i < list->first + rows; i++) {
		bool marked = i == list->cursor;

		if (i < d->scene->snapshot.shown) {
			if (marked)
				put_style(STYLE_MARKED, d->to);
			r = layout_row(layout, show_row(d, i, &shown), marked,
				       d->to);
			put_style(STYLE_PLAIN, d->to);
		}
		putc('\n', d->to);
	}
	return r;
}

static int put_table(const struct drawing *d, unsigned int rows)
{
	struct layout layout;
	int r = lay_out_table(d, &layout);

	page_scroll(&d->view->list, d->scene->snapshot.shown, rows - 1);
	if (r)
		return r;
	layout_heading(&layout, (int)d->view->sort, d->to);
	putc('\n', d->to);
	return put_rows(d, &layout, rows - 1);
}

static int put_detail(const struct drawing *d, const char *text,
		      unsigned int rows)
{
	unsigned int lines = lines_count(text), *first = &d->view->focus_first;

	if (lines <= rows)
		*first = 0;
	else if (*first > lines - rows)
		*first = lines - rows;
	lines_put(text, *first, rows, d->to);
	return 0;
}

/* The container closely: below the table where there is room for both. */
static int put_focus(const struct drawing *d, unsigned int rows)
{
	unsigned int lines, table = 0;
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);
	int r;

	if (!to)
		return -ENOMEM;
	r = detail_put(d->scene, d->view->focus_label, d->columns, d->charset,
		       to);
	if (fclose(to) || r) {
		free(text);
		return -ENOMEM;
	}
	lines = lines_count(text) + 1;
	if (rows > TABLE_LEAST + lines * 2 / 3)
		table = rows > lines + TABLE_LEAST ? rows - lines : TABLE_LEAST;
	/* Events may be many; no more than the list has. */
	if (table > d->scene->snapshot.shown + 1)
		table = d->scene->snapshot.shown + 1;
	if (table) {
		r = put_table(d, table);
		putc('\n', d->to);
		rows -= table + 1;
	} else {
		d->view->list.page = 0;
	}
	if (!r)
		r = put_detail(d, text, rows);
	free(text);
	return r;
}

int page_table(const struct drawing *d, unsigned int rows)
{
	return d->view->focus ? put_focus(d, rows) : put_table(d, rows);
}
