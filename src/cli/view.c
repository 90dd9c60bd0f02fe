// SPDX-License-Identifier: GPL-2.0
/* The screen of `top`, as lines; knows neither ncurses nor the database. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cell.h"
#include "layout.h"
#include "lib/timerange.h"
#include "view.h"

#define BAR_WIDTH 16

static void put_style(enum style style, FILE *to)
{
	putc((int)style, to);
}

/* [||||||      ], in the colour of how full it is. */
static void put_bar(double share, FILE *to)
{
	int i, full = (int)(share * BAR_WIDTH + 0.5);

	fputs("[", to);
	put_style(share > 0.9	? STYLE_RED
		  : share > 0.7 ? STYLE_YELLOW
				: STYLE_GREEN,
		  to);
	for (i = 0; i < BAR_WIDTH; i++)
		putc(i < full ? '|' : ' ', to);
	put_style(STYLE_PLAIN, to);
	fputs("]", to);
}

/* Of a number that may be unknown: " word 12.3". */
static void put_number(const char *word, const struct value *v, enum unit unit,
		       FILE *to)
{
	char *text = cell_text(v, unit, TEXT_ASCII);

	fprintf(to, "%s%s", word, text ? text : "-");
	free(text);
}

static void put_title(const struct snapshot *s, FILE *to)
{
	char time[32], interval[32];
	double seconds = value_number(&s->tick[TICK_INTERVAL], 0);

	put_style(STYLE_BOLD, to);
	fputs("sysmon", to);
	put_style(STYLE_PLAIN, to);
	fprintf(to, "  %s  every %s  %u container%s",
		time_format(snapshot_ts_ns(s), time, sizeof(time)),
		duration_format((int64_t)(seconds * NSEC_PER_SEC), interval,
				sizeof(interval)),
		s->containers.count, s->containers.count == 1 ? "" : "s");
	put_number("  load ", &s->tick[TICK_LOAD1], UNIT_LOAD, to);
	put_number(" ", &s->tick[TICK_LOAD5], UNIT_LOAD, to);
	put_number(" ", &s->tick[TICK_LOAD15], UNIT_LOAD, to);
	putc('\n', to);
}

static void put_cpu(const struct snapshot *s, FILE *to)
{
	const struct value *t = s->tick;
	double all = value_number(&t[TICK_CPUS], 0) * 100;

	fputs("CPU ", to);
	put_bar(all > 0 ? value_number(&t[TICK_CPU], 0) / all : 0, to);
	put_number(" ", &t[TICK_CPU], UNIT_PCT, to);
	if (all > 0)
		fprintf(to, "/%.0f%%", all);
	put_number("  user ", &t[TICK_CPU_USER], UNIT_PCT, to);
	put_number("  sys ", &t[TICK_CPU_SYSTEM], UNIT_PCT, to);
	put_number("  iowait ", &t[TICK_CPU_IOWAIT], UNIT_PCT, to);
	put_number("  steal ", &t[TICK_CPU_STEAL], UNIT_PCT, to);
	putc('\n', to);
}

static void put_memory(const struct snapshot *s, FILE *to)
{
	const struct value *t = s->tick;
	double total = value_number(&t[TICK_MEM_TOTAL], 0);

	fputs("Mem ", to);
	put_bar(total > 0 ? value_number(&t[TICK_MEM_USED], 0) / total : 0, to);
	put_number(" ", &t[TICK_MEM_USED], UNIT_BYTES, to);
	put_number(" of ", &t[TICK_MEM_TOTAL], UNIT_BYTES, to);
	put_number("  swap ", &t[TICK_SWAP_USED], UNIT_BYTES, to);
	put_number(" of ", &t[TICK_SWAP_TOTAL], UNIT_BYTES, to);
	putc('\n', to);
}

void view_header(const struct snapshot *s, FILE *to)
{
	put_title(s, to);
	put_cpu(s, to);
	put_memory(s, to);
}

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

/* The line below the machine: alarms, or what is being shown. */
static void put_state(const struct view *view, const struct snapshot *s,
		      const struct view_state *state, FILE *to)
{
	char buf[160], *safe;

	if (!view->live) {
		put_style(STYLE_YELLOW, to);
		fputs("PAUSED: left and right step, End returns to now", to);
	} else if (view_alarm(s, state, buf, sizeof(buf))) {
		put_style(STYLE_ALARM, to);
		safe = text_terminal(buf, strlen(buf), TEXT_ASCII);
		fputs(safe ? safe : "out of memory", to);
		free(safe);
	} else if (view->filter[0]) {
		fprintf(to, "%u of %u containers", s->shown,
			s->containers.count);
	}
	put_style(STYLE_PLAIN, to);
	putc('\n', to);
}

static void put_footer(const struct view *view, enum text_charset charset,
		       FILE *to)
{
	char *filter =
		text_terminal(view->filter, strlen(view->filter), charset);

	if (view->typing) {
		fprintf(to, "Filter: %s_", filter ? filter : "");
	} else {
		put_style(STYLE_DIM, to);
		fputs("q quit  ? help  / filter  < > sort  i invert  "
		      "space pause",
		      to);
		put_style(STYLE_PLAIN, to);
		if (view->filter[0])
			fprintf(to, "  [%s]", filter ? filter : "");
	}
	free(filter);
}

static const char *const help[] = {
	"  q            quit",
	"  c m n p r w  sort by CPU, memory, name, pids, reads, writes",
	"  l s t        sort by limit, swap, time of start",
	"  < >          sort by the column to the left or right",
	"  i            invert the order",
	"  / Esc        filter by name, image, command, id; clear the filter",
	"  up down PgUp PgDn Home     move in the list",
	"  space        pause and go on",
	"  left right   step through recorded time; End returns to now",
	"",
	"  CPU is in percent of one CPU; a dash is what is not known.",
};

static void put_help(unsigned int rows, FILE *to)
{
	unsigned int i, n = sizeof(help) / sizeof(*help);

	for (i = 0; i < rows; i++)
		fprintf(to, "%s\n", i < n ? help[i] : "");
}

/* Keeps the cursor on a row, and its row on the screen. */
static void view_scroll(struct view *view, unsigned int shown,
			unsigned int page)
{
	view->page = page;
	if (view->cursor >= shown)
		view->cursor = shown ? shown - 1 : 0;
	if (view->first + page > shown)
		view->first = shown > page ? shown - page : 0;
	if (view->cursor < view->first)
		view->first = view->cursor;
	if (page && view->cursor >= view->first + page)
		view->first = view->cursor - page + 1;
}

static const struct value *shown_row(const struct snapshot *s, unsigned int i)
{
	return rowset_row(&s->containers, s->order[i]);
}

static int put_table(struct view *view, const struct snapshot *s,
		     unsigned int rows, unsigned int columns,
		     enum text_charset charset, FILE *to)
{
	struct layout layout;
	unsigned int i;
	int r = 0;

	view_scroll(view, s->shown, rows - 1);
	layout_init(&layout, top_fields, TOP_COUNT, charset);
	layout_steady(&layout);
	for (i = 0; !r && i < s->shown; i++)
		r = layout_fit(&layout, shown_row(s, i));
	layout_limit(&layout, columns);
	layout_heading(&layout, (int)view->sort, to);
	putc('\n', to);
	for (i = view->first; !r && i < view->first + rows - 1; i++) {
		bool marked = i == view->cursor;

		if (i < s->shown) {
			if (marked)
				put_style(STYLE_MARKED, to);
			r = layout_row(&layout, shown_row(s, i), marked, to);
			put_style(STYLE_PLAIN, to);
		}
		putc('\n', to);
	}
	return r;
}

int view_draw(struct view *view, const struct snapshot *s,
	      const struct view_state *state, unsigned int rows,
	      unsigned int columns, enum text_charset charset, FILE *to)
{
	int r = 0;

	/* Machine, state, heading, one container and the footer. */
	if (rows < 7 || columns < 30) {
		fputs("too small\n", to);
		return 0;
	}
	view_header(s, to);
	put_state(view, s, state, to);
	if (view->help)
		put_help(rows - 5, to);
	else
		r = put_table(view, s, rows - 5, columns, charset, to);
	put_footer(view, charset, to);
	return r;
}

/* The column beside the one sorted by, of those that tables show. */
static unsigned int neighbour(unsigned int sort, int direction)
{
	unsigned int i = sort;

	do {
		i = (i + TOP_COUNT + (unsigned int)direction) % TOP_COUNT;
	} while (i != sort && !(top_fields[i].show & SHOW_TABLE));
	return i;
}

static enum view_action sort_by(struct view *view, unsigned int field)
{
	if (view->sort == field)
		return VIEW_NOTHING;
	view->sort = field;
	view->reverse = false;
	return VIEW_ARRANGE;
}

static void erase_character(char *text)
{
	size_t len = strlen(text);

	while (len && ((unsigned char)text[len - 1] & 0xc0) == 0x80)
		len--;
	text[len ? len - 1 : 0] = 0;
}

/* Appends a code point as UTF-8, if there is room. */
static void append_character(char *text, size_t size, uint32_t c)
{
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	size_t len = strlen(text), i;

	if (len + n >= size)
		return;
	for (i = n; i-- > 1; c >>= 6)
		text[len + i] = (char)(0x80 | (c & 0x3f));
	text[len] = (char)(n == 1 ? c : ((0xf00 >> n) & 0xff) | c);
	text[len + n] = 0;
}

static enum view_action type_key(struct view *view, int key)
{
	switch (key) {
	case KEY_VIEW_ESCAPE:
		view->filter[0] = 0;
		view->typing = false;
		return VIEW_ARRANGE;
	case KEY_VIEW_ENTER:
		view->typing = false;
		return VIEW_DRAW;
	case KEY_VIEW_BACKSPACE:
		erase_character(view->filter);
		return VIEW_ARRANGE;
	}
	if (key < ' ' || key >= KEY_VIEW_UP)
		return VIEW_NOTHING;
	append_character(view->filter, sizeof(view->filter), (uint32_t)key);
	return VIEW_ARRANGE;
}

static enum view_action move_cursor(struct view *view, unsigned int shown,
				    long distance)
{
	long to = (long)view->cursor + distance;

	if (to >= (long)shown)
		to = (long)shown - 1;
	view->cursor = to < 0 ? 0 : (unsigned int)to;
	return VIEW_DRAW;
}

static enum view_action move_key(struct view *view, const struct snapshot *s,
				 int key)
{
	switch (key) {
	case KEY_VIEW_UP:
		return move_cursor(view, s->shown, -1);
	case KEY_VIEW_DOWN:
		return move_cursor(view, s->shown, 1);
	case KEY_VIEW_PAGE_UP:
		return move_cursor(view, s->shown, -(long)view->page);
	case KEY_VIEW_PAGE_DOWN:
		return move_cursor(view, s->shown, (long)view->page);
	case KEY_VIEW_HOME:
		return move_cursor(view, s->shown, -(long)s->shown);
	case KEY_VIEW_LEFT:
		view->live = false;
		return VIEW_BEFORE;
	case KEY_VIEW_RIGHT:
		return view->live ? VIEW_NOTHING : VIEW_AFTER;
	case KEY_VIEW_END:
		view->live = true;
		return VIEW_NEWEST;
	case KEY_VIEW_ESCAPE:
		view->filter[0] = 0;
		return VIEW_ARRANGE;
	}
	return VIEW_NOTHING;
}

enum view_action view_key(struct view *view, const struct snapshot *s, int key)
{
	int field;

	if (view->typing)
		return type_key(view, key);
	if (view->help && key != 'q') {
		view->help = false;
		return VIEW_DRAW;
	}
	switch (key) {
	case 'q':
		return VIEW_QUIT;
	case '?':
	case 'h':
		view->help = true;
		return VIEW_DRAW;
	case '/':
		view->typing = true;
		return VIEW_DRAW;
	case 'i':
		view->reverse = !view->reverse;
		return VIEW_ARRANGE;
	case '<':
		return sort_by(view, neighbour(view->sort, -1));
	case '>':
		return sort_by(view, neighbour(view->sort, 1));
	case ' ':
		view->live = !view->live;
		return view->live ? VIEW_NEWEST : VIEW_DRAW;
	}
	field = snapshot_sort_letter(key);
	if (field >= 0)
		return sort_by(view, (unsigned int)field);
	return move_key(view, s, key);
}
