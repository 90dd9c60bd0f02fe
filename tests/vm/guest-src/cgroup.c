// SPDX-License-Identifier: GPL-2.0
/* Owns the making and removing of cgroups, for the guest program `trust`. */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "cgroup.h"

#define ROOT "/sys/fs/cgroup/"

/* Nothing in a guest takes this long, however slow it is. */
#define PATIENCE 120.0

double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* splitmix64, https://prng.di.unimi.it/splitmix64.c */
uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

void cgroup_name(char *name, uint32_t maker, uint64_t number)
{
	snprintf(name, CGROUP_NAME, "%08x%040x%016llx", maker, 0,
		 (unsigned long long)number);
}

static void path_of(char *path, size_t size, const char *name, const char *file)
{
	snprintf(path, size, ROOT "%s%s%s", name, *file ? "/" : "", file);
}

uint64_t cgroup_make(const char *name)
{
	char path[CGROUP_NAME + 64];
	struct stat st;

	path_of(path, sizeof(path), name, "");
	if (mkdir(path, 0755) || stat(path, &st))
		err(1, "mkdir %s", path);
	return st.st_ino;
}

bool cgroup_try_remove(const char *name)
{
	char path[CGROUP_NAME + 64];

	path_of(path, sizeof(path), name, "");
	if (!rmdir(path))
		return true;
	if (errno != EBUSY && errno != ENOMEM)
		err(1, "rmdir %s", path);
	return false;
}

void cgroup_remove(const char *name)
{
	double end = now() + PATIENCE;

	while (!cgroup_try_remove(name)) {
		if (now() > end)
			errx(1, "%s stays busy", name);
		usleep(1000);
	}
}

int cgroup_write(const char *name, const char *file, const char *text)
{
	char path[CGROUP_NAME + 64];
	int fd, error = 0;

	path_of(path, sizeof(path), name, file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		error = -errno;
	close(fd);
	return error;
}

int cgroup_event(const char *name, const char *key)
{
	char path[CGROUP_NAME + 64], word[32];
	int value = -1, number;
	FILE *f;

	path_of(path, sizeof(path), name, "cgroup.events");
	f = fopen(path, "re");
	if (!f)
		err(1, "%s", path);
	while (fscanf(f, "%31s %d", word, &number) == 2)
		if (!strcmp(word, key))
			value = number;
	fclose(f);
	return value;
}

void cgroup_await(const char *name, const char *key, int value)
{
	double end = now() + PATIENCE;

	while (cgroup_event(name, key) != value) {
		if (now() > end)
			errx(1, "%s: %s does not become %d", name, key, value);
		usleep(1000);
	}
}

int cgroup_enter(const char *name)
{
	return cgroup_write(name, "cgroup.procs", "0");
}

pid_t cgroup_fork(const char *name)
{
	struct clone_args args = { .flags = CLONE_INTO_CGROUP,
				   .exit_signal = SIGCHLD };
	char path[CGROUP_NAME + 64];
	long pid;
	int fd;

	path_of(path, sizeof(path), name, "");
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		err(1, "%s", path);
	args.cgroup = (uint64_t)fd;
	pid = syscall(SYS_clone3, &args, sizeof(args));
	if (pid < 0)
		err(1, "clone3");
	close(fd);
	return (pid_t)pid;
}

void run_life(unsigned int ms)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", ms);
	execl("/proc/self/exe", "trust", "life", text, NULL);
	_exit(125);
}
