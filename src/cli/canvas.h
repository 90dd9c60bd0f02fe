/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Dots and lines in cells of characters: of braille, of quarter blocks, or of a
 * mark for each series. Pure; knows neither scales nor colours nor files.
 */
#ifndef SYSMON_CLI_CANVAS_H
#define SYSMON_CLI_CANVAS_H

#include <stdint.h>

enum canvas_style {
	CANVAS_BRAILLE, /* 2 x 4 dots in a cell */
	CANVAS_BLOCKS,	/* 2 x 2 */
	CANVAS_ASCII,	/* 1, which tells the series */
	CANVAS_STYLES
};

struct canvas {
	enum canvas_style style;
	unsigned int columns, rows; /* cells */
	unsigned int width, height; /* dots */
	uint8_t *dots;		    /* by cell: which of its dots are set */
	uint8_t *series; /* by cell: 1 and the last series in it; 0: empty */
};

/* Dots that a cell has across, or up. */
unsigned int canvas_across(enum canvas_style style);
unsigned int canvas_up(enum canvas_style style);

/* An empty one. 0 or -ENOMEM; the caller calls canvas_free(). */
int canvas_init(struct canvas *c, enum canvas_style style, unsigned int columns,
		unsigned int rows);
void canvas_free(struct canvas *c);

/* From dot to dot, both included; 0, 0 is at the left below. */
void canvas_line(struct canvas *c, unsigned int series, unsigned int x0,
		 unsigned int y0, unsigned int x1, unsigned int y1);

/* What a cell shows, in UTF-8; row 0 is at the top. Returns buf, of at least 4
 * bytes. */
const char *canvas_cell(const struct canvas *c, unsigned int column,
			unsigned int row, char *buf);

/* The mark of a series in CANVAS_ASCII; they begin anew after a while. */
char canvas_mark(unsigned int series);

#endif
