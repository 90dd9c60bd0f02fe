// SPDX-License-Identifier: GPL-2.0
/*
 * Which container's last figures are known for sure: what an unbroken run of
 * snapshots allows to say of one that is told to be unchanged. Knows nothing
 * of how snapshots are put together, nor of samples.
 */
#include "step_int.h"

#include <errno.h>

static void begin_epoch(struct step *s, const struct tick_info *tick)
{
	struct knowledge *k = &s->knowledge;

	*k = (struct knowledge){
		.epoch = k->epoch + 1,
		.since_ns = tick->boottime_ns,
		.whole = tick->number,
		.live = true,
	};
}

/* A snapshot begins: has the one before it come whole? */
void figures_begin(struct step *s, const struct tick_info *tick)
{
	struct knowledge *k = &s->knowledge;

	if (!k->live || tick->number != k->whole + 1)
		begin_epoch(s, tick);
}

/* The snapshot at hand has come whole, whatever becomes of it. */
void figures_whole(struct step *s)
{
	s->knowledge.whole = s->tick.number;
}

/* The first message of a dump, which stands for all snapshots before it. */
void figures_dump_begin(struct step *s, const struct tick_info *tick)
{
	if (!s->knowledge.live) {
		begin_epoch(s, tick);
		s->knowledge.asked = true;
	}
}

void figures_dump_end(struct step *s, bool usable)
{
	struct knowledge *k = &s->knowledge;

	if (usable && s->census[CENSUS_DUMP].boottime_ns >= k->since_ns)
		k->dumped = true;
	k->asked = false;
}

/* Another load of the module: its snapshots say nothing of earlier ones. */
void figures_forget(struct step *s)
{
	s->knowledge.live = false;
	s->knowledge.asked = true; /* a session begins with a dump */
}

/* Asks for all containers, unless that is under way. */
int figures_ask(struct step *s)
{
	if (s->knowledge.asked)
		return 0;
	if (!step_effect(s, EFFECT_DUMP))
		return -ENOMEM;
	s->knowledge.asked = true;
	return 0;
}

/*
 * Whether a dump's figures are of use: not those of before the epoch, nor
 * those that a snapshot has overtaken, nor in the middle of a snapshot that
 * has the container.
 */
static bool dump_is_news(const struct step *s, const struct life *life,
			 uint64_t boottime_ns)
{
	const struct census *snapshot = &s->census[CENSUS_SNAPSHOT];
	bool in_snapshot = snapshot->open && !life->blind &&
			   life->census[CENSUS_SNAPSHOT] == snapshot->number;

	return boottime_ns >= s->knowledge.since_ns &&
	       boottime_ns >= life->now.boottime_ns && !in_snapshot;
}

/* The kernel tells a container's figures of the time given. */
void figures_take(struct step *s, struct life *life, enum census_kind kind,
		  const struct container_info *info, uint64_t boottime_ns)
{
	if (kind == CENSUS_DUMP && !dump_is_news(s, life, boottime_ns))
		return;
	life->now.m = info->m;
	devices_take(&life->now.io, info);
	life->now.boottime_ns = boottime_ns;
	life->now.epoch = s->knowledge.epoch;
	life->told = true;
}

/* Whether its figures are as last told, if it is told to be unchanged. */
bool figures_known(const struct step *s, const struct life *life)
{
	return life->now.epoch == s->knowledge.epoch;
}
