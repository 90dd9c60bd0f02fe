// SPDX-License-Identifier: GPL-2.0
/* The entrance of step.h: sends each event to the file that it concerns. */
#include "step_int.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Drops the effects from the n-th on, with what they own. */
void update_truncate(struct update *update, size_t n)
{
	while (update->effects > n) {
		struct effect *effect = &update->effect[--update->effects];

		free(effect->command);
		free(effect->environment);
	}
}

void update_free(struct update *update)
{
	rows_free(&update->rows);
	update_truncate(update, 0);
	free(update->effect);
	*update = (struct update){ 0 };
}

/* Adds a row to the update. NULL when out of memory. */
struct row *step_add(struct step *s, const struct row *row)
{
	return rows_add(&s->update->rows, row);
}

/* Adds an effect to the update, to be filled. NULL when out of memory. */
struct effect *step_effect(struct step *s, enum effect_type type)
{
	struct update *u = s->update;
	struct effect *effect;

	if (u->effects == u->effects_max) {
		size_t max = u->effects_max ? u->effects_max * 2 : 8;

		effect = reallocarray(u->effect, max, sizeof(*effect));
		if (!effect)
			return NULL;
		u->effect = effect;
		u->effects_max = max;
	}
	effect = &u->effect[u->effects++];
	*effect = (struct effect){ .type = type };
	return effect;
}

static int grow_engines(struct step *s, size_t n)
{
	struct step_engine *engine;

	if (n <= s->engines)
		return 0;
	engine = reallocarray(s->engine, n, sizeof(*engine));
	if (!engine)
		return -ENOMEM;
	memset(engine + s->engines, 0, (n - s->engines) * sizeof(*engine));
	s->engine = engine;
	s->engines = n;
	return 0;
}

int step_new(const struct step_config *config, const struct step_past *past,
	     struct step **out)
{
	struct step *s = calloc(1, sizeof(*s));

	*out = NULL;
	if (!s)
		return -ENOMEM;
	s->config = *config;
	s->past = *past;
	TAILQ_INIT(&s->running);
	TAILQ_INIT(&s->stopped);
	TAILQ_INIT(&s->actions);
	TAILQ_INIT(&s->rules);
	if (grow_engines(s, config->engines) || htab_init(&s->lives) ||
	    htab_init(&s->identities) || policy_bind(s, config)) {
		step_free(s);
		return -ENOMEM;
	}
	*out = s;
	return 0;
}

void step_free(struct step *s)
{
	if (!s)
		return;
	life_free_all(s);
	if (s->identities.bucket)
		identity_free_all(s);
	policy_free(s);
	htab_free(&s->lives);
	htab_free(&s->identities);
	free(s->present);
	free(s->cpus.cpu);
	free(s->cpus_before.cpu);
	free(s->engine);
	free(s);
}

int step_configure(struct step *s, const struct step_config *config)
{
	int rc = grow_engines(s, config->engines);

	if (!rc)
		rc = policy_bind(s, config);
	if (!rc)
		s->config = *config;
	return rc;
}

int step_recall(struct step *s, const struct step_past_container *c)
{
	return life_recall(s, c);
}

/* What the kernel says: each kind of message has one meaning. */
static int take_message(struct step *s, enum step_source source,
			const struct message *msg)
{
	bool replayed = source == STEP_REPLAY;
	int rc = 0;

	if (msg->have_module)
		rc = session_module(s, &msg->module);
	if (!rc && msg->have_gap)
		rc = session_gap(s, &msg->gap, replayed);
	if (!rc && msg->have_event)
		rc = session_event(s, &msg->event, replayed);
	if (!rc && msg->have_tick && source == STEP_MULTICAST)
		rc = snapshot_part(s, msg);
	if (!rc && msg->have_tick && source == STEP_DUMP)
		rc = dump_part(s, msg);
	return rc;
}

static void note_engine(struct step *s, const struct step_event *event)
{
	struct step_engine *engine = &s->engine[event->engine];

	if (event->connected && !engine->connected)
		engine->list++;
	engine->connected = event->connected;
	engine->runtime = event->runtime;
}

static int dispatch(struct step *s, const struct step_event *event)
{
	switch (event->type) {
	case STEP_MESSAGE:
		return take_message(s, event->source, event->message);
	case STEP_REPLAY_END:
		return session_replay_end(s, event->complete);
	case STEP_DUMP_END:
		return dump_end(s, event->complete);
	case STEP_OVERRUN:
		return session_overrun(s);
	case STEP_KERNEL:
		session_kernel(s, event->there);
		return 0;
	case STEP_ROOM:
		return session_room(s, event->room);
	case STEP_META:
		return identity_meta(s, event->engine, event->meta);
	case STEP_LIST_END:
		identity_list_end(s, event->engine);
		return policy_engine_back(s, event->engine);
	case STEP_ENGINE:
		note_engine(s, event);
		return 0;
	case STEP_ENGINE_EVENT:
		return identity_event(s, event->engine, event->engine_event);
	case STEP_POLICY:
		return policy_check(s, event->rule);
	case STEP_ANSWER:
		policy_answer(s, event->action, event->result);
		return 0;
	}
	return 0;
}

int step(struct step *s, const struct step_event *event, struct update *update)
{
	int rc;

	s->update = update;
	s->now_ns = event->now_ns;
	s->slept_ns = event->slept_ns;
	life_pay(s);
	rc = dispatch(s, event);
	s->update = NULL;
	return rc ? rc : s->owing ? -ENOMEM : 0;
}

static struct life *find_life(const struct life_list *list, int64_t id)
{
	struct life *life;

	TAILQ_FOREACH_REVERSE(life, list, life_list, entry)
	if (life->id == id)
		return life;
	return NULL;
}

struct life *step_life(const struct step *s, int64_t id)
{
	struct life *life = id ? find_life(&s->stopped, id) : NULL;

	return life || !id ? life : find_life(&s->running, id);
}

bool step_container(const struct step *s, int64_t id, struct step_name *out)
{
	const struct life *life = step_life(s, id);
	const struct container_meta *meta;

	if (!life)
		return false;
	meta = life->who->meta;
	*out = (struct step_name){
		.key = life->who->key,
		.name = meta ? meta->name : NULL,
		.image = meta ? meta->image : NULL,
	};
	return true;
}

static void count_actions(const struct step *s, struct step_stats *out)
{
	const struct action *action = TAILQ_FIRST(&s->actions);

	for (; action; action = TAILQ_NEXT(action, entry)) {
		out->waiting += action->state == ACTION_WAITING;
		out->open += action_is_open(action);
		out->given_up += action->state == ACTION_GIVEN_UP &&
				 action->life->running;
	}
}

void step_stats(const struct step *s, struct step_stats *out)
{
	*out = s->stats;
	count_actions(s, out);
	out->running = s->running_count;
	out->identities = s->identities.count;
	out->have_session = s->session.open;
	out->instance = s->session.instance;
	out->last_tick = s->session.last_tick;
	out->last_seq = s->session.last_seq;
}
