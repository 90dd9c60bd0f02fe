/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A history as it is asked for and read: range, metrics, step, the head of its
 * document, its points. Reads the database; knows no output.
 */
#ifndef SYSMON_HISTORY_READ_H
#define SYSMON_HISTORY_READ_H

#include <jansson.h>

#include "history.h"
#include "rowset.h"

/* Of the step: neither of these is a duration. */
#define HISTORY_STEP_RAW  0
#define HISTORY_STEP_AUTO (-1)

/* Room for all keys with commas. */
#define HISTORY_KEYS_MAX 1280

/* Parses "raw", "auto" or a duration. Returns and *why as duration_parse(). */
int history_step_parse(const char *s, int64_t *step_ns, const char **why);

struct history_read {
	int64_t since_ns;
	int64_t until_ns;
	int64_t step_ns;
	unsigned int show; /* enum show: where the points will be seen */
	bool system; /* the machine; otherwise a container, by its lives */
	const struct history_table *table;
	struct field fields[HISTORY_POINT_MAX]; /* as chosen */
	unsigned int count;
	struct rowset lives; /* the caller's, as lives_find() gave them */
};

/* All metrics, of the machine or of a container. */
void history_read_init(struct history_read *h, bool system);

/*
 * Shows the metrics of the list ("cpu,mem_bytes") and no others; a key may be
 * given without its unit. Returns 0, or -EINVAL with *bad and *bad_len naming
 * what is no metric.
 */
int history_read_choose(struct history_read *h, const char *list,
			const char **bad, size_t *bad_len);

/* "cpu_pct,cpu_user_pct,..": what may be chosen. Returns buf. */
const char *history_read_keys(const struct history_read *h, char *buf,
			      size_t size);

/*
 * Sets the range, where NULL is not given: without since_ns it is the hour
 * before its end, which is now without until_ns. Returns 0, or -EINVAL when
 * it ends before it begins.
 */
int history_read_range(struct history_read *h, const int64_t *since_ns,
		       const int64_t *until_ns, int64_t now_ns);

/* Makes HISTORY_STEP_AUTO a step that makes the range readable, by the
 * interval of the newest tick. Returns 0 or a negative errno. */
int history_read_step(struct history_read *h, struct query *q);

/*
 * Shows whose each point is: in streams, whose rows are to say all by
 * themselves, and everywhere with several containers in one result.
 */
void history_read_name(struct history_read *h, bool several);

/*
 * {"version":1,"container":{..},"since":..,"until":..,"step":..,"containers":
 * [..]}, the head of the document, whose list is "points"; containers are given
 * by their lives. Of several the container is null; of none, the machine, there
 * is no list. A new reference, or NULL.
 */
json_t *history_read_head(const struct history_read *h,
			  const struct rowset *containers, unsigned int count);

/* Calls point() for each, by time, until that returns other than 0. Returns
 * that, or a negative errno. */
int history_read_points(struct history_read *h, struct query *q,
			int (*point)(void *arg, const struct value *point),
			void *arg);

#endif
