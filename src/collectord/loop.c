// SPDX-License-Identifier: GPL-2.0
/* The daemon's run of loop.h: begin, timers, signals, end. Uses uv_*. */
#include "loop.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-daemon.h>

#include "log.h"
#include "loop_int.h"

#define PULSE_MS       10000
#define FIRST_PULSE_MS 2000
/* The last moments of a run may not have been stored. */
#define PAST_NS INT64_C(10000000000)
/* How far back stops are looked at whose exit code is unknown. */
#define RECALL_NS INT64_C(600000000000)

static void log_room(enum step_room room)
{
	switch (room) {
	case STEP_ROOM_ALL:
		log_info("the store has room again");
		break;
	case STEP_ROOM_LIVE:
		log_info("the store is behind: the backlog of events waits in "
			 "the kernel");
		break;
	case STEP_ROOM_EVENTS:
		log_warning("the store can't follow: ticks go into a gap");
		break;
	case STEP_ROOM_NONE:
		log_warning("the store can't follow: ticks go into a gap, "
			    "events wait in the kernel");
		break;
	}
}

static void on_room(void *data, enum step_room room)
{
	struct daemon *d = data;
	struct step_event event = { .type = STEP_ROOM };

	log_room(room);
	event.room = room;
	feed(d, &event);
	if (d->kernel && !d->stopping)
		nlsock_hold(d->kernel, room != STEP_ROOM_ALL);
}

static void on_store_error(void *data, enum store_result result,
			   const char *error)
{
	(void)data;
	switch (result) {
	case STORE_OK:
		log_notice("the database can be written again");
		break;
	case STORE_RETRY:
		log_err("the database can't be written: %s; rows wait in "
			"memory: see to free space and permissions",
			error);
		break;
	case STORE_BROKEN:
		log_err("the database does not take rows: %s; rows wait in "
			"memory: check it with PRAGMA integrity_check",
			error);
		break;
	}
}

static int recall(void *arg, const struct step_past_container *c)
{
	return step_recall(arg, c);
}

static void read_boot_uuid(char *uuid, size_t size)
{
	FILE *f = fopen("/proc/sys/kernel/random/boot_id", "re");

	if (!f || !fgets(uuid, (int)size, f))
		snprintf(uuid, size, "unknown");
	uuid[strcspn(uuid, "\n")] = 0;
	if (f)
		fclose(f);
}

/* Opens the database and begins where it ends. */
static int open_past(struct daemon *d)
{
	struct step_config config;
	struct step_past past;
	struct db_error err;
	int rc;

	if (store_open(d->config->database, &d->store, &err) != DB_OK) {
		log_err("%s", err.text);
		return -EIO;
	}
	read_boot_uuid(d->boot_uuid, sizeof(d->boot_uuid));
	rc = store_load(d->store, &past);
	d->past_ns = past.last_ns;
	d->report.last_stop = past.stop_id;
	if (!rc)
		rc = engines_reserve(d, d->config);
	config = reload_step_config(d, d->config);
	if (!rc)
		rc = step_new(&config, &past, &d->step);
	if (!rc)
		rc = store_load_containers(d->store, now_ns() - RECALL_NS,
					   recall, d->step);
	if (rc)
		log_err("%s: can't read what is stored: %s",
			d->config->database,
			rc == -ENOMEM ? "out of memory"
				      : store_error(d->store));
	return rc;
}

static int open_queue(struct daemon *d)
{
	static const struct uv_store_callbacks callbacks = {
		.on_room = on_room,
		.on_status = status_fill,
		.on_error = on_store_error,
	};
	int rc = uv_store_new(&d->loop, d->store,
			      d->config->commit_interval_ns / 1000000,
			      &callbacks, d, &d->queue);

	if (rc)
		log_err("can't begin to store: %s", strerror(-rc));
	return rc;
}

static void on_pulse(uv_timer_t *timer)
{
	struct daemon *d = timer->data;

	nlsock_ask_module(d->kernel);
	uv_store_touch(d->queue);
	status_notify(d);
}

static void start_timers(struct daemon *d)
{
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
	for (size_t i = 0; i < 3; i++)
		uv_close((uv_handle_t *)&d->signal[i], NULL);
}

/*
 * Ends what there is: what brings events first, the store last. The watchdog
 * is fed until then.
 */
static void stop(struct daemon *d)
{
	d->stopping = true;
	stop_timers(d);
	d->closing += 1 + (d->kernel != NULL) + (d->jobs != NULL);
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
	rc = open_queue(d);
	if (!rc)
		rc = kernel_open(d);
	if (!rc)
		rc = control_open(d);
	if (!rc)
		rc = policies_make(d, d->config, NULL, &d->policy);
	if (rc)
		stop(d);
	else
		begin(d);
	uv_run(&d->loop, UV_RUN_DEFAULT);
	uv_loop_close(&d->loop);
	return rc;
}

int loop_run(struct config *config, const struct loop_source *source)
{
	struct daemon *d = calloc(1, sizeof(*d));
	int rc;

	if (!d) {
		log_err("out of memory");
		return -ENOMEM;
	}
	d->config = config;
	d->source = source;
	d->started_ns = now_ns();
	d->config_loaded_ns = d->started_ns;
	rc = open_past(d);
	if (!rc)
		rc = run(d);
	step_free(d->step);
	store_close(d->store);
	engines_free(d);
	free(d);
	return rc;
}
