// SPDX-License-Identifier: GPL-2.0
/* `top` on a terminal, by ncurses; knows nothing of what the lines say. */
#include <curses.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/heartbeat.h"
#include "lib/timerange.h"
#include "lines.h"
#include "message.h"
#include "style.h"
#include "tui.h"

/* How often the database is asked whether it has changed. */
#define TUI_POLL_MS 200

/* So many presses of a mouse ncurses keeps. */
#define TUI_PRESSES 8

/* What may fail to be read. */
enum reading {
	READ_NOTHING,
	READ_TICK, /* the one shown */
	READ_LOOK, /* what is looked at */
	READ_PRESENT,
};

struct tui {
	const struct cli *cli;
	const struct reader *reader;
	struct view *view;
	struct scene *scene;
	struct view_state state;
	int64_t data_version;
	int64_t drawn_s;     /* the second of the last drawing */
	char *drawn;	     /* what is on the screen; NULL: nothing is */
	enum reading failed; /* and state.error says why */
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
	/* The cursor cannot be seen: it need not be moved either. */
	leaveok(stdscr, TRUE);
	set_escdelay(25);
	timeout(TUI_POLL_MS);
	mouseinterval(0);
	if (tui->cli->opt.mouse)
		/* Of presses alone, ncurses makes no double clicks. */
		mousemask(BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED,
			  NULL);
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
		[STYLE_RED - STYLE_PLAIN] = { A_BOLD, 3 },
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
	enum style style, row = STYLE_PLAIN;
	unsigned int left = (unsigned int)COLS;
	const char *run;

	move(y, 0);
	attrset(A_NORMAL);
	while (p < end) {
		if (style_is((unsigned char)*p)) {
			style = (enum style)(unsigned char)*p++;
			if (style == STYLE_MARKED || style == STYLE_HEADING)
				row = style;
			attrset(tui_attributes(tui, style));
			continue;
		}
		run = p;
		p = lines_run(p, end, &left);
		if (p == run)
			break;
		addnstr(run, (int)(p - run));
	}
	attrset(tui_attributes(tui, row));
	while (row != STYLE_PLAIN && left-- > 0)
		addch(' ');
	attrset(A_NORMAL);
}

static void tui_paint(const struct tui *tui, const char *lines)
{
	const char *p, *end;
	int y;

	erase();
	for (p = lines, y = 0; y < LINES && *p; y++, p = end + (*end == '\n')) {
		end = strchrnul(p, '\n');
		tui_paint_line(tui, y, p, end);
	}
	refresh();
}

/* Keeps the words of SQLite, whose next call has others, until the same can be
 * read. */
static void tui_note(struct tui *tui, enum reading what, int r)
{
	if (r < 0) {
		snprintf(tui->state.error, sizeof(tui->state.error), "%s",
			 query_error(tui->reader->query));
		tui->failed = what;
	} else if (tui->failed == what) {
		tui->state.error[0] = 0;
		tui->failed = READ_NOTHING;
	}
}

/* Is the record kept, whatever of it is shown? */
static void tui_read_present(struct tui *tui)
{
	struct query *q = tui->reader->query;

	heartbeat_read(q, &tui->state.heartbeat);
	tui->scene->here = tui->state.heartbeat.process;
	tui_note(tui, READ_PRESENT,
		 query_tick(q, TICK_NEWEST, 0, tui->state.newest));
}

/* What is looked at closely. A reading that fails is shown, not fatal. */
static int tui_look(struct tui *tui)
{
	const struct view *view = tui->view;
	int r = scene_look(tui->scene, tui->reader->query,
			   view->page == PAGE_TABLE ? view->focus : 0,
			   view->page == PAGE_STOPS,
			   view->live ? INT64_MAX
				      : snapshot_ts_ns(&tui->scene->snapshot));

	if (r == -ENOMEM)
		return r;
	tui_note(tui, READ_LOOK, r);
	return 0;
}

/* Lines that are as they were are not painted again. */
static int tui_draw(struct tui *tui)
{
	char *lines = NULL;
	size_t size;
	FILE *to;
	int r = tui_look(tui);

	to = r ? NULL : open_memstream(&lines, &size);
	if (!to)
		return -ENOMEM;
	r = view_draw(tui->view, tui->scene, &tui->state, (unsigned int)LINES,
		      (unsigned int)COLS, tui->cli->terminal.charset, to);
	if (fclose(to) || r) {
		free(lines);
		return -ENOMEM;
	}
	tui->drawn_s = tui->state.now_ns / NSEC_PER_SEC;
	if (!tui->drawn || strcmp(tui->drawn, lines) != 0)
		tui_paint(tui, lines);
	free(tui->drawn);
	tui->drawn = lines;
	return 0;
}

static int tui_redraw(struct tui *tui)
{
	free(tui->drawn);
	tui->drawn = NULL;
	return tui_draw(tui);
}

static int tui_arrange(struct tui *tui)
{
	const struct view *view = tui->view;
	int r = scene_arrange(tui->scene, view->sort, view->reverse,
			      view->filter, view->tree);

	if (!r)
		view_follow(tui->view, tui->scene);
	return r;
}

/*
 * Another tick, if there is one: 1, 0, or -ENOMEM. A reading that fails is
 * shown, not fatal.
 */
static int tui_load(struct tui *tui, enum tick_pick pick, int64_t ts_ns)
{
	int r = scene_load(tui->scene, tui->reader->query, pick, ts_ns);

	/* With another tick all else is read anew, too. */
	tui->failed = READ_TICK;
	tui_note(tui, READ_TICK, r);
	if (r == -ENOMEM)
		return r;
	if (r >= 0)
		tui_read_present(tui);
	return r > 0;
}

static int64_t tui_shown(const struct tui *tui)
{
	return snapshot_ts_ns(&tui->scene->snapshot);
}

static int tui_load_before(struct tui *tui)
{
	int r;

	tui->view->jump_ns = tui_shown(tui) - 1;
	r = tui_load(tui, TICK_BEFORE, tui_shown(tui));
	if (!r && !tui->state.error[0])
		view_note_jump(tui->view, &tui->scene->snapshot);
	return r;
}

/* The next tick; behind the last one the present begins. */
static int tui_load_after(struct tui *tui)
{
	int r = tui_load(tui, TICK_AFTER, tui_shown(tui));

	if (!r && !tui->state.error[0])
		tui->view->live = true;
	return r;
}

static int tui_load_jump(struct tui *tui)
{
	int r = tui_load(tui, TICK_AT, tui->view->jump_ns);

	if (!r && !tui->state.error[0])
		r = tui_load(tui, TICK_AFTER, tui->view->jump_ns);
	if (r > 0)
		view_note_jump(tui->view, &tui->scene->snapshot);
	return r;
}

/* Over a gap in the record to its other side. */
static int tui_load_forward(struct tui *tui)
{
	int64_t from = tui_shown(tui);
	int r = tui_load(tui, TICK_AT, tui->view->jump_ns);

	if (r >= 0 && !tui->state.error[0] && tui_shown(tui) <= from)
		r = tui_load_after(tui);
	return r;
}

/* The record has grown, which is not to say by a tick. */
static int tui_refresh(struct tui *tui)
{
	int r;

	scene_forget(tui->scene);
	r = tui_load(tui, TICK_NEWEST, 0);
	if (r >= 0)
		r = tui_arrange(tui);
	return r ? r : tui_draw(tui);
}

/* Has the database changed, or does the age on the screen? */
static int tui_poll(struct tui *tui)
{
	int64_t version = tui->data_version;
	enum reading failed = tui->failed;
	int r = query_data_version(tui->reader->query, &version);
	bool changed = version != tui->data_version;

	tui_note(tui, READ_PRESENT, r);
	if (r)
		return tui_draw(tui);
	tui->data_version = version;
	/* What could not be read before may be readable now. */
	if (tui->view->live && (changed || failed))
		return tui_refresh(tui);
	if (!changed && failed != READ_PRESENT &&
	    (tui->drawn_s == tui->state.now_ns / NSEC_PER_SEC ||
	     !snapshot_is_stale(tui->state.newest, tui->state.now_ns)))
		return 0;
	tui_read_present(tui);
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
		/* As htop has them. */
		{ KEY_F(1), '?' },
		{ KEY_F(4), '/' },
		{ KEY_F(5), 't' },
		{ KEY_F(10), 'q' },
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

static enum view_action tui_press(const struct tui *tui, const MEVENT *event)
{
	int key;

	if (event->bstate & BUTTON1_PRESSED)
		return view_click(tui->view, tui->scene, (unsigned int)event->y,
				  (unsigned int)event->x);
	key = event->bstate & BUTTON4_PRESSED ? KEY_VIEW_UP : KEY_VIEW_DOWN;
	return view_key(tui->view, tui->scene, tui->state.now_ns, key);
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
		return tui_draw(tui);
	case VIEW_ARRANGE:
		break;
	case VIEW_BEFORE:
		r = tui_load_before(tui);
		break;
	case VIEW_AFTER:
		r = tui_load_after(tui);
		break;
	case VIEW_JUMP:
		r = tui_load_jump(tui);
		break;
	case VIEW_FORWARD:
		r = tui_load_forward(tui);
		break;
	case VIEW_NEWEST:
		r = tui_load(tui, TICK_NEWEST, 0);
		break;
	}
	if (r >= 0)
		r = tui_arrange(tui);
	return r ? r : tui_draw(tui);
}

/*
 * Takes in the rest of a key that ncurses does not know, such as Ctrl-Down: its
 * letters are none that somebody typed. False for Escape alone.
 */
static bool tui_is_unknown_key(void)
{
	wint_t c;
	int type;
	bool begins;

	timeout(0);
	type = get_wch(&c);
	begins = type == OK && (c == '[' || c == 'O');
	if (type == KEY_CODE_YES)
		ungetch((int)c);
	else if (type == OK && !begins)
		unget_wch((wchar_t)c);
	/* Its last byte is the first that is neither digit nor separator. */
	while (begins && get_wch(&c) != ERR)
		if (c >= '@' && c <= '~')
			break;
	timeout(TUI_POLL_MS);
	return begins;
}

/* Presses that came at once are one key, and the newest of them is told first. */
static int tui_mouse(struct tui *tui)
{
	MEVENT run[TUI_PRESSES];
	int r = 0, n = 0;

	while (n < TUI_PRESSES && getmouse(&run[n]) == OK)
		n++;
	while (!r && n-- > 0)
		r = tui_act(tui, tui_press(tui, &run[n]));
	return r;
}

/* ncurses tells a terminal that went from no key by nothing. */
static bool tui_is_gone(void)
{
	struct pollfd in = { .fd = STDIN_FILENO };

	return poll(&in, 1, 0) > 0 && in.revents & (POLLHUP | POLLERR);
}

static int tui_event(struct tui *tui, int type, wint_t c)
{
	if (type == ERR)
		return tui_is_gone() ? 1 : tui_poll(tui);
	if (type != KEY_CODE_YES && c == 27 && tui_is_unknown_key())
		return 0;
	/* Ctrl-L is for a screen that something else has written on. */
	if (type != KEY_CODE_YES && c == 'L' - '@')
		clearok(stdscr, TRUE);
	if ((type == KEY_CODE_YES && c == KEY_RESIZE) || c == 'L' - '@')
		return tui_redraw(tui);
	if (type == KEY_CODE_YES && c == KEY_MOUSE)
		return tui_mouse(tui);
	return tui_act(tui, view_key(tui->view, tui->scene, tui->state.now_ns,
				     tui_key(type, c)));
}

static int tui_loop(struct tui *tui)
{
	wint_t c;
	int type, r;

	r = tui_arrange(tui);
	if (!r)
		r = tui_draw(tui);
	while (!r) {
		type = get_wch(&c);
		tui->state.now_ns = tui_now();
		r = tui_event(tui, type, c);
	}
	return r;
}

int tui_run(const struct cli *cli, const struct reader *reader,
	    struct view *view, struct scene *scene)
{
	struct tui tui = {
		.cli = cli,
		.reader = reader,
		.view = view,
		.scene = scene,
		.state.now_ns = tui_now(),
	};
	int r;

	tui_read_present(&tui);
	query_data_version(reader->query, &tui.data_version);
	if (!tui_open(&tui)) {
		message_error(cli, "the terminal %s is not known here",
			      getenv("TERM"));
		message_hint(cli, "use --once, or set TERM=xterm");
		return CLI_FAILED;
	}
	r = tui_loop(&tui);
	endwin();
	free(tui.drawn);
	if (r >= 0)
		return CLI_OK;
	message_error(cli, "out of memory");
	return CLI_FAILED;
}
