// SPDX-License-Identifier: GPL-2.0
/* Rows into the database and back, and what happens when it can't take them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "store_world.h"

static int setup(void **state)
{
	(void)state;
	return store_begin();
}

static struct row container_row(int64_t id, const char *key)
{
	struct row row = { .type = ROW_CONTAINER };

	row.container = (struct container_row){ .id = id,
						.boot = 1,
						.cgroup_id = UINT64_MAX,
						.key = key,
						.first_seen_ns = 100 };
	return row;
}

static void add_tick(uint64_t number, size_t samples)
{
	struct row row = { .type = ROW_TICK }, *out;

	row.tick = (struct tick_row){ .id = (int64_t)number,
				      .session = 1,
				      .number = number,
				      .ts_ns = 5000,
				      .boottime_ns = 4000,
				      .span_us = -1,
				      .interval_us = 1000000,
				      .samples = samples };
	row.tick.have = 1u << SM_LOAD1;
	row.tick.v[SM_LOAD1] = 250;
	out = rows_add(&rows, &row);
	assert_non_null(out);
	for (size_t i = 0; i < samples; i++) {
		struct sample_row *sample = &out->tick.sample[i];

		*sample = (struct sample_row){ .container = 10 + (int64_t)i };
		sample->have = 1u << CM_PIDS | 1u << CM_CPU_USAGE;
		sample->v[CM_PIDS] = 3 + i;
		sample->v[CM_CPU_USAGE] = 77;
	}
}

static struct row event_row(uint64_t seq)
{
	struct row row = { .type = ROW_EVENT };

	row.event = (struct event_row){ .session = 1,
					.seq = seq,
					.ts_ns = 7,
					.boottime_ns = 8,
					.type = "start" };
	return row;
}

static struct row gap_row(enum gap_kind kind, uint64_t first, uint64_t count)
{
	struct row row = { .type = ROW_GAP };

	row.gap = (struct gap_row){ .session = 1,
				    .kind = kind,
				    .first = first,
				    .count = count,
				    .reason = "lost" };
	return row;
}

static void tick_and_samples_land_in_their_columns(void **state)
{
	(void)state;
	add_boot_and_session();
	add_tick(7, 2);

	commit();

	assert_string_equal(query("SELECT number, span_us, interval_us,"
				  " containers, load1_milli, cpus FROM tick"),
			    "7|NULL|1000000|2|250|NULL");
	assert_string_equal(query("SELECT tick, container, cpu_usage_us, pids,"
				  " mem_bytes FROM sample"
				  " ORDER BY container DESC LIMIT 1"),
			    "7|11|77|4|NULL");
}

static void cpus_and_devices_land_in_their_tables(void **state)
{
	struct row row = { .type = ROW_TICK }, *out;

	(void)state;
	add_boot_and_session();
	row.tick = (struct tick_row){ .id = 1,
				      .session = 1,
				      .number = 1,
				      .span_us = -1,
				      .cpus = 20,
				      .devices = 2 };
	out = rows_add(&rows, &row);
	assert_non_null(out);
	for (uint32_t i = 0; i < 20; i++) {
		out->tick.cpu[i] = (struct cpu_row){ .number = i };
		out->tick.cpu[i].have = 1 << PM_IDLE;
		out->tick.cpu[i].v[PM_IDLE] = 100 + i;
	}
	out->tick.device[0] = (struct device_row){ .container = 5,
						   .major = 8,
						   .minor = 16,
						   .have = 1 << DM_READ_OPS };
	out->tick.device[0].v[DM_READ_OPS] = 3;
	out->tick.devices = 1;

	commit();

	assert_string_equal(query("SELECT count(*), sum(number),"
				  " max(idle_us), max(user_us) FROM cpu"),
			    "20|190|119|NULL");
	assert_string_equal(query("SELECT tick, container, major, minor,"
				  " read_ops, write_bytes FROM io_device"),
			    "1|5|8|16|3|NULL");
	assert_string_equal(query("SELECT count(*) FROM io_device"), "1");
}

static void event_is_stored_with_its_processes(void **state)
{
	struct row row = event_row(1);

	(void)state;
	add_boot_and_session();
	row.event.exec_delay_us = 12;
	row.event.exit_code = -1;
	row.event.exit_signal = 9;
	row.event.count = 0;
	row.event.limit = -1;
	row.event.have_subject = true;
	row.event.subject = (struct process_row){ .pid = 7,
						  .uid = 0,
						  .argv_bytes = -1,
						  .rss_bytes = 4096,
						  .comm = { "a\xff\n", 3 },
						  .argv = { "x\0y", 4 } };
	row.event.have_sender = true;
	row.event.sender = (struct process_row){ .uid = -1,
						 .argv_bytes = -1,
						 .rss_bytes = -1,
						 .cgroup = { "/c", 2 } };
	add(row);
	row = event_row(2);
	row.event.type = "4711";
	add(row);

	commit();

	assert_string_equal(query("SELECT exec_delay_us, exit_code,"
				  " exit_signal, count, limit_value FROM event"
				  " WHERE seq = 1"),
			    "12|NULL|9|0|NULL");
	assert_string_equal(query("SELECT pid, uid, comm, hex(argv),"
				  " argv_bytes, parent_comm, rss_bytes"
				  " FROM event_process WHERE role = 'subject'"),
			    "7|0|a\xff\n|78007900|NULL|NULL|4096");
	assert_string_equal(query("SELECT pid, uid, comm, hex(argv), cgroup,"
				  " container, rss_bytes"
				  " FROM event_process WHERE role = 'sender'"),
			    "NULL|NULL|NULL||/c|NULL|NULL");
	assert_string_equal(query("SELECT type FROM event WHERE seq = 2"),
			    "4711");
}

static void later_stop_row_keeps_who_killed_it(void **state)
{
	struct row stop = { .type = ROW_STOP };

	(void)state;
	add(container_row(1, "k"));
	stop.stop = (struct stop_row){
		.id = 1,
		.container = 1,
		.stopped_ns = 5,
		.reason = "oom",
		.killer_signal = 9,
		.have_killer = true,
		.killer = { .pid = 3, .uid = 0, .comm = { "runc", 4 } },
		.have_oom = true,
		.oom = { .pid = 4, .rss_bytes = 8 },
		.oom_limit_bytes = -1
	};
	add(stop);
	commit();
	assert_string_equal(query("SELECT oom_pid, oom_rss_bytes,"
				  " oom_limit_bytes FROM stop"),
			    "4|8|NULL");
	/* After a restart the daemon does not know these any more. */
	stop.stop.have_killer = false;
	stop.stop.have_oom = false;
	add(stop);
	commit();
	assert_string_equal(query("SELECT oom_pid, oom_rss_bytes FROM stop"),
			    "4|8");
	stop.stop.reason = "signal";
	stop.stop.killer_signal = 0;
	add(stop);

	commit();

	assert_string_equal(query("SELECT killer_signal, killer_pid,"
				  " killer_uid, killer_comm, oom_pid"
				  " FROM stop"),
			    "9|3|0|runc|NULL");
}

static void session_knows_how_far_it_has_come(void **state)
{
	(void)state;
	add_boot_and_session();
	add_tick(7, 0);
	add(event_row(1));
	add(gap_row(GAP_EVENT, 2, 5));
	add(gap_row(GAP_TICK, 8, 3));

	commit();

	assert_string_equal(query("SELECT last_tick, last_seq FROM session"),
			    "10|6");
}

/* Of container 1; what it read and wrote is unknown. */
static struct row plain_stop(int64_t cpu_us, int64_t mem_peak_bytes)
{
	struct row row = { .type = ROW_STOP };

	row.stop = (struct stop_row){ .id = 1,
				      .container = 1,
				      .stopped_ns = 5,
				      .final_cpu_us = cpu_us,
				      .final_mem_peak_bytes = mem_peak_bytes,
				      .final_io_read_bytes = -1,
				      .final_io_write_bytes = -1 };
	return row;
}

static void unknown_values_are_null(void **state)
{
	struct row stop = plain_stop(-1, 0);

	(void)state;
	add(container_row(1, "k"));
	add(stop);

	commit();

	assert_string_equal(query("SELECT session, seq, reason, exit_code,"
				  " signal, action, final_cpu_us,"
				  " final_mem_peak_bytes FROM stop"),
			    "NULL|NULL|NULL|NULL|NULL|NULL|NULL|0");
	assert_string_equal(query("SELECT cgroup_id, name, started_ns"
				  " FROM container"),
			    "-1|NULL|NULL");
}

static void later_row_completes_an_earlier_one(void **state)
{
	struct row c = container_row(1, "k");

	(void)state;
	c.container.name = "web";
	c.container.started_ns = 90;
	add(c);
	commit();
	c.container.name = NULL;
	c.container.image = "nginx";
	c.container.stopped_ns = 200;
	add(c);

	commit();

	assert_string_equal(query("SELECT count(*), name, image, started_ns,"
				  " stopped_ns FROM container"),
			    "1|web|nginx|90|200");
}

static void later_stop_row_renews_the_totals_that_it_knows(void **state)
{
	struct row stop = plain_stop(500, 4096);

	(void)state;
	add(container_row(1, "k"));
	add(stop);
	commit();
	stop.stop.final_cpu_us = 777;
	stop.stop.final_mem_peak_bytes = -1;
	add(stop);

	commit();

	assert_string_equal(query("SELECT final_cpu_us, final_mem_peak_bytes,"
				  " final_io_read_bytes FROM stop"),
			    "777|4096|NULL");
}

static void hostile_names_are_stored_as_they_are(void **state)
{
	const char *name = "a'); DROP TABLE tick; --\x1b[31m\xff";
	struct row c = container_row(1, "k");

	(void)state;
	c.container.name = name;
	add(c);

	commit();

	assert_string_equal(query("SELECT name FROM container"), name);
	assert_string_equal(query("SELECT count(*) FROM tick"), "0");
}

static void row_that_contradicts_others_holds_up_none(void **state)
{
	(void)state;
	add_boot_and_session();
	add(event_row(1));
	commit();
	add(event_row(1));
	add_tick(7, 1);
	add_tick(7, 1);
	add(event_row(2));

	commit();

	assert_int_equal(store_refused(store), 2);
	assert_string_equal(query("SELECT count(*) FROM event"), "2");
	assert_string_equal(query("SELECT count(*) FROM tick"), "1");
	assert_string_equal(query("SELECT kind, first, count, reason FROM gap"
				  " ORDER BY id DESC LIMIT 1"),
			    "tick|7|1|refused");
}

static void second_writer_is_refused(void **state)
{
	struct store *second;
	struct db_error err;
	char pid[64];

	(void)state;
	snprintf(pid, sizeof(pid), "(process %ld) writes", (long)getpid());

	assert_int_equal(store_open(tmppath, &second, &err), DB_FAILED);

	assert_null(second);
	assert_non_null(strstr(err.text, tmppath));
	assert_non_null(strstr(err.text, pid));
}

static void locked_database_rolls_back_and_takes_the_rows_later(void **state)
{
	sqlite3 *other;

	(void)state;
	add_boot_and_session();
	add_tick(7, 1);
	assert_int_equal(sqlite3_open(tmppath, &other), SQLITE_OK);
	assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL,
				      NULL),
			 SQLITE_OK);

	assert_int_equal(store_commit(store, &rows, NULL), STORE_RETRY);

	assert_string_not_equal(store_error(store), "");
	sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL);
	sqlite3_close(other);
	commit();
	assert_string_equal(store_error(store), "");
	assert_string_equal(query("SELECT count(*) FROM tick"), "1");
}

/* The file may not grow: the transaction fails whole, and passes later. */
static void full_database_rolls_back_whole(void **state)
{
	char text[8192];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = 0;
	add_boot_and_session();
	for (int i = 1; i <= 200; i++) {
		struct row c = container_row(i, "k");

		c.container.labels = text;
		add(c);
	}
	store_limit_pages(store, 64);

	assert_int_equal(store_commit(store, &rows, NULL), STORE_RETRY);

	assert_string_equal(query("SELECT count(*) FROM container"), "0");
	assert_string_equal(query("SELECT count(*) FROM boot"), "0");
	store_limit_pages(store, 1 << 20);
	commit();
	assert_string_equal(query("SELECT count(*) FROM container"), "200");
}

static int64_t log_bytes(void)
{
	int64_t db, wal;

	store_sizes(store, &db, &wal);
	return wal;
}

static void commit_ticks(uint64_t first, uint64_t last)
{
	for (; first <= last; first++) {
		add_tick(first, 200);
		commit();
	}
}

/* It holds the log, which grows; it holds up nothing else. */
static void reader_that_stays_does_not_hold_up_commits(void **state)
{
	int64_t held;

	(void)state;
	add_boot_and_session();
	commit();
	assert_int_equal(sqlite3_exec(reader, "BEGIN", NULL, NULL, NULL), 0);
	assert_string_equal(query("SELECT count(*) FROM tick"), "0");

	commit_ticks(1, 400);

	assert_string_equal(query("SELECT count(*) FROM tick"), "0");
	held = log_bytes();
	assert_true(held > 8 << 20);
	assert_int_equal(sqlite3_exec(reader, "COMMIT", NULL, NULL, NULL), 0);
	commit_ticks(401, 500);
	/* One commit more, and it begins anew. */
	assert_true(log_bytes() < held + (1 << 20));
	assert_string_equal(query("SELECT count(*) FROM tick"), "500");
}

static void status_is_stored_by_key(void **state)
{
	static struct status status;

	(void)state;
	status.pid = 42;
	strcpy(status.version, "1.2");
	status.stopped_ns = 0;

	assert_int_equal(store_commit(store, &rows, &status), STORE_OK);
	status.pid = 43;
	assert_int_equal(store_commit(store, &rows, &status), STORE_OK);

	assert_string_equal(query("SELECT value FROM status WHERE key = 'pid'"),
			    "43");
	assert_string_equal(query("SELECT value, typeof(value) FROM status"
				  " WHERE key = 'version'"),
			    "1.2|text");
	assert_string_equal(query("SELECT value FROM status"
				  " WHERE key = 'stopped_ns'"),
			    "NULL");
	assert_string_equal(query("SELECT value FROM status"
				  " WHERE key = 'gaps'"),
			    "0");
}

static void job_is_replaced_by_its_next_state(void **state)
{
	struct row job = { .type = ROW_JOB };

	(void)state;
	job.job = (struct job_row){ .name = "spawn",
				    .kind = "schedule",
				    .command = "true",
				    .every_s = 40,
				    .runs = 1 };
	add(job);
	job.job.runs = 2;
	job.job.have_exit_code = true;
	add(job);

	commit();

	assert_string_equal(query("SELECT runs, exit_code, signal FROM job"),
			    "2|0|NULL");
}

static void empty_store_has_no_past(void **state)
{
	struct step_past past;

	(void)state;

	assert_int_equal(store_load(store, &past), 0);

	assert_int_equal(past.session_id, 0);
	assert_int_equal(past.last_ns, 0);
	assert_string_equal(past.boot_uuid, "");
}

static void past_is_what_was_stored(void **state)
{
	struct step_past past;

	(void)state;
	add_boot_and_session();
	add_tick(7, 0);
	add(event_row(1));
	add(container_row(12, "k"));
	commit();

	assert_int_equal(store_load(store, &past), 0);

	assert_string_equal(past.boot_uuid, "the-boot");
	assert_int_equal(past.instance, 50);
	assert_int_equal(past.last_tick, 7);
	assert_int_equal(past.last_seq, 1);
	assert_int_equal(past.container_id, 12);
	assert_int_equal(past.tick_id, 7);
	assert_int_equal(past.last_ns, 5000);
	assert_int_equal(past.last_boottime_ns, 4000);
}

static struct step_past_container seen[4];
static unsigned int seen_count;

static int see(void *arg, const struct step_past_container *c)
{
	(void)arg;
	assert_in_range(seen_count, 0, 3);
	seen[seen_count] = *c;
	seen[seen_count].row.key = NULL; /* borrowed: looked at here only */
	if (c->have_stop)
		assert_string_equal(c->stop.reason, "oom");
	seen_count++;
	return 0;
}

static void running_and_unfinished_containers_are_loaded(void **state)
{
	struct row c = container_row(1, "running");
	struct row stop = { .type = ROW_STOP }, action = { .type = ROW_ACTION };

	(void)state;
	add(c);
	action.action = (struct action_row){ .id = 3,
					     .rule = "r",
					     .container = 1,
					     .verb = "stop",
					     .decided_ns = 1,
					     .requested_ns = 2 };
	add(action);
	for (int64_t id = 2; id <= 4; id++) {
		c = container_row(id, "stopped");
		c.container.stopped_ns = id * 100;
		add(c);
		stop.stop = (struct stop_row){ .id = id,
					       .container = id,
					       .stopped_ns = id * 100,
					       .reason = "oom",
					       .have_exit_code = id == 3,
					       .final_cpu_us = -1 };
		add(stop);
	}
	commit();
	seen_count = 0;

	assert_int_equal(store_load_containers(store, 250, see, NULL), 0);

	assert_int_equal(seen_count, 2);
	assert_int_equal(seen[0].row.id, 1);
	assert_true(seen[0].have_action);
	assert_int_equal(seen[0].action.id, 3);
	assert_false(seen[0].have_stop);
	assert_int_equal(seen[0].row.cgroup_id, UINT64_MAX);
	assert_int_equal(seen[1].row.id, 4);
	assert_true(seen[1].have_stop);
	assert_int_equal(seen[1].stop.final_cpu_us, -1);
}

static struct row action_row(int64_t id, const char *rule, const char *state,
			     int64_t requested_ns)
{
	struct row row = { .type = ROW_ACTION };

	row.action = (struct action_row){ .id = id,
					  .rule = rule,
					  .container = 1,
					  .verb = "pause",
					  .state = state,
					  .attempt = requested_ns ? 2 : 0,
					  .decided_ns = 1,
					  .requested_ns = requested_ns };
	return row;
}

static struct action_row recalled;

static int recall(void *arg, const struct step_past_container *c)
{
	char *words = arg;

	recalled = c->action;
	snprintf(words, 64, "%d %s %s", c->have_action,
		 c->have_action ? c->action.verb : "-",
		 c->have_action ? c->action.state : "-");
	return 0;
}

/* What is only said, or a dry run, is nothing that goes on. */
static void decision_that_waits_is_loaded(void **state)
{
	char words[64];

	(void)state;
	add(container_row(1, "running"));
	add(action_row(1, "a", "waiting", 0));
	add(action_row(2, "b", "logged", 0));
	commit();
	assert_int_equal(store_load_containers(store, 0, recall, words), 0);
	assert_string_equal(words, "1 pause waiting");
	assert_int_equal(recalled.id, 1);
	assert_int_equal(recalled.attempt, 0);

	add(action_row(3, "a", "refused", 7));
	commit();
	assert_int_equal(store_load_containers(store, 0, recall, words), 0);

	assert_string_equal(words, "1 pause refused");
	assert_int_equal(recalled.attempt, 2);
}

/* Stopped long ago, with its exit code known; but its start is awaited. */
static void half_a_restart_is_loaded(void **state)
{
	struct row c = container_row(1, "stopped");
	struct row stop = { .type = ROW_STOP };
	char words[64] = "";

	(void)state;
	c.container.stopped_ns = 100;
	add(c);
	stop.stop = (struct stop_row){ .id = 1,
				       .container = 1,
				       .stopped_ns = 100,
				       .have_exit_code = true };
	add(stop);
	add(action_row(1, "a", "confirmed", 7));
	commit();
	assert_int_equal(store_load_containers(store, 250, recall, words), 0);
	assert_string_equal(words, "");

	add(action_row(2, "a", "answered", 8));
	commit();
	assert_int_equal(store_load_containers(store, 250, recall, words), 0);

	assert_string_equal(words, "1 pause answered");
}

static void note_request(void *arg, const char *rule, int64_t ns)
{
	char *words = arg;
	size_t used = strlen(words);

	snprintf(words + used, 64 - used, "%s@%d ", rule, (int)ns);
}

static void requests_are_loaded_oldest_first(void **state)
{
	char words[64] = "";

	(void)state;
	add(container_row(1, "running"));
	add(action_row(1, "a", "confirmed", 5));
	add(action_row(2, "a", "confirmed", 20));
	add(action_row(3, "b", "refused", 10));
	add(action_row(4, "b", "waiting", 0));
	commit();

	assert_int_equal(store_load_requests(store, 5, note_request, words), 0);

	assert_string_equal(words, "b@10 a@20 ");
}

static int note_restarts(void *arg, int64_t container, const char *rule,
			 unsigned int restarts)
{
	char *out = arg;
	size_t used = strlen(out);

	snprintf(out + used, 64 - used, "%d:%s*%u ", (int)container, rule,
		 restarts);
	return 0;
}

/* One life of a container, of so many nanoseconds; 0: it lives. */
static void add_life(int64_t id, const char *key, int64_t lived)
{
	struct row row = container_row(id, "x");

	row.container.key = key;
	row.container.started_ns = 1000 * id;
	row.container.stopped_ns = lived ? 1000 * id + lived : 0;
	add(row);
}

static void add_restart(int64_t id, int64_t container, const char *rule,
			const char *how)
{
	struct row row = action_row(id, rule, how, 5);

	row.action.container = container;
	row.action.verb = "restart";
	add(row);
}

/*
 * k: three by r, but the oldest life was long: it only counts as the first.
 * settled: the life whose restart is half done was long; nothing was in vain.
 */
static void restarts_in_a_row_are_counted_back(void **state)
{
	char words[64] = "";

	(void)state;
	add_life(1, "k", 10);
	add_restart(1, 1, "r", "confirmed");
	add_life(2, "k", 500);
	add_restart(2, 2, "r", "confirmed");
	add_life(3, "k", 10);
	add_restart(3, 3, "r", "confirmed");
	add_life(4, "k", 0);
	add_life(5, "other", 10);
	add_restart(4, 5, "r", "refused");
	add_life(6, "other", 0);
	add_life(7, "two", 10);
	add_restart(5, 7, "q", "confirmed");
	add_life(8, "two", 10);
	add_restart(6, 8, "r", "confirmed");
	add_life(9, "two", 10);
	add_restart(7, 9, "r", "requested");
	add_life(10, "settled", 10);
	add_restart(8, 10, "r", "confirmed");
	add_life(11, "settled", 500);
	add_restart(9, 11, "r", "answered");
	commit();

	assert_int_equal(store_load_restarts(store, 100, note_restarts, words),
			 0);

	assert_string_equal(words, "4:r*2 9:r*1 ");
}

static void alarm_and_exit_code_are_stored(void **state)
{
	struct row action = action_row(1, "a", "refused", 5);
	struct row alarm = { .type = ROW_ALARM };
	struct step_past past;

	(void)state;
	add(container_row(1, "running"));
	action.action.have_exit_code = true;
	add(action);
	alarm.alarm = (struct alarm_row){ .id = 9,
					  .ts_ns = 6,
					  .action = 1,
					  .rule = "a",
					  .container = 1,
					  .reason = "refused",
					  .detail = "exit code 0" };
	add(alarm);
	commit();

	assert_string_equal(query("SELECT * FROM alarm"),
			    "9|6|1|a|1|refused|exit code 0");
	assert_string_equal(query("SELECT state, attempt, exit_code"
				  " FROM action"),
			    "refused|2|0");
	assert_int_equal(store_load(store, &past), 0);
	assert_int_equal(past.alarm_id, 9);
}

#define T(test) cmocka_unit_test_setup_teardown(test, setup, store_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(tick_and_samples_land_in_their_columns),
		T(cpus_and_devices_land_in_their_tables),
		T(event_is_stored_with_its_processes),
		T(later_stop_row_keeps_who_killed_it),
		T(session_knows_how_far_it_has_come),
		T(unknown_values_are_null),
		T(later_row_completes_an_earlier_one),
		T(later_stop_row_renews_the_totals_that_it_knows),
		T(hostile_names_are_stored_as_they_are),
		T(row_that_contradicts_others_holds_up_none),
		T(second_writer_is_refused),
		T(locked_database_rolls_back_and_takes_the_rows_later),
		T(full_database_rolls_back_whole),
		T(reader_that_stays_does_not_hold_up_commits),
		T(status_is_stored_by_key),
		T(job_is_replaced_by_its_next_state),
		T(empty_store_has_no_past),
		T(past_is_what_was_stored),
		T(running_and_unfinished_containers_are_loaded),
		T(decision_that_waits_is_loaded),
		T(half_a_restart_is_loaded),
		T(requests_are_loaded_oldest_first),
		T(restarts_in_a_row_are_counted_back),
		T(alarm_and_exit_code_are_stored),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
