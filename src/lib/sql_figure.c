// SPDX-License-Identifier: GPL-2.0
/* Looks figures up in a flat JSON object; knows no statement. */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sql_figure.h"

/* strspn() and its like make a table in each call: too slow for these. */
static const char *skip_blanks(const char *p)
{
	while (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n')
		p++;
	return p;
}

/* Behind that sign; NULL where there is another one. */
static const char *behind(const char *p, char sign)
{
	p = skip_blanks(p);
	return *p == sign ? p + 1 : NULL;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_of_number(char c)
{
	return is_digit(c) || c == '-' || c == '+' || c == '.' || c == 'e' ||
	       c == 'E';
}

/* One member of an object. */
struct member {
	const char *name;
	size_t named; /* bytes of the name */
	const char *number;
	const char *end; /* of it */
};

/* The object last looked into: a row has one, and is asked for many figures. */
struct object {
	char *text;
	size_t len, room; /* bytes of the text, and place for it */
	struct member *member;
	size_t members, most; /* how many, and place for so many */
};

static bool is_same(const struct object *o, const char *text, size_t len)
{
	return o->text && o->len == len && !memcmp(o->text, text, len);
}

/* With a zero behind it. 0 or -ENOMEM. */
static int keep(struct object *o, const char *text, size_t len)
{
	char *copy = o->text;

	if (len >= o->room) {
		copy = realloc(o->text, 2 * len + 1);
		if (!copy)
			return -ENOMEM;
		o->room = 2 * len + 1;
	}
	memcpy(copy, text, len);
	copy[len] = 0;
	o->text = copy;
	o->len = len;
	o->members = 0;
	return 0;
}

static struct member *add(struct object *o)
{
	size_t most = o->most ? 2 * o->most : 64;
	struct member *more;

	if (o->members == o->most) {
		more = reallocarray(o->member, most, sizeof(*more));
		if (!more)
			return NULL;
		o->member = more;
		o->most = most;
	}
	return &o->member[o->members++];
}

/* Where the number ends; NULL where there is none. */
static const char *number_end(const char *p)
{
	const char *end = p;

	while (is_of_number(*end))
		end++;
	return end == p ? NULL : end;
}

/* Of a member whose name begins there; false if it is none. */
static bool read_member(struct member *m, const char *name)
{
	const char *p = name;

	while (*p && *p != '"' && *p != '\\')
		p++;
	m->name = name;
	m->named = (size_t)(p - name);
	p = *p == '"' ? behind(p + 1, ':') : NULL;
	if (!p)
		return false;
	m->number = skip_blanks(p);
	m->end = number_end(m->number);
	return m->end;
}

/* 0, -ENOMEM, or -EINVAL for what is no object of figures. */
static int read_members(struct object *o)
{
	const char *p = behind(o->text, '{'), *name;
	struct member *m;

	if (p && behind(p, '}'))
		return 0;
	while (p && (name = behind(p, '"')) != NULL) {
		m = add(o);
		if (!m)
			return -ENOMEM;
		if (!read_member(m, name))
			return -EINVAL;
		if (behind(m->end, '}'))
			return 0;
		p = behind(m->end, ',');
	}
	return -EINVAL;
}

static int read_object(struct object *o, const char *text, size_t len)
{
	int r;

	if (is_same(o, text, len))
		return 0;
	r = keep(o, text, len);
	if (!r)
		r = read_members(o);
	if (r)
		o->len = SIZE_MAX; /* nothing is the same as this */
	return r;
}

/* strtoll() takes three times as long. Counted below 0, where there is room for
 * one more. */
static bool read_integer(const struct member *m, int64_t *integer)
{
	bool negative = *m->number == '-';
	int64_t n = 0;

	for (const char *p = m->number + negative; p < m->end; p++)
		if (!is_digit(*p) || __builtin_mul_overflow(n, 10, &n) ||
		    __builtin_sub_overflow(n, *p - '0', &n))
			return false;
	*integer = n;
	return negative || !__builtin_sub_overflow(0, n, integer);
}

/* One with a fraction, or too large for an integer, is a real number. */
static void give(sqlite3_context *context, const struct member *m)
{
	int64_t integer;

	if (read_integer(m, &integer))
		sqlite3_result_int64(context, integer);
	else
		sqlite3_result_double(context, strtod(m->number, NULL));
}

/* Names have two or three letters: to call memcmp() costs more. */
static bool is_named(const struct member *m, const char *key, size_t len)
{
	if (m->named != len)
		return false;
	for (size_t i = 0; i < len; i++)
		if (m->name[i] != key[i])
			return false;
	return true;
}

/* Without a result it is NULL. */
static void look_up(sqlite3_context *context, const struct object *o,
		    const char *key, size_t len)
{
	for (size_t i = 0; i < o->members; i++) {
		const struct member *m = &o->member[i];

		if (!is_named(m, key, len))
			continue;
		give(context, m);
		return;
	}
}

static void figure(sqlite3_context *context, int count, sqlite3_value **value)
{
	struct object *o = sqlite3_user_data(context);
	const char *text = (const char *)sqlite3_value_text(value[0]);
	const char *key = (const char *)sqlite3_value_text(value[1]);

	(void)count;
	if (!text || !key)
		return;
	switch (read_object(o, text, (size_t)sqlite3_value_bytes(value[0]))) {
	case 0:
		look_up(context, o, key, (size_t)sqlite3_value_bytes(value[1]));
		break;
	case -ENOMEM:
		sqlite3_result_error_nomem(context);
		break;
	default:
		sqlite3_result_error(context, "no object of figures", -1);
	}
}

static void free_object(void *arg)
{
	struct object *o = arg;

	free(o->text);
	free(o->member);
	free(o);
}

int sql_figure_register(sqlite3 *db)
{
	struct object *o = calloc(1, sizeof(*o));

	if (!o)
		return SQLITE_NOMEM;
	return sqlite3_create_function_v2(db, "->>", 2,
					  SQLITE_UTF8 | SQLITE_DETERMINISTIC |
						  SQLITE_INNOCUOUS,
					  o, figure, NULL, NULL, free_object);
}
