// SPDX-License-Identifier: GPL-2.0
/*
 * What others may see of the tick that was stored last: the cumulative figures
 * behind it. Changes nothing.
 */
#include "step_int.h"

const struct metric_values *step_machine(const struct step *s, int64_t *ts_ns)
{
	*ts_ns = s->stored_ns;
	return s->stored && s->have_system_before ? &s->system_before : NULL;
}

/* A life that has no figures of that tick has none to show. */
static bool in_last_tick(const struct step *s, const struct life *life)
{
	return life->sampled && s->stored && life->tick == s->stored;
}

int step_containers(const struct step *s,
		    int (*fn)(void *arg, const struct step_container *c),
		    void *arg)
{
	const struct life *life;
	int rc = 0;

	for (life = TAILQ_FIRST(&s->running); life;
	     life = TAILQ_NEXT(life, entry)) {
		struct step_container c = {
			.key = life->who->key,
			.path = life->path,
			.runtime = life->runtime,
			.meta = life->who->meta,
			.started_ns = life->started_ns,
			.m = &life->before,
			.device = life->io_before.device,
			.devices = life->io_before.count,
		};

		if (!in_last_tick(s, life))
			continue;
		rc = fn(arg, &c);
		if (rc)
			break;
	}
	return rc;
}
