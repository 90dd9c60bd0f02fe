/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a query's result consists of: a table of fields (name, unit, where it is
 * shown) and rows of values. One table drives the SQL, the columns, CSV and
 * JSON. Pure data; knows neither the database nor any output.
 */
#ifndef SYSMON_FIELD_H
#define SYSMON_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum unit {
	UNIT_TEXT,
	UNIT_ARGV,  /* texts, each with a 0 behind it */
	UNIT_ID,    /* a text that a table may cut to 12 characters */
	UNIT_CODE,  /* an integer that is a name: pid, exit code */
	UNIT_COUNT, /* how many */
	UNIT_BOOL,  /* 0 or 1 */
	UNIT_BYTES,
	UNIT_PCT,     /* CPU: of one CPU */
	UNIT_BPS,     /* bytes per second */
	UNIT_IOPS,    /* operations per second */
	UNIT_TIME,    /* unix seconds */
	UNIT_SECONDS, /* a duration */
	UNIT_LOAD,
};

/* Whether its values are words, not amounts or times. */
static inline bool unit_is_words(enum unit unit)
{
	switch (unit) {
	case UNIT_TEXT:
	case UNIT_ARGV:
	case UNIT_ID:
	case UNIT_BOOL:
		return true;
	case UNIT_CODE:
	case UNIT_COUNT:
	case UNIT_BYTES:
	case UNIT_PCT:
	case UNIT_BPS:
	case UNIT_IOPS:
	case UNIT_TIME:
	case UNIT_SECONDS:
	case UNIT_LOAD:
		break;
	}
	return false;
}

/* Where a field is shown, as a set of bits. */
enum show {
	SHOW_NOWHERE = 0,
	SHOW_TABLE = 1,	 /* tables for people */
	SHOW_DOC = 2,	 /* the JSON document */
	SHOW_STREAM = 4, /* CSV and JSON lines */
	SHOW_DATA = SHOW_DOC | SHOW_STREAM,
	SHOW_ALL = SHOW_TABLE | SHOW_DATA,
};

struct field {
	const char *key; /* in JSON, where a dot nests; in CSV _ for the dot */
	const char *title; /* a table's heading */
	enum unit unit;
	unsigned int show;
	unsigned int drop; /* 0: always shown; the highest leaves first when a
			    * table is too wide */
};

enum value_type {
	VALUE_NULL,
	VALUE_INT,
	VALUE_REAL,
	VALUE_TEXT
};

/* A text is borrowed, of any bytes, not zero-terminated. */
struct value {
	enum value_type type;
	union {
		int64_t i;
		double r;
		struct {
			const char *p;
			size_t len;
		} s;
	};
};

static inline struct value value_null(void)
{
	return (struct value){ .type = VALUE_NULL };
}

static inline struct value value_int(int64_t i)
{
	return (struct value){ .type = VALUE_INT, .i = i };
}

static inline struct value value_real(double r)
{
	return (struct value){ .type = VALUE_REAL, .r = r };
}

static inline struct value value_text(const char *p, size_t len)
{
	return (struct value){ .type = VALUE_TEXT, .s = { p, len } };
}

/* Whether it is this text. */
static inline bool value_is(const struct value *v, const char *text)
{
	return v->type == VALUE_TEXT && v->s.len == strlen(text) &&
	       !memcmp(v->s.p, text, v->s.len);
}

/* The number, or `otherwise` where there is none. */
static inline double value_number(const struct value *v, double otherwise)
{
	switch (v->type) {
	case VALUE_INT:
		return (double)v->i;
	case VALUE_REAL:
		return v->r;
	case VALUE_NULL:
	case VALUE_TEXT:
		break;
	}
	return otherwise;
}

#endif
