// SPDX-License-Identifier: GPL-2.0
/* One tick held in memory, sorted and filtered; knows no output. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "document.h"
#include "json.h"
#include "snapshot.h"
#include "timerange.h"

static const struct {
	const char *word;
	char letter;
	unsigned int field;
} sorts[] = {
	{ "cpu", 'c', TOP_CPU },	 { "mem", 'm', TOP_MEM },
	{ "name", 'n', TOP_LABEL },	 { "pids", 'p', TOP_PIDS },
	{ "read", 'r', TOP_IO_READ },	 { "write", 'w', TOP_IO_WRITE },
	{ "limit", 'l', TOP_MEM_LIMIT }, { "swap", 's', TOP_SWAP },
	{ "started", 'a', TOP_STARTED },
};

const char snapshot_sort_words[] =
	"cpu|mem|name|pids|read|write|limit|swap|started";

int snapshot_sort_field(const char *word)
{
	unsigned int i;

	for (i = 0; i < sizeof(sorts) / sizeof(*sorts); i++)
		if (!strcasecmp(word, sorts[i].word))
			return (int)sorts[i].field;
	for (i = 0; i < TOP_COUNT; i++)
		if (top_fields[i].title && !strcasecmp(word, top_fields[i].key))
			return (int)i;
	return -1;
}

const char *snapshot_sort_word(unsigned int field)
{
	unsigned int i;

	for (i = 0; i < sizeof(sorts) / sizeof(*sorts); i++)
		if (sorts[i].field == field)
			return sorts[i].word;
	return top_fields[field].key;
}

int snapshot_sort_letter(int letter)
{
	unsigned int i;

	for (i = 0; i < sizeof(sorts) / sizeof(*sorts); i++)
		if (sorts[i].letter == letter)
			return (int)sorts[i].field;
	return -1;
}

static int load_containers(struct query *q, int64_t tick, struct rowset *set)
{
	struct cursor c;
	int r = query_top(q, tick, &c);

	return r ? r : rowset_read(set, &c);
}

int snapshot_load(struct snapshot *s, struct query *q, enum tick_pick pick,
		  int64_t ts_ns)
{
	struct value tick[TICK_COUNT];
	struct rowset containers = { 0 };
	int end, r = query_begin(q);

	if (r)
		return r;
	r = query_tick(q, pick, ts_ns, tick);
	if (r > 0) {
		end = load_containers(q, tick[TICK_ROW].i, &containers);
		r = end ? end : 1;
	}
	query_end(q);
	if (r <= 0)
		return r;
	snapshot_free(s);
	s->loaded = true;
	s->containers = containers;
	memcpy(s->tick, tick, sizeof(tick));
	return 1;
}

void snapshot_free(struct snapshot *s)
{
	rowset_free(&s->containers);
	free(s->order);
	*s = (struct snapshot){ 0 };
}

static bool text_has(const struct value *v, const char *part)
{
	size_t i, n = strlen(part);

	if (v->type != VALUE_TEXT)
		return false;
	for (i = 0; i + n <= v->s.len; i++)
		if (!strncasecmp(v->s.p + i, part, n))
			return true;
	return false;
}

static bool row_passes(const struct value *row, const char *filter)
{
	static const unsigned int fields[] = { TOP_LABEL, TOP_IMAGE,
					       TOP_COMMAND, TOP_ID,
					       TOP_CGROUP };
	size_t i;

	if (!filter || !*filter)
		return true;
	for (i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		if (text_has(&row[fields[i]], filter))
			return true;
	return false;
}

static int compare_texts(const struct value *a, const struct value *b)
{
	size_t n = a->s.len < b->s.len ? a->s.len : b->s.len;
	int r = strncasecmp(a->s.p, b->s.p, n);

	return r ? r : (a->s.len > b->s.len) - (a->s.len < b->s.len);
}

static int compare_values(const struct value *a, const struct value *b)
{
	double x, y;

	if (a->type == VALUE_TEXT && b->type == VALUE_TEXT)
		return compare_texts(a, b);
	x = value_number(a, 0);
	y = value_number(b, 0);
	return (x > y) - (x < y);
}

struct sorting {
	const struct snapshot *s;
	unsigned int field;
	bool down;
};

static int compare_rows(const void *pa, const void *pb, void *data)
{
	const struct sorting *by = data;
	const struct value *a, *b;
	int r;

	a = rowset_row(&by->s->containers, *(const unsigned int *)pa);
	b = rowset_row(&by->s->containers, *(const unsigned int *)pb);
	r = (a[by->field].type == VALUE_NULL) -
	    (b[by->field].type == VALUE_NULL);
	if (r)
		return r;
	r = compare_values(&a[by->field], &b[by->field]);
	if (r)
		return by->down ? -r : r;
	r = compare_values(&a[TOP_LABEL], &b[TOP_LABEL]);
	return r ? r : compare_values(&a[TOP_ID], &b[TOP_ID]);
}

/* Words go upwards, amounts and times downwards. */
int snapshot_arrange(struct snapshot *s, unsigned int sort, bool reverse,
		     const char *filter)
{
	struct sorting by = {
		.s = s,
		.field = sort,
		.down = unit_is_words(top_fields[sort].unit) == reverse,
	};
	unsigned int i;

	if (!s->order)
		s->order = calloc(s->containers.count + 1, sizeof(*s->order));
	if (!s->order)
		return -ENOMEM;
	s->shown = 0;
	for (i = 0; i < s->containers.count; i++)
		if (row_passes(rowset_row(&s->containers, i), filter))
			s->order[s->shown++] = i;
	qsort_r(s->order, s->shown, sizeof(*s->order), compare_rows, &by);
	return 0;
}

bool snapshot_is_stale(const struct value tick[TICK_COUNT], int64_t ref_ns)
{
	double interval = value_number(&tick[TICK_INTERVAL], 1);
	double age = (double)(ref_ns - tick[TICK_TS_NS].i) / NSEC_PER_SEC;

	return age > (interval > 1 ? 3 * interval : 3);
}

enum snapshot_fault snapshot_fault(const struct value newest[TICK_COUNT],
				   const struct heartbeat *heartbeat,
				   int64_t now_ns)
{
	if (value_number(&newest[TICK_RELOADED], 0) > 0)
		return SNAPSHOT_RELOADED;
	if (!snapshot_is_stale(newest, now_ns))
		return SNAPSHOT_CURRENT;
	return heartbeat_is_alive(heartbeat, now_ns) ? SNAPSHOT_NO_SAMPLES
						     : SNAPSHOT_NO_DAEMON;
}

json_t *snapshot_head(const struct snapshot *s, bool stale)
{
	json_t *head = document_head(), *tick;

	json_object_set_new(head, "stale", json_boolean(stale));
	tick = json_row(tick_fields, TICK_COUNT, s->tick, SHOW_DOC);
	if (json_object_update(head, tick)) {
		json_decref(head);
		head = NULL;
	}
	json_decref(tick);
	return head;
}
