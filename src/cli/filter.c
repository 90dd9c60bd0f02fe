// SPDX-License-Identifier: GPL-2.0
/* Makes query_filter of options and words; knows no record. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filter.h"
#include "lib/lives.h"
#include "lib/timerange.h"
#include "message.h"
#include "resolve.h"

int filter_check_range(const struct cli *cli)
{
	char since[32], until[32];

	if (cli->opt.since == TIME_UNSET || cli->opt.until == TIME_UNSET ||
	    cli->opt.since <= cli->opt.until)
		return CLI_OK;
	message_error(cli, "the range ends before it begins: %s to %s",
		      time_format(cli->opt.since, since, sizeof(since)),
		      time_format(cli->opt.until, until, sizeof(until)));
	return CLI_USAGE;
}

static void put_rows(FILE *to, const struct rowset *lives, bool *first)
{
	for (unsigned int i = 0; i < lives->count; i++) {
		fprintf(to, "%s%lld", *first ? "" : ",",
			(long long)rowset_row(lives, i)[LIFE_ROW].i);
		*first = false;
	}
}

/* Resolves with messages, or without where cli is NULL. */
static int find(const struct cli *cli, const struct reader *reader,
		const char *word, struct rowset *lives)
{
	int r;

	if (cli)
		return resolve_container(cli, reader, word, lives);
	r = lives_find(reader->query, word, lives);
	return r == 1 || r == -ENOTUNIQ ? 0 : r ? r : -ENOENT;
}

/* The beginning of an id may become another's, too: the whole id takes its
 * place. */
static int settle(char **word, const struct value *life)
{
	const struct value *id = &life[LIFE_ID], *name = &life[LIFE_NAME];
	size_t len = strlen(*word);
	char *whole;

	if (name->type == VALUE_TEXT && name->s.len == len &&
	    !memcmp(name->s.p, *word, len))
		return 0;
	if (id->type != VALUE_TEXT || id->s.len <= len ||
	    memcmp(id->s.p, *word, len) != 0)
		return 0;
	whole = strndup(id->s.p, id->s.len);
	if (!whole)
		return -ENOMEM;
	free(*word);
	*word = whole;
	return 0;
}

/* "[1,2]" of all lives of the filter's containers. */
static int list_lives(const struct cli *cli, const struct reader *reader,
		      struct filter *filter, char **list)
{
	size_t size;
	FILE *to = open_memstream(list, &size);
	bool first = true;
	int i, r = to ? 0 : -ENOMEM;

	for (i = 0; !r && i < filter->words; i++) {
		struct rowset lives;

		r = find(cli, reader, filter->word[i], &lives);
		if (r)
			break;
		fputs(i ? "" : "[", to);
		put_rows(to, &lives, &first);
		r = settle(&filter->word[i], rowset_row(&lives, 0));
		rowset_free(&lives);
	}
	if (to)
		fputc(']', to);
	if (to && fclose(to) && !r)
		r = -ENOMEM;
	return r;
}

static int copy_words(struct filter *filter, int words, char **word)
{
	filter->word = calloc((size_t)words, sizeof(*filter->word));
	if (!filter->word)
		return -ENOMEM;
	for (; filter->words < words; filter->words++) {
		filter->word[filter->words] = strdup(word[filter->words]);
		if (!filter->word[filter->words])
			return -ENOMEM;
	}
	return 0;
}

static int64_t limit(int64_t given, int64_t otherwise)
{
	return given == TIME_UNSET ? otherwise : given;
}

int filter_init(struct filter *filter, const struct cli *cli,
		const struct reader *reader, int words, char **word)
{
	const struct options *opt = &cli->opt;
	int r = 0;

	*filter = (struct filter){ .query = QUERY_ALL };
	filter->query.since_ns = limit(opt->since, INT64_MIN);
	filter->query.until_ns = limit(opt->until, INT64_MAX);
	filter->query.last = opt->lines;
	if (words)
		r = copy_words(filter, words, word);
	if (!r && words)
		r = list_lives(cli, reader, filter, &filter->containers);
	filter->query.containers = filter->containers;
	return r < 0 ? reader_failed(cli, reader, r) : r;
}

int filter_renew(struct filter *filter, const struct reader *reader)
{
	char *list = NULL;
	int r = filter->words ? list_lives(NULL, reader, filter, &list) : 0;

	if (r || !filter->words) {
		free(list);
		return r == -ENOENT ? 0 : r;
	}
	free(filter->containers);
	filter->containers = list;
	filter->query.containers = list;
	return 0;
}

void filter_free(struct filter *filter)
{
	for (int i = 0; i < filter->words; i++)
		free(filter->word[i]);
	free(filter->word);
	free(filter->containers);
	*filter = (struct filter){ 0 };
}
