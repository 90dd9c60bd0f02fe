// SPDX-License-Identifier: GPL-2.0
/* The screen of `top`, as lines; knows neither ncurses nor the database. */
#include <stdlib.h>
#include <string.h>

#include "header.h"
#include "lib/timerange.h"
#include "page.h"
#include "put.h"
#include "view.h"

#define ROWS_MIN     8
#define ROWS_MANY    40
#define COLUMNS_MIN  40
#define COLUMNS_MANY 120

const char *view_alarm(const struct view_state *state, char *buf, size_t size)
{
	char age[32];

	if (state->error[0]) {
		snprintf(buf, size, "CANNOT READ: %s", state->error);
		return buf;
	}
	duration_format(state->now_ns - state->newest[TICK_TS_NS].i, age,
			sizeof(age));
	switch (snapshot_fault(state->newest, &state->heartbeat,
			       state->now_ns)) {
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
	else if (snapshot_is_stale(s->tick, view->jump_ns))
		snprintf(view->note, sizeof(view->note),
			 "no sample at that time; this is from %s before it",
			 duration_format(apart, age, sizeof(age)));
}

static void put_alarm(const char *alarm, FILE *to)
{
	char *safe = text_terminal(alarm, strlen(alarm), TEXT_ASCII);

	put_style(STYLE_ALARM, to);
	fputs(safe ? safe : "out of memory", to);
	put_style(STYLE_PLAIN, to);
	free(safe);
}

/* What is being shown, unless it is all of the present. */
static bool put_part(const struct drawing *d)
{
	const struct view *view = d->view;
	const struct snapshot *s = &d->scene->snapshot;

	if (!view->live) {
		put_style(STYLE_YELLOW, d->to);
		fprintf(d->to, "PAUSED: %s",
			view->note[0]
				? view->note
				: "left and right step, End returns to now");
		put_style(STYLE_PLAIN, d->to);
	} else if (view->filter[0]) {
		fprintf(d->to, "%u of %u containers", s->shown,
			s->containers.count);
	}
	return !view->live || view->filter[0];
}

/* Below the machine: what is being shown, and alarms, which the past is not to
 * hide. Returns its lines. */
static unsigned int put_state(const struct drawing *d)
{
	char buf[160];
	const char *alarm = view_alarm(d->state, buf, sizeof(buf));
	bool part = put_part(d);

	if (part && alarm)
		putc('\n', d->to);
	if (alarm)
		put_alarm(alarm, d->to);
	putc('\n', d->to);
	return part && alarm ? 2 : 1;
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

static int put_page(const struct drawing *d, unsigned int rows)
{
	switch (d->view->page) {
	case PAGE_TABLE:
		return page_table(d, rows);
	case PAGE_STOPS:
		return page_stops(d, rows);
	case PAGE_COLUMNS:
		page_columns(d, rows);
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
		fprintf(to, "too small: %ux%u, needs %dx%d\n", columns, rows,
			COLUMNS_MIN, ROWS_MIN);
		return 0;
	}
	used = header_draw(scene, shows_cpus(view, rows), rows, columns,
			   charset, to);
	used += put_state(&d);
	view->heading_line = used;
	r = put_page(&d, rows - used - 1);
	put_footer(&d);
	return r;
}
