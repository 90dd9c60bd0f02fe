// SPDX-License-Identifier: GPL-2.0
/*
 * Gives events to the core, stores its rows and carries out its effects. Uses
 * uv_*.
 */
#include "loop_int.h"

#include <time.h>

#include "log.h"

static int64_t read_clock(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

int64_t now_ns(void)
{
	return read_clock(CLOCK_REALTIME);
}

static void carry_out(struct daemon *d, const struct effect *effect)
{
	switch (effect->type) {
	case EFFECT_MODULE_GET:
		nlsock_ask_module(d->kernel);
		break;
	case EFFECT_REPLAY:
		nlsock_ask_replay(d->kernel, effect->seq);
		break;
	case EFFECT_DUMP:
		nlsock_ask_dump(d->kernel);
		break;
	case EFFECT_ACT:
		control_act(d, effect);
		break;
	case EFFECT_EXEC:
		exec_start(d, effect);
		break;
	case EFFECT_INSPECT:
		control_inspect(d, effect);
		break;
	}
}

/* An effect may feed an event in turn, so each call has its own update. */
void feed(struct daemon *d, struct step_event *event)
{
	struct update update = { 0 };

	event->now_ns = now_ns();
	event->slept_ns =
		read_clock(CLOCK_BOOTTIME) - read_clock(CLOCK_MONOTONIC);
	if (step(d->step, event, &update))
		log_err("out of memory: what could not be kept will be in a "
			"gap");
	report_rows(&d->report, d->step, &update.rows);
	http_tally_add(&d->tally, &update.rows);
	uv_store_add(d->queue, &update.rows);
	for (size_t i = 0; i < update.effects && !d->stopping; i++)
		carry_out(d, &update.effect[i]);
	update_free(&update);
}
