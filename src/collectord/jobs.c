// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the scheduled and the start-up commands: when each is run, never twice
 * at once, and how it went. Uses uv_*. Knows nothing of the log, the store or
 * the config file, nor of processes: job_run.c runs them.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "job_run.h"
#include "jobs.h"

struct job {
	struct jobs *jobs;
	struct job_status status;
	struct job_run *run; /* NULL: not running */
	uv_timer_t timer;    /* of the schedule */
};

struct jobs {
	uv_loop_t *loop;
	const struct jobs_callbacks *callbacks;
	void *data;
	bool stopping; /* nothing more is started */
	bool closing;  /* and nothing runs any more */
	jobs_stop_cb stop_cb;
	void *stop_data;
	size_t timers_open;
	uv_timer_t self; /* closed last; there may be no jobs */
	size_t n;
	struct job job[];
};

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void changed(struct job *job)
{
	job->jobs->callbacks->on_change(job->jobs->data, &job->status);
}

static void on_self_closed(uv_handle_t *handle)
{
	struct jobs *jobs = handle->data;
	jobs_stop_cb cb = jobs->stop_cb;
	void *data = jobs->stop_data;

	free(jobs);
	if (cb)
		cb(data);
}

static void on_timer_closed(uv_handle_t *handle)
{
	struct jobs *jobs = handle->data;

	if (--jobs->timers_open == 0)
		uv_close((uv_handle_t *)&jobs->self, on_self_closed);
}

/* Ends it all once the last run has ended. */
static void finish_stop(struct jobs *jobs)
{
	for (size_t i = 0; i < jobs->n; i++)
		if (jobs->job[i].run)
			return;
	if (jobs->closing)
		return;
	jobs->closing = true;
	if (jobs->n == 0)
		uv_close((uv_handle_t *)&jobs->self, on_self_closed);
	for (size_t i = 0; i < jobs->n; i++) {
		jobs->job[i].timer.data = jobs;
		uv_close((uv_handle_t *)&jobs->job[i].timer, on_timer_closed);
	}
}

static void on_line(void *data, bool is_stderr, const char *line)
{
	struct job *job = data;

	job->jobs->callbacks->on_line(job->jobs->data, &job->status, is_stderr,
				      line);
}

static void on_end(void *data, const struct job_result *result)
{
	struct job *job = data;
	struct job_status *status = &job->status;

	job->run = NULL;
	status->running = false;
	status->ended_ns = now_ns();
	status->have_exit_code = result->have_exit_code;
	status->exit_code = result->exit_code;
	status->signal = result->signal;
	snprintf(status->error, sizeof(status->error), "%s",
		 result->error ? result->error : "");
	if (!result->have_exit_code || result->exit_code || result->error)
		status->failures++;
	changed(job);
	if (job->jobs->stopping)
		finish_stop(job->jobs);
}

static void fail_start(struct job *job, int err)
{
	struct job_status *status = &job->status;

	status->running = false;
	status->ended_ns = status->started_ns;
	status->have_exit_code = false;
	status->exit_code = 0;
	status->signal = 0;
	status->failures++;
	snprintf(status->error, sizeof(status->error), "cannot start: %s",
		 uv_strerror(err));
}

static void run_job(struct job *job)
{
	static const struct job_run_callbacks callbacks = {
		.on_line = on_line,
		.on_end = on_end,
	};
	struct job_status *status = &job->status;
	int err;

	status->runs++;
	status->running = true;
	status->started_ns = now_ns();
	status->ended_ns = 0;
	err = job_run_start(job->jobs->loop, status->config->command, NULL,
			    status->config->timeout_ns / 1000000, &callbacks,
			    job, &job->run);
	if (err)
		fail_start(job, err);
	changed(job);
}

static void on_due(uv_timer_t *timer)
{
	struct job *job = timer->data;

	if (!job->run) {
		run_job(job);
		return;
	}
	job->status.skipped++;
	changed(job);
}

int jobs_new(uv_loop_t *loop, const struct job_config *config, size_t n,
	     const struct jobs_callbacks *callbacks, void *data,
	     struct jobs **out)
{
	struct jobs *jobs = calloc(1, sizeof(*jobs) + n * sizeof(jobs->job[0]));

	if (!jobs)
		return -ENOMEM;
	jobs->loop = loop;
	jobs->callbacks = callbacks;
	jobs->data = data;
	jobs->n = n;
	jobs->timers_open = n;
	uv_timer_init(loop, &jobs->self);
	jobs->self.data = jobs;
	for (size_t i = 0; i < n; i++) {
		struct job *job = &jobs->job[i];

		job->jobs = jobs;
		job->status.config = &config[i];
		uv_timer_init(loop, &job->timer);
		job->timer.data = job;
	}
	*out = jobs;
	return 0;
}

/* A start-up command is due once, in the loop's next turn. */
void jobs_start(struct jobs *jobs)
{
	for (size_t i = 0; i < jobs->n; i++) {
		struct job *job = &jobs->job[i];
		uint64_t every_ms = job->status.config->every_ns / 1000000;

		uv_timer_start(&job->timer, on_due, every_ms, every_ms);
	}
}

size_t jobs_count(const struct jobs *jobs)
{
	return jobs->n;
}

const struct job_status *jobs_status(const struct jobs *jobs, size_t i)
{
	return &jobs->job[i].status;
}

void jobs_stop(struct jobs *jobs, jobs_stop_cb cb, void *data)
{
	if (jobs->stopping)
		return;
	jobs->stopping = true;
	jobs->stop_cb = cb;
	jobs->stop_data = data;
	for (size_t i = 0; i < jobs->n; i++) {
		uv_timer_stop(&jobs->job[i].timer);
		if (jobs->job[i].run)
			job_run_stop(jobs->job[i].run, "ended with the daemon");
	}
	finish_stop(jobs);
}
