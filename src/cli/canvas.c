// SPDX-License-Identifier: GPL-2.0
/* Sets dots and tells what the cells show; knows no scale. */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "canvas.h"

static const struct {
	uint8_t across, up;
} cells[CANVAS_STYLES] = {
	[CANVAS_BRAILLE] = { 2, 4 },
	[CANVAS_BLOCKS] = { 2, 2 },
	[CANVAS_ASCII] = { 1, 1 },
};

unsigned int canvas_across(enum canvas_style style)
{
	return cells[style].across;
}

unsigned int canvas_up(enum canvas_style style)
{
	return cells[style].up;
}

int canvas_init(struct canvas *c, enum canvas_style style, unsigned int columns,
		unsigned int rows)
{
	*c = (struct canvas){
		.style = style,
		.columns = columns,
		.rows = rows,
		.width = columns * canvas_across(style),
		.height = rows * canvas_up(style),
		.dots = calloc(columns, rows),
		.series = calloc(columns, rows),
	};
	if (c->dots && c->series)
		return 0;
	canvas_free(c);
	return -ENOMEM;
}

void canvas_free(struct canvas *c)
{
	free(c->dots);
	free(c->series);
	c->dots = NULL;
	c->series = NULL;
}

/*
 * The bit of a dot in its cell, from the left above. Braille's are numbered as
 * Unicode does: down the left side, down the right one, then the lowest row.
 */
static uint8_t dot_bit(enum canvas_style style, unsigned int x, unsigned int y)
{
	static const uint8_t braille[4][2] = {
		{ 0x01, 0x08 }, { 0x02, 0x10 }, { 0x04, 0x20 }, { 0x40, 0x80 }
	};

	switch (style) {
	case CANVAS_BRAILLE:
		return braille[y][x];
	case CANVAS_BLOCKS:
		return (uint8_t)(1 << (y * 2 + x));
	case CANVAS_ASCII:
	case CANVAS_STYLES:
		break;
	}
	return 1;
}

static void set_dot(struct canvas *c, unsigned int series, unsigned int x,
		    unsigned int y)
{
	unsigned int across = canvas_across(c->style), up = canvas_up(c->style);
	unsigned int down = c->height - 1 - y;
	size_t cell = (size_t)(down / up) * c->columns + x / across;

	c->dots[cell] |= dot_bit(c->style, x % across, down % up);
	c->series[cell] = (uint8_t)(series + 1);
}

/* Bresenham's, for all directions. */
void canvas_line(struct canvas *c, unsigned int series, unsigned int x0,
		 unsigned int y0, unsigned int x1, unsigned int y1)
{
	int x = (int)x0, y = (int)y0;
	int dx = abs((int)x1 - x), dy = -abs((int)y1 - y);
	int step_x = x0 < x1 ? 1 : -1, step_y = y0 < y1 ? 1 : -1;
	int error = dx + dy;

	for (;;) {
		int twice = 2 * error;

		set_dot(c, series, (unsigned int)x, (unsigned int)y);
		if (x == (int)x1 && y == (int)y1)
			return;
		if (twice >= dy) {
			error += dy;
			x += step_x;
		}
		if (twice <= dx) {
			error += dx;
			y += step_y;
		}
	}
}

char canvas_mark(unsigned int series)
{
	static const char marks[] = "*+ox#%@=&$~:";

	return marks[series % (sizeof(marks) - 1)];
}

const char *canvas_cell(const struct canvas *c, unsigned int column,
			unsigned int row, char *buf)
{
	static const char *const quarters[16] = {
		" ",	  "\u2598", "\u259d", "\u2580", "\u2596", "\u258c",
		"\u259e", "\u259b", "\u2597", "\u259a", "\u2590", "\u259c",
		"\u2584", "\u2599", "\u259f", "\u2588",
	};
	size_t cell = (size_t)row * c->columns + column;
	uint8_t dots = c->dots[cell];

	buf[0] = ' ';
	buf[1] = 0;
	if (!dots)
		return buf;
	switch (c->style) {
	case CANVAS_BRAILLE:
		/* U+2800 and the dots' bits. */
		buf[0] = (char)0xe2;
		buf[1] = (char)(0xa0 | dots >> 6);
		buf[2] = (char)(0x80 | (dots & 0x3f));
		buf[3] = 0;
		break;
	case CANVAS_BLOCKS:
		memcpy(buf, quarters[dots], strlen(quarters[dots]) + 1);
		break;
	case CANVAS_ASCII:
	case CANVAS_STYLES:
		buf[0] = canvas_mark(c->series[cell] - 1);
		break;
	}
	return buf;
}
