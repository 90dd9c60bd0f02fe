// SPDX-License-Identifier: GPL-2.0
/*
 * What is done on behalf of the policy's rules: from a decision to the request
 * to an engine, its answer and the kernel's word that it happened. The
 * decision itself is policy.h's.
 */
#include "step_int.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/*
 * A stop that did not happen is asked for again after this, or after the rule's
 * grace and what the engine is given on top of it.
 */
#define GRANTED_NS (60 * NSEC_PER_SEC)
#define ENGINE_NS  (15 * NSEC_PER_SEC)
/* After a refusal this much later, doubled with each one. */
#define REFUSED_NS     (60 * NSEC_PER_SEC)
#define REFUSED_MAX_NS (3600 * NSEC_PER_SEC)

/* The engine's clock is read this differently from the kernel's. */
#define CLOCKS_NS (1 * NSEC_PER_SEC)

static int add_row(struct step *s, const struct action_row *action)
{
	struct row row = { .type = ROW_ACTION, .action = *action };

	return step_add(s, &row) ? 0 : -ENOMEM;
}

/* Takes the action from its life and frees it; NULL is fine. */
static void action_free(struct step *s, struct action *action)
{
	if (!action)
		return;
	TAILQ_REMOVE(&s->actions, action, entry);
	if (action->life->action == action)
		action->life->action = NULL;
	free(action);
}

static struct action *action_new(struct step *s, struct life *life,
				 const struct action_row *row)
{
	size_t rule = strlen(row->rule) + 1;
	size_t group = row->group ? strlen(row->group) + 1 : 0;
	struct action *action = calloc(1, sizeof(*action) + rule + group);

	if (!action)
		return NULL;
	action->row = *row;
	action->row.error = NULL;
	action->row.verb = "stop";
	action->row.rule = memcpy(action->text, row->rule, rule);
	if (group)
		action->row.group =
			memcpy(action->text + rule, row->group, group);
	action->life = life;
	action_free(s, life->action);
	life->action = action;
	TAILQ_INSERT_TAIL(&s->actions, action, entry);
	return action;
}

/* What the engine gives the container; 0 when the rule is there no more. */
static int64_t grace_of(const struct step *s, const struct action *action)
{
	for (size_t i = 0; i < s->config.rules; i++)
		if (!strcmp(s->config.rule[i].name, action->row.rule))
			return s->config.rule[i].grace_s * NSEC_PER_SEC;
	return 0;
}

/* Whether a stop may be counted as this action's, and is not repeated. */
static bool is_in_force(const struct step *s, const struct action *action,
			int64_t ns)
{
	const struct action_row *row = &action->row;
	int64_t since = row->answered_ns ? row->answered_ns : row->requested_ns;
	int64_t grace = grace_of(s, action) + ENGINE_NS;

	if (row->confirmed_ns || action->refused)
		return false;
	return action->waiting || ns - since < GRANTED_NS ||
	       ns - row->requested_ns < grace;
}

/* The engine would not stop it: the next request has to wait, and longer. */
static void back_off(struct step *s, struct life *life)
{
	int64_t wait = life->refused_ns ? life->refused_ns * 2 : REFUSED_NS;

	life->refused_ns = wait < REFUSED_MAX_NS ? wait : REFUSED_MAX_NS;
	life->retry_ns = s->now_ns + life->refused_ns;
}

/* The engine owes an answer: the life must stay in memory. */
bool policy_is_open(const struct life *life)
{
	return life->action && life->action->waiting;
}

void policy_forget(struct step *s, struct life *life)
{
	action_free(s, life->action);
}

/* A dry run is told once for each life and rule. */
static int note_dry_run(struct step *s, size_t rule, struct life *life,
			struct action_row *row)
{
	uint64_t bit = UINT64_C(1) << (rule % 64);

	if (life->dry_run & bit)
		return 0;
	row->id = ++s->past.action_id;
	life->dry_run |= bit;
	return add_row(s, row);
}

/* The bit that a rule of the old configuration has in the new one, or 0. */
static uint64_t bit_of(const struct step_config *config, const char *name)
{
	for (size_t i = 0; i < config->rules; i++)
		if (strcmp(config->rule[i].name, name) == 0)
			return UINT64_C(1) << (i % 64);
	return 0;
}

static void move_dry_runs(const struct step *s, struct life *life,
			  const struct step_config *config)
{
	uint64_t moved = 0;

	for (size_t i = 0; i < s->config.rules; i++)
		if (life->dry_run & (UINT64_C(1) << (i % 64)))
			moved |= bit_of(config, s->config.rule[i].name);
	life->dry_run = moved;
}

/* Actions know their rule by its name; dry runs by its place. */
void policy_configure(struct step *s, const struct step_config *config)
{
	struct life *life;

	TAILQ_FOREACH(life, &s->running, entry)
	move_dry_runs(s, life, config);
}

static int enforce(struct step *s, const struct policy_rule *rule,
		   struct life *life, struct action_row *row)
{
	struct action *action;
	struct effect *effect;

	row->id = s->past.action_id + 1;
	row->requested_ns = s->now_ns;
	action = action_new(s, life, row);
	effect = action ? step_effect(s, EFFECT_STOP) : NULL;
	if (!effect) {
		action_free(s, action);
		return -ENOMEM;
	}
	s->past.action_id++;
	action->waiting = true;
	effect->action = row->id;
	effect->engine = (unsigned int)life->who->engine;
	effect->grace_s = rule->grace_s;
	memcpy(effect->id, life->who->key, STEP_ID_MAX);
	return add_row(s, row);
}

static int carry_out(struct step *s, size_t index, struct life *life,
		     const struct policy_decision *decision)
{
	const struct policy_rule *rule = &s->config.rule[index];
	struct action_row row = {
		.rule = rule->name,
		.container = life->id,
		.group = decision->group[0] ? decision->group : NULL,
		.verb = "stop",
		.dry_run = decision->dry_run,
		.decided_ns = decision->decided_ns,
	};

	if (decision->dry_run)
		return note_dry_run(s, index, life, &row);
	if (s->now_ns < life->retry_ns)
		return 0;
	return enforce(s, rule, life, &row);
}

/* The engine that could stop it; without one it is none of the policy's. */
static bool has_engine(const struct step *s, const struct life *life)
{
	return life->who->engine >= 0 &&
	       s->engine[life->who->engine].connected &&
	       strlen(life->who->key) == STEP_ID_MAX;
}

/* Its description, if that is of this life, and of one that runs. */
static const struct container_meta *meta_of(const struct step *s,
					    const struct life *life)
{
	const struct container_meta *meta = life->who->meta;

	if (!meta || !has_engine(s, life) ||
	    (meta->state != META_RUNNING && meta->state != META_PAUSED) ||
	    (life->started_ns &&
	     meta->started_ns < life->started_ns - CLOCKS_NS))
		return NULL;
	return meta;
}

static void describe_running(const struct step *s, struct life **life,
			     struct policy_container *c)
{
	struct life *each = TAILQ_FIRST(&s->running);
	size_t n = 0;

	for (; each; each = TAILQ_NEXT(each, entry)) {
		life[n] = each;
		c[n++] = (struct policy_container){
			.meta = meta_of(s, each),
			.running = !each->exit.known,
			.pending = each->action &&
				   is_in_force(s, each->action, s->now_ns),
		};
	}
}

/* Asks what to do on behalf of a rule, and does it. */
static int apply(struct step *s, size_t rule)
{
	size_t n = s->running_count, count = 0;
	struct life **life = calloc(n + 1, sizeof(*life));
	struct policy_container *c = calloc(n + 1, sizeof(*c));
	struct policy_decision *decision = calloc(n + 1, sizeof(*decision));
	int rc = -ENOMEM;

	if (!life || !c || !decision)
		goto out;
	describe_running(s, life, c);
	rc = policy_decide(&s->config.rule[rule], c, n, s->now_ns, decision,
			   &count);
	for (size_t i = 0; !rc && i < count; i++)
		rc = carry_out(s, rule, life[decision[i].container],
			       &decision[i]);
out:
	free(decision);
	free(c);
	free(life);
	return rc;
}

/* A rule is due; on old news it decides nothing. */
int policy_check(struct step *s, size_t rule)
{
	return session_is_live(s) ? apply(s, rule) : 0;
}

static struct action *find(const struct step *s, int64_t id)
{
	struct action *action = TAILQ_FIRST(&s->actions);

	while (action && action->row.id != id)
		action = TAILQ_NEXT(action, entry);
	return action;
}

/* The engine has answered, or could not be asked. */
int policy_answer(struct step *s, int64_t id,
		  const struct engine_stop_result *result)
{
	struct action *action = find(s, id);
	struct action_row row;

	if (!action)
		return 0;
	action->waiting = false;
	/* Without an answer it may still be at it, unless it never got it. */
	action->refused = !result->ok &&
			  (result->http_status || !result->requested_ns);
	action->row.requested_ns = result->requested_ns;
	action->row.answered_ns = result->answered_ns;
	action->row.http_status = result->http_status;
	row = action->row;
	row.error = result->error;
	if (action->refused)
		back_off(s, action->life);
	else
		action->life->refused_ns = 0;
	return add_row(s, &row);
}

/* The life has ended: by its action, if that was not too late. */
void policy_confirm(struct step *s, struct life *life)
{
	struct action *action = life->action;

	if (!action || !is_in_force(s, action, life->stopped_ns) ||
	    life->stopped_ns < action->row.requested_ns)
		return;
	action->row.confirmed_ns = life->stopped_ns;
	life->stop.action = action->row.id;
	life->owes_action = add_row(s, &action->row) != 0;
	s->owing |= life->owes_action;
}

/* Tells of the action for whose row there was no memory. */
int policy_pay(struct step *s, struct life *life)
{
	return life->action ? add_row(s, &life->action->row) : 0;
}

/* An action of before the daemon's restart; its answer is lost. */
int policy_recall(struct step *s, struct life *life,
		  const struct action_row *row)
{
	return action_new(s, life, row) ? 0 : -ENOMEM;
}
