// SPDX-License-Identifier: GPL-2.0
/* Minutes and hours out of ticks: each tick once, whatever happens. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "store_world.h"

#define BIT(i) (UINT64_C(1) << (i))
#define SEC    INT64_C(1000000000)

static int setup(void **state)
{
	(void)state;
	if (store_begin())
		return -1;
	add_boot_and_session();
	commit();
	return 0;
}

/* A daemon that starts anew. */
static void reopen(void)
{
	struct db_error err;

	store_close(store);
	assert_int_equal(store_open(tmppath, &store, &err), DB_OK);
}

/*
 * A tick with so many containers, numbered from 10: each has used `cpu` us and
 * holds `mem` bytes; the machine has used twice that and has `mem` free.
 */
static struct tick_row *add_tick(int64_t id, int64_t seconds, size_t containers,
				 uint64_t cpu, uint64_t mem)
{
	struct tick_row *tick = add_plain_tick(id, seconds * SEC, containers);

	for (int i = SM_CPU_USER; i <= SM_CPU_STEAL; i++)
		tick->have |= BIT(i);
	tick->have |= BIT(SM_MEM_FREE);
	tick->v[SM_CPU_USER] = 2 * cpu;
	tick->v[SM_MEM_FREE] = mem;
	for (size_t i = 0; i < containers; i++) {
		struct sample_row *s = &tick->sample[i];

		s->have = BIT(CM_CPU_USAGE) | BIT(CM_MEM_CURRENT) |
			  BIT(CM_NET_RX_BYTES);
		s->v[CM_CPU_USAGE] = cpu;
		s->v[CM_MEM_CURRENT] = mem;
		s->v[CM_NET_RX_BYTES] = 7;
	}
	return tick;
}

static void add_and_commit(int64_t id, int64_t seconds)
{
	add_tick(id, seconds, 1, 1000, 4096);
	commit();
}

static void minute_has_sums_and_the_ends_of_gauges(void **state)
{
	(void)state;
	for (int64_t i = 0; i <= 60; i++)
		add_tick(i + 1, 600 + i, 2, i == 30 ? 500000 : 1000,
			 i == 10   ? 1000
			 : i == 20 ? 9000
				   : 4000);

	commit();

	assert_string_equal(
		query("SELECT id, ts_ns, first, last, ticks,"
		      " span_us, cpu_min, cpu_max, cpu_user_us,"
		      " mem_free_bytes, mem_free_bytes_min,"
		      " mem_free_bytes_max, load1_milli FROM tick_1m"),
		"1|600000000000|1|60|60|60000000|2000|1000000|"
		"1118000|4033|1000|9000|NULL");
	assert_string_equal(query("SELECT tick, container, ticks, span_us,"
				  " cpu_min, cpu_max, cpu_usage_us,"
				  " net_rx_bytes, mem_bytes, mem_bytes_min,"
				  " mem_bytes_max, pids FROM sample_1m"
				  " ORDER BY container DESC"),
			    "1|11|60|60000000|1000|500000|559000|420|4033|"
			    "1000|9000|NULL");
	assert_string_equal(query("SELECT count(*) FROM tick_1m"), "1");
}

static void hour_is_made_of_its_minutes(void **state)
{
	(void)state;
	for (int64_t i = 0; i < 3660 + 60; i++)
		add_tick(i + 1, 7200 + i, 1, i == 1000 ? 90000 : 1000,
			 i == 2000 ? 9000 : 4000);

	commit();

	assert_string_equal(query("SELECT count(*), sum(ticks), max(last)"
				  " FROM tick_1m"),
			    "61|3660|3660");
	assert_string_equal(query("SELECT ts_ns, first, last, ticks, span_us,"
				  " cpu_user_us, cpu_max, mem_free_bytes_max"
				  " FROM tick_1h"),
			    "7200000000000|1|60|3600|3600000000|7378000|"
			    "180000|9000");
	assert_string_equal(query("SELECT ticks, span_us, cpu_usage_us,"
				  " net_rx_bytes, cpu_min, cpu_max,"
				  " mem_bytes_min, mem_bytes_max"
				  " FROM sample_1h"),
			    "3600|3600000000|3689000|25200|1000|90000|4000|"
			    "9000");
}

/* Each tick in a commit of its own, and a start after each. */
static void starts_lose_and_repeat_nothing(void **state)
{
	(void)state;
	for (int64_t i = 0; i < 130; i++) {
		add_and_commit(i + 1, 600 + i);
		reopen();
	}
	add_and_commit(131, 780);

	assert_string_equal(query("SELECT count(*), sum(ticks), max(last)"
				  " FROM tick_1m"),
			    "3|130|130");
	assert_string_equal(query("SELECT sum(ticks), sum(net_rx_bytes)"
				  " FROM sample_1m"),
			    "130|910");
}

/* The commit that ends the minute fails, and its rows come again. */
static void failed_commits_lose_and_repeat_nothing(void **state)
{
	struct row c = { .type = ROW_CONTAINER };
	char text[8192];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = 0;
	for (int64_t i = 0; i < 59; i++)
		add_and_commit(i + 1, 600 + i);
	add_tick(60, 659, 1, 1000, 4096);
	add_tick(61, 660, 1, 1000, 4096);
	for (int i = 1; i <= 90; i++) {
		c.container = (struct container_row){
			.id = i, .boot = 1, .key = "k", .labels = text
		};
		assert_non_null(rows_add(&rows, &c));
	}
	store_limit_pages(store, 100);
	for (int i = 0; i < 3; i++)
		assert_int_equal(store_commit(store, &rows, NULL), STORE_RETRY);
	assert_string_equal(query("SELECT count(*) FROM tick_1m"), "0");
	store_limit_pages(store, 1 << 20);

	commit();
	add_and_commit(62, 720);

	assert_string_equal(query("SELECT count(*), sum(ticks) FROM tick_1m"),
			    "2|61");
	assert_string_equal(query("SELECT sum(ticks), sum(net_rx_bytes)"
				  " FROM sample_1m"),
			    "61|427");
}

/* A clock set back begins another row of the same minute. */
static void clock_set_back_repeats_minutes_not_ticks(void **state)
{
	(void)state;
	for (int64_t i = 0; i < 90; i++)
		add_tick(i + 1, 600 + i, 1, 1000, 4096);
	for (int64_t i = 0; i < 90; i++)
		add_tick(i + 91, 600 + i, 1, 1000, 4096);
	add_tick(181, -30, 1, 1000, 4096);
	add_tick(182, 3000, 1, 1000, 4096);

	commit();

	assert_string_equal(query("SELECT count(*), count(DISTINCT ts_ns),"
				  " sum(ticks), min(ts_ns) FROM tick_1m"),
			    "5|3|181|-60000000000");
	assert_string_equal(query("SELECT sum(ticks) FROM sample_1m"), "181");
}

static void containers_that_come_and_go_have_their_own_time(void **state)
{
	struct tick_row *first;

	(void)state;
	for (int64_t i = 0; i < 60; i++) {
		/* The second runs for 20 ticks; of its first little is known. */
		first = add_tick(i + 1, 600 + i, i >= 20 && i < 40 ? 2 : 1,
				 1000, 4096);
		if (i == 20)
			first->sample[1].have = BIT(CM_MEM_CURRENT);
	}
	add_tick(61, 660, 0, 1000, 4096);

	commit();

	assert_string_equal(query("SELECT ticks, span_us, cpu_usage_us,"
				  " mem_bytes FROM sample_1m"
				  " WHERE container = 11"),
			    "20|19000000|19000|4096");
	assert_string_equal(query("SELECT ticks, span_us FROM sample_1m"
				  " WHERE container = 10"),
			    "60|60000000");
}

static void unknown_is_not_0(void **state)
{
	struct tick_row *tick = add_tick(1, 600, 1, 1000, 4096);

	(void)state;
	tick->span_us = -1;
	tick->have = 0;
	tick->sample[0].have = 0;
	add_tick(2, 660, 1, 1000, 4096);

	commit();

	assert_string_equal(query("SELECT ticks, span_us, cpu_min, cpu_max,"
				  " cpu_user_us, mem_free_bytes,"
				  " mem_free_bytes_min FROM tick_1m"),
			    "1|NULL|NULL|NULL|NULL|NULL|NULL");
	assert_string_equal(query("SELECT ticks, span_us, cpu_usage_us,"
				  " net_rx_bytes, mem_bytes, mem_bytes_max"
				  " FROM sample_1m"),
			    "1|NULL|NULL|NULL|NULL|NULL");
}

/* What an earlier release stored is taken in little by little. */
static void ticks_of_before_the_tiers_are_taken_in(void **state)
{
	int commits = 0;

	(void)state;
	for (int64_t i = 0; i < 3000; i++)
		add_tick(i + 1, 600 + i, 2, 1000, 4096);
	commit();
	assert_int_equal(sqlite3_close(reader), SQLITE_OK);
	assert_int_equal(sqlite3_open(tmppath, &reader), SQLITE_OK);
	assert_int_equal(sqlite3_exec(reader,
				      "DELETE FROM tick_1m;"
				      "DELETE FROM sample_1m_row;"
				      "DELETE FROM sample_1m_base",
				      NULL, NULL, NULL),
			 SQLITE_OK);
	reopen();

	do
		commit();
	while (++commits < 100 &&
	       strcmp(query("SELECT count(*) FROM tick_1m"), "49"));
	add_and_commit(3001, 3600);

	assert_in_range(commits, 3, 10);
	assert_string_equal(query("SELECT sum(ticks), max(last) FROM tick_1m"),
			    "3000|3000");
	assert_string_equal(query("SELECT sum(ticks), sum(net_rx_bytes)"
				  " FROM sample_1m"),
			    "6000|42000");
}

/* Memory is bounded: too many containers end a minute early. */
static void churn_ends_a_minute_early(void **state)
{
	struct tick_row *tick;

	(void)state;
	for (int64_t i = 0; i < 12; i++) {
		tick = add_tick(i + 1, 600 + i, 1000, 1000, 4096);
		for (int64_t c = 0; c < 1000; c++)
			tick->sample[c].container = 1000 * (i + 1) + c;
	}
	add_tick(13, 660, 0, 1000, 4096);

	commit();

	assert_string_equal(query("SELECT count(*), sum(ticks) FROM tick_1m"),
			    "2|12");
	assert_string_equal(query("SELECT count(*) FROM sample_1m"), "12000");
}

#define T(test) cmocka_unit_test_setup_teardown(test, setup, store_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(minute_has_sums_and_the_ends_of_gauges),
		T(hour_is_made_of_its_minutes),
		T(starts_lose_and_repeat_nothing),
		T(failed_commits_lose_and_repeat_nothing),
		T(clock_set_back_repeats_minutes_not_ticks),
		T(containers_that_come_and_go_have_their_own_time),
		T(unknown_is_not_0),
		T(ticks_of_before_the_tiers_are_taken_in),
		T(churn_ends_a_minute_early),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
