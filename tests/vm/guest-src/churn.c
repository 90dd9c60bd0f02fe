// SPDX-License-Identifier: GPL-2.0
/*
 * trust churn COUNT PARALLEL [lossy]
 *
 * Makes and removes containers, so many at a time, most living under 100 ms,
 * and holds the module to its word: exactly one start and then one stop for
 * each, numbers without a skip, nothing lost. `lossy` is for a module whose
 * memory fails it: then what lacks has to be told, number by number.
 */
#include <err.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cgroup.h"
#include "trust.h"
#include "watch.h"

/* Longest wait for the module to have told all, in seconds. */
#define SETTLE 30

/* What a container does, by its number modulo KINDS. */
enum kind {
	KIND_EXIT,    /* enters and ends, without a program of its own */
	KIND_PROGRAM, /* enters and runs one */
	KIND_CLONED,  /* starts inside, and runs one */
	KIND_KILLED,  /* has to be killed */
	KINDS
};

struct container {
	uint64_t id;
	unsigned int starts;
	unsigned int stops;
	unsigned int late_starts; /* after the stop */
};

/* One of those that live now; free where index is -1. */
struct slot {
	long index;
	pid_t pid;	/* 0 once it has ended */
	double kill_at; /* 0 for those that end by themselves */
};

struct churn {
	long count;
	int parallel;
	bool lossy;
	struct container *containers;
	long *by_id; /* open hash of indices, -1 where free */
	size_t hash_size;
	struct slot *slots;
	long begun;
	int alive;
	uint64_t unknown; /* events of containers that are not ours */
};

static long *hash_slot(struct churn *c, uint64_t id)
{
	uint64_t state = id;
	size_t at = next_random(&state) % c->hash_size;

	while (c->by_id[at] >= 0 && c->containers[c->by_id[at]].id != id)
		at = (at + 1) % c->hash_size;
	return &c->by_id[at];
}

static void on_event(void *arg, uint32_t type, uint64_t id, uint64_t count)
{
	struct churn *c = arg;
	long index = type ? *hash_slot(c, id) : -1;

	(void)count;
	if (!type)
		return;
	if (index < 0) {
		c->unknown++;
		return;
	}
	if (type == SYSMON_EVENT_TYPE_START) {
		c->containers[index].starts++;
		c->containers[index].late_starts += c->containers[index].stops;
	} else if (type == SYSMON_EVENT_TYPE_STOP) {
		c->containers[index].stops++;
	}
}

static void name_of(char *name, long index)
{
	cgroup_name(name, 0xc0ffee00, (uint64_t)index);
}

static pid_t start_inside(const char *name, enum kind kind, unsigned int ms)
{
	pid_t pid = kind == KIND_CLONED ? cgroup_fork(name) : fork();

	if (pid < 0)
		err(1, "fork");
	if (pid)
		return pid;
	if (kind != KIND_CLONED && cgroup_enter(name))
		_exit(124);
	if (kind == KIND_EXIT)
		_exit(0);
	run_life(kind == KIND_KILLED ? 100000 : ms);
	return 0;
}

static void begin(struct churn *c, struct slot *slot)
{
	enum kind kind = (enum kind)(c->begun % KINDS);
	char name[CGROUP_NAME];

	slot->index = c->begun++;
	name_of(name, slot->index);
	c->containers[slot->index].id = cgroup_make(name);
	*hash_slot(c, c->containers[slot->index].id) = slot->index;
	slot->pid = start_inside(name, kind, slot->index % 7 * 10);
	slot->kill_at = kind == KIND_KILLED ? now() + 0.03 : 0;
	c->alive++;
}

static void reap(struct churn *c)
{
	pid_t pid;
	int i;

	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
		for (i = 0; i < c->parallel; i++)
			if (c->slots[i].index >= 0 && c->slots[i].pid == pid)
				c->slots[i].pid = 0;
}

/* What is killed on its way in never ran there. */
static bool is_to_kill(const struct slot *slot, const char *name)
{
	return slot->kill_at > 0 && now() > slot->kill_at &&
	       cgroup_event(name, "populated") == 1;
}

/* Let one slot go on: begin, kill, or remove what has ended. */
static void advance(struct churn *c, struct slot *slot)
{
	char name[CGROUP_NAME];

	if (slot->index < 0) {
		if (c->begun < c->count)
			begin(c, slot);
		return;
	}
	name_of(name, slot->index);
	if (slot->pid) {
		if (is_to_kill(slot, name)) {
			kill(slot->pid, SIGKILL);
			slot->kill_at = 0;
		}
		return;
	}
	if (cgroup_try_remove(name)) {
		slot->index = -1;
		c->alive--;
	}
}

static void run_all(struct churn *c, struct watch *w)
{
	struct pollfd events = { .fd = w->events.fd, .events = POLLIN };
	int i;

	do {
		for (i = 0; i < c->parallel; i++)
			advance(c, &c->slots[i]);
		reap(c);
		if (watch_drain(w))
			errx(1, "a notification is not well-formed");
		poll(&events, 1, 1);
	} while (c->alive || c->begun < c->count);
}

/* Starts and stops that did not come. */
static uint64_t missing(const struct churn *c)
{
	uint64_t n = 0;
	long i;

	for (i = 0; i < c->count; i++)
		n += !c->containers[i].starts + !c->containers[i].stops;
	return n;
}

/* Count the whole backlog anew, from the event on that is after the first. */
static int tally_backlog(struct churn *c, struct genl *g, uint64_t first,
			 struct event_watch *replay)
{
	long i;

	for (i = 0; i < c->count; i++) {
		c->containers[i].starts = 0;
		c->containers[i].stops = 0;
		c->containers[i].late_starts = 0;
	}
	*replay = (struct event_watch){
		.last = first,
		.fn = on_event,
		.arg = c,
	};
	return watch_replay(g, replay);
}

/*
 * Until the module follows none and has told, or counted as lost, all that
 * there was. Return whether that came about.
 */
static bool settle(struct churn *c, struct watch *w, struct genl *g,
		   const struct module_state *before,
		   struct module_state *after, struct event_watch *replay)
{
	double end = now() + SETTLE;
	uint64_t lost = 0, last;

	do {
		usleep(20000);
		if (watch_drain(w) || module_get(g, after))
			return false;
		last = w->event.last;
		if (c->lossy) {
			lost = after->value[SYSMON_A_MODULE_EVENTS_LOST] -
			       before->value[SYSMON_A_MODULE_EVENTS_LOST];
			if (tally_backlog(
				    c, g,
				    before->value[SYSMON_A_MODULE_EVENTS_HEAD],
				    replay))
				return false;
			last = replay->last;
		}
		if (!after->value[SYSMON_A_MODULE_CONTAINERS] &&
		    missing(c) <= lost &&
		    last == after->value[SYSMON_A_MODULE_EVENTS_HEAD])
			return true;
	} while (now() < end);
	printf("# not settled: %llu containers, head %llu, seen %llu\n",
	       (unsigned long long)after->value[SYSMON_A_MODULE_CONTAINERS],
	       (unsigned long long)after->value[SYSMON_A_MODULE_EVENTS_HEAD],
	       (unsigned long long)last);
	return false;
}

/* Print a figure and say whether it is too large. */
static int at_most(const char *what, uint64_t value, uint64_t most)
{
	if (value <= most)
		return 0;
	printf("# %s: %llu, at most %llu\n", what, (unsigned long long)value,
	       (unsigned long long)most);
	return 1;
}

static uint64_t grown(const struct module_state *a,
		      const struct module_state *b, int attr)
{
	return b->value[attr] - a->value[attr];
}

/* Starts and stops that did not come once, as missing and as too many. */
static int check_lives(const struct churn *c, uint64_t told_missing)
{
	uint64_t extra = 0, late = 0;
	long i;

	for (i = 0; i < c->count; i++) {
		const struct container *one = &c->containers[i];

		extra += one->starts > 1 ? one->starts - 1 : 0;
		extra += one->stops > 1 ? one->stops - 1 : 0;
		late += one->late_starts;
	}
	return at_most("starts and stops missing", missing(c), told_missing) |
	       at_most("starts and stops too many", extra, 0) |
	       at_most("starts after the stop", late, 0) |
	       at_most("events of others", c->unknown, 0);
}

static int check_strict(const struct churn *c, const struct watch *w,
			const struct module_state *a,
			const struct module_state *b)
{
	return check_lives(c, 0) |
	       at_most("numbers skipped", w->event.holes, 0) |
	       at_most("numbers out of order", w->event.back, 0) |
	       at_most("events in gaps", w->event.gaps, 0) |
	       at_most("overruns", w->overruns, 0) |
	       at_most("snapshots incomplete", w->snapshot.incomplete, 0) |
	       at_most("no snapshot", !w->snapshot.complete, 0) |
	       at_most("events-lost", grown(a, b, SYSMON_A_MODULE_EVENTS_LOST),
		       0) |
	       at_most("facts-lost", grown(a, b, SYSMON_A_MODULE_FACTS_LOST),
		       0) |
	       at_most("dropped", grown(a, b, SYSMON_A_MODULE_DROPPED), 0) |
	       at_most("containers-refused",
		       grown(a, b, SYSMON_A_MODULE_CONTAINERS_REFUSED), 0);
}

/*
 * With failures: the backlog, read once they are over, has each number, as an
 * event or in a gap; gaps are as many as events-lost; and whatever did not
 * come as a notification is counted in dropped.
 */
static int check_lossy(const struct churn *c, const struct watch *w,
		       const struct event_watch *replay,
		       const struct module_state *a,
		       const struct module_state *b)
{
	uint64_t lost = grown(a, b, SYSMON_A_MODULE_EVENTS_LOST);
	uint64_t dropped = grown(a, b, SYSMON_A_MODULE_DROPPED);
	uint64_t unseen = w->event.holes +
			  b->value[SYSMON_A_MODULE_EVENTS_HEAD] - w->event.last;

	printf("# lost %llu, dropped %llu, pushes missing %llu, snapshots %llu and %llu incomplete\n",
	       (unsigned long long)lost, (unsigned long long)dropped,
	       (unsigned long long)unseen,
	       (unsigned long long)w->snapshot.complete,
	       (unsigned long long)w->snapshot.incomplete);
	return check_lives(c, lost) |
	       at_most("numbers skipped in the backlog", replay->holes, 0) |
	       at_most("numbers out of order", replay->back + w->event.back,
		       0) |
	       at_most("gaps above events-lost", replay->gaps, lost) |
	       at_most("events-lost above gaps", lost, replay->gaps) |
	       at_most("pushes and snapshots missing",
		       unseen + w->snapshot.incomplete, dropped) |
	       at_most("no failure seen", !lost && !dropped, 0);
}

static void churn_init(struct churn *c, int argc, char **argv)
{
	size_t i;

	if (argc < 3)
		errx(2, "churn COUNT PARALLEL [lossy]");
	c->count = strtol(argv[1], NULL, 10);
	c->parallel = (int)strtol(argv[2], NULL, 10);
	c->lossy = argc > 3;
	c->hash_size = (size_t)c->count * 4 + 1;
	c->containers = calloc((size_t)c->count, sizeof(*c->containers));
	c->by_id = calloc(c->hash_size, sizeof(*c->by_id));
	c->slots = calloc((size_t)c->parallel, sizeof(*c->slots));
	if (!c->containers || !c->by_id || !c->slots)
		err(1, "calloc");
	for (i = 0; i < c->hash_size; i++)
		c->by_id[i] = -1;
	for (i = 0; i < (size_t)c->parallel; i++)
		c->slots[i].index = -1;
}

int cmd_churn(int argc, char **argv)
{
	struct module_state before, after;
	struct event_watch replay = { .last = 0 };
	struct churn c = { .begun = 0 };
	struct watch w;
	struct genl g;
	double start = now();
	int bad;

	churn_init(&c, argc, argv);
	if (genl_open(&g) || module_get(&g, &before) ||
	    watch_open(&w, c.lossy ? NULL : on_event, &c))
		errx(1, "no answer from the module");
	run_all(&c, &w);
	bad = !settle(&c, &w, &g, &before, &after, &replay);
	bad |= c.lossy ? check_lossy(&c, &w, &replay, &before, &after)
		       : check_strict(&c, &w, &before, &after);
	printf("# %ld containers in %.1f s, %llu numbers, %llu snapshots\n",
	       c.count, now() - start,
	       (unsigned long long)grown(&before, &after,
					 SYSMON_A_MODULE_EVENTS_HEAD),
	       (unsigned long long)w.snapshot.complete);
	watch_close(&w);
	genl_close(&g);
	return bad;
}
