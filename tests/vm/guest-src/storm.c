// SPDX-License-Identifier: GPL-2.0
/*
 * trust storm WORKERS: containers that are made, run, killed, starved of
 * memory or processes, frozen and thawed, one in the other, until SIGTERM.
 * trust poke: a tick every 100 ms, and whether the module answers.
 * trust dumper: a listener and reader that takes all it can get, until SIGTERM.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cgroup.h"
#include "genl.h"
#include "term.h"
#include "trust.h"

#define WORKERS_MAX 16

/* A child inside the container that does the work, then what run_life() does. */
static pid_t child_in(const char *name, void (*work)(void), unsigned int ms)
{
	pid_t pid = fork();

	if (pid < 0)
		err(1, "fork");
	if (pid)
		return pid;
	setpgid(0, 0);
	signal(SIGTERM, SIG_DFL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (cgroup_enter(name))
		_exit(124);
	if (work)
		work();
	run_life(ms);
	return 0;
}

static void await_end(pid_t pid)
{
	if (waitpid(pid, NULL, 0) < 0)
		err(1, "waitpid");
}

static void life_short(const char *name)
{
	await_end(child_in(name, NULL, 0));
}

static void life_killed(const char *name)
{
	pid_t pid = child_in(name, NULL, 100000);

	cgroup_await(name, "populated", 1);
	cgroup_write(name, "cgroup.kill", "1");
	await_end(pid);
}

static void take_memory(void)
{
	size_t size = 32 << 20;
	char *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p != MAP_FAILED)
		memset(p, 1, size);
}

/* Above memory.high for a while, then killed at memory.max. */
static void life_oom(const char *name)
{
	cgroup_write(name, "memory.swap.max", "0");
	cgroup_write(name, "memory.high", "3700K");
	cgroup_write(name, "memory.max", "4M");
	await_end(child_in(name, take_memory, 0));
}

static void take_pids(void)
{
	int i;

	for (i = 0; i < 4; i++)
		if (!fork())
			_exit(0);
	while (wait(NULL) > 0)
		continue;
}

/*
 * Throttled too. A shorter period is one that the kernel finds too short where
 * the host lets the machine wait, and says so with a lock held that its own
 * console must not be called with: lockdep's report is not of the module then.
 */
static void life_pids(const char *name)
{
	cgroup_write(name, "pids.max", "2");
	cgroup_write(name, "cpu.max", "2000 200000");
	await_end(child_in(name, take_pids, 0));
}

/* Killed while it is frozen, or after it was thawed. */
static void freeze(const char *name, bool thaw)
{
	pid_t pid = child_in(name, NULL, 100000);

	cgroup_await(name, "populated", 1);
	cgroup_write(name, "cgroup.freeze", "1");
	cgroup_await(name, "frozen", 1);
	if (thaw) {
		cgroup_write(name, "cgroup.freeze", "0");
		cgroup_await(name, "frozen", 0);
	}
	cgroup_write(name, "cgroup.kill", "1");
	await_end(pid);
}

static void life_frozen(const char *name)
{
	freeze(name, false);
}

static void life_thawed(const char *name)
{
	freeze(name, true);
}

/* A container in it, that stays when the outer one's process has gone. */
static void life_nested(const char *name)
{
	char inner[CGROUP_NAME], id[CGROUP_NAME];
	pid_t pid;

	cgroup_name(id, 0x1e57ed, 1);
	snprintf(inner, sizeof(inner), "%.64s/docker-%.64s.scope", name, id);
	cgroup_make(inner);
	pid = child_in(inner, NULL, 20);
	life_short(name);
	await_end(pid);
	cgroup_remove(inner);
}

static void life_empty(const char *name)
{
	(void)name;
}

static void (*const lives[])(const char *name) = {
	life_short,  life_killed, life_frozen, life_thawed,
	life_nested, life_pids,	  life_empty,  life_short,
};

/* The kernel's own report of an OOM is long: they are one in thirty. */
static void worker(uint32_t maker)
{
	const size_t kinds = sizeof(lives) / sizeof(*lives);
	uint64_t random = maker, number;
	char name[CGROUP_NAME];

	for (number = 0; !ended; number++) {
		uint64_t r = next_random(&random);

		cgroup_name(name, maker, number);
		cgroup_make(name);
		if (number % 30 == 7)
			life_oom(name);
		else
			lives[r % kinds](name);
		cgroup_remove(name);
	}
	printf("# worker %x made %llu containers\n", maker,
	       (unsigned long long)number);
}

int cmd_storm(int argc, char **argv)
{
	int i, status, bad = 0;
	int n = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 2;
	pid_t pids[WORKERS_MAX];

	if (n < 1 || n > WORKERS_MAX)
		errx(2, "storm WORKERS");
	catch_term();
	for (i = 0; i < n; i++) {
		pids[i] = fork();
		if (!pids[i]) {
			prctl(PR_SET_PDEATHSIG, SIGTERM);
			worker(0x570a0000 + (uint32_t)i);
			exit(0);
		}
	}
	for (i = 0; i < n; i++) {
		if (waitpid(pids[i], &status, 0) < 0)
			err(1, "waitpid");
		bad |= status != 0;
	}
	return bad;
}

static void read_proc(void)
{
	static char text[1 << 16];
	int fd = open("/proc/sysmon", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	while (read(fd, text, sizeof(text)) > 0)
		continue;
	close(fd);
}

/* One visit: all dumps, then what is pushed in the meantime. */
static int visit(struct genl *g)
{
	struct genl listener;
	int n = 0;

	if (!genl_open(&listener)) {
		genl_listen(&listener, GENL_SNAPSHOTS);
		genl_listen(&listener, GENL_EVENTS);
	}
	genl_request(g, SYSMON_CMD_CONTAINER_GET, true, NULL, 0, NULL, NULL);
	genl_request(g, SYSMON_CMD_EVENT_GET, true, NULL, 0, NULL, NULL);
	genl_request(g, SYSMON_CMD_SYSTEM_GET, false, NULL, 0, NULL, NULL);
	read_proc();
	usleep(20000);
	if (listener.fd >= 0)
		n = genl_drain(&listener, NULL, NULL);
	genl_close(&listener);
	return n;
}

int cmd_dumper(int argc, char **argv)
{
	unsigned long visits = 0, pushed = 0;
	struct genl g;

	(void)argc;
	(void)argv;
	catch_term();
	while (!ended) {
		if (genl_open(&g)) {
			usleep(2000);
			continue;
		}
		visits++;
		pushed += (unsigned long)(visit(&g) > 0);
		genl_close(&g);
	}
	printf("# dumper: %lu visits, %lu with notifications\n", visits,
	       pushed);
	return visits && pushed ? 0 : 1;
}

int cmd_poke(int argc, char **argv)
{
	uint64_t interval = SYSMON_INTERVAL_MIN_NS;
	struct module_state state;
	char attrs[16];
	struct genl g;
	size_t len;
	int error;

	(void)argc;
	(void)argv;
	len = attr_put(attrs, 0, SYSMON_A_INTERVAL_NS, &interval,
		       sizeof(interval));
	error = genl_open(&g);
	if (!error)
		error = genl_request(&g, SYSMON_CMD_CONFIG_SET, false, attrs,
				     len, NULL, NULL);
	if (!error)
		error = module_get(&g, &state);
	if (!error && state.value[SYSMON_A_MODULE_INTERVAL_NS] != interval)
		error = -EBADMSG;
	if (error)
		printf("# poke: %s\n", strerror(-error));
	return error != 0;
}
