// SPDX-License-Identifier: GPL-2.0
/*
 * Tells the HTTP server what the daemon knows: copies of the core's figures, of
 * the status, of the engines. Uses uv_* through its neighbours.
 */
#include "loop_int.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http_gather.h"
#include "log.h"
#include "text.h"

/* A tick is the present for three intervals, and for 3 s at least. */
static bool is_current(const struct daemon *d, int64_t age_ns)
{
	int64_t interval = d->module.module_interval_ns;

	if (!interval)
		interval = (int64_t)d->config->interval_ns;
	if (interval < 1000000000)
		interval = 1000000000;
	return d->module_there && age_ns <= 3 * interval;
}

static int count_container(void *arg, const struct step_container *c)
{
	(void)c;
	++*(size_t *)arg;
	return 0;
}

/* False: out of memory. */
static bool copy_containers(const struct daemon *d, struct http_facts *f)
{
	struct http_gather gather;
	size_t count = 0;

	step_containers(d->step, count_container, &count);
	if (!http_gather_begin(&gather, f, count))
		step_containers(d->step, http_gather_add, &gather);
	return !http_gather_end(&gather);
}

static void copy_engines(const struct daemon *d, struct http_facts *f)
{
	for (unsigned int i = 0; i < d->engines && i < HTTP_ENGINES_MAX; i++) {
		const struct engine_status *s;
		struct http_engine *e;

		if (!d->engine[i]->engine)
			continue;
		s = engine_status(d->engine[i]->engine);
		e = &f->engine[f->engines++];
		snprintf(e->name, sizeof(e->name), "%s", s->name);
		e->state = engine_state_name(s->state);
		e->connected = s->state == ENGINE_CONNECTED;
		e->connects = s->connects;
		e->events = s->events;
		e->malformed = s->malformed;
	}
}

static struct http_facts *on_facts(void *data, bool all)
{
	struct daemon *d = data;
	struct http_facts *f = calloc(1, sizeof(*f));
	const struct metric_values *machine;

	if (!f)
		return NULL;
	f->now_ns = now_ns();
	machine = step_machine(d->step, &f->tick_ns);
	f->current = f->tick_ns && is_current(d, f->now_ns - f->tick_ns);
	status_fill(d, &f->status);
	if (!all)
		return f;
	memcpy(f->gaps, d->tally.gaps, sizeof(f->gaps));
	f->actions = d->tally.actions;
	copy_engines(d, f);
	if (!f->current)
		return f;
	f->have_machine = machine != NULL;
	if (machine)
		f->machine = *machine;
	if (copy_containers(d, f))
		return f;
	http_facts_free(f);
	return NULL;
}

static const struct uv_http_callbacks callbacks = {
	.on_facts = on_facts,
};

static int make(struct daemon *d, const struct http_config *config,
		struct uv_http **out, char *why, size_t size)
{
	return uv_http_new(&d->loop, config, d->config->database, &callbacks, d,
			   out, why, size);
}

int http_open(struct daemon *d)
{
	char why[512];
	int rc;

	if (!d->config->http.enabled)
		return 0;
	rc = make(d, &d->config->http, &d->http, why, sizeof(why));
	if (rc)
		log_err("HTTP: %s", why);
	else
		uv_http_start(d->http);
	return rc;
}

static bool is_same(const struct http_config *a, const struct http_config *b)
{
	return a->enabled == b->enabled && a->mode == b->mode &&
	       text_is_same(a->listen, b->listen) &&
	       text_is_same(a->token_file, b->token_file) &&
	       text_is_same(a->ui, b->ui);
}

/* The one that serves now may be in the way; then it is let go first. */
static int listen_beside(struct daemon *d, struct uv_http *fresh, char *why,
			 size_t size)
{
	int rc = uv_http_listen(fresh, why, size);

	if (rc == -EADDRINUSE && d->http &&
	    http_address_collide(uv_http_address(fresh),
				 uv_http_address(d->http)))
		return 0;
	return rc;
}

void http_plan_drop(struct daemon *d, struct http_plan *plan)
{
	if (!plan->fresh)
		return;
	d->closing++;
	uv_http_close(plan->fresh, on_part_closed, d);
	plan->fresh = NULL;
}

int http_plan(struct daemon *d, const struct http_config *config,
	      struct http_plan *plan, char *why, size_t size)
{
	int rc = 0;

	*plan = (struct http_plan){ .replace = !is_same(config,
							&d->config->http) };
	if (config->enabled && plan->replace) {
		rc = make(d, config, &plan->fresh, why, size);
		if (!rc)
			rc = listen_beside(d, plan->fresh, why, size);
	} else if (config->enabled && config->token_file) {
		/* What is in the file may be another one. */
		rc = http_token_read(config->token_file, &plan->token, why,
				     size);
	}
	if (rc)
		http_plan_drop(d, plan);
	return rc;
}

void http_take(struct daemon *d, struct http_plan *plan)
{
	if (!plan->replace) {
		if (d->http)
			uv_http_set_token(d->http, &plan->token);
		return;
	}
	if (d->http) {
		d->closing++;
		http_close(d, on_part_closed);
	}
	if (!plan->fresh)
		return;
	d->http = plan->fresh;
	uv_http_inherit(d->http, &d->http_last);
	uv_http_start(d->http);
}

/* @cb gets the daemon. */
void http_close(struct daemon *d, void (*cb)(void *data))
{
	struct uv_http *http = d->http;

	http_counts(d, &d->http_last);
	d->http = NULL;
	uv_http_close(http, cb, d);
}

void http_counts(const struct daemon *d, struct http_counts *counts)
{
	if (d->http)
		uv_http_counts(d->http, counts);
	else
		*counts = d->http_last;
}
