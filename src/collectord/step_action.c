// SPDX-License-Identifier: GPL-2.0
/*
 * The life of an action: decided, requested, answered, confirmed by the kernel;
 * or refused, or not confirmed in time, which is an alarm, tried again after
 * waits that double, and at last given up. Knows nothing of how a rule decides.
 */
#include "step_int.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What engine and kernel are given on top of the grace. */
#define SLACK_NS (20 * NSEC_PER_SEC)
/* An end so long after an engine's word may still be this action's. */
#define LATE_NS (60 * NSEC_PER_SEC)
/* The longest wait before it is tried again. */
#define WAIT_MAX_NS (3600 * NSEC_PER_SEC)

static const char *const state_names[ACTION_STATES] = {
	[ACTION_WAITING] = "waiting",	[ACTION_REQUESTED] = "requested",
	[ACTION_ANSWERED] = "answered", [ACTION_CONFIRMED] = "confirmed",
	[ACTION_REFUSED] = "refused",	[ACTION_UNCONFIRMED] = "unconfirmed",
	[ACTION_GIVEN_UP] = "given-up", [ACTION_MOOT] = "moot",
	[ACTION_DRY_RUN] = "dry-run",	[ACTION_LOGGED] = "logged",
};

const char *action_state_name(enum action_state state)
{
	return state_names[state];
}

static void owe(struct step *s, const struct action *action)
{
	action->life->owes_action = true;
	s->owing = true;
}

/* Tells of the action as it is now; later, when there is no memory now. */
void action_add_row(struct step *s, struct action *action, const char *error)
{
	struct row row = { .type = ROW_ACTION, .action = action->row };

	row.action.state = state_names[action->state];
	row.action.error = error;
	action->owes_row = !step_add(s, &row);
	if (!action->owes_row)
		return;
	snprintf(action->error, sizeof(action->error), "%s",
		 error ? error : "");
	owe(s, action);
}

static bool add_alarm_row(struct step *s, const struct action *action,
			  const struct owed_alarm *alarm, const char *detail)
{
	struct row row = { .type = ROW_ALARM };

	row.alarm = (struct alarm_row){
		.id = alarm->id,
		.ts_ns = alarm->ts_ns,
		.action = action->row.id,
		.rule = action->row.rule,
		.container = action->life->id,
		.reason = alarm->reason,
		.detail = detail,
	};
	return step_add(s, &row);
}

/* An action has at most two at a time: it has failed, and is given up. */
static void add_alarm(struct step *s, struct action *action, const char *reason,
		      const char *detail)
{
	struct owed_alarm alarm = { .id = ++s->past.alarm_id,
				    .ts_ns = s->now_ns,
				    .reason = reason };

	s->stats.alarms++;
	if (!action->alarms && add_alarm_row(s, action, &alarm, detail))
		return;
	snprintf(alarm.detail, sizeof(alarm.detail), "%s",
		 detail ? detail : "");
	if (action->alarms < ACTION_ALARMS_MAX)
		action->alarm[action->alarms++] = alarm;
	owe(s, action);
}

static bool pay_alarm(struct step *s, const struct action *action,
		      const struct owed_alarm *alarm)
{
	return add_alarm_row(s, action, alarm,
			     *alarm->detail ? alarm->detail : NULL);
}

static void pay_alarms(struct step *s, struct action *action)
{
	unsigned int paid = 0;

	while (paid < action->alarms &&
	       pay_alarm(s, action, &action->alarm[paid]))
		paid++;
	action->alarms -= paid;
	memmove(action->alarm, action->alarm + paid,
		action->alarms * sizeof(*action->alarm));
	if (action->alarms)
		owe(s, action);
}

void policy_pay(struct step *s, struct life *life)
{
	struct action *action = life->action;
	char error[ACTION_TEXT_MAX];

	life->owes_action = false;
	if (!action)
		return;
	memcpy(error, action->error, sizeof(error));
	if (action->owes_row)
		action_add_row(s, action, *error ? error : NULL);
	if (!action->owes_row)
		pay_alarms(s, action);
}

/* Takes the action from its life and frees it; NULL is fine. */
void action_free(struct step *s, struct action *action)
{
	if (!action)
		return;
	TAILQ_REMOVE(&s->actions, action, entry);
	if (action->life->action == action)
		action->life->action = NULL;
	free(action);
}

/* Makes it the life's, in the place of an earlier one. NULL: no memory. */
struct action *action_new(struct step *s, struct life *life,
			  const struct action_row *row, enum policy_verb verb,
			  enum action_state state)
{
	size_t rule = strlen(row->rule) + 1;
	size_t group = row->group ? strlen(row->group) + 1 : 0;
	struct action *action = calloc(1, sizeof(*action) + rule + group);

	if (!action)
		return NULL;
	action->row = *row;
	action->row.error = NULL;
	action->row.verb = policy_verb_name(verb);
	action->row.rule = memcpy(action->text, row->rule, rule);
	if (group)
		action->row.group =
			memcpy(action->text + rule, row->group, group);
	action->life = life;
	action->verb = verb;
	action->state = state;
	action->ends = true;
	action_free(s, life->action);
	life->action = action;
	TAILQ_INSERT_TAIL(&s->actions, action, entry);
	return action;
}

static struct rule_state *rule_of(const struct step *s,
				  const struct action *action)
{
	struct rule_state *rule;

	for (rule = TAILQ_FIRST(&s->rules); rule;
	     rule = TAILQ_NEXT(rule, entry))
		if (!strcmp(rule->name, action->row.rule))
			return rule;
	return NULL;
}

static struct dealing *dealing_of(const struct step *s,
				  const struct action *action)
{
	struct rule_state *rule = rule_of(s, action);

	return rule ? dealing_find(action->life, rule) : NULL;
}

/* Requested, and neither settled nor failed. */
bool action_is_open(const struct action *action)
{
	return action->state == ACTION_REQUESTED ||
	       action->state == ACTION_ANSWERED;
}

/* The life must stay in memory. */
bool policy_is_open(const struct life *life)
{
	return life->action &&
	       (life->action->unanswered || action_is_open(life->action));
}

static int64_t deadline_of(const struct action *action)
{
	return action->row.requested_ns + action->grace_ns + SLACK_NS;
}

/* Whether what the kernel tells of @ns may come of it. */
static bool may_be_cause(const struct action *action, int64_t ns)
{
	const struct action_row *row = &action->row;
	int64_t since = row->answered_ns ? row->answered_ns : row->requested_ns;
	bool late = action->state == ACTION_UNCONFIRMED ||
		    action->state == ACTION_GIVEN_UP;

	if (!row->requested_ns || ns < row->requested_ns)
		return false;
	if (late && row->http_status >= 400)
		return false;
	if (!action_is_open(action) && !late)
		return false;
	return action->unanswered || ns - since < LATE_NS ||
	       ns < deadline_of(action);
}

void action_give_up(struct step *s, struct action *action,
		    struct dealing *dealing, const char *why)
{
	action->state = ACTION_GIVEN_UP;
	dealing->given_up = true;
	action_add_row(s, action, why);
	add_alarm(s, action, "given-up", why);
}

/* The next attempt has to wait, and longer each time; or there is none. */
static void back_off(struct step *s, struct action *action, const char *why)
{
	struct dealing *d = dealing_of(s, action);
	char text[64];
	int64_t wait;

	if (!d || !d->rule->rule)
		return;
	wait = d->wait_ns ? d->wait_ns * 2
			  : (int64_t)d->rule->rule->retry_wait_ns;
	d->wait_ns = wait < WAIT_MAX_NS ? wait : WAIT_MAX_NS;
	d->retry_ns = s->now_ns + d->wait_ns;
	if (d->tries <= d->rule->rule->retries)
		return;
	snprintf(text, sizeof(text), "%u attempts failed", d->tries);
	action_give_up(s, action, d, why ? why : text);
}

/* It did not come to pass. */
static void fail(struct step *s, struct action *action, enum action_state state,
		 const char *why)
{
	action->state = state;
	action_add_row(s, action, why);
	add_alarm(s, action, state_names[state], why);
	back_off(s, action, why);
}

static void note_success(const struct step *s, const struct action *action)
{
	struct dealing *d = dealing_of(s, action);

	if (!d)
		return;
	d->done = true;
	d->given_up = false;
	d->tries = 0;
	d->wait_ns = 0;
	d->retry_ns = 0;
}

static void confirm(struct step *s, struct action *action, int64_t ns)
{
	action->row.confirmed_ns = ns;
	action->state = ACTION_CONFIRMED;
	note_success(s, action);
	action_add_row(s, action, NULL);
}

void action_withdraw(struct step *s, struct action *action, const char *why)
{
	action->state = ACTION_MOOT;
	action_add_row(s, action, why);
}

/* Signals that do not end a program by themselves: nothing confirms them. */
static bool is_harmless(int signal)
{
	return signal == SIGHUP || signal == SIGUSR1 || signal == SIGUSR2 ||
	       signal == SIGWINCH || signal == SIGCONT || signal == SIGCHLD ||
	       signal == SIGURG || signal == SIGSTOP || signal == SIGTSTP ||
	       signal > SIGSYS;
}

static bool ends_life(enum policy_verb verb, const struct policy_rule *rule)
{
	switch (verb) {
	case POLICY_VERB_STOP:
	case POLICY_VERB_RESTART:
		return true;
	case POLICY_VERB_KILL:
		return !is_harmless(rule->signal);
	case POLICY_VERB_PAUSE:
	case POLICY_VERB_EXEC:
	case POLICY_VERB_LOG:
		break;
	}
	return false;
}

/* How long the action itself may take. */
static int64_t grace_of(enum policy_verb verb, const struct policy_rule *rule)
{
	switch (verb) {
	case POLICY_VERB_STOP:
	case POLICY_VERB_RESTART:
		return rule->grace_s * NSEC_PER_SEC;
	case POLICY_VERB_EXEC:
		return (int64_t)rule->timeout_ns;
	case POLICY_VERB_KILL:
	case POLICY_VERB_PAUSE:
	case POLICY_VERB_LOG:
		break;
	}
	return 0;
}

static enum engine_verb engine_verb(enum policy_verb verb)
{
	switch (verb) {
	case POLICY_VERB_KILL:
		return ENGINE_KILL;
	case POLICY_VERB_PAUSE:
		return ENGINE_PAUSE;
	case POLICY_VERB_RESTART:
		return ENGINE_RESTART;
	case POLICY_VERB_STOP:
	case POLICY_VERB_EXEC:
	case POLICY_VERB_LOG:
		break;
	}
	return ENGINE_STOP;
}

/*
 * What the command is told, in its environment alone: no text that a container
 * has chosen is ever part of what the shell reads as its program.
 */
static char **make_environment(const struct action *action, const char *image)
{
	const struct container_meta *meta = action->life->who->meta;
	const struct {
		const char *key, *value;
	} pair[] = {
		{ "SYSMON_RULE", action->row.rule },
		{ "SYSMON_GROUP", action->row.group },
		{ "SYSMON_CONTAINER_ID", action->life->who->key },
		{ "SYSMON_CONTAINER_NAME", meta ? meta->name : NULL },
		{ "SYSMON_CONTAINER_IMAGE", image },
		{ "SYSMON_CONTAINER_CGROUP", action->life->path },
	};
	const size_t n = sizeof(pair) / sizeof(*pair);
	size_t bytes = (n + 1) * sizeof(char *);
	char **env, *to, *end;

	for (size_t i = 0; i < n; i++)
		bytes += strlen(pair[i].key) + 2 +
			 (pair[i].value ? strlen(pair[i].value) : 0);
	env = malloc(bytes);
	if (!env)
		return NULL;
	to = (char *)(env + n + 1);
	end = (char *)env + bytes;
	for (size_t i = 0; i < n; i++) {
		const char *value = pair[i].value ? pair[i].value : "";

		env[i] = to;
		to += snprintf(to, (size_t)(end - to), "%s=%s", pair[i].key,
			       value) +
		      1;
	}
	env[n] = NULL;
	return env;
}

static int add_exec(struct step *s, const struct action *action,
		    const struct policy_rule *rule)
{
	const struct container_meta *meta = action->life->who->meta;
	struct effect *effect = step_effect(s, EFFECT_EXEC);

	if (!effect)
		return -ENOMEM;
	effect->action = action->row.id;
	effect->timeout_ns = rule->timeout_ns;
	effect->command = strdup(rule->exec);
	effect->environment =
		make_environment(action, meta ? meta->image : NULL);
	return effect->command && effect->environment ? 0 : -ENOMEM;
}

static int add_act(struct step *s, const struct action *action,
		   const struct policy_rule *rule)
{
	const struct identity *who = action->life->who;
	struct effect *effect = step_effect(s, EFFECT_ACT);

	if (!effect)
		return -ENOMEM;
	effect->action = action->row.id;
	effect->engine = (unsigned int)who->engine;
	effect->act = (struct engine_action){
		.verb = engine_verb(action->verb),
		.grace_s = rule->grace_s,
		.signal = rule->signal,
	};
	memcpy(effect->id, who->key, STEP_ID_MAX);
	return 0;
}

/* Carries it out: the request, and what it means for the next one. */
int action_request(struct step *s, struct action *action,
		   struct dealing *dealing)
{
	const struct policy_rule *rule = dealing->rule->rule;
	size_t effects = s->update->effects;
	int rc = action->verb == POLICY_VERB_EXEC ? add_exec(s, action, rule)
						  : add_act(s, action, rule);

	if (rc) {
		update_truncate(s->update, effects);
		return rc;
	}
	action->state = ACTION_REQUESTED;
	action->unanswered = true;
	action->ends = ends_life(action->verb, rule);
	action->grace_ns = grace_of(action->verb, rule);
	action->row.requested_ns = s->now_ns;
	action->row.attempt = ++dealing->tries;
	rate_note(&dealing->rule->rate, s->now_ns);
	rate_note(&s->rate, s->now_ns);
	s->stats.requests++;
	action_add_row(s, action, NULL);
	return 0;
}

static struct action *find(const struct step *s, int64_t id)
{
	struct action *action = TAILQ_FIRST(&s->actions);

	while (action && action->row.id != id)
		action = TAILQ_NEXT(action, entry);
	return action;
}

/* It never reached the engine: the decision waits, no attempt is counted. */
static void keep_waiting(struct step *s, struct action *action,
			 const char *error)
{
	struct dealing *d = dealing_of(s, action);

	action->state = ACTION_WAITING;
	action->row.requested_ns = 0;
	action->row.answered_ns = 0;
	if (d && d->tries)
		d->tries--;
	if (d && d->rule->rule)
		d->retry_ns = s->now_ns + (int64_t)d->rule->rule->retry_wait_ns;
	action_add_row(s, action, error);
}

/* What has no other word to come is settled by its answer. */
static void succeed(struct step *s, struct action *action)
{
	if (action->state == ACTION_REQUESTED)
		action->state = ACTION_ANSWERED;
	if (action->verb == POLICY_VERB_EXEC)
		confirm(s, action, action->row.answered_ns);
	else if (action->verb == POLICY_VERB_KILL && !action->ends)
		confirm(s, action, 0);
	else
		action_add_row(s, action, NULL);
}

/* The engine has answered, or could not be asked; or a command has ended. */
void policy_answer(struct step *s, int64_t id, const struct action_result *r)
{
	struct action *action = find(s, id);
	bool refused = !r->ok && (r->http_status || r->have_exit_code);

	if (!action)
		return;
	action->unanswered = false;
	action->row.http_status = r->http_status;
	action->row.have_exit_code = r->have_exit_code;
	action->row.exit_code = r->exit_code;
	if (action->state == ACTION_REQUESTED && !r->ok && !r->requested_ns) {
		keep_waiting(s, action, r->error);
		return;
	}
	action->row.requested_ns = r->requested_ns;
	action->row.answered_ns = r->answered_ns;
	if (action->verb == POLICY_VERB_EXEC)
		refused = !r->ok; /* by whatever has ended it */
	/* Without an answer the engine may still be at it. */
	if (action->state == ACTION_REQUESTED && refused)
		fail(s, action, ACTION_REFUSED, r->error);
	else if (r->ok)
		succeed(s, action);
	else
		action_add_row(s, action, r->error);
}

/* Whether the kernel should have confirmed it by now, and has not. */
static bool is_overdue(const struct step *s, const struct action *action)
{
	/* A command has a time limit of its own. */
	if (action->verb == POLICY_VERB_EXEC && action->unanswered)
		return false;
	return action_is_open(action) && s->now_ns >= deadline_of(action);
}

/* A decision that waits on behalf of a rule that is none any more. */
static bool is_orphan(const struct step *s, const struct action *action)
{
	const struct rule_state *rule;

	if (action->state != ACTION_WAITING)
		return false;
	rule = rule_of(s, action);
	return !rule || !rule->rule || !rule->rule->enabled;
}

/* Ends what time, or the configuration, has ended. */
void action_expire(struct step *s)
{
	struct action *action, *next;

	for (action = TAILQ_FIRST(&s->actions); action; action = next) {
		next = TAILQ_NEXT(action, entry);
		if (is_overdue(s, action))
			fail(s, action, ACTION_UNCONFIRMED,
			     action->verb == POLICY_VERB_EXEC
				     ? "its end was not seen"
				     : "the kernel has not confirmed it");
		else if (is_orphan(s, action))
			action_withdraw(s, action, "the rule is there no more");
	}
}

/* The life has ended: by its action, if that was not too late. */
void policy_ended(struct step *s, struct life *life)
{
	struct action *action = life->action;

	if (!action)
		return;
	if (action->ends && may_be_cause(action, life->stopped_ns)) {
		life->stop.action = action->row.id;
		/* A restart is half done. */
		if (action->verb != POLICY_VERB_RESTART)
			confirm(s, action, life->stopped_ns);
	} else if (action->state == ACTION_WAITING ||
		   (action_is_open(action) &&
		    action->verb != POLICY_VERB_EXEC)) {
		action_withdraw(s, action, "the container has ended by itself");
	}
}

/* A container lives again, maybe by a restart of ours. */
void policy_begun(struct step *s, struct life *life)
{
	int64_t ns = life->started_ns ? life->started_ns : s->now_ns;

	for (struct life *old = life->older; old; old = old->older) {
		struct action *action = old->action;
		struct dealing *before, *d;

		if (!action || action->verb != POLICY_VERB_RESTART ||
		    old->stop.action != action->row.id ||
		    !may_be_cause(action, ns))
			continue;
		before = dealing_of(s, action);
		d = before ? dealing_get(life, before->rule) : NULL;
		if (d)
			d->restarts = before->restarts + 1;
		confirm(s, action, ns);
		return;
	}
}

void policy_frozen(struct step *s, struct life *life, bool frozen, int64_t ns)
{
	struct action *action = life->action;

	life->frozen = frozen;
	if (frozen && action && action->verb == POLICY_VERB_PAUSE &&
	    may_be_cause(action, ns))
		confirm(s, action, ns);
}

static bool find_word(const char *word, const char *const *names, int n, int *i)
{
	for (*i = 0; word && *i < n; ++*i)
		if (names[*i] && !strcmp(names[*i], word))
			return true;
	return false;
}

static enum policy_verb verb_of(const char *word)
{
	for (int i = 0; word && i <= POLICY_VERB_LOG; i++)
		if (!strcmp(policy_verb_name((enum policy_verb)i), word))
			return (enum policy_verb)i;
	return POLICY_VERB_STOP;
}

/*
 * An action of before the daemon's restart; an answer that it had to come is
 * lost. What it is now depends on the kernel and the rule, as for any other.
 */
int policy_recall(struct step *s, struct life *life,
		  const struct action_row *row)
{
	enum policy_verb verb = verb_of(row->verb);
	struct rule_state *rule;
	struct dealing *d;
	struct action *action;
	int state;

	if (!find_word(row->state, state_names, ACTION_STATES, &state))
		state = row->requested_ns ? ACTION_REQUESTED : ACTION_WAITING;
	action = action_new(s, life, row, verb, (enum action_state)state);
	if (!action)
		return -ENOMEM;
	rule = rule_of(s, action);
	if (!rule || !rule->rule)
		return 0;
	action->ends = ends_life(verb, rule->rule);
	action->grace_ns = grace_of(verb, rule->rule);
	d = dealing_get(life, rule);
	if (!d)
		return -ENOMEM;
	d->tries = state == ACTION_CONFIRMED ? 0 : row->attempt;
	d->done = state == ACTION_CONFIRMED;
	d->given_up = state == ACTION_GIVEN_UP;
	return 0;
}
