// SPDX-License-Identifier: GPL-2.0
/* Which container a word means; knows no subcommand. */
#include <errno.h>
#include <stdlib.h>

#include "layout.h"
#include "lib/lives.h"
#include "message.h"
#include "resolve.h"

#define RESOLVE_LISTED_MAX 10

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
	int r = lives_find(reader->query, word, lives);

	if (r == 1)
		return CLI_OK;
	if (r == -ENOTUNIQ)
		return refuse_ambiguous(cli, word, lives);
	if (r)
		return reader_failed(cli, reader, r);
	message_error(cli, "no container goes by %s",
		      *word ? word : "the empty name");
	message_hint(cli, "see sysmonctl containers --all; a name, the "
			  "beginning of an id or a cgroup path will do");
	return CLI_NOTHING;
}
