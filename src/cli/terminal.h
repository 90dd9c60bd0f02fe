/* SPDX-License-Identifier: GPL-2.0 */
/* Finds out what stdout is; knows nothing of what is printed to it. */
#ifndef SYSMON_CLI_TERMINAL_H
#define SYSMON_CLI_TERMINAL_H

#include "cli.h"

/* Sets the locale, and says what stdout can show. */
void terminal_init(struct terminal *terminal, bool no_color);

#endif
