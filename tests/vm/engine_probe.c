// SPDX-License-Identifier: GPL-2.0
/*
 * Owns a conversation with one engine, for tests: says what the engine reports,
 * one line each, and stops what it is told to on stdin ("stop ID GRACE"). Ends
 * with its input. Uses uv_*.
 *
 *	engine_probe SOCKET
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collectord/engine.h"
#include "text.h"

struct probe {
	uv_loop_t loop;
	uv_pipe_t input;
	struct engine *engine;
	char line[512];
	size_t len;
};

static void print(const char *text)
{
	char *safe = text ? text_terminal(text, strlen(text), TEXT_UTF8) : NULL;

	printf(" <%s>", safe ? safe : "");
	free(safe);
}

static void on_state(void *data, struct engine *engine,
		     const struct engine_status *status)
{
	(void)data;
	(void)engine;
	printf("state %s %s%s <%s>\n", engine_state_name(status->state),
	       status->version ? status->version : "-",
	       status->podman ? " podman" : "",
	       status->error ? status->error : "");
}

static void on_container(void *data, struct engine *engine,
			 struct container_meta *meta)
{
	(void)data;
	(void)engine;
	printf("container %s %s", meta->id, meta_state_name(meta->state));
	print(meta->name);
	print(meta->image);
	print(meta->command);
	print(meta->labels_json);
	printf(" exit=%d started=%d complete=%d\n",
	       meta->have_exit_code ? meta->exit_code : -1,
	       meta->started_ns > 0, meta->complete);
	meta_free(meta);
}

static void on_event(void *data, struct engine *engine,
		     const struct engine_event *event)
{
	static const char *const name[] = {
		[ENGINE_EVENT_START] = "start",
		[ENGINE_EVENT_DIE] = "die",
		[ENGINE_EVENT_OOM] = "oom",
		[ENGINE_EVENT_RENAME] = "rename",
		[ENGINE_EVENT_DESTROY] = "destroy",
		[ENGINE_EVENT_PAUSE] = "pause",
		[ENGINE_EVENT_UNPAUSE] = "unpause",
	};

	(void)data;
	(void)engine;
	printf("event %s %s exit=%d\n", name[event->type], event->id,
	       event->have_exit_code ? event->exit_code : -1);
}

static void on_list_done(void *data, struct engine *engine)
{
	(void)data;
	(void)engine;
	printf("list done\n");
}

static void on_stop(void *data, const struct action_result *result)
{
	(void)data;
	printf("stop %d %s <%s>\n", result->http_status,
	       result->ok ? "ok" : "failed",
	       result->error ? result->error : "");
}

static void command(struct probe *probe, const char *line)
{
	static const char *const verbs[] = {
		[ENGINE_STOP] = "stop",
		[ENGINE_KILL] = "kill",
		[ENGINE_PAUSE] = "pause",
		[ENGINE_RESTART] = "restart",
	};
	struct engine_action action = { .verb = ENGINE_STOP };
	char verb[16], id[128];
	int err, n;

	/* What a kill's number is the signal of, the others have as grace. */
	n = sscanf(line, "%15s %127s %u", verb, id, &action.grace_s);
	while (n == 3 && action.verb <= ENGINE_RESTART &&
	       strcmp(verb, verbs[action.verb]) != 0)
		action.verb++;
	if (n != 3 || action.verb > ENGINE_RESTART) {
		printf("what? <%s>\n", line);
		return;
	}
	action.signal = (int)action.grace_s;
	err = engine_act(probe->engine, id, &action, on_stop, NULL);
	if (err)
		printf("stop not asked for <%s>\n", strerror(-err));
}

static void on_alloc(uv_handle_t *handle, size_t want, uv_buf_t *buf)
{
	struct probe *probe = handle->data;

	(void)want;
	*buf = uv_buf_init(probe->line + probe->len,
			   (unsigned int)(sizeof(probe->line) - 1 -
					  probe->len));
}

static void on_input(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct probe *probe = stream->data;
	char *end;

	(void)buf;
	if (n < 0) {
		uv_close((uv_handle_t *)stream, NULL);
		engine_close(probe->engine, NULL, NULL);
		return;
	}
	probe->len += (size_t)n;
	probe->line[probe->len] = '\0';
	while ((end = strchr(probe->line, '\n'))) {
		*end = '\0';
		command(probe, probe->line);
		probe->len -= (size_t)(end + 1 - probe->line);
		memmove(probe->line, end + 1, probe->len + 1);
	}
}

int main(int argc, char **argv)
{
	static const struct engine_callbacks callbacks = {
		.on_state = on_state,
		.on_container = on_container,
		.on_event = on_event,
		.on_list_done = on_list_done,
	};
	static struct probe probe;
	struct engine_config config = { (char *)"probe", argv[1], ENGINE_ON };

	if (argc != 2) {
		fprintf(stderr, "Usage: engine_probe SOCKET\n");
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	uv_loop_init(&probe.loop);
	uv_pipe_init(&probe.loop, &probe.input, 0);
	probe.input.data = &probe;
	if (uv_pipe_open(&probe.input, 0) ||
	    engine_new(&probe.loop, &config, &callbacks, NULL, &probe.engine)) {
		fprintf(stderr, "engine_probe: cannot start\n");
		return 1;
	}
	uv_read_start((uv_stream_t *)&probe.input, on_alloc, on_input);
	engine_start(probe.engine);
	uv_run(&probe.loop, UV_RUN_DEFAULT);
	return uv_loop_close(&probe.loop) ? 1 : 0;
}
