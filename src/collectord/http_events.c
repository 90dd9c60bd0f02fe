// SPDX-License-Identifier: GPL-2.0
/*
 * Events as server-sent events. The format: https://html.spec.whatwg.org,
 * "Server-sent events". Knows no connection.
 */
#include "http_events.h"

#include <errno.h>
#include <string.h>

#include "http_request.h"
#include "json.h"

/* How long a client is to wait before it comes back. */
#define COME_BACK_MS 3000

/* A piece being written. Rows are held back by one: of the last, the id may be
 * where the record ends, gaps and alarms included. */
struct piece {
	FILE *to;
	struct event_cursor at; /* up to the last event written; old others */
	bool held;
	struct event_cursor held_at;
};

static void put_id(FILE *to, const struct event_cursor *at)
{
	char id[64];

	fprintf(to, "id: %s\n", http_event_id(at, id, sizeof(id)));
}

/* Of the kernel: gaps and alarms have no place in its order. */
static bool is_event(const struct value *row)
{
	return !value_is(&row[EVENT_TYPE], "gap") &&
	       !value_is(&row[EVENT_TYPE], "alarm");
}

/* Ends the event whose data is written. */
static void put_end(struct piece *p, const struct event_cursor *at)
{
	if (!p->held)
		return;
	put_id(p->to, at);
	putc('\n', p->to);
	p->held = false;
}

static int put_row(struct piece *p, const struct value *row)
{
	int r;

	put_end(p, &p->held_at);
	if (is_event(row)) {
		p->at.session = row[EVENT_SESSION].i;
		p->at.seq = row[EVENT_SEQ].i;
	}
	fputs("data: ", p->to);
	r = json_write_row(p->to, event_fields, EVENT_COUNT, row, SHOW_STREAM);
	putc('\n', p->to);
	p->held = true;
	p->held_at = p->at;
	return r;
}

/* 1: there is more; 0: that was all; or a negative errno. */
static int put_rows(struct piece *p, struct cursor *c)
{
	struct value row[QUERY_COLUMNS_MAX];
	off_t size;
	int r;

	while ((r = cursor_next(c, row)) > 0) {
		r = put_row(p, row);
		if (r)
			break;
		size = ftello(p->to);
		if (size > (off_t)HTTP_EVENTS_BYTES_MAX)
			r = -E2BIG;
		else if (size > (off_t)HTTP_EVENTS_BYTES && is_event(row))
			r = 1;
		if (r)
			break;
	}
	cursor_close(c);
	return r;
}

static int begin(struct http_events *e, struct query *q, FILE *to)
{
	int r = query_event_end(q, &e->from);

	if (r)
		return r;
	fprintf(to, "retry: %d\n", COME_BACK_MS);
	put_id(to, &e->from);
	putc('\n', to);
	e->begun = true;
	return 0;
}

static int go_on(struct http_events *e, struct query *q, FILE *to)
{
	struct piece p = { .to = to, .at = e->from };
	struct query_filter filter = QUERY_ALL;
	struct event_cursor end;
	struct cursor c;
	int r = query_event_end(q, &end);

	filter.types = e->types;
	if (!r)
		r = query_events_behind(q, &e->from, &filter, &c);
	if (!r)
		r = put_rows(&p, &c);
	if (r < 0)
		return r;
	put_end(&p, r ? &p.held_at : &end);
	e->from = r ? p.at : end;
	e->more = r != 0;
	return 0;
}

int http_events_read(struct http_events *e, struct query *q, FILE *to)
{
	int r = query_begin(q);

	if (r)
		return r;
	r = e->begun ? go_on(e, q, to) : begin(e, q, to);
	query_end(q);
	return r;
}
