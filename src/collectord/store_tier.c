// SPDX-License-Identifier: GPL-2.0
/*
 * The tiers of minutes and hours, made of the ticks as they are put, and of the
 * minutes as they end. All that is kept in memory is a cache: what is not in a
 * tier's tables yet is still in the tables below it, behind the row that the
 * tier's last one names, and is read from there after a start or a failed
 * commit. So each tick is in a tier exactly once. Knows nothing of transactions
 * but that tiers_forget() follows a failed one.
 */
#include "store_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "htab.h"
#include "tally.h"

#define MINUTE_NS (60 * INT64_C(1000000000))
#define HOUR_NS	  (60 * MINUTE_NS)

/* More containers than these end a minute, or an hour, before its time. */
#define CONTAINERS_MAX 8192
/* So much is read in a commit while a tier is behind, and twice what it put. */
#define CATCH_UP_MAX 2000

struct member {
	struct hnode node;
	int64_t container;
	struct tally tally;
};

struct tier {
	int64_t length_ns;
	struct tier *next; /* made of this one's rows; NULL none */
	struct samples *samples;
	sqlite3_stmt *put;     /* into this tier's tick table */
	sqlite3_stmt *newest;  /* its last row */
	sqlite3_stmt *ticks;   /* of the tier below, behind a row */
	sqlite3_stmt *members; /* their samples */
	/* What follows is the cache. */
	bool loaded;  /* id and last are known */
	bool live;    /* what is below comes as it is put */
	int64_t id;   /* of the last row */
	int64_t last; /* row of the tier below, up to which all is in */
	bool open;    /* a row is in the making, as the next ones say */
	int64_t start_ns;
	int64_t first;
	struct tally machine;
	struct htab by_container;
	struct member **member;
	size_t members_max;
	size_t count;
};

struct tiers {
	struct tier minute;
	struct tier hour;
	size_t missed; /* put since the last commit, while behind */
};

/* A row of the tier below: the machine's figures in it. */
struct below {
	int64_t id;
	int64_t ts_ns;
	struct piece piece;
};

/* Room for the figures of a row that is read. */
struct figures {
	uint64_t v[METRIC_MAX];
	uint64_t min[METRIC_MAX];
	uint64_t max[METRIC_MAX];
};

/* A column for each metric, three for each gauge of a tier's table. */
static size_t add_columns(FILE *f, const struct metric *table, size_t n,
			  bool spread)
{
	size_t columns = 0;

	for (size_t i = 0; i < n; i++) {
		fprintf(f, ", %s", table[i].column);
		columns++;
		if (!spread || table[i].kind != METRIC_GAUGE)
			continue;
		fprintf(f, ", %s_min, %s_max", table[i].column,
			table[i].column);
		columns += 2;
	}
	return columns;
}

static int prepare_put(sqlite3 *db, const char *suffix, sqlite3_stmt **stmt)
{
	char *text;
	size_t len, columns = 8;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return SQLITE_NOMEM;
	fprintf(f,
		"INSERT INTO tick%s (id, ts_ns, first, last, ticks, span_us,"
		" cpu_min, cpu_max",
		suffix);
	columns += add_columns(f, system_metrics, SM_COUNT, true);
	fputs(") VALUES (?", f);
	while (--columns)
		fputs(", ?", f);
	fputc(')', f);
	return store_prepare(db, f, &text, stmt);
}

static int prepare_newest(sqlite3 *db, const char *suffix, sqlite3_stmt **stmt)
{
	char *text;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return SQLITE_NOMEM;
	fprintf(f, "SELECT id, last FROM tick%s ORDER BY id DESC LIMIT 1",
		suffix);
	return store_prepare(db, f, &text, stmt);
}

/* @where picks rows of a table below; its ticks have no spread. */
static int prepare_read(sqlite3 *db, const char *what, const char *from,
			const char *suffix, const char *where,
			const struct metric *table, size_t n,
			sqlite3_stmt **stmt)
{
	char *text;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return SQLITE_NOMEM;
	fprintf(f, "SELECT %s%s", what,
		*suffix ? ", ticks, span_us, cpu_min, cpu_max"
			: ", 1, NULL, NULL, NULL");
	add_columns(f, table, n, *suffix);
	fprintf(f, " FROM %s%s WHERE %s", from, suffix, where);
	return store_prepare(db, f, &text, stmt);
}

static int tier_open(sqlite3 *db, struct tier *t, int64_t length_ns,
		     const char *suffix, const char *below)
{
	int rc;

	t->length_ns = length_ns;
	if (htab_init(&t->by_container))
		return SQLITE_NOMEM;
	rc = samples_open(db, suffix, &t->samples);
	if (!rc)
		rc = prepare_put(db, suffix, &t->put);
	if (!rc)
		rc = prepare_newest(db, suffix, &t->newest);
	if (!rc)
		rc = prepare_read(db,
				  *below ? "id, ts_ns, NULL"
					 : "id, ts_ns, span_us",
				  "tick", below, "id > ? ORDER BY id LIMIT 1",
				  system_metrics, SM_COUNT, &t->ticks);
	if (!rc)
		rc = prepare_read(
			db, "container, NULL, NULL", "sample", below,
			*below ? "tick = ?1"
			       : "id BETWEEN ?1 << 32 AND (?1 << 32) + 4294967295",
			container_metrics, CM_COUNT, &t->members);
	return rc;
}

int tiers_open(sqlite3 *db, struct tiers **out)
{
	struct tiers *t = calloc(1, sizeof(*t));
	int rc;

	*out = t;
	if (!t)
		return SQLITE_NOMEM;
	t->minute.next = &t->hour;
	rc = tier_open(db, &t->minute, MINUTE_NS, "_1m", "");
	if (!rc)
		rc = tier_open(db, &t->hour, HOUR_NS, "_1h", "_1m");
	return rc;
}

/* Empties the row in the making. */
static void tier_clear(struct tier *t)
{
	for (size_t i = 0; i < t->count; i++) {
		htab_remove(&t->by_container, &t->member[i]->node);
		free(t->member[i]);
	}
	t->count = 0;
	t->open = false;
	t->machine = (struct tally){ 0 };
}

static void tier_close(struct tier *t)
{
	tier_clear(t);
	free(t->member);
	htab_free(&t->by_container);
	samples_close(t->samples);
	sqlite3_finalize(t->put);
	sqlite3_finalize(t->newest);
	sqlite3_finalize(t->ticks);
	sqlite3_finalize(t->members);
}

void tiers_close(struct tiers *t)
{
	if (!t)
		return;
	tier_close(&t->minute);
	tier_close(&t->hour);
	free(t);
}

static void tier_forget(struct tier *t)
{
	tier_clear(t);
	samples_forget(t->samples);
	t->loaded = false;
	t->live = false;
}

void tiers_forget(struct tiers *t)
{
	tier_forget(&t->minute);
	tier_forget(&t->hour);
}

static struct member *find_member(const struct tier *t, int64_t container)
{
	uint64_t hash = htab_hash_u64((uint64_t)container);
	struct hnode *node;

	for (node = htab_first(&t->by_container, hash); node;
	     node = node->next) {
		struct member *m = htab_entry(node, struct member, node);

		if (m->container == container)
			return m;
	}
	return NULL;
}

static struct member *add_member(struct tier *t, int64_t container)
{
	struct member *m;

	if (t->count == t->members_max) {
		size_t max = t->members_max ? t->members_max * 2 : 64;
		struct member **more =
			reallocarray(t->member, max, sizeof(*more));

		if (!more)
			return NULL;
		t->member = more;
		t->members_max = max;
	}
	m = calloc(1, sizeof(*m));
	if (!m)
		return NULL;
	m->container = container;
	htab_add(&t->by_container, &m->node,
		 htab_hash_u64((uint64_t)container));
	t->member[t->count++] = m;
	return m;
}

static int by_container(const void *a, const void *b)
{
	const struct member *const *x = a, *const *y = b;

	return (*x)->container < (*y)->container
		       ? -1
		       : (*x)->container > (*y)->container;
}

/* A tally's figures as those of one row. */
static struct piece piece_of(const struct tally *t, const struct metric *table,
			     unsigned int n, struct figures *room)
{
	for (unsigned int i = 0; i < n; i++) {
		room->v[i] = t->have >> i & 1 ? tally_value(t, table, i) : 0;
		room->min[i] = t->figure[i].min;
		room->max[i] = t->figure[i].max;
	}
	return (struct piece){ .have = t->have,
			       .v = room->v,
			       .min = room->min,
			       .max = room->max,
			       .ticks = t->ticks,
			       .span_us = t->span_us ? t->span_us : -1,
			       .cpu_min = t->cpu_known ? t->cpu_min : -1,
			       .cpu_max = t->cpu_known ? t->cpu_max : -1 };
}

static int put_machine(struct tier *t, const struct piece *p)
{
	sqlite3_stmt *stmt = t->put;
	int at = 1;

	sqlite3_clear_bindings(stmt);
	sqlite3_bind_int64(stmt, at++, t->id);
	sqlite3_bind_int64(stmt, at++, t->start_ns);
	sqlite3_bind_int64(stmt, at++, t->first);
	sqlite3_bind_int64(stmt, at++, t->last);
	sqlite3_bind_int64(stmt, at++, p->ticks);
	store_bind_figure(stmt, at++, p->span_us);
	store_bind_figure(stmt, at++, p->cpu_min);
	store_bind_figure(stmt, at++, p->cpu_max);
	for (unsigned int i = 0; i < SM_COUNT; i++) {
		bool gauge = system_metrics[i].kind == METRIC_GAUGE;

		if (p->have >> i & 1) {
			sqlite3_bind_int64(stmt, at, (int64_t)p->v[i]);
			if (gauge) {
				sqlite3_bind_int64(stmt, at + 1,
						   (int64_t)p->min[i]);
				sqlite3_bind_int64(stmt, at + 2,
						   (int64_t)p->max[i]);
			}
		}
		at += gauge ? 3 : 1;
	}
	return store_run_statement(stmt);
}

static int put_member(struct tier *t, int64_t container, const struct piece *p)
{
	struct sample_row row = { .container = container, .have = p->have };
	struct spread spread = { .ticks = p->ticks,
				 .span_us = p->span_us,
				 .cpu_min = p->cpu_min,
				 .cpu_max = p->cpu_max };

	memcpy(row.v, p->v, sizeof(row.v));
	memcpy(spread.min, p->min, sizeof(spread.min));
	memcpy(spread.max, p->max, sizeof(spread.max));
	return samples_put_spread(t->samples, t->id, &row, &spread);
}

static int tier_begin(struct tier *t, const struct below *below);
static int tier_take(struct tier *t, int64_t container, const struct piece *p);

/* Puts the row in the making, and gives it to the tier above. */
static int tier_end(struct tier *t)
{
	struct tier *next = t->next && t->next->live ? t->next : NULL;
	struct figures room = { .v = { 0 } };
	struct below below = { .ts_ns = t->start_ns };
	int rc;

	t->id++;
	below.id = t->id;
	below.piece = piece_of(&t->machine, system_metrics, SM_COUNT, &room);
	rc = put_machine(t, &below.piece);
	if (!rc && next)
		rc = tier_begin(next, &below);
	qsort(t->member, t->count, sizeof(*t->member), by_container);
	for (size_t i = 0; !rc && i < t->count; i++) {
		struct member *m = t->member[i];
		struct piece piece =
			piece_of(&m->tally, container_metrics, CM_COUNT, &room);

		rc = put_member(t, m->container, &piece);
		if (!rc && next)
			rc = tier_take(next, m->container, &piece);
	}
	tier_clear(t);
	return rc;
}

/* Takes in a row of the tier below; its samples follow by tier_take(). */
static int tier_begin(struct tier *t, const struct below *below)
{
	int64_t rest = below->ts_ns % t->length_ns;
	int64_t start = below->ts_ns - (rest < 0 ? rest + t->length_ns : rest);
	int rc = SQLITE_OK;

	if (t->open && (start != t->start_ns || t->count >= CONTAINERS_MAX))
		rc = tier_end(t);
	if (!t->open) {
		t->open = true;
		t->start_ns = start;
		t->first = below->id;
	}
	t->last = below->id;
	tally_add(&t->machine, SM_GAUGES, &below->piece);
	return rc;
}

static int tier_take(struct tier *t, int64_t container, const struct piece *p)
{
	struct member *m = find_member(t, container);

	if (!m)
		m = add_member(t, container);
	if (!m)
		return SQLITE_NOMEM;
	tally_add(&m->tally, CM_GAUGES, p);
	return SQLITE_OK;
}

static void set_machine_cpu(struct piece *p)
{
	static const uint64_t all = 1 << SM_CPU_USER | 1 << SM_CPU_NICE |
				    1 << SM_CPU_SYSTEM | 1 << SM_CPU_IRQ |
				    1 << SM_CPU_SOFTIRQ | 1 << SM_CPU_STEAL;
	uint64_t used = p->v[SM_CPU_USER] + p->v[SM_CPU_NICE] +
			p->v[SM_CPU_SYSTEM] + p->v[SM_CPU_IRQ] +
			p->v[SM_CPU_SOFTIRQ] + p->v[SM_CPU_STEAL];

	p->cpu_min = (p->have & all) == all ? tally_cpu(used, p->span_us) : -1;
	p->cpu_max = p->cpu_min;
}

static void set_container_cpu(struct piece *p)
{
	p->cpu_min = p->have >> CM_CPU_USAGE & 1
			     ? tally_cpu(p->v[CM_CPU_USAGE], p->span_us)
			     : -1;
	p->cpu_max = p->cpu_min;
}

static int add_live(struct tier *t, const struct tick_row *r)
{
	struct below below = {
		.id = r->id,
		.ts_ns = r->ts_ns,
		.piece = { .have = r->have,
			   .v = r->v,
			   .min = r->v,
			   .max = r->v,
			   .ticks = 1,
			   .span_us = r->span_us },
	};
	int rc;

	set_machine_cpu(&below.piece);
	rc = tier_begin(t, &below);
	for (size_t i = 0; !rc && i < r->samples; i++) {
		const struct sample_row *s = &r->sample[i];
		struct piece piece = { .have = s->have,
				       .still = s->still,
				       .v = s->v,
				       .min = s->v,
				       .max = s->v,
				       .ticks = 1,
				       .span_us = r->span_us };

		set_container_cpu(&piece);
		rc = tier_take(t, s->container, &piece);
	}
	return rc;
}

int tiers_add(struct tiers *t, const struct tick_row *tick)
{
	if (t->minute.live)
		return add_live(&t->minute, tick);
	t->missed += tick->samples + 1;
	return SQLITE_OK;
}

static int64_t figure_of(sqlite3_stmt *stmt, int i)
{
	return sqlite3_column_type(stmt, i) == SQLITE_NULL
		       ? -1
		       : sqlite3_column_int64(stmt, i);
}

/* Reads a row from its fourth column on. */
static struct piece read_piece(sqlite3_stmt *stmt, const struct metric *table,
			       unsigned int n, bool spread,
			       struct figures *room)
{
	struct piece p = { .v = room->v,
			   .min = spread ? room->min : room->v,
			   .max = spread ? room->max : room->v,
			   .ticks = sqlite3_column_int64(stmt, 3),
			   .span_us = figure_of(stmt, 4),
			   .cpu_min = figure_of(stmt, 5),
			   .cpu_max = figure_of(stmt, 6) };
	int at = 7;

	for (unsigned int i = 0; i < n; i++) {
		bool three = spread && table[i].kind == METRIC_GAUGE;

		room->v[i] = (uint64_t)sqlite3_column_int64(stmt, at);
		if (sqlite3_column_type(stmt, at) != SQLITE_NULL)
			p.have |= UINT64_C(1) << i;
		if (three) {
			room->min[i] =
				(uint64_t)sqlite3_column_int64(stmt, at + 1);
			room->max[i] =
				(uint64_t)sqlite3_column_int64(stmt, at + 2);
		}
		at += three ? 3 : 1;
	}
	return p;
}

/* Takes in the samples of a row below that has been read; adds to *count. */
static int read_members(struct tier *t, const struct below *below, bool spread,
			size_t *count)
{
	struct figures room = { .v = { 0 } };
	int rc = SQLITE_OK;

	sqlite3_bind_int64(t->members, 1, below->id);
	while (!rc && sqlite3_step(t->members) == SQLITE_ROW) {
		struct piece p = read_piece(t->members, container_metrics,
					    CM_COUNT, spread, &room);

		if (!spread) {
			p.span_us = below->piece.span_us;
			set_container_cpu(&p);
		}
		rc = tier_take(t, sqlite3_column_int64(t->members, 0), &p);
		++*count;
	}
	if (sqlite3_reset(t->members) && !rc)
		rc = sqlite3_errcode(sqlite3_db_handle(t->members));
	return rc;
}

/* Takes in the next row of the tier below; *count stays when there is none. */
static int read_next(struct tier *t, size_t *count)
{
	bool spread = t->length_ns != MINUTE_NS;
	struct figures room = { .v = { 0 } };
	struct below below;
	int rc;

	sqlite3_bind_int64(t->ticks, 1, t->last);
	if (sqlite3_step(t->ticks) != SQLITE_ROW)
		return sqlite3_reset(t->ticks);
	below.id = sqlite3_column_int64(t->ticks, 0);
	below.ts_ns = sqlite3_column_int64(t->ticks, 1);
	below.piece =
		read_piece(t->ticks, system_metrics, SM_COUNT, spread, &room);
	if (!spread) {
		below.piece.span_us = figure_of(t->ticks, 2);
		set_machine_cpu(&below.piece);
	}
	sqlite3_reset(t->ticks);
	++*count;
	rc = tier_begin(t, &below);
	return rc ? rc : read_members(t, &below, spread, count);
}

static int load(struct tier *t)
{
	int rc;

	t->id = 0;
	t->last = 0;
	if (sqlite3_step(t->newest) == SQLITE_ROW) {
		t->id = sqlite3_column_int64(t->newest, 0);
		t->last = sqlite3_column_int64(t->newest, 1);
	}
	rc = sqlite3_reset(t->newest);
	t->loaded = !rc;
	return rc;
}

/* The tier is live once it has found nothing more below. */
static int catch_up(struct tier *t, size_t most)
{
	size_t count = 0, before;
	int rc = t->loaded ? SQLITE_OK : load(t);

	while (!rc && !t->live && count < most) {
		before = count;
		rc = read_next(t, &count);
		t->live = !rc && count == before;
	}
	return rc;
}

int tiers_catch_up(struct tiers *t)
{
	size_t most = CATCH_UP_MAX + 2 * t->missed;
	int rc = t->hour.live ? SQLITE_OK : catch_up(&t->hour, most);

	/* Hours first: from then on minutes are given to them as they end. */
	if (!rc && t->hour.live && !t->minute.live)
		rc = catch_up(&t->minute, most);
	t->missed = 0;
	return rc;
}
