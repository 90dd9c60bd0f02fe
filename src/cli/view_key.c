// SPDX-License-Identifier: GPL-2.0
/* What keys and clicks do to the screen of `top`; knows no line of it. */
#include <errno.h>
#include <string.h>

#include "lib/timerange.h"
#include "view.h"

#define MINUTE (60 * NSEC_PER_SEC)

static const struct value *row_at(const struct scene *scene, unsigned int i)
{
	const struct snapshot *s = &scene->snapshot;

	return i < s->shown ? rowset_row(&s->containers, s->order[i]) : NULL;
}

/* The column beside the one sorted by, of those that are chosen. */
static unsigned int neighbour(const struct view *view, int direction)
{
	const struct columns *c = &view->columns;
	unsigned int i = 0;

	while (i < c->count && c->field[i] != view->sort)
		i++;
	if (i == c->count)
		return c->field[0];
	return c->field[(i + c->count + (unsigned int)direction) % c->count];
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

/* Returns whether the key has changed the text. */
static bool edit(char *text, size_t size, int key)
{
	if (key == KEY_VIEW_BACKSPACE)
		erase_character(text);
	else if (key >= ' ' && key < KEY_VIEW_UP)
		append_character(text, size, (uint32_t)key);
	else
		return false;
	return true;
}

static enum view_action filter_key(struct view *view, int key)
{
	switch (key) {
	case KEY_VIEW_ESCAPE:
		view->filter[0] = 0;
		view->prompt = PROMPT_NONE;
		return VIEW_ARRANGE;
	case KEY_VIEW_ENTER:
		view->prompt = PROMPT_NONE;
		return VIEW_DRAW;
	}
	return edit(view->filter, sizeof(view->filter), key) ? VIEW_ARRANGE
							     : VIEW_NOTHING;
}

/* In the past, times are seen from there: "-5m", or "08:30" of that day. */
static enum view_action jump_typed(struct view *view, const struct scene *scene,
				   int64_t now_ns)
{
	if (!strcmp(view->time, "now")) {
		view->live = true;
		return VIEW_NEWEST;
	}
	if (!view->live)
		now_ns = snapshot_ts_ns(&scene->snapshot);
	if (time_parse(view->time, now_ns, &view->jump_ns, &view->wrong))
		return VIEW_DRAW;
	view->live = false;
	return VIEW_JUMP;
}

static enum view_action time_key(struct view *view, const struct scene *scene,
				 int64_t now_ns, int key)
{
	enum view_action action;

	view->wrong = NULL;
	switch (key) {
	case KEY_VIEW_ESCAPE:
		view->prompt = PROMPT_NONE;
		return VIEW_DRAW;
	case KEY_VIEW_ENTER:
		action = jump_typed(view, scene, now_ns);
		if (!view->wrong)
			view->prompt = PROMPT_NONE;
		return action;
	}
	return edit(view->time, sizeof(view->time), key) ? VIEW_DRAW
							 : VIEW_NOTHING;
}

static void scroll_by(struct scroll *s, unsigned int count, long distance)
{
	long to = (long)s->cursor + distance;

	if (to >= (long)count)
		to = (long)count - 1;
	s->cursor = to < 0 ? 0 : (unsigned int)to;
}

/* How far a key moves in a list of so many rows; false if it does not. */
static bool scroll_key(struct scroll *s, unsigned int count, int key)
{
	switch (key) {
	case KEY_VIEW_UP:
	case 'k':
		scroll_by(s, count, -1);
		return true;
	case KEY_VIEW_DOWN:
	case 'j':
		scroll_by(s, count, 1);
		return true;
	case KEY_VIEW_PAGE_UP:
		scroll_by(s, count, -(long)s->page);
		return true;
	case KEY_VIEW_PAGE_DOWN:
		scroll_by(s, count, (long)s->page);
		return true;
	case KEY_VIEW_HOME:
	case 'g':
		scroll_by(s, count, -(long)count);
		return true;
	case 'G':
		scroll_by(s, count, (long)count);
		return true;
	}
	return false;
}

/* Looks closely at the container that the cursor is on. */
static void focus_cursor(struct view *view, const struct scene *scene)
{
	const struct value *row = row_at(scene, view->list.cursor);
	const struct value *label;
	size_t len;

	if (!row)
		return;
	label = &row[TOP_LABEL];
	len = label->type == VALUE_TEXT ? label->s.len : 0;
	if (len >= sizeof(view->focus_label))
		len = sizeof(view->focus_label) - 1;
	if (view->focus != row[TOP_ROW].i)
		view->focus_first = 0;
	view->focus = row[TOP_ROW].i;
	memcpy(view->focus_label, len ? label->s.p : "", len);
	view->focus_label[len] = 0;
}

void view_follow(struct view *view, const struct scene *scene)
{
	int place = view->focus ? scene_place(scene, view->focus) : -1;

	if (place >= 0)
		view->list.cursor = (unsigned int)place;
}

/* While a container fills the screen, pages are its lines. */
static bool focus_key(struct view *view, int key)
{
	if (!view->focus || view->list.page)
		return false;
	if (key == KEY_VIEW_PAGE_DOWN)
		view->focus_first += 10;
	else if (key == KEY_VIEW_PAGE_UP)
		view->focus_first -= view->focus_first < 10 ? view->focus_first
							    : 10;
	else
		return false;
	return true;
}

static enum view_action back(struct view *view)
{
	if (view->page != PAGE_TABLE) {
		view->page = PAGE_TABLE;
		return VIEW_DRAW;
	}
	if (view->focus) {
		view->focus = 0;
		return VIEW_DRAW;
	}
	view->filter[0] = 0;
	return VIEW_ARRANGE;
}

static enum view_action table_key(struct view *view, const struct scene *scene,
				  int key)
{
	int field;

	switch (key) {
	case KEY_VIEW_ENTER:
		if (view->focus)
			view->focus = 0;
		else
			focus_cursor(view, scene);
		return VIEW_DRAW;
	case 'i':
		view->reverse = !view->reverse;
		return VIEW_ARRANGE;
	case 't':
		view->tree = !view->tree;
		return VIEW_ARRANGE;
	case '<':
		return sort_by(view, neighbour(view, -1));
	case '>':
		return sort_by(view, neighbour(view, 1));
	}
	if (focus_key(view, key))
		return VIEW_DRAW;
	if (scroll_key(&view->list, scene->snapshot.shown, key)) {
		if (view->focus)
			focus_cursor(view, scene);
		return VIEW_DRAW;
	}
	field = snapshot_sort_letter(key);
	return field >= 0 ? sort_by(view, (unsigned int)field) : VIEW_NOTHING;
}

static enum view_action columns_key(struct view *view, int key)
{
	struct columns all;
	unsigned int field;

	columns_all(&view->columns, &all);
	field = all.field[view->chooser.cursor];
	switch (key) {
	case ' ':
		columns_toggle(&view->columns, field);
		return VIEW_DRAW;
	case 'd':
		columns_default(&view->columns);
		return VIEW_DRAW;
	case '<':
		if (columns_move(&view->columns, field, -1))
			view->chooser.cursor--;
		return VIEW_DRAW;
	case '>':
		if (columns_move(&view->columns, field, 1))
			view->chooser.cursor++;
		return VIEW_DRAW;
	case KEY_VIEW_ENTER:
		view->page = PAGE_TABLE;
		return VIEW_DRAW;
	}
	return scroll_key(&view->chooser, all.count, key) ? VIEW_DRAW
							  : VIEW_NOTHING;
}

static enum view_action step(struct view *view, const struct scene *scene,
			     int64_t distance)
{
	if (view->live && distance > 0)
		return VIEW_NOTHING;
	view->live = false;
	view->jump_ns = snapshot_ts_ns(&scene->snapshot) + distance;
	return distance > 0 ? VIEW_FORWARD : VIEW_JUMP;
}

/* Keys that travel through time. */
static enum view_action travel_key(struct view *view, const struct scene *scene,
				   int key)
{
	switch (key) {
	case KEY_VIEW_LEFT:
		view->live = false;
		return VIEW_BEFORE;
	case KEY_VIEW_RIGHT:
		return view->live ? VIEW_NOTHING : VIEW_AFTER;
	case '[':
		return step(view, scene, -MINUTE);
	case ']':
		return step(view, scene, MINUTE);
	case '{':
		return step(view, scene, -60 * MINUTE);
	case '}':
		return step(view, scene, 60 * MINUTE);
	case KEY_VIEW_END:
		view->live = true;
		return VIEW_NEWEST;
	case ' ':
		view->live = !view->live;
		return view->live ? VIEW_NEWEST : VIEW_DRAW;
	}
	return VIEW_NOTHING;
}

static enum view_action turn_to(struct view *view, enum view_page page)
{
	view->page = view->page == page ? PAGE_TABLE : page;
	return VIEW_DRAW;
}

static enum view_action ask(struct view *view, enum view_prompt prompt)
{
	view->prompt = prompt;
	view->time[0] = 0;
	if (prompt == PROMPT_FILTER)
		view->page = PAGE_TABLE;
	return VIEW_DRAW;
}

/* Keys that do the same on each page. */
static enum view_action common_key(struct view *view, int key)
{
	switch (key) {
	case 'q':
		return VIEW_QUIT;
	case '?':
	case 'h':
		return turn_to(view, PAGE_HELP);
	case 'S':
		return turn_to(view, PAGE_STOPS);
	case 'C':
		view->chooser = (struct scroll){ 0 };
		return turn_to(view, PAGE_COLUMNS);
	case '/':
		return ask(view, PROMPT_FILTER);
	case 'b':
		return ask(view, PROMPT_TIME);
	case '1':
		view->hide_cpus = !view->hide_cpus;
		return VIEW_DRAW;
	case KEY_VIEW_ESCAPE:
		return back(view);
	}
	return VIEW_NOTHING;
}

static enum view_action page_key(struct view *view, const struct scene *scene,
				 int key)
{
	switch (view->page) {
	case PAGE_TABLE:
		return table_key(view, scene, key);
	case PAGE_STOPS:
		return scroll_key(&view->stops, scene->stops.count, key)
			       ? VIEW_DRAW
			       : VIEW_NOTHING;
	case PAGE_COLUMNS:
		return columns_key(view, key);
	case PAGE_HELP:
		break;
	}
	return VIEW_NOTHING;
}

enum view_action view_key(struct view *view, const struct scene *scene,
			  int64_t now_ns, int key)
{
	enum view_action action;

	view->note[0] = 0;
	if (view->prompt == PROMPT_FILTER)
		return filter_key(view, key);
	if (view->prompt == PROMPT_TIME)
		return time_key(view, scene, now_ns, key);
	if (view->page == PAGE_HELP && key >= 0 && key != 'q') {
		view->page = PAGE_TABLE;
		return VIEW_DRAW;
	}
	action = page_key(view, scene, key);
	if (action == VIEW_NOTHING)
		action = common_key(view, key);
	if (action == VIEW_NOTHING)
		action = travel_key(view, scene, key);
	return action;
}

static enum view_action click_heading(struct view *view, unsigned int column)
{
	unsigned int i;

	for (i = 0; i < view->heading_count; i++) {
		if (column >= view->heading_end[i])
			continue;
		if (view->heading_field[i] != view->sort)
			return sort_by(view, view->heading_field[i]);
		view->reverse = !view->reverse;
		return VIEW_ARRANGE;
	}
	return VIEW_NOTHING;
}

enum view_action view_click(struct view *view, const struct scene *scene,
			    unsigned int line, unsigned int column)
{
	unsigned int row;

	if (view->page != PAGE_TABLE || !view->list.page)
		return VIEW_NOTHING;
	if (line == view->heading_line)
		return click_heading(view, column);
	if (line < view->heading_line ||
	    line > view->heading_line + view->list.page)
		return VIEW_NOTHING;
	row = view->list.first + line - view->heading_line - 1;
	if (row >= scene->snapshot.shown)
		return VIEW_NOTHING;
	if (row == view->list.cursor)
		return table_key(view, scene, KEY_VIEW_ENTER);
	view->list.cursor = row;
	if (view->focus)
		focus_cursor(view, scene);
	return VIEW_DRAW;
}
