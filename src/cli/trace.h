/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A figure over time, as far as a plot of so many columns can show it: what it
 * went through in each column, and where it was unknown. Constant memory however
 * many values come. Pure; knows no unit.
 */
#ifndef SYSMON_CLI_TRACE_H
#define SYSMON_CLI_TRACE_H

#include <stdbool.h>

struct trace_column {
	bool known;  /* there was a value; all that follows is of these */
	bool joined; /* the first follows the last one before, without a gap */
	double low, high, first, last;
};

struct trace {
	double from, to; /* unix seconds */
	unsigned int columns;
	struct trace_column *column;
	unsigned int newest; /* column with the last value; columns: none yet */
	bool broken;	     /* something was missing since */
	double last, high;   /* of all, where there is any */
};

/* 0 or -ENOMEM; the caller calls trace_free(). */
int trace_init(struct trace *t, double from, double to, unsigned int columns);
void trace_free(struct trace *t);

/* The next value, by time; those outside of the range are left out. */
void trace_add(struct trace *t, double time, double value);

/* What comes next does not follow what came last. */
void trace_break(struct trace *t);

bool trace_is_empty(const struct trace *t);

#endif
