/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Styles in a line of text: a byte from 0x10 to 0x1a switches to that style.
 * No text_terminal() string holds one, so nobody else can. Whoever shows the
 * line makes colours of them, or nothing. Knows no meaning of a style.
 */
#ifndef SYSMON_CLI_STYLE_H
#define SYSMON_CLI_STYLE_H

#include <stdbool.h>
#include <stdio.h>

enum style {
	STYLE_PLAIN = 0x10,
	STYLE_BOLD,
	STYLE_DIM,
	STYLE_GREEN,
	STYLE_YELLOW,
	STYLE_RED,
	STYLE_HEADING, /* of a table */
	STYLE_SORTED,  /* the heading of the column it is sorted by */
	STYLE_MARKED,  /* the row the cursor is on */
	STYLE_ALARM,   /* what must not be overlooked */
	STYLE_END,
};

_Static_assert((int)STYLE_END <= 0x1b, "a style must not be an escape");

#define STYLE_COUNT (STYLE_END - STYLE_PLAIN)

static inline bool style_is(unsigned int c)
{
	return c >= STYLE_PLAIN && c < STYLE_END;
}

/* Writes a line with its styles as terminal sequences, or without them. */
void style_print(FILE *to, const char *line, bool color);

#endif
