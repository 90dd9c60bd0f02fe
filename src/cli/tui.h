/* SPDX-License-Identifier: GPL-2.0 */
/*
 * `top` on a terminal: the only home of ncurses. Knows nothing of what the
 * lines say.
 */
#ifndef SYSMON_CLI_TUI_H
#define SYSMON_CLI_TUI_H

#include "reader.h"
#include "view.h"

/*
 * Shows the view, from the scene given on, until it is quit. Takes over
 * neither. Returns an exit code, with the message printed.
 */
int tui_run(const struct cli *cli, const struct reader *reader,
	    struct view *view, struct scene *scene);

#endif
