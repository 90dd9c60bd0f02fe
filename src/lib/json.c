// SPDX-License-Identifier: GPL-2.0
/* Rows as JSON, and JSON to a stream; knows no query and no command. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "text.h"

/* Digits behind the point that the unit can mean. */
static int json_digits(enum unit unit)
{
	return unit == UNIT_TIME || unit == UNIT_SECONDS ? 6 : 3;
}

/* Above, a double no longer holds all of them. */
#define JSON_ROUND_MAX 4e15

static double json_scale(int digits)
{
	return digits == 6 ? 1e6 : 1e3;
}

static double json_round(double r, enum unit unit)
{
	double scale = json_scale(json_digits(unit)), scaled = r * scale;

	return fabs(scaled) < JSON_ROUND_MAX ? round(scaled) / scale : r;
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

/* JSON has no word for infinity, which is as good as unknown. */
static bool is_known(const struct value *v)
{
	return v->type != VALUE_NULL &&
	       (v->type != VALUE_REAL || isfinite(v->r));
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
		if (!is_known(v))
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

/* A whole number of 10^-digits, such as 12.5 or 3.0. Many times faster than
 * printf(), which would be most of the work of a long history. */
static void put_decimal(FILE *to, int64_t n, int digits)
{
	char buf[32], *p = buf + sizeof(buf);
	uint64_t rest = n < 0 ? -(uint64_t)n : (uint64_t)n;
	bool shown = false;

	for (int i = 0; i < digits; i++, rest /= 10) {
		shown |= rest % 10 || i == digits - 1;
		if (shown)
			*--p = (char)('0' + rest % 10);
	}
	if (digits)
		*--p = '.';
	do
		*--p = (char)('0' + rest % 10);
	while (rest /= 10);
	if (n < 0)
		*--p = '-';
	fwrite(p, 1, (size_t)(buf + sizeof(buf) - p), to);
}

static int put_by_jansson(FILE *to, const struct value *v, enum unit unit)
{
	json_t *json = json_value(v, unit);
	int r;

	if (!json)
		return -ENOMEM;
	r = json_write(to, json);
	json_decref(json);
	return r;
}

int json_write_value(FILE *to, const struct value *v, enum unit unit)
{
	int digits = json_digits(unit);
	double scaled;

	switch (v->type) {
	case VALUE_NULL:
		fputs("null", to);
		return 0;
	case VALUE_INT:
		if (unit == UNIT_BOOL)
			break;
		put_decimal(to, v->i, 0);
		return 0;
	case VALUE_REAL:
		scaled = v->r * json_scale(digits);
		if (!(fabs(scaled) < JSON_ROUND_MAX))
			break;
		put_decimal(to, llround(scaled), digits);
		return 0;
	case VALUE_TEXT:
		break;
	}
	return put_by_jansson(to, v, unit);
}

/* A row's fields on their way out. */
struct json_row {
	FILE *to;
	const struct field *fields;
	unsigned int count;
	const struct value *row;
	unsigned int show;
	bool behind; /* a member came before */
};

/* Length of "killer" in "killer.pid"; 0: it stands by itself. */
static size_t group_of(const char *key)
{
	const char *dot = strchr(key, '.');

	return dot ? (size_t)(dot - key) : 0;
}

static void put_key(struct json_row *r, const char *key, size_t len)
{
	fprintf(r->to, "%s\"%.*s\":", r->behind ? "," : "", (int)len, key);
	r->behind = true;
}

/* Those of one group stand together. Returns the first one behind it. */
static unsigned int end_of_group(const struct json_row *r, unsigned int i,
				 bool *known)
{
	const char *key = r->fields[i].key;
	size_t len = group_of(key);

	for (*known = false; i < r->count; i++) {
		if (strncmp(r->fields[i].key, key, len + 1) != 0)
			break;
		*known |= r->fields[i].show & r->show && is_known(&r->row[i]);
	}
	return i;
}

static int put_members(struct json_row *r, unsigned int from, unsigned int end,
		       size_t group)
{
	int result = 0;

	for (unsigned int i = from; !result && i < end; i++) {
		const char *key = r->fields[i].key + (group ? group + 1 : 0);

		if (!(r->fields[i].show & r->show))
			continue;
		put_key(r, key, strlen(key));
		result = json_write_value(r->to, &r->row[i], r->fields[i].unit);
	}
	return result;
}

static bool any_shown(const struct json_row *r, unsigned int from,
		      unsigned int end)
{
	for (; from < end; from++)
		if (r->fields[from].show & r->show)
			return true;
	return false;
}

/* {"a":1,..} of a group; null when nothing of it is known. */
static int put_group(struct json_row *r, unsigned int from, unsigned int end,
		     bool known)
{
	size_t len = group_of(r->fields[from].key);
	int result = 0;

	if (!any_shown(r, from, end))
		return 0;
	put_key(r, r->fields[from].key, len);
	if (!known) {
		fputs("null", r->to);
		return 0;
	}
	putc('{', r->to);
	r->behind = false;
	result = put_members(r, from, end, len);
	putc('}', r->to);
	r->behind = true;
	return result;
}

int json_write_row(FILE *to, const struct field *fields, unsigned int count,
		   const struct value *row, unsigned int show)
{
	struct json_row r = { to, fields, count, row, show, false };
	unsigned int i = 0, end;
	int result = 0;
	bool known;

	putc('{', to);
	while (!result && i < count) {
		if (group_of(fields[i].key)) {
			end = end_of_group(&r, i, &known);
			result = put_group(&r, i, end, known);
		} else {
			end = i + 1;
			result = put_members(&r, i, end, 0);
		}
		i = end;
	}
	putc('}', to);
	return result ? result : ferror(to) ? -EIO : 0;
}
