/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A chart of several series over time, with axes and a legend, as lines of
 * text. Pure, but for the time zone (TZ) and the stream; knows no query.
 */
#ifndef SYSMON_CLI_PLOT_H
#define SYSMON_CLI_PLOT_H

#include <stdio.h>

#include "canvas.h"
#include "lib/field.h"
#include "lib/text.h"
#include "trace.h"

struct plot_series {
	char *label; /* whatever bytes it holds, it is printed safely */
	struct trace trace;
};

struct plot_chart {
	const char *title;
	enum unit unit;
	const struct plot_series *series;
	unsigned int count;
};

struct plot_look {
	enum canvas_style style;
	enum text_charset charset;
	bool color;
	unsigned int width; /* columns of a line */
	unsigned int rows;  /* of the drawing */
};

/* More could not be told apart. */
#define PLOT_SERIES_MAX 12

/* Columns that a trace should have. */
unsigned int plot_columns(const struct plot_look *look);

/* Returns 0, -ENOMEM or -EIO. */
int plot_print(const struct plot_chart *chart, const struct plot_look *look,
	       FILE *to);

#endif
