/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The screen of `top`: what people have chosen, what a key does to it, and the
 * lines that come of it. Pure; knows neither ncurses nor the database.
 */
#ifndef SYSMON_CLI_VIEW_H
#define SYSMON_CLI_VIEW_H

#include <stdio.h>

#include "lib/heartbeat.h"
#include "lib/text.h"
#include "lib/snapshot.h"

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
	VIEW_BEFORE,  /* load the tick before, then draw */
	VIEW_AFTER,
	VIEW_NEWEST,
	VIEW_QUIT,
};

struct view {
	unsigned int sort; /* TOP_* */
	bool reverse;
	bool live; /* follows the newest tick */
	bool help;
	bool typing; /* the filter */
	char filter[64];
	unsigned int cursor; /* row in the snapshot's order */
	unsigned int first;  /* row at the top of the screen */
	unsigned int page;   /* rows that the last screen had */
};

/* What the screen says beside the snapshot. */
struct view_state {
	int64_t now_ns;
	struct heartbeat heartbeat; /* the daemon's */
	const char *error;	    /* why reading failed; NULL */
};

enum view_action view_key(struct view *view, const struct snapshot *s, int key);

/* The machine in three lines, as printed by `top --once` too. */
void view_header(const struct snapshot *s, FILE *to);

/*
 * What is wrong with the currency of a live snapshot, as one line without
 * newline in buf; NULL if nothing.
 */
const char *view_alarm(const struct snapshot *s, const struct view_state *state,
		       char *buf, size_t size);

/*
 * Draws rows lines of at most columns columns (the caller cuts what is
 * longer), each ended by a newline, styled. 0 or -ENOMEM.
 */
int view_draw(struct view *view, const struct snapshot *s,
	      const struct view_state *state, unsigned int rows,
	      unsigned int columns, enum text_charset charset, FILE *to);

#endif
