// SPDX-License-Identifier: GPL-2.0
/*
 * Runs the commands of rules with action = exec, each by itself, and reports
 * how they ended. Uses uv_*. What they are told comes with the effect.
 */
#include "loop_int.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "job_run.h"
#include "log.h"

/* As many at once; more than that have to wait for a later check. */
#define RUNS_MAX 64

struct exec_run {
	struct exec_run *next;
	struct daemon *daemon;
	struct job_run *run;
	int64_t action;
	int64_t started_ns;
};

static void on_line(void *data, bool is_stderr, const char *line)
{
	const struct exec_run *exec = data;

	log_line(is_stderr ? LOG_NOTICE : LOG_INFO, "policy action %lld: %s",
		 (long long)exec->action, line);
}

static void unlink_run(struct exec_run *exec)
{
	struct exec_run **at = &exec->daemon->exec;

	while (*at != exec)
		at = &(*at)->next;
	*at = exec->next;
}

static const char *describe(const struct job_result *result, char *buf,
			    size_t len)
{
	if (result->error)
		return result->error;
	if (!result->have_exit_code)
		snprintf(buf, len, "ended by signal %d", result->signal);
	else if (result->exit_code)
		snprintf(buf, len, "exit code %d", result->exit_code);
	else
		return NULL;
	return buf;
}

/* What the daemon's own end has ended is looked at after its next start. */
static void on_end(void *data, const struct job_result *result)
{
	struct exec_run *exec = data;
	struct daemon *d = exec->daemon;
	char text[64];
	struct action_result r = {
		.requested_ns = result->started ? exec->started_ns : 0,
		.answered_ns = now_ns(),
		.have_exit_code = result->have_exit_code,
		.exit_code = result->exit_code,
	};
	int64_t action = exec->action;

	r.error = describe(result, text, sizeof(text));
	r.ok = !r.error;
	unlink_run(exec);
	free(exec);
	if (!d->stopping || r.ok)
		control_answer(d, action, &r);
	if (d->stopping)
		on_part_closed(d);
}

static int start(struct daemon *d, const struct effect *effect)
{
	static const struct job_run_callbacks callbacks = { on_line, on_end };
	struct exec_run *exec = calloc(1, sizeof(*exec));
	int rc;

	if (!exec)
		return -ENOMEM;
	exec->daemon = d;
	exec->action = effect->action;
	exec->started_ns = now_ns();
	rc = job_run_start(&d->loop, effect->command, effect->environment,
			   effect->timeout_ns / 1000000, &callbacks, exec,
			   &exec->run);
	if (rc) {
		free(exec);
		return rc;
	}
	exec->next = d->exec;
	d->exec = exec;
	return 0;
}

void exec_start(struct daemon *d, const struct effect *effect)
{
	struct action_result failed = { 0 };
	const struct exec_run *exec = d->exec;
	unsigned int runs = 0;
	int rc;

	for (; exec; exec = exec->next)
		runs++;
	rc = runs < RUNS_MAX ? start(d, effect) : -EAGAIN;
	if (rc == 0)
		return;
	failed.error = rc == -EAGAIN ? "too many commands run already"
				     : strerror(-rc);
	failed.answered_ns = now_ns();
	control_answer(d, effect->action, &failed);
}

/* Ends them all; returns how many there are, each closed in on_end(). */
unsigned int exec_stop(struct daemon *d)
{
	unsigned int n = 0;

	for (struct exec_run *exec = d->exec; exec; exec = exec->next, n++)
		job_run_stop(exec->run, "the daemon is ending");
	return n;
}
