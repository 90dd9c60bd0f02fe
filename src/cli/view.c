// SPDX-License-Identifier: GPL-2.0
/* The screen of `top`, as lines; knows neither ncurses nor the database. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cell.h"
#include "detail.h"
#include "header.h"
#include "layout.h"
#include "lib/timerange.h"
#include "lines.h"
#include "put.h"
#include "view.h"
#include "words.h"

#define ROWS_MIN     8
#define ROWS_MANY    40
#define COLUMNS_MIN  40
#define COLUMNS_MANY 120

#define TABLE_LEAST 10 /* rows of the table beside a container's pane */

/* What one drawing goes by. */
struct drawing {
	struct view *view;
	const struct scene *scene;
	const struct view_state *state;
	unsigned int columns;
	enum text_charset charset;
	FILE *to;
};

const char *view_alarm(const struct snapshot *s, const struct view_state *state,
		       char *buf, size_t size)
{
	char age[32];

	if (state->error) {
		snprintf(buf, size, "CANNOT READ: %s", state->error);
		return buf;
	}
	duration_format(state->now_ns - snapshot_ts_ns(s), age, sizeof(age));
	switch (snapshot_fault(s, &state->heartbeat, state->now_ns)) {
	case SNAPSHOT_CURRENT:
		return NULL;
	case SNAPSHOT_RELOADED:
		snprintf(buf, size,
			 "STALE by %s: from before the module was reloaded",
			 age);
		break;
	case SNAPSHOT_NO_DAEMON:
		snprintf(buf, size,
			 "STALE by %s: the daemon is not running: "
			 "systemctl start sysmon-collectord",
			 age);
		break;
	case SNAPSHOT_NO_SAMPLES:
		snprintf(buf, size,
			 "STALE by %s: no samples come: see sysmonctl status",
			 age);
		break;
	}
	return buf;
}

void view_note_jump(struct view *view, const struct snapshot *s)
{
	int64_t apart = view->jump_ns - snapshot_ts_ns(s);
	char age[32];

	if (apart < 0)
		snprintf(view->note, sizeof(view->note),
			 "nothing is recorded before this");
	else if (snapshot_is_stale(s, view->jump_ns))
		snprintf(view->note, sizeof(view->note),
			 "no sample at that time; this is from %s before it",
			 duration_format(apart, age, sizeof(age)));
}

/* The line below the machine: alarms, or what is being shown. */
static void put_state(const struct drawing *d)
{
	const struct view *view = d->view;
	const struct snapshot *s = &d->scene->snapshot;
	char buf[160], *safe;

	if (!view->live) {
		put_style(STYLE_YELLOW, d->to);
		fprintf(d->to, "PAUSED: %s",
			view->note[0]
				? view->note
				: "left and right step, End returns to now");
	} else if (view_alarm(s, d->state, buf, sizeof(buf))) {
		put_style(STYLE_ALARM, d->to);
		safe = text_terminal(buf, strlen(buf), TEXT_ASCII);
		fputs(safe ? safe : "out of memory", d->to);
		free(safe);
	} else if (view->filter[0]) {
		fprintf(d->to, "%u of %u containers", s->shown,
			s->containers.count);
	}
	put_style(STYLE_PLAIN, d->to);
	putc('\n', d->to);
}

static void put_typed(const char *word, const char *typed, const char *wrong,
		      const struct drawing *d)
{
	char *safe = text_terminal(typed, strlen(typed), d->charset);

	fprintf(d->to, "%s%s_", word, safe ? safe : "");
	free(safe);
	if (!wrong)
		return;
	put_style(STYLE_RED, d->to);
	fprintf(d->to, "  %s", wrong);
	put_style(STYLE_PLAIN, d->to);
}

static void put_hints(const struct drawing *d)
{
	static const char *const hints[] = {
		[PAGE_TABLE] = "q quit  ? help  Enter detail  / filter  < > "
			       "sort  t tree  S stops  b time",
		[PAGE_STOPS] = "q quit  Esc back  up down PgUp PgDn  left "
			       "right time  b jump",
		[PAGE_COLUMNS] = "Enter done  space choose  < > move  d "
				 "default",
		[PAGE_HELP] = "q quit  any key goes back",
	};

	static const char closely[] = "q quit  Esc back  up down another  PgUp "
				      "PgDn more  left right time  b jump";
	static const char more[] = "  C columns  i invert  space pause  left "
				   "right step";
	bool focus = d->view->page == PAGE_TABLE && d->view->focus;

	put_style(STYLE_DIM, d->to);
	fputs(focus ? closely : hints[d->view->page], d->to);
	if (d->view->page == PAGE_TABLE && !focus && d->columns >= COLUMNS_MANY)
		fputs(more, d->to);
	put_style(STYLE_PLAIN, d->to);
}

static void put_footer(const struct drawing *d)
{
	const struct view *view = d->view;
	char *filter;

	switch (view->prompt) {
	case PROMPT_FILTER:
		put_typed("Filter: ", view->filter, NULL, d);
		return;
	case PROMPT_TIME:
		put_typed("Time (08:30, -5m, yesterday, now): ", view->time,
			  view->wrong, d);
		return;
	case PROMPT_NONE:
		break;
	}
	/* First, as what is behind it may be cut. */
	if (view->filter[0] && view->page == PAGE_TABLE) {
		filter = text_terminal(view->filter, strlen(view->filter),
				       d->charset);
		fprintf(d->to, "[%s]  ", filter ? filter : "");
		free(filter);
	}
	put_hints(d);
}

static const char *const help[] = {
	"  q            quit",
	"  c m n p      sort by CPU, memory, name, pids",
	"  r w l s a    sort by reads, writes, limit, swap, age",
	"  < >          sort by the column to the left or right",
	"  i            invert the order",
	"  t            containers in containers as a tree",
	"  C            choose the columns",
	"  / Esc        filter by name, image, command, id; clear the filter",
	"  up down PgUp PgDn Home, j k g G    move in the list",
	"  Enter        look closely at one container, and back",
	"  S            the stop record",
	"  1            single CPUs, or not",
	"  space        pause and go on",
	"  left right   step through recorded time; [ ] a minute, { } an hour",
	"  b            jump to a time; End returns to now",
	"",
	"  CPU is in percent of one CPU; a dash is what is not known.",
};

static void put_help(const struct drawing *d, unsigned int rows)
{
	unsigned int i, n = sizeof(help) / sizeof(*help);

	for (i = 0; i < rows; i++)
		fprintf(d->to, "%s\n", i < n ? help[i] : "");
}

/* Keeps the cursor on a row, and its row on the screen. */
static void keep_in_view(struct scroll *s, unsigned int count,
			 unsigned int page)
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

/* A row of the table as it is shown: in a tree with a label that says where it
 * hangs, in buf. */
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

	keep_in_view(&d->view->list, d->scene->snapshot.shown, rows - 1);
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

/* What matters most first: the columns on the right may have to go. */
static const unsigned int stop_columns[] = {
	STOP_LABEL,    STOP_STOPPED, STOP_REASON,   STOP_WHY,
	STOP_DURATION, STOP_RULE,    STOP_MEM_PEAK, STOP_CPU,
	STOP_COMMAND,  STOP_IMAGE,   STOP_ID,
};

static int fit_stops(const struct drawing *d, struct layout *layout)
{
	const struct rowset *stops = &d->scene->stops;
	char buf[WORDS_MAX];
	unsigned int i;
	int r = 0;

	layout_choose(layout, stop_fields, stop_columns,
		      sizeof(stop_columns) / sizeof(*stop_columns), d->charset);
	layout_steady(layout);
	for (i = 0; !r && i < stops->count; i++) {
		struct value *row = rowset_row(stops, i);

		row[STOP_WHY] = words_stop(row, buf);
		r = layout_fit(layout, row);
		row[STOP_WHY] = value_null();
	}
	layout_limit_chosen(layout, d->columns);
	return r;
}

static int put_stop(const struct drawing *d, const struct layout *layout,
		    unsigned int i)
{
	struct value *row = rowset_row(&d->scene->stops, i);
	bool marked = i == d->view->stops.cursor;
	char buf[WORDS_MAX];
	int r;

	row[STOP_WHY] = words_stop(row, buf);
	if (marked)
		put_style(STYLE_MARKED, d->to);
	r = layout_row(layout, row, marked, d->to);
	put_style(STYLE_PLAIN, d->to);
	row[STOP_WHY] = value_null();
	return r;
}

/* All of the one that the cursor is on, where the table has cut it. */
static void put_whole_stop(const struct drawing *d)
{
	const struct scroll *s = &d->view->stops;
	const struct value *row;
	struct value why;
	char buf[WORDS_MAX];

	if (s->cursor >= d->scene->stops.count)
		return;
	row = rowset_row(&d->scene->stops, s->cursor);
	why = words_stop(row, buf);
	put_style(STYLE_BOLD, d->to);
	put_text(&row[STOP_LABEL], UNIT_TEXT, d->columns / 3, d->charset,
		 d->to);
	put_style(STYLE_PLAIN, d->to);
	fputs(": ", d->to);
	put_text(&why, UNIT_TEXT, d->columns, d->charset, d->to);
}

static int put_stops(const struct drawing *d, unsigned int rows)
{
	struct scroll *s = &d->view->stops;
	unsigned int i, count = d->scene->stops.count, page = rows - 2;
	struct layout layout;
	int r = fit_stops(d, &layout);

	keep_in_view(s, count, page);
	layout_heading(&layout, STOP_STOPPED, d->to);
	putc('\n', d->to);
	for (i = s->first; !r && i < s->first + page; i++) {
		if (i < count)
			r = put_stop(d, &layout, i);
		else if (!i)
			fputs("no stop is recorded up to this time", d->to);
		putc('\n', d->to);
	}
	put_whole_stop(d);
	putc('\n', d->to);
	return r;
}

static void put_column(const struct drawing *d, unsigned int field, bool chosen,
		       bool marked)
{
	if (marked)
		put_style(STYLE_MARKED, d->to);
	fprintf(d->to, "[%c] %-14s %s", chosen ? 'x' : ' ',
		top_fields[field].title, snapshot_sort_word(field));
	put_style(STYLE_PLAIN, d->to);
	putc('\n', d->to);
}

/* The option that would choose them, to be copied. Returns its lines. */
static unsigned int put_option(const struct drawing *d, unsigned int most)
{
	char list[1024], option[1040];
	unsigned int lines = 0;
	const char *p;

	snprintf(option, sizeof(option), "--columns %s",
		 columns_list(&d->view->columns, list, sizeof(list)));
	put_style(STYLE_BOLD, d->to);
	for (p = option; *p && lines < most; lines++) {
		int len = (int)strnlen(p, d->columns);

		fprintf(d->to, "%.*s\n", len, p);
		p += len;
	}
	put_style(STYLE_PLAIN, d->to);
	return lines;
}

static void put_columns(const struct drawing *d, unsigned int rows)
{
	struct scroll *s = &d->view->chooser;
	struct columns all;
	unsigned int i;

	columns_all(&d->view->columns, &all);
	rows -= put_option(d, rows - 1);
	keep_in_view(s, all.count, rows);
	for (i = s->first; i < s->first + rows; i++) {
		if (i < all.count)
			put_column(d, all.field[i], i < d->view->columns.count,
				   i == s->cursor);
		else
			putc('\n', d->to);
	}
}

static int put_page(const struct drawing *d, unsigned int rows)
{
	switch (d->view->page) {
	case PAGE_TABLE:
		return d->view->focus ? put_focus(d, rows) : put_table(d, rows);
	case PAGE_STOPS:
		return put_stops(d, rows);
	case PAGE_COLUMNS:
		put_columns(d, rows);
		break;
	case PAGE_HELP:
		put_help(d, rows);
		break;
	}
	return 0;
}

/* On a low screen what people have turned to needs the room. */
static bool shows_cpus(const struct view *view, unsigned int rows)
{
	bool plain = view->page == PAGE_TABLE && !view->focus;

	return !view->hide_cpus && (plain || rows >= ROWS_MANY);
}

int view_draw(struct view *view, const struct scene *scene,
	      const struct view_state *state, unsigned int rows,
	      unsigned int columns, enum text_charset charset, FILE *to)
{
	const struct drawing d = {
		.view = view,
		.scene = scene,
		.state = state,
		.columns = columns,
		.charset = charset,
		.to = to,
	};
	unsigned int used;
	int r;

	if (rows < ROWS_MIN || columns < COLUMNS_MIN) {
		fprintf(to, "too small: %ux%u, needs %ux%u\n", columns, rows,
			COLUMNS_MIN, ROWS_MIN);
		return 0;
	}
	used = header_draw(scene, shows_cpus(view, rows), rows, columns,
			   charset, to);
	put_state(&d);
	view->heading_line = used + 1;
	r = put_page(&d, rows - used - 2);
	put_footer(&d);
	return r;
}
