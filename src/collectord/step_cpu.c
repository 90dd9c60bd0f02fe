// SPDX-License-Identifier: GPL-2.0
/*
 * The times of each CPU over a tick, from the parts of a snapshot. Knows
 * nothing of containers.
 */
#include "step_int.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* More than any kernel has. */
#define CPUS_MAX 16384

/* Adds the CPUs of one part. */
int cpus_take(struct step *s, const struct message *msg)
{
	struct cpus *to = &s->cpus;
	size_t n = msg->cpus;

	if (!n || to->count + n > CPUS_MAX)
		return 0;
	if (to->count + n > to->max) {
		size_t max = (to->count + n) * 2;
		struct cpu_info *cpu = reallocarray(to->cpu, max, sizeof(*cpu));

		if (!cpu)
			return -ENOMEM;
		to->cpu = cpu;
		to->max = max;
	}
	memcpy(to->cpu + to->count, msg->cpu, n * sizeof(*to->cpu));
	to->count += n;
	return 0;
}

/* The CPU in the tick before, mostly at the same place. */
static const struct metric_few *before_of(const struct cpus *before,
					  uint32_t number, size_t place)
{
	if (place < before->count && before->cpu[place].number == number)
		return &before->cpu[place].m;
	for (size_t i = 0; i < before->count; i++)
		if (before->cpu[i].number == number)
			return &before->cpu[i].m;
	return NULL;
}

/* Fills the tick's rows, of which there are as many as CPUs. */
void cpus_fill(struct step *s, struct tick_row *tick)
{
	for (size_t i = 0; i < s->cpus.count; i++) {
		const struct cpu_info *cpu = &s->cpus.cpu[i];
		struct cpu_row *row = &tick->cpu[i];

		row->number = cpu->number;
		row->have = rates_between_few(cpu_metrics, PM_COUNT, PM_GAUGES,
					      before_of(&s->cpus_before,
							cpu->number, i),
					      &cpu->m, row->v);
	}
}

/* The tick at hand is the one to compare the next with. */
void cpus_stored(struct step *s)
{
	struct cpus former = s->cpus_before;

	s->cpus_before = s->cpus;
	s->cpus = former;
	s->cpus.count = 0;
}
