// SPDX-License-Identifier: GPL-2.0
/* `top` on a terminal, by ncurses; knows nothing of what the lines say. */
#include <curses.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wchar.h>

#include "lib/heartbeat.h"
#include "lib/timerange.h"
#include "message.h"
#include "style.h"
#include "tui.h"

/* How often the database is asked whether it has changed. */
#define TUI_POLL_MS 200

struct tui {
	const struct cli *cli;
	const struct reader *reader;
	struct view *view;
	struct snapshot *snapshot;
	struct view_state state;
	int64_t data_version;
	int64_t drawn_s; /* the second of the last drawing */
	bool have_colors;
};

static int64_t tui_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * NSEC_PER_SEC + now.tv_nsec;
}

/* False when ncurses does not know the terminal; initscr() would exit. */
static bool tui_open(struct tui *tui)
{
	if (!newterm(NULL, stdout, stdin))
		return false;
	cbreak();
	noecho();
	curs_set(0);
	keypad(stdscr, TRUE);
	set_escdelay(25);
	timeout(TUI_POLL_MS);
	tui->have_colors = tui->cli->terminal.color && has_colors();
	if (!tui->have_colors)
		return true;
	start_color();
	use_default_colors();
	init_pair(1, COLOR_GREEN, -1);
	init_pair(2, COLOR_YELLOW, -1);
	init_pair(3, COLOR_RED, -1);
	return true;
}

static attr_t tui_attributes(const struct tui *tui, enum style style)
{
	static const struct {
		attr_t plain;
		int pair;
	} looks[STYLE_COUNT] = {
		[STYLE_BOLD - STYLE_PLAIN] = { A_BOLD, 0 },
		[STYLE_DIM - STYLE_PLAIN] = { A_DIM, 0 },
		[STYLE_GREEN - STYLE_PLAIN] = { A_NORMAL, 1 },
		[STYLE_YELLOW - STYLE_PLAIN] = { A_NORMAL, 2 },
		[STYLE_RED - STYLE_PLAIN] = { A_NORMAL, 3 },
		[STYLE_HEADING - STYLE_PLAIN] = { A_REVERSE, 0 },
		[STYLE_SORTED -
			STYLE_PLAIN] = { A_REVERSE | A_BOLD | A_UNDERLINE, 0 },
		[STYLE_MARKED - STYLE_PLAIN] = { A_REVERSE, 0 },
		[STYLE_ALARM - STYLE_PLAIN] = { A_BOLD | A_REVERSE, 3 },
	};
	attr_t attributes = looks[style - STYLE_PLAIN].plain;

	if (tui->have_colors)
		attributes |=
			(attr_t)COLOR_PAIR(looks[style - STYLE_PLAIN].pair);
	return attributes;
}

/* One line, cut at the right edge. A marked line is so over its whole width. */
static void tui_paint_line(const struct tui *tui, int y, const char *p,
			   const char *end)
{
	enum style style = STYLE_PLAIN, row = STYLE_PLAIN;
	int left = COLS, width;
	const char *from;
	uint32_t c;

	move(y, 0);
	attrset(A_NORMAL);
	while (p < end) {
		from = p;
		c = text_next(&p, end);
		if (style_is(c)) {
			style = (enum style)c;
			if (style == STYLE_MARKED || style == STYLE_HEADING)
				row = style;
			attrset(tui_attributes(tui, style));
			continue;
		}
		width = wcwidth((wchar_t)c);
		left -= width < 0 ? 1 : width;
		if (left < 0)
			break;
		addnstr(from, (int)(p - from));
	}
	attrset(tui_attributes(tui, row));
	while (row != STYLE_PLAIN && left-- > 0)
		addch(' ');
	attrset(A_NORMAL);
	if (row == STYLE_PLAIN)
		clrtoeol();
}

static int tui_draw(struct tui *tui)
{
	char *lines = NULL, *p, *end;
	size_t size;
	FILE *to = open_memstream(&lines, &size);
	int y, r;

	if (!to)
		return -ENOMEM;
	r = view_draw(tui->view, tui->snapshot, &tui->state,
		      (unsigned int)LINES, (unsigned int)COLS,
		      tui->cli->terminal.charset, to);
	if (fclose(to) || r) {
		free(lines);
		return -ENOMEM;
	}
	erase();
	for (p = lines, y = 0; y < LINES && *p; y++, p = end + (*end == '\n')) {
		end = strchrnul(p, '\n');
		tui_paint_line(tui, y, p, end);
	}
	refresh();
	free(lines);
	tui->drawn_s = tui->state.now_ns / NSEC_PER_SEC;
	return 0;
}

static int tui_arrange(struct tui *tui)
{
	return snapshot_arrange(tui->snapshot, tui->view->sort,
				tui->view->reverse, tui->view->filter);
}

/* Another tick, if there is one. A reading that fails is shown, not fatal. */
static int tui_load(struct tui *tui, enum tick_pick pick)
{
	int r = snapshot_load(tui->snapshot, tui->reader->query, pick,
			      snapshot_ts_ns(tui->snapshot));

	tui->state.error = NULL;
	if (r == -ENOMEM)
		return r;
	if (r < 0)
		tui->state.error = query_error(tui->reader->query);
	else
		heartbeat_read(tui->reader->query, &tui->state.heartbeat);
	if (r == 0 && pick == TICK_AFTER)
		tui->view->live = true;
	return tui_arrange(tui);
}

/* Has the database changed, or does the age on the screen? */
static int tui_poll(struct tui *tui)
{
	int64_t version = tui->data_version;
	int r;

	tui->state.now_ns = tui_now();
	if (!tui->view->live)
		return 0;
	if (query_data_version(tui->reader->query, &version))
		tui->state.error = query_error(tui->reader->query);
	if (version != tui->data_version) {
		tui->data_version = version;
		r = tui_load(tui, TICK_NEWEST);
		return r ? r : tui_draw(tui);
	}
	if (tui->drawn_s == tui->state.now_ns / NSEC_PER_SEC ||
	    !snapshot_is_stale(tui->snapshot, tui->state.now_ns))
		return 0;
	heartbeat_read(tui->reader->query, &tui->state.heartbeat);
	return tui_draw(tui);
}

static int tui_key(int type, wint_t c)
{
	static const struct {
		wint_t curses;
		int view;
	} keys[] = {
		{ KEY_UP, KEY_VIEW_UP },
		{ KEY_DOWN, KEY_VIEW_DOWN },
		{ KEY_LEFT, KEY_VIEW_LEFT },
		{ KEY_RIGHT, KEY_VIEW_RIGHT },
		{ KEY_PPAGE, KEY_VIEW_PAGE_UP },
		{ KEY_NPAGE, KEY_VIEW_PAGE_DOWN },
		{ KEY_HOME, KEY_VIEW_HOME },
		{ KEY_END, KEY_VIEW_END },
		{ KEY_ENTER, KEY_VIEW_ENTER },
		{ KEY_BACKSPACE, KEY_VIEW_BACKSPACE },
	};
	size_t i;

	if (type != KEY_CODE_YES) {
		if (c == '\n' || c == '\r')
			return KEY_VIEW_ENTER;
		if (c == 27)
			return KEY_VIEW_ESCAPE;
		return c == 127 || c == 8 ? KEY_VIEW_BACKSPACE : (int)c;
	}
	for (i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (keys[i].curses == c)
			return keys[i].view;
	return -1;
}

/* 1 to quit, 0 to go on, or -ENOMEM. */
static int tui_act(struct tui *tui, enum view_action action)
{
	int r = 0;

	switch (action) {
	case VIEW_NOTHING:
		return 0;
	case VIEW_QUIT:
		return 1;
	case VIEW_DRAW:
		break;
	case VIEW_ARRANGE:
		r = tui_arrange(tui);
		break;
	case VIEW_BEFORE:
		r = tui_load(tui, TICK_BEFORE);
		break;
	case VIEW_AFTER:
		r = tui_load(tui, TICK_AFTER);
		break;
	case VIEW_NEWEST:
		r = tui_load(tui, TICK_NEWEST);
		break;
	}
	return r ? r : tui_draw(tui);
}

static int tui_loop(struct tui *tui)
{
	wint_t c;
	int type, r;

	r = tui_draw(tui);
	while (!r) {
		type = get_wch(&c);
		if (type == ERR)
			r = tui_poll(tui);
		else if (type == KEY_CODE_YES && c == KEY_RESIZE)
			r = tui_draw(tui);
		else
			r = tui_act(tui, view_key(tui->view, tui->snapshot,
						  tui_key(type, c)));
	}
	return r;
}

int tui_run(const struct cli *cli, const struct reader *reader,
	    struct view *view, struct snapshot *snapshot)
{
	struct tui tui = {
		.cli = cli,
		.reader = reader,
		.view = view,
		.snapshot = snapshot,
		.state.now_ns = tui_now(),
	};
	int r;

	heartbeat_read(reader->query, &tui.state.heartbeat);
	query_data_version(reader->query, &tui.data_version);
	if (!tui_open(&tui)) {
		message_error(cli, "the terminal %s is not known here",
			      getenv("TERM"));
		message_hint(cli, "use --once, or set TERM=xterm");
		return CLI_FAILED;
	}
	r = tui_loop(&tui);
	endwin();
	if (r >= 0)
		return CLI_OK;
	message_error(cli, "out of memory");
	return CLI_FAILED;
}
