// SPDX-License-Identifier: GPL-2.0
/* From ticks to points; knows neither the database nor output. */
#include <math.h>
#include <string.h>

#include "history.h"

#define NSEC	   INT64_C(1000000000)
#define MINUTE_NS  (60 * NSEC)
#define HOUR_NS	   (60 * MINUTE_NS)
#define AUTO_STEPS 120

void history_init(struct history *h, const struct history_table *table,
		  int64_t step_ns)
{
	memset(h, 0, sizeof(*h));
	h->table = table;
	h->step_ns = step_ns;
}

/* Steps begin at multiples of the step, whatever the range is. */
static int64_t history_start(const struct history *h, int64_t ts_ns)
{
	int64_t rest;

	if (!h->step_ns)
		return ts_ns;
	rest = ts_ns % h->step_ns;
	return ts_ns - (rest < 0 ? rest + h->step_ns : rest);
}

/* The sum of which only the least, or the greatest, is kept. */
static void keep_end(struct history_sum *sum, enum rate_kind kind, double value)
{
	if (sum->known == 1 ||
	    (kind == RATE_MIN ? value < sum->sum : value > sum->sum))
		sum->sum = value;
}

static void sum_add(struct history_sum *sum, enum rate_kind kind,
		    const struct value *v, const struct value *span)
{
	sum->whole = (!sum->known || sum->whole) && v->type == VALUE_INT;
	sum->known++;
	if (kind == RATE_MIN || kind == RATE_MAX)
		keep_end(sum, kind, value_number(v, 0));
	else
		sum->sum += value_number(v, 0);
	sum->span_us += value_number(span, 0);
}

/* A rate needs to know over which time; a tick without span adds nothing. */
static bool history_counts(const struct rate *rate, const struct value *span)
{
	return rate->kind != RATE_RATE || value_number(span, 0) > 0;
}

static struct value sum_value(const struct history_sum *sum,
			      const struct rate *rate, enum unit unit)
{
	if (!sum->known)
		return value_null();
	switch (rate->kind) {
	case RATE_RATE:
		return value_real(sum->sum * rate->scale / sum->span_us);
	case RATE_SUM:
		return value_int((int64_t)sum->sum);
	case RATE_MIN:
	case RATE_MAX:
		return sum->whole ? value_int((int64_t)sum->sum)
				  : value_real(sum->sum);
	case RATE_GAUGE:
		break;
	}
	if (sum->whole && (unit == UNIT_BYTES || sum->known == 1))
		return value_int(llround(sum->sum / sum->known));
	return value_real(sum->sum / sum->known);
}

bool history_flush(struct history *h, struct value *point)
{
	const struct history_table *table = h->table;
	unsigned int i;

	if (!h->ticks)
		return false;
	point[POINT_TIME] = value_real((double)h->start_ns / 1e9);
	point[POINT_SPAN] = h->span_us > 0 ? value_real(h->span_us / 1e6)
					   : value_null();
	for (i = POINT_SPAN + 1; i < POINT_RATES; i++)
		point[i] = value_null();
	for (i = 0; i < table->rate_count; i++)
		point[POINT_RATES + i] =
			sum_value(&h->sums[i], &table->rates[i],
				  table->fields[POINT_RATES + i].unit);
	h->ticks = 0;
	h->span_us = 0;
	memset(h->sums, 0, sizeof(h->sums));
	return true;
}

bool history_add(struct history *h, const struct value *row,
		 struct value *point)
{
	const struct value *span = &row[POINT_SPAN];
	int64_t start = history_start(h, row[POINT_TIME].i);
	bool complete = false;
	unsigned int i;

	if (h->ticks && (start != h->start_ns || !h->step_ns))
		complete = history_flush(h, point);
	h->start_ns = start;
	h->ticks++;
	h->span_us += value_number(span, 0);
	for (i = 0; i < h->table->rate_count; i++)
		if (row[POINT_RATES + i].type != VALUE_NULL &&
		    history_counts(&h->table->rates[i], span))
			sum_add(&h->sums[i], h->table->rates[i].kind,
				&row[POINT_RATES + i], span);
	return complete;
}

int64_t history_grain(int64_t step_ns)
{
	if (step_ns <= 0 || step_ns % MINUTE_NS != 0)
		return 0;
	return step_ns % HOUR_NS ? MINUTE_NS : HOUR_NS;
}

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Up to where hours, then minutes, are to be read; INT64_MIN: not at all. */
static void tier_ends(int64_t step_ns, const struct history_extent *extent,
		      int64_t end[HISTORY_RAW])
{
	int64_t hours = INT64_MIN, minutes = INT64_MIN;

	if (history_grain(step_ns) == HOUR_NS) {
		hours = extent->hours_to_ns;
		minutes = extent->minutes_to_ns;
	} else if (history_grain(step_ns) == MINUTE_NS) {
		hours = extent->minutes_from_ns;
		minutes = extent->minutes_to_ns;
	} else if (step_ns > 0) {
		hours = extent->minutes_from_ns;
		minutes = least(extent->raw_from_ns, extent->minutes_to_ns);
	}
	end[HISTORY_HOURS] = least(hours, extent->hours_to_ns);
	end[HISTORY_MINUTES] = minutes;
}

void history_divide(int64_t step_ns, const struct history_extent *extent,
		    struct history_range range,
		    struct history_range part[HISTORY_TIERS])
{
	const struct history whole = { .step_ns = step_ns };
	int64_t end[HISTORY_RAW];

	tier_ends(step_ns, extent, end);
	if (history_grain(step_ns))
		range.from_ns = history_start(&whole, range.from_ns);
	for (unsigned int i = 0; i < HISTORY_RAW; i++) {
		part[i] = (struct history_range){ 0, -1 };
		if (end[i] <= range.from_ns)
			continue;
		part[i].from_ns = range.from_ns;
		part[i].to_ns = least(range.to_ns, end[i] - 1);
		range.from_ns = end[i];
	}
	part[HISTORY_RAW] = range;
}

int64_t history_auto_step(int64_t range_ns, int64_t interval_ns)
{
	/* Half a minute is missing: minutes are there, and cost a 60th. */
	static const int64_t seconds[] = { 1,	  2,	5,    10,    15,
					   60,	  120,	300,  600,   900,
					   1800,  3600, 7200, 10800, 21600,
					   43200, 86400 };
	size_t i;

	if (range_ns / AUTO_STEPS <= interval_ns)
		return 0;
	for (i = 0; i < sizeof(seconds) / sizeof(*seconds) - 1; i++)
		if (seconds[i] * NSEC >= range_ns / AUTO_STEPS)
			break;
	return seconds[i] * NSEC;
}
