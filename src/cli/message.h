/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What sysmonctl tells people on stderr. Whatever bytes the arguments hold,
 * each message is one line that is safe on a terminal.
 */
#ifndef SYSMON_CLI_MESSAGE_H
#define SYSMON_CLI_MESSAGE_H

#include "cli.h"

/* What went wrong: "sysmonctl SUBCOMMAND: ...". */
void message_error(const struct cli *cli, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* What to do about it: "  hint: ...". Not with --quiet, as the next one. */
void message_hint(const struct cli *cli, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* What to know though nothing went wrong. */
void message_warn(const struct cli *cli, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * The word of a "|"- or ","-separated list that is nearest to what was typed,
 * in buf, or NULL when none is near.
 */
const char *message_nearest(const char *typed, const char *words, char *buf,
			    size_t size);

#endif
