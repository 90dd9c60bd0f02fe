// SPDX-License-Identifier: GPL-2.0
/* Rows as JSON, and JSON to a stream; knows no query and no command. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "text.h"

/* Digits behind the point that the unit can mean. */
static double json_round(double r, enum unit unit)
{
	double scale = unit == UNIT_TIME || unit == UNIT_SECONDS ? 1e6 : 1e3;
	double scaled = r * scale;

	/* Rounding loses nothing that a double this large still holds. */
	return fabs(scaled) < 9e15 ? round(scaled) / scale : r;
}

static json_t *json_text(const char *p, size_t len)
{
	char *valid = text_utf8(p, len);
	json_t *json;

	if (!valid)
		return NULL;
	json = json_string(valid);
	free(valid);
	return json;
}

/* An array of texts; the last one may have been cut. */
static json_t *json_argv(const char *p, size_t len)
{
	json_t *list = json_array();
	const char *end = p + len;

	while (p < end) {
		size_t n = strnlen(p, (size_t)(end - p));

		if (json_array_append_new(list, json_text(p, n))) {
			json_decref(list);
			return NULL;
		}
		p += n + 1;
	}
	return list;
}

json_t *json_value(const struct value *v, enum unit unit)
{
	switch (v->type) {
	case VALUE_NULL:
		return json_null();
	case VALUE_INT:
		if (unit == UNIT_BOOL)
			return json_boolean(v->i);
		return json_integer(v->i);
	case VALUE_REAL:
		/* JSON has no word for infinity. */
		if (!isfinite(v->r))
			return json_null();
		return json_real(json_round(v->r, unit));
	case VALUE_TEXT:
		if (unit == UNIT_ARGV)
			return json_argv(v->s.p, v->s.len);
		return json_text(v->s.p, v->s.len);
	}
	return NULL;
}

/* The object that the field's value goes into, made when it is a new one. */
static json_t *json_place(json_t *top, const char *key, size_t group)
{
	json_t *object;

	if (!group)
		return top;
	object = json_object_getn(top, key, group);
	if (object)
		return object;
	object = json_object();
	if (json_object_setn_new(top, key, group, object))
		return NULL;
	return object;
}

/* Objects within that hold nothing but null become null. */
static void json_fold(json_t *top)
{
	json_t *member, *value;
	const char *key, *k;
	void *tmp;
	bool known;

	json_object_foreach_safe(top, tmp, key, member)
	{
		if (!json_is_object(member))
			continue;
		known = false;
		json_object_foreach(member, k, value)
			known |= !json_is_null(value);
		if (!known)
			json_object_set_new(top, key, json_null());
	}
}

json_t *json_row(const struct field *fields, unsigned int count,
		 const struct value *row, unsigned int show)
{
	json_t *top = json_object(), *place;
	unsigned int i;

	for (i = 0; top && i < count; i++) {
		const char *key = fields[i].key, *dot = strchr(key, '.');

		if (!(fields[i].show & show))
			continue;
		place = json_place(top, key, dot ? (size_t)(dot - key) : 0);
		if (!place ||
		    json_object_set_new(place, dot ? dot + 1 : key,
					json_value(&row[i], fields[i].unit))) {
			json_decref(top);
			return NULL;
		}
	}
	if (top)
		json_fold(top);
	return top;
}

/*
 * Where the dump stands: jansson escapes C0 controls, but not DEL nor C1,
 * which some terminals obey. C1 is 0xc2 0x80 to 0x9f, only ever in a string.
 */
struct json_sink {
	FILE *to;
	bool pending; /* a 0xc2 not written yet */
};

static void json_sink_byte(struct json_sink *sink, unsigned char c)
{
	if (sink->pending) {
		sink->pending = false;
		if (c < 0xa0) {
			fprintf(sink->to, "\\u%04X", c);
			return;
		}
		putc(0xc2, sink->to);
	}
	if (c == 0xc2)
		sink->pending = true;
	else if (c == 0x7f)
		fputs("\\u007F", sink->to);
	else
		putc(c, sink->to);
}

static int json_sink_write(const char *buffer, size_t size, void *data)
{
	struct json_sink *sink = data;
	size_t i;

	for (i = 0; i < size; i++)
		json_sink_byte(sink, (unsigned char)buffer[i]);
	return ferror(sink->to) ? -1 : 0;
}

int json_write(FILE *to, const json_t *json)
{
	struct json_sink sink = { .to = to };

	/* 16 digits hold microseconds of this century. */
	if (json_dump_callback(json, json_sink_write, &sink,
			       JSON_COMPACT | JSON_ENCODE_ANY |
				       JSON_REAL_PRECISION(16)))
		return -EIO;
	return 0;
}

int json_write_row(FILE *to, const struct field *fields, unsigned int count,
		   const struct value *row, unsigned int show)
{
	json_t *json = json_row(fields, count, row, show);
	int r;

	if (!json)
		return -ENOMEM;
	r = json_write(to, json);
	json_decref(json);
	return r;
}
