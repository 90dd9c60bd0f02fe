// SPDX-License-Identifier: GPL-2.0
/*
 * Sessions (one load of the module each) and the numbers in them: which events
 * come next, which are asked for again, which are missing for good. Knows
 * nothing of what an event does to a container.
 */
#include "step_int.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Adds a gap row, and counts it. */
int session_add_gap(struct step *s, const struct gap_row *gap)
{
	if (!step_add(s, &(struct row){ .type = ROW_GAP, .gap = *gap }))
		return -ENOMEM;
	s->stats.gaps++;
	if (gap->kind == GAP_TICK)
		s->stats.gap_ticks += gap->count;
	else
		s->stats.gap_events += gap->count;
	return 0;
}

/* All events that are known to exist have been dealt with. */
bool session_caught_up(const struct step *s)
{
	return !s->session.replaying &&
	       s->session.newest_seq <= s->session.last_seq;
}

static int ask_replay(struct step *s)
{
	struct effect *effect;

	if (s->session.replaying || s->room > STEP_ROOM_LOG)
		return 0;
	effect = step_effect(s, EFFECT_REPLAY);
	if (!effect)
		return -ENOMEM;
	effect->seq = s->session.last_seq + 1;
	s->session.replaying = true;
	s->session.asked_newest = s->session.newest_seq;
	s->session.skipped = false;
	s->session.starved = false;
	s->stats.replays++;
	return 0;
}

/* Asks for what is known to be missing. */
int session_catch_up(struct step *s)
{
	if (s->session.newest_seq <= s->session.last_seq)
		return 0;
	return ask_replay(s);
}

static int open_boot(struct step *s, const char *uuid)
{
	struct row row = { .type = ROW_BOOT };

	row.boot.id = s->past.boot_id + 1;
	row.boot.uuid = uuid;
	if (!step_add(s, &row))
		return -ENOMEM;
	s->past.boot_id++;
	snprintf(s->past.boot_uuid, sizeof(s->past.boot_uuid), "%s", uuid);
	return 0;
}

static int open_new(struct step *s, uint64_t instance)
{
	struct row row = { .type = ROW_SESSION };

	row.session.id = s->past.session_id + 1;
	row.session.boot = s->past.boot_id;
	row.session.instance = instance;
	row.session.opened_ns = s->now_ns;
	if (!step_add(s, &row))
		return -ENOMEM;
	s->past.session_id++;
	s->past.instance = instance;
	s->past.last_tick = 0;
	s->past.last_seq = 0;
	return 0;
}

/* The events from the next one up to (not with) @end will not come. */
static int lose_events(struct step *s, uint64_t end, const char *reason)
{
	struct gap_row gap = {
		.session = s->session.id,
		.kind = GAP_EVENT,
		.first = s->session.last_seq + 1,
		.count = end - s->session.last_seq - 1,
		.reason = reason,
	};
	int rc = session_add_gap(s, &gap);

	if (rc == 0)
		s->session.last_seq = end - 1;
	return rc;
}

/* What is known of the load that has gone, and is not stored, is missing. */
static int close_session(struct step *s)
{
	struct session *session = &s->session;
	struct gap_row gap = {
		.session = session->id,
		.kind = GAP_TICK,
		.first = session->last_tick + 1,
		.count = session->newest_tick - session->last_tick,
		.from_ns = s->stored_ns,
		.to_ns = s->now_ns,
		.reason = "module-reloaded",
	};

	if (session->newest_tick > session->last_tick) {
		if (session_add_gap(s, &gap))
			return -ENOMEM;
		session->last_tick = session->newest_tick;
	}
	if (session->newest_seq > session->last_seq)
		return lose_events(s, session->newest_seq + 1,
				   "module-reloaded");
	return 0;
}

/* Turns to a load of the module: one of the store, or a new one. */
static int open_session(struct step *s, const char *uuid, uint64_t instance)
{
	bool reloaded = s->session.open;
	bool same_boot = s->past.session_id && !strcmp(uuid, s->past.boot_uuid);
	int rc = 0;

	snapshot_break(s, NULL);
	figures_forget(s);
	if (reloaded)
		rc = close_session(s);
	if (!rc && !same_boot)
		rc = open_boot(s, uuid);
	/* What ran in another boot has ended with it, when is not known. */
	if (!rc)
		life_end_others(s, s->past.boot_id,
				s->past.last_ns ? s->past.last_ns : s->now_ns);
	if (!rc && (!same_boot || instance != s->past.instance))
		rc = open_new(s, instance);
	if (rc)
		return rc;
	s->session = (struct session){
		.open = true,
		.id = s->past.session_id,
		.boot = s->past.boot_id,
		.instance = instance,
		.last_tick = s->past.last_tick,
		.last_seq = s->past.last_seq,
		.tick_gap = reloaded	       ? "module-reloaded"
			    : s->past.tick_gap ? s->past.tick_gap
					       : "daemon-stopped",
	};
	return step_effect(s, EFFECT_DUMP) ? 0 : -ENOMEM;
}

int session_module(struct step *s, const struct module_info *m)
{
	char uuid[sizeof(s->past.boot_uuid)];
	int rc;

	if (m->boot_id.len)
		snprintf(uuid, sizeof(uuid), "%.*s", (int)m->boot_id.len,
			 m->boot_id.p);
	else
		snprintf(uuid, sizeof(uuid), "%s", s->config.boot_uuid);
	if (!s->session.open || s->session.instance != m->instance) {
		rc = open_session(s, uuid, m->instance);
		if (rc)
			return rc;
	}
	s->current = true;
	if (m->events_head > s->session.newest_seq)
		s->session.newest_seq = m->events_head;
	return session_catch_up(s);
}

/*
 * Whether a message of this load is to be looked at. One of a newer load makes
 * us ask for the module; what it said is replayed, or counted as a gap.
 */
bool session_accepts(struct step *s, uint64_t instance, int *rc)
{
	*rc = 0;
	if (s->session.open && instance == s->session.instance)
		return true;
	if (!s->session.open || instance > s->session.instance)
		*rc = step_effect(s, EFFECT_MODULE_GET) ? 0 : -ENOMEM;
	return false;
}

/* The life that an event is about; NULL when it does not say. */
static int life_of(struct step *s, const struct event_info *ev,
		   struct life **life)
{
	*life = NULL;
	if (!ev->have_container)
		return 0;
	if (ev->type == SYSMON_EVENT_TYPE_START)
		return life_begin(s, ev, life);
	if (ev->type == SYSMON_EVENT_TYPE_STOP)
		return life_finish(s, ev, life);
	return life_mention(s, ev, life);
}

/* What an event that is stored does to its life. */
static void follow_up(struct step *s, const struct event_info *ev,
		      struct life *life)
{
	switch (ev->type) {
	case SYSMON_EVENT_TYPE_STOP:
		stop_by_event(s, life, ev);
		break;
	case SYSMON_EVENT_TYPE_OOM:
		stop_note_victim(s, life, ev);
		break;
	case SYSMON_EVENT_TYPE_FREEZE:
	case SYSMON_EVENT_TYPE_THAW:
		policy_frozen(s, life, ev->type == SYSMON_EVENT_TYPE_FREEZE,
			      (int64_t)ev->realtime_ns);
		break;
	case SYSMON_EVENT_TYPE_REMOVED: /* the stop comes first, or was lost */
		if (life->running)
			stop_unseen(s, life, ev->boottime_ns,
				    (int64_t)ev->realtime_ns);
		break;
	}
}

/* The next event in its order. */
static int apply(struct step *s, const struct event_info *ev)
{
	struct life *life;
	int rc = life_of(s, ev, &life);

	if (!rc)
		rc = event_add_row(s, ev, life);
	if (rc)
		return rc;
	s->session.last_seq = ev->seq;
	s->stats.events++;
	if (life)
		follow_up(s, ev, life);
	return 0;
}

/* Whether there is no room: then it stays in the kernel's ring. */
static bool skip(struct step *s, bool replayed)
{
	struct session *session = &s->session;

	if (replayed && s->room == STEP_ROOM_NONE)
		session->skipped = true;
	return s->room == STEP_ROOM_NONE || (replayed && session->skipped);
}

/*
 * Passes on what came of an event or a gap. When there was no memory for one
 * of a replay, those behind it must not make it a gap: it is asked for again.
 */
static int taken(struct session *session, bool replayed, int rc)
{
	if (rc && replayed)
		session->skipped = session->starved = true;
	return rc;
}

int session_event(struct step *s, const struct event_info *ev, bool replayed)
{
	struct session *session = &s->session;
	int rc;

	if (!session_accepts(s, ev->instance, &rc))
		return rc;
	if (ev->seq > session->newest_seq)
		session->newest_seq = ev->seq;
	if (ev->seq <= session->last_seq || skip(s, replayed))
		return 0;
	if (ev->seq > session->last_seq + 1) {
		if (!replayed)
			return ask_replay(s);
		rc = lose_events(s, ev->seq, "lost");
	}
	return taken(session, replayed, rc ? rc : apply(s, ev));
}

int session_gap(struct step *s, const struct gap_info *gap, bool replayed)
{
	struct session *session = &s->session;
	uint64_t end = gap->first + gap->count; /* first that is there again */
	int rc;

	if (!session_accepts(s, gap->instance, &rc))
		return rc;
	if (gap->count == 0 || end < gap->first || gap->first == 0)
		return 0;
	if (end - 1 > session->newest_seq)
		session->newest_seq = end - 1;
	if (end - 1 <= session->last_seq || skip(s, replayed))
		return 0;
	if (gap->first > session->last_seq + 1 && !replayed)
		return ask_replay(s);
	rc = lose_events(s, end, replayed ? "overwritten" : "lost");
	return taken(session, replayed, rc);
}

/*
 * What it did not have, of what was known when it was asked for, is nowhere.
 * What became known since then is asked for.
 */
int session_replay_end(struct step *s, bool complete)
{
	struct session *session = &s->session;
	int rc = 0;

	session->replaying = false;
	if (!complete || session->starved)
		return 0; /* the next tick asks again */
	if (!session->skipped && session->last_seq < session->asked_newest)
		rc = lose_events(s, session->asked_newest + 1, "lost");
	return rc ? rc : session_catch_up(s);
}

int session_overrun(struct step *s)
{
	s->stats.overruns++;
	if (!s->session.open)
		return 0;
	/* What was found missing just before is so for the same cause. */
	if (s->session.tick_gap && !strcmp(s->session.tick_gap, "incomplete"))
		s->session.tick_gap = NULL;
	snapshot_break(s, "overrun");
	s->current = false;
	if (!step_effect(s, EFFECT_DUMP) || !step_effect(s, EFFECT_MODULE_GET))
		return -ENOMEM;
	return ask_replay(s);
}

void session_kernel(struct step *s, bool there)
{
	s->there = there;
	if (!there)
		s->current = false;
}

/* What we know of the containers is what the kernel knows. */
bool session_is_live(const struct step *s)
{
	return s->there && s->current && s->session.open &&
	       s->room != STEP_ROOM_NONE && session_caught_up(s);
}

int session_room(struct step *s, enum step_room room)
{
	s->room = room;
	return session_catch_up(s);
}
