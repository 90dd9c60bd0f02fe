/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From ticks to points of a history: the rates of one tick, or of all ticks in
 * a step. Pure arithmetic in constant memory; knows neither the database nor
 * output.
 */
#ifndef SYSMON_HISTORY_H
#define SYSMON_HISTORY_H

#include "query_fields.h"

#define HISTORY_RATES_MAX 56
#define HISTORY_POINT_MAX (POINT_RATES + HISTORY_RATES_MAX)

/* What one field of a point adds up. */
struct history_sum {
	double sum;
	double span_us; /* of the ticks where it and the span were known */
	unsigned int known;
	bool whole; /* integers only so far */
};

struct history {
	const struct history_table *table;
	int64_t step_ns;  /* 0: a point each tick */
	int64_t start_ns; /* of the point that is being made */
	double span_us;
	unsigned int ticks; /* or minutes, or hours */
	struct history_sum sums[HISTORY_RATES_MAX];
};

void history_init(struct history *h, const struct history_table *table,
		  int64_t step_ns);

/*
 * Takes one row of query_history_*(), in the order of time. When that begins
 * a new point, the one before is written to point[0 .. POINT_RATES +
 * rate_count - 1], and the result is true.
 */
bool history_add(struct history *h, const struct value *row,
		 struct value *point);

/* The last point, as above; false if there were no rows. */
bool history_flush(struct history *h, struct value *point);

/* The tiers that a history can be read from, the coarsest first. */
enum history_tier {
	HISTORY_HOURS,
	HISTORY_MINUTES,
	HISTORY_RAW,
	HISTORY_TIERS
};

/* What the store has of them, in unix nanoseconds. */
struct history_extent {
	int64_t raw_from_ns; /* INT64_MAX: nothing, as the next */
	int64_t minutes_from_ns;
	int64_t minutes_to_ns; /* INT64_MIN: nothing, as the next */
	int64_t hours_to_ns;
};

/* How far apart the coarsest rows are that can make such steps; 0: as ticks. */
int64_t history_grain(int64_t step_ns);

/* A part of a history's time, both ends included; none when to < from. */
struct history_range {
	int64_t from_ns;
	int64_t to_ns;
};

/*
 * Divides a range between the tiers: whole steps come from the coarsest tier
 * that can make them, what is newer than that from finer ones, what is older
 * than those are kept from coarser ones. Where tiers can make the
 * steps the first one is whole, and may begin before the range. A step of 0
 * reads ticks alone.
 */
void history_divide(int64_t step_ns, const struct history_extent *extent,
		    struct history_range range,
		    struct history_range part[HISTORY_TIERS]);

/*
 * The step for a range that makes a readable number of points (at most 120):
 * a round one, or 0 when the ticks themselves, interval_ns apart, are few.
 */
int64_t history_auto_step(int64_t range_ns, int64_t interval_ns);

#endif
