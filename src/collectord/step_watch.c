// SPDX-License-Identifier: GPL-2.0
/*
 * What the policy keeps of containers from sample to sample: their newest
 * figures and the runs of each rule's thresholds, constant memory for each life
 * and rule; and the caps on actions. Knows nothing of what rules decide.
 */
#include "step_int.h"

#include <errno.h>
#include <stdlib.h>

#define MINUTE_NS (60 * NSEC_PER_SEC)

/* A sample that is older by more counts as none. */
#define FRESH_TICKS 3
#define FRESH_NS    (5 * NSEC_PER_SEC)

struct dealing *dealing_find(const struct life *life,
			     const struct rule_state *rule)
{
	struct dealing *d = life->dealing;

	while (d && d->rule != rule)
		d = d->next;
	return d;
}

/* Finds or makes it. NULL when out of memory. */
struct dealing *dealing_get(struct life *life, struct rule_state *rule)
{
	struct dealing *d = dealing_find(life, rule);

	if (d)
		return d;
	d = calloc(1, sizeof(*d));
	if (!d)
		return NULL;
	d->rule = rule;
	d->next = life->dealing;
	life->dealing = d;
	return d;
}

void dealing_free_all(struct life *life)
{
	struct dealing *d;

	while ((d = life->dealing) != NULL) {
		life->dealing = d->next;
		free(d);
	}
}

/* A counter's difference over the tick's span, in units of @scale a second. */
static void take_rate(struct policy_figures *f, enum policy_figure to,
		      const struct sample_row *sample, enum container_metric i,
		      int64_t span_us, double scale)
{
	if (sample->have >> i & 1 && span_us > 0)
		figure_set(f, to,
			   (double)sample->v[i] * scale / (double)span_us);
}

static void take_gauge(struct policy_figures *f, enum policy_figure to,
		       const struct sample_row *sample, enum container_metric i)
{
	if (sample->have >> i & 1)
		figure_set(f, to, (double)sample->v[i]);
}

/* CPU in percent of one CPU, io in bytes a second. */
static void take_figures(struct policy_figures *f,
			 const struct sample_row *sample, int64_t span_us)
{
	f->have = 0;
	take_rate(f, FIGURE_CPU, sample, CM_CPU_USAGE, span_us, 100);
	take_rate(f, FIGURE_IO_READ, sample, CM_IO_READ_BYTES, span_us, 1e6);
	take_rate(f, FIGURE_IO_WRITE, sample, CM_IO_WRITE_BYTES, span_us, 1e6);
	take_gauge(f, FIGURE_MEM, sample, CM_MEM_CURRENT);
	take_gauge(f, FIGURE_MEM_LIMIT, sample, CM_MEM_LIMIT);
	take_gauge(f, FIGURE_WORKING_SET, sample, CM_MEM_WORKING_SET);
	take_gauge(f, FIGURE_SWAP, sample, CM_MEM_SWAP);
	take_gauge(f, FIGURE_SWAP_LIMIT, sample, CM_SWAP_LIMIT);
	take_gauge(f, FIGURE_PIDS, sample, CM_PIDS);
	take_gauge(f, FIGURE_PIDS_LIMIT, sample, CM_PIDS_LIMIT);
}

/* Out of memory, nothing is known of the runs, and nothing follows. */
static void add_to_runs(struct step *s, struct life *life,
			const struct policy_sample *sample)
{
	struct rule_state *rule = TAILQ_FIRST(&s->rules);

	for (; rule; rule = TAILQ_NEXT(rule, entry)) {
		struct dealing *d;

		if (!rule->rule || !rule->rule->whens)
			continue;
		d = dealing_get(life, rule);
		for (size_t i = 0; d && i < rule->rule->whens; i++)
			policy_run_add(&d->run[i], &rule->rule->when[i],
				       sample);
	}
}

/* A tick that came so late leaves a hole, though none is missing. */
static bool is_late(const struct step *s, const struct tick_row *tick)
{
	return tick->span_us * 1000 >
	       2 * (int64_t)s->tick.interval_ns + NSEC_PER_SEC;
}

/*
 * Takes a sample that is being stored; @follows: so was the container's sample
 * of the tick stored before.
 */
void watch_sample(struct step *s, struct life *life,
		  const struct sample_row *sample, const struct tick_row *tick,
		  bool follows)
{
	struct policy_sample now = { .boottime_ns = s->tick.boottime_ns };

	if (!s->watches)
		return;
	if (follows && s->unbroken && !is_late(s, tick))
		now.before_ns = s->stored_boottime_ns;
	take_figures(&now.figures, sample, tick->span_us);
	life->figures = now.figures;
	life->figured = s->stored + 1;
	add_to_runs(s, life, &now);
}

/* Whether its figures and runs are of now. */
bool watch_is_fresh(const struct step *s, const struct life *life)
{
	int64_t age = s->now_ns - s->stored_ns;
	int64_t most = FRESH_TICKS * (int64_t)s->stored_interval_ns + FRESH_NS;

	return s->stored && life->figured == s->stored && age <= most &&
	       age >= -most;
}

int rate_copy(struct rate *out, const struct rate *old, unsigned int max)
{
	*out = (struct rate){ .max = max };
	if (!max)
		return 0;
	out->at = calloc(max, sizeof(*out->at));
	if (!out->at)
		return -ENOMEM;
	/* From the oldest on: the ring's next place is the oldest's. */
	for (unsigned int i = 0; i < old->max; i++)
		rate_note(out, old->at[(old->next + i) % old->max]);
	return 0;
}

void rate_replace(struct rate *rate, struct rate *with)
{
	free(rate->at);
	*rate = *with;
	*with = (struct rate){ .at = NULL };
}

/* A clock that was set back does not open the gate. */
bool rate_allows(const struct rate *rate, int64_t now_ns)
{
	int64_t oldest = rate->max ? rate->at[rate->next] : 0;

	return oldest == 0 || now_ns - oldest >= MINUTE_NS ||
	       oldest - now_ns >= MINUTE_NS;
}

void rate_note(struct rate *rate, int64_t ns)
{
	if (!rate->max || !ns)
		return;
	rate->at[rate->next] = ns;
	rate->next = (rate->next + 1) % rate->max;
}
