/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A history as charts: one for each unit among its figures. Knows no query.
 */
#ifndef SYSMON_CLI_HISTORY_PLOT_H
#define SYSMON_CLI_HISTORY_PLOT_H

#include "cli.h"
#include "lib/history_read.h"

struct history_plot;

/* Figures that are drawn where none were asked for. */
#define HISTORY_PLOT_CONTAINER "cpu_pct,mem_bytes"
#define HISTORY_PLOT_SYSTEM    "cpu_pct,mem_used_bytes"

/*
 * One of the figures that `read` shows, of containers whose newest lives are
 * given, in this order; or of the machine, with containers 0. Returns 0,
 * -ENOMEM, or -E2BIG when there were too many series in one chart. The caller
 * calls history_plot_free().
 */
int history_plot_new(struct history_plot **plot, const struct cli *cli,
		     const struct history_read *read,
		     const struct value *const *lives, unsigned int containers);
void history_plot_free(struct history_plot *plot);

/* The points to come are of that container, from 0. */
void history_plot_turn(struct history_plot *plot, unsigned int container);

/* The next of its points, by time. Returns 0: fits history_read_points(). */
int history_plot_point(void *plot, const struct value *point);

/* Whether there was any figure to draw. */
bool history_plot_is_empty(const struct history_plot *plot);

/* Draws it on stdout. Returns 0, -ENOMEM or -EIO. */
int history_plot_print(const struct history_plot *plot);

#endif
