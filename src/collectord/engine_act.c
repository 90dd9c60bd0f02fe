// SPDX-License-Identifier: GPL-2.0
/*
 * Owns what an engine was asked to do with containers, until each is answered.
 * Knows nothing of why.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine_priv.h"

#define SLACK_S	   15 /* what an engine may take on top of the grace */
#define ANSWER_MAX 65536
#define GRACE_MAX  86400

static void unlink_request(struct engine_request *request)
{
	struct engine_request **at = &request->engine->request;

	while (*at != request)
		at = &(*at)->next;
	*at = request->next;
}

/* Takes the request out before it calls: the callee may make the next. */
static void answer(struct engine_request *request, int http_status, bool sent,
		   const char *error)
{
	struct action_result result = {
		.http_status = http_status,
		.ok = error == NULL,
		.error = error,
		.requested_ns = sent ? request->requested_ns : 0,
		.answered_ns = engine_now_ns(),
	};
	engine_act_cb cb = request->cb;
	void *data = request->data;

	unlink_request(request);
	engine_http_free(request->http);
	free(request);
	cb(data, &result);
}

/* 304 says that the container was not running: what a stop wants. */
static void on_answer(void *data, struct engine_http *http)
{
	struct engine_request *request = data;
	int status = engine_http_status(http);
	bool stopped = request->verb == ENGINE_STOP && status == 304;
	char error[320];

	if (!engine_http_error(http) && (status == 204 || stopped)) {
		answer(request, status, true, NULL);
		return;
	}
	engine_describe(http, error, sizeof(error));
	answer(request, engine_http_error(http) ? 0 : status,
	       !engine_http_not_sent(http), error);
}

/* Writes the request's path; the id is 64 hex digits. */
static void make_path(char *path, size_t len, const char *id,
		      const struct engine_action *action)
{
	switch (action->verb) {
	case ENGINE_STOP:
		snprintf(path, len, "/containers/%s/stop?t=%u", id,
			 action->grace_s);
		break;
	case ENGINE_KILL:
		snprintf(path, len, "/containers/%s/kill?signal=%d", id,
			 action->signal);
		break;
	case ENGINE_PAUSE:
		snprintf(path, len, "/containers/%s/pause", id);
		break;
	case ENGINE_RESTART:
		snprintf(path, len, "/containers/%s/restart?t=%u", id,
			 action->grace_s);
		break;
	}
}

int engine_act(struct engine *engine, const char *id,
	       const struct engine_action *action, engine_act_cb cb, void *data)
{
	char path[ENGINE_PATH_MAX - 16];
	struct engine_request *request;
	int err;

	if (!engine_id_valid(id) || action->grace_s > GRACE_MAX)
		return -EINVAL;
	if (engine->closing || engine->status.state != ENGINE_CONNECTED)
		return -ENOTCONN;
	request = calloc(1, sizeof(*request));
	if (!request)
		return -ENOMEM;
	request->engine = engine;
	request->verb = action->verb;
	request->cb = cb;
	request->data = data;
	request->requested_ns = engine_now_ns();
	make_path(path, sizeof(path), id, action);
	err = engine_request(engine, path, true,
			     (action->grace_s + SLACK_S) * 1000L, ANSWER_MAX,
			     on_answer, request, &request->http);
	if (err) {
		free(request);
		return err;
	}
	request->next = engine->request;
	engine->request = request;
	return 0;
}

void engine_act_abort(struct engine *engine)
{
	while (engine->request)
		answer(engine->request, 0, true, "the daemon is ending");
}
