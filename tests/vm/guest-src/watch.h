/* SPDX-License-Identifier: GPL-2.0 */
/* Follows what the module sends, and keeps count of what is missing. */
#ifndef WATCH_H
#define WATCH_H

#include "genl.h"

/* One event's number, type and container; type 0 is a gap of count numbers. */
typedef void event_fn(void *arg, uint32_t type, uint64_t cgroup_id,
		      uint64_t count);

/*
 * What was seen of the events. Numbers that are neither there nor told as a
 * gap are holes; back counts those that did not come in order.
 */
struct event_watch {
	uint64_t last;
	uint64_t holes;
	uint64_t gaps;
	uint64_t back;
	event_fn *fn;
	void *arg;
};

/* What was seen of the snapshots: those that lack a part, or all of them. */
struct snapshot_watch {
	uint64_t tick;
	uint64_t next_part;
	uint64_t complete;
	uint64_t incomplete;
	bool whole; /* no part of this one was missing so far */
	bool done;
};

struct watch {
	struct genl events;
	struct genl snapshots;
	struct event_watch event;
	struct snapshot_watch snapshot;
	uint64_t overruns;
};

/* Listen to both groups from now on. */
int watch_open(struct watch *w, event_fn *fn, void *arg);
void watch_close(struct watch *w);
/* Take what has come. Return 0, or -EBADMSG. */
int watch_drain(struct watch *w);
/* Count the events from w->last + 1 on by event-get. */
int watch_replay(struct genl *g, struct event_watch *w);

#endif
