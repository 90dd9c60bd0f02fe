// SPDX-License-Identifier: GPL-2.0
/* The look of worker.h: the thread's clock, and its state in /proc. */
#include "worker.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define NSEC_PER_SEC INT64_C(1000000000)

void worker_begin(struct worker *w)
{
	clockid_t clock = CLOCK_THREAD_CPUTIME_ID;

	pthread_getcpuclockid(pthread_self(), &clock);
	atomic_store(&w->clock, clock);
	atomic_store(&w->thread, gettid());
}

void worker_end(struct worker *w)
{
	atomic_store(&w->thread, 0);
}

/* The letter behind the name, which may have anything in it; 0: unknown. */
static char state_of(int thread)
{
	char path[64], line[256] = "";
	const char *end;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", thread);
	f = fopen(path, "re");
	if (!f)
		return 0;
	if (!fgets(line, sizeof(line), f))
		line[0] = 0;
	fclose(f);
	end = strrchr(line, ')');
	return end && end[1] ? end[2] : 0;
}

void worker_look(const struct worker *w, struct worker_view *out)
{
	int thread = atomic_load(&w->thread);
	struct timespec ts;

	*out = (struct worker_view){ 0 };
	if (!thread)
		return;
	if (!clock_gettime(atomic_load(&w->clock), &ts))
		out->cpu_ns = ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
	out->in_disk = state_of(thread) == 'D';
}
