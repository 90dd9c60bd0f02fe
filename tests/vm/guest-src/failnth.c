// SPDX-License-Identifier: GPL-2.0
/*
 * trust fail-load FILE, fail-unload FILE, fail-request, fail-life
 *
 * Lets the n-th allocation of a system call fail, for n from 1 until the call
 * makes fewer, by /proc/self/fail-nth (Documentation/fault-injection/). Needs
 * a kernel with CONFIG_FAILSLAB, and failslab/ignore-gfp-wait off.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cgroup.h"
#include "trust.h"
#include "watch.h"

#define CONTAINERS 12

/* More allocations than any of the calls makes. */
#define NTH_MAX 5000

/* Lives under failure: the first allocations of entering, exec and exit. */
#define LIVES 150

static int nth_fd;

static void nth_open(void)
{
	nth_fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	if (nth_fd < 0)
		err(1, "/proc/thread-self/fail-nth");
}

static void nth_set(unsigned int n)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", n);

	if (pwrite(nth_fd, text, (size_t)len, 0) != len)
		err(1, "fail-nth");
}

/* Allocations until the one that fails; 0 once it has. */
static unsigned int nth_left(void)
{
	char text[16] = "";

	if (pread(nth_fd, text, sizeof(text) - 1, 0) < 0)
		err(1, "fail-nth");
	return (unsigned int)strtoul(text, NULL, 10);
}

/* End the injection. Return whether an allocation has failed. */
static bool nth_end(void)
{
	unsigned int left = nth_left();

	nth_set(0);
	return !left;
}

static int load(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), error = 0;

	if (fd < 0)
		err(1, "%s", path);
	if (syscall(SYS_finit_module, fd, "", 0))
		error = errno;
	close(fd);
	return error;
}

/* The same under failure: the file is open already. */
static int load_nth(int fd, const char *params, unsigned int n,
		    unsigned int *left)
{
	int error;

	nth_set(n);
	error = syscall(SYS_finit_module, fd, params, 0) ? errno : 0;
	*left = nth_left();
	nth_set(0);
	return error;
}

/* How many allocations a load with these parameters makes. */
static unsigned int count_allocations(const char *path, const char *params,
				      int *error)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	unsigned int left;

	if (fd < 0)
		err(1, "%s", path);
	*error = load_nth(fd, params, NTH_MAX, &left);
	close(fd);
	return NTH_MAX - left;
}

static int unload(void)
{
	return syscall(SYS_delete_module, "sysmon", O_NONBLOCK) ? errno : 0;
}

static bool is_gone(void)
{
	struct genl g;

	if (!genl_open(&g)) {
		genl_close(&g);
		return false;
	}
	return access("/proc/sysmon", F_OK) &&
	       access("/sys/module/sysmon", F_OK);
}

static bool answers(void)
{
	struct module_state state;
	struct genl g;
	int error = genl_open(&g);

	if (!error)
		error = module_get(&g, &state);
	genl_close(&g);
	return !error;
}

/* Whether a load went as it may: whole, or with an error and nothing left. */
static bool load_is_right(int error, bool failed)
{
	if (!error)
		return answers() && !unload() && is_gone();
	return failed && is_gone();
}

/* One load of which the n-th allocation fails. Return whether it is right. */
static bool fail_one_load(const char *path, unsigned int n, bool *done,
			  unsigned int *refused)
{
	int error, fd = open(path, O_RDONLY | O_CLOEXEC);
	unsigned int left;

	error = load_nth(fd, "", n, &left);
	close(fd);
	*done = left > 0;
	*refused += error != 0;
	if (error && error != ENOMEM)
		printf("# allocation %u: %s\n", n, strerror(error));
	if (load_is_right(error, !left))
		return true;
	printf("# allocation %u: error %d, %s\n", n, error,
	       is_gone() ? "nothing loaded" : "still there");
	return false;
}

/*
 * The kernel's own part of loading, before the parameters are read, is left
 * out: a wrong parameter tells how long that is.
 */
int cmd_fail_load(int argc, char **argv)
{
	unsigned int first, n, refused = 0;
	bool done = false;
	int error;

	if (argc != 2)
		errx(2, "fail-load FILE");
	nth_open();
	first = count_allocations(argv[1], "ring=x", &error);
	if (!error)
		errx(1, "a wrong parameter is taken");
	printf("# %u allocations before the parameters\n", first);
	for (n = first; !done && n < NTH_MAX; n++) {
		if (!fail_one_load(argv[1], n, &done, &refused))
			return 1;
		if (n % 20 == 0)
			printf("# %u: %u loads refused\n", n, refused);
	}
	printf("# %u allocations; %u loads of %u refused\n", n - 2, refused,
	       n - first);
	return !done || !refused;
}

/* Unloading has no way to fail but one: to be told to come again. */
int cmd_fail_unload(int argc, char **argv)
{
	unsigned int n, refused = 0;
	bool failed = true;

	if (argc != 2)
		errx(2, "fail-unload FILE");
	nth_open();
	for (n = 1; failed && n < NTH_MAX; n++) {
		int error = load(argv[1]);

		if (error)
			errx(1, "load: %s", strerror(error));
		nth_set(n);
		error = unload();
		failed = nth_end();
		refused += error != 0;
		if (error)
			error = unload();
		if (error || !is_gone()) {
			printf("# allocation %u: error %d\n", n, error);
			return 1;
		}
	}
	printf("# %u allocations; %u unloads refused\n", n - 2, refused);
	return failed;
}

struct answer {
	uint64_t containers; /* nests */
	uint64_t told;	     /* in the last part */
	struct event_watch events;
};

static void take_answer(void *arg, const struct genl_msg *msg)
{
	struct answer *a = arg;

	a->containers += !!msg->tb[SYSMON_A_CONTAINER];
	a->told += attr_uint(msg->tb[SYSMON_A_CONTAINERS]);
}

static const struct request {
	const char *name;
	uint8_t cmd;
	bool dump;
	const char *match; /* NULL: no attribute */
} requests[] = {
	{ "module-get", SYSMON_CMD_MODULE_GET, false, NULL },
	{ "system-get", SYSMON_CMD_SYSTEM_GET, false, NULL },
	{ "container-get", SYSMON_CMD_CONTAINER_GET, true, NULL },
	{ "event-get", SYSMON_CMD_EVENT_GET, true, NULL },
	{ "config-set match", SYSMON_CMD_CONFIG_SET, false, "x*" },
	{ "config-set no match", SYSMON_CMD_CONFIG_SET, false, "" },
};

static void set_timeout(struct genl *g)
{
	struct timeval limit = { .tv_sec = 20 };

	setsockopt(g->fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
}

/* Make one request under failure. Return its error. */
static int request_nth(const struct request *r, unsigned int n, bool *failed,
		       struct answer *a)
{
	char attrs[32];
	size_t len = 0;
	struct genl g;
	int error;

	if (genl_open(&g))
		errx(1, "the family is gone");
	set_timeout(&g);
	if (r->match)
		len = attr_put(attrs, 0, SYSMON_A_MATCH, r->match,
			       strlen(r->match) + 1);
	nth_set(n);
	error = genl_request(&g, r->cmd, r->dump, attrs, len, take_answer, a);
	*failed = nth_end();
	genl_close(&g);
	return error;
}

/* A request fails for want of memory, or its answer is whole. */
static bool answer_is_right(const struct request *r, int error, bool failed,
			    const struct answer *a)
{
	if (error)
		return failed && (error == -ENOMEM || error == -ENOBUFS);
	return r->cmd != SYSMON_CMD_CONTAINER_GET || a->told == CONTAINERS;
}

static int fail_one_request(const struct request *r)
{
	unsigned int n, refused = 0;
	bool failed = true;

	for (n = 1; failed && n < NTH_MAX; n++) {
		struct answer a = { .told = 0 };
		int error = request_nth(r, n, &failed, &a);

		refused += error != 0;
		if (answer_is_right(r, error, failed, &a))
			continue;
		printf("# %s, allocation %u: %s, %llu containers\n", r->name, n,
		       strerror(-error), (unsigned long long)a.told);
		return 1;
	}
	printf("# %s: %u allocations, %u refused\n", r->name, n - 2, refused);
	return failed;
}

static void remove_life(const char *name, pid_t pid)
{
	cgroup_write(name, "cgroup.kill", "1");
	waitpid(pid, NULL, 0);
	cgroup_remove(name);
}

int cmd_fail_request(int argc, char **argv)
{
	char names[CONTAINERS][CGROUP_NAME];
	pid_t pids[CONTAINERS];
	int i, bad = 0;

	(void)argc;
	(void)argv;
	nth_open();
	for (i = 0; i < CONTAINERS; i++) {
		cgroup_name(names[i], 0xfa11, (uint64_t)i);
		cgroup_make(names[i]);
		pids[i] = cgroup_fork(names[i]);
		if (!pids[i])
			run_life(100000000);
	}
	for (i = 0; i < (int)(sizeof(requests) / sizeof(*requests)); i++)
		bad |= fail_one_request(&requests[i]);
	for (i = 0; i < CONTAINERS; i++)
		remove_life(names[i], pids[i]);
	return bad;
}

/* One life of which the n-th allocation fails: of the child, or of the end. */
static void fail_life(unsigned int n)
{
	char name[CGROUP_NAME];
	bool removed;
	pid_t pid;

	cgroup_name(name, 0xfa12, n);
	cgroup_make(name);
	pid = fork();
	if (!pid) {
		nth_open();
		nth_set(n);
		if (cgroup_enter(name))
			_exit(1);
		run_life(0);
	}
	waitpid(pid, NULL, 0);
	nth_set(n);
	removed = cgroup_try_remove(name);
	nth_end();
	if (!removed)
		cgroup_remove(name);
}

struct lives {
	uint64_t starts;
	uint64_t stops;
	uint64_t gaps;
	uint64_t marker; /* the last container's id */
	bool marker_stopped;
};

static void count_life(void *arg, uint32_t type, uint64_t id, uint64_t count)
{
	struct lives *l = arg;

	l->starts += type == SYSMON_EVENT_TYPE_START;
	l->stops += type == SYSMON_EVENT_TYPE_STOP;
	l->gaps += type ? 0 : count;
	if (type == SYSMON_EVENT_TYPE_STOP && id == l->marker)
		l->marker_stopped = true;
}

/* A life without failure: events being in order, its stop is the last. */
static uint64_t run_marker(void)
{
	char name[CGROUP_NAME];
	uint64_t id;
	pid_t pid;

	cgroup_name(name, 0xfa13, 1);
	id = cgroup_make(name);
	pid = cgroup_fork(name);
	if (!pid)
		run_life(0);
	waitpid(pid, NULL, 0);
	cgroup_remove(name);
	return id;
}

/* All numbers are there, and starts and stops make pairs but for gaps. */
static int check_backlog(struct genl *g, const struct module_state *before)
{
	uint64_t lost, marker = run_marker();
	struct module_state state;
	struct event_watch w;
	struct lives l;
	double end = now() + 60;

	do {
		usleep(20000);
		l = (struct lives){ .marker = marker };
		w = (struct event_watch){
			.last = before->value[SYSMON_A_MODULE_EVENTS_HEAD],
			.fn = count_life,
			.arg = &l,
		};
		if (watch_replay(g, &w) || module_get(g, &state))
			return 1;
	} while (!(l.marker_stopped &&
		   !state.value[SYSMON_A_MODULE_CONTAINERS] &&
		   w.last == state.value[SYSMON_A_MODULE_EVENTS_HEAD]) &&
		 now() < end);
	lost = state.value[SYSMON_A_MODULE_EVENTS_LOST] -
	       before->value[SYSMON_A_MODULE_EVENTS_LOST];
	printf("# %llu starts, %llu stops, %llu in gaps, %llu lost\n",
	       (unsigned long long)l.starts, (unsigned long long)l.stops,
	       (unsigned long long)l.gaps, (unsigned long long)lost);
	return !l.marker_stopped || state.value[SYSMON_A_MODULE_CONTAINERS] ||
	       w.holes || w.back ||
	       w.last != state.value[SYSMON_A_MODULE_EVENTS_HEAD] ||
	       l.gaps != lost || l.starts > l.stops + lost ||
	       l.stops > l.starts + lost || l.starts + lost < LIVES / 2;
}

int cmd_fail_life(int argc, char **argv)
{
	struct module_state state;
	unsigned int n;
	struct genl g;

	(void)argc;
	(void)argv;
	if (genl_open(&g) || module_get(&g, &state))
		errx(1, "no answer from the module");
	nth_open();
	for (n = 1; n <= LIVES; n++)
		fail_life(n);
	return check_backlog(&g, &state);
}
