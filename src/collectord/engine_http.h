/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Owns single HTTP requests over a unix socket with libcurl (on uv_curl.h):
 * bounded answers, time limits, errors in words. Knows nothing of what is asked
 * and answered.
 */
#ifndef SYSMON_ENGINE_HTTP_H
#define SYSMON_ENGINE_HTTP_H

#include <stdbool.h>
#include <stddef.h>

#include "uv_curl.h"

struct engine_http;

struct engine_http_spec {
	const char *socket; /* path; borrowed for the call, as path is */
	const char *path;   /* "/_ping" */
	bool post;	    /* else GET */
	long timeout_ms;    /* for the whole; 0 is none */
	size_t body_max;    /* what is longer fails */
};

/* Starts a request; *out is the caller's. Returns 0 or -ENOMEM. */
int engine_http_start(struct uv_curl *uc, const struct engine_http_spec *spec,
		      void (*done)(void *data, struct engine_http *http),
		      void *data, struct engine_http **out);

/* For uv_curl's on_done: keeps the result and calls `done`. */
void engine_http_finish(CURL *easy, CURLcode code);

/* Ends the request, without `done`, and frees it; NULL is fine. */
void engine_http_free(struct engine_http *http);

/* 0 as long as no answer has begun. */
int engine_http_status(const struct engine_http *http);

/* The body so far, not zero-terminated. */
const char *engine_http_body(const struct engine_http *http, size_t *len);

/* Drops the first bytes of the body: they have been read. */
void engine_http_consume(struct engine_http *http, size_t len);

/* The value of an answer's header, or NULL. */
const char *engine_http_header(struct engine_http *http, const char *name);

/*
 * What went wrong on the way, in words for people; NULL when an answer has come
 * whole, whatever it says.
 */
const char *engine_http_error(const struct engine_http *http);

/* Whether nothing was sent, for want of a connection. */
bool engine_http_not_sent(const struct engine_http *http);

/* Whether the socket does not exist. */
bool engine_http_no_socket(const struct engine_http *http);

#endif
