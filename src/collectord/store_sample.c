// SPDX-License-Identifier: GPL-2.0
/*
 * Puts samples into sample_row and sample_base, or the like of a tier, in as few
 * bytes as sql/0002_*.sql allows: one short row each, and a base where one is
 * due. Knows nothing of transactions but that samples_forget() follows a failed
 * one.
 */
#include "store_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
	size_t extra; /* columns that only a tier has */
	struct {
		char text[8]; /* ,"key": */
		size_t len;
	} key[CM_COUNT];
	sqlite3_stmt *put_one;
	sqlite3_stmt *put_many; /* RECORDS_AT_ONCE */
	sqlite3_stmt *put_base;
	struct base base[BASES];
	char more[RECORDS_AT_ONCE][SAMPLE_MORE_MAX];
};

static void sort_metrics(struct samples *s)
{
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
}

/* Adds the columns of a set of metrics; returns how many. */
static size_t add_columns(FILE *f, uint64_t metrics)
{
	size_t n = 0;

	for (; metrics; metrics &= metrics - 1, n++)
		fprintf(f, ", %s",
			container_metrics[__builtin_ctzll(metrics)].column);
	return n;
}

static void add_records(FILE *f, size_t columns, size_t records)
{
	size_t parameter = 1;

	fputs(") VALUES ", f);
	for (size_t r = 0; r < records; r++) {
		fprintf(f, "%s(", r ? ", " : "");
		for (size_t i = 0; i < columns; i++)
			fprintf(f, "%s?%zu", i ? ", " : "", parameter++);
		fputc(')', f);
	}
}

/* A tick has each record once; IGNORE does without a journal. */
static int prepare_rows(sqlite3 *db, const struct samples *s,
			const char *suffix, size_t records, sqlite3_stmt **stmt)
{
	char *text;
	size_t len, columns = 3;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return SQLITE_NOMEM;
	fprintf(f, "INSERT OR IGNORE INTO sample%s_row (%s, base_age", suffix,
		s->extra ? "tick, container" : "id");
	columns += add_columns(f, s->own);
	if (s->extra)
		fputs(", ticks, span_us, cpu_min, cpu_max", f);
	fputs(", more", f);
	add_records(f, columns + s->extra, records);
	return store_prepare(db, f, &text, stmt);
}

static int prepare_base(sqlite3 *db, const struct samples *s,
			const char *suffix, sqlite3_stmt **stmt)
{
	char *text;
	size_t len, columns = 3;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return SQLITE_NOMEM;
	fprintf(f,
		"INSERT OR IGNORE INTO sample%s_base (tick, container, known",
		suffix);
	columns += add_columns(f, s->gauges);
	add_records(f, columns, 1);
	return store_prepare(db, f, &text, stmt);
}

int samples_open(sqlite3 *db, const char *suffix, struct samples **out)
{
	struct samples *s = calloc(1, sizeof(*s));
	int rc;

	*out = s;
	if (!s)
		return SQLITE_NOMEM;
	sort_metrics(s);
	s->extra = *suffix ? 5 : 0;
	rc = prepare_rows(db, s, suffix, 1, &s->put_one);
	if (!rc)
		rc = prepare_rows(db, s, suffix, RECORDS_AT_ONCE, &s->put_many);
	if (!rc)
		rc = prepare_base(db, s, suffix, &s->put_base);
	return rc;
}

void samples_close(struct samples *s)
{
	if (!s)
		return;
	sqlite3_finalize(s->put_one);
	sqlite3_finalize(s->put_many);
	sqlite3_finalize(s->put_base);
	free(s);
}

void samples_forget(struct samples *s)
{
	memset(s->base, 0, sizeof(s->base));
}

/* How many digits a number has: 1233 / 4096 is about log10(2). */
static inline size_t count_digits(uint64_t value)
{
	static const uint64_t power[] = {
		UINT64_C(0),
		UINT64_C(10),
		UINT64_C(100),
		UINT64_C(1000),
		UINT64_C(10000),
		UINT64_C(100000),
		UINT64_C(1000000),
		UINT64_C(10000000),
		UINT64_C(100000000),
		UINT64_C(1000000000),
		UINT64_C(10000000000),
		UINT64_C(100000000000),
		UINT64_C(1000000000000),
		UINT64_C(10000000000000),
		UINT64_C(100000000000000),
		UINT64_C(1000000000000000),
		UINT64_C(10000000000000000),
		UINT64_C(100000000000000000),
		UINT64_C(1000000000000000000),
		UINT64_C(10000000000000000000),
	};
	unsigned int bits = 64 - (unsigned int)__builtin_clzll(value | 1);
	unsigned int least = bits * 1233 >> 12;

	return least + (value >= power[least]);
}

/* Writes a number, two digits at once; returns where it ends. */
static char *put_number(char *at, int64_t value)
{
	static const char pairs[] = "00010203040506070809"
				    "10111213141516171819"
				    "20212223242526272829"
				    "30313233343536373839"
				    "40414243444546474849"
				    "50515253545556575859"
				    "60616263646566676869"
				    "70717273747576777879"
				    "80818283848586878889"
				    "90919293949596979899";
	uint64_t left = value < 0 ? -(uint64_t)value : (uint64_t)value;
	char *digit, *end;

	if (value < 0)
		*at++ = '-';
	end = at + count_digits(left);
	for (digit = end; left >= 100; left /= 100)
		memcpy(digit -= 2, pairs + 2 * (left % 100), 2);
	if (left >= 10)
		memcpy(digit - 2, pairs + 2 * left, 2);
	else
		digit[-1] = (char)('0' + left);
	return end;
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
	uint64_t left = r->have & s->counters & ~r->still;

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
	       tick - base->tick < SAMPLE_BASE_TICKS;
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

static void bind_metric(sqlite3_stmt *stmt, int at, const struct sample_row *r,
			unsigned int i)
{
	if (r->have >> i & 1)
		sqlite3_bind_int64(stmt, at, (int64_t)r->v[i]);
	else
		sqlite3_bind_null(stmt, at);
}

static int put_base(const struct samples *s, int64_t tick,
		    const struct sample_row *r)
{
	sqlite3_stmt *stmt = s->put_base;
	int at = 4;

	sqlite3_bind_int64(stmt, 1, tick);
	sqlite3_bind_int64(stmt, 2, r->container);
	sqlite3_bind_int64(stmt, 3, (int64_t)(r->have & s->counters));
	for (uint64_t left = s->gauges; left; left &= left - 1)
		bind_metric(stmt, at++, r, (unsigned int)__builtin_ctzll(left));
	return store_run_statement(stmt);
}

/* Writes ,"key-":value or ,"key+":value. */
static char *put_signed(const struct samples *s, char *at, unsigned int i,
			char sign, uint64_t value)
{
	size_t len = s->key[i].len - 2;

	if (!value)
		return at;
	memcpy(at, s->key[i].text, len);
	at += len;
	*at++ = sign;
	*at++ = '"';
	*at++ = ':';
	return put_number(at, (int64_t)value);
}

static char *put_spread(const struct samples *s, char *at,
			const struct sample_row *r, const struct spread *spread)
{
	uint64_t left = spread ? r->have & s->gauges : 0;

	for (; left; left &= left - 1) {
		unsigned int i = (unsigned int)__builtin_ctzll(left);

		at = put_signed(s, at, i, '-', r->v[i] - spread->min[i]);
		at = put_signed(s, at, i, '+', spread->max[i] - r->v[i]);
	}
	return at;
}

/*
 * Writes a sample's `more`, and puts a base for it if one is due. Returns
 * SQLite's code; *end is where the text ends, at its begin if there is none.
 */
static int put_more(struct samples *s, int64_t tick, const struct sample_row *r,
		    const struct spread *spread, char *text, char **end,
		    int64_t *age)
{
	struct base *base = &s->base[(uint64_t)r->container % BASES];
	char *at = text;
	int rc = SQLITE_OK;

	if (base_serves(s, base, tick, r))
		at = put_gauges(s, at, base, r);
	else
		base->container = 0;
	if (!base->container || base->still >= STILL_MAX) {
		make_base(s, base, tick, r);
		rc = put_base(s, tick, r);
		at = text;
	}
	at = put_counters(s, at, r);
	at = put_spread(s, at, r, spread);
	if (at > text) {
		*text = '{';
		*at++ = '}';
	}
	*end = at;
	*age = tick - base->tick;
	return rc;
}

static int bind_spread(sqlite3_stmt *stmt, int at, const struct spread *spread)
{
	sqlite3_bind_int64(stmt, at++, spread->ticks);
	store_bind_figure(stmt, at++, spread->span_us);
	store_bind_figure(stmt, at++, spread->cpu_min);
	store_bind_figure(stmt, at++, spread->cpu_max);
	return at;
}

/* Raw samples have both numbers in one, which SQLite appends the fastest. */
static int bind_key(sqlite3_stmt *stmt, int at, int64_t tick, int64_t container,
		    bool in_one)
{
	if (in_one) {
		sqlite3_bind_int64(stmt, at++, tick << 32 | container);
	} else {
		sqlite3_bind_int64(stmt, at++, tick);
		sqlite3_bind_int64(stmt, at++, container);
	}
	return at;
}

/* Puts n samples by a statement that takes as many. */
static int put_by(struct samples *s, sqlite3_stmt *stmt, int64_t tick,
		  const struct sample_row *r, const struct spread *spread,
		  size_t n)
{
	int at = 1, rc = SQLITE_OK;

	for (size_t i = 0; !rc && i < n; i++, r++) {
		char *text = s->more[i], *end;
		int64_t age;

		rc = put_more(s, tick, r, spread, text, &end, &age);
		at = bind_key(stmt, at, tick, r->container, !spread);
		sqlite3_bind_int64(stmt, at++, age);
		for (uint64_t left = s->own; left; left &= left - 1)
			bind_metric(stmt, at++, r,
				    (unsigned int)__builtin_ctzll(left));
		if (spread)
			at = bind_spread(stmt, at, spread);
		if (end > text)
			sqlite3_bind_text(stmt, at++, text, (int)(end - text),
					  SQLITE_STATIC);
		else
			sqlite3_bind_null(stmt, at++);
	}
	return rc ? rc : store_run_statement(stmt);
}

int samples_put(struct samples *s, int64_t tick, const struct sample_row *r,
		size_t n)
{
	size_t i = 0;
	int rc = SQLITE_OK;

	for (; !rc && n - i >= RECORDS_AT_ONCE; i += RECORDS_AT_ONCE)
		rc = put_by(s, s->put_many, tick, r + i, NULL, RECORDS_AT_ONCE);
	for (; !rc && i < n; i++)
		rc = put_by(s, s->put_one, tick, r + i, NULL, 1);
	return rc;
}

int samples_put_spread(struct samples *s, int64_t tick,
		       const struct sample_row *r, const struct spread *spread)
{
	return put_by(s, s->put_one, tick, r, spread, 1);
}
