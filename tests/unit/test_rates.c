// SPDX-License-Identifier: GPL-2.0
/* Differences of samples, and what they make of the unknown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rates.h"

static uint64_t v[METRIC_MAX], still;

static uint64_t between(const struct metric_values *before,
			const struct metric_values *now)
{
	return rates_between(container_metrics, CM_COUNT, CM_GAUGES, before,
			     now, v, &still);
}

static bool known(uint64_t have, enum container_metric i)
{
	return have >> i & 1;
}

static void counter_is_the_difference_in_stored_units(void **state)
{
	struct metric_values before = { 0 }, now = { 0 };
	uint64_t have;

	(void)state;
	metric_set(&before, CM_CPU_USAGE, 5000000);
	metric_set(&now, CM_CPU_USAGE, 7500000);

	have = between(&before, &now);

	assert_true(known(have, CM_CPU_USAGE));
	assert_int_equal(v[CM_CPU_USAGE], 2500);
}

/* 1999 ns a tick: the microseconds of 1000 ticks are 1999, not 1000. */
static void differences_lose_no_remainder(void **state)
{
	struct metric_values before = { 0 }, now = { 0 };
	uint64_t sum = 0;

	(void)state;
	metric_set(&before, CM_CPU_USAGE, 123);
	for (int i = 1; i <= 1000; i++) {
		metric_set(&now, CM_CPU_USAGE, 123 + (uint64_t)i * 1999);
		between(&before, &now);
		sum += v[CM_CPU_USAGE];
		before = now;
	}

	assert_int_equal(sum, (123 + 1000 * 1999) / 1000);
}

static void first_sample_of_a_counter_is_unknown(void **state)
{
	struct metric_values now = { 0 };
	uint64_t have;

	(void)state;
	metric_set(&now, CM_CPU_USAGE, 5000);
	metric_set(&now, CM_PIDS, 2);

	have = between(NULL, &now);

	assert_false(known(have, CM_CPU_USAGE));
	assert_int_equal(v[CM_CPU_USAGE], 0);
	assert_true(known(have, CM_PIDS));
}

static void first_sample_of_a_series_from_zero_is_its_value(void **state)
{
	struct metric_values now = { 0 };
	uint64_t have;

	(void)state;
	metric_set(&now, CM_CPU_USAGE, 5000);

	have = between(RATES_ZERO, &now);

	assert_true(known(have, CM_CPU_USAGE));
	assert_int_equal(v[CM_CPU_USAGE], 5);
	assert_false(known(have, CM_CPU_USER));
}

static void counter_that_goes_backwards_is_unknown(void **state)
{
	struct metric_values before = { 0 }, now = { 0 };
	uint64_t have;

	(void)state;
	metric_set(&before, CM_IO_READ_OPS, 10);
	metric_set(&now, CM_IO_READ_OPS, 9);

	have = between(&before, &now);

	assert_false(known(have, CM_IO_READ_OPS));
}

static void counter_that_stands_still_is_zero(void **state)
{
	struct metric_values before = { 0 }, now = { 0 };
	uint64_t have;

	(void)state;
	metric_set(&before, CM_IO_READ_OPS, 10);
	metric_set(&now, CM_IO_READ_OPS, 10);

	have = between(&before, &now);

	assert_true(known(have, CM_IO_READ_OPS));
	assert_int_equal(v[CM_IO_READ_OPS], 0);
}

static void counter_is_unknown_on_either_side_of_an_absence(void **state)
{
	struct metric_values with = { 0 }, without = { 0 };

	(void)state;
	metric_set(&with, CM_OOM_KILLS, 1);

	assert_false(known(between(&with, &without), CM_OOM_KILLS));
	assert_false(known(between(&without, &with), CM_OOM_KILLS));
}

static void gauge_passes_whatever_was_before(void **state)
{
	struct metric_values before = { 0 }, now = { 0 };
	uint64_t have;

	(void)state;
	metric_set(&before, CM_MEM_CURRENT, 8192);
	metric_set(&now, CM_MEM_CURRENT, 4096);

	have = between(&before, &now);

	assert_true(known(have, CM_MEM_CURRENT));
	assert_int_equal(v[CM_MEM_CURRENT], 4096);
}

static void value_beyond_the_store_is_unknown(void **state)
{
	struct metric_values now = { 0 };

	(void)state;
	metric_set(&now, CM_MEM_LIMIT, UINT64_MAX);

	assert_false(known(between(NULL, &now), CM_MEM_LIMIT));
}

/* Of one metric, by itself; -1 is unknown. */
static int64_t one(unsigned int i, const struct metric_values *before,
		   const struct metric_values *now)
{
	uint64_t divisor = container_metrics[i].divisor, n = now->v[i];

	if (!(now->have >> i & 1))
		return -1;
	if (container_metrics[i].kind == METRIC_COUNTER) {
		if (!(before->have >> i & 1) || n < before->v[i])
			return -1;
		return (int64_t)(n / divisor - before->v[i] / divisor);
	}
	return n / divisor > INT64_MAX ? -1 : (int64_t)(n / divisor);
}

static uint64_t any(void)
{
	static uint64_t seed = 1;

	seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
	return seed >> 20;
}

/* The short way, against values compared with themselves. */
static void check_still(const struct metric_values *now)
{
	uint64_t stood[METRIC_MAX], have, other;

	have = rates_still(container_metrics, CM_COUNT, CM_GAUGES, now, stood,
			   &other);
	assert_int_equal(have, between(now, now));
	assert_int_equal(other, still);
	assert_memory_equal(stood, v, CM_COUNT * sizeof(*v));
}

static void each_metric_is_as_if_it_were_alone(void **state)
{
	struct metric_values before, now;

	(void)state;
	for (int round = 0; round < 1000; round++) {
		uint64_t have;

		before.have = any() | any();
		now.have = any() | any();
		for (unsigned int i = 0; i < CM_COUNT; i++) {
			before.v[i] = before.have >> i & 1 ? any() : 0;
			now.v[i] = before.v[i];
			if (any() % 2)
				now.v[i] = now.have >> i & 1 ? any() : 0;
		}
		have = between(&before, &now);
		for (unsigned int i = 0; i < CM_COUNT; i++) {
			int64_t want = one(i, &before, &now);

			assert_int_equal(known(have, i), want >= 0);
			assert_int_equal(v[i], want >= 0 ? want : 0);
			assert_false(known(still, i) && want != 0);
		}
		assert_int_equal(have >> CM_COUNT, 0);
		check_still(&now);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counter_is_the_difference_in_stored_units),
		cmocka_unit_test(differences_lose_no_remainder),
		cmocka_unit_test(first_sample_of_a_counter_is_unknown),
		cmocka_unit_test(
			first_sample_of_a_series_from_zero_is_its_value),
		cmocka_unit_test(counter_that_goes_backwards_is_unknown),
		cmocka_unit_test(counter_that_stands_still_is_zero),
		cmocka_unit_test(
			counter_is_unknown_on_either_side_of_an_absence),
		cmocka_unit_test(gauge_passes_whatever_was_before),
		cmocka_unit_test(value_beyond_the_store_is_unknown),
		cmocka_unit_test(each_metric_is_as_if_it_were_alone),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
