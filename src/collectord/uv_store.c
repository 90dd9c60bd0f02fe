// SPDX-License-Identifier: GPL-2.0
/* The queue of uv_store.h, on libuv's thread pool. */
#include "uv_store.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define STATUS_NS INT64_C(1000000000)
/* For so long what is too old is removed behind a commit. */
#define RETAIN_NS INT64_C(20000000)
#define RETRY_MS  2000
/* Attempts for the last rows, RETRY_MS apart. */
#define CLOSE_TRIES 3

struct uv_store {
	uv_loop_t *loop;
	uv_timer_t timer;
	uv_work_t work;
	struct worker worker;
	struct store *store;
	const struct uv_store_callbacks *callbacks;
	void *data;
	uint64_t interval_ms;
	struct retention keep;
	struct rows queue;    /* waiting */
	struct rows inflight; /* the worker's while `working`; else to retry */
	struct status status;
	bool with_status;
	bool touched; /* the status is to be stored, rows or not */
	bool working;
	bool closing;
	bool last;	    /* the commit that also says that we have stopped */
	int tries_left;	    /* once closing */
	uint64_t status_at; /* uv_hrtime() of the last status */
	enum step_room room;
	enum store_result result; /* of the last commit, as the next three */
	int64_t took_ns;
	int64_t db_bytes;
	int64_t wal_bytes;
	int64_t wal_max_bytes;
	bool log_full;
	struct retained retained;
	char retain_error[160];
	char error[256];
	struct uv_store_stats stats;
	void (*close_cb)(void *data, size_t lost);
};

static void start_commit(struct uv_store *us);

static size_t total_bytes(const struct uv_store *us)
{
	return us->queue.bytes + us->inflight.bytes;
}

/* What the log does not take, memory has no room for either when much waits. */
static enum step_room room_beside(const struct uv_store *us, size_t bytes)
{
	bool log_full = us->stats.log_full;

	if (bytes > UV_STORE_EVENTS_MAX)
		return STEP_ROOM_NONE;
	if (bytes > UV_STORE_TICKS_MAX)
		return STEP_ROOM_EVENTS;
	if (bytes > UV_STORE_BACKLOG_MAX)
		return log_full ? STEP_ROOM_EVENTS : STEP_ROOM_LIVE;
	return log_full ? STEP_ROOM_LOG : STEP_ROOM_ALL;
}

/* Tells of a changed room; it only grows again below half of the mark. */
static void check_room(struct uv_store *us)
{
	size_t bytes = total_bytes(us);
	enum step_room room = room_beside(us, bytes);

	if (room < us->room) {
		room = room_beside(us, 2 * bytes);
		room = room < us->room ? room : us->room;
	}
	if (room == us->room)
		return;
	us->room = room;
	us->callbacks->on_room(us->data, room);
}

static int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec * INT64_C(1000000000) + ts.tv_nsec;
}

/* On the worker thread, too. */
static void retain(struct uv_store *us)
{
	uint64_t start = uv_hrtime();
	enum store_result result;
	bool more;

	do
		result = store_retain(us->store, now_ns(), &more);
	while (more && uv_hrtime() - start < (uint64_t)RETAIN_NS);
	snprintf(us->retain_error, sizeof(us->retain_error), "%s",
		 result == STORE_OK ? "" : store_error(us->store));
	store_retained(us->store, now_ns(), &us->retained);
}

/* On the worker thread: the loop leaves alone what it uses meanwhile. */
static void do_commit(uv_work_t *work)
{
	struct uv_store *us = work->data;
	uint64_t start = uv_hrtime();

	worker_begin(&us->worker);
	us->result = store_commit(us->store, &us->inflight,
				  us->with_status ? &us->status : NULL);
	us->took_ns = (int64_t)(uv_hrtime() - start);
	if (us->result == STORE_OK)
		retain(us);
	store_sizes(us->store, &us->db_bytes, &us->wal_bytes);
	us->wal_max_bytes = store_log_max(us->store);
	us->log_full = store_log_full(us->store);
	worker_end(&us->worker);
}

static void on_closed(uv_handle_t *handle)
{
	struct uv_store *us = handle->data;
	size_t lost = us->inflight.count + us->queue.count;

	rows_free(&us->inflight);
	rows_free(&us->queue);
	us->close_cb(us->data, lost);
	free(us);
}

static void note_success(struct uv_store *us)
{
	us->stats.commit_ns_last = us->took_ns;
	if (us->took_ns > us->stats.commit_ns_max)
		us->stats.commit_ns_max = us->took_ns;
	us->stats.db_bytes = us->db_bytes;
	us->stats.wal_bytes = us->wal_bytes;
	us->stats.wal_max_bytes = us->wal_max_bytes;
	us->stats.log_full = us->log_full;
	us->stats.refused = store_refused(us->store);
	us->stats.retained = us->retained;
	memcpy(us->stats.retain_error, us->retain_error,
	       sizeof(us->stats.retain_error));
	us->stats.commits++;
	rows_free(&us->inflight);
	if (!us->error[0])
		return;
	us->error[0] = 0;
	us->callbacks->on_error(us->data, STORE_OK, NULL);
}

static void note_failure(struct uv_store *us)
{
	const char *error = store_error(us->store);

	us->stats.failures++;
	if (strcmp(us->error, error) == 0)
		return;
	strncpy(us->error, error, sizeof(us->error) - 1);
	us->callbacks->on_error(us->data, us->result, us->error);
}

static void on_timer(uv_timer_t *timer)
{
	start_commit(timer->data);
}

static void arm(struct uv_store *us, uint64_t ms)
{
	if (!uv_is_active((uv_handle_t *)&us->timer))
		uv_timer_start(&us->timer, on_timer, ms, 0);
}

/* Commits what is left, or ends. */
static void go_on_closing(struct uv_store *us)
{
	bool done = us->last && !us->inflight.count && !us->queue.count;

	uv_timer_stop(&us->timer);
	if (us->result == STORE_OK && !done)
		start_commit(us);
	else if (us->result == STORE_RETRY && us->tries_left-- > 0)
		arm(us, RETRY_MS);
	else
		uv_close((uv_handle_t *)&us->timer, on_closed);
}

static void on_commit(uv_work_t *work, int status)
{
	struct uv_store *us = work->data;

	us->working = false;
	if (status == 0 && us->result == STORE_OK)
		note_success(us);
	else
		note_failure(us);
	us->touched |= us->with_status && us->error[0];
	check_room(us);
	if (us->closing)
		go_on_closing(us);
	else if (us->inflight.count)
		arm(us, RETRY_MS);
	else if (us->queue.urgent)
		start_commit(us);
	else if (us->queue.count)
		arm(us, us->interval_ms);
	else if (us->touched)
		arm(us, STATUS_NS / 1000000);
}

/* What is in flight after a failure goes again, with what came since. */
static void start_commit(struct uv_store *us)
{
	uint64_t now = uv_hrtime();

	if (us->working)
		return;
	uv_timer_stop(&us->timer);
	rows_append(&us->inflight, &us->queue);
	us->last = us->closing;
	us->with_status = us->closing ||
			  now - us->status_at >= (uint64_t)STATUS_NS;
	if (us->with_status) {
		us->touched = false;
		us->status_at = now;
		us->callbacks->on_status(us->data, &us->status);
	}
	store_retention(us->store, &us->keep);
	us->working = true;
	if (uv_queue_work(us->loop, &us->work, do_commit, on_commit)) {
		us->working = false;
		arm(us, RETRY_MS);
	}
}

int uv_store_new(uv_loop_t *loop, struct store *store, uint64_t interval_ms,
		 const struct uv_store_callbacks *callbacks, void *data,
		 struct uv_store **out)
{
	struct uv_store *us = calloc(1, sizeof(*us));

	*out = NULL;
	if (!us)
		return -ENOMEM;
	us->loop = loop;
	us->store = store;
	us->interval_ms = interval_ms;
	us->callbacks = callbacks;
	us->data = data;
	us->work.data = us;
	us->timer.data = us;
	us->tries_left = CLOSE_TRIES;
	uv_timer_init(loop, &us->timer);
	*out = us;
	return 0;
}

void uv_store_configure(struct uv_store *us, uint64_t interval_ms,
			const struct retention *keep)
{
	us->interval_ms = interval_ms;
	us->keep = *keep;
}

void uv_store_add(struct uv_store *us, struct rows *rows)
{
	size_t count;

	if (!rows->count)
		return;
	rows_append(&us->queue, rows);
	count = us->queue.count + us->inflight.count;
	if (count > us->stats.queue_max)
		us->stats.queue_max = count;
	check_room(us);
	if (us->working || us->closing)
		return;
	if (us->queue.urgent && us->result == STORE_OK)
		start_commit(us);
	else
		arm(us, us->interval_ms);
}

void uv_store_touch(struct uv_store *us)
{
	us->touched = true;
	if (!us->working && !us->closing)
		arm(us, us->interval_ms);
}

const char *uv_store_error(const struct uv_store *us)
{
	return us->error;
}

void uv_store_stats(const struct uv_store *us, struct uv_store_stats *out)
{
	*out = us->stats;
	out->queue_rows = us->queue.count + us->inflight.count;
	out->queue_bytes = total_bytes(us);
	out->due = us->working ||
		   (out->queue_rows &&
		    !uv_is_active((const uv_handle_t *)&us->timer));
}

void uv_store_look(const struct uv_store *us, struct worker_view *out)
{
	worker_look(&us->worker, out);
}

void uv_store_close(struct uv_store *us, void (*cb)(void *data, size_t lost))
{
	us->close_cb = cb;
	us->closing = true;
	if (!us->working)
		start_commit(us);
}
