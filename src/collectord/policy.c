// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the stop policy: which containers a rule would stop, and why the others
 * stay. Pure: containers and time in, decisions out; knows nothing of engines,
 * clocks, config files or stores. What is unknown is never stopped.
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
	const struct policy_rule *rule;
	const struct policy_container *c;
	const struct policy_verdict *verdict;
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

/* Everything but the rank: POLICY_KEPT stands for "to be ranked". */
static enum policy_reason judge_one(const struct policy_rule *rule,
				    const struct policy_container *c,
				    char group[POLICY_GROUP_MAX])
{
	enum answer matched, grouped;

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
	if (matched == UNKNOWN || grouped == UNKNOWN || !c->meta->have_labels)
		return POLICY_NOT_KNOWN;
	if (is_protected(c->meta))
		return POLICY_PROTECTED;
	if (c->pending)
		return POLICY_GOING;
	return c->meta->started_ns == 0 ? POLICY_NOT_KNOWN : POLICY_KEPT;
}

/* By group, then the first to be kept first. */
static int compare_rank(const void *pa, const void *pb, void *ctx)
{
	const struct ranking *r = ctx;
	size_t a = *(const size_t *)pa, b = *(const size_t *)pb;
	int64_t ta = r->c[a].meta->started_ns, tb = r->c[b].meta->started_ns;
	int order = strcmp(r->verdict[a].group, r->verdict[b].group);

	if (order)
		return order;
	if (ta != tb) {
		order = ta < tb ? -1 : 1;
		return r->rule->keep_which == POLICY_KEEP_OLDEST ? order
								 : -order;
	}
	return strcmp(r->c[a].meta->id, r->c[b].meta->id);
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

static void rank_members(const struct policy_rule *rule,
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
				v->reason = POLICY_STOP;
		}
	}
}

/*
 * Fills verdict[] and order[] with the *live ranked members, group by group,
 * the first to be kept first.
 */
static void judge(const struct policy_rule *rule,
		  const struct policy_container *c, size_t n,
		  struct policy_verdict *verdict, size_t *order, size_t *live)
{
	struct ranking ranking = { rule, c, verdict };

	*live = 0;
	for (size_t i = 0; i < n; i++) {
		memset(&verdict[i], 0, sizeof(verdict[i]));
		verdict[i].reason = judge_one(rule, &c[i], verdict[i].group);
		if (verdict[i].reason == POLICY_KEPT)
			order[(*live)++] = i;
	}
	qsort_r(order, *live, sizeof(*order), compare_rank, &ranking);
	rank_members(rule, verdict, order, *live);
}

int policy_explain(const struct policy_rule *rule,
		   const struct policy_container *c, size_t n,
		   struct policy_verdict *verdict)
{
	size_t *order = calloc(n + 1, sizeof(*order));
	size_t live;

	if (!order)
		return -ENOMEM;
	judge(rule, c, n, verdict, order, &live);
	free(order);
	return 0;
}

int policy_decide(const struct policy_rule *rule,
		  const struct policy_container *c, size_t n, int64_t now_ns,
		  struct policy_decision *decision, size_t *count)
{
	struct policy_verdict *verdict = calloc(n + 1, sizeof(*verdict));
	size_t *order = calloc(n + 1, sizeof(*order));
	int err = verdict && order ? 0 : -ENOMEM;
	size_t live = 0;

	*count = 0;
	if (!err)
		judge(rule, c, n, verdict, order, &live);
	for (size_t i = live; i > 0; i--) {
		const struct policy_verdict *v = &verdict[order[i - 1]];
		struct policy_decision *d = &decision[*count];

		if (v->reason != POLICY_STOP)
			continue;
		d->container = order[i - 1];
		memcpy(d->group, v->group, sizeof(d->group));
		d->dry_run = rule->mode == POLICY_DRY_RUN;
		d->decided_ns = now_ns;
		(*count)++;
	}
	free(order);
	free(verdict);
	return err;
}

const char *policy_reason_name(enum policy_reason reason)
{
	switch (reason) {
	case POLICY_STOP:
		return "stop";
	case POLICY_KEPT:
		return "kept";
	case POLICY_GOING:
		return "going";
	case POLICY_PROTECTED:
		return "protected";
	case POLICY_NOT_MATCHED:
		return "not-matched";
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
	case POLICY_STOP:
		return "surplus";
	case POLICY_KEPT:
		return "kept";
	case POLICY_GOING:
		return "a stop is under way";
	case POLICY_PROTECTED:
		return "protected by its label " POLICY_PROTECT_LABEL;
	case POLICY_NOT_MATCHED:
		return "does not fulfil the rule's conditions";
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

const char *policy_reason_text(const struct policy_rule *rule,
			       const struct policy_verdict *verdict, char *buf,
			       size_t len)
{
	const char *which = rule->keep_which == POLICY_KEEP_OLDEST ? "oldest"
								   : "newest";
	const char *what = reason_sentence(verdict->reason);

	if (verdict->rank == 0)
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
	free(rule->name);
	memset(rule, 0, sizeof(*rule));
}
