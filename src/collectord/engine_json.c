// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the reading of what engines answer: lists, details, events and errors of
 * the Docker Engine API, from bytes to structs. Pure, and safe on hostile
 * bytes; knows nothing of sockets, HTTP or time.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "engine_json.h"
#include "text.h"

bool engine_id_valid(const char *id)
{
	return strspn(id, "0123456789abcdef") == ENGINE_ID_LEN &&
	       id[ENGINE_ID_LEN] == '\0';
}

/*
 * Makes each escaped zero byte a U+FFFD, in place: jansson refuses documents
 * with a zero in a key, and one container's label must not hide all others.
 */
static void replace_zero_escapes(char *buf, size_t len)
{
	for (size_t i = 0; i + 1 < len; i++) {
		if (buf[i] != '\\')
			continue;
		if (len - i >= 6 && memcmp(buf + i, "\\u0000", 6) == 0)
			memcpy(buf + i, "\\ufffd", 6);
		i++; /* the byte behind a backslash begins no escape */
	}
}

/* Integers beyond 64 bits, which nobody here reads, become reals. */
static json_t *load_any(const char *buf, size_t len)
{
	json_error_t error;
	json_t *json = json_loadb(buf, len, 0, &error);

	if (!json && json_error_code(&error) == json_error_numeric_overflow)
		json = json_loadb(buf, len, JSON_DECODE_INT_AS_REAL, &error);
	return json;
}

/* Returns a document that is the caller's, or NULL. */
static json_t *load(const char *buf, size_t len)
{
	json_t *json;
	char *copy;

	if (!memmem(buf, len, "\\u0000", 6))
		return load_any(buf, len);
	copy = malloc(len);
	if (!copy)
		return NULL;
	memcpy(copy, buf, len);
	replace_zero_escapes(copy, len);
	json = load_any(copy, len);
	free(copy);
	return json;
}

/* Copies a string member; "" says as little as none and is NULL, too. */
static int get_string(const json_t *object, const char *key, char **out)
{
	const char *text = json_string_value(json_object_get(object, key));

	*out = NULL;
	if (!text || !*text)
		return 0;
	*out = strdup(text);
	return *out ? 0 : -ENOMEM;
}

static bool get_int(const json_t *object, const char *key, int *out)
{
	const json_t *value = json_object_get(object, key);
	json_int_t i;

	if (!json_is_integer(value))
		return false;
	i = json_integer_value(value);
	if (i < INT_MIN || i > INT_MAX)
		return false;
	*out = (int)i;
	return true;
}

static int64_t get_time(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));
	int64_t ns;

	return text && engine_time(text, &ns) == 0 ? ns : 0;
}

static int get_id(const json_t *object, const char *key, char **out)
{
	const char *id = json_string_value(json_object_get(object, key));

	if (!id || !engine_id_valid(id))
		return -EINVAL;
	*out = strdup(id);
	return *out ? 0 : -ENOMEM;
}

/* Copies the string members of an object; others are passed over. */
static int get_labels(json_t *object, struct meta_label **out, size_t *count)
{
	const char *key;
	json_t *value;
	size_t n = json_object_size(object);

	*out = calloc(n ? n : 1, sizeof(**out));
	if (!*out)
		return -ENOMEM;
	json_object_foreach(object, key, value)
	{
		struct meta_label *label = &(*out)[*count];

		if (!json_is_string(value))
			continue;
		(*count)++;
		label->key = strdup(key);
		label->value = strdup(json_string_value(value));
		if (!label->key || !label->value)
			return -ENOMEM;
	}
	return 0;
}

/* No labels at all are null with Podman and some versions of Docker. */
static int set_labels(struct container_meta *meta, json_t *labels)
{
	int err;

	if (!json_is_object(labels) && !json_is_null(labels))
		return 0;
	meta->have_labels = true;
	err = get_labels(labels, &meta->label, &meta->labels);
	if (err)
		return err;
	meta->labels_json =
		json_is_object(labels)
			? json_dumps(labels, JSON_COMPACT | JSON_SORT_KEYS)
			: strdup("{}");
	return meta->labels_json ? 0 : -ENOMEM;
}

static enum meta_state parse_state(const char *text)
{
	static const struct {
		const char *text;
		enum meta_state state;
	} known[] = {
		{ "created", META_CREATED },	 { "configured", META_CREATED },
		{ "initialized", META_CREATED }, { "running", META_RUNNING },
		{ "restarting", META_EXITED },	 { "paused", META_PAUSED },
		{ "exited", META_EXITED },	 { "stopped", META_EXITED },
		{ "dead", META_EXITED },	 { "removing", META_EXITED },
	};

	for (size_t i = 0; text && i < sizeof(known) / sizeof(*known); i++)
		if (strcmp(text, known[i].text) == 0)
			return known[i].state;
	return META_UNKNOWN;
}

/* The list: [{"Id", "Names": ["/x"], "Image", "Labels", "State", "Created"}] */

/* Links add names like "/a/alias": the own one has no second '/'. */
static int set_listed_name(struct container_meta *meta, const json_t *names)
{
	for (size_t i = 0; i < json_array_size(names); i++) {
		const char *name = json_string_value(json_array_get(names, i));

		if (!name)
			continue;
		name += *name == '/';
		if (!*name || strchr(name, '/'))
			continue;
		meta->name = strdup(name);
		return meta->name ? 0 : -ENOMEM;
	}
	return 0;
}

static void set_created(struct container_meta *meta, const json_t *created)
{
	json_int_t s = json_integer_value(created); /* 0 if it is not one */

	if (s > 0 && s <= INT64_MAX / 1000000000)
		meta->created_ns = s * 1000000000;
}

static int read_listed(const json_t *entry, struct container_meta *meta)
{
	int err = get_id(entry, "Id", &meta->id);

	if (!err)
		err = set_listed_name(meta, json_object_get(entry, "Names"));
	if (!err)
		err = get_string(entry, "Image", &meta->image);
	if (!err)
		err = set_labels(meta, json_object_get(entry, "Labels"));
	if (err)
		return err;
	set_created(meta, json_object_get(entry, "Created"));
	meta->state =
		parse_state(json_string_value(json_object_get(entry, "State")));
	return 0;
}

static int append_listed(const json_t *entry, struct engine_list *out)
{
	struct container_meta *meta = calloc(1, sizeof(*meta));
	int err = meta ? read_listed(entry, meta) : -ENOMEM;

	if (err) {
		meta_free(meta);
		if (err != -EINVAL)
			return err;
		out->malformed++;
		return 0;
	}
	out->meta[out->count++] = meta;
	return 0;
}

int engine_json_list(const char *buf, size_t len, struct engine_list *out)
{
	json_t *json = load(buf, len);
	size_t n = json_array_size(json);
	int err = json_is_array(json) ? 0 : -EINVAL;

	memset(out, 0, sizeof(*out));
	if (!err) {
		out->meta = calloc(n ? n : 1, sizeof(*out->meta));
		err = out->meta ? 0 : -ENOMEM;
	}
	for (size_t i = 0; !err && i < n; i++)
		err = append_listed(json_array_get(json, i), out);
	if (err)
		engine_list_free(out);
	json_decref(json);
	return err;
}

void engine_list_free(struct engine_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		meta_free(list->meta[i]);
	free(list->meta);
	memset(list, 0, sizeof(*list));
}

/* Details: {"Id", "Name", "Path", "Args", "Created", "State", "Config"} */

/* Appends glue and text, or says that there is no room. */
static int join(FILE *to, size_t *room, const char *glue, const char *text)
{
	size_t len = strlen(glue) + strlen(text);

	if (*room < len)
		return -E2BIG;
	*room -= len;
	fputs(glue, to);
	fputs(text, to);
	return 0;
}

static int write_command(FILE *to, const char *path, const json_t *args)
{
	size_t room = ENGINE_COMMAND_MAX;
	int err = join(to, &room, "", path);

	for (size_t i = 0; !err && i < json_array_size(args); i++) {
		const char *arg = json_string_value(json_array_get(args, i));

		err = arg ? join(to, &room, " ", arg) : -EINVAL;
	}
	return err;
}

/*
 * A command that is longer than can be kept stays unknown: half of it could
 * match what the whole does not.
 */
static int set_command(struct container_meta *meta, const json_t *json)
{
	const char *path = json_string_value(json_object_get(json, "Path"));
	char *text = NULL;
	size_t size;
	FILE *to;
	int err;

	if (!path || !*path)
		return 0;
	to = open_memstream(&text, &size);
	if (!to)
		return -ENOMEM;
	err = write_command(to, path, json_object_get(json, "Args"));
	if (fclose(to) != 0 && !err)
		err = -ENOMEM;
	if (err)
		free(text);
	else
		meta->command = text;
	return err == -E2BIG ? 0 : err;
}

static void set_state(struct container_meta *meta, const json_t *state)
{
	meta->state = parse_state(
		json_string_value(json_object_get(state, "Status")));
	meta->started_ns = get_time(state, "StartedAt");
	meta->finished_ns = get_time(state, "FinishedAt");
	meta->oom_killed = json_is_true(json_object_get(state, "OOMKilled"));
	get_int(state, "Pid", &meta->pid);
	meta->have_exit_code = meta->state == META_EXITED &&
			       get_int(state, "ExitCode", &meta->exit_code);
}

static int set_name(struct container_meta *meta, const json_t *json)
{
	const char *name = json_string_value(json_object_get(json, "Name"));

	if (!name)
		return 0;
	name += *name == '/';
	if (!*name)
		return 0;
	meta->name = strdup(name);
	return meta->name ? 0 : -ENOMEM;
}

static int read_inspected(const json_t *json, struct container_meta *meta)
{
	const json_t *config = json_object_get(json, "Config");
	int err = get_id(json, "Id", &meta->id);

	if (!err)
		err = set_name(meta, json);
	if (!err)
		err = set_command(meta, json);
	if (!err)
		err = get_string(config, "Image", &meta->image);
	if (!err)
		err = set_labels(meta, json_object_get(config, "Labels"));
	if (err)
		return err;
	set_state(meta, json_object_get(json, "State"));
	meta->created_ns = get_time(json, "Created");
	meta->complete = true;
	return 0;
}

int engine_json_inspect(const char *buf, size_t len,
			struct container_meta **out)
{
	struct container_meta *meta = calloc(1, sizeof(*meta));
	json_t *json = meta ? load(buf, len) : NULL;
	int err;

	*out = NULL;
	if (!meta)
		return -ENOMEM;
	err = json ? read_inspected(json, meta) : -EINVAL;
	if (err)
		meta_free(meta);
	else
		*out = meta;
	json_decref(json);
	return err;
}

/* Events: {"Type", "Action", "Actor": {"ID", "Attributes"}, "timeNano"} */

/* Podman says died and remove where Docker says die and destroy. */
static int parse_action(const char *text, enum engine_event_type *type)
{
	static const struct {
		const char *text;
		enum engine_event_type type;
	} known[] = {
		{ "start", ENGINE_EVENT_START },
		{ "die", ENGINE_EVENT_DIE },
		{ "died", ENGINE_EVENT_DIE },
		{ "oom", ENGINE_EVENT_OOM },
		{ "rename", ENGINE_EVENT_RENAME },
		{ "destroy", ENGINE_EVENT_DESTROY },
		{ "remove", ENGINE_EVENT_DESTROY },
		{ "pause", ENGINE_EVENT_PAUSE },
		{ "unpause", ENGINE_EVENT_UNPAUSE },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		if (strcmp(text, known[i].text) != 0)
			continue;
		*type = known[i].type;
		return 0;
	}
	return -ENOMSG;
}

static int event_kind(const json_t *json, enum engine_event_type *type)
{
	const char *what = json_string_value(json_object_get(json, "Type"));
	const char *action = json_string_value(json_object_get(json, "Action"));

	if (!what || !action)
		return -EINVAL;
	if (strcmp(what, "container") != 0)
		return -ENOMSG;
	return parse_action(action, type);
}

/* The exit code is a string; Podman's name for it is containerExitCode. */
static void set_exit_code(struct engine_event *event, const json_t *attributes)
{
	const json_t *value = json_object_get(attributes, "exitCode");
	const char *text;
	char *end;
	long code;

	if (!value)
		value = json_object_get(attributes, "containerExitCode");
	text = json_string_value(value);
	if (!text || !*text || event->type != ENGINE_EVENT_DIE)
		return;
	errno = 0;
	code = strtol(text, &end, 10);
	if (*end || errno || code < INT_MIN || code > INT_MAX)
		return;
	event->exit_code = (int)code;
	event->have_exit_code = true;
}

static int read_event(const json_t *json, struct engine_event *event)
{
	const json_t *actor = json_object_get(json, "Actor");
	json_t *attributes = json_object_get(actor, "Attributes");
	const json_t *time = json_object_get(json, "timeNano");
	int err = event_kind(json, &event->type);

	if (!err && !json_is_integer(time))
		err = -EINVAL;
	if (!err)
		err = get_id(actor, "ID", &event->id);
	if (!err)
		err = get_string(attributes, "name", &event->name);
	if (!err)
		err = get_string(attributes, "image", &event->image);
	if (!err)
		err = get_labels(attributes, &event->attribute,
				 &event->attributes);
	if (err)
		return err;
	event->time_ns = json_integer_value(time);
	set_exit_code(event, attributes);
	return 0;
}

int engine_json_event(const char *buf, size_t len, struct engine_event *out)
{
	json_t *json = load(buf, len);
	int err;

	memset(out, 0, sizeof(*out));
	err = json ? read_event(json, out) : -EINVAL;
	if (err)
		engine_event_clear(out);
	json_decref(json);
	return err;
}

void engine_event_clear(struct engine_event *event)
{
	for (size_t i = 0; i < event->attributes; i++) {
		free(event->attribute[i].key);
		free(event->attribute[i].value);
	}
	free(event->attribute);
	free(event->image);
	free(event->name);
	free(event->id);
	memset(event, 0, sizeof(*event));
}

/* Of valid UTF-8, of which the last character may have been cut. */
static void make_one_line(char *text)
{
	const char *p = text, *end = text + strlen(text);

	while (p < end) {
		char *from = text + (p - text);
		uint32_t c = text_next(&p, end);

		if (c == TEXT_INVALID) {
			*from = 0;
			return;
		}
		if (c < ' ' || c == 0x7f)
			*from = ' ';
	}
}

int engine_json_message(const char *buf, size_t len, char *out, size_t out_len)
{
	json_t *json = load(buf, len);
	const char *text = json_string_value(json_object_get(json, "message"));

	snprintf(out, out_len, "%s", text ? text : "");
	json_decref(json);
	make_one_line(out);
	return text ? 0 : -EINVAL;
}
