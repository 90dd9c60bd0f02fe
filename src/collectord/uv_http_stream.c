// SPDX-License-Identifier: GPL-2.0
/*
 * Event streams: each stands at its place in the record, from which it is read
 * on a worker thread, a piece at a time. Uses uv_*.
 *
 * A reader that does not keep up holds up its own stream only; when it has
 * taken nothing for so long that it is not worth waiting for, it is dropped. It
 * may come back with the id that it saw last.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "http_events.h"
#include "uv_http_int.h"

#define POLL_MS	 500
#define MORE_MS	 20    /* while a piece was not the end */
#define BEAT_MS	 15000 /* a comment, so that it is seen to be alive */
#define STALL_MS 15000
#define BLOCK	 4096

struct stream {
	LIST_ENTRY(stream) entry;
	struct exchange *x;
	uint64_t serial;
	struct http_events events;
	char types[EVENT_TYPES_MAX];
	char *text; /* malloc()ed: what is to be sent, from `sent` on */
	size_t len;
	size_t sent;
	uint64_t took_ms; /* when some was taken last, or there was none */
	uint64_t put_ms;  /* when some was put in last */
	bool suspended;	  /* by us, as there is nothing to send */
	bool ended;
};

/* Pieces of all streams that have nothing left to send. */
struct round {
	uv_work_t work;
	struct uv_http *http;
	int reader;
	size_t count;
	struct {
		uint64_t serial;
		struct http_events events;
		char types[EVENT_TYPES_MAX];
		struct http_writer writer;
		struct http_answer piece;
		int error;
	} part[HTTP_STREAMS_MAX];
};

static void on_poll(uv_timer_t *timer);

/* A MHD_ContentReaderCallback. */
static ssize_t stream_read(void *cls, uint64_t pos, char *buf, size_t max)
{
	struct stream *s = cls;
	size_t n = s->len - s->sent;

	(void)pos;
	if (!n && s->ended)
		return MHD_CONTENT_READER_END_OF_STREAM;
	if (!n) {
		s->suspended = true;
		MHD_suspend_connection(s->x->mhd);
		return 0;
	}
	if (n > max)
		n = max;
	memcpy(buf, s->text + s->sent, n);
	s->sent += n;
	s->took_ms = uv_now(s->x->http->loop);
	return (ssize_t)n;
}

static void resume(struct stream *s)
{
	if (!s->suspended)
		return;
	s->suspended = false;
	MHD_resume_connection(s->x->mhd);
}

/* Takes over the text; what was there is sent. */
static void put(struct stream *s, char *text, size_t len)
{
	free(s->text);
	s->text = text;
	s->len = len;
	s->sent = 0;
	s->put_ms = uv_now(s->x->http->loop);
	s->took_ms = s->put_ms;
	resume(s);
}

static void cut(struct stream *s)
{
	s->ended = true;
	if (s->x->connection)
		http_cut(s->x->connection);
	resume(s);
}

static void drop(struct uv_http *http, struct stream *s)
{
	http->counts.streams_dropped++;
	cut(s);
}

static void read_part(struct round *round, size_t i, struct query *q)
{
	struct http_writer *w = &round->part[i].writer;
	struct http_events *events = &round->part[i].events;
	int r = http_writer_open(w);

	events->types = round->part[i].types[0] ? round->part[i].types : NULL;
	if (!r) {
		r = http_events_read(events, q, w->to);
		if (r)
			http_writer_drop(w);
		else
			r = http_writer_close(w, &round->part[i].piece, 200,
					      NULL);
	}
	round->part[i].error = r;
}

/* On a worker thread. What can't be read now may be next time. */
static void do_round(uv_work_t *work)
{
	struct round *round = work->data;
	struct http_reader *reader = &round->http->reader[round->reader];
	struct http_refusal refusal;
	size_t i;

	for (i = 0; i < round->count; i++) {
		if (!http_reader_begin(reader, &refusal)) {
			round->part[i].error = -EAGAIN;
			continue;
		}
		read_part(round, i, reader->query);
		if (round->part[i].error && round->part[i].error != -E2BIG)
			http_reader_failed(reader, round->part[i].error,
					   &refusal);
	}
}

static struct stream *find(struct uv_http *http, uint64_t serial)
{
	struct stream *s;

	for (s = LIST_FIRST(&http->streams); s; s = LIST_NEXT(s, entry)) {
		if (s->serial == serial)
			return s;
	}
	return NULL;
}

static void beat(struct uv_http *http, struct stream *s)
{
	char *text;

	if (uv_now(http->loop) - s->put_ms < BEAT_MS)
		return;
	text = strdup(": alive\n\n");
	if (text)
		put(s, text, strlen(text));
}

static void take_part(struct round *round, size_t i)
{
	struct uv_http *http = round->http;
	struct stream *s = find(http, round->part[i].serial);
	struct http_answer *piece = &round->part[i].piece;

	if (!s || round->part[i].error) {
		if (s && round->part[i].error == -E2BIG)
			drop(http, s);
		http_answer_free(piece);
		return;
	}
	s->events.begun = round->part[i].events.begun;
	s->events.more = round->part[i].events.more;
	s->events.from = round->part[i].events.from;
	if (piece->len) {
		put(s, piece->body, piece->len);
		return;
	}
	http_answer_free(piece);
	beat(http, s);
}

static void poll_again(struct uv_http *http)
{
	uint64_t ms = POLL_MS;
	struct stream *s;

	for (s = LIST_FIRST(&http->streams); s; s = LIST_NEXT(s, entry)) {
		if (s->events.more && !s->ended)
			ms = MORE_MS;
	}
	if (!http->closing && !LIST_EMPTY(&http->streams) &&
	    !uv_is_active((uv_handle_t *)&http->stream_timer))
		uv_timer_start(&http->stream_timer, on_poll, ms, 0);
}

static void on_round(uv_work_t *work, int status)
{
	struct round *round = work->data;
	struct uv_http *http = round->http;
	size_t i;

	(void)status;
	work_leave_reader(http, round->reader);
	for (i = 0; i < round->count; i++)
		take_part(round, i);
	free(round);
	http->streams_working = false;
	if (http->closing && !http->working) {
		http_close_rest(http);
		return;
	}
	poll_again(http);
	if (!http->closing) {
		work_next(http);
		http_turn(http);
	}
}

/* Those that have sent all; those that do not move are dropped. */
static void collect(struct uv_http *http, struct round *round)
{
	struct stream *s;

	for (s = LIST_FIRST(&http->streams); s; s = LIST_NEXT(s, entry)) {
		if (s->ended)
			continue;
		if (s->sent < s->len) {
			if (uv_now(http->loop) - s->took_ms > STALL_MS)
				drop(http, s);
			continue;
		}
		round->part[round->count].serial = s->serial;
		round->part[round->count].events = s->events;
		memcpy(round->part[round->count].types, s->types,
		       sizeof(s->types));
		round->count++;
	}
}

static bool start_round(struct uv_http *http)
{
	struct round *round = calloc(1, sizeof(*round));

	if (!round)
		return false;
	round->work.data = round;
	round->http = http;
	collect(http, round);
	round->reader = round->count ? work_take_reader(http) : -1;
	if (round->reader >= 0 &&
	    !uv_queue_work(http->loop, &round->work, do_round, on_round)) {
		http->streams_working = true;
		return true;
	}
	if (round->reader >= 0)
		work_leave_reader(http, round->reader);
	free(round);
	return false;
}

static void on_poll(uv_timer_t *timer)
{
	struct uv_http *http = timer->data;

	if (http->streams_working || start_round(http))
		return;
	poll_again(http);
	http_turn(http);
}

bool stream_open(struct exchange *x)
{
	struct uv_http *http = x->http;
	struct stream *s;

	if (http->counts.streams_now >= HTTP_STREAMS_MAX) {
		http->counts.busy++;
		return http_refuse(&x->refusal, 503, "try again later",
				   "there are %d event streams already",
				   HTTP_STREAMS_MAX);
	}
	s = calloc(1, sizeof(*s));
	if (!s)
		return http_refuse(&x->refusal, 503, NULL, "out of memory");
	s->x = x;
	s->serial = ++http->stream_serial;
	s->events.begun = x->request.resume;
	s->events.from = x->request.from;
	memcpy(s->types, x->request.types, sizeof(s->types));
	s->took_ms = uv_now(http->loop);
	s->put_ms = s->took_ms;
	LIST_INSERT_HEAD(&http->streams, s, entry);
	http->counts.streams_now++;
	x->stream = s;
	uv_timer_start(&http->stream_timer, on_poll, 0, 0);
	return true;
}

enum MHD_Result stream_answer(struct exchange *x)
{
	struct MHD_Response *response =
		MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK,
						  stream_read, x->stream, NULL);
	enum MHD_Result result;

	if (!response)
		return MHD_NO;
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE,
				"text/event-stream");
	MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL,
				"no-store");
	MHD_add_response_header(response, MHD_HTTP_HEADER_VARY,
				"Accept, Authorization");
	MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
	result = MHD_queue_response(x->mhd, 200, response);
	MHD_destroy_response(response);
	x->http->counts.requests[http_code_index(200)]++;
	if (x->connection)
		http_phase(x->http, x->connection, PHASE_STREAM);
	return result;
}

void stream_free(struct uv_http *http, struct stream *s)
{
	LIST_REMOVE(s, entry);
	http->counts.streams_now--;
	free(s->text);
	free(s);
}

void stream_end_all(struct uv_http *http)
{
	struct stream *s;

	for (s = LIST_FIRST(&http->streams); s; s = LIST_NEXT(s, entry)) {
		s->ended = true;
		resume(s);
	}
}

void stream_cut_all(struct uv_http *http)
{
	struct stream *s;

	for (s = LIST_FIRST(&http->streams); s; s = LIST_NEXT(s, entry))
		cut(s);
}
