// SPDX-License-Identifier: GPL-2.0
/* Parses options by tables, and lists them; knows no subcommand. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "lib/db.h"
#include "lib/history_read.h"
#include "lib/timerange.h"
#include "message.h"
#include "opts.h"

#define AT(field) offsetof(struct options, field)

const struct opt opts_global[] = {
	{ "db", 0, OPT_PATH, AT(db), 0, "PATH",
	  "the database (default: $SYSMON_DB or " DB_DEFAULT_PATH ")" },
	{ "no-color", 0, OPT_FLAG, AT(no_color), 0, NULL,
	  "no colours (as with NO_COLOR, or when not on a terminal)" },
	{ "quiet", 'q', OPT_FLAG, AT(quiet), 0, NULL, "no hints, no warnings" },
	{ "help", 'h', OPT_FLAG, AT(help), 0, NULL, "this help" },
	{ "version", 'V', OPT_FLAG, AT(version), 0, NULL, "the version" },
	{ 0 }
};

const struct opt opts_format[] = { { "format", 0, OPT_CHOICE, AT(format), 0,
				     FORMAT_CHOICES, "how to print" },
				   { "json", 0, OPT_SET, AT(format),
				     FORMAT_JSON, NULL,
				     "the same as --format json" },
				   { 0 } };

const struct opt opts_range[] = {
	{ "since", 'S', OPT_TIME, AT(since), 0, "TIME",
	  "from then on: '2025-01-31 08:30:00', today, -1h, @SECONDS, ..." },
	{ "until", 'U', OPT_TIME, AT(until), 0, "TIME", "up to then" },
	{ 0 }
};

void opts_default(struct options *opt)
{
	const char *db = getenv("SYSMON_DB");

	*opt = (struct options){
		.db = db && *db ? db : DB_DEFAULT_PATH,
		.since = TIME_UNSET,
		.until = TIME_UNSET,
		.at = TIME_UNSET,
		.step = HISTORY_STEP_AUTO,
		.lines = -1,
	};
}

/* "--name" or "-x", as the option is told of in messages. */
static const char *opt_label(const struct opt *opt, char *buf, size_t size)
{
	snprintf(buf, size, "--%s", opt->name);
	return buf;
}

static int refuse_value(struct cli *cli, const struct opt *opt,
			const char *value, const char *why)
{
	char label[40];

	message_error(cli, "%s %s: %s", opt_label(opt, label, sizeof(label)),
		      value, why);
	return CLI_USAGE;
}

static int set_choice(struct cli *cli, const struct opt *opt, int *to,
		      const char *value)
{
	const char *word = opt->arg;
	char near[32];
	int i;

	for (i = 0; *word; i++) {
		size_t len = strcspn(word, "|");

		if (strlen(value) == len && !strncmp(value, word, len)) {
			*to = i;
			return CLI_OK;
		}
		word += len + (word[len] == '|');
	}
	refuse_value(cli, opt, value, "no such choice");
	if (message_nearest(value, opt->arg, near, sizeof(near)))
		message_hint(cli, "did you mean %s?", near);
	else
		message_hint(cli, "choose one of %s", opt->arg);
	return CLI_USAGE;
}

static int set_number(struct cli *cli, const struct opt *opt, int *to,
		      const char *value)
{
	char *end;
	long n = strtol(value, &end, 10);

	if (!isdigit((unsigned char)*value) || *end || n > 1000000000)
		return refuse_value(cli, opt, value, "not a number");
	*to = (int)n;
	return CLI_OK;
}

static int set_step(struct cli *cli, const struct opt *opt, int64_t *to,
		    const char *value)
{
	const char *why;

	if (history_step_parse(value, to, &why))
		return refuse_value(cli, opt, value, why);
	return CLI_OK;
}

static int set_time(struct cli *cli, const struct opt *opt, int64_t *to,
		    const char *value)
{
	const char *why;

	if (time_parse(value, cli->now_ns, to, &why))
		return refuse_value(cli, opt, value, why);
	return CLI_OK;
}

int opts_apply(struct cli *cli, const struct opt *opt, const char *value)
{
	void *to = (char *)&cli->opt + opt->offset;

	switch (opt->type) {
	case OPT_FLAG:
		*(bool *)to = true;
		return CLI_OK;
	case OPT_SET:
		*(int *)to = opt->set;
		return CLI_OK;
	case OPT_TEXT:
	case OPT_PATH:
	case OPT_CONTAINER:
	case OPT_SORT_KEY:
	case OPT_COLUMNS:
	case OPT_METRICS:
	case OPT_EVENT_TYPES:
	case OPT_RULE:
		*(const char **)to = value;
		return CLI_OK;
	case OPT_NUMBER:
		return set_number(cli, opt, to, value);
	case OPT_TIME:
		return set_time(cli, opt, to, value);
	case OPT_STEP:
		return set_step(cli, opt, to, value);
	case OPT_CHOICE:
		return set_choice(cli, opt, to, value);
	}
	return CLI_USAGE;
}

static const struct opt *find_in(const struct opt *table, const char *name,
				 size_t len, char letter)
{
	for (; table->name; table++) {
		if (letter && table->letter == letter)
			return table;
		if (!letter && strlen(table->name) == len &&
		    !strncmp(table->name, name, len))
			return table;
	}
	return NULL;
}

static const struct opt *find_opt(const struct opt *const *tables,
				  const char *name, size_t len, char letter)
{
	const struct opt *opt = find_in(opts_global, name, len, letter);

	for (; !opt && tables && *tables; tables++)
		opt = find_in(*tables, name, len, letter);
	return opt;
}

const struct opt *opts_find(const struct opt *const *tables, const char *word,
			    const char **value)
{
	const char *equals = strchr(word, '=');
	const struct opt *opt = NULL;

	*value = NULL;
	if (!strncmp(word, "--", 2)) {
		*value = equals ? equals + 1 : NULL;
		return find_opt(tables, word + 2,
				equals ? (size_t)(equals - word) - 2
				       : strlen(word + 2),
				0);
	}
	for (word++; *word; word++) {
		opt = find_opt(tables, NULL, 0, *word);
		if (!opt || !opt->arg)
			continue;
		*value = word[1] ? word + 1 : NULL;
		break;
	}
	return opt;
}

static void list_names(const struct opt *table, char *buf, size_t size)
{
	for (; table->name; table++) {
		size_t used = strlen(buf);

		snprintf(buf + used, size - used, "%s|", table->name);
	}
}

static int refuse_opt(struct cli *cli, const struct opt *const *tables,
		      const char *arg)
{
	char names[512] = "", near[32], typed[32];

	message_error(cli, "unknown option %s", arg);
	list_names(opts_global, names, sizeof(names));
	for (; tables && *tables; tables++)
		list_names(*tables, names, sizeof(names));
	snprintf(typed, sizeof(typed), "%.*s",
		 (int)strcspn(arg + strspn(arg, "-"), "="),
		 arg + strspn(arg, "-"));
	if (message_nearest(typed, names, near, sizeof(near)))
		message_hint(cli, "did you mean --%s?", near);
	else
		message_hint(cli, "see sysmonctl %s%s--help",
			     cli->command ? cli->command->name : "",
			     cli->command ? " " : "");
	return CLI_USAGE;
}

/* Where the parser stands. */
struct scan {
	struct cli *cli;
	const struct opt *const *tables;
	char **argv;
	int argc;
	int i;
};

/* Applies it with `inline_value`, or with the next argument as the value. */
static int scan_value(struct scan *scan, const struct opt *opt,
		      const char *inline_value)
{
	char label[40];

	if (!opt->arg) {
		if (!inline_value)
			return opts_apply(scan->cli, opt, NULL);
		message_error(scan->cli, "%s takes no value",
			      opt_label(opt, label, sizeof(label)));
		return CLI_USAGE;
	}
	if (!inline_value && scan->i + 1 < scan->argc)
		inline_value = scan->argv[++scan->i];
	if (inline_value)
		return opts_apply(scan->cli, opt, inline_value);
	message_error(scan->cli, "%s needs a value: %s",
		      opt_label(opt, label, sizeof(label)), opt->arg);
	return CLI_USAGE;
}

/* --name, --name=value, --name value. */
static int scan_long(struct scan *scan, const char *arg)
{
	const char *name = arg + 2, *equals = strchr(name, '=');
	size_t len = equals ? (size_t)(equals - name) : strlen(name);
	const struct opt *opt = find_opt(scan->tables, name, len, 0);

	if (!opt)
		return refuse_opt(scan->cli, scan->tables, arg);
	return scan_value(scan, opt, equals ? equals + 1 : NULL);
}

/* -abc, -nVALUE, -n VALUE. */
static int scan_short(struct scan *scan, const char *arg)
{
	const struct opt *opt;
	const char *p;
	int r;

	for (p = arg + 1; *p; p++) {
		opt = find_opt(scan->tables, NULL, 0, *p);
		if (!opt)
			return refuse_opt(scan->cli, scan->tables, arg);
		if (opt->arg)
			return scan_value(scan, opt, p[1] ? p + 1 : NULL);
		r = scan_value(scan, opt, NULL);
		if (r)
			return r;
	}
	return CLI_OK;
}

int opts_parse(struct cli *cli, const struct opt *const *tables, int *argc,
	       char **argv)
{
	struct scan scan = {
		.cli = cli, .tables = tables, .argv = argv, .argc = *argc
	};
	bool literal = false;
	int kept = 0, r = CLI_OK;

	for (; r == CLI_OK && scan.i < *argc; scan.i++) {
		char *arg = argv[scan.i];

		if (literal || arg[0] != '-' || !arg[1]) {
			/* Behind a subcommand's name come its own options. */
			literal |= !tables;
			argv[kept++] = arg;
		} else if (!strcmp(arg, "--")) {
			literal = true;
		} else if (arg[1] == '-') {
			r = scan_long(&scan, arg);
		} else {
			r = scan_short(&scan, arg);
		}
	}
	*argc = kept;
	return r;
}

void opts_help(FILE *to, const struct opt *table)
{
	char left[64];

	for (; table->name; table++) {
		snprintf(left, sizeof(left), "--%s%s%s", table->name,
			 table->arg ? " " : "", table->arg ? table->arg : "");
		if (table->letter)
			fprintf(to, "  -%c, ", table->letter);
		else
			fputs("      ", to);
		if (strlen(left) > 24)
			fprintf(to, "%s\n%32s", left, "");
		else
			fprintf(to, "%-26s", left);
		fprintf(to, "%s\n", table->help);
	}
}
