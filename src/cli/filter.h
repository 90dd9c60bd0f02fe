/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which part of a record the options and the containers named behind them ask
 * for. Knows no record.
 */
#ifndef SYSMON_CLI_FILTER_H
#define SYSMON_CLI_FILTER_H

#include "reader.h"

struct filter {
	struct query_filter query;
	char *containers; /* what query.containers points to */
	char **word;	  /* the containers, by name, path or whole id */
	int words;
};

/*
 * By --since, --until and --lines, and of the containers that the words name;
 * of all without words. Returns CLI_OK, or as resolve_container() with the
 * message printed; the caller calls filter_free() in either case.
 */
int filter_init(struct filter *filter, const struct cli *cli,
		const struct reader *reader, int words, char **word);
void filter_free(struct filter *filter);

/*
 * Finds the containers anew, whose later lives have come meanwhile. Returns 0
 * or a negative errno; then the filter is as it was.
 */
int filter_renew(struct filter *filter, const struct reader *reader);

/* CLI_USAGE, with a message, when the range ends before it begins. */
int filter_check_range(const struct cli *cli);

#endif
