/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the made-up host's counters have come to by its last tick, as the module
 * would tell them. Pure: rows in, the HTTP server's facts out.
 */
#ifndef SYSMON_TEST_FIGURES_H
#define SYSMON_TEST_FIGURES_H

#include "collectord/http_facts.h"
#include "collectord/rows.h"

#define FIGURES_CONTAINERS 32

struct figures {
	int64_t tick_ns;
	struct metric_values machine;
	struct {
		bool runs;
		int64_t started_ns;
		char key[65], path[128], name[64], image[64];
		struct metric_values m;
	} container[FIGURES_CONTAINERS]; /* by the row's id */
};

/* Adds what the rows tell. */
void figures_take(struct figures *f, const struct rows *rows);

/* Fills in machine and containers. 0 or -ENOMEM. */
int figures_facts(struct figures *f, struct http_facts *facts);

#endif
