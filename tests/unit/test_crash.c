// SPDX-License-Identifier: GPL-2.0
/*
 * A daemon's core and store, fed by a kernel that never stops, killed at 200
 * random moments. After each: the database is whole, at most one commit
 * interval of ticks is lost, and no event that the kernel still has.
 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "collectord/step.h"
#include "collectord/uv_store.h"
#include "message.h"
#include "sql.h"
#include "tmpdir.h"

#define KILLS	    200
#define INTERVAL_MS 20 /* of commits */
#define TICK_MS	    2
#define CONTAINERS  8
#define TICKS_MAX   (1 << 20)

/* The kernel: it lives on when the daemon is killed. */
static struct kernel {
	uint64_t tick;
	uint64_t seq;
	int64_t commit_ns_max; /* of the daemon at hand */
	uint64_t commits;
	int64_t told_ns[TICKS_MAX]; /* when each tick was told */
} * kernel;

/* The daemon: all that is here is lost with it. */
static struct {
	uv_loop_t loop;
	uv_timer_t timer;
	struct store *store;
	struct uv_store *queue;
	struct step *step;
	struct message message;
	struct message_buf buf;
} d;

static int64_t monotonic_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static void give_up(const char *what)
{
	fprintf(stderr, "test_crash: %s\n", what);
	_exit(1);
}

static void feed(struct step_event *event);

static void send_buf(enum step_source source)
{
	struct step_event event = { .type = STEP_MESSAGE };
	struct decode_error err;

	if (decode_message(d.buf.data, d.buf.len, &d.message, &err))
		give_up(err.problem);
	event.source = source;
	event.message = &d.message;
	feed(&event);
}

static void tell_module(void)
{
	size_t nest;

	mb_begin(&d.buf, SYSMON_CMD_MODULE_GET);
	nest = mb_nest(&d.buf, SYSMON_A_MODULE);
	mb_u32(&d.buf, SYSMON_A_MODULE_ABI, 1);
	mb_u64(&d.buf, SYSMON_A_MODULE_INSTANCE, 1);
	mb_u64(&d.buf, SYSMON_A_MODULE_EVENTS_HEAD, kernel->seq);
	mb_nest_end(&d.buf, nest);
	send_buf(STEP_REPLY);
}

static void put_container(unsigned int i)
{
	char id[65], path[80];

	snprintf(id, sizeof(id), "%064x", i);
	snprintf(path, sizeof(path), "/%s", id);
	mb_container(&d.buf, 1000 + i, id, path, kernel->tick * 1000);
}

/* The same as an event's. */
static void put_subject(unsigned int i)
{
	uint16_t type = SYSMON_A_EVENT_CONTAINER;
	size_t at = d.buf.len;

	put_container(i);
	memcpy(d.buf.data + at + offsetof(struct nlattr, nla_type), &type,
	       sizeof(type));
}

static void tell_tick(void)
{
	uint64_t number = ++kernel->tick;

	kernel->told_ns[number % TICKS_MAX] = monotonic_ns();
	mb_begin(&d.buf, SYSMON_CMD_SNAPSHOT_NTF);
	mb_tick(&d.buf, 1, number, number * 1000000,
		1700000000000000000 + number * 1000000, 0);
	for (unsigned int i = 0; i < CONTAINERS; i++)
		put_container(i);
	mb_u32(&d.buf, SYSMON_A_CONTAINERS, CONTAINERS);
	send_buf(STEP_MULTICAST);
}

/* Odd ones are starts, even ones the stops after them, of one container. */
static void tell_event(enum step_source source, uint64_t seq)
{
	size_t nest;

	mb_begin(&d.buf, SYSMON_CMD_EVENT_NTF);
	nest = mb_nest(&d.buf, SYSMON_A_EVENT);
	mb_u64(&d.buf, SYSMON_A_EVENT_INSTANCE, 1);
	mb_u64(&d.buf, SYSMON_A_EVENT_SEQ, seq);
	mb_u32(&d.buf, SYSMON_A_EVENT_TYPE,
	       seq % 2 ? SYSMON_EVENT_TYPE_START : SYSMON_EVENT_TYPE_STOP);
	mb_u64(&d.buf, SYSMON_A_EVENT_BOOTTIME_NS, seq * 1000000);
	mb_u64(&d.buf, SYSMON_A_EVENT_REALTIME_NS,
	       1700000000000000000 + seq * 1000000);
	put_subject(CONTAINERS + (unsigned int)((seq + 1) / 2));
	mb_nest_end(&d.buf, nest);
	send_buf(source);
}

static void replay(uint64_t from)
{
	struct step_event event = { .type = STEP_REPLAY_END };

	for (; from <= kernel->seq; from++)
		tell_event(STEP_REPLAY, from);
	event.complete = true;
	feed(&event);
}

static void feed(struct step_event *event)
{
	struct update u = { 0 };

	event->now_ns = 1700000000000000000;
	if (step(d.step, event, &u))
		give_up("out of memory");
	uv_store_add(d.queue, &u.rows);
	for (size_t i = 0; i < u.effects; i++)
		if (u.effect[i].type == EFFECT_REPLAY)
			replay(u.effect[i].seq);
	update_free(&u);
}

static void on_timer(uv_timer_t *timer)
{
	struct uv_store_stats stats;

	(void)timer;
	tell_tick();
	if (kernel->tick % 5 == 0)
		tell_event(STEP_MULTICAST, ++kernel->seq);
	uv_store_stats(d.queue, &stats);
	kernel->commit_ns_max = stats.commit_ns_max;
	kernel->commits = stats.commits;
}

static void on_room(void *data, enum step_room room)
{
	(void)data;
	(void)room;
}

static void on_status(void *data, struct status *status)
{
	(void)data;
	*status = (struct status){ .pid = getpid() };
}

static void on_error(void *data, enum store_result result, const char *error)
{
	(void)data;
	(void)result;
	give_up(error);
}

static int recall(void *arg, const struct step_past_container *c)
{
	return step_recall(arg, c);
}

static void begin_core(void)
{
	struct step_config config = { .engines = 1, .boot_uuid = "boot" };
	struct step_past past;
	struct db_error err;

	if (store_open(tmppath, &d.store, &err) != DB_OK)
		give_up(err.text);
	if (store_load(d.store, &past) || step_new(&config, &past, &d.step) ||
	    store_load_containers(d.store, 0, recall, d.step))
		give_up("can't read what is stored");
}

static void begin_queue(void)
{
	static const struct uv_store_callbacks callbacks = {
		.on_room = on_room,
		.on_status = on_status,
		.on_error = on_error,
	};

	uv_loop_init(&d.loop);
	if (uv_store_new(&d.loop, d.store, INTERVAL_MS, &callbacks, NULL,
			 &d.queue))
		give_up("no queue");
}

/* The child's life; it ends by a signal. */
static void be_daemon(void)
{
	begin_core();
	begin_queue();
	tell_module();
	uv_timer_init(&d.loop, &d.timer);
	uv_timer_start(&d.timer, on_timer, TICK_MS, TICK_MS);
	uv_run(&d.loop, UV_RUN_DEFAULT);
	give_up("the loop ended");
}

static pid_t start_daemon(void)
{
	pid_t pid;

	kernel->commits = 0;
	kernel->commit_ns_max = 0;
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		be_daemon();
	return pid;
}

static void sleep_us(long us)
{
	nanosleep(&(struct timespec){ us / 1000000, us % 1000000 * 1000 },
		  NULL);
}

/* Returns when it died, at a random moment after its first commits. */
static int64_t kill_daemon(pid_t pid)
{
	int64_t now;
	int status;

	for (int i = 0; kernel->commits < 2 && i < 20000; i++)
		sleep_us(1000);
	sleep_us(rand() % 60000);
	now = monotonic_ns();
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	return now;
}

/* Each number up to the last is there once, as a row or in a gap. */
static void assert_accounted(sqlite3 *db)
{
	int64_t ticks = sql_number(db, "SELECT count(*) FROM tick");
	int64_t gaps = sql_number(db, "SELECT coalesce(sum(count), 0) FROM gap"
				      " WHERE kind = 'tick'");

	assert_int_equal(sql_number(db,
				    "SELECT count(*) FROM pragma_integrity_check"
				    " WHERE integrity_check = 'ok'"),
			 1);
	assert_int_equal(ticks + gaps,
			 sql_number(db, "SELECT last_tick FROM session"));
	assert_int_equal(sql_number(db, "SELECT count(*) FROM event"),
			 sql_number(db, "SELECT last_seq FROM session"));
	assert_int_equal(sql_number(db, "SELECT count(*) FROM gap"
					" WHERE kind = 'event'"),
			 0);
}

/* How old the oldest tick is that was told and is not stored; 0: none. */
static int64_t age_of_lost(sqlite3 *db, int64_t died_ns)
{
	uint64_t last =
		(uint64_t)sql_number(db, "SELECT last_tick FROM session");

	return last < kernel->tick
		       ? died_ns - kernel->told_ns[(last + 1) % TICKS_MAX]
		       : 0;
}

static int64_t check(int64_t died_ns)
{
	struct db_error err;
	int64_t age;
	sqlite3 *db;

	assert_int_equal(db_open_ro(tmppath, &db, &err), DB_OK);
	assert_accounted(db);
	age = age_of_lost(db, died_ns);
	sqlite3_close(db);
	return age;
}

/* The last one is left alone until it has all. */
static void let_it_catch_up(void)
{
	pid_t pid = start_daemon();
	uint64_t head = kernel->seq;
	struct db_error err;
	sqlite3 *db;

	kill_daemon(pid);
	assert_int_equal(db_open_ro(tmppath, &db, &err), DB_OK);
	assert_true(sql_number(db, "SELECT last_seq FROM session") >=
		    (int64_t)head);
	assert_int_equal(
		sql_number(db, "SELECT count(*) FROM stop"),
		sql_number(db, "SELECT count(DISTINCT container) FROM stop"));
	/* The newest container, in no tick, may have been given up already. */
	assert_in_range(sql_number(db, "SELECT count(*) FROM stop"),
			sql_number(db, "SELECT last_seq / 2 FROM session"),
			sql_number(db,
				   "SELECT (last_seq + 1) / 2 FROM session"));
	assert_accounted(db);
	sqlite3_close(db);
}

static void killed_at_any_moment_it_loses_one_commit_interval(void **state)
{
	int64_t worst = 0;

	(void)state;
	for (int i = 0; i < KILLS; i++) {
		int64_t died = kill_daemon(start_daemon());
		int64_t age = check(died);
		/* Rows wait for an interval, and for a commit under way. */
		int64_t most =
			INTERVAL_MS * 1000000 + 2 * kernel->commit_ns_max;

		worst = age > worst ? age : worst;
		/* A machine that is busy may have let the child wait. */
		assert_true(age < most + 500000000);
	}
	print_message("# %d kills in %llu ticks and %llu events; the oldest "
		      "tick lost was %.1f ms old, at a commit each %d ms\n",
		      KILLS, (unsigned long long)kernel->tick,
		      (unsigned long long)kernel->seq, (double)worst / 1e6,
		      INTERVAL_MS);
	let_it_catch_up();
}

static int setup(void **state)
{
	(void)state;
	kernel = mmap(NULL, sizeof(*kernel), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return kernel == MAP_FAILED || tmpdir_make() ? -1 : 0;
}

static int teardown(void **state)
{
	(void)state;
	munmap(kernel, sizeof(*kernel));
	return tmpdir_remove();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			killed_at_any_moment_it_loses_one_commit_interval,
			setup, teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
