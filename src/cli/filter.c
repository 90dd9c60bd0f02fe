// SPDX-License-Identifier: GPL-2.0
/* Makes query_filter of options and words; knows no record. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

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

/* "[1,2]" of all lives of the words' containers. */
static int list_lives(const struct cli *cli, const struct reader *reader,
		      int words, char **word, char **list)
{
	size_t size;
	FILE *to = open_memstream(list, &size);
	bool first = true;
	int i, r = to ? 0 : -ENOMEM;

	for (i = 0; !r && i < words; i++) {
		struct rowset lives;

		r = find(cli, reader, word[i], &lives);
		if (r)
			break;
		fputs(i ? "" : "[", to);
		put_rows(to, &lives, &first);
		rowset_free(&lives);
	}
	if (to)
		fputc(']', to);
	if (to && fclose(to) && !r)
		r = -ENOMEM;
	return r;
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
		r = list_lives(cli, reader, words, word, &filter->containers);
	filter->query.containers = filter->containers;
	return r < 0 ? reader_failed(cli, reader, r) : r;
}

int filter_renew(struct filter *filter, const struct reader *reader, int words,
		 char **word)
{
	char *list = NULL;
	int r = words ? list_lives(NULL, reader, words, word, &list) : 0;

	if (r || !words) {
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
	free(filter->containers);
	filter->containers = NULL;
}
