// SPDX-License-Identifier: GPL-2.0
/*
 * The watch over the loop and its parts: how long its turns take, and the
 * ping to systemd, which is left out when a part is stuck. Uses uv_*.
 */
#include "loop_int.h"

#include <systemd/sd-daemon.h>

#include "log.h"

#define NSEC_PER_MSEC INT64_C(1000000)

/*
 * After the wait and what it brought: the loop's own time is that of the
 * wait's end, in milliseconds. (The loop's count of idle time is of no use: it
 * takes a wait that a signal interrupted for work.)
 */
static void on_polled(uv_check_t *handle)
{
	struct daemon *d = handle->data;

	d->polled_ns = (int64_t)uv_hrtime();
	d->poll_took_ns =
		d->polled_ns - (int64_t)uv_now(&d->loop) * NSEC_PER_MSEC;
}

/* Before the next wait. A turn is all that is done between two of them. */
static void on_turn(uv_prepare_t *handle)
{
	struct daemon *d = handle->data;
	int64_t now = (int64_t)uv_hrtime();

	if (d->polled_ns)
		turns_note(&d->turns, now,
			   d->poll_took_ns + now - d->polled_ns);
}

static enum watch_verdict look(struct daemon *d)
{
	struct watch_view view = { .now_ns = (int64_t)uv_hrtime() };
	struct uv_store_stats stats;
	struct worker_view work;

	uv_store_stats(d->queue, &stats);
	uv_store_look(d->queue, &work);
	view.store_due = stats.due;
	view.store_turns = stats.commits + stats.failures;
	view.store_cpu_ns = work.cpu_ns;
	view.store_in_disk = work.in_disk;
	if (!d->stopping)
		nlsock_progress(d->kernel, &view.reads, &view.unread);
	return watch_look(&d->watch, &view);
}

static void tell(struct daemon *d, enum watch_verdict verdict)
{
	if (verdict == d->verdict)
		return;
	if (verdict == WATCH_WELL)
		log_notice("%s again", watch_text(verdict));
	else if (!watch_is_fault(verdict))
		log_err("%s", watch_text(verdict));
	else
		log_err("%s; unless that changes, systemd starts the daemon "
			"anew",
			watch_text(verdict));
	d->verdict = verdict;
}

static void on_look(uv_timer_t *timer)
{
	struct daemon *d = timer->data;
	enum watch_verdict verdict = look(d);

	tell(d, verdict);
	if (!watch_is_fault(verdict))
		sd_notify(0, "WATCHDOG=1");
}

void watch_start(struct daemon *d)
{
	uint64_t usec = 0;

	d->turn.data = d;
	uv_prepare_init(&d->loop, &d->turn);
	uv_prepare_start(&d->turn, on_turn);
	uv_unref((uv_handle_t *)&d->turn);
	d->polled.data = d;
	uv_check_init(&d->loop, &d->polled);
	uv_check_start(&d->polled, on_polled);
	uv_unref((uv_handle_t *)&d->polled);
	d->watched = sd_watchdog_enabled(0, &usec) > 0;
	if (!d->watched)
		return;
	d->look.data = d;
	uv_timer_init(&d->loop, &d->look);
	uv_timer_start(&d->look, on_look, usec / 4000, usec / 4000);
}

void watch_stop(struct daemon *d)
{
	uv_close((uv_handle_t *)&d->turn, NULL);
	uv_close((uv_handle_t *)&d->polled, NULL);
	if (d->watched)
		uv_close((uv_handle_t *)&d->look, NULL);
}
