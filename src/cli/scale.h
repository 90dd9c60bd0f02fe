/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Round numbers and times for the axes of a plot, and what they are called.
 * Pure, but for the time zone (TZ); knows no character cell.
 */
#ifndef SYSMON_CLI_SCALE_H
#define SYSMON_CLI_SCALE_H

#include <stddef.h>

#include "lib/field.h"

/* From 0 to top, with a mark each step. */
struct scale {
	double top;
	double step;
};

/* The least that holds max with at most so many steps. */
struct scale scale_for(double max, enum unit unit, unsigned int steps);

/* "25%", "1.5 GiB", "300 KiB/s". Returns buf, of at least 16 bytes. */
char *scale_label(double value, enum unit unit, char *buf, size_t size);

/* Seconds between marks on the axis of a range, at most so many. */
double scale_time_step(double range, unsigned int marks);

/* The first mark at or behind a time; midnight, local, is one. */
double scale_time_first(double from, double step);

/* "12:00", "12:00:05", or "02-28" where a day begins. Returns buf, of at least
 * 16 bytes. */
char *scale_time_label(double time, double step, char *buf, size_t size);

#endif
