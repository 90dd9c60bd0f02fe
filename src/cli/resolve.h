/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which container a word on the command line means. Knows no subcommand.
 */
#ifndef SYSMON_CLI_RESOLVE_H
#define SYSMON_CLI_RESOLVE_H

#include "lib/rowset.h"
#include "reader.h"

/*
 * As lives_find(). Returns CLI_OK; CLI_NOTHING when there is none; CLI_USAGE
 * when the word could mean several, which are listed; CLI_FAILED. The caller
 * calls rowset_free() after CLI_OK.
 */
int resolve_container(const struct cli *cli, const struct reader *reader,
		      const char *word, struct rowset *lives);

#endif
