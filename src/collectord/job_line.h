/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Owns the cutting of a stream of bytes into lines of bounded length. Pure.
 */
#ifndef SYSMON_JOB_LINE_H
#define SYSMON_JOB_LINE_H

#include <stddef.h>

#include "jobs.h"

/* All zero is an empty one. */
struct job_line {
	char buf[JOBS_LINE_MAX];
	size_t len;
};

/* @line is borrowed, without its newline, and may hold any bytes. */
typedef void (*job_line_cb)(void *data, const char *line, size_t len);

/* Adds bytes; calls @cb for each line that ends or is full. */
void job_line_feed(struct job_line *line, const char *buf, size_t len,
		   job_line_cb cb, void *data);
/* Calls @cb for a last line without newline, if there is one. */
void job_line_flush(struct job_line *line, job_line_cb cb, void *data);

#endif
