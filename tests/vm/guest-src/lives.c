// SPDX-License-Identifier: GPL-2.0
/*
 * trust lives FOLDER MAKER RATE: containers at a steady rate, each with an end
 * that is chosen beforehand, until SIGTERM. Unlike `churn` it asks nothing of
 * the module, which may come and go; it keeps the books that others are held
 * to, a line for each begin and each end, times in ns of CLOCK_BOOTTIME:
 *
 *	begin NAME KIND TIME
 *	end NAME TIME
 *
 * When the machine is too slow for the rate, lives begin as soon as they can.
 */
#include <err.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cgroup.h"
#include "term.h"
#include "trust.h"

#define SLOTS	   256
#define PAUSE_US   3000
#define LONGEST_MS 2000
#define FOREVER	   "100000000"
#define OOM_EVERY  256

/* How a container ends. */
enum end {
	END_DONE,   /* by itself, with exit code 0 */
	END_FAILED, /* by itself, with 3 */
	END_KILLED, /* SIGKILL to its first process, from outside */
	END_TERMED, /* SIGTERM likewise */
	END_GROUP,  /* all of it, by cgroup.kill */
	END_OOM,    /* by the kernel, for want of memory */
};

static const char *const end_names[] = {
	"done", "failed", "killed", "termed", "group", "oom",
};

/* The ends of eight lives in a row. */
static const enum end turns[8] = {
	END_DONE, END_FAILED, END_DONE,	  END_KILLED,
	END_DONE, END_TERMED, END_FAILED, END_GROUP,
};

/* A container that lives; free where name is empty. */
struct living {
	char name[CGROUP_NAME];
	enum end end;
	pid_t pid; /* 0 once it has ended */
	int ready; /* a pipe that the begin of the program closes, or -1 */
	unsigned int ms;
	double until; /* when it is to be ended from outside */
};

struct lives {
	const char *folder;
	uint32_t maker;
	uint64_t begun;
	unsigned int alive;
	struct living all[SLOTS];
};

static uint64_t boottime_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

static enum end end_of(uint64_t number)
{
	return number % OOM_EVERY == OOM_EVERY / 2 ? END_OOM
						   : turns[number % 8];
}

static bool ends_by_itself(enum end end)
{
	return end == END_DONE || end == END_FAILED || end == END_OOM;
}

/* In the child: become the program of the life. */
static void run(enum end end, unsigned int ms)
{
	char text[16];

	signal(SIGTERM, SIG_DFL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	snprintf(text, sizeof(text), "%u", ms);
	execl("/proc/self/exe", "trust", "life",
	      ends_by_itself(end) ? text : FOREVER,
	      end == END_FAILED ? "3" : "0", end == END_OOM ? "32" : "0", NULL);
	_exit(125);
}

static void begin(struct lives *l, struct living *one)
{
	uint64_t number = l->begun++;
	int pipes[2],
		len = snprintf(one->name, CGROUP_NAME - 65, "%s/", l->folder);

	cgroup_name(one->name + len, l->maker, number);
	one->end = end_of(number);
	one->ms = 10 + number * 7919 % LONGEST_MS;
	printf("begin %s %s %" PRIu64 "\n", one->name + len,
	       end_names[one->end], boottime_ns());
	cgroup_make(one->name);
	if (one->end == END_OOM &&
	    (cgroup_write(one->name, "memory.swap.max", "0") ||
	     cgroup_write(one->name, "memory.max", "4M")))
		errx(1, "%s has no limits of memory", one->name);
	if (pipe2(pipes, O_CLOEXEC | O_NONBLOCK))
		err(1, "pipe");
	one->pid = cgroup_fork(one->name);
	if (!one->pid)
		run(one->end, one->ms);
	close(pipes[1]);
	one->ready = pipes[0];
	l->alive++;
}

static void end_from_outside(const struct living *one)
{
	if (one->end == END_GROUP)
		cgroup_write(one->name, "cgroup.kill", "1");
	else
		kill(one->pid, one->end == END_TERMED ? SIGTERM : SIGKILL);
}

/* What is killed before its program has no program whose end could be told. */
static void await_program(struct living *one)
{
	char byte;

	if (read(one->ready, &byte, 1) < 0)
		return;
	close(one->ready);
	one->ready = -1;
	one->until = now() + one->ms / 1000.0;
}

static void advance(struct lives *l, struct living *one)
{
	if (!one->name[0])
		return;
	if (one->ready >= 0) {
		await_program(one);
		return;
	}
	if (one->pid) {
		if (ends_by_itself(one->end) || now() < one->until)
			return;
		end_from_outside(one);
		one->until = now() + 1; /* should it not have helped */
		return;
	}
	if (!cgroup_try_remove(one->name))
		return;
	printf("end %s %" PRIu64 "\n", strrchr(one->name, '/') + 1,
	       boottime_ns());
	one->name[0] = '\0';
	l->alive--;
}

static void reap(struct lives *l)
{
	pid_t pid;
	size_t i;

	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
		for (i = 0; i < SLOTS; i++)
			if (l->all[i].pid == pid)
				l->all[i].pid = 0;
}

static struct living *free_slot(struct lives *l)
{
	size_t i;

	for (i = 0; i < SLOTS; i++)
		if (!l->all[i].name[0])
			return &l->all[i];
	return NULL;
}

static void turn(struct lives *l)
{
	size_t i;

	reap(l);
	for (i = 0; i < SLOTS; i++)
		advance(l, &l->all[i]);
}

int cmd_lives(int argc, char **argv)
{
	static struct lives l;
	struct living *one;
	double next, step;

	if (argc < 4 || strtod(argv[3], NULL) <= 0)
		errx(2, "lives FOLDER MAKER RATE");
	l.folder = argv[1];
	l.maker = (uint32_t)strtoul(argv[2], NULL, 16);
	step = 1 / strtod(argv[3], NULL);
	catch_term();
	for (next = now(); !ended || l.alive;) {
		one = !ended && now() >= next ? free_slot(&l) : NULL;
		if (one) {
			begin(&l, one);
			next = now() > next + 1 ? now() : next + step;
		} else {
			usleep(PAUSE_US);
		}
		turn(&l);
	}
	return 0;
}
