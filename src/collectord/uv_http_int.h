/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The state behind uv_http.h, and what its files know of each other. They use
 * uv_* and libmicrohttpd:
 *
 *	uv_http.c	    the loop's side: begin, turns, time limits, end
 *	uv_http_exchange.c  one request and its answer
 *	uv_http_work.c	    answers made on worker threads
 *	uv_http_stream.c    event streams
 */
#ifndef SYSMON_UV_HTTP_INT_H
#define SYSMON_UV_HTTP_INT_H

#include <microhttpd.h>
#include <sys/queue.h>

#include "http_answer.h"
#include "http_auth.h"
#include "http_document.h"
#include "http_listen.h"
#include "http_ui.h"
#include "uv_http.h"

#define HTTP_CONNECTIONS_MAX 64
/* From one address; all local clients have the same. */
#define HTTP_PER_ADDRESS_MAX 48
#define HTTP_REQUEST_BYTES   (16u << 10) /* line, headers and parameters */
#define HTTP_PAIRS_MAX	     16
#define HTTP_REQUEST_MS	     10000 /* to send one, or to begin another */
#define HTTP_ANSWER_MS	     60000 /* to take the answer */
#define HTTP_WORKERS	     2	   /* of the four threads that libuv has */
#define HTTP_WAITING_MAX     16	   /* requests for one of them */
#define HTTP_ANSWERS_BYTES   (64u << 20)
#define HTTP_STREAMS_MAX     8

enum connection_phase {
	PHASE_REQUEST, /* its request, or its first byte, is awaited */
	PHASE_WORK,    /* its answer is being made */
	PHASE_ANSWER,  /* its answer is on its way */
	PHASE_STREAM,
};

struct connection {
	LIST_ENTRY(connection) entry;
	int fd;
	enum connection_phase phase;
	uint64_t since_ms; /* uv_now() when the phase began */
	bool cut;
};

struct stream;

/* A request and its answer; lives until the answer is sent. */
struct exchange {
	STAILQ_ENTRY(exchange) entry; /* in uv_http.waiting */
	struct uv_http *http;
	struct MHD_Connection *mhd;
	struct connection *connection;
	struct stream *stream; /* NULL: it is none */
	bool begun;	       /* it has been looked at */
	bool body;	       /* it has brought one */
	bool suspended;
	struct http_request request;
	struct http_refusal refusal;
	struct http_answer answer;
	size_t counted; /* of it in counts.answer_bytes */
};

STAILQ_HEAD(exchange_queue, exchange);
LIST_HEAD(connection_list, connection);
LIST_HEAD(stream_list, stream);

struct uv_http {
	uv_loop_t *loop;
	struct http_config config; /* our copy, without token_file and ui */
	char *database;
	const struct uv_http_callbacks *callbacks;
	void *data;
	struct http_token token;
	struct http_ui ui;
	struct http_listener listener;
	struct MHD_Daemon *mhd; /* NULL while the address can't be had */
	bool complained;	/* of that */
	uv_poll_t poll;		/* its epoll descriptor */
	bool polling;
	uv_timer_t turn;       /* when libmicrohttpd wants one */
	uv_timer_t work_timer; /* to begin what waits */
	uv_timer_t sweep;      /* time limits, the next try to listen */
	uint64_t tried_ms;
	struct connection_list connections;
	struct exchange_queue waiting;
	unsigned int waiting_count;
	struct http_reader reader[HTTP_WORKERS];
	bool reader_busy[HTTP_WORKERS];
	unsigned int working;
	struct stream_list streams;
	uv_timer_t stream_timer;
	bool streams_working;
	uint64_t stream_serial;
	struct http_counts counts;
	bool closing;
	unsigned int handles; /* of uv that are not closed yet */
	void (*close_cb)(void *data);
	void *close_data;
};

/* uv_http.c */

/* Lets libmicrohttpd do what there is to do. Not from its callbacks. */
void http_turn(struct uv_http *http);
void http_phase(struct uv_http *http, struct connection *c,
		enum connection_phase phase);
/* Ends a connection from outside of libmicrohttpd. */
void http_cut(struct connection *c);
/* When no worker is at work any more: the second half of the end. */
void http_close_rest(struct uv_http *http);

/* uv_http_exchange.c: libmicrohttpd's callbacks. */
enum MHD_Result exchange_on_request(void *cls, struct MHD_Connection *mhd,
				    const char *url, const char *method,
				    const char *version,
				    const char *upload_data, size_t *size,
				    void **state);
void exchange_on_completed(void *cls, struct MHD_Connection *mhd, void **state,
			   enum MHD_RequestTerminationCode code);
/* Has a suspended one go on, with the answer or the refusal that it has. */
void exchange_resume(struct exchange *x);

/* uv_http_work.c */

/* Has the answer made. False: there is no room, and *refusal says so. */
bool work_add(struct exchange *x);
/* Begins what there are workers for. */
void work_next(struct uv_http *http);
/* A reader that no worker uses, or -1; it is then the caller's. */
int work_take_reader(struct uv_http *http);
void work_leave_reader(struct uv_http *http, int reader);

/* uv_http_stream.c */

/* Makes the exchange a stream, or refuses it. */
bool stream_open(struct exchange *x);
/* Answers it. */
enum MHD_Result stream_answer(struct exchange *x);
void stream_free(struct uv_http *http, struct stream *s);
void stream_end_all(struct uv_http *http);
/* At once, with what they have not sent. */
void stream_cut_all(struct uv_http *http);

#endif
