/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The HTTP server on the daemon's loop: libmicrohttpd without threads of its
 * own. Uses uv_*: what takes long (the database, formatting) is done on worker
 * threads meanwhile. Knows nothing of what the facts mean.
 *
 * All of it is bounded: connections, the size of a request and the time that it
 * takes, answers being made, memory of answers on their way, event streams.
 */
#ifndef SYSMON_UV_HTTP_H
#define SYSMON_UV_HTTP_H

#include <uv.h>

#include "config.h"
#include "http_auth.h"
#include "http_facts.h"

struct uv_http;

struct uv_http_callbacks {
	/*
	 * What is known now; the containers only if @all. http_facts_free()
	 * is the callee's; the counts are filled in by it. NULL: no memory.
	 */
	struct http_facts *(*on_facts)(void *data, bool all);
};

/*
 * Makes a server, which does not listen yet. Keeps copies of what it needs of
 * @config and @database. Returns 0, or a negative errno with why, of size bytes:
 * the token's file is no good, or there is no memory.
 */
int uv_http_new(uv_loop_t *loop, const struct http_config *config,
		const char *database, const struct uv_http_callbacks *callbacks,
		void *data, struct uv_http **out, char *why, size_t size);

/* Listens now. Returns 0, or a negative errno with why, of size bytes. */
int uv_http_listen(struct uv_http *http, char *why, size_t size);

/*
 * Begins to serve; an address that can't be had is told in the log, and tried
 * again every 10 s.
 */
void uv_http_start(struct uv_http *http);

const struct http_address *uv_http_address(const struct uv_http *http);
/* Another one ends the event streams that were begun with the last. */
void uv_http_set_token(struct uv_http *http, const struct http_token *token);

/* Counts on from where another server was. */
void uv_http_inherit(struct uv_http *http, const struct http_counts *from);

void uv_http_counts(const struct uv_http *http, struct http_counts *out);

/* Stops to listen at once, ends all connections, and calls @cb when all is freed. */
void uv_http_close(struct uv_http *http, void (*cb)(void *data), void *data);

#endif
