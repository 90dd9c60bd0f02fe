// SPDX-License-Identifier: GPL-2.0
/* The arithmetic of rates.h. */
#include "rates.h"

#include <string.h>

const struct metric_values rates_zero = { .have = UINT64_MAX };
const struct metric_few rates_zero_few = { .have = UINT64_MAX };

/* Which of n values are others than before; all when there are none before. */
static inline uint64_t changed(const uint64_t *before, const uint64_t *now,
			       unsigned int n)
{
	uint64_t bits = before ? 0 : UINT64_MAX;

	for (unsigned int i = 0; before && i < n; i++)
		bits |= (uint64_t)(now[i] != before[i]) << i;
	return bits;
}

/*
 * As rates_between(); `known` and `given` are the values' `have`, `moving` those
 * that differ. Most counters stand still, and are done all at once.
 */
static inline uint64_t between(const struct metric *table, unsigned int n,
			       uint64_t gauges, uint64_t moving, uint64_t known,
			       const uint64_t *before, uint64_t given,
			       const uint64_t *now, uint64_t *v,
			       uint64_t *still)
{
	uint64_t left, have;

	given &= UINT64_MAX >> (64 - n);
	known = gauges | known;
	moving |= gauges;
	have = given & known & ~moving;
	if (still)
		*still = have;
	memset(v, 0, n * sizeof(*v));
	for (left = given & known & moving; left; left &= left - 1) {
		unsigned int i = (unsigned int)__builtin_ctzll(left);
		uint64_t bit = left & -left, divisor = table[i].divisor;
		uint64_t value = now[i] / divisor;

		if (!(gauges & bit)) {
			if (now[i] < before[i])
				continue;
			value -= before[i] / divisor;
		}
		if (value > INT64_MAX)
			continue;
		v[i] = value;
		have |= bit;
	}
	return have;
}

uint64_t rates_between(const struct metric *table, unsigned int n,
		       uint64_t gauges, const struct metric_values *before,
		       const struct metric_values *now, uint64_t *v,
		       uint64_t *still)
{
	const uint64_t *old = before ? before->v : NULL;

	return between(table, n, gauges, changed(old, now->v, n),
		       before ? before->have : 0, old, now->have, now->v, v,
		       still);
}

uint64_t rates_still(const struct metric *table, unsigned int n,
		     uint64_t gauges, const struct metric_values *now,
		     uint64_t *v, uint64_t *still)
{
	return between(table, n, gauges, 0, now->have, now->v, now->have,
		       now->v, v, still);
}

uint64_t rates_between_few(const struct metric *table, unsigned int n,
			   uint64_t gauges, const struct metric_few *before,
			   const struct metric_few *now, uint64_t *v)
{
	const uint64_t *old = before ? before->v : NULL;

	return between(table, n, gauges, changed(old, now->v, n),
		       before ? before->have : 0, old, now->have, now->v, v,
		       NULL);
}
