/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Owns a libcurl multi handle on a libuv loop: one uv_poll a socket, one
 * uv_timer for libcurl's time-outs. Uses uv_*. Knows nothing of what is
 * transferred.
 */
#ifndef SYSMON_UV_CURL_H
#define SYSMON_UV_CURL_H

#include <curl/curl.h>
#include <uv.h>

struct uv_curl;

struct uv_curl_callbacks {
	/*
	 * After libcurl has worked, before on_done: the place to look at what
	 * write callbacks have put aside, as they may not call libcurl.
	 */
	void (*on_progress)(void *data);
	/* @easy has ended and has been removed from the multi handle. */
	void (*on_done)(void *data, CURL *easy, CURLcode code);
};

/* Returns 0 or a negative errno. @callbacks is borrowed. */
int uv_curl_new(uv_loop_t *loop, const struct uv_curl_callbacks *callbacks,
		void *data, struct uv_curl **out);

/* Starts a transfer: 0 or -ENOMEM. Callbacks come from the loop. */
int uv_curl_add(struct uv_curl *uc, CURL *easy);

/* Ends a transfer without a callback. Not from within a write callback. */
void uv_curl_remove(struct uv_curl *uc, CURL *easy);

/* All transfers must have been removed. Frees @uc, then calls @cb. */
void uv_curl_close(struct uv_curl *uc, void (*cb)(void *data), void *data);

#endif
