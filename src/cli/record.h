/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Prints the part of a record that options and words ask for. Knows no record's
 * inside.
 */
#ifndef SYSMON_CLI_RECORD_H
#define SYSMON_CLI_RECORD_H

#include "cli.h"
#include "lib/query.h"
#include "words.h"

struct record {
	const struct field *fields;
	unsigned int count;
	const char *list;		  /* in the document */
	const char *none;		  /* said where there is nothing */
	const struct words_column *words; /* or NULL */
	int (*query)(struct query *q, const struct query_filter *filter,
		     struct cursor *c);
	/* What it is filtered by beside time and container. */
	void (*choose)(struct query_filter *filter, const struct options *opt);
};

/* The words name containers. Returns enum exit_code, with what is wrong said. */
int record_print(const struct cli *cli, const struct record *record, int words,
		 char **word);

#endif
