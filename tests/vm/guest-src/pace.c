// SPDX-License-Identifier: GPL-2.0
/*
 * trust pace RATE SECONDS: containers of one process that ends at once, so many
 * a second, evenly, for so long; as many as can be where RATE is 0. Each is three
 * events: start, stop, removed. Prints how many there were.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cgroup.h"
#include "trust.h"

/* One word for each process, so that several may run at a time. */
static uint32_t maker(void)
{
	return 0xface0000 | ((uint32_t)getpid() & 0xffff);
}

static void live(uint64_t number)
{
	char name[CGROUP_NAME];
	pid_t pid;

	cgroup_name(name, maker(), number);
	cgroup_make(name);
	pid = cgroup_fork(name);
	if (!pid)
		_exit(0);
	if (waitpid(pid, NULL, 0) < 0)
		err(1, "waitpid");
	cgroup_remove(name);
}

static void sleep_until(double time)
{
	double left = time - now();
	struct timespec ts;

	if (left <= 0)
		return;
	ts.tv_sec = (time_t)left;
	ts.tv_nsec = (long)((left - (double)ts.tv_sec) * 1e9);
	nanosleep(&ts, NULL);
}

int cmd_pace(int argc, char **argv)
{
	double rate, seconds, begin = now();
	uint64_t n = 0;

	if (argc != 3)
		errx(2, "pace RATE SECONDS");
	rate = strtod(argv[1], NULL);
	seconds = strtod(argv[2], NULL);
	while (now() - begin < seconds) {
		live(n++);
		if (rate > 0)
			sleep_until(begin + (double)n / rate);
	}
	printf("%llu\n", (unsigned long long)n);
	return 0;
}
