// SPDX-License-Identifier: GPL-2.0
/* The arithmetic of rates.h. */
#include "rates.h"

const struct metric_values rates_zero = { .have = UINT64_MAX };
const struct metric_few rates_zero_few = { .have = UINT64_MAX };

/* As rates_between(); `known` and `given` are the values' `have`. */
static inline uint64_t between(const struct metric *table, unsigned int n,
			       uint64_t known, const uint64_t *before,
			       uint64_t given, const uint64_t *now, uint64_t *v)
{
	uint64_t have = 0;

	for (unsigned int i = 0; i < n; i++) {
		uint64_t bit = UINT64_C(1) << i;
		uint64_t value = now[i];
		bool ok = given & bit;

		if (table[i].divisor != 1)
			value /= table[i].divisor;
		if (ok && table[i].kind == METRIC_COUNTER) {
			ok = (known & bit) && now[i] >= before[i];
			if (ok && before[i])
				value -= before[i] / table[i].divisor;
		}
		ok = ok && value <= INT64_MAX;
		v[i] = ok ? value : 0;
		have |= ok ? bit : 0;
	}
	return have;
}

uint64_t rates_between(const struct metric *table, unsigned int n,
		       const struct metric_values *before,
		       const struct metric_values *now, uint64_t *v)
{
	return between(table, n, before ? before->have : 0,
		       before ? before->v : NULL, now->have, now->v, v);
}

uint64_t rates_between_few(const struct metric *table, unsigned int n,
			   const struct metric_few *before,
			   const struct metric_few *now, uint64_t *v)
{
	return between(table, n, before ? before->have : 0,
		       before ? before->v : NULL, now->have, now->v, v);
}
