// SPDX-License-Identifier: GPL-2.0
/*
 * Owns one run of one command: its processes, its output and its time limit.
 * Uses uv_*. Knows nothing of schedules and of other runs.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "job_line.h"
#include "job_run.h"
#include "spawn.h"
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
	uv_loop_t *loop;
	uv_work_t work; /* starts the shell, which the loop need not wait for */
	uv_poll_t process;
	uv_timer_t timer;
	struct output out, err;
	char input[4096]; /* of whichever pipe is being read */
	const struct job_run_callbacks *callbacks;
	void *data;
	unsigned int open; /* of process and pipes */
	enum phase phase;
	bool exited;
	char *command; /* until the shell has begun, as the next three */
	char **environment;
	int child_out;
	int child_err;
	int spawn_error;
	int pidfd;
	pid_t pid; /* once result.started */
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
static void leave(struct job_run *run)
{
	if (--run->open > 0)
		return;
	uv_close((uv_handle_t *)&run->timer, on_timer_closed);
}

static void on_part_closed(uv_handle_t *handle)
{
	leave(handle->data);
}

static void on_process_closed(uv_handle_t *handle)
{
	struct job_run *run = handle->data;

	close(run->pidfd);
	leave(run);
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
	if (!run->result.started || (run->exited && kill(run->pid, 0) == 0))
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

static void take_end(struct job_run *run, int status)
{
	run->result.have_exit_code = WIFEXITED(status);
	run->result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
	run->result.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

/* Somebody else has waited for it, or nobody can: that is no success. */
static void lose_end(struct job_run *run)
{
	if (run->result.error)
		return;
	snprintf(run->error, sizeof(run->error), "its end could not be read");
	run->result.error = run->error;
}

/* What can't be watched is ended: nobody would hear of its end. */
static void end_unwatched(const struct job_run *run)
{
	kill(-run->pid, SIGKILL);
	waitpid(run->pid, NULL, 0);
}

/* The shell has ended; it stays a zombie until it is waited for. */
static void on_exit_of_shell(uv_poll_t *poll, int error, int events)
{
	struct job_run *run = poll->data;
	int status;
	pid_t got;

	(void)events;
	got = waitpid(run->pid, &status, WNOHANG);
	if (got == 0 && !error)
		return;
	if (got == 0)
		end_unwatched(run);
	run->exited = true;
	if (got <= 0)
		lose_end(run);
	else
		take_end(run, status);
	if (run->phase == KILLING)
		close_output(run);
	uv_close((uv_handle_t *)poll, on_process_closed);
}

static void fail(struct job_run *run, int err)
{
	snprintf(run->error, sizeof(run->error), "cannot start: %s",
		 uv_strerror(err));
	run->result.error = run->error;
	close_output(run);
	leave(run);
}

/* In time, what was asked for while the shell was being started. */
static void catch_up(struct job_run *run)
{
	if (run->phase == TERMINATING)
		signal_group(run, SIGTERM);
	else if (run->phase == KILLING)
		signal_group(run, SIGKILL);
}

static int watch_shell(struct job_run *run)
{
	int err = uv_poll_init(run->loop, &run->process, run->pidfd);

	run->process.data = run;
	if (!err) {
		err = uv_poll_start(&run->process, UV_READABLE,
				    on_exit_of_shell);
		if (!err) {
			run->result.started = true;
			return 0;
		}
		run->open++;
		uv_close((uv_handle_t *)&run->process, on_process_closed);
	} else {
		close(run->pidfd);
	}
	end_unwatched(run);
	return err;
}

static void on_spawned(uv_work_t *work, int status)
{
	struct job_run *run = work->data;
	int err = status ? status : run->spawn_error;

	free(run->command);
	free(run->environment);
	close(run->child_out);
	close(run->child_err);
	if (err) {
		fail(run, err);
		return;
	}
	err = watch_shell(run);
	if (err)
		fail(run, err);
	else
		catch_up(run);
}

/* On a worker thread: the loop leaves alone what it uses meanwhile. */
static void do_spawn(uv_work_t *work)
{
	struct job_run *run = work->data;

	run->spawn_error = spawn_shell(run->command, run->environment,
				       run->child_out, run->child_err,
				       &run->pid, &run->pidfd);
}

static void init_output(struct job_run *run, struct output *output,
			bool is_stderr)
{
	uv_pipe_init(run->loop, &output->pipe, 0);
	output->pipe.data = run;
	output->run = run;
	output->is_stderr = is_stderr;
	run->open++;
}

/* Makes a pipe and reads from it; *write_end is for the command. */
static int open_output(struct output *output, int *write_end)
{
	int fd[2], err;

	if (pipe2(fd, O_CLOEXEC))
		return -errno;
	*write_end = fd[1];
	err = uv_pipe_open(&output->pipe, fd[0]);
	if (err)
		close(fd[0]);
	return err ? err
		   : uv_read_start((uv_stream_t *)&output->pipe, on_alloc,
				   on_read);
}

static int open_outputs(struct job_run *run)
{
	int err;

	init_output(run, &run->out, false);
	init_output(run, &run->err, true);
	err = open_output(&run->out, &run->child_out);
	return err ? err : open_output(&run->err, &run->child_err);
}

/* Nobody hears of a run that was none. */
static void abandon(struct job_run *run)
{
	run->callbacks = NULL;
	if (run->child_out >= 0)
		close(run->child_out);
	if (run->child_err >= 0)
		close(run->child_err);
	free(run->command);
	free(run->environment);
	if (run->open == 0) {
		uv_close((uv_handle_t *)&run->timer, on_timer_closed);
		return;
	}
	close_output(run);
}

int job_run_start(uv_loop_t *loop, const char *command,
		  char *const *environment, uint64_t timeout_ms,
		  const struct job_run_callbacks *callbacks, void *data,
		  struct job_run **out)
{
	struct job_run *run = calloc(1, sizeof(*run));
	int err = -ENOMEM;

	if (!run)
		return err;
	run->loop = loop;
	run->callbacks = callbacks;
	run->data = data;
	run->timeout_ms = timeout_ms;
	run->child_out = run->child_err = -1;
	run->work.data = run;
	run->timer.data = run;
	uv_timer_init(loop, &run->timer);
	run->command = strdup(command);
	run->environment = spawn_environment(environment);
	if (run->command && run->environment)
		err = open_outputs(run);
	if (!err)
		err = uv_queue_work(loop, &run->work, do_spawn, on_spawned);
	if (err) {
		abandon(run);
		return err;
	}
	run->open++; /* the process, also while it is being started */
	uv_timer_start(&run->timer, on_timer, timeout_ms, 0);
	*out = run;
	return 0;
}
