/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What can stand below the machine on the screen of `top`: one function a page,
 * which writes rows lines. Pure; knows neither keys nor what is around it.
 */
#ifndef SYSMON_CLI_PAGE_H
#define SYSMON_CLI_PAGE_H

#include "view.h"

/* What one drawing goes by. */
struct drawing {
	struct view *view;
	const struct scene *scene;
	const struct view_state *state;
	unsigned int columns;
	enum text_charset charset;
	FILE *to;
};

/* The containers; with one looked at closely, that too. 0 or -ENOMEM, as the
 * next one. */
int page_table(const struct drawing *d, unsigned int rows);

/* The stop record. */
int page_stops(const struct drawing *d, unsigned int rows);

/* The columns to choose from. */
void page_columns(const struct drawing *d, unsigned int rows);

/* Keeps the cursor on a row of `count`, and its row on a screen of `page`. */
void page_scroll(struct scroll *s, unsigned int count, unsigned int page);

#endif
