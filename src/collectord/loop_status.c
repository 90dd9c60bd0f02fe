// SPDX-License-Identifier: GPL-2.0
/*
 * What the daemon says of itself: status rows, systemd's status. Uses
 * uv_*, but only its clock and its queue's numbers.
 */
#include "loop_int.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "engine_report.h"
#include "htab.h"
#include "log.h"

#define ENGINES_TOLD 32 /* more than STATUS_SIZE_engines has room for */

static void copy_text(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%s", from);
}

static void copy_str(char *to, size_t size, struct str from)
{
	snprintf(to, size, "%.*s", (int)from.len, from.p ? from.p : "");
}

/* Keeps what the module says of itself. */
void status_module(struct daemon *d, const struct module_info *m)
{
	struct status *s = &d->module;

	copy_str(s->module_version, sizeof(s->module_version), m->version);
	copy_str(s->module_boot_id, sizeof(s->module_boot_id), m->boot_id);
	s->module_abi = m->abi;
	s->module_instance = (int64_t)m->instance;
	s->module_interval_ns = (int64_t)m->interval_ns;
	s->module_ticks = (int64_t)m->ticks;
	s->module_walks = (int64_t)m->walks;
	s->module_walk_ns = (int64_t)m->walk_ns;
	s->module_walk_total_ns = (int64_t)m->walk_total_ns;
	s->module_tick_ns = (int64_t)m->tick_ns;
	s->module_tick_total_ns = (int64_t)m->tick_total_ns;
	s->module_messages = (int64_t)m->messages;
	s->module_dropped = (int64_t)m->dropped;
	s->module_containers = (int64_t)m->containers;
	s->module_containers_max = (int64_t)m->containers_max;
	s->module_containers_refused = (int64_t)m->containers_refused;
	s->module_events_head = (int64_t)m->events_head;
	s->module_events_tail = (int64_t)m->events_tail;
	s->module_events_capacity = (int64_t)m->events_capacity;
	s->module_events_lost = (int64_t)m->events_lost;
	s->module_rescans = (int64_t)m->rescans;
	s->module_file_errors = (int64_t)m->file_errors;
	s->module_events_bytes = (int64_t)m->events_bytes;
	s->module_events_bytes_max = (int64_t)m->events_bytes_max;
	s->module_container_bytes = (int64_t)m->container_bytes;
	s->module_facts_lost = (int64_t)m->facts_lost;
}

static uint64_t mix(uint64_t mark, const void *bytes, size_t len)
{
	return mark * 31 + htab_hash_bytes(bytes, len);
}

static uint64_t mix_text(uint64_t mark, const char *text)
{
	return mix(mark, text ? text : "", text ? strlen(text) : 0);
}

/* Made of all that engine_report() tells. */
static uint64_t mark_of(const struct engine_status *const *engine,
			unsigned int count)
{
	uint64_t mark = 1;

	for (unsigned int i = 0; i < count; i++) {
		const struct engine_status *e = engine[i];
		const uint64_t number[] = {
			(uint64_t)e->state, e->automatic, e->connects,
			e->events,	    e->malformed, (uint64_t)e->since_ns
		};

		mark = mix(mark, number, sizeof(number));
		mark = mix_text(mark, e->name);
		mark = mix_text(mark, e->socket);
		mark = mix_text(mark, e->version);
		mark = mix_text(mark, e->error);
	}
	return mark;
}

/* They seldom have news, and making the text is dear. */
static void fill_engines(struct daemon *d, struct status *s)
{
	const struct engine_status *list[ENGINES_TOLD];
	unsigned int n = 0;
	uint64_t mark;

	for (unsigned int i = 0; i < d->engines && n < ENGINES_TOLD; i++)
		if (d->engine[i]->engine)
			list[n++] = engine_status(d->engine[i]->engine);
	mark = mark_of(list, n);
	if (mark != d->engines_mark)
		engine_report(list, n, d->engines_text,
			      sizeof(d->engines_text));
	d->engines_mark = d->engines_text[0] ? mark : 0;
	copy_text(s->engines, sizeof(s->engines), d->engines_text);
}

static void fill_core(const struct daemon *d, struct status *s)
{
	struct step_stats stats;

	step_stats(d->step, &stats);
	s->ticks_stored = (int64_t)stats.ticks;
	s->samples_stored = (int64_t)stats.samples;
	s->events_stored = (int64_t)stats.events;
	s->stops_stored = (int64_t)stats.stops;
	s->gaps = (int64_t)stats.gaps;
	s->gap_ticks = (int64_t)stats.gap_ticks;
	s->gap_events = (int64_t)stats.gap_events;
	s->overruns = (int64_t)stats.overruns;
	s->replays = (int64_t)stats.replays;
	s->containers = (int64_t)stats.running;
	s->policy_requests = (int64_t)stats.requests;
	s->policy_alarms = (int64_t)stats.alarms;
	s->policy_capped = (int64_t)stats.capped;
	s->policy_waiting = (int64_t)stats.waiting;
	s->policy_open = (int64_t)stats.open;
	s->policy_given_up = (int64_t)stats.given_up;
}

static void fill_queue(const struct daemon *d, struct status *s)
{
	struct uv_store_stats stats;

	uv_store_stats(d->queue, &stats);
	s->queue_rows = (int64_t)stats.queue_rows;
	s->queue_bytes = (int64_t)stats.queue_bytes;
	s->queue_max = (int64_t)stats.queue_max;
	s->commits = (int64_t)stats.commits;
	s->commit_failures = (int64_t)stats.failures;
	s->rows_refused = (int64_t)stats.refused;
	s->commit_ns_last = stats.commit_ns_last;
	s->commit_ns_max = stats.commit_ns_max;
	s->db_bytes = stats.db_bytes;
	s->wal_bytes = stats.wal_bytes;
	s->wal_max_bytes = stats.wal_max_bytes;
	s->db_free_bytes = stats.retained.free_bytes;
	s->size_limit_bytes = (int64_t)d->config->retention.size_bytes;
	s->rows_removed = (int64_t)stats.retained.removed;
	copy_text(s->size_cut, sizeof(s->size_cut),
		  stats.retained.cut ? stats.retained.cut : "");
	copy_text(s->retention_error, sizeof(s->retention_error),
		  stats.retain_error);
	copy_text(s->commit_error, sizeof(s->commit_error),
		  uv_store_error(d->queue));
}

static void fill_http(const struct daemon *d, struct status *s)
{
	struct http_counts counts;

	http_counts(d, &counts);
	for (size_t i = 0; i < HTTP_CODES_MAX; i++)
		s->http_requests += (int64_t)counts.requests[i];
	s->http_busy = (int64_t)counts.busy;
	s->http_cut = (int64_t)counts.connections_cut;
	s->http_streams_dropped = (int64_t)counts.streams_dropped;
}

void status_fill(void *data, struct status *status)
{
	struct daemon *d = data;

	*status = d->module;
	status->pid = getpid();
	copy_text(status->version, sizeof(status->version), SYSMON_VERSION);
	status->started_ns = d->started_ns;
	status->heartbeat_ns = now_ns();
	status->stopped_ns = d->stopping ? status->heartbeat_ns : 0;
	status->commit_interval_ns = (int64_t)d->config->commit_interval_ns;
	status->config_loaded_ns = d->config_loaded_ns;
	copy_text(status->config_error, sizeof(status->config_error),
		  d->config_error);
	status->messages = (int64_t)d->messages;
	status->messages_bad = (int64_t)d->messages_bad;
	copy_text(status->message_error, sizeof(status->message_error),
		  d->message_error);
	copy_text(status->db_moved, sizeof(status->db_moved), d->db_moved);
	copy_text(status->module_state, sizeof(status->module_state),
		  d->module_there ? "running" : "not-loaded");
	status->loop_stall_ns_max = d->turns.max_ns;
	status->loop_stall_ns_minute =
		turns_minute(&d->turns, (int64_t)uv_hrtime());
	fill_core(d, status);
	fill_queue(d, status);
	fill_http(d, status);
	/* Once it stops, the engines are being closed. */
	if (!d->stopping)
		fill_engines(d, status);
}

static void notify_sampling(const struct daemon *d)
{
	struct step_stats stats;

	step_stats(d->step, &stats);
	sd_notifyf(0,
		   "STATUS=%zu containers, tick %" PRIu64 ", %" PRIu64
		   " ticks in gaps",
		   stats.running, stats.last_tick, stats.gap_ticks);
}

/* The store's trouble goes first: the record cannot tell of it. */
static void notify_store_error(const struct daemon *d)
{
	struct uv_store_stats stats;

	uv_store_stats(d->queue, &stats);
	sd_notifyf(0, "STATUS=Cannot store, %zu rows wait in memory: %s",
		   stats.queue_rows, uv_store_error(d->queue));
}

/* What is in force is not what stands in the files. */
static void notify_config_error(const struct daemon *d)
{
	sd_notifyf(0, "STATUS=Runs on with the old configuration: %s",
		   d->config_error);
}

/* What systemctl status shows. */
void status_notify(struct daemon *d)
{
	if (*uv_store_error(d->queue))
		notify_store_error(d);
	else if (d->config_error[0])
		notify_config_error(d);
	else if (d->module_there)
		notify_sampling(d);
	else
		sd_notify(0, "STATUS=Waiting for the kernel module: modprobe "
			     "sysmon");
}
