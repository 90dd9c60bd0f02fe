/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From cumulative values to stored ones: differences of counters, gauges as
 * they are, in the units of the store. Pure arithmetic over the metric tables;
 * knows neither time nor what the values belong to.
 */
#ifndef SYSMON_RATES_H
#define SYSMON_RATES_H

#include "metric.h"

/*
 * Stores in v[0..n-1] what the store keeps of @now, and returns which of them
 * are known, a bit for each; an unknown one is 0. @gauges says which of the table
 * are gauges, as CM_GAUGES does.
 *
 * A gauge is now / divisor. A counter is the difference of the two quotients
 * (so that no remainder is ever lost: the differences of a series add up to
 * the quotient of its total); it is unknown when either value is, and when it
 * went backwards, as after a reset. @before is NULL when there is no sample
 * before; RATES_ZERO stands for a series that began at 0. A result that has no
 * place in a signed 64-bit integer is unknown. *still, unless @still is
 * NULL, gets counters that are known to be 0; there may be more.
 */
uint64_t rates_between(const struct metric *table, unsigned int n,
		       uint64_t gauges, const struct metric_values *before,
		       const struct metric_values *now, uint64_t *v,
		       uint64_t *still);

/* The same where no value is another than before: counters have not moved. */
uint64_t rates_still(const struct metric *table, unsigned int n,
		     uint64_t gauges, const struct metric_values *now,
		     uint64_t *v, uint64_t *still);

/* The same for a smaller table. */
uint64_t rates_between_few(const struct metric *table, unsigned int n,
			   uint64_t gauges, const struct metric_few *before,
			   const struct metric_few *now, uint64_t *v);

/* All values known and 0: the state before a counter's first increment. */
extern const struct metric_values rates_zero;
#define RATES_ZERO (&rates_zero)
extern const struct metric_few rates_zero_few;
#define RATES_ZERO_FEW (&rates_zero_few)

#endif
