// SPDX-License-Identifier: GPL-2.0
/*
 * The stop record: one row for each stop, written when the first word of it
 * comes and rewritten when more is known. The kernel tells that, when, how and
 * by whom, the engine the exit code as well, the policy whether it was asked
 * for. They come in any order.
 */
#include "step_int.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>

/* An out-of-memory kill so long before a stop may have caused it. */
#define OOM_NS (10 * NSEC_PER_SEC)
/* Engines tell an exit this late, and their clock is read this differently. */
#define EXIT_LATE_NS  (60 * NSEC_PER_SEC)
#define EXIT_EARLY_NS (1 * NSEC_PER_SEC)

/* What is known of how the first program ended; the kernel knows best. */
static bool exit_code_of(const struct life *life, int *code)
{
	if (life->ended.have_code)
		*code = life->ended.code;
	else if (life->exit.known)
		*code = life->exit.code;
	return life->ended.have_code || life->exit.known;
}

/*
 * The signal that ended it. Exit codes above 128 are, by convention, 128 + the
 * signal's number; of one's own choice only after that signal.
 */
static int signal_of(const struct life *life)
{
	const struct kernel_exit *ended = &life->ended;
	int code;

	if (ended->signal || !exit_code_of(life, &code))
		return ended->signal;
	if (code <= 128 || code > 128 + 64)
		return 0;
	if (ended->have_code && code - 128 != ended->sender_signal)
		return 0;
	return code - 128;
}

/* Somebody outside killed it after the OOM killer had struck, if that did. */
static bool was_killed(const struct life *life)
{
	return life->ended.sender_signal == SIGKILL &&
	       life->ended.sender_boottime_ns > life->oom_boottime_ns;
}

static bool is_oom(const struct life *life)
{
	int code;

	return life->oom_ns && life->oom_ns >= life->stopped_ns - OOM_NS &&
	       !was_killed(life) && (!exit_code_of(life, &code) || code != 0);
}

static const char *reason_of(const struct life *life)
{
	int code;

	if (life->stop.action)
		return "policy";
	if (is_oom(life))
		return "oom";
	if (signal_of(life))
		return "signal";
	return exit_code_of(life, &code) ? "exit" : NULL;
}

/*
 * Writes the stop as it is known now, or later when there is no memory;
 * nothing before there is one.
 */
void stop_update(struct step *s, struct life *life)
{
	struct row row = { .type = ROW_STOP };
	struct stop_row *stop = &life->stop;

	if (!stop->id)
		return;
	stop->reason = reason_of(life);
	stop->have_exit_code = exit_code_of(life, &stop->exit_code);
	stop->signal = signal_of(life);
	row.stop = *stop;
	if (life->killer) {
		row.stop.have_killer = true;
		row.stop.killer = life->killer->row;
	}
	if (life->victim && is_oom(life)) {
		row.stop.have_oom = true;
		row.stop.oom = life->victim->row;
		row.stop.oom_limit_bytes = life->oom_limit_bytes;
	}
	life->owes_stop = !step_add(s, &row);
	s->owing |= life->owes_stop;
}

/* A total of the life, in the store's unit; -1 unknown. */
static int64_t total(const struct life *life, const struct metric_values *last,
		     enum container_metric i)
{
	uint64_t value;

	if (last && metric_known(last, i))
		value = last->v[i];
	else if (life->sampled && metric_known(&life->before, i))
		value = life->before.v[i];
	else
		return -1;
	value /= container_metrics[i].divisor;
	return value <= INT64_MAX ? (int64_t)value : -1;
}

static void set_totals(struct life *life, const struct metric_values *last)
{
	struct stop_row *stop = &life->stop;

	stop->final_cpu_us = total(life, last, CM_CPU_USAGE);
	stop->final_mem_peak_bytes = total(life, last, CM_MEM_PEAK);
	stop->final_io_read_bytes = total(life, last, CM_IO_READ_BYTES);
	stop->final_io_write_bytes = total(life, last, CM_IO_WRITE_BYTES);
	stop->final_net_rx_bytes = total(life, last, CM_NET_RX_BYTES);
	stop->final_net_tx_bytes = total(life, last, CM_NET_TX_BYTES);
}

static void stop_new(struct step *s, struct life *life,
		     const struct metric_values *last)
{
	life->stop = (struct stop_row){
		.id = ++s->past.stop_id,
		.container = life->id,
		.stopped_ns = life->stopped_ns,
	};
	set_totals(life, last);
	s->stats.stops++;
	policy_ended(s, life);
}

static void note_final_oom(struct life *life, const struct metric_values *last)
{
	uint64_t before = 0;

	if (!metric_known(last, CM_OOM_KILLS))
		return;
	if (life->sampled && metric_known(&life->before, CM_OOM_KILLS))
		before = life->before.v[CM_OOM_KILLS];
	else if (!life->whole)
		return;
	if (last->v[CM_OOM_KILLS] > before)
		life->oom_ns = life->stopped_ns;
}

/* Keeps what the kernel says of the end, and of who wanted it. */
static void note_end(const struct step *s, struct life *life,
		     const struct event_info *ev)
{
	life->ended = (struct kernel_exit){
		.have_code = ev->have_exit_code,
		.code = (int)ev->exit_code,
		.signal = (int)ev->exit_signal,
		.sender_signal = (int)ev->sender_signal,
		.sender_boottime_ns = ev->sender_boottime_ns,
	};
	life->stop.killer_signal = ev->sender_signal;
	life->stop.killer_ns = event_sender_ns(ev);
	if (ev->have_sender)
		process_keep(s, &ev->sender, &life->killer);
}

/* The kernel's event of an OOM kill, with its victim. */
void stop_note_victim(struct step *s, struct life *life,
		      const struct event_info *ev)
{
	if ((int64_t)ev->realtime_ns > life->oom_ns)
		life->oom_ns = (int64_t)ev->realtime_ns;
	life->oom_boottime_ns = ev->boottime_ns;
	life->oom_limit_bytes = event_figure(ev->have_limit, ev->limit);
	if (ev->have_process)
		process_keep(s, &ev->process, &life->victim);
	stop_update(s, life);
}

/* The kernel says that the last process has gone. */
void stop_by_event(struct step *s, struct life *life,
		   const struct event_info *ev)
{
	const struct metric_values *last = &ev->container.m;
	bool late = !life->running && life->stop.id && !life->stop.seq;

	if (life->running) {
		life_stop(s, life, ev->boottime_ns, (int64_t)ev->realtime_ns);
	} else { /* it was given up before its event came */
		life->stopped_ns = (int64_t)ev->realtime_ns;
		life->stopped_boottime_ns = ev->boottime_ns;
		life_add_row(s, life);
	}
	note_final_oom(life, last);
	if (late)
		set_totals(life, last);
	else
		stop_new(s, life, last);
	note_end(s, life, ev);
	life->stop.stopped_ns = life->stopped_ns;
	life->stop.session = s->session.id;
	life->stop.seq = ev->seq;
	stop_update(s, life);
}

static int64_t since_of(const struct life *life)
{
	return life->started_ns ? life->started_ns : life->first_seen_ns;
}

/* When a life ended that was found gone at @ns. */
static int64_t end_of(const struct life *life, int64_t ns)
{
	const struct life_exit *exit = &life->exit;

	return exit->known && exit->time_ns >= since_of(life) &&
			       exit->time_ns <= ns
		       ? exit->time_ns
		       : ns;
}

/* It was found gone at the time given, and no event will say when it went. */
void stop_unseen(struct step *s, struct life *life, uint64_t boottime_ns,
		 int64_t ns)
{
	life_stop(s, life, boottime_ns, end_of(life, ns));
	stop_new(s, life, NULL);
	stop_update(s, life);
}

/* How far a life's end is from a time at which an engine saw it end; or -1. */
static int64_t distance(const struct life *life, int64_t ns)
{
	if (ns < since_of(life) - EXIT_EARLY_NS ||
	    ns > life->stopped_ns + EXIT_LATE_NS)
		return -1;
	return ns > life->stopped_ns ? ns - life->stopped_ns
				     : life->stopped_ns - ns;
}

/*
 * The life that an engine means, which does not know them: the one that
 * stopped the nearest to the time given and whose exit is not known yet, or
 * else the one that runs, whose stop is still to be told.
 */
static struct life *find_ended(struct identity *who, int64_t ns)
{
	struct life *nearest = NULL, *running = NULL;
	int64_t best = INT64_MAX;

	for (struct life *life = who->newest; life; life = life->older) {
		int64_t d = distance(life, ns);

		if (life->exit.known)
			continue;
		if (life->running && ns > life->started_ns)
			running = life;
		if (!life->running && d >= 0 && d < best) {
			best = d;
			nearest = life;
		}
	}
	return nearest ? nearest : running;
}

/* An engine says how a container ended. */
void stop_exit(struct step *s, struct identity *who, int code, int64_t ns)
{
	struct life *life = find_ended(who, ns);

	if (!life)
		return;
	life->exit = (struct life_exit){ true, code, ns };
	if (life->stop.id && !life->stop.seq) {
		life->stopped_ns = end_of(life, life->stopped_ns);
		life->stop.stopped_ns = life->stopped_ns;
		life_add_row(s, life);
	}
	stop_update(s, life);
}

/* The life that an engine means with a time at its end or within it. */
static struct life *find_struck(struct identity *who, int64_t ns)
{
	struct life *nearest = NULL, *running = NULL;
	int64_t best = INT64_MAX;

	for (struct life *life = who->newest; life; life = life->older) {
		int64_t d = distance(life, ns);

		if (life->running && ns > life->started_ns)
			running = life;
		if (!life->running && d >= 0 && d < best) {
			best = d;
			nearest = life;
		}
	}
	return running && best > EXIT_EARLY_NS ? running : nearest;
}

/* An engine saw the OOM killer strike, or says it did before the end. */
void stop_note_oom(struct step *s, struct identity *who, int64_t ns)
{
	struct life *life = find_struck(who, ns);

	if (!life || life->oom_ns >= ns)
		return;
	life->oom_ns = ns;
	stop_update(s, life);
}
