// SPDX-License-Identifier: GPL-2.0
/* A history as it is asked for and read; knows no output. */
#include "history_read.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "json.h"
#include "timerange.h"

#define HISTORY_DEFAULT_RANGE (3600 * NSEC_PER_SEC)

/*
 * A life's samples may lie a little outside its times: the last one is stored
 * with the tick after its end. Twice the longest interval is enough.
 */
#define HISTORY_MARGIN (120 * NSEC_PER_SEC)

int history_step_parse(const char *s, int64_t *step_ns, const char **why)
{
	if (!strcmp(s, "raw"))
		*step_ns = HISTORY_STEP_RAW;
	else if (!strcmp(s, "auto"))
		*step_ns = HISTORY_STEP_AUTO;
	else
		return duration_parse(s, step_ns, why);
	return 0;
}

void history_read_init(struct history_read *h, bool system)
{
	*h = (struct history_read){
		.system = system,
		.step_ns = HISTORY_STEP_AUTO,
		.table = system ? &history_system : &history_container,
	};
	h->show = SHOW_ALL;
	h->count = POINT_RATES + h->table->rate_count;
	memcpy(h->fields, h->table->fields, h->count * sizeof(*h->fields));
}

static bool is_key(const struct history_read *h, const char *word, size_t len)
{
	for (unsigned int i = POINT_RATES; i < h->count; i++)
		if (!strncmp(h->fields[i].key, word, len) &&
		    !h->fields[i].key[len])
			return true;
	return false;
}

/* "mem" names mem_bytes and mem_pct: a key may be given without its unit. */
static bool metric_matches(const char *key, const char *word, size_t len,
			   bool whole)
{
	if (strncmp(key, word, len) != 0)
		return false;
	return !key[len] ||
	       (!whole && key[len] == '_' && !strchr(key + len + 1, '_'));
}

/* Shows those that the word names. Returns whether there are any. */
static bool choose(struct history_read *h, const char *word, size_t len)
{
	bool whole = is_key(h, word, len), found = false;
	unsigned int i;

	for (i = POINT_RATES; len && i < h->count; i++) {
		if (!metric_matches(h->fields[i].key, word, len, whole))
			continue;
		h->fields[i].show = SHOW_ALL;
		h->fields[i].drop = 0;
		found = true;
	}
	return found;
}

int history_read_choose(struct history_read *h, const char *list,
			const char **bad, size_t *bad_len)
{
	unsigned int i;
	size_t len;

	for (i = POINT_RATES; i < h->count; i++)
		h->fields[i].show = SHOW_NOWHERE;
	do {
		len = strcspn(list, ",");
		*bad = list;
		*bad_len = len;
		if (!choose(h, list, len))
			return -EINVAL;
		list += len;
	} while (*list++ == ',');
	return 0;
}

const char *history_read_keys(const struct history_read *h, char *buf,
			      size_t size)
{
	size_t used = 0;
	unsigned int i;

	*buf = 0;
	for (i = POINT_RATES; i < h->count && used < size; i++)
		used += (size_t)snprintf(buf + used, size - used, "%s%s",
					 used ? "," : "", h->fields[i].key);
	return buf;
}

int history_read_range(struct history_read *h, const int64_t *since_ns,
		       const int64_t *until_ns, int64_t now_ns)
{
	h->until_ns = until_ns ? *until_ns : now_ns;
	h->since_ns = since_ns ? *since_ns
			       : h->until_ns - HISTORY_DEFAULT_RANGE;
	return h->since_ns <= h->until_ns ? 0 : -EINVAL;
}

int history_read_step(struct history_read *h, struct query *q)
{
	struct value tick[TICK_COUNT];
	int64_t interval = NSEC_PER_SEC;
	int r;

	if (h->step_ns != HISTORY_STEP_AUTO)
		return 0;
	r = query_tick(q, TICK_NEWEST, 0, tick);
	if (r < 0)
		return r;
	if (r > 0)
		interval = seconds_to_ns(value_number(&tick[TICK_INTERVAL], 1));
	h->step_ns = history_auto_step(h->until_ns - h->since_ns, interval);
	return 0;
}

void history_read_name(struct history_read *h, bool several)
{
	unsigned int show = several ? SHOW_DATA : SHOW_STREAM;

	h->fields[POINT_ID].show = show;
	h->fields[POINT_NAME].show = show;
	h->fields[POINT_LABEL].show = several ? SHOW_TABLE : SHOW_NOWHERE;
}

/* A container is told of by its newest life. */
static json_t *container_json(const struct rowset *lives)
{
	return json_row(life_fields, LIFE_COUNT,
			rowset_row(lives, lives->count - 1), SHOW_DOC);
}

json_t *history_read_head(const struct history_read *h,
			  const struct rowset *containers, unsigned int count)
{
	json_t *container = count == 1 ? container_json(containers) : NULL;
	json_t *list = count ? json_array() : NULL;
	json_t *head = json_pack("{s:i, s:o?, s:f, s:f, s:o}", "version", 1,
				 "container", container, "since",
				 (double)h->since_ns / 1e9, "until",
				 (double)h->until_ns / 1e9, "step",
				 h->step_ns
					 ? json_real((double)h->step_ns / 1e9)
					 : json_null());

	for (unsigned int i = 0; i < count; i++)
		json_array_append_new(list, container_json(&containers[i]));
	if (count && json_object_set_new(head, "containers", list)) {
		json_decref(head);
		return NULL;
	}
	return head;
}

/* One reading: where the points are made, and where they go. */
struct reading {
	struct history_read *h;
	struct query *q;
	struct history history;
	struct history_range part[HISTORY_TIERS];
	char wanted[HISTORY_KEYS_MAX]; /* ",cpu_pct,mem_bytes," */
	int (*point)(void *arg, const struct value *point);
	void *arg;
};

/* A point goes by its container's newest life. */
static int emit(struct reading *reading, struct value *point)
{
	const struct rowset *lives = &reading->h->lives;
	const struct value *life;

	if (lives->count) {
		life = rowset_row(lives, lives->count - 1);
		point[POINT_ID] = life[LIFE_ID];
		point[POINT_NAME] = life[LIFE_NAME];
		point[POINT_LABEL] = life[LIFE_LABEL];
	}
	return reading->point(reading->arg, point);
}

/* All rows become points, but for the last point, which may go on. */
static int read_rows(struct reading *reading, struct cursor *c)
{
	struct value row[QUERY_COLUMNS_MAX] = { 0 }; /* NULL: not wanted */
	struct value point[HISTORY_POINT_MAX];
	int r;

	while ((r = cursor_next(c, row)) > 0) {
		if (!history_add(&reading->history, row, point))
			continue;
		r = emit(reading, point);
		if (r)
			break;
	}
	cursor_close(c);
	return r;
}

/* What of a part of the time lies in a life; the first step's begin too. */
static struct history_range in_life(const struct history_read *h,
				    const struct value *life,
				    struct history_range part)
{
	int64_t from = life[LIFE_FIRST_NS].i - HISTORY_MARGIN - h->step_ns;

	if (life[LIFE_STOPPED_NS].type == VALUE_INT &&
	    life[LIFE_STOPPED_NS].i + HISTORY_MARGIN < part.to_ns)
		part.to_ns = life[LIFE_STOPPED_NS].i + HISTORY_MARGIN;
	if (part.from_ns < from)
		part.from_ns = from;
	return part;
}

static int read_life(struct reading *reading, const struct value *life)
{
	struct cursor c;
	int r = 0;

	for (unsigned int i = 0; !r && i < HISTORY_TIERS; i++) {
		struct history_range part =
			in_life(reading->h, life, reading->part[i]);

		if (part.to_ns < part.from_ns)
			continue;
		r = query_history_container(reading->q, i, life[LIFE_ROW].i,
					    part, reading->wanted, &c);
		if (!r)
			r = read_rows(reading, &c);
	}
	return r;
}

static int read_system(struct reading *reading)
{
	struct cursor c;
	int r = 0;

	for (unsigned int i = 0; !r && i < HISTORY_TIERS; i++) {
		r = query_history_system(reading->q, i, reading->part[i],
					 reading->wanted, &c);
		if (!r)
			r = read_rows(reading, &c);
	}
	return r;
}

/* Which tiers the points are to be made of. */
static int divide(struct reading *reading)
{
	const struct history_read *h = reading->h;
	struct history_extent extent;
	int r = query_history_extent(reading->q, &extent);

	if (!r)
		history_divide(h->step_ns, &extent,
			       (struct history_range){ h->since_ns,
						       h->until_ns },
			       reading->part);
	return r;
}

/* What nobody will see is not worked out. */
static void list_wanted(struct reading *reading)
{
	const struct history_read *h = reading->h;
	size_t used =
		(size_t)snprintf(reading->wanted, sizeof(reading->wanted), ",");

	for (unsigned int i = POINT_RATES; i < h->count; i++)
		if (h->fields[i].show & h->show)
			used += (size_t)snprintf(reading->wanted + used,
						 sizeof(reading->wanted) - used,
						 "%s,", h->fields[i].key);
}

int history_read_points(struct history_read *h, struct query *q,
			int (*point)(void *arg, const struct value *point),
			void *arg)
{
	struct reading reading = { .h = h, .q = q, .point = point, .arg = arg };
	struct value last[HISTORY_POINT_MAX];
	unsigned int i;
	int r = divide(&reading);

	list_wanted(&reading);
	history_init(&reading.history, h->table, h->step_ns);
	if (!r && h->system)
		r = read_system(&reading);
	for (i = 0; !r && i < h->lives.count; i++)
		r = read_life(&reading, rowset_row(&h->lives, i));
	if (!r && history_flush(&reading.history, last))
		r = emit(&reading, last);
	return r;
}
