// SPDX-License-Identifier: GPL-2.0
/*
 * The rules at work: whom they choose now, and what is done about it. The
 * decision itself is policy.h's, what becomes of an action step_action.c's.
 */
#include "step_int.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The engine's clock is read this differently from the kernel's. */
#define CLOCKS_NS (1 * NSEC_PER_SEC)
/* Failures so long ago count no more, once the reason has gone meanwhile. */
#define FORGIVEN_NS (3600 * NSEC_PER_SEC)

void policy_forget(struct step *s, struct life *life)
{
	action_free(s, life->action);
	dealing_free_all(life);
}

static struct rule_state *state_of(struct step *s, const char *name)
{
	struct rule_state *rule;

	for (rule = TAILQ_FIRST(&s->rules); rule;
	     rule = TAILQ_NEXT(rule, entry))
		if (!strcmp(rule->name, name))
			return rule;
	rule = calloc(1, sizeof(*rule) + strlen(name) + 1);
	if (!rule)
		return NULL;
	memcpy(rule->name, name, strlen(name) + 1);
	TAILQ_INSERT_TAIL(&s->rules, rule, entry);
	return rule;
}

/* Thresholds may be others now: what has been seen says nothing of them. */
static void forget_runs(struct step *s)
{
	struct life *life;
	struct dealing *d;

	for (life = TAILQ_FIRST(&s->running); life;
	     life = TAILQ_NEXT(life, entry))
		for (d = life->dealing; d; d = d->next)
			memset(d->run, 0, sizeof(d->run));
}

/* All that turning to other rules takes, made before anything is changed. */
struct binding {
	struct rule_state **state;
	struct rate *rate; /* of each rule; the last is that of all together */
	size_t rules;
};

static void binding_free(struct binding *b)
{
	for (size_t i = 0; b->rate && i <= b->rules; i++)
		free(b->rate[i].at);
	free(b->rate);
	free(b->state);
}

static int binding_make(struct step *s, const struct step_config *config,
			struct binding *b)
{
	size_t rules = config->rules;
	int rc;

	b->rules = rules;
	b->state = calloc(rules + 1, sizeof(struct rule_state *));
	b->rate = calloc(rules + 1, sizeof(*b->rate));
	if (!b->state || !b->rate)
		return -ENOMEM;
	rc = rate_copy(&b->rate[rules], &s->rate,
		       config->max_actions_per_minute);
	for (size_t i = 0; !rc && i < rules; i++) {
		b->state[i] = state_of(s, config->rule[i].name);
		rc = b->state[i] ? rate_copy(&b->rate[i], &b->state[i]->rate,
					     config->rule[i].max_per_minute)
				 : -ENOMEM;
	}
	return rc;
}

/* Cannot fail. */
static void binding_take(struct step *s, const struct step_config *config,
			 struct binding *b)
{
	struct rule_state *each;

	for (each = TAILQ_FIRST(&s->rules); each;
	     each = TAILQ_NEXT(each, entry))
		each->rule = NULL;
	s->watches = false;
	rate_replace(&s->rate, &b->rate[b->rules]);
	for (size_t i = 0; i < b->rules; i++) {
		const struct policy_rule *rule = &config->rule[i];

		b->state[i]->rule = rule;
		rate_replace(&b->state[i]->rate, &b->rate[i]);
		s->watches |= rule->enabled && policy_needs_figures(rule);
	}
	forget_runs(s);
	free(s->rule);
	s->rule = b->state;
	b->state = NULL;
}

/*
 * Turns to the rules of @config, which are borrowed. What is known of one of
 * the same name stays: its caps, its attempts, what it has done. On -ENOMEM all
 * is as it was.
 */
int policy_bind(struct step *s, const struct step_config *config)
{
	struct binding b = { .rules = 0 };
	int rc = binding_make(s, config, &b);

	if (!rc)
		binding_take(s, config, &b);
	binding_free(&b);
	return rc;
}

void policy_free(struct step *s)
{
	struct rule_state *rule;

	while ((rule = TAILQ_FIRST(&s->rules)) != NULL) {
		TAILQ_REMOVE(&s->rules, rule, entry);
		free(rule->rate.at);
		free(rule);
	}
	free(s->rate.at);
	free(s->rule);
}

void step_recall_request(struct step *s, const char *name, int64_t ns)
{
	struct rule_state *rule;

	rate_note(&s->rate, ns);
	for (rule = TAILQ_FIRST(&s->rules); rule;
	     rule = TAILQ_NEXT(rule, entry))
		if (!strcmp(rule->name, name))
			rate_note(&rule->rate, ns);
}

int step_recall_restarts(struct step *s, int64_t container, const char *name,
			 unsigned int restarts)
{
	struct life *life = step_life(s, container);
	struct rule_state *rule = state_of(s, name);
	struct dealing *d;

	if (!life)
		return 0;
	d = rule ? dealing_get(life, rule) : NULL;
	if (!d)
		return -ENOMEM;
	d->restarts = restarts;
	return 0;
}

/* The engine that has it, which can be asked now and has spoken of it. */
static bool has_engine(const struct step *s, const struct life *life)
{
	const struct identity *who = life->who;

	return who->engine >= 0 && s->engine[who->engine].connected &&
	       who->list == s->engine[who->engine].list &&
	       strlen(who->key) == STEP_ID_MAX;
}

/*
 * Whether two cgroups that run claim to be the container. Whoever was given a
 * part of the cgroup tree, as a user's session is, can make one with any name.
 */
static bool is_claimed_twice(const struct life *life)
{
	for (const struct life *other = life->who->newest; other;
	     other = other->older)
		if (other != life && other->running)
			return true;
	return false;
}

/*
 * Its description, if that is of this life, and of one that runs. One that an
 * engine gave before it went will do to decide: nothing is done about it until
 * the engine is back and has spoken of the container anew.
 */
static const struct container_meta *meta_of(const struct step *s,
					    const struct life *life)
{
	const struct container_meta *meta = life->who->meta;

	if (!meta || life->who->engine < 0 ||
	    (meta->state != META_RUNNING && meta->state != META_PAUSED) ||
	    (!meta->complete && !has_engine(s, life)) ||
	    is_claimed_twice(life) ||
	    (life->started_ns &&
	     meta->started_ns < life->started_ns - CLOCKS_NS))
		return NULL;
	return meta;
}

static bool is_paused(const struct life *life)
{
	const struct container_meta *meta = life->who->meta;

	return life->frozen || (meta && meta->state == META_PAUSED);
}

/* Another action keeps this rule from it; its own decision that waits not. */
static bool is_pending(const struct life *life, const struct rule_state *rule)
{
	const struct action *action = life->action;

	if (!action)
		return false;
	if (action->state == ACTION_WAITING)
		return strcmp(action->row.rule, rule->name) != 0;
	return action_is_open(action) || action->unanswered;
}

static void describe(const struct step *s, const struct rule_state *rule,
		     struct life *life, struct policy_container *c)
{
	const struct dealing *d = dealing_find(life, rule);
	bool fresh = watch_is_fresh(s, life);

	*c = (struct policy_container){
		.meta = meta_of(s, life),
		.running = !life->exit.known,
		.pending = is_pending(life, rule),
		.done = (d && d->done) ||
			(rule->rule->verb == POLICY_VERB_PAUSE &&
			 is_paused(life)),
		.run = d && fresh ? d->run : NULL,
		.figures = fresh ? &life->figures : NULL,
	};
}

/* A dry run, or a line in the log: told once as long as the reason lasts. */
static int tell(struct step *s, struct dealing *d, struct life *life,
		struct action_row *row)
{
	const struct policy_rule *rule = d->rule->rule;
	struct row out = { .type = ROW_ACTION };

	row->id = s->past.action_id + 1;
	row->verb = policy_verb_name(rule->verb);
	row->state = action_state_name(row->dry_run ? ACTION_DRY_RUN
						    : ACTION_LOGGED);
	row->container = life->id;
	out.action = *row;
	if (!step_add(s, &out))
		return -ENOMEM;
	s->past.action_id++;
	d->done = true;
	return 0;
}

/* A new action, not requested yet. NULL when out of memory. */
static struct action *decide(struct step *s, const struct dealing *d,
			     struct life *life, struct action_row *row)
{
	struct action *action;

	row->id = s->past.action_id + 1;
	row->container = life->id;
	action = action_new(s, life, row, d->rule->rule->verb, ACTION_WAITING);
	if (action)
		s->past.action_id++;
	return action;
}

/* A container that is restarted again and again is not helped by it. */
static bool restarted_in_vain(struct step *s, struct dealing *d,
			      const struct life *life)
{
	if (d->rule->rule->verb != POLICY_VERB_RESTART || !d->restarts)
		return false;
	if (life->started_ns && s->now_ns - life->started_ns > STEP_SETTLED_NS)
		d->restarts = 0;
	return d->restarts > d->rule->rule->retries;
}

static int give_up_restarts(struct step *s, struct dealing *d,
			    struct life *life, struct action_row *row)
{
	struct action *action = decide(s, d, life, row);
	char why[64];

	if (!action)
		return -ENOMEM;
	snprintf(why, sizeof(why), "%u restarts in a row did not help",
		 d->restarts);
	action_give_up(s, action, d, why);
	return 0;
}

static bool may_ask(struct step *s, const struct dealing *d)
{
	bool allowed = rate_allows(&d->rule->rate, s->now_ns) &&
		       rate_allows(&s->rate, s->now_ns);

	s->stats.capped += !allowed;
	return allowed;
}

/* Why a decision has to wait. */
static const char *absence(const struct step *s, const struct life *life)
{
	return s->engine[life->who->engine].connected
		       ? "the engine does not tell of the container"
		       : "the engine is not connected";
}

/* The decision that waits for its engine, or a new one, is carried out. */
static int enforce(struct step *s, struct dealing *d, struct life *life,
		   struct action_row *row)
{
	bool reachable = d->rule->rule->verb == POLICY_VERB_EXEC ||
			 has_engine(s, life);
	struct action *action = life->action;
	bool waits = action && action->state == ACTION_WAITING;

	if (d->given_up || s->now_ns < d->retry_ns)
		return 0;
	if (restarted_in_vain(s, d, life))
		return give_up_restarts(s, d, life, row);
	if (reachable ? !may_ask(s, d) : waits)
		return 0;
	if (!waits)
		action = decide(s, d, life, row);
	if (!action)
		return -ENOMEM;
	if (reachable)
		return action_request(s, action, d);
	action_add_row(s, action, absence(s, life));
	return 0;
}

static int carry_out(struct step *s, struct rule_state *rule, struct life *life,
		     const struct policy_decision *decision)
{
	struct dealing *d = dealing_get(life, rule);
	struct action_row row = {
		.rule = rule->name,
		.group = decision->group[0] ? decision->group : NULL,
		.dry_run = decision->dry_run,
		.decided_ns = decision->decided_ns,
	};

	/* A new action takes the last one's place, with what that has to tell. */
	if (life->owes_action)
		return 0;
	if (!d)
		return -ENOMEM;
	if (decision->dry_run || rule->rule->verb == POLICY_VERB_LOG)
		return tell(s, d, life, &row);
	return enforce(s, d, life, &row);
}

/* Whether the reason for an action is gone for sure. */
static bool is_over(enum policy_reason reason)
{
	switch (reason) {
	case POLICY_KEPT:
	case POLICY_PROTECTED:
	case POLICY_NOT_MATCHED:
	case POLICY_NOT_MET:
	case POLICY_NOT_GROUPED:
	case POLICY_RULE_DISABLED:
		return true;
	case POLICY_ACT:
	case POLICY_GOING:
	case POLICY_DONE:
	case POLICY_HELD:
	case POLICY_NOT_RUNNING:
	case POLICY_NOT_KNOWN:
		break;
	}
	return false;
}

/* The rule would not choose it now: the next time is a new one. */
static void let_go(struct step *s, struct rule_state *rule, struct life *life)
{
	struct dealing *d = dealing_find(life, rule);
	struct action *action = life->action;

	if (d) {
		d->done = false;
		if (s->now_ns - d->retry_ns > FORGIVEN_NS) {
			d->tries = 0;
			d->wait_ns = 0;
		}
	}
	if (action && action->state == ACTION_WAITING &&
	    !strcmp(action->row.rule, rule->name))
		action_withdraw(s, action,
				"the rule does not choose it any more");
}

/* What is needed to apply a rule to all that runs. */
struct look {
	struct life **life;
	struct policy_container *c;
	struct policy_verdict *verdict;
	struct policy_decision *decision;
	size_t n;
	size_t decisions;
};

static void look_free(struct look *look)
{
	free(look->life);
	free(look->c);
	free(look->verdict);
	free(look->decision);
}

static int look_at_all(struct step *s, const struct rule_state *rule,
		       struct look *look)
{
	size_t room = s->running_count + 1;
	struct life *life;

	*look = (struct look){
		.life = calloc(room, sizeof(*look->life)),
		.c = calloc(room, sizeof(*look->c)),
		.verdict = calloc(room, sizeof(*look->verdict)),
		.decision = calloc(room, sizeof(*look->decision)),
	};
	if (!look->life || !look->c || !look->verdict || !look->decision)
		return -ENOMEM;
	for (life = TAILQ_FIRST(&s->running); life;
	     life = TAILQ_NEXT(life, entry)) {
		look->life[look->n] = life;
		describe(s, rule, life, &look->c[look->n++]);
	}
	return policy_decide(rule->rule, look->c, look->n, s->now_ns,
			     look->verdict, look->decision, &look->decisions);
}

/* Asks what to do on behalf of a rule, and does it. */
static int apply(struct step *s, struct rule_state *rule)
{
	struct look look;
	int rc = look_at_all(s, rule, &look);

	for (size_t i = 0; !rc && i < look.n; i++)
		if (is_over(look.verdict[i].reason))
			let_go(s, rule, look.life[i]);
	for (size_t i = 0; !rc && i < look.decisions; i++)
		rc = carry_out(s, rule, look.life[look.decision[i].container],
			       &look.decision[i]);
	look_free(&look);
	return rc;
}

/* A rule is due; on old news it decides nothing. */
int policy_check(struct step *s, size_t rule)
{
	if (rule >= s->config.rules || !session_is_live(s))
		return 0;
	action_expire(s);
	return apply(s, s->rule[rule]);
}

/* An engine has told all it has: what waits for it is looked at again. */
int policy_engine_back(struct step *s, unsigned int engine)
{
	int rc = 0;

	for (size_t i = 0; i < s->config.rules && !rc; i++) {
		const struct action *action;
		bool waits = false;

		for (action = TAILQ_FIRST(&s->actions); action;
		     action = TAILQ_NEXT(action, entry))
			waits |= action->state == ACTION_WAITING &&
				 action->life->who->engine == (int)engine &&
				 !strcmp(action->row.rule, s->rule[i]->name);
		if (waits && s->rule[i]->rule->enabled)
			rc = policy_check(s, i);
	}
	return rc;
}
