// SPDX-License-Identifier: GPL-2.0
/*
 * lean INTERVAL-MS FOLDER...: the least that a reader in userspace can do, as
 * the yardstick of tests/bench/peers.sh. Of each cgroup it holds cpu.stat,
 * memory.current, io.stat and pids.current open, reads them in each interval
 * and takes CPU time, memory, bytes of I/O and tasks from them; it keeps,
 * sends and stores nothing.
 *
 * On SIGUSR1, and at its end on SIGTERM, it says on a line how many samples of
 * a cgroup it has made.
 */
#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum {
	CPU,
	MEMORY,
	IO,
	PIDS,
	FILES
};

static const char *const names[FILES] = { "cpu.stat", "memory.current",
					  "io.stat", "pids.current" };

struct group {
	int fd[FILES];
	uint64_t cpu_us, memory, read, written, pids;
};

static volatile sig_atomic_t asked, ended;

static void note(int sig)
{
	if (sig == SIGTERM)
		ended = 1;
	else
		asked = 1;
}

static void open_group(struct group *g, const char *folder)
{
	char path[4096];
	int i;

	for (i = 0; i < FILES; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		g->fd[i] = open(path, O_RDONLY | O_CLOEXEC);
		if (g->fd[i] < 0)
			err(1, "%s", path);
	}
}

static const char *text_of(const struct group *g, int file)
{
	static char text[4096];
	ssize_t len = pread(g->fd[file], text, sizeof(text) - 1, 0);

	if (len < 0)
		err(1, "%s", names[file]);
	text[len] = '\0';
	return text;
}

/* "8:0 rbytes=1 wbytes=2 rios=...", a line for each device. */
static void sum_io(struct group *g, const char *text)
{
	g->read = g->written = 0;
	while ((text = strstr(text, "rbytes="))) {
		char *end;

		g->read += strtoull(text + strlen("rbytes="), &end, 10);
		g->written += strtoull(end + strlen(" wbytes="), &end, 10);
		text = end;
	}
}

static void sample(struct group *g)
{
	g->cpu_us = strtoull(text_of(g, CPU) + strlen("usage_usec "), NULL, 10);
	g->memory = strtoull(text_of(g, MEMORY), NULL, 10);
	sum_io(g, text_of(g, IO));
	g->pids = strtoull(text_of(g, PIDS), NULL, 10);
}

static void say(unsigned long long samples)
{
	printf("%llu\n", samples);
	fflush(stdout);
	asked = 0;
}

/* Waits for the next interval, and answers meanwhile. */
static void await(struct timespec *next, long ms, unsigned long long samples)
{
	next->tv_sec += ms / 1000;
	next->tv_nsec += ms % 1000 * 1000000;
	if (next->tv_nsec >= 1000000000) {
		next->tv_sec++;
		next->tv_nsec -= 1000000000;
	}
	while (!ended &&
	       clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, next, NULL))
		if (asked)
			say(samples);
}

static void watch(struct group *groups, int count, long ms)
{
	unsigned long long samples = 0;
	struct timespec next;
	int i;

	clock_gettime(CLOCK_MONOTONIC, &next);
	while (!ended) {
		for (i = 0; i < count; i++)
			sample(&groups[i]);
		samples += (unsigned int)count;
		await(&next, ms, samples);
	}
	say(samples);
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = note };
	int i, count = argc - 2;
	struct rlimit files = { .rlim_cur = 8 + (rlim_t)count * FILES,
				.rlim_max = 8 + (rlim_t)count * FILES };
	struct group *groups;
	long ms;

	if (argc < 3 || (ms = strtol(argv[1], NULL, 10)) <= 0)
		errx(2, "usage: lean INTERVAL-MS FOLDER...");
	groups = calloc((size_t)count, sizeof(*groups));
	if (!groups || setrlimit(RLIMIT_NOFILE, &files))
		err(1, "%d cgroups", count);
	for (i = 0; i < count; i++)
		open_group(&groups[i], argv[i + 2]);
	sigaction(SIGUSR1, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	watch(groups, count, ms);
	return 0;
}
