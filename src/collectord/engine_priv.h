/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Owns the state of one engine, shared by the engine_*.c files and nobody else.
 * Uses uv_*.
 */
#ifndef SYSMON_ENGINE_PRIV_H
#define SYSMON_ENGINE_PRIV_H

#include "engine.h"
#include "engine_http.h"

#define ENGINE_PATH_MAX	    384
#define ENGINE_SEEN	    256 /* events remembered; Docker replays as many */
#define ENGINE_INSPECTS_MAX 4	/* at a time */

/* A container whose details are wanted or being fetched. */
struct engine_inspect {
	struct engine_inspect *next;
	struct engine *engine;
	struct engine_http *http; /* NULL: waiting */
	char id[ENGINE_ID_LEN + 1];
	unsigned int failures;
	bool again;   /* something happened to it since it was asked for */
	bool later;   /* it has failed too often to be asked for at once */
	bool of_list; /* on_list_done waits for it */
	bool asked;   /* for engine_inspect(), which bounds their number */
};

/* An action that is not answered yet. */
struct engine_request {
	struct engine_request *next;
	struct engine *engine;
	struct engine_http *http;
	enum engine_verb verb;
	engine_act_cb cb;
	void *data;
	int64_t requested_ns;
};

struct engine {
	uv_loop_t *loop;
	struct engine_config config; /* a copy of our own */
	const struct engine_callbacks *callbacks;
	void *data;
	struct uv_curl *curl;
	uv_timer_t retry;	 /* to connect; once connected, to inspect */
	unsigned int backoff_ms; /* before the next attempt */
	uint64_t connected_ms;	 /* of uv_now(), to judge a connection by */
	bool started;
	bool closing;
	engine_close_cb close_cb;
	void *close_data;

	struct engine_status status;
	char version[16]; /* negotiated last */
	bool versioned;	  /* in this connection */
	char error[384];

	struct engine_http *ask;    /* the ping, then the list */
	struct engine_http *events; /* the stream */
	int64_t list_ns;  /* unix time before the list was asked for */
	int64_t since_ns; /* of the last event seen; 0 none */
	uint64_t seen[ENGINE_SEEN]; /* their hashes, a ring */
	size_t seen_at;

	struct engine_inspect *inspect; /* in order of arrival */
	unsigned int inspects_running;
	unsigned int inspects_asked; /* in it, those of engine_inspect() */
	bool inspects_owed;	     /* there was no memory to note one */
	bool listing;		     /* on_list_done is still to come */

	struct engine_request *request;
};

/* engine.c */

/* Starts a request with the version in front of @path. 0 or -ENOMEM. */
int engine_request(struct engine *engine, const char *path, bool post,
		   long timeout_ms, size_t body_max,
		   void (*done)(void *data, struct engine_http *http),
		   void *data, struct engine_http **out);
/* Gives the connection up, for a while. */
void engine_fail(struct engine *engine, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Why an answer is not what was asked for: "404: No such container". */
void engine_describe(const struct engine_http *http, char *out, size_t len);
int64_t engine_now_ns(void);

/* Asks for the list, also while connected. 0 or -ENOMEM. */
int engine_ask_list(struct engine *engine);

/* engine_events.c: returns 0 or -ENOMEM. */
int engine_events_open(struct engine *engine);
/* Reads what has come. */
void engine_events_read(struct engine *engine);
void engine_events_close(struct engine *engine);

/* engine_inspect.c: cannot fail, what is not noted is owed. */
void engine_inspect_add(struct engine *engine, const char *id, bool of_list);
/* An answer that is under way is not waited for. */
void engine_inspect_forget(struct engine *engine, const char *id);
/*
 * Starts what may run, and tells when the list is complete. On failure (0 or a
 * negative errno) what could not be started waits for the next time.
 */
int engine_inspect_run(struct engine *engine);
void engine_inspect_clear(struct engine *engine);

/* engine_act.c: answers all open actions with an error. */
void engine_act_abort(struct engine *engine);

#endif
