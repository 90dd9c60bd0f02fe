/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Owns the reading of what engines answer: lists, details, events and errors of
 * the Docker Engine API, from bytes to structs. Pure, and safe on hostile
 * bytes; knows nothing of sockets, HTTP or time. Shapes: Docker Engine API
 * v1.41, GET /containers/json, /containers/{id}/json and /events; Podman's
 * differences are said where they matter.
 */
#ifndef SYSMON_ENGINE_JSON_H
#define SYSMON_ENGINE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "meta.h"

#define ENGINE_ID_LEN	   64
#define ENGINE_COMMAND_MAX 65536 /* bytes kept of a command */

enum engine_event_type {
	ENGINE_EVENT_START,
	ENGINE_EVENT_DIE,
	ENGINE_EVENT_OOM,
	ENGINE_EVENT_RENAME,
	ENGINE_EVENT_DESTROY,
	ENGINE_EVENT_PAUSE,
	ENGINE_EVENT_UNPAUSE,
};

struct engine_event {
	enum engine_event_type type;
	char *id;	     /* 64 hex digits */
	int64_t time_ns;     /* unix time */
	bool have_exit_code; /* with DIE */
	int exit_code;
	char *name; /* from the attributes; NULL when absent */
	char *image;
	struct meta_label *attribute; /* all of them */
	size_t attributes;
};

struct engine_list {
	struct container_meta **meta;
	size_t count;
	size_t malformed; /* entries passed over */
};

/* The id as engines write it: 64 lower-case hex digits and no more. */
bool engine_id_valid(const char *id);

/*
 * All return 0, -ENOMEM, or -EINVAL for what is not JSON or not of the shape.
 */

/* Entries that make no sense are counted, the rest is read. */
int engine_json_list(const char *buf, size_t len, struct engine_list *out);
/* Frees the list and the containers still in it (NULL ones are fine). */
void engine_list_free(struct engine_list *list);

/* *out is the caller's: meta_free(). */
int engine_json_inspect(const char *buf, size_t len,
			struct container_meta **out);

/*
 * Also returns -ENOMSG for a sound event of another kind. On 0 the caller owns
 * what is in *out: engine_event_clear().
 */
int engine_json_event(const char *buf, size_t len, struct engine_event *out);
void engine_event_clear(struct engine_event *event);

/*
 * The text of an error answer, {"message": ...}, on one line; when the answer
 * is something else, "" is stored and -EINVAL returned.
 */
int engine_json_message(const char *buf, size_t len, char *out, size_t out_len);

/* RFC 3339 to unix nanoseconds; 0 for Go's zero time. Returns 0 or -EINVAL. */
int engine_time(const char *text, int64_t *ns);

/*
 * The version to speak: the older of @theirs ("1.41") and @ours. Returns 0 or
 * -EINVAL for a text that is no version.
 */
int engine_version_min(const char *theirs, const char *ours, char *out,
		       size_t out_len);

#endif
