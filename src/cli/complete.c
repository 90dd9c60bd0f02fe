// SPDX-License-Identifier: GPL-2.0
/*
 * sysmonctl complete: finds out, by the tables of subcommands and options, what
 * kind of word is being typed. Knows no kind's candidates and no shell.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "complete.h"
#include "message.h"

/* The words before the last one, as far as they have been read. */
struct walk {
	struct cli *cli;
	const struct command *command; /* NULL before it came */
	const struct opt *pending;     /* its value is the next word */
	unsigned int arguments;
	const char *first; /* of them */
	bool literal;	   /* no more options */
	bool lost;	   /* there is no such subcommand */
};

void complete_begin(enum complete_kind kind)
{
	static const char *const names[] = {
		[COMPLETE_WORDS] = "words",
		[COMPLETE_OPEN] = "open",
		[COMPLETE_FILES] = "files",
	};

	puts(names[kind]);
}

bool complete_is_plain(const char *word)
{
	char *safe = text_terminal(word, strlen(word), TEXT_UTF8);
	bool plain = safe && !strcmp(safe, word) && *word && *word != '-';

	free(safe);
	return plain;
}

/* Whatever was typed and is recorded, a candidate is one line. */
static void print_plain(const char *text, size_t len)
{
	char *safe = text_terminal(text, len, TEXT_UTF8);

	fputs(safe ? safe : "", stdout);
	free(safe);
}

void complete_offer(const struct complete *c, const char *word,
		    const char *about)
{
	if (strncmp(word, c->typed, strlen(c->typed)) != 0)
		return;
	print_plain(c->before, c->before_bytes);
	print_plain(word, strlen(word));
	if (about) {
		putchar('\t');
		print_plain(about, strlen(about));
	}
	putchar('\n');
}

static const struct opt *const *tables(const struct walk *w)
{
	return w->command ? w->command->options : NULL;
}

static void pass_argument(struct walk *w, const char *word)
{
	const struct command *command = commands;

	if (w->command) {
		if (!w->arguments++)
			w->first = word;
		return;
	}
	while (command->name && strcmp(command->name, word) != 0)
		command++;
	w->lost = !command->name;
	w->command = command;
	/* Behind a subcommand's name come its own options. */
	w->literal = false;
}

static void pass(struct walk *w, const char *word)
{
	const struct opt *opt;
	const char *value;

	if (w->pending) {
		opts_apply(w->cli, w->pending, word);
		w->pending = NULL;
	} else if (w->literal || word[0] != '-' || !word[1]) {
		pass_argument(w, word);
	} else if (!strcmp(word, "--")) {
		w->literal = true;
	} else {
		opt = opts_find(tables(w), word, &value);
		if (opt && opt->arg && !value)
			w->pending = opt;
		else if (opt)
			opts_apply(w->cli, opt, value);
	}
}

static void offer_options(const struct complete *c, const struct opt *opt)
{
	char name[40];

	for (; opt->name; opt++) {
		snprintf(name, sizeof(name), "--%s", opt->name);
		complete_offer(c, name, opt->help);
	}
}

static void complete_option(struct complete *c, const struct walk *w)
{
	const struct opt *const *table = tables(w);
	const char *value;
	const struct opt *opt = opts_find(table, c->typed, &value);

	if (opt && opt->arg && value) {
		c->before = c->typed;
		c->before_bytes = (size_t)(value - c->typed);
		c->typed = value;
		complete_value(c, opt);
		return;
	}
	complete_begin(COMPLETE_WORDS);
	for (; table && *table; table++)
		offer_options(c, *table);
	offer_options(c, opts_global);
}

static void complete_command(const struct complete *c)
{
	const struct command *command;

	complete_begin(COMPLETE_WORDS);
	for (command = commands; command->name; command++)
		if (!command->hidden)
			complete_offer(c, command->name, command->summary);
}

static void complete_last(struct walk *w, const char *typed)
{
	struct complete c = {
		.cli = w->cli,
		.before = "",
		.typed = typed,
		.place = w->arguments,
		.first = w->first,
	};

	if (w->pending)
		complete_value(&c, w->pending);
	else if (!w->literal && typed[0] == '-')
		complete_option(&c, w);
	else if (!w->command)
		complete_command(&c);
	else if (w->command->complete)
		w->command->complete(&c);
	else
		complete_begin(COMPLETE_WORDS);
}

int cmd_complete(struct cli *cli, int argc, char **argv)
{
	struct walk walk = { .cli = cli };
	int i;

	if (!argc) {
		message_error(cli, "which words?");
		message_hint(cli, "put them behind --, the last one may be ''");
		return CLI_USAGE;
	}
	/* What is wrong with the words is for when they are run. */
	if (!freopen("/dev/null", "w", stderr))
		return CLI_FAILED;
	for (i = 0; !walk.lost && i < argc - 1; i++)
		pass(&walk, argv[i]);
	if (walk.lost)
		complete_begin(COMPLETE_WORDS);
	else
		complete_last(&walk, argv[argc - 1]);
	return fflush(stdout) ? CLI_FAILED : CLI_OK;
}
