// SPDX-License-Identifier: GPL-2.0
/*
 * trust load FOLDER COUNT idle|busy [net]: so many containers in a folder of
 * cgroups, until SIGTERM; says "ready" when all are there. With net, each has
 * a network namespace of its own.
 *
 * trust idle, trust busy [NUMBER]: what runs in them.
 *
 * A busy one works a moment five times a second, with memory that comes and
 * goes, and starts a process each second.
 */
#include <err.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cgroup.h"
#include "trust.h"

#define MAKER	   0x10adu
#define PAUSE_US   200000
#define WORK_PAGES 16
#define FORK_EVERY 5
#define FILE_PATH  "/mnt/disk/load"

static void name_of(char *name, const char *folder, unsigned int number)
{
	int len = snprintf(name, CGROUP_NAME - 65, "%s/", folder);

	cgroup_name(name + len, MAKER, number);
}

/* One direct write, so that the container has a line in io.stat. */
static void write_block(void)
{
	static char block[4096] __attribute__((aligned(4096)));
	int fd = open(FILE_PATH, O_WRONLY | O_CREAT | O_DIRECT | O_CLOEXEC,
		      0600);

	if (fd < 0 || pwrite(fd, block, sizeof(block), 0) != sizeof(block))
		err(1, FILE_PATH);
	close(fd);
}

static void touch_memory(void)
{
	size_t i, size = WORK_PAGES * 4096;
	char *mem = mmap(NULL, size, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (mem == MAP_FAILED)
		err(1, "mmap");
	for (i = 0; i < size; i += 4096)
		mem[i] = 1;
	munmap(mem, size);
}

static void work_forever(unsigned int number)
{
	unsigned int turn;
	pid_t pid;

	write_block();
	usleep(number * 7919 % PAUSE_US);
	for (turn = number;; turn++) {
		touch_memory();
		if (turn % FORK_EVERY == 0) {
			pid = fork();
			if (!pid)
				_exit(0);
			if (pid > 0)
				waitpid(pid, NULL, 0);
		}
		usleep(PAUSE_US);
	}
}

static void start(const char *name, unsigned int number, bool busy, bool net)
{
	char text[16];
	pid_t pid;

	cgroup_make(name);
	pid = cgroup_fork(name);
	if (pid)
		return;
	signal(SIGTERM, SIG_DFL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (net && unshare(CLONE_NEWNET))
		err(1, "unshare");
	snprintf(text, sizeof(text), "%u", number);
	execl("/proc/self/exe", "trust", busy ? "busy" : "idle", text, NULL);
	err(1, "exec");
}

int cmd_busy(int argc, char **argv)
{
	work_forever(argc > 1 ? (unsigned int)strtoul(argv[1], NULL, 10) : 0);
	return 0;
}

int cmd_idle(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	for (;;)
		pause();
	return 0;
}

static void await_term(const sigset_t *set)
{
	int sig;

	puts("ready");
	sigwait(set, &sig);
}

int cmd_load(int argc, char **argv)
{
	bool busy = argc > 3 && !strcmp(argv[3], "busy");
	bool net = argc > 4 && !strcmp(argv[4], "net");
	unsigned int i, count;
	char name[CGROUP_NAME];
	sigset_t set;

	if (argc < 4)
		return 2;
	count = (unsigned int)strtoul(argv[2], NULL, 10);
	for (i = 0; i < count; i++) {
		name_of(name, argv[1], i);
		start(name, i, busy, net);
	}
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	await_term(&set);
	for (i = 0; i < count; i++) {
		name_of(name, argv[1], i);
		cgroup_write(name, "cgroup.kill", "1");
	}
	while (wait(NULL) > 0)
		;
	for (i = 0; i < count; i++) {
		name_of(name, argv[1], i);
		cgroup_remove(name);
	}
	return 0;
}
