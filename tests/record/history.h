/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A made-up host, second by second: what its machine and its containers use,
 * which of them stop and why. Pure: a number of seconds in, rows out; the same
 * each time. Knows neither the database nor a clock.
 */
#ifndef SYSMON_TEST_HISTORY_H
#define SYSMON_TEST_HISTORY_H

#include "collectord/rows.h"

struct history {
	int64_t begin_ns; /* unix time of second 0 */
	int64_t length; /* seconds that are past; what stops does so in them */
	uint64_t event; /* number of the last one */
	int64_t stops;	/* ids used, as the next two */
	int64_t actions;
	int64_t ticks;
};

/* The boot, the module's session and all containers. */
void history_open(struct history *h, struct rows *rows);

/* All that second number @at has: its tick, unless that is missing; the starts
 * and stops of containers, and what the policy did. */
void history_second(struct history *h, int64_t at, struct rows *rows);

#endif
