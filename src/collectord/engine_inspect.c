// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the queue of containers whose details are wanted from an engine, a few
 * at a time, each as it is after the last thing that happened to it. Uses uv_*.
 * Knows nothing of how the connection is made.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine_priv.h"

#define INSPECT_TIMEOUT_MS 30000L
#define INSPECT_MAX	   (4 * 1024 * 1024)
#define FAILURES_MAX	   3
#define RETRY_MS	   1000

static void on_details(void *data, struct engine_http *http);

static struct engine_inspect *find(struct engine *engine, const char *id)
{
	struct engine_inspect *i;

	for (i = engine->inspect; i; i = i->next)
		if (strcmp(i->id, id) == 0)
			return i;
	return NULL;
}

static int append(struct engine *engine, const char *id, bool of_list)
{
	struct engine_inspect *new = calloc(1, sizeof(*new));
	struct engine_inspect **tail = &engine->inspect;

	if (!new)
		return -ENOMEM;
	new->engine = engine;
	new->of_list = of_list;
	snprintf(new->id, sizeof(new->id), "%s", id);
	while (*tail)
		tail = &(*tail)->next;
	*tail = new;
	return 0;
}

int engine_inspect_add(struct engine *engine, const char *id, bool of_list)
{
	struct engine_inspect *i = find(engine, id);

	if (!i)
		return append(engine, id, of_list);
	i->again = i->http != NULL;
	i->of_list |= of_list;
	return 0;
}

static void drop(struct engine_inspect *inspect)
{
	struct engine_inspect **at = &inspect->engine->inspect;

	while (*at != inspect)
		at = &(*at)->next;
	*at = inspect->next;
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
		if (i->http)
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

/* Returns the details, or NULL and whether to ask once more. */
static struct container_meta *read_details(struct engine_inspect *inspect,
					   struct engine_http *http,
					   bool *retry)
{
	struct container_meta *meta = NULL;
	const char *body;
	size_t len;
	int err;

	*retry = false;
	if (engine_http_error(http) || engine_http_status(http) >= 500) {
		*retry = ++inspect->failures < FAILURES_MAX;
	} else if (engine_http_status(http) == 200) {
		body = engine_http_body(http, &len);
		err = engine_json_inspect(body, len, &meta);
		if (err == -ENOMEM)
			*retry = ++inspect->failures < FAILURES_MAX;
		else if (err)
			inspect->engine->status.malformed++;
	}
	return meta;
}

static void on_details(void *data, struct engine_http *http)
{
	struct engine_inspect *inspect = data;
	struct engine *engine = inspect->engine;
	bool retry;
	struct container_meta *meta = read_details(inspect, http, &retry);

	engine->inspects_running--;
	engine_http_free(http);
	inspect->http = NULL;
	if (retry || inspect->again) {
		meta_free(meta); /* older than what has happened since */
	} else {
		drop(inspect);
		if (meta)
			engine->callbacks->on_container(engine->data, engine,
							meta);
	}
	if (!engine->closing && engine_inspect_run(engine))
		engine_fail(engine, "out of memory");
}

static void on_inspect_retry(uv_timer_t *timer)
{
	struct engine *engine = timer->data;

	if (engine_inspect_run(engine))
		engine_fail(engine, "out of memory");
}

/*
 * The first request goes out from the loop like any other; an answer cannot
 * come, nor a list be completed, before this returns. What can't go out now
 * goes with the next one, or in a second. While connected the timer has nothing
 * else to do.
 */
void engine_inspect(struct engine *engine, const char *id)
{
	if (engine->closing || engine->status.state != ENGINE_CONNECTED ||
	    !engine_id_valid(id))
		return;
	if (engine_inspect_add(engine, id, engine->listing) == 0 &&
	    engine_inspect_run(engine))
		uv_timer_start(&engine->retry, on_inspect_retry, RETRY_MS, 0);
}
