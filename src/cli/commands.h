/* SPDX-License-Identifier: GPL-2.0 */
/* The subcommand table, which usage and help are made from. */
#ifndef SYSMON_CLI_COMMANDS_H
#define SYSMON_CLI_COMMANDS_H

#include "cli.h"

/* Closed by an entry without name. */
extern const struct command commands[];

#endif
