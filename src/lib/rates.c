// SPDX-License-Identifier: GPL-2.0
/* The arithmetic of rates.h. */
#include "rates.h"

const struct metric_values rates_zero = { .have = UINT64_MAX };

uint64_t rates_between(const struct metric *table, unsigned int n,
		       const struct metric_values *before,
		       const struct metric_values *now, uint64_t *v)
{
	uint64_t known = before ? before->have : 0;
	uint64_t have = 0;

	for (unsigned int i = 0; i < n; i++) {
		uint64_t bit = UINT64_C(1) << i;
		uint64_t value = now->v[i];
		bool ok = now->have & bit;

		if (table[i].divisor != 1)
			value /= table[i].divisor;
		if (ok && table[i].kind == METRIC_COUNTER) {
			ok = (known & bit) && now->v[i] >= before->v[i];
			if (ok)
				value -= before->v[i] / table[i].divisor;
		}
		ok = ok && value <= INT64_MAX;
		v[i] = ok ? value : 0;
		have |= ok ? bit : 0;
	}
	return have;
}
