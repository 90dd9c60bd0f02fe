// SPDX-License-Identifier: GPL-2.0
/* Which container a word means; knows no output. */
#include "lives.h"

#include <errno.h>
#include <string.h>

static bool same_text(const struct value *a, const struct value *b)
{
	return a->type == VALUE_TEXT && b->type == VALUE_TEXT &&
	       a->s.len == b->s.len && !memcmp(a->s.p, b->s.p, a->s.len);
}

static bool life_runs(const struct value *life)
{
	return life[LIFE_RUNNING].type == VALUE_INT && life[LIFE_RUNNING].i;
}

/* When it was over; for one whose end was missed, when it began. */
static int64_t life_end(const struct value *life)
{
	if (life_runs(life))
		return INT64_MAX;
	if (life[LIFE_STOPPED_NS].type == VALUE_INT)
		return life[LIFE_STOPPED_NS].i;
	return life[LIFE_FIRST_NS].i;
}

/*
 * Different containers, of which two were there at the same time or whose ids
 * merely begin alike? Those are not one to people.
 */
static bool is_ambiguous(const struct rowset *lives, enum life_by by)
{
	int64_t end = INT64_MIN;
	unsigned int i;

	for (i = 1; i < lives->count; i++) {
		const struct value *before = rowset_row(lives, i - 1);
		const struct value *life = rowset_row(lives, i);

		if (life_end(before) > end)
			end = life_end(before);
		if (same_text(&before[LIFE_ID], &life[LIFE_ID]))
			continue;
		if (by == LIFE_BY_PREFIX || life[LIFE_FIRST_NS].i < end)
			return true;
	}
	return false;
}

/* A path is told by its slash, and only then looked for. */
static bool may_be(enum life_by by, const char *word)
{
	return (by == LIFE_BY_CGROUP) == (*word == '/');
}

static int find_by(struct query *q, enum life_by by, const char *word,
		   struct rowset *lives)
{
	struct cursor c;
	int r = query_lives(q, by, word, &c);

	return r ? r : rowset_read(lives, &c);
}

int lives_find(struct query *q, const char *word, struct rowset *lives)
{
	static const enum life_by ways[] = { LIFE_BY_KEY, LIFE_BY_NAME,
					     LIFE_BY_CGROUP, LIFE_BY_PREFIX };
	size_t i;
	int r;

	*lives = (struct rowset){ 0 };
	for (i = 0; *word && i < sizeof(ways) / sizeof(*ways); i++) {
		if (!may_be(ways[i], word))
			continue;
		r = find_by(q, ways[i], word, lives);
		if (r)
			return r;
		if (is_ambiguous(lives, ways[i]))
			return -ENOTUNIQ;
		if (lives->count)
			return 1;
		rowset_free(lives);
	}
	return 0;
}
