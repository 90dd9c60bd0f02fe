/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Options of the command line: one table drives parsing and help. Knows no
 * subcommand; reads no clock.
 */
#ifndef SYSMON_CLI_OPTS_H
#define SYSMON_CLI_OPTS_H

#include <stddef.h>
#include <stdio.h>

#include "cli.h"

enum opt_type {
	OPT_FLAG, /* bool, true */
	OPT_SET,  /* int, to `set` */
	OPT_TEXT, /* const char *, as the next ones */
	OPT_PATH,
	OPT_CONTAINER, /* a container's name, or part of it */
	OPT_SORT_KEY,  /* that top sorts by */
	OPT_COLUMNS,   /* of top: a list with commas, as the next ones */
	OPT_METRICS,   /* of a history */
	OPT_EVENT_TYPES,
	OPT_RULE,   /* of the policy */
	OPT_NUMBER, /* int, from 0 */
	OPT_TIME,   /* int64_t, unix ns */
	OPT_STEP,   /* int64_t: duration, raw or auto */
	OPT_CHOICE, /* int: the index in arg, "a|b|c" */
};

/* A table of these ends with an entry without name. */
struct opt {
	const char *name;
	char letter; /* 0: none */
	enum opt_type type;
	size_t offset;	  /* in struct options */
	int set;	  /* with OPT_SET */
	const char *arg;  /* what its value is called; NULL: takes none */
	const char *help; /* one line */
};

extern const struct opt opts_global[]; /* of sysmonctl itself */
extern const struct opt opts_format[]; /* of every reading subcommand */
extern const struct opt opts_range[];  /* where a range makes sense */

/*
 * Takes the options out of argv[0 .. *argc - 1] into cli->opt: those of the
 * tables, and the global ones. The arguments are moved to the front, *argc
 * says how many. Without tables it stops at the first argument. Returns
 * CLI_OK, or CLI_USAGE with a message and a hint printed.
 */
int opts_parse(struct cli *cli, const struct opt *const *tables, int *argc,
	       char **argv);

/*
 * The option that a word such as --name, --name=VALUE, -x or -xVALUE ends in:
 * of the tables (NULL: none), or a global one. NULL when there is none. *value
 * is where its value begins in the word, or NULL when it is not in there.
 */
const struct opt *opts_find(const struct opt *const *tables, const char *word,
			    const char **value);

/*
 * Sets the option in cli->opt; value is NULL for one that takes none. Returns
 * as opts_parse().
 */
int opts_apply(struct cli *cli, const struct opt *opt, const char *value);

/* What holds when nothing is given; the database is $SYSMON_DB's or ours. */
void opts_default(struct options *opt);

/* One line an option. */
void opts_help(FILE *to, const struct opt *table);

#endif
