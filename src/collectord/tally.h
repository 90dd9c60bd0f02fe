/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Figures of several ticks in one: sums of counters, averages, lowest and
 * highest values of gauges. Pure arithmetic over the metric tables; knows
 * neither time nor what the figures belong to.
 */
#ifndef SYSMON_TALLY_H
#define SYSMON_TALLY_H

#include "metric.h"

/* What is added: the figures of one tick, or a tally's. */
struct piece {
	uint64_t have;	     /* bits of the metrics, as the next */
	uint64_t still;	     /* counters that are known to be 0 */
	const uint64_t *v;   /* counters' differences, gauges' averages */
	const uint64_t *min; /* of gauges, as the next */
	const uint64_t *max;
	int64_t ticks;
	int64_t span_us; /* -1: unknown, as the next two */
	int64_t cpu_min; /* CPU use in microseconds a second */
	int64_t cpu_max;
};

/* All zero is an empty one. */
struct tally {
	uint64_t have;
	int64_t ticks;
	int64_t span_us; /* over which some counter was known */
	int64_t cpu_min; /* once cpu_known, as the next */
	int64_t cpu_max;
	bool cpu_known;
	uint64_t running; /* bits of gauges whose value may go on */
	struct {
		uint64_t sum;  /* of a counter; stops at the largest integer */
		double total;  /* of a gauge: each value times its ticks */
		double weight; /* those ticks */
		uint64_t min;
		uint64_t max;
		uint64_t value; /* of one that runs, not in `total` yet */
		int64_t since;	/* `ticks` before its run */
	} figure[METRIC_MAX];
};

/* CPU use in microseconds a second; -1 where the span is unknown. */
int64_t tally_cpu(uint64_t cpu_us, int64_t span_us);

/* @gauges says which of the piece's figures are. */
void tally_add(struct tally *t, uint64_t gauges, const struct piece *piece);

/* The sum, or the average; only of a metric in t->have. */
uint64_t tally_value(const struct tally *t, const struct metric *table,
		     unsigned int i);

#endif
