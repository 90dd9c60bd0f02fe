// SPDX-License-Identifier: GPL-2.0
/*
 * What the engines say of containers: names, images, commands, labels, and how
 * they ended. Kept as long as an engine lists the container or a life of it is
 * in memory. Knows nothing of the kernel's messages.
 */
#include "step_int.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

static struct identity *find(const struct step *s, const char *key, size_t len,
			     bool nested)
{
	uint64_t hash = htab_hash_bytes(key, len);
	struct hnode *node = htab_first(&s->identities, hash);

	for (; node; node = node->next) {
		struct identity *who = htab_entry(node, struct identity, node);

		if (node->hash == hash && who->nested == nested &&
		    strlen(who->key) == len && !memcmp(who->key, key, len))
			return who;
	}
	return NULL;
}

/* Finds or makes one; identity_put() it when it is not used after all. */
struct identity *identity_get(struct step *s, const char *key, size_t len,
			      bool nested)
{
	struct identity *who = find(s, key, len, nested);

	if (who)
		return who;
	who = calloc(1, sizeof(*who) + len + 1);
	if (!who)
		return NULL;
	memcpy(who->key, key, len);
	who->nested = nested;
	who->engine = -1;
	htab_add(&s->identities, &who->node, htab_hash_bytes(key, len));
	return who;
}

/* Frees it when neither a life nor an engine's list has it. */
void identity_put(struct step *s, struct identity *who)
{
	if (who->newest || who->list)
		return;
	htab_remove(&s->identities, &who->node);
	meta_free(who->meta);
	free(who);
}

static bool same_row(const struct container_meta *a,
		     const struct container_meta *b)
{
	return a && text_is_same(a->name, b->name) &&
	       text_is_same(a->image, b->image) &&
	       text_is_same(a->command, b->command) &&
	       text_is_same(a->labels_json, b->labels_json);
}

/*
 * Takes over @meta. An incomplete description only renews the name and the
 * state of a complete one. Returns whether anything that is stored changed.
 */
static bool take_meta(struct identity *who, struct container_meta *meta)
{
	struct container_meta *old = who->meta;
	bool changed;

	if (!old || !old->complete || meta->complete) {
		changed = !same_row(old, meta);
		who->meta = meta;
		meta_free(old);
		return changed;
	}
	changed = meta->name && !text_is_same(old->name, meta->name);
	if (changed) {
		char *name = old->name;

		old->name = meta->name;
		meta->name = name;
	}
	old->state = meta->state;
	meta_free(meta);
	return changed;
}

/* Brings the rows of all lives in memory up to date. */
static void tell_lives(struct step *s, struct identity *who, bool changed)
{
	const struct container_meta *meta = who->meta;

	for (struct life *life = who->newest; life; life = life->older) {
		bool dates = life->running && !life->started_ns &&
			     meta->state == META_RUNNING && meta->started_ns;

		if (dates)
			life->started_ns = meta->started_ns;
		if (dates || changed)
			life_add_row(s, life);
	}
}

static void tell_end(struct step *s, struct identity *who)
{
	const struct container_meta *meta = who->meta;

	if (meta->state != META_EXITED || !meta->finished_ns)
		return;
	if (meta->oom_killed)
		stop_note_oom(s, who, meta->finished_ns);
	if (meta->have_exit_code)
		stop_exit(s, who, meta->exit_code, meta->finished_ns);
}

static int ask_engine(struct step *s, const struct identity *who)
{
	struct effect *effect;

	if (strlen(who->key) != STEP_ID_MAX)
		return 0;
	effect = step_effect(s, EFFECT_INSPECT);
	if (!effect)
		return -ENOMEM;
	memcpy(effect->id, who->key, STEP_ID_MAX);
	return 0;
}

/* A list does not tell how a container ended, an inspect does. */
static int ask_end(struct step *s, const struct identity *who)
{
	const struct life *life = who->newest;

	return life && !life->exit.known ? ask_engine(s, who) : 0;
}

int identity_meta(struct step *s, unsigned int engine,
		  struct container_meta *meta)
{
	struct identity *who =
		identity_get(s, meta->id, strlen(meta->id), false);
	bool unclear = !meta->complete && meta->state == META_EXITED;
	bool changed;
	int rc = 0;

	if (!who) {
		meta_free(meta);
		return -ENOMEM;
	}
	changed = who->engine != (int)engine;
	who->engine = (int)engine;
	who->list = s->engine[engine].list;
	changed |= take_meta(who, meta);
	tell_lives(s, who, changed);
	tell_end(s, who);
	if (unclear)
		rc = ask_end(s, who);
	identity_put(s, who);
	return rc;
}

/* Lets go of what the engine has no more, destroyed while we did not look. */
void identity_list_end(struct step *s, unsigned int engine)
{
	for (size_t i = 0; i <= s->identities.mask; i++) {
		struct hnode *node = s->identities.bucket[i], *next;

		for (; node; node = next) {
			struct identity *who =
				htab_entry(node, struct identity, node);

			next = node->next;
			if (who->engine != (int)engine ||
			    who->list == s->engine[engine].list)
				continue;
			who->list = 0;
			identity_put(s, who);
		}
	}
}

static char *copy_text(const char *text)
{
	return text ? strdup(text) : NULL;
}

/*
 * Of a container that is gone before it could be described, the events still
 * tell the name and the image.
 */
static int name_by_event(struct step *s, struct identity *who,
			 const struct engine_event *ev)
{
	struct container_meta *meta;

	if (who->meta || !who->newest || !ev->name)
		return 0;
	meta = calloc(1, sizeof(*meta));
	if (!meta)
		return -ENOMEM;
	meta->id = copy_text(ev->id);
	meta->name = copy_text(ev->name);
	meta->image = copy_text(ev->image);
	who->meta = meta;
	tell_lives(s, who, true);
	return 0;
}

int identity_event(struct step *s, unsigned int engine,
		   const struct engine_event *ev)
{
	struct identity *who = find(s, ev->id, strlen(ev->id), false);

	if (!who)
		return 0;
	if (who->engine < 0)
		who->engine = (int)engine;
	if (name_by_event(s, who, ev))
		return -ENOMEM;
	switch (ev->type) {
	case ENGINE_EVENT_DIE:
		if (ev->have_exit_code)
			stop_exit(s, who, ev->exit_code, ev->time_ns);
		break;
	case ENGINE_EVENT_OOM:
		stop_note_oom(s, who, ev->time_ns);
		break;
	case ENGINE_EVENT_DESTROY:
		who->list = 0;
		identity_put(s, who);
		return 0;
	case ENGINE_EVENT_START:
	case ENGINE_EVENT_RENAME: /* a new description follows these two */
	case ENGINE_EVENT_PAUSE:
	case ENGINE_EVENT_UNPAUSE:
		break;
	}
	return 0;
}

static bool any_engine(const struct step *s)
{
	for (size_t i = 0; i < s->config.engines; i++)
		if (s->engine[i].connected)
			return true;
	return false;
}

/* Asks the engines about a life whose container none has described. */
int identity_ask(struct step *s, struct life *life)
{
	const struct container_meta *meta = life->who->meta;

	if (life->asked || (meta && meta->complete) || !any_engine(s))
		return 0;
	life->asked = true;
	return ask_engine(s, life->who);
}

void identity_free_all(struct step *s)
{
	for (size_t i = 0; i <= s->identities.mask; i++) {
		struct hnode *node = s->identities.bucket[i], *next;

		for (; node; node = next) {
			struct identity *who =
				htab_entry(node, struct identity, node);

			next = node->next;
			meta_free(who->meta);
			free(who);
		}
	}
	s->identities.count = 0;
}
