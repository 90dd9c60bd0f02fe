// SPDX-License-Identifier: GPL-2.0
/*
 * Censuses: snapshots and dumps, from their parts. A complete snapshot becomes
 * a tick with its samples; one with a part missing becomes part of a gap. Both
 * kinds tell which containers have gone unseen. Knows nothing of events.
 */
#include "step_int.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A container is missed by this many complete censuses before it is gone. */
#define ABSENT_MAX 2

/* Less is no sleep, but two clocks that were read one after the other. */
#define SLEEP_LEAST_NS 100000000

/* Gives up the snapshot at hand; @reason, if any, will stand in the gap. */
void snapshot_break(struct step *s, const char *reason)
{
	s->census[CENSUS_SNAPSHOT].broken = true;
	if (reason && !s->session.tick_gap)
		s->session.tick_gap = reason;
}

static void census_begin(struct step *s, enum census_kind kind,
			 const struct tick_info *tick)
{
	s->census[kind] = (struct census){
		.number = ++s->censuses,
		.tick = tick->number,
		.boottime_ns = tick->boottime_ns,
		.realtime_ns = (int64_t)tick->realtime_ns,
		.open = true,
	};
}

/* Makes room for n more containers of the snapshot. */
static int reserve(struct step *s, size_t n)
{
	size_t max = s->presents_max ? s->presents_max : 64;
	struct life **present;

	while (max < s->presents + n)
		max *= 2;
	if (max == s->presents_max)
		return 0;
	present = reallocarray(s->present, max, sizeof(*present));
	if (!present)
		return -ENOMEM;
	s->present = present;
	s->presents_max = max;
	return 0;
}

/* Counts a container in; false: that had been done. */
static bool count_in(struct step *s, enum census_kind kind, struct life *life)
{
	struct census *census = &s->census[kind];

	if (life->census[kind] == census->number)
		return false;
	life->census[kind] = census->number;
	if (kind == CENSUS_SNAPSHOT)
		s->present[s->presents++] = life;
	return true;
}

/* Counts the containers of one part as present, with their figures. */
static int count_present(struct step *s, enum census_kind kind,
			 const struct message *msg)
{
	for (unsigned int i = 0; i < msg->containers; i++) {
		const struct container_info *info = &msg->container[i];
		struct life *life;
		int rc;

		rc = life_count(s, info, &s->census[kind], &life);
		if (rc)
			return rc;
		if (!life)
			continue;
		figures_take(s, life, kind, info, msg->tick.boottime_ns);
		if (!count_in(s, kind, life))
			continue;
		if (kind == CENSUS_SNAPSHOT)
			life->blind = false;
		life->empty = life_is_empty(info);
		if (!life->empty)
			life->absent = 0;
	}
	s->census[kind].containers += msg->containers;
	return 0;
}

/*
 * Counts the containers of which nothing has changed. Those whose figures are
 * not known, or which are not known at all, are asked for.
 */
static int count_unchanged(struct step *s, const struct message *msg)
{
	unsigned int n = message_unchanged(msg);
	bool ask = false;

	for (unsigned int i = 0; i < n; i++) {
		struct life *life = life_find(s, message_unchanged_id(msg, i));

		if (!life) { /* without processes, once a dump told of all */
			s->strangers |= !s->knowledge.dumped;
			ask |= !s->knowledge.dumped;
			continue;
		}
		if (!count_in(s, CENSUS_SNAPSHOT, life))
			continue;
		life->blind = !figures_known(s, life);
		ask |= life->blind && life->running;
		if (!life->empty)
			life->absent = 0;
	}
	s->census[CENSUS_SNAPSHOT].containers += n;
	return ask ? figures_ask(s) : 0;
}

/*
 * Ends those that a complete census, and the one before, did not have, or
 * found empty, and whose stop no event will tell.
 */
static int census_end(struct step *s, enum census_kind kind)
{
	struct census *census = &s->census[kind];
	struct life *life, *next;
	int rc = 0;

	census->open = false;
	for (life = TAILQ_FIRST(&s->running); life && !rc; life = next) {
		next = TAILQ_NEXT(life, entry);
		rc = identity_ask(s, life);
		if (rc ||
		    (life->census[kind] == census->number && !life->empty) ||
		    life->known_boottime_ns >= census->boottime_ns)
			continue;
		if (++life->absent < ABSENT_MAX || !session_caught_up(s))
			continue;
		stop_unseen(s, life, census->boottime_ns, census->realtime_ns);
	}
	return rc;
}

/* The ticks between the last one and @tick are missing. */
static int add_tick_gap(struct step *s, const struct tick_info *tick)
{
	struct session *session = &s->session;
	struct gap_row gap = {
		.session = session->id,
		.kind = GAP_TICK,
		.first = session->last_tick + 1,
		.count = tick->number - session->last_tick - 1,
		.from_ns = s->stored_ns,
		.to_ns = (int64_t)tick->realtime_ns,
		.reason = session->tick_gap ? session->tick_gap : "lost",
	};
	int rc = gap.count ? session_add_gap(s, &gap) : 0;

	if (rc == 0) {
		session->last_tick = tick->number - 1;
		session->tick_gap = NULL;
	}
	return rc;
}

/*
 * The machine has slept since the tick before: there was none to miss, but the
 * record says why. A tick of before may be read behind it: its span is short.
 */
static int add_sleep(struct step *s, const struct tick_info *tick)
{
	int64_t slept = s->slept_ns - s->stored_slept_ns;
	int64_t span = (int64_t)(tick->boottime_ns - s->stored_boottime_ns);
	struct gap_row gap = {
		.session = s->session.id,
		.kind = GAP_TICK,
		.first = tick->number,
		.from_ns = s->stored_ns,
		.to_ns = (int64_t)tick->realtime_ns,
		.reason = "suspended",
	};
	int rc = 0;

	if (s->stored && (slept < SLEEP_LEAST_NS || span < slept))
		return 0;
	if (s->stored)
		rc = session_add_gap(s, &gap);
	if (!rc)
		s->stored_slept_ns = s->slept_ns;
	return rc;
}

/* What was stored of the container belongs to the tick before. */
static bool has_before(const struct step *s, const struct life *life)
{
	return life->sampled && s->stored && life->tick == s->stored;
}

/* It has begun within the tick's span. */
static bool from_start(const struct step *s, const struct life *life)
{
	return !life->sampled && life->whole && s->stored &&
	       life->started_boottime_ns >= s->stored_boottime_ns;
}

/* What a container's counters are to be compared with; NULL: nothing. */
static const struct metric_values *
before_of(const struct step *s, const struct life *life, bool follows)
{
	if (follows)
		return &life->before;
	return from_start(s, life) ? RATES_ZERO : NULL;
}

static void note_oom(const struct step *s, struct life *life)
{
	const struct metric_values *now = &life->now.m;

	if (metric_known(now, CM_OOM_KILLS) && life->sampled &&
	    metric_known(&life->before, CM_OOM_KILLS) &&
	    now->v[CM_OOM_KILLS] > life->before.v[CM_OOM_KILLS])
		life->oom_ns = (int64_t)s->tick.realtime_ns;
}

/* Fills a sample of what was told, and makes that the next one's `before`. */
static void fill_told(struct step *s, struct life *life, struct tick_row *tick,
		      struct sample_row *sample, bool follows)
{
	const struct metric_values *before = before_of(s, life, follows);

	sample->have = rates_between(container_metrics, CM_COUNT, CM_GAUGES,
				     before, &life->now.m, sample->v,
				     &sample->still);
	devices_fill(tick, life, follows, from_start(s, life));
	note_oom(s, life);
	life->before = life->now.m;
	life->io_before = life->now.io;
	life->told = false;
}

/* Most have nothing new since the tick before. */
static void fill_sample(struct step *s, struct life *life,
			struct tick_row *tick, struct sample_row *sample)
{
	bool follows = has_before(s, life);

	if (follows && !life->told)
		sample->have = rates_still(container_metrics, CM_COUNT,
					   CM_GAUGES, &life->now.m, sample->v,
					   &sample->still);
	else
		fill_told(s, life, tick, sample, follows);
	life->sampled = true;
	life->tick = s->stored + 1;
	watch_sample(s, life, sample, tick, follows);
}

static void no_figures(struct sample_row *sample)
{
	sample->have = 0;
	sample->still = 0;
	memset(sample->v, 0, sizeof(sample->v));
}

static int by_id(const void *a, const void *b)
{
	const struct life *const *x = a, *const *y = b;

	return (*x)->id < (*y)->id ? -1 : (*x)->id > (*y)->id;
}

/* In the order of the store's keys, which it takes the fastest. */
static void sort_present(struct step *s)
{
	for (size_t i = 1; i < s->presents; i++)
		if (s->present[i - 1]->id > s->present[i]->id) {
			qsort(s->present, s->presents, sizeof(*s->present),
			      by_id);
			return;
		}
}

/* Fills the tick's samples; of a container told blindly nothing is known. */
static void fill_samples(struct step *s, struct tick_row *tick)
{
	size_t n = 0;

	sort_present(s);
	tick->devices = 0;
	for (size_t i = 0; i < s->presents; i++) {
		struct life *life = s->present[i];
		struct sample_row *sample = &tick->sample[n];

		if (!life->running &&
		    life->stopped_boottime_ns < s->tick.boottime_ns)
			continue;
		sample->container = life->id;
		if (life->blind)
			no_figures(sample);
		else
			fill_sample(s, life, tick, sample);
		n++;
	}
	tick->samples = n;
}

static int64_t span_us(const struct step *s)
{
	uint64_t before = s->stored_boottime_ns, now = s->tick.boottime_ns;

	if (!s->stored || now <= before)
		return -1;
	return (int64_t)(now / 1000 - before / 1000);
}

static void fill_tick(struct step *s, struct tick_row *tick)
{
	*tick = (struct tick_row){
		.id = s->past.tick_id + 1,
		.session = s->session.id,
		.number = s->tick.number,
		.ts_ns = (int64_t)s->tick.realtime_ns,
		.boottime_ns = (int64_t)s->tick.boottime_ns,
		.span_us = span_us(s),
		.interval_us = (int64_t)(s->tick.interval_ns / 1000),
		.walk_us = (int64_t)(s->tick.walk_ns / 1000),
		.samples = s->presents,
		.cpus = s->cpus.count,
		.devices = devices_room(s),
	};
	if (!s->have_system)
		return;
	tick->have =
		rates_between(system_metrics, SM_COUNT, SM_GAUGES,
			      s->have_system_before ? &s->system_before : NULL,
			      &s->system, tick->v, NULL);
}

static int store_tick(struct step *s)
{
	struct row row = { .type = ROW_TICK }, *out;

	fill_tick(s, &row.tick);
	out = step_add(s, &row);
	if (!out)
		return -ENOMEM;
	fill_samples(s, &out->tick);
	cpus_fill(s, &out->tick);
	cpus_stored(s);
	s->past.tick_id++;
	s->stored++;
	s->stored_boottime_ns = s->tick.boottime_ns;
	s->stored_ns = (int64_t)s->tick.realtime_ns;
	s->stored_session = s->session.id;
	s->stored_interval_ns = s->tick.interval_ns;
	s->system_before = s->system;
	s->have_system_before = s->have_system;
	s->session.last_tick = s->tick.number;
	s->stats.ticks++;
	s->stats.samples += out->tick.samples;
	return 0;
}

/* Why there is no room for ticks; NULL: there is. */
static const char *no_room(const struct step *s)
{
	switch (s->room) {
	case STEP_ROOM_ALL:
	case STEP_ROOM_LIVE:
		return NULL;
	case STEP_ROOM_LOG:
		return "log-full";
	case STEP_ROOM_EVENTS:
	case STEP_ROOM_NONE:
		return "store-full";
	}
	return NULL;
}

/* All parts are there. */
static int snapshot_complete(struct step *s)
{
	const char *why;
	int rc;

	figures_whole(s);
	why = s->strangers ? "incomplete" : no_room(s);
	if (why) {
		s->census[CENSUS_SNAPSHOT].open = false;
		snapshot_break(s, why);
		return 0;
	}
	s->unbroken = s->tick.number == s->session.last_tick + 1 &&
		      s->stored_session == s->session.id;
	rc = add_tick_gap(s, &s->tick);
	if (!rc)
		rc = add_sleep(s, &s->tick);
	if (!rc)
		rc = store_tick(s);
	if (rc)
		snapshot_break(s, "no-memory");
	if (!rc)
		rc = census_end(s, CENSUS_SNAPSHOT);
	if (!rc)
		rc = session_catch_up(s);
	if (!rc && session_is_live(s))
		action_expire(s);
	return rc;
}

static void snapshot_begin(struct step *s, const struct message *msg)
{
	struct census *census = &s->census[CENSUS_SNAPSHOT];

	if (census->open && !census->broken)
		snapshot_break(s, "incomplete");
	census_begin(s, CENSUS_SNAPSHOT, &msg->tick);
	figures_begin(s, &msg->tick);
	s->tick = msg->tick;
	s->presents = 0;
	s->cpus.count = 0;
	s->strangers = false;
	life_prune(s);
	s->have_system = false;
	if (msg->tick.part != 0)
		snapshot_break(s, "incomplete");
}

static int take_part(struct step *s, const struct message *msg)
{
	struct census *census = &s->census[CENSUS_SNAPSHOT];
	int rc;

	if (msg->have_system) {
		s->system = msg->system;
		s->have_system = true;
	}
	rc = reserve(s, msg->containers + message_unchanged(msg));
	if (!rc)
		rc = count_present(s, CENSUS_SNAPSHOT, msg);
	if (!rc)
		rc = count_unchanged(s, msg);
	if (!rc)
		rc = cpus_take(s, msg);
	if (rc) {
		snapshot_break(s, "no-memory");
		return rc;
	}
	census->next_part++;
	if (!msg->tick.last)
		return 0;
	if (census->containers == msg->tick.containers)
		return snapshot_complete(s);
	snapshot_break(s, "incomplete");
	return 0;
}

int snapshot_part(struct step *s, const struct message *msg)
{
	struct census *census = &s->census[CENSUS_SNAPSHOT];
	int rc;

	if (!session_accepts(s, msg->tick.instance, &rc))
		return rc;
	if (msg->tick.number <= s->session.last_tick)
		return 0;
	if (msg->tick.number > s->session.newest_tick)
		s->session.newest_tick = msg->tick.number;
	if (s->room == STEP_ROOM_NONE) {
		snapshot_break(s, "store-full");
		return 0;
	}
	if (!census->open || census->tick != msg->tick.number)
		snapshot_begin(s, msg);
	if (census->broken)
		return 0;
	if (census->next_part != msg->tick.part) {
		snapshot_break(s, "incomplete");
		return 0;
	}
	return take_part(s, msg);
}

/* One message of a dump; they may repeat containers, but miss none. */
int dump_part(struct step *s, const struct message *msg)
{
	struct census *census = &s->census[CENSUS_DUMP];
	int rc;

	if (!session_accepts(s, msg->tick.instance, &rc))
		return rc;
	if (!census->open) {
		census_begin(s, CENSUS_DUMP, &msg->tick);
		figures_dump_begin(s, &msg->tick);
	}
	if (s->room == STEP_ROOM_NONE) {
		census->broken = true;
		return 0;
	}
	rc = count_present(s, CENSUS_DUMP, msg);
	census->broken |= rc != 0;
	return rc;
}

int dump_end(struct step *s, bool complete)
{
	struct census *census = &s->census[CENSUS_DUMP];
	bool usable = complete && census->open && !census->broken;

	figures_dump_end(s, usable);
	if (usable)
		return census_end(s, CENSUS_DUMP);
	census->open = false;
	return 0;
}
