/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The queue before the store. Uses uv_*: rows are committed on a worker
 * thread, one transaction at a time, so that the loop never waits for the
 * disk. Knows nothing of what the rows mean.
 *
 * Rows are never dropped here: when the store can't follow, the queue says
 * how much room there is, and the giver gives less.
 */
#ifndef SYSMON_UV_STORE_H
#define SYSMON_UV_STORE_H

#include <uv.h>

#include "store.h"
#include "worker.h"

/* Marks of the queue's size in bytes. Above it: */
#define UV_STORE_BACKLOG_MAX (8u << 20)	 /* no more of the kernel's backlog */
#define UV_STORE_TICKS_MAX   (32u << 20) /* no more ticks */
#define UV_STORE_EVENTS_MAX  (48u << 20) /* no more events */

struct uv_store;

struct uv_store_callbacks {
	/* The room has changed. */
	void (*on_room)(void *data, enum step_room room);
	/* Before a commit: fill in what is to be said. */
	void (*on_status)(void *data, struct status *status);
	/* A commit failed as it had not before, or works again (NULL). */
	void (*on_error)(void *data, enum store_result result,
			 const char *error);
};

struct uv_store_stats {
	size_t queue_rows;
	size_t queue_bytes;
	size_t queue_max; /* rows */
	bool due;	  /* a commit is under way, or should be */
	uint64_t commits;
	uint64_t failures;
	uint64_t refused; /* rows, see store_refused() */
	int64_t commit_ns_last;
	int64_t commit_ns_max;
	int64_t db_bytes;
	int64_t wal_bytes;
	int64_t wal_max_bytes;
	bool log_full; /* see store_log_full() */
	struct retained retained;
	char retain_error[160]; /* "" none */
};

/*
 * Makes a queue that commits every @interval_ms at the latest. @store is
 * borrowed, and touched by nobody else until uv_store_close(). Returns 0 or a
 * negative errno.
 */
int uv_store_new(uv_loop_t *loop, struct store *store, uint64_t interval_ms,
		 const struct uv_store_callbacks *callbacks, void *data,
		 struct uv_store **out);

/*
 * From the next commit on: the interval, and what is kept; without this
 * nothing is ever removed.
 */
void uv_store_configure(struct uv_store *us, uint64_t interval_ms,
			const struct retention *keep);

/* Takes over @rows, leaving it empty. Urgent ones are committed at once. */
void uv_store_add(struct uv_store *us, struct rows *rows);

/* Has the status stored within the interval, also when no rows come. */
void uv_store_touch(struct uv_store *us);

const char *uv_store_error(const struct uv_store *us); /* "" none */
void uv_store_stats(const struct uv_store *us, struct uv_store_stats *out);
/* What the commit under way is at. */
void uv_store_look(const struct uv_store *us, struct worker_view *out);

/*
 * Takes no more rows, commits what is left, and calls @cb from the loop when
 * all is done and freed. Rows that can't be stored by then are given up, @lost
 * says how many: their ticks will be in a gap at the next start, their events
 * replayed.
 */
void uv_store_close(struct uv_store *us, void (*cb)(void *data, size_t lost));

#endif
