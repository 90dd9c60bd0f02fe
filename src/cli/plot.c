// SPDX-License-Identifier: GPL-2.0
/* Draws charts; knows no query. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "plot.h"
#include "scale.h"

#define LABEL_WIDTH	10 /* of the axis at the left */
#define COLUMNS_MIN	16
#define TIME_MARK_WIDTH 14 /* for each mark on the axis below */
#define ROWS_A_STEP	2
#define TIMES_MAX	64

static const char *const series_colors[] = {
	"36", "33", "35", "32", "34", "31", "96", "93", "95", "92", "94", "91"
};
_Static_assert(sizeof(series_colors) / sizeof(*series_colors) ==
		       PLOT_SERIES_MAX,
	       "each series has a colour of its own");

/* One chart on its way. */
struct drawing {
	const struct plot_chart *chart;
	const struct plot_look *look;
	struct canvas canvas;
	struct scale scale;
	FILE *to;
};

static unsigned int cells_across(const struct plot_look *look)
{
	unsigned int left = LABEL_WIDTH + 2;

	return look->width > left + COLUMNS_MIN ? look->width - left
						: COLUMNS_MIN;
}

unsigned int plot_columns(const struct plot_look *look)
{
	return cells_across(look) * canvas_across(look->style);
}

static bool is_utf8(const struct drawing *d)
{
	return d->look->charset == TEXT_UTF8;
}

static void set_color(const struct drawing *d, unsigned int series)
{
	if (d->look->color)
		fprintf(d->to, "\033[0;%sm", series_colors[series]);
}

static void reset_color(const struct drawing *d)
{
	if (d->look->color)
		fputs("\033[0m", d->to);
}

static unsigned int row_of_value(const struct drawing *d, double value)
{
	double most = d->canvas.height - 1;

	return (unsigned int)fmax(0, round(value / d->scale.top * most));
}

static void draw_series(struct drawing *d, unsigned int series)
{
	const struct trace *t = &d->chart->series[series].trace;
	unsigned int x, before = 0;

	for (x = 0; x < t->columns; x++) {
		const struct trace_column *c = &t->column[x];

		if (!c->known)
			continue;
		if (c->joined)
			canvas_line(&d->canvas, series, before,
				    row_of_value(d, t->column[before].last), x,
				    row_of_value(d, c->first));
		canvas_line(&d->canvas, series, x, row_of_value(d, c->low), x,
			    row_of_value(d, c->high));
		before = x;
	}
}

static void choose_scale(struct drawing *d)
{
	double max = 0;

	for (unsigned int i = 0; i < d->chart->count; i++)
		if (!trace_is_empty(&d->chart->series[i].trace))
			max = fmax(max, d->chart->series[i].trace.high);
	d->scale = scale_for(max, d->chart->unit, d->look->rows / ROWS_A_STEP);
}

/* "   1.5 GiB \u2524": the label of the mark in that row of cells, if any. */
static void put_axis(const struct drawing *d, unsigned int row)
{
	unsigned int up = canvas_up(d->look->style);
	char label[32] = "";

	for (double v = 0; v <= d->scale.top * 1.001; v += d->scale.step)
		if ((d->canvas.height - 1 - row_of_value(d, v)) / up == row)
			scale_label(v, d->chart->unit, label, sizeof(label));
	fprintf(d->to, "%*s %s", LABEL_WIDTH, label,
		is_utf8(d) ? (*label ? "\u2524" : "\u2502")
			   : (*label ? "+" : "|"));
}

static void put_row(const struct drawing *d, unsigned int row)
{
	const struct canvas *c = &d->canvas;
	unsigned int colored = 0, end = c->columns;
	char cell[8];

	while (end && !c->dots[row * c->columns + end - 1])
		end--;
	put_axis(d, row);
	for (unsigned int x = 0; x < end; x++) {
		unsigned int series = c->series[row * c->columns + x];

		if (series && series != colored)
			set_color(d, series - 1);
		colored = series ? series : colored;
		fputs(canvas_cell(c, x, row, cell), d->to);
	}
	if (colored)
		reset_color(d);
	putc('\n', d->to);
}

/* The cells of the marks on the time axis. Returns how many. */
static unsigned int find_times(const struct drawing *d, double *times,
			       unsigned int *cells, double *step)
{
	const struct trace *t = &d->chart->series[0].trace;
	unsigned int count = 0, columns = d->canvas.columns;
	double time;

	*step = scale_time_step(t->to - t->from, columns / TIME_MARK_WIDTH);
	for (time = scale_time_first(t->from, *step);
	     time <= t->to && count < TIMES_MAX; time += *step) {
		double at = (time - t->from) / (t->to - t->from) * columns;

		times[count] = time;
		cells[count++] = at < columns ? (unsigned int)at : columns - 1;
	}
	return count;
}

static void put_time_axis(const struct drawing *d)
{
	unsigned int cells[TIMES_MAX], at = 0, x = 0, i, count;
	double times[TIMES_MAX], step;
	char label[32];

	count = find_times(d, times, cells, &step);
	fprintf(d->to, "%*s %s", LABEL_WIDTH, "", is_utf8(d) ? "\u2514" : "+");
	for (i = 0; x < d->canvas.columns; x++) {
		bool mark = i < count && cells[i] == x;

		if (is_utf8(d))
			fputs(mark ? "\u252c" : "\u2500", d->to);
		else
			putc(mark ? '+' : '-', d->to);
		i += mark;
	}
	fprintf(d->to, "\n%*s  ", LABEL_WIDTH, "");
	for (i = 0; i < count; i++) {
		unsigned int len, from;

		scale_time_label(times[i], step, label, sizeof(label));
		len = (unsigned int)strlen(label);
		from = cells[i] > len / 2 ? cells[i] - len / 2 : 0;
		if (from + len > d->canvas.columns)
			from = d->canvas.columns - len;
		if (at && from <= at)
			continue;
		at += (unsigned int)fprintf(d->to, "%*s%s", (int)(from - at),
					    "", label);
	}
	putc('\n', d->to);
}

static void put_mark(const struct drawing *d, unsigned int series)
{
	set_color(d, series);
	switch (d->look->style) {
	case CANVAS_BRAILLE:
		fputs("\u28c0\u28e0", d->to);
		break;
	case CANVAS_BLOCKS:
		fputs("\u2584\u2584", d->to);
		break;
	case CANVAS_ASCII:
	case CANVAS_STYLES:
		putc(canvas_mark(series), d->to);
		break;
	}
	reset_color(d);
}

static int put_legend(const struct drawing *d, unsigned int i)
{
	const struct plot_series *series = &d->chart->series[i];
	char last[32], high[32];
	char *label = text_terminal(series->label, strlen(series->label),
				    d->look->charset);

	if (!label)
		return -ENOMEM;
	text_elide(label, d->look->width > 60 ? d->look->width - 40 : 20,
		   d->look->charset);
	fprintf(d->to, "%*s  ", LABEL_WIDTH, "");
	put_mark(d, i);
	if (trace_is_empty(&series->trace))
		fprintf(d->to, " %s: nothing recorded\n", label);
	else
		fprintf(d->to, " %s: last %s, highest %s\n", label,
			scale_label(series->trace.last, d->chart->unit, last,
				    sizeof(last)),
			scale_label(series->trace.high, d->chart->unit, high,
				    sizeof(high)));
	free(label);
	return 0;
}

int plot_print(const struct plot_chart *chart, const struct plot_look *look,
	       FILE *to)
{
	struct drawing d = { .chart = chart, .look = look, .to = to };
	unsigned int i;
	int r = canvas_init(&d.canvas, look->style, cells_across(look),
			    look->rows);

	if (r)
		return r;
	choose_scale(&d);
	for (i = 0; i < chart->count; i++)
		draw_series(&d, i);
	fprintf(to, "%*s  %s\n", LABEL_WIDTH, "", chart->title);
	for (i = 0; i < look->rows; i++)
		put_row(&d, i);
	put_time_axis(&d);
	for (i = 0; !r && i < chart->count; i++)
		r = put_legend(&d, i);
	canvas_free(&d.canvas);
	return r ? r : ferror(to) ? -EIO : 0;
}
