// SPDX-License-Identifier: GPL-2.0
/* Owns the reader's side of the stream's promises, for the program `trust`. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "watch.h"

/* The numbers from first on, count of them, have come. */
static void take_numbers(struct event_watch *w, uint64_t first, uint64_t count)
{
	if (first <= w->last) {
		w->back++;
		return;
	}
	w->holes += first - w->last - 1;
	w->last = first + count - 1;
}

static void take_gap(struct event_watch *w, const struct nlattr *gap)
{
	const struct nlattr *tb[SYSMON_A_GAP_MAX + 1];
	uint64_t count;

	if (attr_nested(tb, SYSMON_A_GAP_MAX, gap))
		return;
	count = attr_uint(tb[SYSMON_A_GAP_COUNT]);
	take_numbers(w, attr_uint(tb[SYSMON_A_GAP_FIRST]), count);
	w->gaps += count;
	if (w->fn)
		w->fn(w->arg, 0, 0, count);
}

static void take_event(void *arg, const struct genl_msg *msg)
{
	const struct nlattr *tb[SYSMON_A_EVENT_MAX + 1];
	const struct nlattr *container[SYSMON_A_CONTAINER_MAX + 1];
	struct event_watch *w = arg;

	if (msg->tb[SYSMON_A_GAP])
		take_gap(w, msg->tb[SYSMON_A_GAP]);
	if (!msg->tb[SYSMON_A_EVENT] ||
	    attr_nested(tb, SYSMON_A_EVENT_MAX, msg->tb[SYSMON_A_EVENT]) ||
	    !tb[SYSMON_A_EVENT_CONTAINER] ||
	    attr_nested(container, SYSMON_A_CONTAINER_MAX,
			tb[SYSMON_A_EVENT_CONTAINER]))
		return;
	take_numbers(w, attr_uint(tb[SYSMON_A_EVENT_SEQ]), 1);
	if (w->fn)
		w->fn(w->arg, (uint32_t)attr_uint(tb[SYSMON_A_EVENT_TYPE]),
		      attr_uint(container[SYSMON_A_CONTAINER_CGROUP_ID]), 1);
}

/* The tick before is over when a new one begins. */
static void new_tick(struct snapshot_watch *w, uint64_t tick)
{
	if (w->tick) {
		w->complete += w->done && w->whole;
		w->incomplete += !(w->done && w->whole);
		w->incomplete += tick - w->tick - 1;
	}
	w->tick = tick;
	w->next_part = 0;
	w->whole = true;
	w->done = false;
}

static void take_part(void *arg, const struct genl_msg *msg)
{
	const struct nlattr *tb[SYSMON_A_TICK_MAX + 1];
	struct snapshot_watch *w = arg;

	if (!msg->tb[SYSMON_A_TICK] ||
	    attr_nested(tb, SYSMON_A_TICK_MAX, msg->tb[SYSMON_A_TICK]))
		return;
	if (attr_uint(tb[SYSMON_A_TICK_NUMBER]) != w->tick)
		new_tick(w, attr_uint(tb[SYSMON_A_TICK_NUMBER]));
	if (attr_uint(tb[SYSMON_A_TICK_PART]) != w->next_part)
		w->whole = false;
	w->next_part = attr_uint(tb[SYSMON_A_TICK_PART]) + 1;
	if (msg->tb[SYSMON_A_CONTAINERS])
		w->done = true;
}

int watch_open(struct watch *w, event_fn *fn, void *arg)
{
	struct module_state state = { .patterns = false };
	int err;

	memset(w, 0, sizeof(*w));
	w->events.fd = -1;
	w->snapshots.fd = -1;
	w->event.fn = fn;
	w->event.arg = arg;
	err = genl_open(&w->snapshots);
	if (!err)
		err = module_get(&w->snapshots, &state);
	if (!err)
		err = genl_listen(&w->snapshots, GENL_SNAPSHOTS);
	if (!err)
		err = genl_open(&w->events);
	if (!err)
		err = genl_listen(&w->events, GENL_EVENTS);
	w->event.last = state.value[SYSMON_A_MODULE_EVENTS_HEAD];
	return err;
}

void watch_close(struct watch *w)
{
	genl_close(&w->events);
	genl_close(&w->snapshots);
}

static int drain(struct watch *w, struct genl *g, genl_fn *fn, void *arg)
{
	int n;

	do {
		n = genl_drain(g, fn, arg);
		w->overruns += n == -ENOBUFS;
	} while (n == -ENOBUFS);
	return n < 0 ? n : 0;
}

int watch_drain(struct watch *w)
{
	int err = drain(w, &w->events, take_event, &w->event);

	return err ? err : drain(w, &w->snapshots, take_part, &w->snapshot);
}

int watch_replay(struct genl *g, struct event_watch *w)
{
	uint64_t from = w->last + 1;
	char attrs[16];
	size_t len = attr_put(attrs, 0, SYSMON_A_SEQ, &from, sizeof(from));

	return genl_request(g, SYSMON_CMD_EVENT_GET, true, attrs, len,
			    take_event, w);
}
