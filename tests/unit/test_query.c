// SPDX-License-Identifier: GPL-2.0
/* The queries over a real database: figures, ranges and query plans. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "history.h"
#include "migrations.h"
#include "query.h"
#include "rowset.h"

#define SEC INT64_C(1000000000)

/* Ticks 1 to 100 at 1000 s to 1099 s; container 1 uses `tick` ms of CPU in
 * each. Then the clock is set back, and tick 101 is at 1050 s. */
static const char rows_sql[] =
	"INSERT INTO boot (id, uuid) VALUES (1, 'a'), (2, 'b');"
	"INSERT INTO session (id, boot, instance, opened_ns) VALUES"
	" (1, 1, 1, 0), (2, 2, 2, 0);"
	"INSERT INTO tick (id, session, number, ts_ns, boottime_ns, span_us,"
	"  interval_us, walk_us, containers, cpus, cpu_user_us, cpu_nice_us,"
	"  cpu_system_us, cpu_irq_us, cpu_softirq_us, cpu_steal_us,"
	"  mem_total_bytes, mem_available_bytes, load1_milli)"
	" WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
	"  WHERE i < 100)"
	" SELECT i, 2, i, (999 + i) * 1000000000, i, iif(i = 1, NULL, 1000000),"
	"  1000000, 100, 2, 2, 500000, 0, 250000, 0, 0, 0, 1000, 400, 1500"
	" FROM n;"
	"INSERT INTO tick (id, session, number, ts_ns, boottime_ns, span_us,"
	"  interval_us, walk_us, containers)"
	" VALUES (101, 2, 101, 1050500000000, 101, 1000000, 1000000, 1, 1);"
	"INSERT INTO container (id, boot, cgroup_id, key, name, path,"
	"  first_seen_ns, stopped_ns) VALUES"
	" (1, 2, 10, 'aa11', 'web', '/a/aa11', 1000000000000, NULL),"
	" (2, 2, 11, 'aa22', NULL, '/a/aa22', 1000000000000, 1010000000000),"
	" (3, 1, 10, 'bb33', 'old', '/a/bb33', 5, NULL);"
	"INSERT INTO sample (tick, container, cpu_usage_us, mem_bytes,"
	"  mem_limit_bytes, oom_kills, io_read_bytes, pids)"
	" SELECT id, 1, iif(id IN (1, 50), NULL, id * 1000), 1000 + id, 4000,"
	"  id = 7, 4096, 3 FROM tick;"
	"INSERT INTO sample (tick, container, cpu_usage_us)"
	" SELECT id, 2, 500000 FROM tick WHERE id <= 10;"
	"INSERT INTO event (session, seq, ts_ns, boottime_ns, type,"
	"  container) VALUES"
	" (1, 1, 5, 5, 'start', 3),"
	" (2, 1, 1000000000000, 1, 'start', 1),"
	" (2, 4, 1010000000000, 2, 'stop', 2);"
	"INSERT INTO gap (session, kind, first, count, from_ns, to_ns, reason)"
	" VALUES (2, 'event', 2, 2, NULL, 1005000000000, 'overrun'),"
	" (2, 'tick', 200, 5, NULL, NULL, 'backlog');"
	"INSERT INTO action (id, rule, container, verb, dry_run, decided_ns)"
	" VALUES (1, 'r', 2, 'stop', 0, 1009000000000);"
	"INSERT INTO stop (container, session, seq, stopped_ns, reason, action,"
	"  final_cpu_us) VALUES"
	" (2, 2, 4, 1010000000000, 'policy', 1, 2500000),"
	" (3, 1, 2, 6, 'oom', NULL, NULL);";

struct fixture {
	sqlite3 *db;
	struct query *q;
};

static void run_sql(sqlite3 *db, const char *sql)
{
	char *error = NULL;

	if (sqlite3_exec(db, sql, NULL, NULL, &error))
		fail_msg("%s", error);
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	unsigned int i;

	assert_non_null(f);
	assert_int_equal(sqlite3_open(":memory:", &f->db), SQLITE_OK);
	for (i = 0; i < migration_count; i++)
		run_sql(f->db, migrations[i].sql);
	run_sql(f->db, rows_sql);
	assert_int_equal(query_new(&f->q, f->db), 0);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	query_free(f->q);
	/* Refused when a statement was left behind. */
	assert_int_equal(sqlite3_close(f->db), SQLITE_OK);
	free(f);
	return 0;
}

static void assert_near(const struct value *v, double expected)
{
	assert_true(v->type == VALUE_REAL || v->type == VALUE_INT);
	if (fabs(value_number(v, -1) - expected) > 1e-6)
		fail_msg("%f is not %f", value_number(v, -1), expected);
}

static void assert_text(const struct value *v, const char *expected)
{
	assert_int_equal(v->type, VALUE_TEXT);
	assert_int_equal(v->s.len, strlen(expected));
	assert_memory_equal(v->s.p, expected, v->s.len);
}

static int64_t tick_at(struct fixture *f, enum tick_pick pick, int64_t ts)
{
	struct value row[TICK_COUNT];

	return query_tick(f->q, pick, ts, row) > 0 ? row[TICK_ROW].i : 0;
}

static void newest_tick_is_the_last_to_arrive(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(tick_at(f, TICK_NEWEST, 0), 101);
	assert_int_equal(tick_at(f, TICK_AT, 1098 * SEC + 5), 99);
	assert_int_equal(tick_at(f, TICK_AT, 1098 * SEC), 99);
	assert_int_equal(tick_at(f, TICK_BEFORE, 1098 * SEC), 98);
	assert_int_equal(tick_at(f, TICK_AFTER, 1098 * SEC), 100);
	assert_int_equal(tick_at(f, TICK_AFTER, 1099 * SEC), 0);
	assert_int_equal(tick_at(f, TICK_BEFORE, 1000 * SEC), 0);
	assert_int_equal(tick_at(f, TICK_AT, 999 * SEC), 0);
}

static void tick_has_the_machine_in_percent_of_one_cpu(void **state)
{
	struct fixture *f = *state;
	struct value row[TICK_COUNT];

	assert_int_equal(query_tick(f->q, TICK_AT, 1001 * SEC, row), 1);

	assert_near(&row[TICK_CPU], 75);
	assert_near(&row[TICK_CPU_USER], 50);
	assert_near(&row[TICK_CPU_SYSTEM], 25);
	assert_near(&row[TICK_MEM_USED], 600);
	assert_near(&row[TICK_LOAD1], 1.5);
	assert_int_equal(row[TICK_CPU_IOWAIT].type, VALUE_NULL);
	assert_int_equal(row[TICK_RELOADED].i, 0);
}

static void rates_are_null_where_the_span_is_unknown(void **state)
{
	struct fixture *f = *state;
	struct value row[TICK_COUNT];

	assert_int_equal(query_tick(f->q, TICK_AT, 1000 * SEC, row), 1);

	assert_int_equal(row[TICK_CPU].type, VALUE_NULL);
	assert_near(&row[TICK_MEM_USED], 600);
}

static void tick_of_an_earlier_load_says_so(void **state)
{
	struct fixture *f = *state;
	struct value row[TICK_COUNT];

	run_sql(f->db, "INSERT INTO session (id, boot, instance, opened_ns)"
		       " VALUES (3, 2, 99, 0)");

	assert_int_equal(query_tick(f->q, TICK_NEWEST, 0, row), 1);

	assert_int_equal(row[TICK_RELOADED].i, 1);
}

static void top_has_each_container_of_the_tick(void **state)
{
	struct fixture *f = *state;
	struct rowset set;
	struct cursor c;
	struct value *row;

	assert_int_equal(query_top(f->q, 10, &c), 0);
	assert_int_equal(rowset_read(&set, &c), 0);

	assert_int_equal(set.count, 2);
	assert_int_equal(set.columns, TOP_COUNT);
	row = rowset_row(&set, 0);
	assert_text(&row[TOP_NAME], "web");
	assert_near(&row[TOP_CPU], 1);
	assert_near(&row[TOP_MEM], 1010);
	assert_near(&row[TOP_MEM_PCT], 25.25);
	assert_near(&row[TOP_IO_READ], 4096);
	assert_int_equal(row[TOP_IO_WRITE].type, VALUE_NULL);
	assert_int_equal(row[TOP_NET_RX].type, VALUE_NULL);
	row = rowset_row(&set, 1);
	assert_int_equal(row[TOP_NAME].type, VALUE_NULL);
	assert_text(&row[TOP_LABEL], "aa22");
	assert_near(&row[TOP_CPU], 50);
	assert_int_equal(row[TOP_MEM_PCT].type, VALUE_NULL);
	rowset_free(&set);
}

static unsigned int count_rows(struct cursor *c)
{
	struct rowset set;
	unsigned int n;

	assert_int_equal(rowset_read(&set, c), 0);
	n = set.count;
	rowset_free(&set);
	return n;
}

static void a_tick_has_its_cpus_one_by_one(void **state)
{
	struct fixture *f = *state;
	struct rowset set;
	struct cursor c;

	run_sql(f->db,
		"INSERT INTO cpu (tick, number, user_us, nice_us, system_us,"
		" irq_us, softirq_us, steal_us) VALUES"
		" (10, 3, 100000, 0, 50000, 1000, 2000, 0),"
		" (10, 0, 100000, 0, NULL, 0, 0, 0), (11, 0, 1, 1, 1, 1, 1, 1)");
	assert_int_equal(query_cpus(f->q, 10, &c), 0);
	assert_int_equal(rowset_read(&set, &c), 0);

	assert_int_equal(set.count, 2);
	assert_int_equal(rowset_row(&set, 0)[CPU_NUMBER].i, 0);
	assert_int_equal(rowset_row(&set, 0)[CPU_BUSY].type, VALUE_NULL);
	assert_int_equal(rowset_row(&set, 1)[CPU_NUMBER].i, 3);
	assert_near(&rowset_row(&set, 1)[CPU_BUSY], 15.3);
	rowset_free(&set);
}

static void devices_are_those_of_one_container_in_one_tick(void **state)
{
	struct fixture *f = *state;
	struct rowset set;
	struct cursor c;

	run_sql(f->db,
		"INSERT INTO io_device (tick, container, major, minor,"
		" read_bytes, write_bytes, read_ops, write_ops) VALUES"
		" (10, 1, 8, 16, 4096, NULL, 2, 1), (10, 1, 8, 0, 1, 2, 3, 4),"
		" (10, 2, 8, 0, 9, 9, 9, 9), (11, 1, 8, 0, 9, 9, 9, 9)");
	assert_int_equal(query_devices(f->q, 10, 1, &c), 0);
	assert_int_equal(rowset_read(&set, &c), 0);

	assert_int_equal(set.count, 2);
	assert_near(&rowset_row(&set, 0)[DEVICE_MINOR], 0);
	assert_near(&rowset_row(&set, 1)[DEVICE_MINOR], 16);
	assert_near(&rowset_row(&set, 1)[DEVICE_READ], 4096);
	assert_near(&rowset_row(&set, 1)[DEVICE_READ_IOPS], 2);
	assert_int_equal(rowset_row(&set, 1)[DEVICE_WRITE].type, VALUE_NULL);
	rowset_free(&set);
}

static void a_trail_is_of_one_container_by_time(void **state)
{
	struct fixture *f = *state;
	struct rowset set;
	struct cursor c;

	assert_int_equal(query_trail(f->q, 1, 1048 * SEC, 1051 * SEC, &c), 0);
	assert_int_equal(rowset_read(&set, &c), 0);

	/* The clock was set back: tick 101 stands between them. */
	assert_int_equal(set.count, 5);
	assert_near(&rowset_row(&set, 0)[TRAIL_CPU], 4.9);
	assert_int_equal(rowset_row(&set, 1)[TRAIL_CPU].type, VALUE_NULL);
	assert_near(&rowset_row(&set, 1)[TRAIL_MEM], 1050);
	assert_near(&rowset_row(&set, 3)[TRAIL_MEM], 1101);
	assert_int_equal(rowset_row(&set, 0)[TRAIL_IO].type, VALUE_NULL);
	rowset_free(&set);
}

static void a_container_has_its_last_events(void **state)
{
	struct fixture *f = *state;
	struct rowset set;
	struct cursor c;

	run_sql(f->db,
		"INSERT INTO event (session, seq, ts_ns, boottime_ns, type,"
		" container) VALUES (2, 5, 1011000000000, 3, 'oom', 1),"
		" (2, 6, 1012000000000, 3, 'freeze', 1)");
	assert_int_equal(query_top_events(f->q, 1, INT64_MAX, 2, &c), 0);
	assert_int_equal(rowset_read(&set, &c), 0);
	assert_int_equal(set.count, 2);
	assert_text(&rowset_row(&set, 0)[EVENT_TYPE], "freeze");
	assert_text(&rowset_row(&set, 1)[EVENT_TYPE], "oom");
	rowset_free(&set);
	assert_int_equal(query_top_events(f->q, 1, 1011 * SEC, 9, &c), 0);
	assert_int_equal(count_rows(&c), 2);
	assert_int_equal(query_top_events(f->q, 9, INT64_MAX, 9, &c), 0);
	assert_int_equal(count_rows(&c), 0);
}

static void containers_of_an_earlier_boot_do_not_run(void **state)
{
	struct fixture *f = *state;
	struct cursor c;

	assert_int_equal(query_containers(f->q, false, &c), 0);
	assert_int_equal(count_rows(&c), 1);
	assert_int_equal(query_containers(f->q, true, &c), 0);
	assert_int_equal(count_rows(&c), 3);
}

static unsigned int lives(struct fixture *f, enum life_by by, const char *text)
{
	struct cursor c;

	assert_int_equal(query_lives(f->q, by, text, &c), 0);
	return count_rows(&c);
}

static void containers_go_by_several_names(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(lives(f, LIFE_BY_NAME, "web"), 1);
	assert_int_equal(lives(f, LIFE_BY_NAME, "we"), 0);
	assert_int_equal(lives(f, LIFE_BY_KEY, "aa11"), 1);
	assert_int_equal(lives(f, LIFE_BY_PREFIX, "aa"), 2);
	assert_int_equal(lives(f, LIFE_BY_PREFIX, "aa1"), 1);
	assert_int_equal(lives(f, LIFE_BY_PREFIX, "%"), 0);
	assert_int_equal(lives(f, LIFE_BY_CGROUP, "/a/bb33"), 1);
}

static unsigned int candidates(struct fixture *f, enum candidate_by by,
			       const char *text)
{
	struct cursor c;

	assert_int_equal(query_candidates(f->q, by, text, &c), 0);
	return count_rows(&c);
}

static void candidates_begin_with_what_is_typed(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(candidates(f, CANDIDATE_BY_NAME, ""), 2);
	assert_int_equal(candidates(f, CANDIDATE_BY_NAME, "we"), 1);
	assert_int_equal(candidates(f, CANDIDATE_BY_NAME, "eb"), 0);
	assert_int_equal(candidates(f, CANDIDATE_BY_NAME, "%"), 0);
	assert_int_equal(candidates(f, CANDIDATE_BY_KEY, "aa"), 2);
	assert_int_equal(candidates(f, CANDIDATE_BY_KEY, "aa2"), 1);
	assert_int_equal(candidates(f, CANDIDATE_UNNAMED, ""), 1);
}

static void lives_of_one_name_are_one_candidate(void **state)
{
	struct value row[CANDIDATE_COUNT + 1];
	struct fixture *f = *state;
	struct cursor c;

	run_sql(f->db, "UPDATE container SET name = 'web';");
	assert_int_equal(query_candidates(f->q, CANDIDATE_BY_NAME, "w", &c), 0);
	assert_int_equal(cursor_next(&c, row), 1);
	assert_text(&row[CANDIDATE_KEY], "bb33");
	assert_int_equal(row[CANDIDATE_RUNNING].i, 0);
	assert_int_equal(cursor_next(&c, row), 0);
}

static void rules_are_those_that_acted(void **state)
{
	struct fixture *f = *state;
	struct value row[2];
	struct cursor c;

	run_sql(f->db, "INSERT INTO action (id, rule, container, verb,"
		       " dry_run, decided_ns) VALUES (2, 'a', 2, 'stop', 0, 1),"
		       " (3, 'r', 2, 'stop', 0, 2);");
	assert_int_equal(query_rules(f->q, &c), 0);
	assert_int_equal(cursor_next(&c, row), 1);
	assert_text(&row[0], "a");
	assert_int_equal(cursor_next(&c, row), 1);
	assert_text(&row[0], "r");
	assert_int_equal(cursor_next(&c, row), 0);
}

/* ",cpu_pct,..," of a container. */
static const char *all_figures(void)
{
	static char keys[1280];
	size_t used = 1;

	strcpy(keys, ",");
	for (unsigned int i = 0; i < history_container.rate_count; i++)
		used += (size_t)
			snprintf(keys + used, sizeof(keys) - used, "%s,",
				 history_container.fields[POINT_RATES + i].key);
	return keys;
}

/* The points of container 1, at most max of them. */
static unsigned int history(struct fixture *f, int64_t since, int64_t until,
			    int64_t step,
			    struct value points[][HISTORY_POINT_MAX])
{
	struct value row[QUERY_COLUMNS_MAX];
	unsigned int n = 0;
	struct history h;
	struct cursor c;

	history_init(&h, &history_container, step);
	assert_int_equal(query_history_container(f->q, HISTORY_RAW, 1,
						 (struct history_range){
							 since, until },
						 all_figures(), &c),
			 0);
	while (cursor_next(&c, row) > 0)
		if (history_add(&h, row, points[n]))
			n++;
	if (history_flush(&h, points[n]))
		n++;
	return n;
}

/* Where a rate of CONTAINER_RATES stands in a point. */
#define RATE_AT(id) (POINT_RATES + (TOP_##id - TOP_CPU))

/* One tick of container 1, with the figures that are wanted. */
static void read_wanted(struct fixture *f, const char *wanted,
			struct value row[QUERY_COLUMNS_MAX])
{
	struct history_range tick = { 1009 * SEC, 1009 * SEC };
	struct cursor c;

	assert_int_equal(query_history_container(f->q, HISTORY_RAW, 1, tick,
						 wanted, &c),
			 0);
	memset(row, 0, QUERY_COLUMNS_MAX * sizeof(*row));
	assert_int_equal(cursor_next(&c, row), 1);
	cursor_close(&c);
}

static void assert_same(const struct value *a, const struct value *b)
{
	assert_int_equal(a->type, b->type);
	assert_true(value_number(a, 0) == value_number(b, 0));
}

static void what_is_not_wanted_is_not_worked_out(void **state)
{
	static const char *const wanted[] = { ",", ",mem_bytes,",
					      ",pids,cpu_pct,",
					      ",cpu_pct_max,mem_bytes,",
					      ",mem_byte,es," };
	struct fixture *f = *state;
	struct value all[QUERY_COLUMNS_MAX], row[QUERY_COLUMNS_MAX];
	char key[64];

	read_wanted(f, all_figures(), all);
	assert_int_not_equal(all[RATE_AT(MEM)].type, VALUE_NULL);
	for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++) {
		read_wanted(f, wanted[i], row);
		assert_same(&row[POINT_TIME], &all[POINT_TIME]);
		assert_same(&row[POINT_SPAN], &all[POINT_SPAN]);
		for (unsigned int k = POINT_RATES;
		     k < POINT_RATES + history_container.rate_count; k++) {
			snprintf(key, sizeof(key), ",%s,",
				 history_container.fields[k].key);
			if (strstr(wanted[i], key))
				assert_same(&row[k], &all[k]);
			else
				assert_int_equal(row[k].type, VALUE_NULL);
		}
	}
}

/* What an expression is on that connection, or what is wrong with it. */
static const char *evaluate(sqlite3 *db, const char *expression, char *buf,
			    size_t size)
{
	sqlite3_stmt *stmt;
	char sql[256];

	snprintf(sql, sizeof(sql),
		 "SELECT typeof(x) || ' ' || quote(x) FROM"
		 " (SELECT %s AS x)",
		 expression);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL),
			 SQLITE_OK);
	if (sqlite3_step(stmt) == SQLITE_ROW)
		snprintf(buf, size, "%s", sqlite3_column_text(stmt, 0));
	else
		snprintf(buf, size, "error");
	sqlite3_finalize(stmt);
	return buf;
}

static void figures_are_looked_up_as_sqlite_does(void **state)
{
	static const char *const same[] = {
		"'{}' ->> 'm'",
		"NULL ->> 'm'",
		"'{\"m\":1}' ->> NULL",
		"'{\"m\":4096}' ->> 'm'",
		"'{\"m\":-5,\"m-\":17,\"m+\":0}' ->> 'm-'",
		"'{\"m\":-5,\"m-\":17,\"m+\":0}' ->> 'm+'",
		"'{\"m\":-5,\"mp\":17}' ->> 'm'",
		"'{\"mp\":-5,\"m\":17}' ->> 'm'",
		"'{\"mp\":-5}' ->> 'm'",
		"'{\"m\":5}' ->> 'mp'",
		"' { \"m\" : 5 , \"n\" : 6 } ' ->> 'n'",
		"'{\"m\":9223372036854775807}' ->> 'm'",
		"'{\"m\":-9223372036854775808}' ->> 'm'",
		"'{\"m\":9223372036854775808}' ->> 'm'",
		"'{\"m\":-9223372036854775809}' ->> 'm'",
		"'{\"m\":92233720368547758070}' ->> 'm'",
		"'{\"m\":-0}' ->> 'm'",
		"'{\"m\":1.5,\"n\":2}' ->> 'm'",
		"'{\"m\":1.5,\"n\":2}' ->> 'n'",
		"'{\"m\":1e3}' ->> 'm'",
		"'{\"m\":5' ->> 'n'",
		"'{\"m\":5,' ->> 'n'",
		"'{\"m' ->> 'n'",
		"'{\"m\":' ->> 'm'",
		"'{' ->> 'm'",
		"'m' ->> 'm'",
		"'' ->> 'm'",
	};
	char here[64], there[64];
	struct fixture *f = *state;
	sqlite3 *plain;

	assert_int_equal(sqlite3_open(":memory:", &plain), SQLITE_OK);
	for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++) {
		evaluate(f->db, same[i], here, sizeof(here));
		evaluate(plain, same[i], there, sizeof(there));
		if (strcmp(here, there) != 0)
			fail_msg("%s: %s, not %s", same[i], here, there);
	}
	sqlite3_close(plain);
	/* It is for nothing else. */
	assert_string_equal(evaluate(f->db, "'{\"m\":\"x\"}' ->> 'm'", here,
				     sizeof(here)),
			    "error");
	assert_string_equal(evaluate(f->db, "'[1]' ->> 'm'", here,
				     sizeof(here)),
			    "error");
}

static void raw_history_has_a_point_each_tick(void **state)
{
	struct fixture *f = *state;
	struct value p[32][HISTORY_POINT_MAX];

	assert_int_equal(history(f, 1000 * SEC, 1009 * SEC, 0, p), 10);

	assert_near(&p[0][POINT_TIME], 1000);
	assert_int_equal(p[0][POINT_SPAN].type, VALUE_NULL);
	assert_int_equal(p[0][RATE_AT(CPU)].type, VALUE_NULL);
	assert_near(&p[0][RATE_AT(MEM)], 1001);
	assert_near(&p[9][POINT_TIME], 1009);
	assert_near(&p[9][RATE_AT(CPU)], 1);
	assert_near(&p[9][RATE_AT(PIDS)], 3);
}

static void clock_set_back_shows_in_the_order_of_time(void **state)
{
	struct fixture *f = *state;
	struct value p[8][HISTORY_POINT_MAX];

	assert_int_equal(history(f, 1050 * SEC, 1051 * SEC, 0, p), 3);

	assert_near(&p[0][POINT_TIME], 1050);
	assert_near(&p[1][POINT_TIME], 1050.5);
	assert_near(&p[2][POINT_TIME], 1051);
}

static void steps_divide_sums_by_the_time_they_are_known_for(void **state)
{
	struct fixture *f = *state;
	struct value p[8][HISTORY_POINT_MAX];

	/* Ticks 1 to 20; the first has neither span nor CPU time. */
	assert_int_equal(history(f, 1000 * SEC, 1019 * SEC, 10 * SEC, p), 2);

	assert_near(&p[0][POINT_TIME], 1000);
	assert_near(&p[0][POINT_SPAN], 9);
	assert_near(&p[0][RATE_AT(CPU)], 54 * 100 / 9000.0);
	assert_near(&p[0][RATE_AT(MEM)], 1006);
	assert_near(&p[0][RATE_AT(OOM_KILLS)], 1);
	assert_near(&p[1][POINT_TIME], 1010);
	assert_near(&p[1][POINT_SPAN], 10);
	assert_near(&p[1][RATE_AT(CPU)], 1.55);
	assert_int_equal(p[1][RATE_AT(THROTTLED)].type, VALUE_NULL);
}

/* Tick 50 lacks the CPU time: the other nine tell the rate. */
static void unknown_tick_leaves_the_rate_of_the_others(void **state)
{
	struct fixture *f = *state;
	struct value p[8][HISTORY_POINT_MAX];

	assert_int_equal(history(f, 1040 * SEC, 1049 * SEC, 10 * SEC, p), 1);

	assert_near(&p[0][POINT_SPAN], 10);
	assert_near(&p[0][RATE_AT(CPU)], 405 * 100 / 9000.0);
}

static void auto_step_makes_a_readable_number_of_points(void **state)
{
	(void)state;
	assert_int_equal(history_auto_step(60 * SEC, SEC), 0);
	assert_int_equal(history_auto_step(120 * SEC, SEC), 0);
	assert_int_equal(history_auto_step(1800 * SEC, SEC), 15 * SEC);
	assert_int_equal(history_auto_step(3600 * SEC, SEC), 60 * SEC);
	assert_int_equal(history_auto_step(3600 * SEC, 60 * SEC), 0);
	assert_int_equal(history_auto_step(86400 * SEC, SEC), 900 * SEC);
	assert_int_equal(history_auto_step(INT64_MAX, SEC), 86400 * SEC);
	assert_int_equal(history_auto_step(0, SEC), 0);
}

static const struct query_filter all = QUERY_ALL;

static int events(struct fixture *f, int64_t since, int64_t last,
		  const char *types, struct cursor *c)
{
	struct query_filter filter = QUERY_ALL;

	filter.since_ns = since;
	filter.last = last;
	filter.types = types;
	return query_events(f->q, &filter, c);
}

static int actions(struct fixture *f, int64_t since, int64_t until,
		   const char *rule, struct cursor *c)
{
	struct query_filter filter = QUERY_ALL;

	filter.since_ns = since;
	filter.until_ns = until;
	filter.rule = rule;
	return query_actions(f->q, &filter, c);
}

static int stops(struct fixture *f, int64_t since, const char *reason,
		 int64_t last, struct cursor *c)
{
	struct query_filter filter = QUERY_ALL;

	filter.since_ns = since;
	filter.reason = reason;
	filter.last = last;
	return query_stops(f->q, &filter, c);
}

static void events_have_the_gaps_among_them(void **state)
{
	struct fixture *f = *state;
	struct rowset set;
	struct cursor c;

	assert_int_equal(events(f, 10, -1, NULL, &c), 0);
	assert_int_equal(rowset_read(&set, &c), 0);

	assert_int_equal(set.count, 3);
	assert_text(&rowset_row(&set, 0)[EVENT_TYPE], "start");
	assert_text(&rowset_row(&set, 1)[EVENT_TYPE], "gap");
	assert_int_equal(rowset_row(&set, 1)[EVENT_TIMES].i, 2);
	assert_text(&rowset_row(&set, 1)[EVENT_REASON], "overrun");
	assert_text(&rowset_row(&set, 2)[EVENT_TYPE], "stop");
	rowset_free(&set);
	assert_int_equal(events(f, 0, -1, ",stop,", &c), 0);
	assert_int_equal(count_rows(&c), 1);
	assert_int_equal(events(f, INT64_MIN, 2, ",start,stop,", &c), 0);
	assert_int_equal(count_rows(&c), 2);
}

static void events_have_the_alarms_among_them(void **state)
{
	struct fixture *f = *state;
	struct event_cursor end;
	struct rowset set;
	struct cursor c;

	assert_int_equal(query_event_end(f->q, &end), 0);
	assert_int_equal(end.alarm, 0);
	run_sql(f->db, "INSERT INTO alarm (ts_ns, action, rule, container,"
		       " reason, detail) VALUES"
		       " (1006000000000, 1, 'r', 2, 'refused', 'no')");
	assert_int_equal(events(f, 10, -1, ",alarm,", &c), 0);
	assert_int_equal(rowset_read(&set, &c), 0);
	assert_int_equal(set.count, 1);
	assert_text(&rowset_row(&set, 0)[EVENT_TYPE], "alarm");
	assert_text(&rowset_row(&set, 0)[EVENT_ID], "aa22");
	assert_text(&rowset_row(&set, 0)[EVENT_RULE], "r");
	assert_text(&rowset_row(&set, 0)[EVENT_VERB], "stop");
	assert_text(&rowset_row(&set, 0)[EVENT_REASON], "refused");
	assert_text(&rowset_row(&set, 0)[EVENT_DETAIL], "no");
	rowset_free(&set);
	assert_int_equal(events(f, 10, -1, NULL, &c), 0);
	assert_int_equal(count_rows(&c), 4);
	assert_int_equal(query_events_behind(f->q, &end, &all, &c), 0);
	assert_int_equal(count_rows(&c), 1);
}

/* Gaps stay: what is missing may have been of these containers. */
static void records_of_some_containers_leave_out_the_others(void **state)
{
	struct fixture *f = *state;
	struct query_filter filter = QUERY_ALL;
	struct cursor c;

	filter.containers = "[2,3]";
	assert_int_equal(query_events(f->q, &filter, &c), 0);
	assert_int_equal(count_rows(&c), 3);
	filter.containers = "[1]";
	assert_int_equal(query_events(f->q, &filter, &c), 0);
	assert_int_equal(count_rows(&c), 2);
	assert_int_equal(query_stops(f->q, &filter, &c), 0);
	assert_int_equal(count_rows(&c), 0);
	assert_int_equal(query_actions(f->q, &filter, &c), 0);
	assert_int_equal(count_rows(&c), 0);
	filter.containers = "[2]";
	assert_int_equal(query_stops(f->q, &filter, &c), 0);
	assert_int_equal(count_rows(&c), 1);
	assert_int_equal(query_actions(f->q, &filter, &c), 0);
	assert_int_equal(count_rows(&c), 1);
	filter.containers = "[]";
	assert_int_equal(query_stops(f->q, &filter, &c), 0);
	assert_int_equal(count_rows(&c), 0);
}

/* The newest of what the range and the rest of the filter leave. */
static void the_last_are_the_last_of_the_range(void **state)
{
	struct fixture *f = *state;
	struct query_filter filter = QUERY_ALL;
	struct rowset set;
	struct cursor c;

	filter.until_ns = 1009 * SEC;
	filter.last = 1;
	assert_int_equal(query_events(f->q, &filter, &c), 0);
	assert_int_equal(rowset_read(&set, &c), 0);
	assert_int_equal(set.count, 1);
	assert_text(&rowset_row(&set, 0)[EVENT_TYPE], "gap");
	rowset_free(&set);
	assert_int_equal(query_stops(f->q, &filter, &c), 0);
	assert_int_equal(rowset_read(&set, &c), 0);
	assert_int_equal(set.count, 1);
	assert_text(&rowset_row(&set, 0)[STOP_REASON], "oom");
	rowset_free(&set);
	filter.last = 0;
	assert_int_equal(query_actions(f->q, &filter, &c), 0);
	assert_int_equal(count_rows(&c), 0);
}

/* As a screen of stops asks for them. */
static void the_last_stops_come_by_time(void **state)
{
	struct fixture *f = *state;
	struct query_filter filter = QUERY_ALL;
	struct rowset set;
	struct cursor c;

	filter.last = 10;
	assert_int_equal(query_stops(f->q, &filter, &c), 0);
	assert_int_equal(rowset_read(&set, &c), 0);
	assert_int_equal(set.count, 2);
	assert_text(&rowset_row(&set, 0)[STOP_REASON], "oom");
	assert_text(&rowset_row(&set, 1)[STOP_REASON], "policy");
	rowset_free(&set);
	filter.last = 1;
	assert_int_equal(query_stops(f->q, &filter, &c), 0);
	assert_int_equal(rowset_read(&set, &c), 0);
	assert_int_equal(set.count, 1);
	assert_text(&rowset_row(&set, 0)[STOP_REASON], "policy");
	rowset_free(&set);
}

/* Container 3 began at 5 ns in an earlier boot, and nobody saw its end. */
static void containers_of_a_range_ran_in_it(void **state)
{
	struct fixture *f = *state;
	struct cursor c;

	assert_int_equal(query_containers_in_range(f->q, 0, 10, &c), 0);
	assert_int_equal(count_rows(&c), 1);
	assert_int_equal(query_containers_in_range(f->q, 1005 * SEC, 1006 * SEC,
						   &c),
			 0);
	assert_int_equal(count_rows(&c), 2);
	assert_int_equal(query_containers_in_range(f->q, 1011 * SEC, INT64_MAX,
						   &c),
			 0);
	assert_int_equal(count_rows(&c), 1);
	assert_int_equal(query_containers_in_range(f->q, 10, 999 * SEC, &c), 0);
	assert_int_equal(count_rows(&c), 0);
}

static void actions_are_those_decided_in_the_range(void **state)
{
	struct fixture *f = *state;
	struct cursor c;

	assert_int_equal(actions(f, 1009 * SEC, INT64_MAX, NULL, &c), 0);
	assert_int_equal(count_rows(&c), 1);
	assert_int_equal(actions(f, 0, 1009 * SEC - 1, NULL, &c), 0);
	assert_int_equal(count_rows(&c), 0);
	assert_int_equal(actions(f, 0, INT64_MAX, "r", &c), 0);
	assert_int_equal(count_rows(&c), 1);
	assert_int_equal(actions(f, 0, INT64_MAX, "x", &c), 0);
	assert_int_equal(count_rows(&c), 0);
	assert_int_equal(query_action_state(f->q, 2, "r", &c), 0);
	assert_int_equal(count_rows(&c), 1);
	assert_int_equal(query_action_state(f->q, 2, "x", &c), 0);
	assert_int_equal(count_rows(&c), 0);
}

static void subjects_are_what_runs(void **state)
{
	struct fixture *f = *state;
	struct rowset set;
	struct cursor c;

	run_sql(f->db, "UPDATE action SET container = 1, state = 'waiting'");
	assert_int_equal(query_subjects(f->q, &c), 0);
	assert_int_equal(rowset_read(&set, &c), 0);
	assert_int_equal(set.count, 1);
	assert_text(&rowset_row(&set, 0)[SUBJECT_NAME], "web");
	assert_text(&rowset_row(&set, 0)[SUBJECT_PENDING], "r");
	rowset_free(&set);
}

static void following_gives_what_came_behind(void **state)
{
	struct fixture *f = *state;
	struct event_cursor end;
	struct cursor c;

	assert_int_equal(query_event_end(f->q, &end), 0);
	assert_int_equal(query_events_behind(f->q, &end, &all, &c), 0);
	assert_int_equal(count_rows(&c), 0);

	run_sql(f->db,
		"INSERT INTO event (session, seq, ts_ns, boottime_ns, type, container)"
		" VALUES (2, 5, 4, 4, 'start', 1);"
		"INSERT INTO gap (session, kind, first, count, reason)"
		" VALUES (2, 'event', 6, 1, 'x')");

	assert_int_equal(query_events_behind(f->q, &end, &all, &c), 0);
	assert_int_equal(count_rows(&c), 2);
}

static void following_begins_at_nothing_in_an_empty_record(void **state)
{
	struct fixture *f = *state;
	struct event_cursor end = { 1, 1, 1, 1 };

	run_sql(f->db, "DELETE FROM event; DELETE FROM gap");

	assert_int_equal(query_event_end(f->q, &end), 0);

	assert_int_equal(end.session, 0);
	assert_int_equal(end.seq, 0);
	assert_int_equal(end.gap, 0);
	assert_int_equal(end.alarm, 0);
}

static void stops_tell_their_rule_and_reason(void **state)
{
	struct fixture *f = *state;
	struct rowset set;
	struct cursor c;

	assert_int_equal(stops(f, 7, NULL, -1, &c), 0);
	assert_int_equal(rowset_read(&set, &c), 0);

	assert_int_equal(set.count, 1);
	assert_text(&rowset_row(&set, 0)[STOP_RULE], "r");
	assert_near(&rowset_row(&set, 0)[STOP_CPU], 2.5);
	assert_near(&rowset_row(&set, 0)[STOP_DECIDED], 1009);
	assert_int_equal(rowset_row(&set, 0)[STOP_DURATION].type, VALUE_NULL);
	rowset_free(&set);
	assert_int_equal(stops(f, 0, "oom", -1, &c), 0);
	assert_int_equal(count_rows(&c), 1);
}

#define HOUR	   (3600 * SEC)
#define NONE(part) assert_true((part).to_ns < (part).from_ns)

static void assert_range(struct history_range r, int64_t from, int64_t to)
{
	assert_int_equal(r.from_ns, from);
	assert_int_equal(r.to_ns, to);
}

/* Raw from hour 90 on, minutes from 50, the last one at 99.5, hours to 99. */
static const struct history_extent extent = { .raw_from_ns = 90 * HOUR,
					      .minutes_from_ns = 50 * HOUR,
					      .minutes_to_ns = 199 * HOUR / 2,
					      .hours_to_ns = 99 * HOUR };

static void ticks_alone_make_raw_points(void **state)
{
	struct history_range part[HISTORY_TIERS];

	(void)state;

	history_divide(0, &extent, (struct history_range){ 0, 100 * HOUR },
		       part);

	NONE(part[HISTORY_HOURS]);
	NONE(part[HISTORY_MINUTES]);
	assert_range(part[HISTORY_RAW], 0, 100 * HOUR);
}

/* Fine steps of what is not there as ticks any more come from the tiers. */
static void short_steps_fall_back_on_the_tiers(void **state)
{
	struct history_range part[HISTORY_TIERS];

	(void)state;

	history_divide(10 * SEC, &extent,
		       (struct history_range){ 40 * HOUR, 100 * HOUR }, part);

	assert_range(part[HISTORY_HOURS], 40 * HOUR, 50 * HOUR - 1);
	assert_range(part[HISTORY_MINUTES], 50 * HOUR, 90 * HOUR - 1);
	assert_range(part[HISTORY_RAW], 90 * HOUR, 100 * HOUR);
}

static void whole_minutes_come_from_minutes(void **state)
{
	struct history_range part[HISTORY_TIERS];

	(void)state;

	history_divide(600 * SEC, &extent,
		       (struct history_range){ 95 * HOUR + 7 * SEC,
					       100 * HOUR },
		       part);

	NONE(part[HISTORY_HOURS]);
	assert_range(part[HISTORY_MINUTES], 95 * HOUR, 199 * HOUR / 2 - 1);
	assert_range(part[HISTORY_RAW], 199 * HOUR / 2, 100 * HOUR);
}

/* What no hour has yet comes from minutes, what no minute has from ticks. */
static void whole_hours_come_from_hours_as_far_as_there_are(void **state)
{
	struct history_range part[HISTORY_TIERS];

	(void)state;

	history_divide(2 * HOUR, &extent,
		       (struct history_range){ 3 * HOUR, 100 * HOUR }, part);

	assert_range(part[HISTORY_HOURS], 2 * HOUR, 99 * HOUR - 1);
	assert_range(part[HISTORY_MINUTES], 99 * HOUR, 199 * HOUR / 2 - 1);
	assert_range(part[HISTORY_RAW], 199 * HOUR / 2, 100 * HOUR);
}

static void without_tiers_all_comes_from_ticks(void **state)
{
	static const struct history_extent empty = { INT64_MAX, INT64_MAX,
						     INT64_MIN, INT64_MIN };
	static const int64_t steps[] = { 0, 10 * SEC, 60 * SEC, HOUR };
	struct history_range part[HISTORY_TIERS];

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		history_divide(steps[i], &empty,
			       (struct history_range){ HOUR, 3 * HOUR }, part);

		NONE(part[HISTORY_HOURS]);
		NONE(part[HISTORY_MINUTES]);
		assert_range(part[HISTORY_RAW], HOUR, 3 * HOUR);
	}
}

/* Sums of a minute, over the container's own time in it. */
static void minutes_are_read_as_ticks_are(void **state)
{
	struct fixture *f = *state;
	struct value point[HISTORY_POINT_MAX], row[QUERY_COLUMNS_MAX] = { 0 };
	struct history_extent have;
	struct history h;
	struct cursor c;

	run_sql(f->db,
		"INSERT INTO tick_1m (id, ts_ns, first, last, ticks, span_us)"
		" VALUES (1, 1020000000000, 1, 60, 60, 60000000);"
		"INSERT INTO sample_1m_base (tick, container, known, mem_bytes)"
		" VALUES (1, 1, 256, 5000);"
		"INSERT INTO sample_1m_row (tick, container, base_age, ticks,"
		" span_us, cpu_usage_us, more)"
		" VALUES (1, 1, 0, 30, 30000000, 15000000, '{\"rb\":3000}')");

	assert_int_equal(query_history_extent(f->q, &have), 0);
	assert_int_equal(have.minutes_to_ns, 1080 * SEC);
	assert_int_equal(query_history_container(f->q, HISTORY_MINUTES, 1,
						 (struct history_range){
							 1000 * SEC,
							 1100 * SEC },
						 ",cpu_pct,", &c),
			 0);
	history_init(&h, &history_container, 60 * SEC);
	assert_int_equal(cursor_next(&c, row), 1);
	assert_false(history_add(&h, row, point));
	assert_int_equal(cursor_next(&c, row), 0);
	assert_true(history_flush(&h, point));

	assert_near(&point[POINT_TIME], 1020);
	assert_near(&point[POINT_SPAN], 30);
	assert_near(&point[RATE_AT(CPU)], 50);
	/* Not asked for. */
	assert_int_equal(point[RATE_AT(IO_READ)].type, VALUE_NULL);
}

static const struct value *end_of(const struct value *point, const char *key)
{
	for (unsigned int i = 0; i < history_container.rate_count; i++)
		if (!strcmp(history_container.fields[POINT_RATES + i].key, key))
			return &point[POINT_RATES + i];
	fail_msg("no %s", key);
	return NULL;
}

/* The lowest and highest of all ticks in the step, and of a minute's. */
static void points_have_the_ends_of_what_they_sum_up(void **state)
{
	struct fixture *f = *state;
	struct value point[HISTORY_POINT_MAX], row[QUERY_COLUMNS_MAX];
	struct history h;
	struct cursor c;

	run_sql(f->db,
		"INSERT INTO tick_1m (id, ts_ns, first, last, ticks, span_us)"
		" VALUES (1, 900000000000, 1, 60, 60, 60000000);"
		"INSERT INTO sample_1m_base (tick, container, known, mem_bytes)"
		" VALUES (1, 1, 0, 1200);"
		"INSERT INTO sample_1m_row (tick, container, base_age, ticks,"
		" span_us, cpu_min, cpu_max, cpu_usage_us, more)"
		" VALUES (1, 1, 0, 60, 60000000, 500, 80000, 1000000,"
		" '{\"m-\":900,\"m+\":5}')");
	history_init(&h, &history_container, 1000 * SEC);
	assert_int_equal(query_history_container(f->q, HISTORY_MINUTES, 1,
						 (struct history_range){
							 0, 999 * SEC },
						 all_figures(), &c),
			 0);
	while (cursor_next(&c, row) > 0)
		assert_false(history_add(&h, row, point));
	assert_true(history_flush(&h, point));

	assert_near(end_of(point, "cpu_pct_min"), 0.05);
	assert_near(end_of(point, "cpu_pct_max"), 8);
	assert_int_equal(end_of(point, "mem_bytes_min")->i, 300);
	assert_int_equal(end_of(point, "mem_bytes_max")->i, 1205);
	assert_int_equal(end_of(point, "pids_max")->type, VALUE_NULL);

	assert_int_equal(query_history_container(f->q, HISTORY_RAW, 1,
						 (struct history_range){
							 1000 * SEC,
							 1049 * SEC },
						 all_figures(), &c),
			 0);
	while (cursor_next(&c, row) > 0)
		assert_false(history_add(&h, row, point));
	assert_true(history_flush(&h, point));

	assert_near(end_of(point, "cpu_pct_min"), 0.2);
	assert_near(end_of(point, "cpu_pct_max"), 4.9);
	assert_int_equal(end_of(point, "mem_bytes_min")->i, 1001);
	assert_int_equal(end_of(point, "mem_bytes_max")->i, 1050);
	assert_int_equal(end_of(point, "pids_max")->i, 3);
}

/*
 * Where a scan is right, by the table's name in the plan and a piece of the
 * statement: it ends at the first row, all rows are wanted, or they are few.
 * Each must be needed, or it goes.
 */
static struct {
	const char *table, *statement;
	bool needed;
} scans[] = {
	{ "t", "ORDER BY t.id DESC LIMIT 1", false },
	{ "session", "FROM session ORDER BY id DESC LIMIT 1", false },
	{ "event", "ORDER BY session DESC, seq DESC LIMIT 1", false },
	{ "c", "FROM container c ORDER BY", false },
	/* Counted by an index. */
	{ "container USING COVERING INDEX", "count(*) FROM container", false },
	{ "stop USING COVERING INDEX", "count(*) FROM stop", false },
	/* What went wrong, and what a rule did, is little. */
	{ "g", "FROM gap g", false },
	{ "a", "a.decided_ns BETWEEN", false },
	{ "j", "FROM job j", false },
	{ "status", "FROM status", false },
	/* What a subquery has left. */
	{ "n", "LIMIT 500) n", false },
	{ "a", "ORDER BY a.id DESC LIMIT 500) n", false },
	{ "e LEFT-JOIN", "LIMIT 1) e", false },
	{ "(subquery-", "FROM (SELECT", false },
	{ "CONSTANT ROW", "SELECT", false },
	{ "json_each VIRTUAL TABLE", "json_each(?2)", false },
	{ "pragma_", "pragma_", false },
};

static bool is_named(const char *plan, const char *table)
{
	size_t len = strlen(table);
	bool whole = table[len - 1] != '-' && table[len - 1] != '_';

	return !strncmp(plan, table, len) &&
	       (!whole || !plan[len] || plan[len] == ' ');
}

static bool may_scan(const char *plan, const char *statement)
{
	for (size_t i = 0; i < sizeof(scans) / sizeof(*scans); i++)
		if (is_named(plan, scans[i].table) &&
		    strstr(statement, scans[i].statement))
			return scans[i].needed = true;
	return false;
}

static void no_query_scans_a_table_that_grows(void **state)
{
	struct fixture *f = *state;
	const char *plan, *statement;
	sqlite3_stmt *stmt;
	unsigned int i;
	char sql[8192];

	for (i = 0; i < query_statement_count(); i++) {
		statement = query_statement(i);
		snprintf(sql, sizeof(sql), "EXPLAIN QUERY PLAN %s", statement);
		assert_int_equal(sqlite3_prepare_v2(f->db, sql, -1, &stmt,
						    NULL),
				 SQLITE_OK);
		while (sqlite3_step(stmt) == SQLITE_ROW) {
			plan = (const char *)sqlite3_column_text(stmt, 3);
			if (!strncmp(plan, "SCAN ", 5) &&
			    !may_scan(plan + 5, statement))
				fail_msg("%s: %s", plan, statement);
		}
		sqlite3_finalize(stmt);
	}
	for (i = 0; i < sizeof(scans) / sizeof(*scans); i++)
		if (!scans[i].needed)
			fail_msg("not scanned: %s of %s", scans[i].table,
				 scans[i].statement);
}

static void assert_unsorted(struct fixture *f, const char *statement)
{
	sqlite3_stmt *stmt;
	char sql[8192];

	snprintf(sql, sizeof(sql), "EXPLAIN QUERY PLAN %s", statement);
	assert_int_equal(sqlite3_prepare_v2(f->db, sql, -1, &stmt, NULL),
			 SQLITE_OK);
	while (sqlite3_step(stmt) == SQLITE_ROW)
		assert_null(strstr((const char *)sqlite3_column_text(stmt, 3),
				   "TEMP B-TREE"));
	sqlite3_finalize(stmt);
}

/* Stops and actions are read as they are kept: the first row comes at once, and
 * memory stays as it is. */
static void records_are_not_sorted(void **state)
{
	struct fixture *f = *state;
	unsigned int i, records = 0;

	for (i = 0; i < query_statement_count(); i++) {
		const char *statement = query_statement(i);

		if (!strstr(statement, "NULL FROM stop x") &&
		    !strstr(statement, "NULL FROM action a"))
			continue;
		if (strstr(statement, "json_each") ||
		    strstr(statement, "LIMIT"))
			continue;
		records++;
		assert_unsorted(f, statement);
	}
	assert_int_equal(records, 2);
}

/* A history is read in constant memory: by index, without sorting. */
static void histories_are_not_sorted(void **state)
{
	struct fixture *f = *state;
	const char *plan, *statement;
	sqlite3_stmt *stmt;
	unsigned int i, histories = 0;
	char sql[8192];

	for (i = 0; i < query_statement_count(); i++) {
		statement = query_statement(i);
		if (!strstr(statement, "ts_ns BETWEEN") ||
		    strstr(statement, "UNION"))
			continue;
		histories++;
		snprintf(sql, sizeof(sql), "EXPLAIN QUERY PLAN %s", statement);
		assert_int_equal(sqlite3_prepare_v2(f->db, sql, -1, &stmt,
						    NULL),
				 SQLITE_OK);
		while (sqlite3_step(stmt) == SQLITE_ROW) {
			plan = (const char *)sqlite3_column_text(stmt, 3);
			assert_null(strstr(plan, "TEMP B-TREE"));
			assert_true(strstr(plan, "INDEX tick_ts (ts_ns>?") ||
				    strstr(plan, "_ts (ts_ns>? AND ts_ns<?)") ||
				    strstr(plan, "r USING INTEGER PRIMARY KEY "
						 "(rowid=?)") ||
				    strstr(plan, "PRIMARY KEY (tick=? AND "
						 "container=?)"));
		}
		sqlite3_finalize(stmt);
	}
	assert_int_equal(histories, 7);
}

/* What a screen asks for again and again: a few look-ups each. */
static void screens_are_read_by_keys(void **state)
{
	static const struct {
		const char *part, *plan;
	} wanted[] = {
		{ "JOIN cpu u", "u USING PRIMARY KEY (tick=?)" },
		{ "JOIN io_device d",
		  "d USING PRIMARY KEY (tick=? AND container=?)" },
		{ "e.container = ?1",
		  "INDEX event_container (container=? AND ts_ns<?)" },
	};
	struct fixture *f = *state;
	unsigned int i, k, found = 0;
	sqlite3_stmt *stmt;
	char sql[8192];
	bool by_key;

	for (i = 0; i < query_statement_count(); i++) {
		for (k = 0; k < sizeof(wanted) / sizeof(*wanted); k++) {
			if (!strstr(query_statement(i), wanted[k].part))
				continue;
			found++;
			by_key = false;
			snprintf(sql, sizeof(sql), "EXPLAIN QUERY PLAN %s",
				 query_statement(i));
			assert_int_equal(sqlite3_prepare_v2(f->db, sql, -1,
							    &stmt, NULL),
					 SQLITE_OK);
			while (sqlite3_step(stmt) == SQLITE_ROW) {
				const char *plan =
					(const char *)sqlite3_column_text(stmt,
									  3);

				by_key |= strstr(plan, wanted[k].plan) != NULL;
				assert_null(strstr(plan, "TEMP B-TREE"));
				assert_null(strstr(plan, "SCAN "));
			}
			sqlite3_finalize(stmt);
			if (!by_key)
				fail_msg("%s", query_statement(i));
		}
	}
	assert_int_equal(found, 3);
}

/* Of some containers: of each its events of the range, and no others. */
static void events_of_containers_are_read_by_both_keys(void **state)
{
	static const char by[] =
		"INDEX event_container (container=? AND ts_ns>? AND ts_ns<?)";
	struct fixture *f = *state;
	unsigned int i, found = 0;
	sqlite3_stmt *stmt;
	char sql[8192];
	bool by_keys;

	for (i = 0; i < query_statement_count(); i++) {
		const char *statement = query_statement(i);

		if (!strstr(statement, "e.ts_ns BETWEEN ?3") ||
		    !strstr(statement, "json_each"))
			continue;
		found++;
		by_keys = false;
		snprintf(sql, sizeof(sql), "EXPLAIN QUERY PLAN %s", statement);
		assert_int_equal(sqlite3_prepare_v2(f->db, sql, -1, &stmt,
						    NULL),
				 SQLITE_OK);
		while (sqlite3_step(stmt) == SQLITE_ROW)
			by_keys |=
				strstr((const char *)sqlite3_column_text(stmt,
									 3),
				       by) != NULL;
		sqlite3_finalize(stmt);
		if (!by_keys)
			fail_msg("%s", statement);
	}
	assert_int_equal(found, 2);
}

static void assert_plan(struct fixture *f, const char *sql, const char *wanted)
{
	char explain[512], plan[1024] = "";
	sqlite3_stmt *stmt;
	size_t used = 0;

	snprintf(explain, sizeof(explain), "EXPLAIN QUERY PLAN %s", sql);
	assert_int_equal(sqlite3_prepare_v2(f->db, explain, -1, &stmt, NULL),
			 SQLITE_OK);
	while (sqlite3_step(stmt) == SQLITE_ROW && used < sizeof(plan))
		used += (size_t)snprintf(plan + used, sizeof(plan) - used,
					 "%s\n",
					 (const char *)sqlite3_column_text(stmt,
									   3));
	sqlite3_finalize(stmt);
	if (!strstr(plan, wanted) || strstr(plan, "SCAN ") ||
	    strstr(plan, "TEMP B-TREE"))
		fail_msg("%s: %s", sql, plan);
}

/* Dashboards ask the views for a range of their `time`, unix seconds. */
static void views_are_searched_by_time(void **state)
{
	struct fixture *f = *state;

	assert_plan(f, "SELECT * FROM v_machine WHERE time >= 1000",
		    "INDEX tick_time (<expr>>?)");
	assert_plan(f,
		    "SELECT * FROM v_machine WHERE time BETWEEN 1000 AND 1099 "
		    "ORDER BY time",
		    "INDEX tick_time (<expr>>? AND <expr><?)");
	assert_plan(f,
		    "SELECT time, container, cpu_pct FROM v_container "
		    "WHERE time >= 1000 AND time < 1099 ORDER BY time",
		    "INDEX tick_time (<expr>>? AND <expr><?)");
}

/* A range of time, of all or of one container, needs no sorting either. */
static void each_view_is_searched_by_time_in_its_order(void **state)
{
	static const struct {
		const char *view;
		const char *index;
	} views[] = {
		{ "v_machine", "tick_time" },
		{ "v_machine_1m", "tick_1m_time" },
		{ "v_machine_1h", "tick_1h_time" },
		{ "v_container", "tick_time" },
		{ "v_container_1m", "tick_1m_time" },
		{ "v_container_1h", "tick_1h_time" },
		{ "v_stop", "stop_time" },
		{ "v_event", "event_time" },
		{ "v_gap", "gap_time" },
	};
	struct fixture *f = *state;
	char sql[256], wanted[64];

	for (size_t i = 0; i < sizeof(views) / sizeof(*views); i++) {
		const char *where = "";

		if (!strncmp(views[i].view, "v_container", 11))
			where = " AND container = 'web'";
		snprintf(wanted, sizeof(wanted),
			 "INDEX %s (<expr>>? AND <expr><?)", views[i].index);
		snprintf(sql, sizeof(sql),
			 "SELECT * FROM %s WHERE time BETWEEN 1000 AND 1099%s "
			 "ORDER BY time",
			 views[i].view, where);
		assert_plan(f, sql, wanted);
	}
}

/* What an interactive reader sees of a view begins with what it means. */
static void each_view_says_what_is_in_it(void **state)
{
	struct fixture *f = *state;
	sqlite3_stmt *stmt;
	unsigned int views = 0;

	assert_int_equal(sqlite3_prepare_v2(f->db,
					    "SELECT name, sql FROM "
					    "sqlite_schema WHERE type = 'view' "
					    "AND name LIKE 'v~_%' ESCAPE '~'",
					    -1, &stmt, NULL),
			 SQLITE_OK);
	while (sqlite3_step(stmt) == SQLITE_ROW) {
		const char *sql = (const char *)sqlite3_column_text(stmt, 1);

		if (!strstr(sql, "AS\n-- ") || !strstr(sql, "unix seconds"))
			fail_msg("%s", sql);
		views++;
	}
	sqlite3_finalize(stmt);
	assert_int_equal(views, 9);
}

static void damaged_database_is_an_error(void **state)
{
	struct fixture *f = *state;
	struct value row[TICK_COUNT];

	run_sql(f->db, "DROP VIEW sample; DROP VIEW v_machine; DROP VIEW "
		       "v_container; DROP TABLE tick");

	assert_string_equal(query_error(f->q), "");
	assert_int_equal(query_begin(f->q), 0);
	assert_true(query_tick(f->q, TICK_NEWEST, 0, row) < 0);
	query_end(f->q);
	assert_non_null(strstr(query_error(f->q), "no such table"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(newest_tick_is_the_last_to_arrive),
		TEST(tick_has_the_machine_in_percent_of_one_cpu),
		TEST(rates_are_null_where_the_span_is_unknown),
		TEST(tick_of_an_earlier_load_says_so),
		TEST(top_has_each_container_of_the_tick),
		TEST(a_tick_has_its_cpus_one_by_one),
		TEST(devices_are_those_of_one_container_in_one_tick),
		TEST(a_trail_is_of_one_container_by_time),
		TEST(a_container_has_its_last_events),
		TEST(containers_of_an_earlier_boot_do_not_run),
		TEST(containers_go_by_several_names),
		TEST(candidates_begin_with_what_is_typed),
		TEST(rules_are_those_that_acted),
		TEST(lives_of_one_name_are_one_candidate),
		TEST(what_is_not_wanted_is_not_worked_out),
		TEST(figures_are_looked_up_as_sqlite_does),
		TEST(raw_history_has_a_point_each_tick),
		TEST(clock_set_back_shows_in_the_order_of_time),
		TEST(steps_divide_sums_by_the_time_they_are_known_for),
		TEST(unknown_tick_leaves_the_rate_of_the_others),
		cmocka_unit_test(auto_step_makes_a_readable_number_of_points),
		cmocka_unit_test(ticks_alone_make_raw_points),
		cmocka_unit_test(short_steps_fall_back_on_the_tiers),
		cmocka_unit_test(whole_minutes_come_from_minutes),
		cmocka_unit_test(
			whole_hours_come_from_hours_as_far_as_there_are),
		cmocka_unit_test(without_tiers_all_comes_from_ticks),
		TEST(minutes_are_read_as_ticks_are),
		TEST(points_have_the_ends_of_what_they_sum_up),
		TEST(events_have_the_gaps_among_them),
		TEST(events_have_the_alarms_among_them),
		TEST(records_of_some_containers_leave_out_the_others),
		TEST(the_last_are_the_last_of_the_range),
		TEST(the_last_stops_come_by_time),
		TEST(containers_of_a_range_ran_in_it),
		TEST(actions_are_those_decided_in_the_range),
		TEST(subjects_are_what_runs),
		TEST(following_gives_what_came_behind),
		TEST(following_begins_at_nothing_in_an_empty_record),
		TEST(stops_tell_their_rule_and_reason),
		TEST(no_query_scans_a_table_that_grows),
		TEST(records_are_not_sorted),
		TEST(histories_are_not_sorted),
		TEST(screens_are_read_by_keys),
		TEST(events_of_containers_are_read_by_both_keys),
		TEST(views_are_searched_by_time),
		TEST(each_view_is_searched_by_time_in_its_order),
		TEST(each_view_says_what_is_in_it),
		TEST(damaged_database_is_an_error),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
