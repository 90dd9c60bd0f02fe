/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A table's columns: which, how wide, and a row as a line. Pure; serves both
 * the printed tables and the screen of `top`.
 */
#ifndef SYSMON_CLI_LAYOUT_H
#define SYSMON_CLI_LAYOUT_H

#include <stdio.h>

#include "lib/query.h"
#include "lib/text.h"
#include "style.h"

struct column {
	unsigned int field;
	unsigned int width;
	bool right;
};

struct layout {
	const struct field *fields;
	enum text_charset charset;
	unsigned int gap;      /* blanks between columns */
	unsigned int text_min; /* a text may be cut to this */
	unsigned int count;
	struct column column[QUERY_COLUMNS_MAX];
};

/* The fields shown in tables, each as wide as its title. */
void layout_init(struct layout *l, const struct field *fields,
		 unsigned int count, enum text_charset charset);

/* Those fields alone, in that order. */
void layout_choose(struct layout *l, const struct field *fields,
		   const unsigned int *chosen, unsigned int count,
		   enum text_charset charset);

/* Widens the columns to what the row needs. 0 or -ENOMEM. */
int layout_fit(struct layout *l, const struct value *row);

/* For a table that is drawn again and again: columns as wide as numbers of
 * their unit can get, so that they do not move. */
void layout_steady(struct layout *l);

/*
 * Narrows the table to width columns, if not 0: texts give way first, then
 * whole columns leave, by struct field's `drop`.
 */
void layout_limit(struct layout *l, unsigned int width);

/*
 * The same for chosen columns: texts give way first, then the columns on the
 * right leave, but for the first; what room is left then the texts get back.
 */
void layout_limit_chosen(struct layout *l, unsigned int width);

/* Columns that a line takes. */
unsigned int layout_width(const struct layout *l);

/* The headings as a line; sorted is a field that is marked, or -1. */
void layout_heading(const struct layout *l, int sorted, FILE *to);

/* A row as a line, without a newline; with `plain` without styles of its
 * cells. 0 or -ENOMEM. */
int layout_row(const struct layout *l, const struct value *row, bool plain,
	       FILE *to);

#endif
