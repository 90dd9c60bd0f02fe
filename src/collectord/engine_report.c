// SPDX-License-Identifier: GPL-2.0
/* The engines' statuses as the JSON of engine_report.h. */
#include "engine_report.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

#define ERROR_MAX 160 /* bytes of a reason */

/* Returns NULL for none; a character that the cut leaves in two is replaced. */
static json_t *error_json(const char *error)
{
	char *text = error ? text_utf8(error, strnlen(error, ERROR_MAX)) : NULL;
	json_t *json = text ? json_string(text) : NULL;

	free(text);
	return json;
}

static json_t *engine_json(const struct engine_status *e)
{
	return json_pack("{s:s, s:s, s:s, s:b, s:s?, s:o?, s:I, s:I, s:I, s:I}",
			 "name", e->name, "socket", e->socket, "state",
			 engine_state_name(e->state), "auto", e->automatic,
			 "api", e->version, "error", error_json(e->error),
			 "connects", (json_int_t)e->connects, "events",
			 (json_int_t)e->events, "malformed",
			 (json_int_t)e->malformed, "since_ns",
			 (json_int_t)e->since_ns);
}

void engine_report(const struct engine_status *const *engine,
		   unsigned int count, char *out, size_t size)
{
	json_t *list = json_array();
	size_t len;

	for (unsigned int i = 0; i < count; i++)
		json_array_append_new(list, engine_json(engine[i]));
	while ((len = json_dumpb(list, out, size - 1, JSON_COMPACT)) >= size &&
	       json_array_size(list))
		json_array_remove(list, json_array_size(list) - 1);
	out[len < size ? len : 0] = 0;
	json_decref(list);
}
