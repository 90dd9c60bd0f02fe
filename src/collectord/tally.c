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

static void add_gauge(struct tally *t, unsigned int i,
		      const struct piece *piece)
{
	bool first = !(t->have >> i & 1);

	t->figure[i].total += (double)piece->v[i] * (double)piece->ticks;
	t->figure[i].weight += (double)piece->ticks;
	if (first || piece->min[i] < t->figure[i].min)
		t->figure[i].min = piece->min[i];
	if (first || piece->max[i] > t->figure[i].max)
		t->figure[i].max = piece->max[i];
}

static void add_counter(struct tally *t, unsigned int i, uint64_t value)
{
	uint64_t *sum = &t->figure[i].sum;

	*sum = value > INT64_MAX - *sum ? INT64_MAX : *sum + value;
}

void tally_add(struct tally *t, uint64_t gauges, const struct piece *piece)
{
	uint64_t left = piece->have & gauges;

	for (; left; left &= left - 1)
		add_gauge(t, (unsigned int)__builtin_ctzll(left), piece);
	for (left = piece->have & ~gauges; left; left &= left - 1) {
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

	if (min == max)
		return min;
	mean = (uint64_t)floor(t->figure[i].total / t->figure[i].weight + 0.5);
	return mean < min ? min : mean > max ? max : mean;
}

uint64_t tally_value(const struct tally *t, const struct metric *table,
		     unsigned int i)
{
	return table[i].kind == METRIC_GAUGE ? average(t, i) : t->figure[i].sum;
}
