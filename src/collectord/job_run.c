// SPDX-License-Identifier: GPL-2.0
/*
 * Owns one run of one command: its processes, its output and its time limit.
 * Uses uv_*. Knows nothing of schedules and of other runs.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "job_line.h"
#include "job_run.h"
#include "text.h"

#define KILL_AFTER_MS 5000
#define LINES_MAX     10000 /* of output that are passed on */

enum phase {
	RUNNING,
	TERMINATING, /* SIGTERM was sent */
	KILLING,     /* SIGKILL was sent */
};

struct output {
	uv_pipe_t pipe;
	struct job_run *run;
	bool is_stderr;
	struct job_line line;
};

struct job_run {
	uv_process_t process;
	uv_timer_t timer;
	struct output out, err;
	char input[4096]; /* of whichever pipe is being read */
	const struct job_run_callbacks *callbacks;
	void *data;
	unsigned int open; /* of process and pipes */
	enum phase phase;
	bool exited;
	pid_t pid;
	uint64_t timeout_ms;
	uint64_t lines;
	struct job_result result;
	char error[128];
};

static void on_timer(uv_timer_t *timer);

static void on_timer_closed(uv_handle_t *handle)
{
	struct job_run *run = handle->data;

	if (run->callbacks)
		run->callbacks->on_end(run->data, &run->result);
	free(run);
}

/* The timer goes last, when all else is gone. */
static void on_part_closed(uv_handle_t *handle)
{
	struct job_run *run = handle->data;

	if (--run->open > 0)
		return;
	uv_close((uv_handle_t *)&run->timer, on_timer_closed);
}

static void close_part(uv_handle_t *handle)
{
	if (!uv_is_closing(handle))
		uv_close(handle, on_part_closed);
}

static void close_output(struct job_run *run)
{
	close_part((uv_handle_t *)&run->out.pipe);
	close_part((uv_handle_t *)&run->err.pipe);
}

/* Output */

static void on_line(void *data, const char *line, size_t len)
{
	struct output *output = data;
	struct job_run *run = output->run;
	char *text;

	if (++run->lines > LINES_MAX + 1)
		return;
	if (run->lines > LINES_MAX) {
		run->callbacks->on_line(run->data, true,
					"too much output, the rest is dropped");
		return;
	}
	text = text_terminal(line, len, TEXT_UTF8);
	if (!text)
		return;
	run->callbacks->on_line(run->data, output->is_stderr, text);
	free(text);
}

static void on_alloc(uv_handle_t *handle, size_t want, uv_buf_t *buf)
{
	struct job_run *run = handle->data;

	(void)want;
	*buf = uv_buf_init(run->input, sizeof(run->input));
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct output *output = (struct output *)stream;

	if (n > 0) {
		job_line_feed(&output->line, buf->base, (size_t)n, on_line,
			      output);
	} else if (n < 0) {
		job_line_flush(&output->line, on_line, output);
		close_part((uv_handle_t *)stream);
	}
}

/* Processes */

/*
 * While a process of the group lives, the number is not given to another
 * process; so when there is one of that number after the shell was reaped, the
 * group is gone and the number somebody else's.
 */
static void signal_group(const struct job_run *run, int signal)
{
	if (run->exited && kill(run->pid, 0) == 0)
		return;
	kill(-run->pid, signal); /* ESRCH: they have ended meanwhile */
}

static void begin_kill(struct job_run *run)
{
	run->phase = KILLING;
	signal_group(run, SIGKILL);
	if (run->exited)
		close_output(run); /* what holds it has left the group */
}

void job_run_stop(struct job_run *run, const char *why)
{
	if (run->phase != RUNNING || run->open == 0)
		return;
	snprintf(run->error, sizeof(run->error), "%s", why);
	run->result.error = run->error;
	run->phase = TERMINATING;
	signal_group(run, SIGTERM);
	uv_timer_start(&run->timer, on_timer, KILL_AFTER_MS, 0);
}

static void on_timer(uv_timer_t *timer)
{
	struct job_run *run = timer->data;
	char why[64];

	if (run->phase == TERMINATING) {
		begin_kill(run);
	} else if (run->phase == RUNNING) {
		snprintf(why, sizeof(why), "timed out after %g s",
			 (double)run->timeout_ms / 1000);
		job_run_stop(run, why);
	}
}

static void on_exit_of_shell(uv_process_t *process, int64_t status, int signal)
{
	struct job_run *run = process->data;

	run->exited = true;
	run->result.have_exit_code = signal == 0;
	run->result.exit_code = (int)status;
	run->result.signal = signal;
	if (run->phase == KILLING)
		close_output(run);
	close_part((uv_handle_t *)process);
}

/* What systemd tells the daemon is not for others; nor is what we name. */
static bool is_private(const char *variable)
{
	static const char *const name[] = {
		"NOTIFY_SOCKET=", "WATCHDOG_PID=", "WATCHDOG_USEC=",
		"LISTEN_PID=",	  "LISTEN_FDS=",   "LISTEN_FDNAMES=",
		"SYSMON_RULE=",	  "SYSMON_GROUP=", "SYSMON_CONTAINER_"
	};

	for (size_t i = 0; i < sizeof(name) / sizeof(*name); i++)
		if (strncmp(variable, name[i], strlen(name[i])) == 0)
			return true;
	return false;
}

static size_t count(char *const *env)
{
	size_t n = 0;

	while (env && env[n])
		n++;
	return n;
}

/*
 * The daemon's own and @more, which goes first: that is what a shell takes.
 * Returns an array to be freed, of borrowed strings, or NULL.
 */
static char **make_environment(char *const *more)
{
	size_t own = count(environ), added = count(more), kept = added;
	char **env = calloc(own + added + 1, sizeof(*env));

	for (size_t i = 0; env && i < added; i++)
		env[i] = more[i];
	for (size_t i = 0; env && i < own; i++)
		if (!is_private(environ[i]))
			env[kept++] = environ[i];
	return env;
}

/*
 * Not every library has its files closed on exec; libcurl's wakeup sockets are
 * not. A failure is for want of files, and then nothing can be run either.
 */
static void keep_files_private(void)
{
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		int fd = (int)strtol(entry->d_name, NULL, 10);

		if (fd > STDERR_FILENO)
			fcntl(fd, F_SETFD, FD_CLOEXEC);
	}
	if (dir)
		closedir(dir);
}

static int spawn(struct job_run *run, uv_loop_t *loop, const char *command,
		 char **env)
{
	char *args[] = { (char *)"sh", (char *)"-c", (char *)command, NULL };
	uv_stdio_container_t stdio[3] = {
		{ .flags = UV_IGNORE },
		{ .flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE,
		  .data.stream = (uv_stream_t *)&run->out.pipe },
		{ .flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE,
		  .data.stream = (uv_stream_t *)&run->err.pipe },
	};
	uv_process_options_t options = {
		.file = "/bin/sh",
		.args = args,
		.cwd = "/",
		.env = env,
		.flags = UV_PROCESS_DETACHED, /* setsid() */
		.stdio = stdio,
		.stdio_count = 3,
		.exit_cb = on_exit_of_shell,
	};
	int err;

	keep_files_private();
	err = uv_spawn(loop, &run->process, &options);

	run->pid = run->process.pid;
	return err;
}

static void init_output(struct job_run *run, uv_loop_t *loop,
			struct output *output, bool is_stderr)
{
	uv_pipe_init(loop, &output->pipe, 0);
	output->pipe.data = run;
	output->run = run;
	output->is_stderr = is_stderr;
	run->open++;
}

/* uv_spawn() leaves a handle to be closed also when it fails. */
static void abandon(struct job_run *run)
{
	run->callbacks = NULL; /* nobody hears of a run that was none */
	if (run->pid > 0)
		signal_group(run, SIGKILL);
	close_output(run);
	close_part((uv_handle_t *)&run->process);
}

int job_run_start(uv_loop_t *loop, const char *command,
		  char *const *environment, uint64_t timeout_ms,
		  const struct job_run_callbacks *callbacks, void *data,
		  struct job_run **out)
{
	struct job_run *run = calloc(1, sizeof(*run));
	char **env = make_environment(environment);
	int err;

	if (!run || !env) {
		free(run);
		free(env);
		return -ENOMEM;
	}
	run->callbacks = callbacks;
	run->data = data;
	run->timeout_ms = timeout_ms;
	uv_timer_init(loop, &run->timer);
	run->timer.data = run;
	init_output(run, loop, &run->out, false);
	init_output(run, loop, &run->err, true);
	run->process.data = run;
	run->open++;
	err = spawn(run, loop, command, env);
	free(env);
	if (!err)
		err = uv_read_start((uv_stream_t *)&run->out.pipe, on_alloc,
				    on_read);
	if (!err)
		err = uv_read_start((uv_stream_t *)&run->err.pipe, on_alloc,
				    on_read);
	if (err) {
		abandon(run);
		return err;
	}
	uv_timer_start(&run->timer, on_timer, timeout_ms, 0);
	*out = run;
	return 0;
}
