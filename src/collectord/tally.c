// SPDX-License-Identifier: GPL-2.0
/* The arithmetic of tally.h. */
#include "tally.h"

#include <math.h>

int64_t tally_cpu(uint64_t cpu_us, int64_t span_us)
{
	if (span_us <= 0)
		return -1;
	return (int64_t)((double)cpu_us * 1e6 / (double)span_us + 0.5);
}

static void add_cpu(struct tally *t, const struct piece *piece)
{
	if (piece->cpu_min < 0 || piece->cpu_max < 0)
		return;
	if (!t->cpu_known || piece->cpu_min < t->cpu_min)
		t->cpu_min = piece->cpu_min;
	if (!t->cpu_known || piece->cpu_max > t->cpu_max)
		t->cpu_max = piece->cpu_max;
	t->cpu_known = true;
}

/* Which gauges' runs a piece goes on with; a tally's average has ends of its own. */
static uint64_t going_on(const struct tally *t, uint64_t gauges,
			 const struct piece *piece)
{
	uint64_t left = piece->min == piece->v ? gauges & t->running : 0;
	uint64_t on = 0;

	for (; left; left &= left - 1) {
		unsigned int i = (unsigned int)__builtin_ctzll(left);

		if (t->figure[i].value == piece->v[i])
			on |= left & -left;
	}
	return on;
}

static double run_ticks(const struct tally *t, unsigned int i)
{
	return (double)(t->ticks - t->figure[i].since);
}

static void end_run(struct tally *t, unsigned int i)
{
	double ticks = run_ticks(t, i);

	t->figure[i].total += (double)t->figure[i].value * ticks;
	t->figure[i].weight += ticks;
}

static void widen(struct tally *t, unsigned int i, const struct piece *piece)
{
	bool first = !(t->have >> i & 1);

	if (first || piece->min[i] < t->figure[i].min)
		t->figure[i].min = piece->min[i];
	if (first || piece->max[i] > t->figure[i].max)
		t->figure[i].max = piece->max[i];
}

/* A gauge that stands still is a run, of which nothing is done but at its ends. */
static void add_gauges(struct tally *t, uint64_t gauges,
		       const struct piece *piece)
{
	uint64_t on = going_on(t, gauges, piece);
	uint64_t left = t->running & ~on;

	for (; left; left &= left - 1)
		end_run(t, (unsigned int)__builtin_ctzll(left));
	for (left = gauges & ~on; left; left &= left - 1) {
		unsigned int i = (unsigned int)__builtin_ctzll(left);

		widen(t, i, piece);
		t->figure[i].value = piece->v[i];
		t->figure[i].since = t->ticks;
	}
	t->running = gauges;
}

static void add_counter(struct tally *t, unsigned int i, uint64_t value)
{
	uint64_t *sum = &t->figure[i].sum;

	*sum = value > INT64_MAX - *sum ? INT64_MAX : *sum + value;
}

void tally_add(struct tally *t, uint64_t gauges, const struct piece *piece)
{
	uint64_t left = piece->have & ~gauges & ~piece->still;

	add_gauges(t, piece->have & gauges, piece);
	for (; left; left &= left - 1) {
		unsigned int i = (unsigned int)__builtin_ctzll(left);

		if (piece->v[i])
			add_counter(t, i, piece->v[i]);
	}
	add_cpu(t, piece);
	t->have |= piece->have;
	t->ticks += piece->ticks;
	if (piece->have & ~gauges && piece->span_us > 0)
		t->span_us += piece->span_us;
}

/* An average lies between its ends, whatever the rounding says. */
static uint64_t average(const struct tally *t, unsigned int i)
{
	uint64_t min = t->figure[i].min, max = t->figure[i].max, mean;
	double total = t->figure[i].total, weight = t->figure[i].weight;

	if (min == max)
		return min;
	if (t->running >> i & 1) {
		double ticks = run_ticks(t, i);

		total += (double)t->figure[i].value * ticks;
		weight += ticks;
	}
	mean = (uint64_t)floor(total / weight + 0.5);
	return mean < min ? min : mean > max ? max : mean;
}

uint64_t tally_value(const struct tally *t, const struct metric *table,
		     unsigned int i)
{
	return table[i].kind == METRIC_GAUGE ? average(t, i) : t->figure[i].sum;
}
