// SPDX-License-Identifier: GPL-2.0
/* The daemon's run of loop.h: begin, timers, signals, end. Uses uv_*. */
#include "loop.h"

#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-daemon.h>

#include "log.h"
#include "loop_int.h"

#define PULSE_MS       10000
#define FIRST_PULSE_MS 2000
#define TRIM_PULSES    6
/* The last moments of a run may not have been stored. */
#define PAST_NS INT64_C(10000000000)

/*
 * What is free in between pieces that stay, the allocator keeps for good: as
 * much as has ever waited for a disk at once.
 */
static void give_memory_back(struct daemon *d)
{
	if (++d->pulses % TRIM_PULSES == 0)
		malloc_trim(0);
}

static void on_pulse(uv_timer_t *timer)
{
	struct daemon *d = timer->data;

	give_memory_back(d);
	nlsock_ask_module(d->kernel);
	uv_store_touch(d->queue);
	store_check_log(d);
	status_notify(d);
}

static void start_timers(struct daemon *d)
{
	d->damage.data = d;
	uv_timer_init(&d->loop, &d->damage);
	d->pulse.data = d;
	uv_timer_init(&d->loop, &d->pulse);
	uv_timer_start(&d->pulse, on_pulse, FIRST_PULSE_MS, PULSE_MS);
	watch_start(d);
}

static void on_stored(void *data, size_t lost)
{
	struct daemon *d = data;

	if (lost)
		log_err("%zu rows could not be stored: ticks among them will "
			"be in a gap, events are asked for again",
			lost);
	d->queue = NULL;
	if (d->begun)
		watch_stop(d);
}

/* When all that makes rows is closed, the last ones are stored. */
void on_part_closed(void *data)
{
	struct daemon *d = data;

	if (--d->closing == 0 && d->stopping && d->queue)
		uv_store_close(d->queue, on_stored);
}

static void stop_timers(struct daemon *d)
{
	policies_drop(&d->policy);
	if (!d->begun)
		return;
	uv_close((uv_handle_t *)&d->pulse, NULL);
	uv_close((uv_handle_t *)&d->damage, NULL);
	for (size_t i = 0; i < 3; i++)
		uv_close((uv_handle_t *)&d->signal[i], NULL);
}

/*
 * Ends what there is: what brings events first, the store last. The watchdog
 * is fed until then.
 */
void stop(struct daemon *d)
{
	d->stopping = true;
	stop_timers(d);
	d->closing += 1 + (d->kernel != NULL) + (d->jobs != NULL) +
		      (d->http != NULL) + exec_stop(d);
	if (d->http)
		http_close(d, on_part_closed);
	if (d->kernel)
		nlsock_close(d->kernel, on_part_closed);
	for (unsigned int i = 0; i < d->engines; i++) {
		if (!d->engine[i]->engine)
			continue;
		d->closing++;
		engine_close(d->engine[i]->engine, on_part_closed, d);
	}
	if (d->jobs)
		jobs_stop(d->jobs, on_part_closed, d);
	on_part_closed(d);
}

static void on_signal(uv_signal_t *handle, int number)
{
	struct daemon *d = handle->data;

	if (number == SIGHUP) {
		if (!d->stopping)
			reload(d);
		return;
	}
	log_notice("stopping on signal %d", number);
	sd_notify(0, "STOPPING=1\nSTATUS=Storing what is left");
	stop(d);
}

static void start_signals(struct daemon *d)
{
	static const int number[] = { SIGTERM, SIGINT, SIGHUP };

	for (size_t i = 0; i < 3; i++) {
		uv_signal_init(&d->loop, &d->signal[i]);
		d->signal[i].data = d;
		uv_signal_start(&d->signal[i], on_signal, number[i]);
	}
}

static void begin(struct daemon *d)
{
	d->begun = true;
	start_signals(d);
	start_timers(d);
	sd_notify(0, "READY=1");
	nlsock_start(d->kernel);
	for (unsigned int i = 0; i < d->engines; i++) {
		if (d->past_ns > PAST_NS)
			engine_resume(d->engine[i]->engine,
				      d->past_ns - PAST_NS);
		engine_start(d->engine[i]->engine);
	}
	if (d->again)
		jobs_resume(d->jobs);
	else
		jobs_start(d->jobs);
	uv_store_touch(d->queue);
}

/* With the database open: from the loop's first turn to its last. */
static int run(struct daemon *d)
{
	int rc = uv_loop_init(&d->loop);

	if (rc) {
		log_err("can't make an event loop: %s", uv_strerror(rc));
		return rc;
	}
	rc = store_begin(d);
	if (!rc)
		rc = kernel_open(d);
	if (!rc)
		rc = control_open(d);
	if (!rc)
		rc = policies_make(d, d->config, NULL, &d->policy);
	if (!rc)
		rc = http_open(d);
	if (rc)
		stop(d);
	else
		begin(d);
	uv_run(&d->loop, UV_RUN_DEFAULT);
	uv_loop_close(&d->loop);
	return rc;
}

/* One run, with a database. @again: it is not the first of this process. */
static int run_once(struct config *config, const struct loop_source *source,
		    bool again, bool *damaged)
{
	struct daemon *d = calloc(1, sizeof(*d));
	int rc;

	if (!d) {
		log_err("out of memory");
		return -ENOMEM;
	}
	d->config = config;
	d->source = source;
	d->again = again;
	d->started_ns = now_ns();
	d->config_loaded_ns = d->started_ns;
	rc = store_open_past(d, *damaged);
	if (!rc)
		rc = run(d);
	*damaged = d->damaged;
	step_free(d->step);
	store_close(d->store);
	engines_free(d);
	free(d);
	return rc;
}

int loop_run(struct config *config, const struct loop_source *source)
{
	bool damaged = false;
	int rc = run_once(config, source, false, &damaged);

	/* With a new database all begins anew: what is known was in the old. */
	while (!rc && damaged)
		rc = run_once(config, source, true, &damaged);
	return rc;
}
