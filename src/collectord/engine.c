// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the connection to one container engine: ping, list, and the waits
 * between attempts. Uses uv_*. Knows nothing of policies, the kernel or the
 * store; engine_events.c, engine_inspect.c and engine_act.c do the rest.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine_priv.h"

#define PING_TIMEOUT_MS 10000L
#define PING_MAX	4096
#define LIST_TIMEOUT_MS 60000L
#define LIST_MAX	(64 * 1024 * 1024)
#define BACKOFF_MIN_MS	1000
#define BACKOFF_MAX_MS	30000
#define STABLE_MS	10000 /* a connection that held so long was a good one */

static void begin(struct engine *engine);

int64_t engine_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

const char *engine_state_name(enum engine_state state)
{
	switch (state) {
	case ENGINE_CONNECTING:
		return "connecting";
	case ENGINE_CONNECTED:
		return "connected";
	case ENGINE_UNAVAILABLE:
		return "unavailable";
	case ENGINE_ABSENT:
		return "absent";
	}
	return "unknown";
}

const struct engine_status *engine_status(const struct engine *engine)
{
	return &engine->status;
}

/* Tells of a state, but not twice of the same for the same reason. */
static void set_state(struct engine *engine, enum engine_state state,
		      const char *error)
{
	struct engine_status *status = &engine->status;

	if (status->state == state && strcmp(engine->error, error) == 0)
		return;
	snprintf(engine->error, sizeof(engine->error), "%s", error);
	status->error = *error ? engine->error : NULL;
	status->state = state;
	status->since_ns = engine_now_ns();
	engine->callbacks->on_state(engine->data, engine, status);
}

static void drop_requests(struct engine *engine)
{
	engine_http_free(engine->ask);
	engine->ask = NULL;
	engine_events_close(engine);
	engine_inspect_clear(engine);
	engine->listing = false;
}

static void on_retry(uv_timer_t *timer)
{
	begin(timer->data);
}

/* Doubles from 1 s to 30 s, from the start again after a good connection. */
static void schedule_retry(struct engine *engine)
{
	bool was_good = engine->status.state == ENGINE_CONNECTED &&
			uv_now(engine->loop) - engine->connected_ms >=
				STABLE_MS;

	if (was_good || engine->backoff_ms == 0)
		engine->backoff_ms = BACKOFF_MIN_MS;
	uv_timer_start(&engine->retry, on_retry, engine->backoff_ms, 0);
	engine->backoff_ms *= 2;
	if (engine->backoff_ms > BACKOFF_MAX_MS)
		engine->backoff_ms = BACKOFF_MAX_MS;
}

static void fail_as(struct engine *engine, enum engine_state state,
		    const char *error)
{
	drop_requests(engine);
	schedule_retry(engine);
	set_state(engine, state, error);
}

void engine_fail(struct engine *engine, const char *format, ...)
{
	char error[sizeof(engine->error)];
	va_list args;

	va_start(args, format);
	vsnprintf(error, sizeof(error), format, args);
	va_end(args);
	fail_as(engine, ENGINE_UNAVAILABLE, error);
}

void engine_describe(const struct engine_http *http, char *out, size_t len)
{
	const char *error = engine_http_error(http);
	char message[256];
	const char *body;
	size_t body_len;

	if (error) {
		snprintf(out, len, "%s", error);
		return;
	}
	body = engine_http_body(http, &body_len);
	if (engine_json_message(body, body_len, message, sizeof(message)))
		snprintf(out, len, "%d", engine_http_status(http));
	else
		snprintf(out, len, "%d: %s", engine_http_status(http), message);
}

int engine_request(struct engine *engine, const char *path, bool post,
		   long timeout_ms, size_t body_max,
		   void (*done)(void *data, struct engine_http *http),
		   void *data, struct engine_http **out)
{
	char full[ENGINE_PATH_MAX];
	struct engine_http_spec spec = {
		.socket = engine->config.socket,
		.path = full,
		.post = post,
		.timeout_ms = timeout_ms,
		.body_max = body_max,
	};

	if (engine->versioned)
		snprintf(full, sizeof(full), "/v%s%s", engine->version, path);
	else
		snprintf(full, sizeof(full), "%s", path);
	return engine_http_start(engine->curl, &spec, done, data, out);
}

/* Live ones are told as they are listed, so that their names are known. */
static void report_list(struct engine *engine, struct engine_list *list)
{
	for (size_t i = 0; i < list->count && !engine->closing; i++) {
		struct container_meta *meta = list->meta[i];

		if (meta->state == META_RUNNING || meta->state == META_PAUSED)
			engine_inspect_add(engine, meta->id, true);
		list->meta[i] = NULL;
		engine->callbacks->on_container(engine->data, engine, meta);
	}
}

/* Of one that is connected already, too. */
static void take_list(struct engine *engine, struct engine_list *list)
{
	int err = 0;

	engine->status.malformed += list->malformed;
	engine->listing = true;
	if (!engine->events) {
		engine->status.connects++;
		engine->connected_ms = uv_now(engine->loop);
		set_state(engine, ENGINE_CONNECTED, "");
	}
	if (!engine->closing)
		report_list(engine, list);
	if (!engine->closing && !engine->events)
		err = engine_events_open(engine);
	if (!engine->closing && !err)
		err = engine_inspect_run(engine);
	if (!engine->closing && err)
		engine_fail(engine, "out of memory");
}

static void on_list(void *data, struct engine_http *http)
{
	struct engine *engine = data;
	struct engine_list list;
	char why[320];
	const char *body;
	size_t len;

	if (engine_http_error(http) || engine_http_status(http) != 200) {
		engine_describe(http, why, sizeof(why));
		engine_fail(engine, "cannot list containers: %s", why);
		return;
	}
	body = engine_http_body(http, &len);
	if (engine_json_list(body, len, &list)) {
		engine->status.malformed++;
		engine_fail(engine, "the list of containers makes no sense");
		return;
	}
	engine_http_free(http);
	engine->ask = NULL;
	take_list(engine, &list);
	engine_list_free(&list);
}

int engine_ask_list(struct engine *engine)
{
	engine->inspects_owed = false;
	engine->list_ns = engine_now_ns();
	return engine_request(engine, "/containers/json?all=1", false,
			      LIST_TIMEOUT_MS, LIST_MAX, on_list, engine,
			      &engine->ask);
}

/* Returns 0, or -EINVAL when there is no version that both speak. */
static int negotiate(struct engine *engine, struct engine_http *http)
{
	const char *theirs = engine_http_header(http, "Api-Version");

	if (!theirs ||
	    engine_version_min(theirs, ENGINE_API_MAX, engine->version,
			       sizeof(engine->version)))
		return -EINVAL;
	engine->versioned = true;
	engine->status.version = engine->version;
	engine->status.podman =
		engine_http_header(http, "Libpod-Api-Version") != NULL;
	return 0;
}

static void on_ping(void *data, struct engine_http *http)
{
	struct engine *engine = data;
	char why[320];

	engine_describe(http, why, sizeof(why));
	if (engine_http_no_socket(http) &&
	    engine->config.enabled == ENGINE_AUTO) {
		fail_as(engine, ENGINE_ABSENT, why);
	} else if (engine_http_error(http)) {
		engine_fail(engine, "%s", why);
	} else if (engine_http_status(http) != 200) {
		engine_fail(engine, "/_ping: %s", why);
	} else if (negotiate(engine, http)) {
		engine->status.malformed++;
		engine_fail(engine,
			    "%s is not the socket of an engine: /_ping "
			    "names no API version",
			    engine->config.socket);
	} else {
		engine_http_free(http);
		engine->ask = NULL;
		if (engine_ask_list(engine))
			engine_fail(engine, "out of memory");
	}
}

static void begin(struct engine *engine)
{
	engine->versioned = false; /* /_ping is asked without one */
	if (engine_request(engine, "/_ping", false, PING_TIMEOUT_MS, PING_MAX,
			   on_ping, engine, &engine->ask))
		engine_fail(engine, "out of memory");
}

static void on_progress(void *data)
{
	struct engine *engine = data;

	if (engine->events && !engine->closing)
		engine_events_read(engine);
}

static void on_done(void *data, CURL *easy, CURLcode code)
{
	const struct engine *engine = data;

	if (!engine->closing)
		engine_http_finish(easy, code);
}

static void engine_free(struct engine *engine)
{
	free(engine->config.name);
	free(engine->config.socket);
	free(engine);
}

static int copy_config(struct engine *engine,
		       const struct engine_config *config)
{
	engine->config.enabled = config->enabled;
	engine->config.name = strdup(config->name);
	engine->config.socket = strdup(config->socket);
	return engine->config.name && engine->config.socket ? 0 : -ENOMEM;
}

bool engine_is(const struct engine *engine, const struct engine_config *config)
{
	return engine->config.enabled == config->enabled &&
	       strcmp(engine->config.name, config->name) == 0 &&
	       strcmp(engine->config.socket, config->socket) == 0;
}

int engine_new(uv_loop_t *loop, const struct engine_config *config,
	       const struct engine_callbacks *callbacks, void *data,
	       struct engine **out)
{
	static const struct uv_curl_callbacks curl_callbacks = {
		.on_progress = on_progress,
		.on_done = on_done,
	};
	struct engine *engine = calloc(1, sizeof(*engine));
	int err;

	if (!engine)
		return -ENOMEM;
	err = copy_config(engine, config);
	if (!err)
		err = uv_curl_new(loop, &curl_callbacks, engine, &engine->curl);
	if (err) {
		engine_free(engine);
		return err;
	}
	engine->loop = loop;
	engine->callbacks = callbacks;
	engine->data = data;
	engine->status.name = engine->config.name;
	engine->status.socket = engine->config.socket;
	engine->status.automatic = config->enabled == ENGINE_AUTO;
	uv_timer_init(loop, &engine->retry);
	engine->retry.data = engine;
	*out = engine;
	return 0;
}

void engine_resume(struct engine *engine, int64_t since_ns)
{
	engine->since_ns = since_ns;
}

void engine_start(struct engine *engine)
{
	if (!engine->started && !engine->closing)
		uv_timer_start(&engine->retry, on_retry, 0, 0);
	engine->started = true;
}

static void on_curl_closed(void *data)
{
	struct engine *engine = data;
	engine_close_cb cb = engine->close_cb;
	void *close_data = engine->close_data;

	engine_free(engine);
	if (cb)
		cb(close_data);
}

/* In the loop's next turn: nothing of this engine is on the stack any more. */
static void on_timer_closed(uv_handle_t *handle)
{
	struct engine *engine = handle->data;

	engine_act_abort(engine);
	drop_requests(engine);
	uv_curl_close(engine->curl, on_curl_closed, engine);
}

void engine_close(struct engine *engine, engine_close_cb cb, void *data)
{
	if (engine->closing)
		return;
	engine->closing = true;
	engine->close_cb = cb;
	engine->close_data = data;
	uv_close((uv_handle_t *)&engine->retry, on_timer_closed);
}
