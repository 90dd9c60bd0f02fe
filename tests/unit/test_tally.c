// SPDX-License-Identifier: GPL-2.0
/* Figures of several ticks in one, against sums made tick by tick. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "collectord/tally.h"

#define BIT(i)	  (UINT64_C(1) << (i))
#define MEMORY	  BIT(CM_MEM_CURRENT)
#define RECEIVED  BIT(CM_NET_RX_BYTES)
#define BOTH	  (MEMORY | RECEIVED)
#define PROCESSES BIT(CM_PIDS)

static uint64_t value(const struct tally *t, enum container_metric i)
{
	return tally_value(t, container_metrics, i);
}

/* A tick with memory, and bytes received; @still is said not to move. */
static void add_said(struct tally *t, uint64_t have, uint64_t still,
		     uint64_t gauge, uint64_t counter)
{
	uint64_t v[METRIC_MAX] = {
		[CM_MEM_CURRENT] = gauge, [CM_NET_RX_BYTES] = counter
	};
	struct piece piece = { .have = have,
			       .still = still,
			       .v = v,
			       .min = v,
			       .max = v,
			       .ticks = 1,
			       .span_us = 1000000,
			       .cpu_min = -1,
			       .cpu_max = -1 };

	tally_add(t, CM_GAUGES, &piece);
}

static void add_tick(struct tally *t, uint64_t have, uint64_t gauge,
		     uint64_t counter)
{
	add_said(t, have, 0, gauge, counter);
}

/* What a tally says is a piece of the next one. */
static void add_average(struct tally *t, int64_t ticks, uint64_t average,
			uint64_t min, uint64_t max)
{
	uint64_t v[METRIC_MAX] = { [CM_PIDS] = average };
	uint64_t least[METRIC_MAX] = { [CM_PIDS] = min };
	uint64_t most[METRIC_MAX] = { [CM_PIDS] = max };
	struct piece piece = { .have = PROCESSES,
			       .v = v,
			       .min = least,
			       .max = most,
			       .ticks = ticks,
			       .span_us = -1,
			       .cpu_min = -1,
			       .cpu_max = -1 };

	tally_add(t, CM_GAUGES, &piece);
}

static void gauge_that_stands_still_is_its_own_average(void **state)
{
	struct tally t = { 0 };

	(void)state;
	for (int i = 0; i < 60; i++)
		add_tick(&t, BOTH, 4096, 0);

	assert_int_equal(value(&t, CM_MEM_CURRENT), 4096);
	assert_int_equal(t.figure[CM_MEM_CURRENT].min, 4096);
	assert_int_equal(t.figure[CM_MEM_CURRENT].max, 4096);
	assert_int_equal(t.ticks, 60);
	assert_int_equal(t.span_us, 60000000);
}

/* 10 for 3 ticks, 50 for 1, 10 for 4: 120 in 8. */
static void each_run_weighs_as_many_ticks_as_it_has(void **state)
{
	static const uint64_t values[] = { 10, 10, 10, 50, 10, 10, 10, 10 };
	struct tally t = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++)
		add_tick(&t, BOTH, values[i], 1);

	assert_int_equal(value(&t, CM_MEM_CURRENT), 15);
	assert_int_equal(t.figure[CM_MEM_CURRENT].min, 10);
	assert_int_equal(t.figure[CM_MEM_CURRENT].max, 50);
	assert_int_equal(value(&t, CM_NET_RX_BYTES), 8);
}

/* A tick in which it is not known counts for nothing: (20 + 40 + 40) / 3. */
static void unknown_ticks_end_a_run(void **state)
{
	struct tally t = { 0 };

	(void)state;
	add_tick(&t, BOTH, 20, 0);
	add_tick(&t, RECEIVED, 0, 0);
	add_tick(&t, RECEIVED, 0, 0);
	add_tick(&t, BOTH, 40, 0);
	add_tick(&t, BOTH, 40, 0);
	add_tick(&t, RECEIVED, 0, 0);

	assert_int_equal(value(&t, CM_MEM_CURRENT), 33);
	assert_int_equal(t.ticks, 6);
}

/* The same average does not mean the same ends. */
static void averages_bring_their_ends(void **state)
{
	struct tally t = { 0 };

	(void)state;
	add_average(&t, 60, 5, 4, 6);
	add_average(&t, 60, 5, 1, 9);
	add_average(&t, 30, 10, 10, 10);

	assert_int_equal(value(&t, CM_PIDS), 6);
	assert_int_equal(t.figure[CM_PIDS].min, 1);
	assert_int_equal(t.figure[CM_PIDS].max, 10);
}

/* Values and gaps of any order, against a sum of each tick. */
static void runs_add_up_like_ticks(void **state)
{
	uint64_t seed = 1;

	(void)state;
	for (int round = 0; round < 500; round++) {
		struct tally t = { 0 };
		double sum = 0, count = 0;

		for (int i = 0; i < 60; i++) {
			uint64_t any, gauge;

			seed = seed * 6364136223846793005u +
			       1442695040888963407u;
			any = seed >> 33;
			gauge = 1000 + any % 3 * 7;
			if (any / 3 % 5) {
				add_tick(&t, BOTH, gauge, 0);
				sum += (double)gauge;
				count++;
			} else {
				add_tick(&t, RECEIVED, 0, 0);
			}
		}
		assert_int_equal(value(&t, CM_MEM_CURRENT),
				 (uint64_t)floor(sum / count + 0.5));
	}
}

/* What is said to stand still is not looked at. */
static void still_counters_keep_their_sums(void **state)
{
	struct tally t = { 0 };

	(void)state;
	add_tick(&t, BOTH, 0, 7);
	add_said(&t, BOTH, RECEIVED, 0, 0);

	assert_int_equal(value(&t, CM_NET_RX_BYTES), 7);
	assert_int_equal(t.span_us, 2000000);
	assert_int_equal(t.have, BOTH);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gauge_that_stands_still_is_its_own_average),
		cmocka_unit_test(each_run_weighs_as_many_ticks_as_it_has),
		cmocka_unit_test(unknown_ticks_end_a_run),
		cmocka_unit_test(averages_bring_their_ends),
		cmocka_unit_test(runs_add_up_like_ticks),
		cmocka_unit_test(still_counters_keep_their_sums),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
