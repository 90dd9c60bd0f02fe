/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a thread of this process is at, as seen by another one. Knows nothing
 * of what the work is.
 */
#ifndef SYSMON_WORKER_H
#define SYSMON_WORKER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/* All zero before the first work. */
struct worker {
	atomic_int thread; /* its id; 0: none is at it */
	_Atomic clockid_t clock;
};

struct worker_view {
	int64_t cpu_ns; /* that the thread has had; 0: none is at it */
	bool in_disk;	/* sleeps in the kernel until a disk has answered */
};

/* On the thread: it begins, it has ended. */
void worker_begin(struct worker *w);
void worker_end(struct worker *w);

/* On any other. What is not known is zero. */
void worker_look(const struct worker *w, struct worker_view *out);

#endif
