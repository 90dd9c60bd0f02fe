/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The screen of `top`: what people have chosen, what a key does to it, and the
 * lines that come of it. Pure; knows neither ncurses nor the database.
 */
#ifndef SYSMON_CLI_VIEW_H
#define SYSMON_CLI_VIEW_H

#include <stdio.h>

#include "columns.h"
#include "lib/heartbeat.h"
#include "lib/text.h"
#include "scene.h"

/* Keys that are no characters. */
enum view_key {
	KEY_VIEW_UP = 0x110000,
	KEY_VIEW_DOWN,
	KEY_VIEW_LEFT,
	KEY_VIEW_RIGHT,
	KEY_VIEW_PAGE_UP,
	KEY_VIEW_PAGE_DOWN,
	KEY_VIEW_HOME,
	KEY_VIEW_END,
	KEY_VIEW_ENTER,
	KEY_VIEW_ESCAPE,
	KEY_VIEW_BACKSPACE,
};

/* What the caller is to do after a key. */
enum view_action {
	VIEW_NOTHING,
	VIEW_DRAW,
	VIEW_ARRANGE, /* the order has changed, then draw */
	VIEW_BEFORE,  /* load the tick before, then draw, as the next ones */
	VIEW_AFTER,
	VIEW_NEWEST,
	VIEW_JUMP,    /* the newest tick at or before jump_ns, or the first */
	VIEW_FORWARD, /* likewise, but at least the next one */
	VIEW_QUIT,
};

/* What is below the machine. */
enum view_page {
	PAGE_TABLE,
	PAGE_STOPS,
	PAGE_COLUMNS,
	PAGE_HELP,
};

/* What is being typed. */
enum view_prompt {
	PROMPT_NONE,
	PROMPT_FILTER,
	PROMPT_TIME,
};

/* A list with a cursor on a screen. */
struct scroll {
	unsigned int cursor; /* row of the list */
	unsigned int first;  /* row at the top of the screen */
	unsigned int page;   /* rows that the last screen had */
};

struct view {
	unsigned int sort; /* TOP_* */
	bool reverse;
	bool live; /* follows the newest tick */
	bool tree;
	bool hide_cpus; /* single ones */
	enum view_page page;
	enum view_prompt prompt;
	char filter[64];
	char time[64];	   /* as typed */
	const char *wrong; /* with that time; NULL */
	char note[160];	   /* until the next key; empty */
	int64_t jump_ns;
	struct columns columns;
	struct scroll list;
	struct scroll stops;
	struct scroll chooser;
	/* The container looked at closely: its row, or 0, and what it is called
	 * should it go; and the lines of it that are scrolled away. */
	int64_t focus;
	char focus_label[128];
	unsigned int focus_first;
	/* Where the heading of the last screen stands, for the mouse. */
	unsigned int heading_line;
	unsigned int heading_count;
	unsigned int heading_field[TOP_COUNT];
	unsigned int heading_end[TOP_COUNT]; /* column behind it */
};

/* What the screen says beside the record. */
struct view_state {
	int64_t now_ns;
	struct heartbeat heartbeat;	 /* the daemon's */
	struct value newest[TICK_COUNT]; /* the tick, be it shown or not */
	char error[160];		 /* why reading failed; empty */
};

/* A key, at that time. */
enum view_action view_key(struct view *view, const struct scene *scene,
			  int64_t now_ns, int key);

/* A click on a line and column of the screen. */
enum view_action view_click(struct view *view, const struct scene *scene,
			    unsigned int line, unsigned int column);

/* The order is a new one: the cursor stays on the container that is looked at
 * closely, if that is shown. */
void view_follow(struct view *view, const struct scene *scene);

/* Says how far what is shown is from the time jumped to. */
void view_note_jump(struct view *view, const struct snapshot *s);

/*
 * What is wrong with the record's present, as one line without newline in buf;
 * NULL if nothing.
 */
const char *view_alarm(const struct view_state *state, char *buf, size_t size);

/*
 * Draws rows lines of at most columns columns (the caller cuts what is
 * longer), each ended by a newline, styled. 0 or -ENOMEM.
 */
int view_draw(struct view *view, const struct scene *scene,
	      const struct view_state *state, unsigned int rows,
	      unsigned int columns, enum text_charset charset, FILE *to);

#endif
