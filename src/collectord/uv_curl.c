// SPDX-License-Identifier: GPL-2.0
/*
 * Owns a libcurl multi handle on a libuv loop: one uv_poll a socket, one
 * uv_timer for libcurl's time-outs. Uses uv_*. Knows nothing of what is
 * transferred.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "uv_curl.h"

#define AGAIN_MS 1000 /* after a failure of libcurl itself */

#define UNWATCHED_MAX 64

struct unwatched {
	curl_socket_t fd;
	int what; /* CURL_POLL_* */
	struct socket *socket;
};

struct uv_curl {
	uv_loop_t *loop;
	const struct uv_curl_callbacks *callbacks;
	void *data;
	CURLM *multi;
	uv_timer_t timer;
	uv_timer_t again; /* to watch what could not be watched */
	size_t unwatched;
	struct unwatched unwatched_socket[UNWATCHED_MAX];
	unsigned int open; /* of the timers */
	bool closing;
	void (*close_cb)(void *data);
	void *close_data;
};

/* Lives until uv has let go of it, which may be after libcurl has. */
struct socket {
	uv_poll_t poll;
	struct uv_curl *uc;
	curl_socket_t fd;
};

static void report(struct uv_curl *uc)
{
	CURLMsg *msg;
	int left;

	uc->callbacks->on_progress(uc->data);
	while (!uc->closing && (msg = curl_multi_info_read(uc->multi, &left))) {
		CURL *easy = msg->easy_handle;
		CURLcode code = msg->data.result;

		if (msg->msg != CURLMSG_DONE)
			continue;
		curl_multi_remove_handle(uc->multi, easy);
		uc->callbacks->on_done(uc->data, easy, code);
	}
}

static void on_timer(uv_timer_t *timer);

static void act(struct uv_curl *uc, curl_socket_t fd, int flags)
{
	int running;

	if (curl_multi_socket_action(uc->multi, fd, flags, &running) &&
	    !uc->closing)
		uv_timer_start(&uc->timer, on_timer, AGAIN_MS, 0);
	report(uc);
}

static void on_timer(uv_timer_t *timer)
{
	act(timer->data, CURL_SOCKET_TIMEOUT, 0);
}

/* An error counts as both: libcurl then finds it out itself. */
static void on_poll(uv_poll_t *poll, int status, int events)
{
	struct socket *s = poll->data;
	int flags = 0;

	if (status < 0 || (events & UV_READABLE))
		flags |= CURL_CSELECT_IN;
	if (status < 0 || (events & UV_WRITABLE))
		flags |= CURL_CSELECT_OUT;
	act(s->uc, s->fd, flags);
}

static void free_socket(uv_handle_t *handle)
{
	free(handle->data);
}

static struct socket *open_socket(struct uv_curl *uc, curl_socket_t fd)
{
	struct socket *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	if (uv_poll_init_socket(uc->loop, &s->poll, fd) != 0) {
		free(s);
		return NULL;
	}
	s->poll.data = s;
	s->uc = uc;
	s->fd = fd;
	curl_multi_assign(uc->multi, fd, s);
	return s;
}

/* *s, if there is none yet, is made. */
static int watch(struct uv_curl *uc, curl_socket_t fd, int what,
		 struct socket **s)
{
	int events = 0;

	if (!*s)
		*s = open_socket(uc, fd);
	if (!*s)
		return -1;
	if (what != CURL_POLL_OUT)
		events |= UV_READABLE;
	if (what != CURL_POLL_IN)
		events |= UV_WRITABLE;
	return uv_poll_start(&(*s)->poll, events, on_poll);
}

static void unwatch(struct uv_curl *uc, curl_socket_t fd, struct socket *s)
{
	if (!s)
		return;
	curl_multi_assign(uc->multi, fd, NULL);
	uv_poll_stop(&s->poll);
	uv_close((uv_handle_t *)&s->poll, free_socket);
}

static void forget_unwatched(struct uv_curl *uc, curl_socket_t fd)
{
	for (size_t i = 0; i < uc->unwatched; i++)
		if (uc->unwatched_socket[i].fd == fd)
			uc->unwatched_socket[i--] =
				uc->unwatched_socket[--uc->unwatched];
}

static void on_again(uv_timer_t *timer);

/* For want of memory; libcurl's time limits hold if there are too many. */
static void note_unwatched(struct uv_curl *uc, curl_socket_t fd, int what,
			   struct socket *s)
{
	if (uc->unwatched == UNWATCHED_MAX || uc->closing)
		return;
	uc->unwatched_socket[uc->unwatched++] =
		(struct unwatched){ fd, what, s };
	uv_timer_start(&uc->again, on_again, AGAIN_MS, 0);
}

/*
 * A CURLMOPT_SOCKETFUNCTION. It may not fail: libcurl 7.88 then fails all
 * transfers, and crashes over it. What can't be watched is tried again.
 */
static int on_socket(CURL *easy, curl_socket_t fd, int what, void *data,
		     void *socket_data)
{
	struct uv_curl *uc = data;
	struct socket *s = socket_data;

	(void)easy;
	forget_unwatched(uc, fd);
	if (what == CURL_POLL_REMOVE)
		unwatch(uc, fd, s);
	else if (watch(uc, fd, what, &s))
		note_unwatched(uc, fd, what, s);
	return 0;
}

static void on_again(uv_timer_t *timer)
{
	struct uv_curl *uc = timer->data;
	struct unwatched list[UNWATCHED_MAX];
	size_t n = uc->unwatched;

	memcpy(list, uc->unwatched_socket, n * sizeof(*list));
	uc->unwatched = 0;
	for (size_t i = 0; i < n; i++)
		if (watch(uc, list[i].fd, list[i].what, &list[i].socket))
			note_unwatched(uc, list[i].fd, list[i].what,
				       list[i].socket);
}

/* A CURLMOPT_TIMERFUNCTION: arms only, as libcurl may not be re-entered. */
static int on_timeout(CURLM *multi, long timeout_ms, void *data)
{
	struct uv_curl *uc = data;

	(void)multi;
	if (uc->closing || timeout_ms < 0) {
		uv_timer_stop(&uc->timer);
		return 0;
	}
	if (timeout_ms == 0)
		timeout_ms = 1;
	return uv_timer_start(&uc->timer, on_timer, (uint64_t)timeout_ms, 0)
		       ? -1
		       : 0;
}

int uv_curl_new(uv_loop_t *loop, const struct uv_curl_callbacks *callbacks,
		void *data, struct uv_curl **out)
{
	struct uv_curl *uc = calloc(1, sizeof(*uc));

	if (!uc)
		return -ENOMEM;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		goto err_uc;
	uc->multi = curl_multi_init();
	if (!uc->multi)
		goto err_global;
	uc->loop = loop;
	uc->callbacks = callbacks;
	uc->data = data;
	uv_timer_init(loop, &uc->timer);
	uc->timer.data = uc;
	uv_timer_init(loop, &uc->again);
	uc->again.data = uc;
	uc->open = 2;
	curl_multi_setopt(uc->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
	curl_multi_setopt(uc->multi, CURLMOPT_SOCKETDATA, uc);
	curl_multi_setopt(uc->multi, CURLMOPT_TIMERFUNCTION, on_timeout);
	curl_multi_setopt(uc->multi, CURLMOPT_TIMERDATA, uc);
	*out = uc;
	return 0;
err_global:
	curl_global_cleanup();
err_uc:
	free(uc);
	return -ENOMEM;
}

int uv_curl_add(struct uv_curl *uc, CURL *easy)
{
	return curl_multi_add_handle(uc->multi, easy) == CURLM_OK ? 0 : -ENOMEM;
}

void uv_curl_remove(struct uv_curl *uc, CURL *easy)
{
	curl_multi_remove_handle(uc->multi, easy);
}

/*
 * Runs in the loop's next turn, so that uv_curl_close() may be called from
 * on_done and on_progress, where report() is still at work.
 */
static void on_closed(uv_handle_t *handle)
{
	struct uv_curl *uc = handle->data;
	void (*cb)(void *) = uc->close_cb;
	void *data = uc->close_data;

	if (--uc->open > 0)
		return;
	curl_multi_cleanup(uc->multi);
	curl_global_cleanup();
	free(uc);
	cb(data);
}

void uv_curl_close(struct uv_curl *uc, void (*cb)(void *data), void *data)
{
	uc->closing = true;
	uc->close_cb = cb;
	uc->close_data = data;
	uv_close((uv_handle_t *)&uc->timer, on_closed);
	uv_close((uv_handle_t *)&uc->again, on_closed);
}
