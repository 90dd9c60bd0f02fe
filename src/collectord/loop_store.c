// SPDX-License-Identifier: GPL-2.0
/*
 * The database of the run: opened, or moved aside when it is damaged, with the
 * core that begins where it ends; what its queue reports. Uses uv_*.
 */
#include "loop_int.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "log.h"

/* How far back stops are looked at whose exit code is unknown. */
#define RECALL_NS INT64_C(600000000000)
/* How far back the caps of actions reach. */
#define MINUTE_NS INT64_C(60000000000)

static void log_room(enum step_room room)
{
	switch (room) {
	case STEP_ROOM_ALL:
		log_info("the store has room again");
		break;
	case STEP_ROOM_LOG:
		log_warning("the database's log is full: a reader holds a "
			    "transaction open; ticks go into a gap");
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
		nlsock_hold(d->kernel, room > STEP_ROOM_LOG);
}

/* Not from within the queue: it goes as well. */
static void on_damage(uv_timer_t *timer)
{
	struct daemon *d = timer->data;

	if (d->stopping)
		return;
	d->damaged = true;
	stop(d);
}

static void on_store_error(void *data, enum store_result result,
			   const char *error)
{
	struct daemon *d = data;

	switch (result) {
	case STORE_OK:
		log_notice("the database can be written again");
		break;
	case STORE_RETRY:
		log_err("the database can't be written: %s; rows wait in "
			"memory: see to free space and permissions",
			error);
		break;
	case STORE_DAMAGED:
		log_err("the database is damaged: %s", error);
		if (d->begun && !d->stopping)
			uv_timer_start(&d->damage, on_damage, 0, 0);
		break;
	case STORE_BROKEN:
		log_err("the database does not take rows: %s; rows wait in "
			"memory: please report it",
			error);
		break;
	}
}

static int recall(void *arg, const struct step_past_container *c)
{
	return step_recall(arg, c);
}

static void recall_request(void *arg, const char *rule, int64_t ns)
{
	step_recall_request(arg, rule, ns);
}

static int recall_restarts(void *arg, int64_t container, const char *rule,
			   unsigned int restarts)
{
	return step_recall_restarts(arg, container, rule, restarts);
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

static int move_aside(struct daemon *d)
{
	char name[PATH_MAX];
	int rc = aside_move(d->config->database, now_ns(), name);

	if (rc)
		log_err("%s: can't be moved aside: %s", d->config->database,
			strerror(-rc));
	else
		log_err("%s: is damaged, and is now %s; a new one is begun",
			d->config->database, name);
	return rc;
}

/* Opens the database and reads where it ends. -EUCLEAN: it is damaged. */
static int load_past(struct daemon *d, struct step_past *past)
{
	struct db_error err;
	enum db_result result =
		store_open(d->config->database, &d->store, &err);
	int rc;

	if (result != DB_OK) {
		log_err("%s", err.text);
		return result == DB_DAMAGED ? -EUCLEAN : -EIO;
	}
	rc = store_load(d->store, past);
	if (!rc)
		return 0;
	log_err("%s: can't read what is stored: %s", d->config->database,
		rc == -ENOMEM ? "out of memory" : store_error(d->store));
	store_close(d->store);
	d->store = NULL;
	return rc;
}

/* Makes the core, with what it has to know of before. */
static int begin_core(struct daemon *d, const struct step_past *past)
{
	struct step_config config;
	int rc = engines_reserve(d, d->config);

	config = reload_step_config(d, d->config);
	if (!rc)
		rc = step_new(&config, past, &d->step);
	if (!rc)
		rc = store_load_containers(d->store, now_ns() - RECALL_NS,
					   recall, d->step);
	if (!rc)
		rc = store_load_requests(d->store, now_ns() - MINUTE_NS,
					 recall_request, d->step);
	if (!rc)
		rc = store_load_restarts(d->store, STEP_SETTLED_NS,
					 recall_restarts, d->step);
	if (rc)
		log_err("%s: can't read what is stored: %s",
			d->config->database,
			rc == -ENOMEM ? "out of memory"
				      : store_error(d->store));
	return rc;
}

static void forget(struct daemon *d)
{
	step_free(d->step);
	store_close(d->store);
	d->step = NULL;
	d->store = NULL;
}

static int try_open(struct daemon *d, bool fresh)
{
	struct step_past past;
	int rc = load_past(d, &past);

	if (rc)
		return rc;
	d->past_ns = past.last_ns;
	d->report.last_stop = past.stop_id;
	past.tick_gap = fresh ? "database-damaged" : NULL;
	rc = begin_core(d, &past);
	if (rc)
		forget(d);
	return rc;
}

int store_open_past(struct daemon *d, bool damaged)
{
	int rc;

	read_boot_uuid(d->boot_uuid, sizeof(d->boot_uuid));
	rc = damaged ? -EUCLEAN : try_open(d, false);
	if (rc == -EUCLEAN) {
		rc = move_aside(d);
		if (!rc)
			rc = try_open(d, true);
	}
	aside_find(d->config->database, d->db_moved);
	return rc;
}

int store_begin(struct daemon *d)
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
	else
		uv_store_configure(d->queue,
				   d->config->commit_interval_ns / 1000000,
				   &d->config->retention);
	return rc;
}

/* A reader that holds on to an old state keeps the log from being reused. */
void store_check_log(struct daemon *d)
{
	struct uv_store_stats stats;
	bool large;

	uv_store_stats(d->queue, &stats);
	large = stats.wal_bytes > STATUS_WAL_LARGE;
	if (large && !d->log_large)
		log_warning("the database's log has grown to %" PRId64
			    " MiB: a reader holds a transaction open; fuser -v "
			    "%s-wal says who",
			    stats.wal_bytes >> 20, d->config->database);
	else if (!large && d->log_large)
		log_notice("the database's log is small again");
	d->log_large = large;
}
