// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the policy: which containers a rule would act on, and why it leaves the
 * others alone. Pure: containers and time in, decisions out; knows nothing of
 * engines, clocks, config files or stores. What is unknown is never acted on.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "policy.h"

enum answer {
	YES,
	NO,
	UNKNOWN,
};

struct ranking {
	enum policy_order order;
	const struct policy_container *c;
	const struct policy_verdict *verdict; /* NULL: groups do not count */
};

/* A text too long for the regex counts as unknown, so it is never stopped. */
static bool usable(const char *text)
{
	return text && strnlen(text, POLICY_TEXT_MAX + 1) <= POLICY_TEXT_MAX;
}

static const char *match_text(const struct policy_match *match,
			      const struct container_meta *meta)
{
	switch (match->field) {
	case POLICY_COMMAND:
		return meta->command;
	case POLICY_IMAGE:
		return meta->image;
	case POLICY_NAME:
		return meta->name;
	case POLICY_LABEL:
		return meta_label(meta, match->label);
	}
	return NULL;
}

static enum answer match_one(const struct policy_match *match,
			     const struct container_meta *meta)
{
	const char *text = match_text(match, meta);

	if (match->field == POLICY_LABEL && !text)
		return meta->have_labels ? NO : UNKNOWN;
	if (!match->pattern)
		return YES;
	if (!usable(text))
		return UNKNOWN;
	return regexec(&match->regex, text, 0, NULL, 0) == 0 ? YES : NO;
}

/* One definite no is a no, whatever else is unknown. */
static enum answer match_all(const struct policy_rule *rule,
			     const struct container_meta *meta)
{
	enum answer all = YES;

	for (size_t i = 0; i < rule->matches; i++) {
		enum answer one = match_one(&rule->match[i], meta);

		if (one == NO)
			return NO;
		if (one == UNKNOWN)
			all = UNKNOWN;
	}
	return all;
}

/* A name that does not fit is no group: cut short it could join another. */
static enum answer find_group(const struct policy_rule *rule,
			      const struct container_meta *meta,
			      char group[POLICY_GROUP_MAX])
{
	const char *text;
	regmatch_t m[2];
	size_t len;

	group[0] = '\0';
	if (!rule->have_group)
		return YES;
	text = match_text(&rule->group, meta);
	if (rule->group.field == POLICY_LABEL && !text)
		return meta->have_labels ? NO : UNKNOWN;
	if (!usable(text))
		return UNKNOWN;
	if (regexec(&rule->group.regex, text, 2, m, 0) != 0 || m[1].rm_so < 0)
		return NO;
	len = (size_t)(m[1].rm_eo - m[1].rm_so);
	if (len == 0 || len >= POLICY_GROUP_MAX)
		return NO;
	memcpy(group, text + m[1].rm_so, len);
	group[len] = '\0';
	return YES;
}

/* Anything but a plain "no" protects, so that a slip of the pen is safe. */
static bool is_protected(const struct container_meta *meta)
{
	const char *value = meta_label(meta, POLICY_PROTECT_LABEL);

	return value && strcasecmp(value, "false") != 0 &&
	       strcasecmp(value, "no") != 0 && strcmp(value, "0") != 0;
}

/* As match_all(), of the thresholds. */
static enum answer meet_all(const struct policy_rule *rule,
			    const struct policy_container *c)
{
	enum answer all = YES;

	if (rule->whens && !c->run)
		return UNKNOWN;
	for (size_t i = 0; i < rule->whens; i++) {
		if (c->run[i].state == RUN_UNKNOWN)
			all = UNKNOWN;
		else if (!policy_run_fulfils(&c->run[i], &rule->when[i]))
			return NO;
	}
	return all;
}

bool policy_is_single(const struct policy_rule *rule)
{
	return !rule->have_group && rule->keep == 0;
}

static bool by_figure(enum policy_order order, enum policy_figure *figure)
{
	switch (order) {
	case POLICY_OLDEST:
	case POLICY_NEWEST:
		return false;
	case POLICY_MOST_CPU:
	case POLICY_LEAST_CPU:
		*figure = FIGURE_CPU;
		return true;
	case POLICY_MOST_MEMORY:
	case POLICY_LEAST_MEMORY:
		*figure = FIGURE_WORKING_SET;
		return true;
	}
	return false;
}

bool policy_needs_figures(const struct policy_rule *rule)
{
	enum policy_figure figure;

	return rule->whens || by_figure(rule->keep_which, &figure) ||
	       (rule->have_order && by_figure(rule->order, &figure));
}

/* Whether all is known that its place among the kept depends on. */
static bool is_rankable(const struct policy_rule *rule,
			const struct policy_container *c)
{
	enum policy_figure figure;

	if (c->meta->started_ns == 0)
		return false;
	if (policy_is_single(rule) || !by_figure(rule->keep_which, &figure))
		return true;
	return c->figures && figure_known(c->figures, figure);
}

/* Everything but the rank: POLICY_KEPT stands for "to be ranked". */
static enum policy_reason judge_one(const struct policy_rule *rule,
				    const struct policy_container *c,
				    char group[POLICY_GROUP_MAX])
{
	enum answer matched, grouped, met;

	if (!rule->enabled)
		return POLICY_RULE_DISABLED;
	if (!c->running)
		return POLICY_NOT_RUNNING;
	if (!c->meta)
		return POLICY_NOT_KNOWN;
	matched = match_all(rule, c->meta);
	if (matched == NO)
		return POLICY_NOT_MATCHED;
	grouped = find_group(rule, c->meta, group);
	if (grouped == NO)
		return POLICY_NOT_GROUPED;
	met = meet_all(rule, c);
	if (met == NO)
		return POLICY_NOT_MET;
	if (matched == UNKNOWN || grouped == UNKNOWN || met == UNKNOWN ||
	    !c->meta->have_labels)
		return POLICY_NOT_KNOWN;
	if (is_protected(c->meta))
		return POLICY_PROTECTED;
	if (c->pending)
		return POLICY_GOING;
	return is_rankable(rule, c) ? POLICY_KEPT : POLICY_NOT_KNOWN;
}

static int sign(double difference)
{
	return (difference > 0) - (difference < 0);
}

/* What is not known of a figure goes last, whichever way. */
static int compare_figure(const struct policy_container *a,
			  const struct policy_container *b,
			  enum policy_figure figure, bool most)
{
	bool have_a = a->figures && figure_known(a->figures, figure);
	bool have_b = b->figures && figure_known(b->figures, figure);
	int least;

	if (!have_a || !have_b)
		return have_b - have_a;
	least = sign(a->figures->v[figure] - b->figures->v[figure]);
	return most ? -least : least;
}

static int compare_order(enum policy_order order,
			 const struct policy_container *a,
			 const struct policy_container *b)
{
	int64_t ta = a->meta->started_ns, tb = b->meta->started_ns;

	switch (order) {
	case POLICY_OLDEST:
		return (ta > tb) - (ta < tb);
	case POLICY_NEWEST:
		return (ta < tb) - (ta > tb);
	case POLICY_MOST_CPU:
		return compare_figure(a, b, FIGURE_CPU, true);
	case POLICY_LEAST_CPU:
		return compare_figure(a, b, FIGURE_CPU, false);
	case POLICY_MOST_MEMORY:
		return compare_figure(a, b, FIGURE_WORKING_SET, true);
	case POLICY_LEAST_MEMORY:
		return compare_figure(a, b, FIGURE_WORKING_SET, false);
	}
	return 0;
}

/* By group, then by the order, then by id. */
static int compare_rank(const void *pa, const void *pb, void *ctx)
{
	const struct ranking *r = ctx;
	size_t a = *(const size_t *)pa, b = *(const size_t *)pb;
	int order = 0;

	if (r->verdict)
		order = strcmp(r->verdict[a].group, r->verdict[b].group);
	if (!order)
		order = compare_order(r->order, &r->c[a], &r->c[b]);
	return order ? order : strcmp(r->c[a].meta->id, r->c[b].meta->id);
}

static size_t group_end(const struct policy_verdict *verdict,
			const size_t *order, size_t live, size_t first)
{
	size_t end = first;

	while (end < live && strcmp(verdict[order[end]].group,
				    verdict[order[first]].group) == 0)
		end++;
	return end;
}

/* What becomes of one that is not kept. */
static enum policy_reason surplus_reason(const struct policy_rule *rule,
					 const struct policy_container *c,
					 int64_t now_ns)
{
	int64_t age = now_ns - c->meta->started_ns;

	if (c->done)
		return POLICY_DONE;
	if (age < (int64_t)rule->hold_down_ns)
		return POLICY_HELD;
	return POLICY_ACT;
}

static void rank_members(const struct policy_rule *rule,
			 const struct policy_container *c, int64_t now_ns,
			 struct policy_verdict *verdict, const size_t *order,
			 size_t live)
{
	for (size_t first = 0, end; first < live; first = end) {
		end = group_end(verdict, order, live, first);
		for (size_t i = first; i < end; i++) {
			struct policy_verdict *v = &verdict[order[i]];

			v->rank = (unsigned int)(i - first + 1);
			v->of = (unsigned int)(end - first);
			if (v->rank > rule->keep)
				v->reason = surplus_reason(rule, &c[order[i]],
							   now_ns);
		}
	}
}

/*
 * Fills verdict[] and order[] with the *live ranked members, group by group,
 * the first to be kept first.
 */
static void judge(const struct policy_rule *rule,
		  const struct policy_container *c, size_t n, int64_t now_ns,
		  struct policy_verdict *verdict, size_t *order, size_t *live)
{
	struct ranking ranking = { rule->keep_which, c, verdict };

	*live = 0;
	for (size_t i = 0; i < n; i++) {
		memset(&verdict[i], 0, sizeof(verdict[i]));
		verdict[i].reason = judge_one(rule, &c[i], verdict[i].group);
		if (verdict[i].reason == POLICY_KEPT)
			order[(*live)++] = i;
	}
	qsort_r(order, *live, sizeof(*order), compare_rank, &ranking);
	rank_members(rule, c, now_ns, verdict, order, *live);
}

int policy_explain(const struct policy_rule *rule,
		   const struct policy_container *c, size_t n, int64_t now_ns,
		   struct policy_verdict *verdict)
{
	size_t *order = calloc(n + 1, sizeof(*order));
	size_t live;

	if (!order)
		return -ENOMEM;
	judge(rule, c, n, now_ns, verdict, order, &live);
	free(order);
	return 0;
}

/* Leaves those to be acted on in order[], the first to go first. */
static size_t who_goes(const struct policy_rule *rule,
		       const struct policy_container *c,
		       const struct policy_verdict *verdict, size_t *order,
		       size_t live)
{
	struct ranking ranking = { rule->order, c, NULL };
	size_t n = 0;

	for (size_t i = 0; i < live; i++)
		if (verdict[order[i]].reason == POLICY_ACT)
			order[n++] = order[i];
	if (rule->have_order) {
		qsort_r(order, n, sizeof(*order), compare_rank, &ranking);
		return n;
	}
	for (size_t i = 0; i < n / 2; i++) {
		size_t other = order[i];

		order[i] = order[n - 1 - i];
		order[n - 1 - i] = other;
	}
	return n;
}

int policy_decide(const struct policy_rule *rule,
		  const struct policy_container *c, size_t n, int64_t now_ns,
		  struct policy_verdict *verdict,
		  struct policy_decision *decision, size_t *count)
{
	size_t *order = calloc(n + 1, sizeof(*order));
	size_t live;

	*count = 0;
	if (!order)
		return -ENOMEM;
	judge(rule, c, n, now_ns, verdict, order, &live);
	*count = who_goes(rule, c, verdict, order, live);
	for (size_t i = 0; i < *count; i++) {
		struct policy_decision *d = &decision[i];

		d->container = order[i];
		memcpy(d->group, verdict[order[i]].group, sizeof(d->group));
		d->dry_run = rule->mode == POLICY_DRY_RUN;
		d->decided_ns = now_ns;
	}
	free(order);
	return 0;
}

const char *policy_verb_name(enum policy_verb verb)
{
	switch (verb) {
	case POLICY_VERB_STOP:
		return "stop";
	case POLICY_VERB_KILL:
		return "kill";
	case POLICY_VERB_PAUSE:
		return "pause";
	case POLICY_VERB_RESTART:
		return "restart";
	case POLICY_VERB_EXEC:
		return "exec";
	case POLICY_VERB_LOG:
		return "log";
	}
	return "?";
}

const char *policy_order_name(enum policy_order order)
{
	switch (order) {
	case POLICY_OLDEST:
		return "oldest";
	case POLICY_NEWEST:
		return "newest";
	case POLICY_MOST_CPU:
		return "most-cpu";
	case POLICY_LEAST_CPU:
		return "least-cpu";
	case POLICY_MOST_MEMORY:
		return "most-memory";
	case POLICY_LEAST_MEMORY:
		return "least-memory";
	}
	return "?";
}

const char *policy_reason_name(enum policy_reason reason)
{
	switch (reason) {
	case POLICY_ACT:
		return "act";
	case POLICY_KEPT:
		return "kept";
	case POLICY_GOING:
		return "going";
	case POLICY_DONE:
		return "done";
	case POLICY_HELD:
		return "held";
	case POLICY_PROTECTED:
		return "protected";
	case POLICY_NOT_MATCHED:
		return "not-matched";
	case POLICY_NOT_MET:
		return "not-met";
	case POLICY_NOT_GROUPED:
		return "not-grouped";
	case POLICY_NOT_RUNNING:
		return "not-running";
	case POLICY_NOT_KNOWN:
		return "not-known";
	case POLICY_RULE_DISABLED:
		return "rule-disabled";
	}
	return "?";
}

static const char *reason_sentence(enum policy_reason reason)
{
	switch (reason) {
	case POLICY_ACT:
		return "surplus";
	case POLICY_KEPT:
		return "kept";
	case POLICY_GOING:
		return "an action on it is under way";
	case POLICY_DONE:
		return "surplus, and acted on already";
	case POLICY_HELD:
		return "surplus, but started less than hold_down ago";
	case POLICY_PROTECTED:
		return "protected by its label " POLICY_PROTECT_LABEL;
	case POLICY_NOT_MATCHED:
		return "does not fulfil the rule's conditions";
	case POLICY_NOT_MET:
		return "no threshold is crossed, or not for long enough";
	case POLICY_NOT_GROUPED:
		return "belongs to no group of the rule";
	case POLICY_NOT_RUNNING:
		return "not running";
	case POLICY_NOT_KNOWN:
		return "not enough is known of it, so it is left alone";
	case POLICY_RULE_DISABLED:
		return "the rule is disabled";
	}
	return "?";
}

/* Of a rule that looks at each container by itself. */
static const char *single_sentence(enum policy_reason reason)
{
	switch (reason) {
	case POLICY_ACT:
		return "fulfils the rule";
	case POLICY_DONE:
		return "fulfils the rule, and was acted on already";
	case POLICY_HELD:
		return "fulfils the rule, but started less than hold_down ago";
	case POLICY_KEPT:
	case POLICY_GOING:
	case POLICY_PROTECTED:
	case POLICY_NOT_MATCHED:
	case POLICY_NOT_MET:
	case POLICY_NOT_GROUPED:
	case POLICY_NOT_RUNNING:
	case POLICY_NOT_KNOWN:
	case POLICY_RULE_DISABLED:
		break;
	}
	return reason_sentence(reason);
}

const char *policy_reason_text(const struct policy_rule *rule,
			       const struct policy_verdict *verdict, char *buf,
			       size_t len)
{
	const char *which = policy_order_name(rule->keep_which);
	const char *what = reason_sentence(verdict->reason);

	if (policy_is_single(rule))
		snprintf(buf, len, "%s", single_sentence(verdict->reason));
	else if (verdict->rank == 0)
		snprintf(buf, len, "%s", what);
	else if (rule->have_group)
		snprintf(buf, len,
			 "%s: number %u of %u in group %s, keep %u %s", what,
			 verdict->rank, verdict->of, verdict->group, rule->keep,
			 which);
	else
		snprintf(buf, len, "%s: number %u of %u, keep %u %s", what,
			 verdict->rank, verdict->of, rule->keep, which);
	return buf;
}

void policy_rule_free(struct policy_rule *rule)
{
	for (size_t i = 0; i < rule->matches; i++)
		policy_match_free(&rule->match[i]);
	free(rule->match);
	if (rule->have_group)
		policy_match_free(&rule->group);
	free(rule->exec);
	free(rule->name);
	memset(rule, 0, sizeof(*rule));
}
