// SPDX-License-Identifier: GPL-2.0
/* sysmonctl: finds the subcommand and what is common to all; no more. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "commands.h"
#include "lib/timerange.h"
#include "message.h"
#include "opts.h"
#include "terminal.h"

static void print_usage(FILE *to)
{
	const struct command *command;

	fputs("Usage: sysmonctl [OPTION...] SUBCOMMAND [ARGUMENT...]\n\n"
	      "Shows what sysmon has recorded of this machine and its "
	      "containers.\n\nSubcommands:\n",
	      to);
	for (command = commands; command->name; command++)
		if (!command->hidden)
			fprintf(to, "  %-12s %s\n", command->name,
				command->summary);
	fputs("\nOptions:\n", to);
	opts_help(to, opts_global);
	fputs("\nsysmonctl SUBCOMMAND --help says more of one.\n\n"
	      "Exit status: 0 done, 1 failed, 2 wrong usage, 3 nothing found "
	      "or no data yet,\n4 the daemon or the module is not running "
	      "where it must be.\n",
	      to);
}

static void print_command_help(const struct command *command)
{
	const struct opt *const *table;

	printf("Usage: sysmonctl %s [OPTION...]%s%s\n\n%s.\n", command->name,
	       *command->synopsis ? " " : "", command->synopsis,
	       command->summary);
	if (command->help)
		printf("\n%s", command->help);
	if (*command->options)
		puts("\nOptions:");
	for (table = command->options; *table; table++)
		opts_help(stdout, *table);
	puts("\nCommon options:");
	opts_help(stdout, opts_global);
	printf("\nExamples:\n%s", command->examples);
}

static const struct command *find_command(const struct cli *cli,
					  const char *name)
{
	const struct command *command;
	char names[256] = "", near[32];

	for (command = commands; command->name; command++) {
		size_t used = strlen(names);

		if (!strcmp(command->name, name))
			return command;
		if (!command->hidden)
			snprintf(names + used, sizeof(names) - used, "%s|",
				 command->name);
	}
	message_error(cli, "no such subcommand: %s", name);
	if (message_nearest(name, names, near, sizeof(near)))
		message_hint(cli, "did you mean sysmonctl %s?", near);
	else
		message_hint(cli, "sysmonctl --help lists them");
	return NULL;
}

static int run_command(struct cli *cli, int argc, char **argv)
{
	int r;

	cli->command = find_command(cli, argv[0]);
	if (!cli->command)
		return CLI_USAGE;
	argc--;
	argv++;
	r = opts_parse(cli, cli->command->options, &argc, argv);
	if (r)
		return r;
	if (cli->opt.help) {
		print_command_help(cli->command);
		return CLI_OK;
	}
	terminal_init(&cli->terminal, cli->opt.no_color);
	return cli->command->run(cli, argc, argv);
}

int main(int argc, char **argv)
{
	struct timespec now;
	struct cli cli = { 0 };
	int r;

	clock_gettime(CLOCK_REALTIME, &now);
	cli.now_ns = now.tv_sec * NSEC_PER_SEC + now.tv_nsec;
	opts_default(&cli.opt);
	argc--;
	argv++;
	r = opts_parse(&cli, NULL, &argc, argv);
	if (r)
		return r;
	if (cli.opt.version) {
		puts("sysmonctl " SYSMON_VERSION);
		return CLI_OK;
	}
	if (argc)
		return run_command(&cli, argc, argv);
	print_usage(cli.opt.help ? stdout : stderr);
	return cli.opt.help ? CLI_OK : CLI_USAGE;
}
