/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Owns the scheduled and the start-up commands: runs each through /bin/sh -c
 * in a session of its own, never twice at once, with a time limit. Uses uv_*.
 * Knows nothing of the log, the store or the config file: output and results
 * go to callbacks.
 */
#ifndef SYSMON_JOBS_H
#define SYSMON_JOBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "config.h"

#define JOBS_LINE_MAX 1024 /* bytes of output in one line; longer is split */

/* How a job stands; the columns of table job. */
struct job_status {
	const struct job_config *config;
	uint64_t runs;	   /* begun */
	uint64_t failures; /* ended otherwise than with exit code 0 */
	uint64_t skipped;  /* due while the last run was still going */
	bool running;
	int64_t started_ns; /* unix time of the last run; 0 never */
	int64_t ended_ns;   /* 0 while it runs */
	/* Of the last run that ended, kept while the next one runs: */
	bool have_exit_code; /* with exit_code; else ended by signal */
	int exit_code;
	int signal;	 /* 0 none */
	char error[128]; /* "timed out after 30 s"; "" none */
};

struct jobs;

struct jobs_callbacks {
	/* After each start, end and skip. @status is borrowed. */
	void (*on_change)(void *data, const struct job_status *status);
	/*
	 * One line of output, without its newline, zero-terminated, control
	 * bytes escaped; the first 10,000 of a run. Borrowed.
	 */
	void (*on_line)(void *data, const struct job_status *status,
			bool is_stderr, const char *line);
};

typedef void (*jobs_stop_cb)(void *data);

/*
 * Takes the n jobs of @config, as copies; @callbacks is borrowed and must
 * outlive the jobs. Returns 0 or -ENOMEM.
 */
int jobs_new(uv_loop_t *loop, const struct job_config *config, size_t n,
	     const struct jobs_callbacks *callbacks, void *data,
	     struct jobs **out);

/* Runs the start-up commands and arms the schedule. */
void jobs_start(struct jobs *jobs);

/* Only arms the schedule: the start-up commands have had their turn. */
void jobs_resume(struct jobs *jobs);

/*
 * The n jobs of @config, as copies, to be taken later: 0 or -ENOMEM; *out is to
 * be given to jobs_take() or jobs_plan_free().
 */
struct jobs_plan;
int jobs_plan(const struct job_config *config, size_t n,
	      struct jobs_plan **out);
void jobs_plan_free(struct jobs_plan *plan);

/*
 * Takes the jobs of @plan, which it owns from then on, in the place of those
 * there are; it cannot fail. What is the same goes on; what has changed keeps
 * its counts and a run under way, and its schedule begins anew; what has gone is
 * ended; new ones are scheduled, but a new start-up command is for the next
 * start.
 */
void jobs_take(struct jobs *jobs, struct jobs_plan *plan);

size_t jobs_count(const struct jobs *jobs);
const struct job_status *jobs_status(const struct jobs *jobs, size_t i);

/*
 * Starts nothing more, ends what runs (SIGTERM to the group, SIGKILL after
 * 5 s), then frees @jobs and calls @cb (or NULL). on_change reports the last
 * runs before that.
 */
void jobs_stop(struct jobs *jobs, jobs_stop_cb cb, void *data);

#endif
