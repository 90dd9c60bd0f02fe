// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the stops that an engine was asked for, until each is answered. Knows
 * nothing of why a container is stopped.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine_priv.h"

#define SLACK_S	  15 /* what an engine may take on top of the grace */
#define STOP_MAX  65536
#define GRACE_MAX 86400

static void unlink_stop(struct engine_stop *stop)
{
	struct engine_stop **at = &stop->engine->stop;

	while (*at != stop)
		at = &(*at)->next;
	*at = stop->next;
}

/* Takes the stop out before it calls: the callee may ask for the next. */
static void answer(struct engine_stop *stop, int http_status, const char *error)
{
	struct engine_stop_result result = {
		.http_status = http_status,
		.ok = error == NULL,
		.error = error,
		.requested_ns = stop->requested_ns,
		.answered_ns = engine_now_ns(),
	};
	engine_stop_cb cb = stop->cb;
	void *data = stop->data;

	unlink_stop(stop);
	engine_http_free(stop->http);
	free(stop);
	cb(data, &result);
}

/* 304 says that the container was not running: that is what was wanted. */
static void on_stopped(void *data, struct engine_http *http)
{
	int status = engine_http_status(http);
	char error[320];

	if (!engine_http_error(http) && (status == 204 || status == 304)) {
		answer(data, status, NULL);
		return;
	}
	engine_describe(http, error, sizeof(error));
	answer(data, engine_http_error(http) ? 0 : status, error);
}

int engine_stop(struct engine *engine, const char *id, unsigned int grace_s,
		engine_stop_cb cb, void *data)
{
	char path[ENGINE_PATH_MAX - 16];
	struct engine_stop *stop;
	int err;

	if (!engine_id_valid(id) || grace_s > GRACE_MAX)
		return -EINVAL;
	if (engine->closing || engine->status.state != ENGINE_CONNECTED)
		return -ENOTCONN;
	stop = calloc(1, sizeof(*stop));
	if (!stop)
		return -ENOMEM;
	stop->engine = engine;
	stop->cb = cb;
	stop->data = data;
	stop->requested_ns = engine_now_ns();
	snprintf(path, sizeof(path), "/containers/%s/stop?t=%u", id, grace_s);
	err = engine_request(engine, path, true, (grace_s + SLACK_S) * 1000L,
			     STOP_MAX, on_stopped, stop, &stop->http);
	if (err) {
		free(stop);
		return err;
	}
	stop->next = engine->stop;
	engine->stop = stop;
	return 0;
}

void engine_stop_abort(struct engine *engine)
{
	while (engine->stop)
		answer(engine->stop, 0, "the daemon is ending");
}
