// SPDX-License-Identifier: GPL-2.0
/* The timers of the policy's rules: each tells the core when it is due. Uses uv_*. */
#include "loop_int.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void on_due(uv_timer_t *timer)
{
	struct policy_slot *slot = timer->data;
	struct step_event event = { .type = STEP_POLICY };

	event.rule = slot->rule;
	feed(slot->daemon, &event);
}

static void on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

void policies_drop(struct policy_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		uv_close((uv_handle_t *)&list->slot[i]->timer, on_closed);
	free(list->slot);
	*list = (struct policy_list){ 0 };
}

/* The time to a rule's first turn: what was left of it, if it is the same. */
static uint64_t first_ms(const struct daemon *d, const struct config *old,
			 const struct policy_rule *rule)
{
	for (size_t i = 0; old && i < d->policy.n; i++) {
		const struct policy_rule *was =
			&old->rule[d->policy.slot[i]->rule];

		if (was->every_ns == rule->every_ns &&
		    strcmp(was->name, rule->name) == 0)
			return uv_timer_get_due_in(&d->policy.slot[i]->timer);
	}
	return rule->every_ns / 1000000;
}

static int add_slot(struct daemon *d, const struct config *config,
		    const struct config *old, size_t rule,
		    struct policy_slot **out)
{
	uint64_t ms = config->rule[rule].every_ns / 1000000;
	struct policy_slot *slot = calloc(1, sizeof(*slot));

	if (!slot)
		return -ENOMEM;
	slot->daemon = d;
	slot->rule = rule;
	slot->timer.data = slot;
	uv_timer_init(&d->loop, &slot->timer);
	uv_timer_start(&slot->timer, on_due,
		       first_ms(d, old, &config->rule[rule]), ms);
	*out = slot;
	return 0;
}

int policies_make(struct daemon *d, const struct config *config,
		  const struct config *old, struct policy_list *out)
{
	int rc = 0;

	*out = (struct policy_list){ 0 };
	out->slot = calloc(config->rules + 1, sizeof(*out->slot));
	if (!out->slot)
		return -ENOMEM;
	for (size_t i = 0; !rc && i < config->rules; i++) {
		if (!config->rule[i].enabled)
			continue;
		rc = add_slot(d, config, old, i, &out->slot[out->n]);
		out->n += rc == 0;
	}
	if (rc)
		policies_drop(out);
	return rc;
}
