// SPDX-License-Identifier: GPL-2.0
/* The stop record as a page of `top`; knows no key. */
#include <string.h>

#include "layout.h"
#include "page.h"
#include "put.h"
#include "words.h"

/* What matters most first: the columns on the right may have to go. */
static const unsigned int stop_columns[] = {
	STOP_LABEL,    STOP_STOPPED, STOP_REASON,   STOP_WHY,
	STOP_DURATION, STOP_RULE,    STOP_MEM_PEAK, STOP_CPU,
	STOP_COMMAND,  STOP_IMAGE,   STOP_ID,
};

/* A stop, the newest first, with its sentence, which is in buf, of WORDS_MAX
 * bytes. */
static void read_stop(const struct drawing *d, unsigned int i,
		      struct value row[STOP_COUNT], char *buf)
{
	const struct rowset *stops = &d->scene->stops;

	memcpy(row, rowset_row(stops, stops->count - 1 - i),
	       STOP_COUNT * sizeof(*row));
	row[STOP_WHY] = words_stop(row, buf);
}

static int fit_stops(const struct drawing *d, struct layout *layout)
{
	struct value row[STOP_COUNT];
	char buf[WORDS_MAX];
	unsigned int i;
	int r = 0;

	layout_choose(layout, stop_fields, stop_columns,
		      sizeof(stop_columns) / sizeof(*stop_columns), d->charset);
	layout_steady(layout);
	for (i = 0; !r && i < d->scene->stops.count; i++) {
		read_stop(d, i, row, buf);
		r = layout_fit(layout, row);
	}
	layout_limit_chosen(layout, d->columns);
	return r;
}

static int put_stop(const struct drawing *d, const struct layout *layout,
		    unsigned int i)
{
	bool marked = i == d->view->stops.cursor;
	struct value row[STOP_COUNT];
	char buf[WORDS_MAX];
	int r;

	read_stop(d, i, row, buf);
	if (marked)
		put_style(STYLE_MARKED, d->to);
	r = layout_row(layout, row, marked, d->to);
	put_style(STYLE_PLAIN, d->to);
	return r;
}

/* All of the one that the cursor is on, where the table has cut it. */
static void put_whole_stop(const struct drawing *d)
{
	unsigned int i = d->view->stops.cursor;
	struct value row[STOP_COUNT];
	char buf[WORDS_MAX];

	if (i >= d->scene->stops.count)
		return;
	read_stop(d, i, row, buf);
	put_style(STYLE_BOLD, d->to);
	put_text(&row[STOP_LABEL], UNIT_TEXT, d->columns / 3, d->charset,
		 d->to);
	put_style(STYLE_PLAIN, d->to);
	fputs(": ", d->to);
	put_text(&row[STOP_WHY], UNIT_TEXT, d->columns, d->charset, d->to);
}

int page_stops(const struct drawing *d, unsigned int rows)
{
	struct scroll *s = &d->view->stops;
	unsigned int i, count = d->scene->stops.count, page = rows - 2;
	struct layout layout;
	int r = fit_stops(d, &layout);

	page_scroll(s, count, page);
	layout_heading(&layout, STOP_STOPPED, d->to);
	putc('\n', d->to);
	for (i = s->first; !r && i < s->first + page; i++) {
		if (i < count)
			r = put_stop(d, &layout, i);
		else if (!i)
			fputs(d->scene->has_stops
				      ? "no stop is recorded up to this time"
				      : "the stops cannot be read",
			      d->to);
		putc('\n', d->to);
	}
	put_whole_stop(d);
	putc('\n', d->to);
	return r;
}
