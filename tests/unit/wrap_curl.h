/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Fails the calls of libcurl and libuv that an engine is spoken to with, as
 * wrap_alloc.h does allocations and with the same count. Waits of 1 s and 30 s,
 * which are ours, can be made shorter; libcurl's must pass as they are. See the
 * Makefile.
 */
#ifndef SYSMON_TEST_WRAP_CURL_H
#define SYSMON_TEST_WRAP_CURL_H

#include <curl/curl.h>
#include <uv.h>

#include "wrap_alloc.h"

static uint64_t wait_ms = 1000; /* for a second */

CURL *__real_curl_easy_init(void);
CURLM *__real_curl_multi_init(void);
CURLMcode __real_curl_multi_add_handle(CURLM *multi, CURL *easy);
CURLMcode __real_curl_multi_socket_action(CURLM *multi, curl_socket_t fd,
					  int flags, int *running);
int __real_uv_poll_init_socket(uv_loop_t *loop, uv_poll_t *poll,
			       uv_os_sock_t fd);
int __real_uv_poll_start(uv_poll_t *poll, int events, uv_poll_cb fn);
int __real_uv_timer_start(uv_timer_t *timer, uv_timer_cb fn, uint64_t ms,
			  uint64_t repeat);
CURL *__wrap_curl_easy_init(void);
CURLM *__wrap_curl_multi_init(void);
CURLMcode __wrap_curl_multi_add_handle(CURLM *multi, CURL *easy);
CURLMcode __wrap_curl_multi_socket_action(CURLM *multi, curl_socket_t fd,
					  int flags, int *running);
int __wrap_uv_poll_init_socket(uv_loop_t *loop, uv_poll_t *poll,
			       uv_os_sock_t fd);
int __wrap_uv_poll_start(uv_poll_t *poll, int events, uv_poll_cb fn);
int __wrap_uv_timer_start(uv_timer_t *timer, uv_timer_cb fn, uint64_t ms,
			  uint64_t repeat);

CURL *__wrap_curl_easy_init(void)
{
	return alloc_fails() ? NULL : __real_curl_easy_init();
}

CURLM *__wrap_curl_multi_init(void)
{
	return alloc_fails() ? NULL : __real_curl_multi_init();
}

CURLMcode __wrap_curl_multi_add_handle(CURLM *multi, CURL *easy)
{
	return alloc_fails() ? CURLM_OUT_OF_MEMORY
			     : __real_curl_multi_add_handle(multi, easy);
}

CURLMcode __wrap_curl_multi_socket_action(CURLM *multi, curl_socket_t fd,
					  int flags, int *running)
{
	return alloc_fails() ? CURLM_OUT_OF_MEMORY
			     : __real_curl_multi_socket_action(multi, fd, flags,
							       running);
}

int __wrap_uv_poll_init_socket(uv_loop_t *loop, uv_poll_t *poll,
			       uv_os_sock_t fd)
{
	return alloc_fails() ? UV_ENOMEM
			     : __real_uv_poll_init_socket(loop, poll, fd);
}

int __wrap_uv_poll_start(uv_poll_t *poll, int events, uv_poll_cb fn)
{
	return alloc_fails() ? UV_ENOMEM
			     : __real_uv_poll_start(poll, events, fn);
}

int __wrap_uv_timer_start(uv_timer_t *timer, uv_timer_cb fn, uint64_t ms,
			  uint64_t repeat)
{
	if (ms == 1000 || ms == 30000)
		ms = ms * wait_ms / 1000;
	return __real_uv_timer_start(timer, fn, ms, repeat);
}

#endif
