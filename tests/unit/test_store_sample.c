// SPDX-License-Identifier: GPL-2.0
/* Samples into their short rows, and out again through the view. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "store_world.h"

#define BIT(i) (UINT64_C(1) << (i))

static int setup(void **state)
{
	(void)state;
	if (store_begin())
		return -1;
	add_boot_and_session();
	return 0;
}

static struct sample_row *add_tick(int64_t id, size_t samples)
{
	return add_plain_tick(id, id * 1000000000, samples)->sample;
}

/* A tick of one container, with a counter and two gauges. */
static struct sample_row *add_sample(int64_t tick, uint64_t rx, uint64_t mem,
				     uint64_t limit)
{
	struct sample_row *s = add_tick(tick, 1);

	s->have = BIT(CM_NET_RX_BYTES) | BIT(CM_MEM_CURRENT) |
		  BIT(CM_MEM_LIMIT);
	s->v[CM_NET_RX_BYTES] = rx;
	s->v[CM_MEM_CURRENT] = mem;
	s->v[CM_MEM_LIMIT] = limit;
	return s;
}

static int64_t stored(unsigned int metric, int64_t tick, int64_t container)
{
	char sql[160];

	snprintf(sql, sizeof(sql),
		 "SELECT %s FROM sample WHERE tick = %lld AND container = %lld",
		 container_metrics[metric].column, (long long)tick,
		 (long long)container);
	return value_of(sql);
}

/* Each metric alone: the largest value, 0, and not known. */
static void each_figure_comes_back_as_it_was(void **state)
{
	struct sample_row *s;

	(void)state;
	s = add_tick(1, 3 * CM_COUNT);
	for (unsigned int i = 0; i < CM_COUNT; i++) {
		s[3 * i].have = BIT(i);
		s[3 * i].v[i] = INT64_MAX;
		s[3 * i + 1].have = BIT(i);
		s[3 * i + 2].have = (BIT(CM_COUNT) - 1) & ~BIT(i);
	}
	commit();

	for (unsigned int i = 0; i < CM_COUNT; i++) {
		assert_int_equal(stored(i, 1, 10 + 3 * i), INT64_MAX);
		assert_int_equal(stored(i, 1, 10 + 3 * i + 1), 0);
		assert_int_equal(stored(i, 1, 10 + 3 * i + 2), -1);
		if (i)
			assert_int_equal(stored(i - 1, 1, 10 + 3 * i + 2), 0);
	}
}

/* All metrics at once, up and down from tick to tick. */
static void figures_that_change_come_back_as_they_were(void **state)
{
	(void)state;
	for (int64_t tick = 1; tick <= 3; tick++) {
		struct sample_row *s = add_tick(tick, 20);

		for (unsigned int c = 0; c < 20; c++)
			for (unsigned int i = 0; i < CM_COUNT; i++) {
				s[c].have |= BIT(i);
				s[c].v[i] = tick == 2 ? INT64_MAX - i - c
						      : i * 1000 + c;
			}
	}
	commit();

	for (unsigned int i = 0; i < CM_COUNT; i++) {
		assert_int_equal(stored(i, 1, 17), i * 1000 + 7);
		assert_int_equal(stored(i, 2, 29), INT64_MAX - i - 19);
		assert_int_equal(stored(i, 3, 10), i * 1000);
	}
}

/* On both sides of each power of ten, and of each sign. */
static void numbers_of_any_length_come_back(void **state)
{
	int64_t power = 1, tick = 1;

	(void)state;
	add_sample(tick, 0, 0, INT64_MAX);
	for (; power <= INT64_MAX / 10; power *= 10)
		for (int64_t n = power * 10 - 1; n <= power * 10; n++)
			add_sample(++tick, (uint64_t)n, (uint64_t)n,
				   (uint64_t)(INT64_MAX - n));
	commit();

	tick = 1;
	for (power = 1; power <= INT64_MAX / 10; power *= 10)
		for (int64_t n = power * 10 - 1; n <= power * 10; n++) {
			tick++;
			assert_int_equal(stored(CM_NET_RX_BYTES, tick, 10), n);
			assert_int_equal(stored(CM_MEM_CURRENT, tick, 10), n);
			assert_int_equal(stored(CM_MEM_LIMIT, tick, 10),
					 INT64_MAX - n);
		}
	assert_true(tick > 30);
}

static void idle_container_shares_one_base(void **state)
{
	(void)state;
	for (int64_t tick = 1; tick <= 50; tick++)
		add_sample(tick, 0, 4096, 1 << 20);
	commit();

	assert_int_equal(value_of("SELECT count(*) FROM sample_base"), 1);
	assert_int_equal(value_of("SELECT count(more) FROM sample_row"), 0);
	assert_int_equal(stored(CM_MEM_CURRENT, 50, 10), 4096);
	assert_int_equal(stored(CM_NET_RX_BYTES, 50, 10), 0);
	assert_int_equal(stored(CM_NET_TX_BYTES, 50, 10), -1);
}

static void other_knowledge_has_a_base_of_its_own(void **state)
{
	(void)state;
	add_sample(1, 5, 4096, 100);
	add_sample(2, 5, 4096, 100)->have &= ~BIT(CM_MEM_LIMIT);
	add_sample(3, 5, 4096, 100)->have &= ~BIT(CM_NET_RX_BYTES);
	commit();

	assert_int_equal(stored(CM_MEM_LIMIT, 1, 10), 100);
	assert_int_equal(stored(CM_MEM_LIMIT, 2, 10), -1);
	assert_int_equal(stored(CM_NET_RX_BYTES, 2, 10), 5);
	assert_int_equal(stored(CM_NET_RX_BYTES, 3, 10), -1);
	assert_int_equal(value_of("SELECT count(*) FROM sample_base"), 3);
}

/* A step up costs a few longer rows, then none. */
static void base_follows_gauges_that_stand_still(void **state)
{
	(void)state;
	add_sample(1, 0, 4096, 100);
	for (int64_t tick = 2; tick <= 40; tick++)
		add_sample(tick, 0, 8192, 100);
	commit();

	assert_int_equal(value_of("SELECT count(*) FROM sample_base"), 2);
	assert_in_range(value_of("SELECT count(more) FROM sample_row"), 1, 5);
	assert_int_equal(value_of("SELECT count(*) FROM sample"
				  " WHERE mem_bytes = 8192"),
			 39);
}

static void base_serves_for_a_limited_time(void **state)
{
	(void)state;
	for (int64_t tick = 1; tick <= 4200; tick++)
		add_sample(tick, 0, 4096, 100);
	commit();

	assert_int_equal(value_of("SELECT max(base_age) FROM sample_row"),
			 4095);
	assert_int_equal(value_of("SELECT max(tick) FROM sample_base"), 4097);
	assert_int_equal(value_of("SELECT count(*) FROM sample"
				  " WHERE mem_bytes = 4096"),
			 4200);
}

/* Container 10 and the one BASES behind it are remembered in one place. */
static void containers_in_one_place_do_not_mix(void **state)
{
	(void)state;
	for (int64_t tick = 1; tick <= 3; tick++) {
		struct sample_row *s = add_tick(tick, 2);

		s[1].container = 10 + 2048;
		for (int i = 0; i < 2; i++) {
			s[i].have = BIT(CM_MEM_CURRENT);
			s[i].v[CM_MEM_CURRENT] = 100 + (uint64_t)i;
		}
	}
	commit();

	assert_int_equal(stored(CM_MEM_CURRENT, 3, 10), 100);
	assert_int_equal(stored(CM_MEM_CURRENT, 3, 2058), 101);
}

/* What a failed commit put is not there: the next must not build on it. */
static void base_that_was_rolled_back_is_put_again(void **state)
{
	struct row c = { .type = ROW_CONTAINER };
	char text[8192];

	(void)state;
	add_sample(1, 0, 4096, 100);
	commit();
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = 0;
	add_sample(2, 0, 4096, 100)->have |= BIT(CM_PIDS);
	for (int i = 1; i <= 50; i++) {
		c.container = (struct container_row){
			.id = i, .boot = 1, .key = "k", .labels = text
		};
		assert_non_null(rows_add(&rows, &c));
	}
	store_limit_pages(store, 64);
	assert_int_equal(store_commit(store, &rows, NULL), STORE_RETRY);
	store_limit_pages(store, 1 << 20);

	commit();

	assert_int_equal(stored(CM_MEM_CURRENT, 2, 10), 4096);
	assert_int_equal(stored(CM_PIDS, 2, 10), 0);
}

static void whole_samples_can_be_inserted_by_name(void **state)
{
	sqlite3 *db;

	(void)state;
	assert_int_equal(sqlite3_open(tmppath, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db,
				      "INSERT INTO sample (tick, container,"
				      " cpu_usage_us, mem_bytes, oom_kills,"
				      " net_tx_errors) VALUES"
				      " (1, 2, 3, 4, 0, 9)",
				      NULL, NULL, NULL),
			 SQLITE_OK);
	sqlite3_close(db);

	assert_int_equal(stored(CM_CPU_USAGE, 1, 2), 3);
	assert_int_equal(stored(CM_MEM_CURRENT, 1, 2), 4);
	assert_int_equal(stored(CM_OOM_KILLS, 1, 2), 0);
	assert_int_equal(stored(CM_NET_TX_ERRORS, 1, 2), 9);
	assert_int_equal(stored(CM_NET_RX_ERRORS, 1, 2), -1);
	assert_int_equal(stored(CM_PIDS, 1, 2), -1);
}

#define T(test) cmocka_unit_test_setup_teardown(test, setup, store_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(each_figure_comes_back_as_it_was),
		T(numbers_of_any_length_come_back),
		T(figures_that_change_come_back_as_they_were),
		T(idle_container_shares_one_base),
		T(other_knowledge_has_a_base_of_its_own),
		T(base_follows_gauges_that_stand_still),
		T(base_serves_for_a_limited_time),
		T(containers_in_one_place_do_not_mix),
		T(base_that_was_rolled_back_is_put_again),
		T(whole_samples_can_be_inserted_by_name),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
