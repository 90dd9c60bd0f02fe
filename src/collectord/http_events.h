/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Events as a stream of server-sent events, read from the record. Knows no
 * connection.
 */
#ifndef SYSMON_HTTP_EVENTS_H
#define SYSMON_HTTP_EVENTS_H

#include <stdio.h>

#include "query.h"

/* A piece of a stream ends behind the event with which it is so large. */
#define HTTP_EVENTS_BYTES (128u << 10)
/* Gaps alone make no end; more of them than that is given up with -E2BIG. */
#define HTTP_EVENTS_BYTES_MAX (4u << 20)

/* Where a stream stands. */
struct http_events {
	bool begun;
	bool more; /* the last piece was not the end */
	struct event_cursor from;
	const char *types; /* as query_events(); NULL: all */
};

/*
 * Writes what came behind `from`, and moves that on. One that has not begun
 * begins where the record ends now. Each event has an id with which the stream
 * can be resumed: nothing is lost then, and no event comes twice; a gap may, if
 * it was not the last of what was read at once. Returns 0 or a negative errno.
 */
int http_events_read(struct http_events *e, struct query *q, FILE *to);

#endif
