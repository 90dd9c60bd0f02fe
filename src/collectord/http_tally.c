// SPDX-License-Identifier: GPL-2.0
/* What the rows that are stored add up to, for the metrics. Pure. */
#include "http_tally.h"

#include <stdio.h>
#include <string.h>

/* The reason's place; more of them than there is room for share the last. */
static struct http_gaps *find(struct http_tally *tally, const char *reason)
{
	size_t i;

	for (i = 0; i < HTTP_REASONS_MAX - 1; i++) {
		struct http_gaps *g = &tally->gaps[i];

		if (!g->reason[0])
			snprintf(g->reason, sizeof(g->reason), "%s", reason);
		if (!strncmp(g->reason, reason, sizeof(g->reason) - 1))
			return g;
	}
	snprintf(tally->gaps[i].reason, sizeof(tally->gaps[i].reason), "other");
	return &tally->gaps[i];
}

static void add_gap(struct http_tally *tally, const struct gap_row *gap)
{
	struct http_gaps *g = find(tally, gap->reason);

	if (gap->kind == GAP_TICK)
		g->ticks += gap->count;
	else
		g->events += gap->count;
}

/* An action's row comes again with each thing that is known of it. */
static void add_action(struct http_tally *tally, const struct action_row *a)
{
	struct http_actions *actions = &tally->actions;

	if (a->id > tally->last_action) {
		tally->last_action = a->id;
		if (a->dry_run)
			actions->dry_run++;
		else
			actions->decided++;
	}
	if (a->confirmed_ns)
		actions->confirmed++;
	else if (a->answered_ns && a->error)
		actions->failed++;
}

void http_tally_add(struct http_tally *tally, const struct rows *rows)
{
	const struct row *row;

	for (row = rows->first; row; row = row->next) {
		if (row->type == ROW_GAP)
			add_gap(tally, &row->gap);
		else if (row->type == ROW_ACTION)
			add_action(tally, &row->action);
	}
}
