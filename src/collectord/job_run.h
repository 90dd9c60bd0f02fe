/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Owns one run of one command: its processes, its output and its time limit.
 * Uses uv_*. Knows nothing of schedules and of other runs.
 */
#ifndef SYSMON_JOB_RUN_H
#define SYSMON_JOB_RUN_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

struct job_run;

struct job_result {
	bool started;	     /* else error says why not */
	bool have_exit_code; /* else it ended by signal */
	int exit_code;
	int signal;	   /* 0 none */
	const char *error; /* why it was ended before its time; NULL */
};

struct job_run_callbacks {
	/* @line is borrowed, printable and without newline. */
	void (*on_line)(void *data, bool is_stderr, const char *line);
	/* The run is over and freed after this. @result is borrowed. */
	void (*on_end)(void *data, const struct job_result *result);
};

/*
 * Runs /bin/sh -c @command, with @environment ("KEY=value", ended by NULL; or
 * NULL) added to the daemon's, in a session of its own, with nothing to read. The
 * run lasts until the shell has ended and all its output is closed, also by
 * processes that it has left in the background. The shell is started on a
 * worker thread. Returns 0, with *out valid until on_end, or a negative errno
 * (no on_end then). @callbacks is borrowed.
 */
int job_run_start(uv_loop_t *loop, const char *command,
		  char *const *environment, uint64_t timeout_ms,
		  const struct job_run_callbacks *callbacks, void *data,
		  struct job_run **out);

/*
 * Ends the run: SIGTERM to its process group, SIGKILL 5 s later. The result's
 * error will be @why, unless it was being ended already.
 */
void job_run_stop(struct job_run *run, const char *why);

#endif
