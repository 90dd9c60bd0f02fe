/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the rows that are stored add up to, for the metrics: gaps by their
 * reason, the policy's actions by their outcome. Pure.
 */
#ifndef SYSMON_HTTP_TALLY_H
#define SYSMON_HTTP_TALLY_H

#include "http_facts.h"
#include "rows.h"

/* All zero is an empty one. */
struct http_tally {
	struct http_gaps gaps[HTTP_REASONS_MAX];
	struct http_actions actions;
	int64_t last_action; /* the highest id so far */
};

void http_tally_add(struct http_tally *tally, const struct rows *rows);

#endif
