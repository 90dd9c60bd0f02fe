// SPDX-License-Identifier: GPL-2.0
/* Sorts the figures of a history into charts; knows no query. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "history_plot.h"
#include "lib/timerange.h"
#include "plot.h"

#define CHARTS_MAX    13 /* there are no more units */
#define ROWS_ALONE    12
#define ROWS_BESIDE   8
#define TITLE_MAX     128
#define WIDTH_UNKNOWN 80

struct unit_chart {
	enum unit unit;
	char title[TITLE_MAX];
	unsigned int metric[PLOT_SERIES_MAX]; /* field of the history */
	unsigned int metrics;
	struct plot_series series[PLOT_SERIES_MAX];
	unsigned int count;
};

struct history_plot {
	const struct history_read *read;
	struct plot_look look;
	unsigned int subjects; /* containers, or the one machine */
	unsigned int turn;
	double last_time, last_span; /* of the point before; 0: none */
	unsigned int charts;
	struct unit_chart chart[CHARTS_MAX];
};

/* $COLUMNS, where stdout does not tell. */
static unsigned int width_of(const struct terminal *terminal)
{
	const char *columns = getenv("COLUMNS");
	long n = columns ? strtol(columns, NULL, 10) : 0;

	if (terminal->width)
		return terminal->width;
	return n > 0 && n < 10000 ? (unsigned int)n : WIDTH_UNKNOWN;
}

static enum canvas_style style_of(const struct cli *cli, bool several)
{
	const char *term = getenv("TERM");
	bool console = term && !strcmp(term, "linux");

	if (cli->terminal.charset == TEXT_ASCII)
		return CANVAS_ASCII;
	switch ((enum plot_style)cli->opt.plot_style) {
	case PLOT_BRAILLE:
		return CANVAS_BRAILLE;
	case PLOT_BLOCKS:
		return CANVAS_BLOCKS;
	case PLOT_ASCII:
		return CANVAS_ASCII;
	case PLOT_AUTO:
		break;
	}
	/* Without colours only marks tell series apart; and the console has no
	 * letters for braille. */
	return console || (several && !cli->terminal.color) ? CANVAS_ASCII
							    : CANVAS_BRAILLE;
}

static struct unit_chart *chart_of(struct history_plot *p, enum unit unit)
{
	for (unsigned int i = 0; i < p->charts; i++)
		if (p->chart[i].unit == unit)
			return &p->chart[i];
	p->chart[p->charts].unit = unit;
	return &p->chart[p->charts++];
}

/* Gives each figure to the chart of its unit. */
static int sort_metrics(struct history_plot *p)
{
	for (unsigned int i = POINT_RATES; i < p->read->count; i++) {
		const struct field *field = &p->read->fields[i];
		struct unit_chart *chart;
		size_t used;

		if (!(field->show & SHOW_TABLE))
			continue;
		chart = chart_of(p, field->unit);
		if ((chart->metrics + 1) * p->subjects > PLOT_SERIES_MAX)
			return -E2BIG;
		used = strlen(chart->title);
		snprintf(chart->title + used, TITLE_MAX - used, "%s%s",
			 used ? ", " : "", field->key);
		chart->metric[chart->metrics++] = i;
	}
	return 0;
}

/* A name may hold any bytes but a zero, which it is cut at. */
static char *label_of(const struct value *life, const char *key, bool alone)
{
	const struct value machine = value_text("machine", 7);
	const struct value *name = life ? &life[LIFE_LABEL] : &machine;
	char *label = NULL;

	if (asprintf(&label, "%.*s%s%s",
		     name->type == VALUE_TEXT ? (int)name->s.len : 0,
		     name->type == VALUE_TEXT ? name->s.p : "",
		     alone ? "" : " ", alone ? "" : key) < 0)
		return NULL;
	return label;
}

/* Metric after metric, and of each, container after container. */
static int add_series(struct history_plot *p, struct unit_chart *chart,
		      const struct value *const *lives)
{
	double from = (double)p->read->since_ns / 1e9;
	double to = (double)p->read->until_ns / 1e9;

	for (unsigned int m = 0; m < chart->metrics; m++) {
		const char *key = p->read->fields[chart->metric[m]].key;

		for (unsigned int i = 0; i < p->subjects; i++) {
			struct plot_series *s = &chart->series[chart->count];

			if (trace_init(&s->trace, from, to,
				       plot_columns(&p->look)))
				return -ENOMEM;
			chart->count++;
			s->label = label_of(lives ? lives[i] : NULL, key,
					    chart->metrics == 1);
			if (!s->label)
				return -ENOMEM;
		}
	}
	return 0;
}

static int fill(struct history_plot *p, const struct cli *cli,
		const struct value *const *lives)
{
	bool several = p->subjects > 1;
	int r = sort_metrics(p);

	for (unsigned int i = 0; i < p->charts; i++)
		several |= p->chart[i].metrics > 1;
	p->look = (struct plot_look){
		.style = style_of(cli, several),
		.charset = cli->terminal.charset,
		.color = cli->terminal.color,
		.width = width_of(&cli->terminal),
		.rows = p->charts > 1 ? ROWS_BESIDE : ROWS_ALONE,
	};
	for (unsigned int i = 0; !r && i < p->charts; i++)
		r = add_series(p, &p->chart[i], lives);
	return r;
}

int history_plot_new(struct history_plot **plot, const struct cli *cli,
		     const struct history_read *read,
		     const struct value *const *lives, unsigned int containers)
{
	struct history_plot *p = calloc(1, sizeof(*p));
	int r = -ENOMEM;

	*plot = NULL;
	if (!p)
		return r;
	p->read = read;
	p->subjects = containers ? containers : 1;
	r = fill(p, cli, containers ? lives : NULL);
	if (r)
		history_plot_free(p);
	else
		*plot = p;
	return r;
}

void history_plot_free(struct history_plot *p)
{
	if (!p)
		return;
	for (unsigned int i = 0; i < p->charts; i++)
		for (unsigned int k = 0; k < p->chart[i].count; k++) {
			trace_free(&p->chart[i].series[k].trace);
			free(p->chart[i].series[k].label);
		}
	free(p);
}

void history_plot_turn(struct history_plot *p, unsigned int container)
{
	p->turn = container;
	p->last_time = 0;
}

/*
 * A sample stands at the end of the time that it covers, a step at the
 * beginning. What is farther away than that time leaves a gap, and so does what
 * is earlier: the lives of a container may overlap.
 */
static bool follows(const struct history_plot *p, double time, double span)
{
	double step = (double)p->read->step_ns / 1e9;
	double covered = step > 0 ? fmax(step, p->last_span) : span;

	return p->last_time > 0 && time > p->last_time &&
	       time - p->last_time <= covered * 1.5;
}

/* The first step may begin before the range does, though it reaches into it. */
static double place_of(const struct history_plot *p, double time)
{
	double from = (double)p->read->since_ns / 1e9;

	return p->read->step_ns > 0 ? fmax(time, from) : time;
}

int history_plot_point(void *plot, const struct value *point)
{
	struct history_plot *p = plot;
	double time = value_number(&point[POINT_TIME], 0);
	double span = value_number(&point[POINT_SPAN], 0);
	double at = place_of(p, time);
	bool joined = follows(p, time, span);

	for (unsigned int i = 0; i < p->charts; i++) {
		struct unit_chart *chart = &p->chart[i];

		for (unsigned int m = 0; m < chart->metrics; m++) {
			const struct value *v = &point[chart->metric[m]];
			struct trace *t =
				&chart->series[m * p->subjects + p->turn].trace;

			if (!joined || v->type == VALUE_NULL)
				trace_break(t);
			if (v->type != VALUE_NULL)
				trace_add(t, at, value_number(v, 0));
		}
	}
	p->last_time = time;
	p->last_span = span;
	return 0;
}

bool history_plot_is_empty(const struct history_plot *p)
{
	for (unsigned int i = 0; i < p->charts; i++)
		for (unsigned int k = 0; k < p->chart[i].count; k++)
			if (!trace_is_empty(&p->chart[i].series[k].trace))
				return false;
	return true;
}

static void print_range(const struct history_read *read)
{
	char since[32], until[32], step[32] = "each sample";

	if (read->step_ns > 0)
		duration_format(read->step_ns, step, sizeof(step));
	printf("%s to %s, by %s\n",
	       time_format(read->since_ns, since, sizeof(since)),
	       time_format(read->until_ns, until, sizeof(until)), step);
}

int history_plot_print(const struct history_plot *p)
{
	int r = 0;

	print_range(p->read);
	for (unsigned int i = 0; !r && i < p->charts; i++) {
		const struct plot_chart chart = {
			.title = p->chart[i].title,
			.unit = p->chart[i].unit,
			.series = p->chart[i].series,
			.count = p->chart[i].count,
		};

		putchar('\n');
		r = plot_print(&chart, &p->look, stdout);
	}
	return r ? r : fflush(stdout) ? -EIO : 0;
}
