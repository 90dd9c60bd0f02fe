// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the queue of containers whose details are wanted from an engine, a few
 * at a time, each as it is after the last thing that happened to it. None is
 * given up while it exists: what fails is asked for again, and what there was no
 * memory to note is found in a new list. Uses uv_*. Knows nothing of how the
 * connection is made.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine_priv.h"

#define INSPECT_TIMEOUT_MS 30000L
#define INSPECT_MAX	   (4 * 1024 * 1024)
#define FAILURES_MAX	   3	 /* in a row; then it waits */
#define ASKED_MAX	   4096	 /* that wait, though no engine spoke of them */
#define RETRY_MS	   1000	 /* for memory */
#define LATER_MS	   30000 /* for an engine that cannot tell */

static void on_details(void *data, struct engine_http *http);
static void on_wake(uv_timer_t *timer);

static struct engine_inspect *find(struct engine *engine, const char *id)
{
	struct engine_inspect *i;

	for (i = engine->inspect; i; i = i->next)
		if (strcmp(i->id, id) == 0)
			return i;
	return NULL;
}

/* While connected the timer has nothing else to do. */
static void wake_in(struct engine *engine, uint64_t ms)
{
	uv_timer_t *timer = &engine->retry;

	if (!uv_is_active((uv_handle_t *)timer) ||
	    uv_timer_get_due_in(timer) > ms)
		uv_timer_start(timer, on_wake, ms, 0);
}

static struct engine_inspect *append(struct engine *engine, const char *id)
{
	struct engine_inspect *new = calloc(1, sizeof(*new));
	struct engine_inspect **tail = &engine->inspect;

	if (!new) {
		engine->inspects_owed = true;
		wake_in(engine, RETRY_MS);
		return NULL;
	}
	new->engine = engine;
	snprintf(new->id, sizeof(new->id), "%s", id);
	while (*tail)
		tail = &(*tail)->next;
	*tail = new;
	return new;
}

void engine_inspect_add(struct engine *engine, const char *id, bool of_list)
{
	struct engine_inspect *i = find(engine, id);

	if (!i)
		i = append(engine, id);
	if (!i)
		return;
	i->again = i->http != NULL;
	i->later = false;
	i->of_list |= of_list;
}

static void drop(struct engine_inspect *inspect)
{
	struct engine_inspect **at = &inspect->engine->inspect;

	while (*at != inspect)
		at = &(*at)->next;
	*at = inspect->next;
	inspect->engine->inspects_asked -= inspect->asked;
	engine_http_free(inspect->http);
	free(inspect);
}

void engine_inspect_forget(struct engine *engine, const char *id)
{
	struct engine_inspect *i = find(engine, id);

	if (!i)
		return;
	if (i->http)
		engine->inspects_running--;
	drop(i);
}

void engine_inspect_clear(struct engine *engine)
{
	while (engine->inspect)
		drop(engine->inspect);
	engine->inspects_running = 0;
	engine->inspects_owed = false;
}

static int start(struct engine_inspect *inspect)
{
	char path[ENGINE_PATH_MAX - 16];

	snprintf(path, sizeof(path), "/containers/%s/json", inspect->id);
	inspect->again = false;
	return engine_request(inspect->engine, path, false, INSPECT_TIMEOUT_MS,
			      INSPECT_MAX, on_details, inspect, &inspect->http);
}

static bool list_is_complete(const struct engine *engine)
{
	const struct engine_inspect *i;

	if (engine->inspects_owed || engine->ask)
		return false;
	for (i = engine->inspect; i; i = i->next)
		if (i->of_list)
			return false;
	return true;
}

int engine_inspect_run(struct engine *engine)
{
	struct engine_inspect *i;
	int err = 0;

	for (i = engine->inspect; i && !err; i = i->next) {
		if (engine->inspects_running == ENGINE_INSPECTS_MAX)
			break;
		if (i->http || i->later)
			continue;
		err = start(i);
		engine->inspects_running += !err;
	}
	if (engine->listing && list_is_complete(engine)) {
		engine->listing = false;
		engine->callbacks->on_list_done(engine->data, engine);
	}
	return err;
}

/* Returns the details, or NULL and whether they are still to be had. */
static struct container_meta *
read_details(struct engine *engine, struct engine_http *http, bool *failed)
{
	struct container_meta *meta = NULL;
	const char *body;
	size_t len;
	int err;

	*failed = engine_http_error(http) || engine_http_status(http) >= 500;
	if (!*failed && engine_http_status(http) == 200) {
		body = engine_http_body(http, &len);
		err = engine_json_inspect(body, len, &meta);
		engine->status.malformed += err && err != -ENOMEM;
		*failed = err != 0;
	}
	return meta;
}

/* After some failures in a row nothing waits for it, the list neither. */
static void retry(struct engine_inspect *inspect)
{
	if (++inspect->failures % FAILURES_MAX)
		return;
	inspect->later = true;
	inspect->of_list = false;
	wake_in(inspect->engine, LATER_MS);
}

static void on_details(void *data, struct engine_http *http)
{
	struct engine_inspect *inspect = data;
	struct engine *engine = inspect->engine;
	bool failed;
	struct container_meta *meta = read_details(engine, http, &failed);

	engine->inspects_running--;
	engine_http_free(http);
	inspect->http = NULL;
	if (inspect->again) {
		meta_free(meta); /* older than what has happened since */
	} else if (failed) {
		retry(inspect);
	} else {
		drop(inspect);
		if (meta)
			engine->callbacks->on_container(engine->data, engine,
							meta);
	}
	if (!engine->closing && engine_inspect_run(engine))
		engine_fail(engine, "out of memory");
}

static void on_wake(uv_timer_t *timer)
{
	struct engine *engine = timer->data;
	struct engine_inspect *i;
	int err = 0;

	for (i = engine->inspect; i; i = i->next)
		i->later = false;
	if (engine->inspects_owed && engine->ask)
		wake_in(engine, RETRY_MS); /* that list may be too old */
	else if (engine->inspects_owed)
		err = engine_ask_list(engine);
	if (!err)
		err = engine_inspect_run(engine);
	if (err)
		engine_fail(engine, "out of memory");
}

/*
 * Of what the engine itself spoke of, list and events ask: the list waits for
 * none of these, and there is no more than so many, whoever makes cgroups with
 * such names.
 */
static void ask(struct engine *engine, const char *id)
{
	struct engine_inspect *i = find(engine, id);

	if (i) {
		engine_inspect_add(engine, id, false);
		return;
	}
	if (engine->inspects_asked == ASKED_MAX)
		return;
	i = append(engine, id);
	if (!i)
		return;
	i->asked = true;
	engine->inspects_asked++;
}

/*
 * The first request goes out from the loop like any other; an answer cannot
 * come, nor a list be completed, before this returns. What can't go out now
 * goes with the next one, or in a second.
 */
void engine_inspect(struct engine *engine, const char *id)
{
	if (engine->closing || engine->status.state != ENGINE_CONNECTED ||
	    !engine_id_valid(id))
		return;
	ask(engine, id);
	if (engine_inspect_run(engine))
		wake_in(engine, RETRY_MS);
}
