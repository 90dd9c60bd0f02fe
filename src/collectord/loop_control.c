// SPDX-License-Identifier: GPL-2.0
/*
 * Turns what the engines and the jobs report into events of the core and rows
 * of the store, and passes the core's requests to the engines. Uses uv_*.
 */
#include "loop_int.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"

/* One action that an engine was asked for. */
struct act_request {
	struct daemon *daemon;
	int64_t action;
};

void control_answer(struct daemon *d, int64_t action,
		    const struct action_result *result)
{
	struct step_event event = { .type = STEP_ANSWER };

	event.action = action;
	event.result = result;
	feed(d, &event);
}

static void on_act_done(void *data, const struct action_result *result)
{
	struct act_request *request = data;

	control_answer(request->daemon, request->action, result);
	free(request);
}

static int ask(struct daemon *d, const struct effect *effect,
	       struct act_request *request)
{
	struct engine *engine = d->engine[effect->engine]->engine;

	return engine ? engine_act(engine, effect->id, &effect->act,
				   on_act_done, request)
		      : -ENOTCONN;
}

void control_act(struct daemon *d, const struct effect *effect)
{
	struct action_result failed = { 0 };
	struct act_request *request = malloc(sizeof(*request));
	int rc = -ENOMEM;

	if (request) {
		*request = (struct act_request){ d, effect->action };
		rc = ask(d, effect, request);
	}
	if (rc == 0)
		return;
	free(request);
	failed.error = rc == -ENOTCONN ? "the engine is not connected"
				       : strerror(-rc);
	failed.answered_ns = now_ns();
	control_answer(d, effect->action, &failed);
}

void control_inspect(struct daemon *d, const struct effect *effect)
{
	for (unsigned int i = 0; i < d->engines; i++)
		if (d->engine[i]->engine)
			engine_inspect(d->engine[i]->engine, effect->id);
}

static void log_state(const struct engine_status *status)
{
	switch (status->state) {
	case ENGINE_CONNECTED:
		log_info("engine %s: connected, API %s", status->name,
			 status->version ? status->version : "?");
		break;
	case ENGINE_UNAVAILABLE:
		log_warning("engine %s (%s): %s; trying again", status->name,
			    status->socket,
			    status->error ? status->error : "unavailable");
		break;
	case ENGINE_ABSENT:
		log_debug("engine %s: no %s", status->name, status->socket);
		break;
	case ENGINE_CONNECTING:
		break;
	}
}

static void on_state(void *data, struct engine *engine,
		     const struct engine_status *status)
{
	struct engine_slot *slot = data;
	struct step_event event = { .type = STEP_ENGINE };

	(void)engine;
	log_state(status);
	event.engine = slot->index;
	event.connected = status->state == ENGINE_CONNECTED;
	event.runtime = status->podman ? "podman" : "docker";
	feed(slot->daemon, &event);
}

static void on_container(void *data, struct engine *engine,
			 struct container_meta *meta)
{
	struct engine_slot *slot = data;
	struct step_event event = { .type = STEP_META };

	(void)engine;
	event.engine = slot->index;
	event.meta = meta;
	feed(slot->daemon, &event);
}

static void on_event(void *data, struct engine *engine,
		     const struct engine_event *engine_event)
{
	struct engine_slot *slot = data;
	struct step_event event = { .type = STEP_ENGINE_EVENT };

	(void)engine;
	event.engine = slot->index;
	event.engine_event = engine_event;
	feed(slot->daemon, &event);
}

static void on_list_done(void *data, struct engine *engine)
{
	struct engine_slot *slot = data;
	struct step_event event = { .type = STEP_LIST_END };

	(void)engine;
	event.engine = slot->index;
	feed(slot->daemon, &event);
}

static struct engine_slot *find_slot(const struct daemon *d, const char *name)
{
	for (unsigned int i = 0; i < d->engines; i++)
		if (strcmp(d->engine[i]->name, name) == 0)
			return d->engine[i];
	return NULL;
}

static int add_slot(struct daemon *d, const char *name)
{
	struct engine_slot **grown, *slot;

	grown = reallocarray(d->engine, d->engines + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	d->engine = grown;
	slot = calloc(1, sizeof(*slot));
	if (!slot)
		return -ENOMEM;
	slot->name = strdup(name);
	if (!slot->name) {
		free(slot);
		return -ENOMEM;
	}
	slot->daemon = d;
	slot->index = d->engines;
	d->engine[d->engines++] = slot;
	return 0;
}

int engines_reserve(struct daemon *d, const struct config *config)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < config->engines; i++)
		if (config->engine[i].enabled != ENGINE_OFF &&
		    !find_slot(d, config->engine[i].name))
			rc = add_slot(d, config->engine[i].name);
	return rc;
}

void engines_free(struct daemon *d)
{
	for (unsigned int i = 0; i < d->engines; i++) {
		free(d->engine[i]->name);
		free(d->engine[i]);
	}
	free(d->engine);
}

/* What it still has to answer is answered with an error. */
static void let_go(struct daemon *d, struct engine_slot *slot)
{
	struct step_event event = { .type = STEP_ENGINE };
	struct engine *engine = slot->engine;

	slot->engine = NULL;
	d->closing++;
	engine_close(engine, on_part_closed, d);
	event.engine = slot->index;
	feed(d, &event);
}

static const struct engine_config *wanted(const struct daemon *d,
					  const char *name)
{
	for (size_t i = 0; i < d->config->engines; i++)
		if (d->config->engine[i].enabled != ENGINE_OFF &&
		    strcmp(d->config->engine[i].name, name) == 0)
			return &d->config->engine[i];
	return NULL;
}

static int open_slot(struct daemon *d, struct engine_slot *slot,
		     const struct engine_config *config)
{
	static const struct engine_callbacks callbacks = {
		.on_state = on_state,
		.on_container = on_container,
		.on_event = on_event,
		.on_list_done = on_list_done,
	};
	int rc = engine_new(&d->loop, config, &callbacks, slot, &slot->engine);

	if (rc)
		log_err("engine %s: %s", config->name, strerror(-rc));
	return rc;
}

void engines_apply(struct daemon *d)
{
	for (unsigned int i = 0; i < d->engines; i++) {
		struct engine_slot *slot = d->engine[i];
		const struct engine_config *config = wanted(d, slot->name);

		if (slot->engine && config && engine_is(slot->engine, config))
			continue;
		if (slot->engine)
			let_go(d, slot);
		if (config && open_slot(d, slot, config) == 0)
			engine_start(slot->engine);
	}
}

static int engines_open(struct daemon *d)
{
	int rc = 0;

	for (unsigned int i = 0; !rc && i < d->engines; i++)
		rc = open_slot(d, d->engine[i], wanted(d, d->engine[i]->name));
	return rc;
}

static void log_job(const struct job_status *job)
{
	if (job->running || !job->ended_ns)
		return;
	if (job->error[0])
		log_warning("job %s: %s", job->config->name, job->error);
	else if (job->signal)
		log_warning("job %s: ended by signal %d", job->config->name,
			    job->signal);
	else if (job->have_exit_code && job->exit_code)
		log_warning("job %s: exit code %d", job->config->name,
			    job->exit_code);
}

static void on_job_change(void *data, const struct job_status *job)
{
	struct daemon *d = data;
	struct rows rows = { 0 };
	struct row row = { .type = ROW_JOB };

	log_job(job);
	row.job = (struct job_row){
		.name = job->config->name,
		.kind = job->config->kind == JOB_SCHEDULE ? "schedule"
							  : "startup",
		.command = job->config->command,
		.every_s = (int64_t)(job->config->every_ns / 1000000000),
		.runs = job->runs,
		.failures = job->failures,
		.skipped = job->skipped,
		.started_ns = job->started_ns,
		.ended_ns = job->ended_ns,
		.have_exit_code = job->have_exit_code,
		.exit_code = job->exit_code,
		.signal = job->signal,
		.error = job->error[0] ? job->error : NULL,
	};
	if (!rows_add(&rows, &row))
		log_err("out of memory: the state of job %s is not stored",
			job->config->name);
	uv_store_add(d->queue, &rows);
}

static void on_job_line(void *data, const struct job_status *job,
			bool is_stderr, const char *line)
{
	(void)data;
	log_line(is_stderr ? LOG_NOTICE : LOG_INFO, "job %s: %s",
		 job->config->name, line);
}

int control_open(struct daemon *d)
{
	static const struct jobs_callbacks callbacks = {
		.on_change = on_job_change,
		.on_line = on_job_line,
	};
	int rc;

	rc = engines_open(d);
	if (!rc)
		rc = jobs_new(&d->loop, d->config->job, d->config->jobs,
			      &callbacks, d, &d->jobs);
	if (rc)
		log_err("can't prepare engines and jobs: %s", strerror(-rc));
	return rc;
}
