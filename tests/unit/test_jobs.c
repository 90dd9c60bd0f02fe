// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the tests of the jobs: a real loop, real shells, and a trace of what is
 * reported. A second of schedule is shortened to milliseconds where it can be.
 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "collectord/job_line.h"
#include "collectord/job_run.h"
#include "collectord/jobs.h"
#include "wrap_alloc.h"
#include "wrap_job.h"

#define MS	     1000000ULL
#define DEADLINE_MS  20000
#define JOBS	     2
#define LINES_TRACED 100

struct world {
	uv_loop_t loop;
	uv_timer_t deadline;
	uv_timer_t pulse;
	struct job_config config[JOBS];
	struct jobs *jobs;
	char trace[8192];
	unsigned int lines; /* of output */
	bool timed_out;
	bool stopped;
	bool stop_at_end;
};

__attribute__((format(printf, 2, 3))) static void trace(struct world *w,
							const char *format, ...)
{
	size_t used = strlen(w->trace);
	va_list args;

	va_start(args, format);
	vsnprintf(w->trace + used, sizeof(w->trace) - used, format, args);
	va_end(args);
}

static void on_stopped(void *data)
{
	struct world *w = data;

	w->stopped = true;
	w->jobs = NULL;
}

static void on_change(void *data, const struct job_status *s)
{
	struct world *w = data;

	if (s->running)
		trace(w, "%s run %d, skipped %d\n", s->config->name,
		      (int)s->runs, (int)s->skipped);
	else
		trace(w, "%s end %d %d %d failed %d %s\n", s->config->name,
		      s->have_exit_code, s->exit_code, s->signal,
		      (int)s->failures, s->error);
	if (!s->running && w->stop_at_end)
		jobs_stop(w->jobs, on_stopped, w);
}

static void on_line(void *data, const struct job_status *s, bool is_stderr,
		    const char *line)
{
	struct world *w = data;

	if (++w->lines <= LINES_TRACED || is_stderr)
		trace(w, "%s %s: %s\n", s->config->name,
		      is_stderr ? "err" : "out", line);
}

static const struct jobs_callbacks callbacks = {
	.on_change = on_change,
	.on_line = on_line,
};

static void on_deadline(uv_timer_t *timer)
{
	struct world *w = timer->data;

	w->timed_out = true;
}

/*
 * How a process is started: as ever, or not before the loop has turned for some
 * more times, or not at all.
 */
static struct {
	atomic_uint pulses;
	unsigned int wait; /* pulses to wait for */
	bool waited;	   /* they came in time */
	int error;
} spawning;

int __real_posix_spawn(pid_t *pid, const char *path,
		       const posix_spawn_file_actions_t *files,
		       const posix_spawnattr_t *attr, char *const *argv,
		       char *const *envp);
int __wrap_posix_spawn(pid_t *pid, const char *path,
		       const posix_spawn_file_actions_t *files,
		       const posix_spawnattr_t *attr, char *const *argv,
		       char *const *envp);

int __wrap_posix_spawn(pid_t *pid, const char *path,
		       const posix_spawn_file_actions_t *files,
		       const posix_spawnattr_t *attr, char *const *argv,
		       char *const *envp)
{
	unsigned int until = atomic_load(&spawning.pulses) + spawning.wait;

	for (int i = 0; i < 500 && atomic_load(&spawning.pulses) < until; i++)
		usleep(10000);
	spawning.waited = atomic_load(&spawning.pulses) >= until;
	if (spawning.error)
		return spawning.error;
	if (alloc_fails())
		return EAGAIN;
	return __real_posix_spawn(pid, path, files, attr, argv, envp);
}

static void on_pulse(uv_timer_t *timer)
{
	(void)timer;
	atomic_fetch_add(&spawning.pulses, 1);
}

static int set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	polled = NULL;
	spawning.wait = 0;
	spawning.error = 0;
	uv_loop_init(&w->loop);
	uv_timer_init(&w->loop, &w->deadline);
	uv_timer_init(&w->loop, &w->pulse);
	w->deadline.data = w;
	uv_timer_start(&w->deadline, on_deadline, DEADLINE_MS, 0);
	uv_timer_start(&w->pulse, on_pulse, 20, 20);
	*state = w;
	return 0;
}

/* Leaves no handle and no memory behind, or ASan and uv tell. */
static int tear_down(void **state)
{
	struct world *w = *state;

	if (w->jobs)
		jobs_stop(w->jobs, on_stopped, w);
	uv_close((uv_handle_t *)&w->deadline, NULL);
	uv_close((uv_handle_t *)&w->pulse, NULL);
	uv_run(&w->loop, UV_RUN_DEFAULT);
	assert_true(w->stopped);
	assert_int_equal(uv_loop_close(&w->loop), 0);
	free(w);
	return 0;
}

/* every_ms 0 makes a start-up command. */
static void start(struct world *w, size_t n, const char *command,
		  uint64_t every_ms, uint64_t timeout_ms)
{
	static char name[JOBS][2] = { "a", "b" };

	for (size_t i = 0; i < n; i++)
		w->config[i] = (struct job_config){
			.name = name[i],
			.kind = every_ms ? JOB_SCHEDULE : JOB_STARTUP,
			.command = (char *)command,
			.every_ns = every_ms * MS,
			.timeout_ns = timeout_ms * MS,
		};
	assert_int_equal(jobs_new(&w->loop, w->config, n, &callbacks, w,
				  &w->jobs),
			 0);
	jobs_start(w->jobs);
}

static void update(struct world *w, const struct job_config *config, size_t n)
{
	struct jobs_plan *plan;

	assert_int_equal(jobs_plan(config, n, &plan), 0);
	jobs_take(w->jobs, plan);
}

static void run_until(struct world *w, const char *text)
{
	while (!strstr(w->trace, text) && !w->timed_out)
		uv_run(&w->loop, UV_RUN_ONCE);
	if (w->timed_out)
		fail_msg("no \"%s\" in the trace:\n%s", text, w->trace);
}

static void run_for(struct world *w, uint64_t ms)
{
	uint64_t end = uv_now(&w->loop) + ms;

	while (uv_now(&w->loop) < end)
		uv_run(&w->loop, UV_RUN_ONCE);
}

static void assert_trace_begins(struct world *w, const char *text)
{
	w->trace[strlen(text)] = '\0';
	assert_string_equal(w->trace, text);
}

static void stop_now(struct world *w)
{
	jobs_stop(w->jobs, on_stopped, w);
	while (!w->stopped && !w->timed_out)
		uv_run(&w->loop, UV_RUN_ONCE);
	assert_true(w->stopped);
}

/* The number that job a has put out. */
static pid_t traced_pid(const struct world *w)
{
	const char *at = strstr(w->trace, "a out: ");

	assert_non_null(at);
	return atoi(at + 7);
}

static void assert_gone(struct world *w, pid_t pid)
{
	for (int i = 0; i < 100 && kill(pid, 0) == 0; i++)
		run_for(w, 20);
	assert_int_equal(kill(pid, 0), -1);
}

static void test_a_job_inherits_no_file_of_the_daemon(void **state)
{
	struct world *w = *state;
	char command[64];
	int fd[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	snprintf(command, sizeof(command),
		 "test -e /dev/fd/%d && echo inherited", fd[0]);
	start(w, 1, command, 0, 5000);
	run_until(w, "end");
	close(fd[0]);
	close(fd[1]);

	assert_null(strstr(w->trace, "inherited"));
}

static void on_run_line(void *data, bool is_stderr, const char *line)
{
	(void)is_stderr;
	trace(data, "%s\n", line);
}

static void on_run_end(void *data, const struct job_result *result)
{
	trace(data, "end %d %s\n", result->exit_code,
	      result->error ? result->error : "");
}

/* What would break out of quotes in a command stays a value. */
static void test_a_run_is_told_by_its_environment(void **state)
{
	static const struct job_run_callbacks run_callbacks = { on_run_line,
								on_run_end };
	char *env[] = { (char *)"SYSMON_CONTAINER_NAME=\"; echo $((6 * 7)) '",
			(char *)"SYSMON_RULE=r", NULL };
	struct world *w = *state;
	struct job_run *job;

	setenv("SYSMON_RULE", "another", 1);
	assert_int_equal(job_run_start(&w->loop,
				       "echo \"$SYSMON_CONTAINER_NAME\" "
				       "$SYSMON_RULE; exit 3",
				       env, 9000, &run_callbacks, w, &job),
			 0);
	run_until(w, "end 3");
	unsetenv("SYSMON_RULE");

	assert_trace_begins(w, "\"; echo $((6 * 7)) ' r\nend 3 \n");
	w->stopped = true; /* there are no jobs to be stopped */
}

/* However long that takes, as on a disk that is slow. */
static void test_the_loop_turns_while_a_process_is_started(void **state)
{
	struct world *w = *state;

	spawning.wait = 5;
	start(w, 1, "true", 0, 60000);
	run_until(w, "a end 1 0 0 failed 0 \n");

	assert_true(spawning.waited);
}

static void test_what_cannot_be_started_is_a_failure(void **state)
{
	struct world *w = *state;

	spawning.error = EAGAIN;
	start(w, 1, "true", 0, 60000);
	run_until(w, "a end 0 0 0 failed 1 cannot start: resource temporarily "
		     "unavailable\n");
}

/* Its group does not exist yet, and is ended as soon as it does. */
static void test_stopping_ends_what_is_being_started(void **state)
{
	struct world *w = *state;

	spawning.wait = 5;
	start(w, 1, "sleep 1000", 0, 60000);
	run_until(w, "a run 1");
	stop_now(w);

	assert_non_null(strstr(w->trace, "a end 0 0 15 failed 1 ended with the "
					 "daemon\n"));
}

static void test_a_startup_command_runs_once(void **state)
{
	struct world *w = *state;
	const struct job_status *s;

	start(w, 1, "echo hello; echo there >&2", 0, 5000);
	run_until(w, "a end");
	run_for(w, 100);

	assert_non_null(strstr(w->trace, "a out: hello\n"));
	assert_non_null(strstr(w->trace, "a err: there\n"));
	assert_non_null(strstr(w->trace, "a end 1 0 0 failed 0 \n"));
	assert_null(strstr(w->trace, "run 2"));
	s = jobs_status(w->jobs, 0);
	assert_int_equal(s->runs, 1);
	assert_true(s->started_ns > 1600000000000000000);
	assert_true(s->ended_ns >= s->started_ns);
}

static void test_a_scheduled_job_runs_again_and_again(void **state)
{
	struct world *w = *state;

	start(w, 1, "true", 1000, 5000);
	run_until(w, "run 3");

	assert_trace_begins(w, "a run 1, skipped 0\n"
			       "a end 1 0 0 failed 0 \n"
			       "a run 2, skipped 0\n");
}

static void test_a_scheduled_job_waits_one_interval(void **state)
{
	struct world *w = *state;
	uint64_t begun;

	begun = uv_now(&w->loop);
	start(w, 1, "true", 300, 5000);
	run_until(w, "run 1");

	assert_true(uv_now(&w->loop) - begun >= 300);
}

static void test_a_job_does_not_overlap_with_itself(void **state)
{
	struct world *w = *state;
	unsigned int skipped = 0;
	char want[1024];
	size_t len = 0;
	const char *at;

	start(w, 1, "sleep 2.5", 1000, 20000);
	run_until(w, "run 2");

	/* How often it is skipped is the machine's speed, too. */
	for (at = w->trace; (at = strstr(at, "run 1")); at++)
		skipped++;
	assert_true(skipped-- > 1);
	for (unsigned int i = 0; i <= skipped; i++)
		len += snprintf(want + len, sizeof(want) - len,
				"a run 1, skipped %u\n", i);
	snprintf(want + len, sizeof(want) - len,
		 "a end 1 0 0 failed 0 \na run 2, skipped %u\n", skipped);
	assert_string_equal(w->trace, want);
}

static void test_jobs_overlap_with_each_other(void **state)
{
	struct world *w = *state;

	start(w, 2, "sleep 0.2", 0, 5000);
	run_until(w, "a end");
	run_until(w, "b end");

	assert_trace_begins(w, "a run 1, skipped 0\nb run 1, skipped 0\n");
}

static void test_an_exit_code_is_a_failure(void **state)
{
	struct world *w = *state;

	start(w, 1, "exit 3", 0, 5000);
	run_until(w, "a end 1 3 0 failed 1 \n");
}

static void test_a_signal_is_a_failure(void **state)
{
	struct world *w = *state;

	start(w, 1, "kill -9 $$", 0, 5000);
	run_until(w, "a end 0 0 9 failed 1 \n");
}

static void test_the_time_limit_ends_the_whole_group(void **state)
{
	struct world *w = *state;

	start(w, 1, "sleep 1000 & echo $!; wait", 0, 1000);
	run_until(w, "a end 0 0 15 failed 1 timed out after 1 s\n");

	assert_gone(w, traced_pid(w));
}

static void test_what_ignores_sigterm_is_killed(void **state)
{
	struct world *w = *state;
	uint64_t begun = uv_now(&w->loop);

	start(w, 1, "trap '' TERM; echo $$; while :; do sleep 1; done", 0,
	      1000);
	run_until(w, "a end 0 0 9 failed 1 timed out after 1 s\n");

	assert_true(uv_now(&w->loop) - begun >= 6000);
	assert_gone(w, traced_pid(w));
}

static void test_a_background_process_keeps_the_job_running(void **state)
{
	struct world *w = *state;
	const char *left, *end;

	start(w, 1, "(sleep 0.3; echo left) & echo gone", 0, 5000);
	run_until(w, "a end 1 0 0 failed 0 \n");

	left = strstr(w->trace, "out: left");
	end = strstr(w->trace, "a end");
	assert_non_null(left);
	assert_true(left < end);
}

static void test_a_background_process_falls_under_the_limit(void **state)
{
	struct world *w = *state;

	start(w, 1, "sleep 1000 & echo $!", 0, 1000);
	run_until(w, "a end 1 0 0 failed 1 timed out after 1 s\n");

	assert_gone(w, traced_pid(w));
}

static void test_what_leaves_the_group_does_not_hold_the_job(void **state)
{
	struct world *w = *state;

	start(w, 1, "setsid sleep 30 & echo $!", 0, 1000);
	run_until(w, "a end 1 0 0 failed 1 timed out after 1 s\n");
	kill(traced_pid(w), SIGKILL);
}

static void test_output_that_is_closed_lets_the_job_end(void **state)
{
	struct world *w = *state;

	start(w, 1, "sleep 30 >/dev/null 2>&1 & echo $!", 0, 10000);
	run_until(w, "a end 1 0 0 failed 0 \n");
	assert_int_equal(kill(traced_pid(w), SIGKILL), 0);
}

static void test_output_is_made_printable(void **state)
{
	struct world *w = *state;

	start(w, 1, "printf 'a\\033[1mb\\tc\\r\\nno newline'", 0, 5000);
	run_until(w, "a end");

	assert_non_null(strstr(w->trace, "a out: a\\x1b[1mb\\tc\n"
					 "a out: no newline\n"));
}

static void test_endless_output_is_bounded(void **state)
{
	struct world *w = *state;

	start(w, 1, "yes | head -n 20000", 0, 10000);
	run_until(w, "a end 1 0 0 failed 0 \n");

	assert_int_equal(w->lines, 10001);
	assert_non_null(
		strstr(w->trace,
		       "a err: too much output, the rest is dropped\n"));
}

static void test_the_command_reads_nothing_and_starts_at_the_root(void **state)
{
	struct world *w = *state;

	setenv("NOTIFY_SOCKET", "/run/x", 1);
	start(w, 1, "cat; pwd; echo ${NOTIFY_SOCKET-none}", 0, 5000);
	run_until(w, "a end 1 0 0 failed 0 \n");
	unsetenv("NOTIFY_SOCKET");

	assert_non_null(strstr(w->trace, "a out: /\na out: none\n"));
}

static void test_the_command_leads_a_session(void **state)
{
	struct world *w = *state;

	start(w, 1, "echo $(ps -o sid= -p $$) $$ | awk '{ print $1 == $2 }'", 0,
	      5000);
	run_until(w, "a end");

	assert_non_null(strstr(w->trace, "a out: 1\n"));
}

static void test_stopping_ends_what_runs(void **state)
{
	struct world *w = *state;

	start(w, 2, "sleep 1000 & echo $!; wait", 0, 60000);
	run_until(w, "a out");
	run_until(w, "b out");
	stop_now(w);

	assert_non_null(strstr(w->trace, "a end 0 0 15 failed 1 ended with the "
					 "daemon\n"));
	assert_non_null(strstr(w->trace, "b end 0 0 15 failed 1 "));
	assert_gone(w, traced_pid(w));
}

static void test_stopping_from_a_callback_is_fine(void **state)
{
	struct world *w = *state;

	w->stop_at_end = true;
	start(w, 1, "true", 0, 5000);
	while (!w->stopped && !w->timed_out)
		uv_run(&w->loop, UV_RUN_ONCE);

	assert_true(w->stopped);
}

static void test_no_jobs_are_fine(void **state)
{
	struct world *w = *state;

	start(w, 0, "", 0, 0);
	assert_int_equal(jobs_count(w->jobs), 0);
	stop_now(w);
}

static void test_an_update_starts_stops_and_keeps(void **state)
{
	struct world *w = *state;
	struct job_config next[2];
	pid_t pid;

	start(w, 2, "echo $$; exec sleep 100", 30, 60000);
	run_until(w, "a out: ");
	run_until(w, "b out: ");
	pid = traced_pid(w);
	next[0] = w->config[1];
	next[1] = (struct job_config){
		.name = (char *)"c",
		.kind = JOB_SCHEDULE,
		.command = (char *)"echo new",
		.every_ns = 30 * MS,
		.timeout_ns = 5000 * MS,
	};

	update(w, next, 2);

	run_until(w, "c out: new");
	run_until(w, "no longer configured");
	assert_gone(w, pid);
	assert_int_equal(jobs_count(w->jobs), 2);
	assert_true(jobs_status(w->jobs, 0)->running);
	assert_int_equal(jobs_status(w->jobs, 0)->runs, 1);
	assert_null(strstr(w->trace, "a run 2"));
}

static void test_a_changed_job_keeps_its_run_and_counts(void **state)
{
	struct world *w = *state;
	struct job_config next;

	start(w, 1, "echo old; sleep 0.3", 30, 60000);
	run_until(w, "out: old");
	next = w->config[0];
	next.command = (char *)"echo changed";

	update(w, &next, 1);
	w->config[0].command = NULL; /* it was copied, as next is */
	next.command = NULL;

	run_until(w, "a end 1 0 0 failed 0 \n");
	run_until(w, "out: changed");
	assert_int_equal(jobs_status(w->jobs, 0)->runs, 2);
}

static void test_an_update_runs_no_startup_command(void **state)
{
	struct world *w = *state;
	struct job_config next = {
		.name = (char *)"n",
		.kind = JOB_STARTUP,
		.command = (char *)"echo wrong",
		.timeout_ns = 5000 * MS,
	};

	start(w, 0, "", 0, 0);
	update(w, &next, 1);
	run_for(w, 100);
	assert_string_equal(w->trace, "");
	update(w, NULL, 0);
	assert_int_equal(jobs_count(w->jobs), 0);
}

/* The n-th call that can fail does: then one run has failed, and no more. */
static void run_with_failure(struct world *w, long n)
{
	static const struct job_run_callbacks run_callbacks = { on_run_line,
								on_run_end };
	struct job_run *job;
	int err;

	w->trace[0] = '\0';
	alloc_failed = false;
	alloc_left = n;
	alloc_armed = true;
	err = job_run_start(&w->loop, "echo out; exit 3", NULL, 60000,
			    &run_callbacks, w, &job);
	if (err)
		trace(w, "end 0 cannot start\n");
	run_until(w, "end");
	alloc_armed = false;
	if (!alloc_failed)
		assert_string_equal(w->trace, "out\nend 3 \n");
	assert_null(strstr(w->trace, "end 0 \n")); /* never a success */
	run_for(w, 20);
}

static void test_any_call_may_fail(void **state)
{
	struct world *w = *state;
	long n = 0;

	do
		run_with_failure(w, ++n);
	while (alloc_failed);
	print_message("# %ld calls failed, one at a time\n", n - 1);
	assert_true(n > 12);
	w->stopped = true;
}

/*
 * The kernel itself waits for children whose signal is ignored. One that ends
 * at once would be gone before there is anything to watch it by.
 */
static void test_an_end_that_cannot_be_read_is_a_failure(void **state)
{
	struct world *w = *state;

	signal(SIGCHLD, SIG_IGN);
	start(w, 1, "sleep 1", 0, 60000);
	run_until(w, "a end 0 0 0 failed 1 its end could not be read\n");
	signal(SIGCHLD, SIG_DFL);
}

static void test_what_cannot_be_watched_any_more_is_ended(void **state)
{
	struct world *w = *state;

	start(w, 1, "echo $$; exec sleep 1000", 0, 60000);
	run_until(w, "a out: ");
	while (!polled) /* its output may come sooner */
		uv_run(&w->loop, UV_RUN_ONCE);
	polled_cb(polled, UV_EBADF, 0);
	run_until(w, "a end 0 0 0 failed 1 its end could not be read\n");

	assert_gone(w, traced_pid(w));
}

/* Of a job, too: the runs after it are as if nothing had been. */
static void test_a_schedule_outlives_failures(void **state)
{
	struct world *w = *state;

	alloc_failed = false;
	start(w, 1, "true", 30, 60000);
	alloc_left = 4;
	alloc_armed = true;
	run_until(w, "failed 1 cannot start");
	alloc_armed = false;
	run_until(w, "a end 1 0 0 failed 1 \n");
	assert_true(alloc_failed);
}

/* Lines */

static void add_line(void *data, const char *line, size_t len)
{
	char *out = data;

	strcat(out, "<");
	strncat(out, line, len);
	strcat(out, ">");
}

static void test_lines_are_cut_at_newlines(void **state)
{
	struct job_line line = { .len = 0 };
	char got[64] = "";

	(void)state;
	job_line_feed(&line, "a\nb", 3, add_line, got);
	job_line_feed(&line, "c\r\n\n", 4, add_line, got);
	job_line_feed(&line, "d", 1, add_line, got);
	assert_string_equal(got, "<a><bc><>");
	job_line_flush(&line, add_line, got);
	job_line_flush(&line, add_line, got);
	assert_string_equal(got, "<a><bc><><d>");
}

static void test_long_lines_are_split(void **state)
{
	static char text[2 * JOBS_LINE_MAX + 2], got[3 * JOBS_LINE_MAX];
	struct job_line line = { .len = 0 };

	(void)state;
	memset(text, 'x', sizeof(text));
	text[JOBS_LINE_MAX] = '\n'; /* one that just fits */
	job_line_feed(&line, text, sizeof(text), add_line, got);
	job_line_flush(&line, add_line, got);

	assert_int_equal(strcspn(got, ">"), JOBS_LINE_MAX + 1);
	assert_int_equal(strlen(got), 2 * JOBS_LINE_MAX + 1 + 3 * 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_job_inherits_no_file_of_the_daemon),
		TEST(test_a_run_is_told_by_its_environment),
		TEST(test_the_loop_turns_while_a_process_is_started),
		TEST(test_what_cannot_be_started_is_a_failure),
		TEST(test_stopping_ends_what_is_being_started),
		TEST(test_a_startup_command_runs_once),
		TEST(test_a_scheduled_job_runs_again_and_again),
		TEST(test_a_scheduled_job_waits_one_interval),
		TEST(test_a_job_does_not_overlap_with_itself),
		TEST(test_jobs_overlap_with_each_other),
		TEST(test_an_exit_code_is_a_failure),
		TEST(test_a_signal_is_a_failure),
		TEST(test_the_time_limit_ends_the_whole_group),
		TEST(test_what_ignores_sigterm_is_killed),
		TEST(test_a_background_process_keeps_the_job_running),
		TEST(test_a_background_process_falls_under_the_limit),
		TEST(test_what_leaves_the_group_does_not_hold_the_job),
		TEST(test_output_that_is_closed_lets_the_job_end),
		TEST(test_output_is_made_printable),
		TEST(test_endless_output_is_bounded),
		TEST(test_the_command_reads_nothing_and_starts_at_the_root),
		TEST(test_the_command_leads_a_session),
		TEST(test_stopping_ends_what_runs),
		TEST(test_stopping_from_a_callback_is_fine),
		TEST(test_no_jobs_are_fine),
		TEST(test_an_update_starts_stops_and_keeps),
		TEST(test_a_changed_job_keeps_its_run_and_counts),
		TEST(test_an_update_runs_no_startup_command),
		TEST(test_any_call_may_fail),
		TEST(test_an_end_that_cannot_be_read_is_a_failure),
		TEST(test_what_cannot_be_watched_any_more_is_ended),
		TEST(test_a_schedule_outlives_failures),
		cmocka_unit_test(test_lines_are_cut_at_newlines),
		cmocka_unit_test(test_long_lines_are_split),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
