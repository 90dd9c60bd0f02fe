/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Styles in a line of text: a byte below 0x10 switches to that style. No
 * text_terminal() string holds one, so nobody else can. Whoever shows the line
 * makes colours of them, or nothing. Knows no meaning of a style.
 */
#ifndef SYSMON_CLI_STYLE_H
#define SYSMON_CLI_STYLE_H

#include <stdbool.h>
#include <stdio.h>

enum style {
	STYLE_PLAIN = 1,
	STYLE_BOLD,
	STYLE_DIM,
	STYLE_GREEN,
	STYLE_YELLOW,
	STYLE_RED,
	STYLE_HEADING, /* of a table */
	STYLE_SORTED,  /* the heading of the column it is sorted by */
	STYLE_MARKED,  /* the row the cursor is on */
	STYLE_ALARM,   /* what must not be overlooked */
	STYLE_COUNT,
};

_Static_assert((int)STYLE_COUNT <= 0x10, "a style must be a byte below 0x10");

/* Writes a line with its styles as terminal sequences, or without them. */
void style_print(FILE *to, const char *line, bool color);

#endif
