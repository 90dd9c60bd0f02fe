// SPDX-License-Identifier: GPL-2.0
/*
 * Puts a tick's samples into sample_row and sample_base, in as few bytes as
 * sql/0002_*.sql allows: one short row each, and a base where one is due. Knows
 * nothing of transactions but that samples_forget() follows a failed one.
 */
#include "store_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A base serves for so many ticks; retention relies on it. */
#define BASE_AGE_MAX (SAMPLE_BASE_TICKS - 1)
/* Samples of equal difference that are borne before the base follows. */
#define STILL_MAX 4

/*
 * What a container's samples go by at present. Two containers in one place take
 * it from each other, which only costs bytes.
 */
struct base {
	int64_t container;
	int64_t tick;
	uint64_t known; /* bits of enum container_metric */
	uint64_t gauge[SAMPLE_GAUGES_MAX];
	uint64_t differences; /* of the last sample, mixed into one number */
	unsigned int still;   /* for how many samples they have been the same */
};

#define BASES 2048

struct samples {
	uint64_t own; /* bits: metrics with a column of their own */
	uint64_t counters;
	uint64_t gauges;
	struct {
		char text[8]; /* ,"key": */
		size_t len;
	} key[CM_COUNT];
	struct base base[BASES];
	char more[RECORDS_AT_ONCE][SAMPLE_MORE_MAX];
};

struct samples *samples_new(void)
{
	struct samples *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	for (unsigned int i = 0; i < CM_COUNT; i++) {
		const struct metric *m = &container_metrics[i];
		uint64_t bit = UINT64_C(1) << i;

		if (!m->key)
			s->own |= bit;
		else if (m->kind == METRIC_GAUGE)
			s->gauges |= bit;
		else
			s->counters |= bit;
		if (m->key)
			s->key[i].len = (size_t)snprintf(s->key[i].text,
							 sizeof(s->key[i].text),
							 ",\"%s\":", m->key);
	}
	return s;
}

void samples_free(struct samples *s)
{
	free(s);
}

void samples_forget(struct samples *s)
{
	memset(s->base, 0, sizeof(s->base));
}

/* Writes a number; returns where it ends. */
static char *put_number(char *at, int64_t value)
{
	uint64_t left = value < 0 ? -(uint64_t)value : (uint64_t)value;
	char digits[20], *first = digits + sizeof(digits);
	size_t n;

	if (value < 0)
		*at++ = '-';
	do {
		*--first = (char)('0' + left % 10);
		left /= 10;
	} while (left);
	n = (size_t)(digits + sizeof(digits) - first);
	memcpy(at, first, n);
	return at + n;
}

/* Writes ,"key":value. */
static char *put_pair(const struct samples *s, char *at, unsigned int i,
		      int64_t value)
{
	memcpy(at, s->key[i].text, sizeof(s->key[i].text));
	return put_number(at + s->key[i].len, value);
}

static char *put_counters(const struct samples *s, char *at,
			  const struct sample_row *r)
{
	uint64_t left = r->have & s->counters;

	for (; left; left &= left - 1) {
		unsigned int i = (unsigned int)__builtin_ctzll(left);

		if (r->v[i])
			at = put_pair(s, at, i, (int64_t)r->v[i]);
	}
	return at;
}

/* Writes how the gauges differ from the base, and notes it there. */
static char *put_gauges(const struct samples *s, char *at, struct base *base,
			const struct sample_row *r)
{
	uint64_t mixed = 0, left = r->have & s->gauges;
	const uint64_t *expected = base->gauge;

	for (; left; left &= left - 1) {
		unsigned int i = (unsigned int)__builtin_ctzll(left);
		int64_t difference = (int64_t)(r->v[i] - *expected++);

		if (!difference)
			continue;
		mixed = (mixed + (uint64_t)difference) * 31 + i;
		at = put_pair(s, at, i, difference);
	}
	base->still = mixed && mixed == base->differences ? base->still + 1 : 0;
	base->differences = mixed;
	return at;
}

static bool base_serves(const struct samples *s, const struct base *base,
			int64_t tick, const struct sample_row *r)
{
	return base->container == r->container &&
	       base->known == (r->have & ~s->own) &&
	       tick - base->tick <= BASE_AGE_MAX;
}

static void make_base(const struct samples *s, struct base *base, int64_t tick,
		      const struct sample_row *r)
{
	uint64_t left = r->have & s->gauges;
	uint64_t *gauge = base->gauge;

	*base = (struct base){ .container = r->container,
			       .tick = tick,
			       .known = r->have & ~s->own };
	for (; left; left &= left - 1)
		*gauge++ = r->v[__builtin_ctzll(left)];
}

static int put_base(struct store *store, int64_t tick,
		    const struct sample_row *r)
{
	const struct samples *s = store->samples;
	sqlite3_stmt *stmt = store->stmt[STMT_BASE];
	int at = 4;

	sqlite3_bind_int64(stmt, 1, tick);
	sqlite3_bind_int64(stmt, 2, r->container);
	sqlite3_bind_int64(stmt, 3, (int64_t)(r->have & s->counters));
	for (uint64_t left = s->gauges; left; left &= left - 1, at++) {
		unsigned int i = (unsigned int)__builtin_ctzll(left);

		if (r->have >> i & 1)
			sqlite3_bind_int64(stmt, at, (int64_t)r->v[i]);
		else
			sqlite3_bind_null(stmt, at);
	}
	return store_run(store, STMT_BASE);
}

/*
 * Writes a sample's `more`, and puts a base for it if one is due. Returns
 * SQLite's code; *end is where the text ends, at its begin if there is none.
 */
static int put_more(struct store *store, int64_t tick,
		    const struct sample_row *r, char *text, char **end,
		    int64_t *age)
{
	struct samples *s = store->samples;
	struct base *base = &s->base[(uint64_t)r->container % BASES];
	char *at = text;
	int rc = SQLITE_OK;

	if (base_serves(s, base, tick, r))
		at = put_gauges(s, at, base, r);
	else
		base->container = 0;
	if (!base->container || base->still >= STILL_MAX) {
		make_base(s, base, tick, r);
		rc = put_base(store, tick, r);
		at = text;
	}
	at = put_counters(s, at, r);
	if (at > text) {
		*text = '{';
		*at++ = '}';
	}
	*end = at;
	*age = tick - base->tick;
	return rc;
}

static void bind_own(sqlite3_stmt *stmt, int at, const struct sample_row *r,
		     uint64_t own)
{
	for (; own; own &= own - 1, at++) {
		unsigned int i = (unsigned int)__builtin_ctzll(own);

		if (r->have >> i & 1)
			sqlite3_bind_int64(stmt, at, (int64_t)r->v[i]);
		else
			sqlite3_bind_null(stmt, at);
	}
}

/* Puts n samples by a statement that takes as many. */
static int put_by(struct store *store, enum store_stmt which, int64_t tick,
		  const struct sample_row *r, size_t n)
{
	struct samples *s = store->samples;
	sqlite3_stmt *stmt = store->stmt[which];
	int owns = __builtin_popcountll(s->own), at = 2, rc = SQLITE_OK;

	sqlite3_bind_int64(stmt, 1, tick);
	for (size_t i = 0; !rc && i < n; i++, r++) {
		char *text = s->more[i], *end;
		int64_t age;

		rc = put_more(store, tick, r, text, &end, &age);
		sqlite3_bind_int64(stmt, at++, r->container);
		sqlite3_bind_int64(stmt, at++, age);
		bind_own(stmt, at, r, s->own);
		at += owns;
		if (end > text)
			sqlite3_bind_text(stmt, at++, text, (int)(end - text),
					  SQLITE_STATIC);
		else
			sqlite3_bind_null(stmt, at++);
	}
	return rc ? rc : store_run(store, which);
}

int samples_put(struct store *store, const struct tick_row *r)
{
	size_t i = 0;
	int rc = SQLITE_OK;

	for (; !rc && r->samples - i >= RECORDS_AT_ONCE; i += RECORDS_AT_ONCE)
		rc = put_by(store, STMT_SAMPLES, r->id, r->sample + i,
			    RECORDS_AT_ONCE);
	for (; !rc && i < r->samples; i++)
		rc = put_by(store, STMT_SAMPLE, r->id, r->sample + i, 1);
	return rc;
}
