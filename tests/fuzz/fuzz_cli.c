// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the fuzzing of sysmonctl's command line: a line each is a subcommand and
 * its arguments, of which the options are taken, and what lists name.
 * libFuzzer's entry point.
 */
#include "cli/columns.h"
#include "cli/commands.h"
#include "cli/message.h"
#include "cli/opts.h"
#include "fuzz.h"
#include "lib/event_type.h"
#include "lib/history_read.h"
#include "lib/snapshot.h"

#define ARGS_MAX 24

static char *said;
static size_t said_len;

/* Messages are read, not shown; libFuzzer and the sanitizers have their own. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	unsetenv("SYSMON_DB");
	stderr = open_memstream(&said, &said_len);
	REQUIRE(stderr);
	return 0;
}

static void check_said(bool must)
{
	REQUIRE(!fflush(stderr));
	REQUIRE(is_clean(said, said_len, "\n"));
	REQUIRE(said_len || !must);
	rewind(stderr);
}

static const struct command *find_command(const char *name)
{
	for (const struct command *c = commands; c->name; c++)
		if (!strcmp(c->name, name))
			return c;
	return NULL;
}

/* What is no item of a list is within it. */
static void check_bad(const char *list, const char *bad, size_t len)
{
	REQUIRE(bad >= list && bad + len <= list + strlen(list));
}

static void read_lists(const struct options *opt)
{
	char types[EVENT_TYPES_MAX], text[1024];
	struct history_read history;
	struct columns columns, again;
	const char *bad;
	size_t len;

	history_read_init(&history, opt->system);
	if (opt->metric &&
	    history_read_choose(&history, opt->metric, &bad, &len))
		check_bad(opt->metric, bad, len);
	if (opt->type && event_types_parse(opt->type, types, &bad, &len))
		check_bad(opt->type, bad, len);
	if (opt->sort)
		REQUIRE(snapshot_sort_field(opt->sort) < (int)TOP_COUNT);
	if (!opt->columns)
		return;
	if (columns_parse(&columns, opt->columns, &bad, &len)) {
		check_bad(opt->columns, bad, len);
		return;
	}
	columns_list(&columns, text, sizeof(text));
	REQUIRE(!columns_parse(&again, text, &bad, &len));
	REQUIRE(again.count == columns.count);
	REQUIRE(!memcmp(again.field, columns.field,
			columns.count * sizeof(*columns.field)));
}

static void parse(int argc, char **argv)
{
	struct cli cli = { .now_ns = 1736942409000000000 };
	int r;

	opts_default(&cli.opt);
	r = opts_parse(&cli, NULL, &argc, argv);
	check_said(r != CLI_OK);
	if (r || !argc)
		return;
	cli.command = find_command(argv[0]);
	if (!cli.command)
		return;
	argc--;
	r = opts_parse(&cli, cli.command->options, &argc, argv + 1);
	check_said(r != CLI_OK);
	if (!r)
		read_lists(&cli.opt);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lines lines = lines_of(data, size);
	char *argv[ARGS_MAX + 1] = { NULL };
	int argc = 0;

	while (argc < ARGS_MAX && (argv[argc] = lines_next(&lines, NULL)))
		argc++;
	argv[argc] = NULL;
	parse(argc, argv);
	free(lines.copy);
	return 0;
}
