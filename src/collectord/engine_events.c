// SPDX-License-Identifier: GPL-2.0
/*
 * Owns an engine's event stream: opens it where the last one ended, cuts it
 * into events, and passes each on once. Knows nothing of how the connection is
 * made and remade.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "engine_priv.h"

#define EVENT_MAX  (1024 * 1024)     /* bytes of one event */
#define BUFFER_MAX (8 * 1024 * 1024) /* bytes that come at one go */

/*
 * Podman reads `since` into a float, which is off by up to 0.2 us, and both
 * take the time of the list from another clock reading than ours: ask for a
 * bit more, what comes twice is told apart by engine->seen.
 */
#define SINCE_SLACK_NS 1000000

/* {"type":["container"]} */
#define FILTERS_ALL "%7B%22type%22%3A%5B%22container%22%5D%7D"
/*
 * {"type":["container"],"event":["start","die","oom","rename","destroy",
 * "pause","unpause"]}. Only Docker gets this: Podman has other names for some.
 */
#define FILTERS_DOCKER                                              \
	"%7B%22type%22%3A%5B%22container%22%5D%2C%22event%22%3A%5B" \
	"%22start%22%2C%22die%22%2C%22oom%22%2C%22rename%22%2C"     \
	"%22destroy%22%2C%22pause%22%2C%22unpause%22%5D%7D"

static void on_stream_end(void *data, struct engine_http *http)
{
	struct engine *engine = data;
	char why[320];

	if (!engine_http_error(http) && engine_http_status(http) == 200) {
		engine_fail(engine, "the event stream has ended");
		return;
	}
	engine_describe(http, why, sizeof(why));
	engine_fail(engine, "cannot follow the events: %s", why);
}

int engine_events_open(struct engine *engine)
{
	int64_t since = engine->since_ns ? engine->since_ns : engine->list_ns;
	char path[ENGINE_PATH_MAX - 16];

	since = since > SINCE_SLACK_NS ? since - SINCE_SLACK_NS : 0;
	snprintf(path, sizeof(path),
		 "/events?since=%" PRId64 ".%09" PRId64 "&filters=%s",
		 since / 1000000000, since % 1000000000,
		 engine->status.podman ? FILTERS_ALL : FILTERS_DOCKER);
	return engine_request(engine, path, false, 0, BUFFER_MAX, on_stream_end,
			      engine, &engine->events);
}

void engine_events_close(struct engine *engine)
{
	engine_http_free(engine->events);
	engine->events = NULL;
}

/* FNV-1a over what tells one event from another. */
static uint64_t event_hash(const struct engine_event *event)
{
	char text[128];
	uint64_t hash = 0xcbf29ce484222325;

	snprintf(text, sizeof(text), "%" PRId64 " %d %s", event->time_ns,
		 (int)event->type, event->id);
	for (const char *p = text; *p; p++)
		hash = (hash ^ (unsigned char)*p) * 0x100000001b3;
	return hash;
}

/* Returns whether the event is new, and remembers it. */
static bool remember(struct engine *engine, const struct engine_event *event)
{
	uint64_t hash = event_hash(event);

	for (size_t i = 0; i < ENGINE_SEEN; i++)
		if (engine->seen[i] == hash)
			return false;
	engine->seen[engine->seen_at] = hash;
	engine->seen_at = (engine->seen_at + 1) % ENGINE_SEEN;
	return true;
}

/* Returns whether the container's details have changed with it. */
static bool changes_details(enum engine_event_type type)
{
	switch (type) {
	case ENGINE_EVENT_START:
	case ENGINE_EVENT_DIE:
	case ENGINE_EVENT_RENAME:
	case ENGINE_EVENT_PAUSE:
	case ENGINE_EVENT_UNPAUSE:
		return true;
	case ENGINE_EVENT_OOM:
	case ENGINE_EVENT_DESTROY:
		return false;
	}
	return false;
}

/* The last time seen, even if the clock was set back: better twice than not. */
static void take_event(struct engine *engine, const struct engine_event *event)
{
	if (!remember(engine, event))
		return;
	engine->since_ns = event->time_ns;
	engine->status.events++;
	engine->callbacks->on_event(engine->data, engine, event);
	if (engine->closing)
		return;
	/* Its details, should they still come, would bring it back. */
	if (event->type == ENGINE_EVENT_DESTROY)
		engine_inspect_forget(engine, event->id);
	if (changes_details(event->type))
		engine_inspect_add(engine, event->id, false);
}

static int take_line(struct engine *engine, const char *line, size_t len)
{
	struct engine_event event;
	int err;

	if (len > 0 && line[len - 1] == '\r')
		len--;
	if (len == 0)
		return 0;
	err = engine_json_event(line, len, &event);
	if (err == -EINVAL)
		engine->status.malformed++;
	if (err)
		return err == -ENOMEM ? err : 0;
	take_event(engine, &event);
	engine_event_clear(&event);
	return 0;
}

/* Takes all whole lines; stores how many bytes that were. 0 or -ENOMEM. */
static int take_lines(struct engine *engine, const char *buf, size_t len,
		      size_t *used)
{
	const char *end;
	int err = 0;

	*used = 0;
	while (!err && !engine->closing &&
	       (end = memchr(buf + *used, '\n', len - *used))) {
		size_t line = (size_t)(end - buf) - *used;

		err = take_line(engine, buf + *used, line);
		*used += line + 1;
	}
	return err;
}

void engine_events_read(struct engine *engine)
{
	size_t len, used;
	const char *buf = engine_http_body(engine->events, &len);

	/* Another status is an error, whose text on_stream_end reads whole. */
	if (len == 0 || engine_http_status(engine->events) != 200)
		return;
	if (take_lines(engine, buf, len, &used)) {
		engine_fail(engine, "out of memory");
		return;
	}
	engine_http_consume(engine->events, used);
	if (len - used > EVENT_MAX) {
		engine->status.malformed++;
		engine_fail(engine, "an event is longer than %d bytes",
			    EVENT_MAX);
		return;
	}
	if (used && !engine->closing && engine_inspect_run(engine))
		engine_fail(engine, "out of memory");
}
