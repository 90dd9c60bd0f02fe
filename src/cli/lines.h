/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Lines with styles in them: counted, cut, padded, set side by side. Pure; knows
 * nothing of what they say.
 */
#ifndef SYSMON_CLI_LINES_H
#define SYSMON_CLI_LINES_H

#include <stdio.h>

#include "style.h"

/* How many lines, the last one with or without a newline. */
unsigned int lines_count(const char *text);

/* Writes `count` lines from line `first` on; empty ones where there are no more. */
void lines_put(const char *text, unsigned int first, unsigned int count,
	       FILE *to);

/* Where the text at p ends that is of one style, that is before the next, and
 * fits into *left columns, which it takes off. */
const char *lines_run(const char *p, const char *end, unsigned int *left);

/* Writes both side by side, the left one cut or padded to width columns. */
void lines_beside(const char *left, unsigned int width, const char *right,
		  FILE *to);

#endif
