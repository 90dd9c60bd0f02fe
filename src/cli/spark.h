/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sparklines: how a figure went over a range of time, in one line of blocks.
 * Pure; knows neither the figure nor where it comes from.
 */
#ifndef SYSMON_CLI_SPARK_H
#define SYSMON_CLI_SPARK_H

#include <stdint.h>
#include <stdio.h>

#include "lib/text.h"

#define SPARK_WIDTH_MAX 256

struct spark {
	int64_t from_ns; /* this is not in it, */
	int64_t to_ns;	 /* this is */
	unsigned int width;
	double sum[SPARK_WIDTH_MAX];
	unsigned int known[SPARK_WIDTH_MAX];
};

/*
 * Begins one of at most width columns; fewer where samples, interval_ns apart,
 * are fewer.
 */
void spark_init(struct spark *s, int64_t from_ns, int64_t to_ns,
		int64_t interval_ns, unsigned int width);

/* What lies outside the range is not taken. */
void spark_add(struct spark *s, int64_t ts_ns, double value);

/* The highest column; 0 when nothing is known. */
double spark_max(const struct spark *s);

/* Writes it, top being the highest block; blank where nothing is known. */
void spark_put(const struct spark *s, double top, enum text_charset charset,
	       FILE *to);

/* The block of a share from 0 to 1. The least is not blank. */
const char *spark_glyph(double share, enum text_charset charset);

#endif
