// SPDX-License-Identifier: GPL-2.0
/* What the made-up host's counters have come to; pure. */
#include "figures.h"

#include "collectord/http_gather.h"

/* From the store's units to the module's; a counter goes on from where it was. */
static void take_values(struct metric_values *to, const struct metric *metrics,
			unsigned int count, uint64_t have, const uint64_t *v)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		uint64_t value = v[i] * metrics[i].divisor;

		if (!(have >> i & 1))
			continue;
		if (metrics[i].kind == METRIC_COUNTER)
			value += to->v[i];
		metric_set(to, i, value);
	}
}

static void take_container(struct figures *f, const struct container_row *c)
{
	if (c->id >= FIGURES_CONTAINERS)
		return;
	f->container[c->id].runs = !c->stopped_ns;
	f->container[c->id].started_ns = c->started_ns;
	snprintf(f->container[c->id].key, 65, "%s", c->key);
	snprintf(f->container[c->id].path, 128, "%s", c->path);
	snprintf(f->container[c->id].name, 64, "%s", c->name);
	snprintf(f->container[c->id].image, 64, "%s", c->image);
}

static void take_tick(struct figures *f, const struct tick_row *t)
{
	size_t i;

	f->tick_ns = t->ts_ns;
	take_values(&f->machine, system_metrics, SM_COUNT, t->have, t->v);
	for (i = 0; i < t->samples; i++) {
		const struct sample_row *s = &t->sample[i];

		if (s->container < FIGURES_CONTAINERS)
			take_values(&f->container[s->container].m,
				    container_metrics, CM_COUNT, s->have, s->v);
	}
}

void figures_take(struct figures *f, const struct rows *rows)
{
	const struct row *row;

	for (row = rows->first; row; row = row->next) {
		if (row->type == ROW_CONTAINER)
			take_container(f, &row->container);
		else if (row->type == ROW_TICK)
			take_tick(f, &row->tick);
	}
}

static void add_container(struct figures *f, size_t i,
			  struct http_gather *gather)
{
	struct container_meta meta = { .id = f->container[i].key,
				       .name = f->container[i].name,
				       .image = f->container[i].image };
	struct step_container from = { .key = f->container[i].key,
				       .path = f->container[i].path,
				       .runtime = "docker",
				       .meta = &meta,
				       .started_ns = f->container[i].started_ns,
				       .m = &f->container[i].m };

	http_gather_add(gather, &from);
}

int figures_facts(struct figures *f, struct http_facts *facts)
{
	struct http_gather gather;
	size_t i;

	facts->tick_ns = f->tick_ns;
	facts->current = true;
	facts->have_machine = true;
	facts->machine = f->machine;
	if (!http_gather_begin(&gather, facts, FIGURES_CONTAINERS))
		for (i = 0; i < FIGURES_CONTAINERS; i++)
			if (f->container[i].runs)
				add_container(f, i, &gather);
	return http_gather_end(&gather);
}
