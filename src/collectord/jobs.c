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
	struct job_config config; /* a copy of our own */
	struct job_status status;
	struct job_run *run; /* NULL: not running */
	uv_timer_t timer;    /* of the schedule */
	bool gone;	     /* in no list: freed once its run has ended */
	bool closing;
};

struct jobs {
	uv_loop_t *loop;
	const struct jobs_callbacks *callbacks;
	void *data;
	bool started;
	bool stopping; /* nothing more is started */
	jobs_stop_cb stop_cb;
	void *stop_data;
	uv_timer_t self; /* closed last; there may be no jobs */
	size_t alive;	 /* those that are gone included */
	size_t n;
	struct job **job;
};

struct jobs_plan {
	struct job **job;
	size_t n;
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

	free(jobs->job);
	free(jobs);
	if (cb)
		cb(data);
}

static void free_job(struct job *job)
{
	free(job->config.name);
	free(job->config.command);
	free(job);
}

/* Ends it all once the last job has gone. */
static void finish_stop(struct jobs *jobs)
{
	if (jobs->stopping && jobs->alive == 0)
		uv_close((uv_handle_t *)&jobs->self, on_self_closed);
}

static void on_timer_closed(uv_handle_t *handle)
{
	struct job *job = handle->data;
	struct jobs *jobs = job->jobs;

	free_job(job);
	jobs->alive--;
	finish_stop(jobs);
}

/* A job that is gone goes for good once it does not run. */
static void settle(struct job *job)
{
	if (!job->gone || job->run || job->closing)
		return;
	job->closing = true;
	uv_close((uv_handle_t *)&job->timer, on_timer_closed);
}

static void let_go(struct job *job, const char *why)
{
	job->gone = true;
	uv_timer_stop(&job->timer);
	if (job->run)
		job_run_stop(job->run, why);
	settle(job);
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
	settle(job);
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

static struct job *new_job(const struct job_config *config)
{
	struct job *job = calloc(1, sizeof(*job));

	if (!job)
		return NULL;
	job->config = *config;
	job->config.name = strdup(config->name);
	job->config.command = strdup(config->command);
	job->status.config = &job->config;
	if (job->config.name && job->config.command)
		return job;
	free_job(job);
	return NULL;
}

static void adopt(struct jobs *jobs, struct job *job)
{
	job->jobs = jobs;
	uv_timer_init(jobs->loop, &job->timer);
	job->timer.data = job;
	jobs->alive++;
}

/* A start-up command is due once, in the loop's next turn. */
static void schedule(struct job *job)
{
	uint64_t every_ms = job->config.every_ns / 1000000;

	uv_timer_start(&job->timer, on_due, every_ms, every_ms);
}

void jobs_start(struct jobs *jobs)
{
	jobs->started = true;
	for (size_t i = 0; i < jobs->n; i++)
		schedule(jobs->job[i]);
}

void jobs_resume(struct jobs *jobs)
{
	jobs->started = true;
	for (size_t i = 0; i < jobs->n; i++)
		if (jobs->job[i]->config.kind == JOB_SCHEDULE)
			schedule(jobs->job[i]);
}

static struct job *find(const struct jobs *jobs,
			const struct job_config *config)
{
	for (size_t i = 0; i < jobs->n; i++)
		if (jobs->job[i]->config.kind == config->kind &&
		    strcmp(jobs->job[i]->config.name, config->name) == 0)
			return jobs->job[i];
	return NULL;
}

static bool is_same(const struct job_config *a, const struct job_config *b)
{
	return a->every_ns == b->every_ns && a->timeout_ns == b->timeout_ns &&
	       strcmp(a->command, b->command) == 0;
}

/* What a job was told to be becomes what @with was. */
static void swap_config(struct job *job, struct job *with)
{
	struct job_config old = job->config;

	job->config = with->config;
	with->config = old;
}

/* The new job takes its place, or gives the old one its configuration. */
static struct job *replace(struct jobs *jobs, struct job *fresh)
{
	struct job *old = find(jobs, &fresh->config);

	if (!old) {
		adopt(jobs, fresh);
		if (jobs->started && fresh->config.kind == JOB_SCHEDULE)
			schedule(fresh);
		return fresh;
	}
	if (!is_same(&old->config, &fresh->config)) {
		swap_config(old, fresh);
		if (jobs->started && old->config.kind == JOB_SCHEDULE)
			schedule(old);
	}
	free_job(fresh);
	return old;
}

static bool is_among(const struct job *job, struct job *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == job)
			return true;
	return false;
}

static void take_list(struct jobs *jobs, struct job **list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		list[i] = replace(jobs, list[i]);
	for (size_t i = 0; i < jobs->n; i++)
		if (!is_among(jobs->job[i], list, n))
			let_go(jobs->job[i], "no longer configured");
	free(jobs->job);
	jobs->job = list;
	jobs->n = n;
}

void jobs_plan_free(struct jobs_plan *plan)
{
	if (!plan)
		return;
	for (size_t i = 0; i < plan->n; i++)
		free_job(plan->job[i]);
	free(plan->job);
	free(plan);
}

int jobs_plan(const struct job_config *config, size_t n, struct jobs_plan **out)
{
	struct jobs_plan *plan = calloc(1, sizeof(*plan));

	*out = plan;
	if (plan)
		plan->job = calloc(n + 1, sizeof(struct job *));
	while (plan && plan->job && plan->n < n) {
		plan->job[plan->n] = new_job(&config[plan->n]);
		if (!plan->job[plan->n])
			break;
		plan->n++;
	}
	if (plan && plan->job && plan->n == n)
		return 0;
	jobs_plan_free(plan);
	*out = NULL;
	return -ENOMEM;
}

void jobs_take(struct jobs *jobs, struct jobs_plan *plan)
{
	take_list(jobs, plan->job, plan->n);
	free(plan);
}

int jobs_new(uv_loop_t *loop, const struct job_config *config, size_t n,
	     const struct jobs_callbacks *callbacks, void *data,
	     struct jobs **out)
{
	struct jobs *jobs = calloc(1, sizeof(*jobs));
	struct jobs_plan *plan;
	int rc;

	if (!jobs)
		return -ENOMEM;
	jobs->loop = loop;
	jobs->callbacks = callbacks;
	jobs->data = data;
	rc = jobs_plan(config, n, &plan);
	if (rc) {
		free(jobs);
		return rc;
	}
	jobs_take(jobs, plan);
	uv_timer_init(loop, &jobs->self);
	jobs->self.data = jobs;
	*out = jobs;
	return 0;
}

size_t jobs_count(const struct jobs *jobs)
{
	return jobs->n;
}

const struct job_status *jobs_status(const struct jobs *jobs, size_t i)
{
	return &jobs->job[i]->status;
}

void jobs_stop(struct jobs *jobs, jobs_stop_cb cb, void *data)
{
	if (jobs->stopping)
		return;
	jobs->stopping = true;
	jobs->stop_cb = cb;
	jobs->stop_data = data;
	for (size_t i = 0; i < jobs->n; i++)
		let_go(jobs->job[i], "ended with the daemon");
	jobs->n = 0;
	finish_stop(jobs);
}
