// SPDX-License-Identifier: GPL-2.0
/* Which container a word means; knows no subcommand. */
#include <stdlib.h>
#include <string.h>

#include "layout.h"
#include "message.h"
#include "resolve.h"

#define RESOLVE_LISTED_MAX 10

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

static void list_candidates(const struct cli *cli, const struct rowset *lives)
{
	struct layout layout;
	char *line = NULL;
	unsigned int i, n = lives->count;
	size_t size;
	FILE *mem = open_memstream(&line, &size);

	if (!mem)
		return;
	if (n > RESOLVE_LISTED_MAX)
		n = RESOLVE_LISTED_MAX;
	layout_init(&layout, life_fields, LIFE_COUNT, cli->terminal.charset);
	for (i = 0; i < n; i++)
		layout_fit(&layout, rowset_row(lives, i));
	layout_limit(&layout, 100);
	for (i = 0; i < n; i++) {
		fputs("  ", mem);
		layout_row(&layout, rowset_row(lives, i), true, mem);
		putc('\n', mem);
	}
	if (n < lives->count)
		fprintf(mem, "  ... and %u more\n", lives->count - n);
	if (!fclose(mem))
		fputs(line, stderr);
	free(line);
}

static int find_by(const struct reader *reader, enum life_by by,
		   const char *word, struct rowset *lives)
{
	struct cursor c;
	int r = query_lives(reader->query, by, word, &c);

	return r ? r : rowset_read(lives, &c);
}

static int refuse_ambiguous(const struct cli *cli, const char *word,
			    struct rowset *lives)
{
	message_error(cli, "%s: which one of these?", word);
	list_candidates(cli, lives);
	message_hint(cli, "give more of the id, or the full name");
	rowset_free(lives);
	return CLI_USAGE;
}

int resolve_container(const struct cli *cli, const struct reader *reader,
		      const char *word, struct rowset *lives)
{
	static const enum life_by ways[] = { LIFE_BY_KEY, LIFE_BY_NAME,
					     LIFE_BY_CGROUP, LIFE_BY_PREFIX };
	size_t i;
	int r;

	for (i = 0; *word && i < sizeof(ways) / sizeof(*ways); i++) {
		r = find_by(reader, ways[i], word, lives);
		if (r)
			return reader_failed(cli, reader, r);
		if (is_ambiguous(lives, ways[i]))
			return refuse_ambiguous(cli, word, lives);
		if (lives->count)
			return CLI_OK;
		rowset_free(lives);
	}
	message_error(cli, "no container goes by %s",
		      *word ? word : "the empty name");
	message_hint(cli, "see sysmonctl containers --all; a name, the "
			  "beginning of an id or a cgroup path will do");
	return CLI_NOTHING;
}
