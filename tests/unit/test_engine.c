// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the tests of the conversation with an engine, against an HTTP server of
 * its own on a unix socket and the same loop. What the engine reports becomes
 * one line each in a trace; tests compare that, and what the server was asked.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "collectord/engine.h"
#include "wrap_alloc.h"
#include "wrap_curl.h"

#define ID_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define ID_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define ID_C "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
#define ID_D "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"

#define LISTED(id, state) "{\"Id\":\"" id "\",\"State\":\"" state "\"}"
#define EVENT(action, id, nano)                                         \
	"{\"Type\":\"container\",\"Action\":\"" action "\",\"Actor\":{" \
	"\"ID\":\"" id "\",\"Attributes\":{\"exitCode\":\"3\"}},"       \
	"\"timeNano\":" nano "}\n"

#define DEADLINE_MS 20000

/* What the server does; strings may be NULL for the usual. */
struct script {
	const char *version; /* the header's; "" for none */
	bool podman;
	int ping_status;
	int list_status;
	const char *list;
	const char *list_later; /* once a stream was opened */
	const char *events[4];	/* of the nth stream */
	bool cut[4];		/* end the nth stream behind that */
	int events_status;
	int inspect_status;
	const char *inspect;
	int stop_status; /* -1: never answers */
	const char *stop;
	bool garbage; /* what is sent is no HTTP */
	bool mute;    /* says nothing at all to inspects */
};

struct world {
	uv_loop_t loop;
	uv_pipe_t server;
	uv_timer_t deadline;
	uv_timer_t pulse; /* so that run_until() gets to look */
	char dir[64];
	char socket[80];
	struct script script;
	unsigned int streams;	/* opened so far */
	unsigned int inspected; /* requests for details */
	uv_stream_t *stream;	/* the one open last */
	char asked[8192];
	char trace[8192];
	struct engine_config config;
	struct engine *engine;
	bool timed_out;
	bool closed;
	bool close_at_state;
	int64_t stop_took_ns;
	bool stop_was_sent;
};

struct conn {
	uv_pipe_t pipe;
	struct world *w;
	char in[4096];
	size_t len;
};

struct sending {
	uv_write_t req;
	char data[];
};

/* The server */

static void on_conn_closed(uv_handle_t *handle)
{
	struct conn *conn = handle->data;

	if (conn->w->stream == (uv_stream_t *)handle)
		conn->w->stream = NULL;
	free(conn);
}

static void hang_up(struct conn *conn)
{
	if (!uv_is_closing((uv_handle_t *)&conn->pipe))
		uv_close((uv_handle_t *)&conn->pipe, on_conn_closed);
}

static void on_sent(uv_write_t *req, int status)
{
	(void)status;
	free(req->data);
}

static void send_bytes(uv_stream_t *to, const char *text)
{
	size_t len = strlen(text);
	struct sending *s = __real_malloc(sizeof(*s) + len);
	uv_buf_t buf;

	assert_non_null(s);
	memcpy(s->data, text, len);
	s->req.data = s;
	buf = uv_buf_init(s->data, (unsigned int)len);
	if (uv_write(&s->req, to, &buf, 1, on_sent))
		free(s);
}

static void reply(struct conn *conn, int status, const char *headers,
		  const char *body)
{
	uv_stream_t *to = (uv_stream_t *)&conn->pipe;
	char head[512];

	snprintf(head, sizeof(head),
		 "HTTP/1.1 %d X\r\nContent-Length: %zu\r\n%s\r\n", status,
		 strlen(body), headers);
	send_bytes(to, head);
	if (*body)
		send_bytes(to, body);
}

static void send_chunk(uv_stream_t *to, const char *text)
{
	char size[32];

	snprintf(size, sizeof(size), "%zx\r\n", strlen(text));
	send_bytes(to, size);
	send_bytes(to, text);
	send_bytes(to, "\r\n");
}

static void answer_ping(struct conn *conn)
{
	const struct script *script = &conn->w->script;
	const char *version = script->version ? script->version : "1.41";
	char headers[128] = "";

	if (*version)
		snprintf(headers, sizeof(headers), "Api-Version: %s\r\n%s",
			 version,
			 script->podman ? "Libpod-Api-Version: 4.3.1\r\n" : "");
	reply(conn, script->ping_status ? script->ping_status : 200, headers,
	      "OK");
}

static void answer_events(struct conn *conn)
{
	const struct script *script = &conn->w->script;
	uv_stream_t *to = (uv_stream_t *)&conn->pipe;
	unsigned int nth = conn->w->streams++;

	if (script->events_status) {
		reply(conn, script->events_status, "",
		      "{\"message\":\"no events today\"}");
		return;
	}
	send_bytes(to, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
	conn->w->stream = to;
	if (nth < 4 && script->events[nth])
		send_chunk(to, script->events[nth]);
	if (nth < 4 && script->cut[nth])
		send_bytes(to, "0\r\n\r\n");
}

static void answer_inspect(struct conn *conn, const char *path)
{
	const struct script *script = &conn->w->script;
	const char *id = strstr(path, "/containers/") + 12;
	char body[512];

	conn->w->inspected++;
	if (script->mute)
		return;
	snprintf(body, sizeof(body),
		 "{\"Id\":\"%.64s\",\"Path\":\"cmd\",\"Args\":[\"%.1s\"],"
		 "\"State\":{\"Status\":\"running\"}}",
		 id, id);
	reply(conn, script->inspect_status ? script->inspect_status : 200, "",
	      script->inspect ? script->inspect : body);
}

static void answer_stop(struct conn *conn)
{
	const struct script *script = &conn->w->script;

	if (script->stop_status >= 0)
		reply(conn, script->stop_status ? script->stop_status : 204, "",
		      script->stop ? script->stop : "");
}

static void answer_list(struct conn *conn)
{
	const struct script *script = &conn->w->script;
	const char *list = script->list_later && conn->w->streams
				   ? script->list_later
				   : script->list;

	reply(conn, script->list_status ? script->list_status : 200, "",
	      list ? list : "[]");
}

/* Notes the request without what differs from run to run. */
static void note(struct world *w, const char *line)
{
	const char *since = strstr(line, "since=");
	size_t len = strcspn(line, "\r\n");
	size_t used = strlen(w->asked);

	if (since && w->script.events[0] == NULL)
		len = (size_t)(since - line);
	snprintf(w->asked + used, sizeof(w->asked) - used, "%.*s\n", (int)len,
		 line);
}

static void answer(struct conn *conn, const char *line)
{
	char path[512];

	note(conn->w, line);
	assert_int_equal(sscanf(line, "%*s %511s", path), 1);
	if (conn->w->script.garbage)
		send_bytes((uv_stream_t *)&conn->pipe, "\x16\x03\x01 nope\r\n");
	else if (strcmp(path, "/_ping") == 0)
		answer_ping(conn);
	else if (strstr(path, "/containers/json"))
		answer_list(conn);
	else if (strstr(path, "/events?"))
		answer_events(conn);
	else if (strstr(path, "/stop?") || strstr(path, "/kill?") ||
		 strstr(path, "/pause") || strstr(path, "/restart?"))
		answer_stop(conn);
	else
		answer_inspect(conn, path);
}

static void on_alloc(uv_handle_t *handle, size_t want, uv_buf_t *buf)
{
	struct conn *conn = handle->data;

	(void)want;
	*buf = uv_buf_init(conn->in + conn->len,
			   (unsigned int)(sizeof(conn->in) - 1 - conn->len));
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct conn *conn = stream->data;
	char *end;

	(void)buf;
	if (n < 0) {
		hang_up(conn);
		return;
	}
	conn->len += (size_t)n;
	conn->in[conn->len] = '\0';
	while ((end = strstr(conn->in, "\r\n\r\n"))) {
		answer(conn, conn->in);
		conn->len -= (size_t)(end + 4 - conn->in);
		memmove(conn->in, end + 4, conn->len + 1);
	}
}

static void on_connection(uv_stream_t *server, int status)
{
	struct conn *conn = __real_calloc(1, sizeof(*conn));

	assert_int_equal(status, 0);
	assert_non_null(conn);
	conn->w = server->data;
	uv_pipe_init(server->loop, &conn->pipe, 0);
	conn->pipe.data = conn;
	assert_int_equal(uv_accept(server, (uv_stream_t *)&conn->pipe), 0);
	uv_read_start((uv_stream_t *)&conn->pipe, on_alloc, on_read);
}

static void listen_now(struct world *w)
{
	uv_pipe_init(&w->loop, &w->server, 0);
	w->server.data = w;
	assert_int_equal(uv_pipe_bind(&w->server, w->socket), 0);
	assert_int_equal(uv_listen((uv_stream_t *)&w->server, 8, on_connection),
			 0);
}

/* The owner of the engine */

__attribute__((format(printf, 2, 3))) static void trace(struct world *w,
							const char *format, ...)
{
	size_t used = strlen(w->trace);
	va_list args;

	va_start(args, format);
	vsnprintf(w->trace + used, sizeof(w->trace) - used, format, args);
	va_end(args);
}

static void on_closed(void *data)
{
	struct world *w = data;

	w->closed = true;
	w->engine = NULL;
}

static void on_state(void *data, struct engine *engine,
		     const struct engine_status *status)
{
	struct world *w = data;

	assert_ptr_equal(status, engine_status(engine));
	trace(w, "%s %s%s\n", engine_state_name(status->state),
	      status->state == ENGINE_CONNECTED ? status->version : "",
	      status->error ? status->error : "");
	if (w->close_at_state && status->state == ENGINE_CONNECTED)
		engine_close(engine, on_closed, w);
}

static void on_container(void *data, struct engine *engine,
			 struct container_meta *meta)
{
	(void)engine;
	trace(data, "container %.1s %s %s\n", meta->id,
	      meta_state_name(meta->state),
	      meta->command ? meta->command : "-");
	meta_free(meta);
}

static void on_event(void *data, struct engine *engine,
		     const struct engine_event *event)
{
	(void)engine;
	trace(data, "event %d %.1s %d\n", (int)event->type, event->id,
	      event->have_exit_code ? event->exit_code : -1);
}

static void on_list_done(void *data, struct engine *engine)
{
	(void)engine;
	trace(data, "list done\n");
}

static void on_stop(void *data, const struct action_result *result)
{
	struct world *w = data;

	trace(w, "stop %d %s %s\n", result->http_status,
	      result->ok ? "ok" : "failed", result->error ? result->error : "");
	w->stop_took_ns = result->answered_ns - result->requested_ns;
	w->stop_was_sent = result->requested_ns != 0;
}

static const struct engine_callbacks callbacks = {
	.on_state = on_state,
	.on_container = on_container,
	.on_event = on_event,
	.on_list_done = on_list_done,
};

static void on_deadline(uv_timer_t *timer)
{
	struct world *w = timer->data;

	w->timed_out = true;
}

static void on_pulse(uv_timer_t *timer)
{
	(void)timer;
}

static void make_engine(struct world *w)
{
	assert_int_equal(engine_new(&w->loop, &w->config, &callbacks, w,
				    &w->engine),
			 0);
}

static int set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	uv_loop_init(&w->loop);
	uv_timer_init(&w->loop, &w->deadline);
	uv_timer_init(&w->loop, &w->pulse);
	w->deadline.data = w;
	strcpy(w->dir, "/tmp/test_engine.XXXXXX");
	assert_non_null(mkdtemp(w->dir));
	snprintf(w->socket, sizeof(w->socket), "%s/socket", w->dir);
	w->config.name = (char *)"docker";
	w->config.socket = w->socket;
	w->config.enabled = ENGINE_ON;
	make_engine(w);
	uv_timer_start(&w->deadline, on_deadline, DEADLINE_MS, 0);
	uv_timer_start(&w->pulse, on_pulse, 20, 20);
	*state = w;
	return 0;
}

static void close_rest(uv_handle_t *handle, void *data)
{
	struct world *w = data;

	if (uv_is_closing(handle))
		return;
	if (handle->type == UV_NAMED_PIPE && handle != (void *)&w->server)
		uv_close(handle, on_conn_closed);
	else
		uv_close(handle, NULL);
}

/* Leaves no handle and no memory behind, or ASan and uv tell. */
static int tear_down(void **state)
{
	struct world *w = *state;

	if (w->engine)
		engine_close(w->engine, on_closed, w);
	while (!w->closed)
		uv_run(&w->loop, UV_RUN_ONCE);
	uv_walk(&w->loop, close_rest, w);
	uv_run(&w->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&w->loop), 0);
	unlink(w->socket);
	rmdir(w->dir);
	free(w);
	return 0;
}

/* Runs until the trace has the text. */
static void run_until(struct world *w, const char *text)
{
	while (!strstr(w->trace, text) && !w->timed_out)
		uv_run(&w->loop, UV_RUN_ONCE);
	if (w->timed_out)
		fail_msg("no \"%s\" in the trace:\n%sasked:\n%s", text,
			 w->trace, w->asked);
}

static void run_for(struct world *w, uint64_t ms)
{
	uint64_t end = uv_now(&w->loop) + ms;

	while (uv_now(&w->loop) < end)
		uv_run(&w->loop, UV_RUN_ONCE);
}

static void connect_with(struct world *w)
{
	listen_now(w);
	engine_start(w->engine);
	run_until(w, "list done");
}

static void test_it_pings_lists_inspects_and_follows(void **state)
{
	struct world *w = *state;

	w->script.list =
		"[" LISTED(ID_A, "running") "," LISTED(ID_B, "exited") "]";
	connect_with(w);

	assert_string_equal(w->trace, "connected 1.41\n"
				      "container a running -\n"
				      "container b exited -\n"
				      "container a running cmd a\n"
				      "list done\n");
	assert_string_equal(w->asked,
			    "GET /_ping HTTP/1.1\n"
			    "GET /v1.41/containers/json?all=1 HTTP/1.1\n"
			    "GET /v1.41/events?\n"
			    "GET /v1.41/containers/" ID_A "/json HTTP/1.1\n");
	assert_false(engine_status(w->engine)->podman);
}

static bool is_connected_to(int fd, const char *path)
{
	struct sockaddr_un peer = { .sun_family = AF_UNIX };
	socklen_t len = sizeof(peer);

	return getpeername(fd, (struct sockaddr *)&peer, &len) == 0 &&
	       peer.sun_family == AF_UNIX && strcmp(peer.sun_path, path) == 0;
}

/* A job that held the event stream open would keep the engine busy for ever. */
static void test_its_connections_are_not_inherited(void **state)
{
	struct world *w = *state;
	unsigned int connections = 0;

	connect_with(w);
	for (int fd = 3; fd < 64; fd++) {
		if (!is_connected_to(fd, w->socket))
			continue;
		connections++;
		assert_int_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	}
	assert_true(connections >= 1);
}

static void test_a_newer_engine_is_spoken_to_in_our_version(void **state)
{
	struct world *w = *state;

	w->script.version = "1.52";
	w->script.podman = true;
	connect_with(w);

	assert_string_equal(w->trace,
			    "connected " ENGINE_API_MAX "\nlist done\n");
	assert_true(engine_status(w->engine)->podman);
}

static void test_a_missing_socket_is_told_once_and_found_later(void **state)
{
	struct world *w = *state;
	char want[512];

	engine_start(w->engine);
	run_until(w, "unavailable");
	run_for(w, 1500); /* over the next attempt */
	snprintf(want, sizeof(want),
		 "unavailable cannot connect to %s: No such file or directory "
		 "(is the engine installed and running?)\n",
		 w->socket);
	assert_string_equal(w->trace, want);

	listen_now(w);
	run_until(w, "list done");
	strcat(want, "connected 1.41\nlist done\n");
	assert_string_equal(w->trace, want);
}

/* Another engine in its place: it has copied its configuration. */
static void make_auto(struct world *w)
{
	struct engine *old = w->engine;

	w->config.enabled = ENGINE_AUTO;
	assert_false(engine_is(old, &w->config));
	make_engine(w);
	assert_true(engine_is(w->engine, &w->config));
	engine_close(old, NULL, NULL);
}

static void test_an_auto_engine_without_socket_is_absent(void **state)
{
	struct world *w = *state;

	make_auto(w);
	engine_start(w->engine);
	run_until(w, "\n");

	assert_int_equal(engine_status(w->engine)->state, ENGINE_ABSENT);
}

static void test_a_socket_without_listener_is_unavailable(void **state)
{
	struct world *w = *state;

	make_auto(w);
	listen_now(w);
	uv_close((uv_handle_t *)&w->server, NULL);
	run_for(w, 50);
	/* uv_close has removed the file: an old one, as after a crash */
	uv_pipe_init(&w->loop, &w->server, 0);
	assert_int_equal(uv_pipe_bind(&w->server, w->socket), 0);
	engine_start(w->engine);
	run_until(w, "unavailable");

	assert_non_null(strstr(w->trace, "Connection refused (nobody"));
}

static void test_garbage_is_no_engine(void **state)
{
	struct world *w = *state;

	w->script.garbage = true;
	listen_now(w);
	engine_start(w->engine);
	run_until(w, "unavailable ");

	assert_null(engine_status(w->engine)->version);
}

static void test_a_server_without_version_is_no_engine(void **state)
{
	struct world *w = *state;

	w->script.version = "";
	listen_now(w);
	engine_start(w->engine);
	run_until(w, "is not the socket of an engine");

	assert_int_equal(engine_status(w->engine)->malformed, 1);
}

static void test_an_error_in_the_list_is_told_with_its_message(void **state)
{
	struct world *w = *state;

	w->script.list_status = 400;
	w->script.list = "{\"message\":\"client version 1.41 is too old\"}";
	listen_now(w);
	engine_start(w->engine);
	run_until(w, "\n");

	assert_string_equal(w->trace,
			    "unavailable cannot list containers: 400: client "
			    "version 1.41 is too old\n");
}

static void test_a_list_that_is_none_is_an_error(void **state)
{
	struct world *w = *state;

	w->script.list = "{\"oops\":1}";
	listen_now(w);
	engine_start(w->engine);
	run_until(w, "\n");

	assert_string_equal(w->trace, "unavailable the list of containers "
				      "makes no sense\n");
}

static void test_events_are_passed_on_and_looked_into(void **state)
{
	struct world *w = *state;

	w->script.events[0] = EVENT("start", ID_C, "1000000001") "\n" EVENT(
		"exec_start: sh", ID_C,
		"1000000002") "nonsense\n" EVENT("oom", ID_C, "1000000003");
	connect_with(w);
	run_until(w, "cmd c");

	assert_string_equal(w->trace, "connected 1.41\nlist done\n"
				      "event 0 c -1\nevent 2 c -1\n"
				      "container c running cmd c\n");
	assert_int_equal(engine_status(w->engine)->events, 2);
	assert_int_equal(engine_status(w->engine)->malformed, 1);
}

static void test_an_event_in_pieces_is_one_event(void **state)
{
	static const char text[] = EVENT("die", ID_C, "1000000001");
	struct world *w = *state;

	connect_with(w);
	run_for(w, 50);
	for (const char *p = text; *p; p++) {
		char one[2] = { *p, '\0' };

		assert_non_null(w->stream);
		send_chunk(w->stream, one);
		uv_run(&w->loop, UV_RUN_NOWAIT);
	}
	run_until(w, "cmd c");

	assert_non_null(strstr(w->trace, "event 1 c 3\n"));
}

static void test_a_cut_stream_is_taken_up_where_it_ended(void **state)
{
	struct world *w = *state;

	w->script.events[0] = EVENT("oom", ID_A, "5000000000")
		EVENT("oom", ID_A, "7000000005");
	w->script.cut[0] = true;
	w->script.events[1] = EVENT("oom", ID_A, "7000000005")
		EVENT("oom", ID_B, "7000000005")
			EVENT("oom", ID_A, "8000000000");
	listen_now(w);
	engine_start(w->engine);
	run_until(w, "event 2 b");
	run_for(w, 50);

	assert_string_equal(w->trace, "connected 1.41\nlist done\n"
				      "event 2 a -1\nevent 2 a -1\n"
				      "unavailable the event stream has ended\n"
				      "connected 1.41\nlist done\n"
				      "event 2 b -1\nevent 2 a -1\n");
	assert_non_null(strstr(w->asked, "/events?since=6.999000005&"));
	assert_int_equal(engine_status(w->engine)->connects, 2);
}

static void test_a_refused_stream_is_an_error(void **state)
{
	struct world *w = *state;

	w->script.events_status = 500;
	listen_now(w);
	engine_start(w->engine);
	run_until(w, "unavailable");

	assert_non_null(strstr(w->trace, "unavailable cannot follow the "
					 "events: 500: no events today\n"));
}

static void test_an_endless_event_is_given_up(void **state)
{
	static char piece[256 * 1024 + 1];
	struct world *w = *state;

	memset(piece, 'x', sizeof(piece) - 1);
	connect_with(w);
	run_for(w, 50);
	for (int i = 0; i < 5 && w->stream; i++) {
		send_chunk(w->stream, piece);
		run_for(w, 20);
	}
	run_until(w, "unavailable an event is longer than 1048576 bytes");
}

static void test_details_can_be_asked_for(void **state)
{
	struct world *w = *state;

	engine_inspect(w->engine, ID_C); /* not connected: nothing */
	connect_with(w);
	engine_inspect(w->engine, "../../etc"); /* no id: nothing */
	engine_inspect(w->engine, ID_C);
	engine_inspect(w->engine, ID_C); /* answered as one or as two */
	run_until(w, "container c running cmd c");

	assert_null(strstr(w->asked, "etc"));
}

/* On a host where nothing else happens. When not even its name could be noted,
 * a new list has it; the stream of events goes on. */
static void test_details_that_cannot_be_asked_for_are_so_later(void **state)
{
	struct world *w = *state;
	long n = 0;

	connect_with(w);
	w->script.list_later = "[" LISTED(ID_C, "running") "]";
	wait_ms = 20;
	do {
		w->trace[0] = w->asked[0] = '\0';
		alloc_failed = false;
		alloc_left = ++n;
		alloc_armed = true;
		engine_inspect(w->engine, ID_C);
		alloc_armed = false;
		run_until(w, "container c running cmd c");
		assert_null(strstr(w->trace, "unavailable"));
		assert_int_equal(n == 1, strstr(w->asked, "all=1") != NULL);
	} while (alloc_failed);
	wait_ms = 1000;
	assert_true(n > 4);
	assert_int_equal(w->streams, 1);
	assert_int_equal(engine_status(w->engine)->connects, 1);
}

/* Such as are owed when the list that has them is being read. */
static void test_a_list_is_not_done_before_what_is_owed(void **state)
{
	struct world *w = *state;
	const char *done, *details;

	connect_with(w);
	w->trace[0] = '\0';
	w->script.list_later = "[" LISTED(ID_C, "running") "]";
	wait_ms = 20;
	alloc_left = 1;
	alloc_armed = true;
	engine_inspect(w->engine, ID_C);
	alloc_armed = false;
	run_until(w, "list done");
	wait_ms = 1000;

	done = strstr(w->trace, "list done");
	details = strstr(w->trace, "container c running cmd c");
	assert_true(details && details < done);
}

/*
 * Whoever has a part of the cgroup tree makes containers by the thousand: those
 * that no engine spoke of are asked for, to a bound.
 */
static void test_strangers_that_wait_are_bounded(void **state)
{
	struct world *w = *state;
	char id[ENGINE_ID_LEN + 1];

	connect_with(w);
	w->inspected = 0;
	w->script.inspect_status = 404;
	for (unsigned int n = 0; n < 10000; n++) {
		snprintf(id, sizeof(id), "%064x", n);
		engine_inspect(w->engine, id);
	}
	engine_inspect(w->engine, ID_C); /* too many wait for this one, too */
	while (w->inspected < 4096 && !w->timed_out)
		uv_run(&w->loop, UV_RUN_ONCE);
	run_for(w, 100);
	assert_int_equal(w->inspected, 4096);

	w->script.inspect_status = 0;
	engine_inspect(w->engine, ID_C);
	run_until(w, "container c running cmd c");
}

static void test_a_container_that_is_gone_is_no_matter(void **state)
{
	struct world *w = *state;

	w->script.list = "[" LISTED(ID_A, "running") "]";
	w->script.inspect_status = 404;
	connect_with(w);

	assert_string_equal(w->trace, "connected 1.41\ncontainer a running -\n"
				      "list done\n");
}

/* As many as are asked for at a time, so that a slot kept would show. */
static void
test_details_of_a_destroyed_container_are_not_waited_for(void **state)
{
	struct world *w = *state;

	w->script.list = "[" LISTED(ID_A, "running") "," LISTED(
		ID_B,
		"running") "," LISTED(ID_C,
				      "running") "," LISTED(ID_D,
							    "running") "]";
	w->script.mute = true;
	listen_now(w);
	engine_start(w->engine);
	run_until(w, "container d running -");
	run_for(w, 50);
	assert_non_null(w->stream);
	send_chunk(w->stream,
		   EVENT("destroy", ID_A, "1000000001") EVENT("destroy", ID_B,
							      "1000000002")
			   EVENT("destroy", ID_C, "1000000003")
				   EVENT("destroy", ID_D, "1000000004"));
	run_until(w, "list done");

	w->script.mute = false;
	engine_inspect(w->engine, ID_A);
	run_until(w, "container a running cmd a");
	assert_null(strstr(w->trace, "cmd b"));
}

static unsigned int times_asked(const struct world *w, const char *id)
{
	unsigned int asked = 0;

	for (const char *p = w->asked; (p = strstr(p, id)); p++)
		asked++;
	return asked;
}

/* The list does not wait for what the engine cannot tell; later it can. */
static void come_later(struct world *w)
{
	w->script.list = "[" LISTED(ID_A, "running") "]";
	wait_ms = 20;
	connect_with(w);
	assert_int_equal(times_asked(w, ID_A), 3);
	while (times_asked(w, ID_A) < 6 && !w->timed_out)
		uv_run(&w->loop, UV_RUN_ONCE);
	assert_int_equal(times_asked(w, ID_A), 6);
	assert_null(strstr(w->trace, "cmd a"));

	w->script.inspect_status = 0;
	w->script.inspect = NULL;
	run_until(w, "container a running cmd a");
	wait_ms = 1000;
	assert_null(strstr(w->trace, "unavailable"));
}

static void test_failing_details_come_later(void **state)
{
	struct world *w = *state;

	w->script.inspect_status = 500;
	come_later(w);
	assert_int_equal(engine_status(w->engine)->malformed, 0);
}

static void test_details_that_make_no_sense_come_later(void **state)
{
	struct world *w = *state;

	w->script.inspect = "{\"Id\":\"" ID_A;
	come_later(w);
	assert_true(engine_status(w->engine)->malformed >= 5);
}

/* At once: there is reason to think that it can be told now. */
static void test_an_event_has_failing_details_asked_for_at_once(void **state)
{
	struct world *w = *state;

	w->script.list = "[" LISTED(ID_A, "running") "]";
	w->script.inspect_status = 500;
	connect_with(w);
	w->script.inspect_status = 0;
	assert_non_null(w->stream);
	send_chunk(w->stream, EVENT("start", ID_A, "1000000001"));
	run_until(w, "container a running cmd a");

	assert_int_equal(times_asked(w, ID_A), 4);
}

static int ask_stop(struct world *w, const char *id, unsigned int grace_s)
{
	struct engine_action stop = { .verb = ENGINE_STOP, .grace_s = grace_s };

	return engine_act(w->engine, id, &stop, on_stop, w);
}

static void stop_with(struct world *w, int status, const char *body)
{
	w->script.stop_status = status;
	w->script.stop = body;
	connect_with(w);
	assert_int_equal(ask_stop(w, ID_A, 7), 0);
	run_until(w, "stop ");
}

static void test_a_stop_is_posted_with_its_grace(void **state)
{
	struct world *w = *state;

	stop_with(w, 204, NULL);

	assert_non_null(strstr(w->trace, "stop 204 ok \n"));
	assert_non_null(
		strstr(w->asked, "POST /v1.41/containers/" ID_A "/stop?t=7 "));
	assert_true(w->stop_took_ns > 0);
	assert_true(w->stop_was_sent);
}

/* A verb and the path that it is posted to. */
static void assert_posted(struct world *w, struct engine_action action,
			  const char *request)
{
	w->trace[0] = '\0';
	assert_int_equal(engine_act(w->engine, ID_A, &action, on_stop, w), 0);
	run_until(w, "stop ");
	assert_non_null(strstr(w->trace, "stop 204 ok \n"));
	assert_non_null(strstr(w->asked, request));
}

static void test_every_verb_has_its_path(void **state)
{
	struct world *w = *state;

	w->script.stop_status = 204;
	connect_with(w);
	assert_posted(w,
		      (struct engine_action){ .verb = ENGINE_KILL,
					      .signal = 15 },
		      "POST /v1.41/containers/" ID_A "/kill?signal=15 ");
	assert_posted(w, (struct engine_action){ .verb = ENGINE_PAUSE },
		      "POST /v1.41/containers/" ID_A "/pause ");
	assert_posted(w,
		      (struct engine_action){ .verb = ENGINE_RESTART,
					      .grace_s = 3 },
		      "POST /v1.41/containers/" ID_A "/restart?t=3 ");
}

static void test_only_a_stop_takes_not_running_for_success(void **state)
{
	struct engine_action pause = { .verb = ENGINE_PAUSE };
	struct world *w = *state;

	w->script.stop_status = 304;
	connect_with(w);
	assert_int_equal(engine_act(w->engine, ID_A, &pause, on_stop, w), 0);
	run_until(w, "stop 304 failed");
}

static void test_stopping_what_does_not_run_is_success(void **state)
{
	struct world *w = *state;

	stop_with(w, 304, NULL);

	assert_non_null(strstr(w->trace, "stop 304 ok \n"));
}

static void test_a_failed_stop_tells_why(void **state)
{
	struct world *w = *state;

	stop_with(w, 404, "{\"message\":\"No such container: x\"}");

	assert_non_null(strstr(w->trace,
			       "stop 404 failed 404: No such container: x\n"));
}

static void test_a_failed_stop_without_words_tells_its_status(void **state)
{
	struct world *w = *state;

	stop_with(w, 500, "<html>");

	assert_non_null(strstr(w->trace, "stop 500 failed 500\n"));
}

static void test_a_stop_needs_an_engine_and_an_id(void **state)
{
	struct world *w = *state;

	assert_int_equal(ask_stop(w, ID_A, 1), -ENOTCONN);
	connect_with(w);
	assert_int_equal(ask_stop(w, "x", 1), -EINVAL);
	assert_null(strstr(w->trace, "stop"));
}

/* The decision can wait; nothing has begun. */
static void test_a_stop_that_never_reached_the_engine_was_not_sent(void **state)
{
	struct world *w = *state;

	connect_with(w);
	assert_int_equal(unlink(w->socket), 0);
	assert_int_equal(ask_stop(w, ID_A, 1), 0);
	run_until(w, "stop 0 failed cannot connect to ");

	assert_false(w->stop_was_sent);
}

static void test_a_stop_that_is_not_answered_times_out(void **state)
{
	struct world *w = *state;

	w->script.stop_status = -1;
	connect_with(w);
	assert_int_equal(ask_stop(w, ID_A, 0), 0);
	run_until(w, "stop 0 failed Timeout was reached\n");

	assert_true(w->stop_took_ns > 14000000000);
}

static void test_closing_answers_open_stops(void **state)
{
	struct world *w = *state;

	w->script.stop_status = -1;
	connect_with(w);
	assert_int_equal(ask_stop(w, ID_A, 5), 0);
	assert_int_equal(ask_stop(w, ID_B, 5), 0);
	run_for(w, 50);
	engine_close(w->engine, on_closed, w);
	while (!w->closed)
		uv_run(&w->loop, UV_RUN_ONCE);

	assert_non_null(strstr(w->trace, "stop 0 failed the daemon is ending\n"
					 "stop 0 failed the daemon is "
					 "ending\n"));
}

static void test_closing_in_a_callback_ends_all_callbacks(void **state)
{
	struct world *w = *state;

	w->close_at_state = true;
	w->script.list = "[" LISTED(ID_A, "running") "]";
	listen_now(w);
	engine_start(w->engine);
	while (!w->closed && !w->timed_out)
		uv_run(&w->loop, UV_RUN_ONCE);

	assert_true(w->closed);
	assert_string_equal(w->trace, "connected 1.41\n");
}

static void test_closing_does_not_wait_for_slow_answers(void **state)
{
	struct world *w = *state;

	w->script.list = "[" LISTED(ID_A, "running") "]";
	w->script.mute = true;
	listen_now(w);
	engine_start(w->engine);
	run_until(w, "container a running -");
	run_for(w, 50);
	engine_close(w->engine, on_closed, w);
	for (int i = 0; i < 5; i++)
		uv_run(&w->loop, UV_RUN_NOWAIT);

	assert_true(w->closed);
	assert_null(strstr(w->trace, "list done"));
}

/*
 * The n-th call that can fail does. What was to be known is known in the end,
 * and the request of the policy is answered: at once, or with the word that it
 * was never sent, and then it is made again, as the core does.
 */
static void follow_with_failure(struct world *w, long n)
{
	const struct engine_action stop = { .verb = ENGINE_STOP, .grace_s = 1 };

	alloc_failed = false;
	alloc_left = n;
	alloc_armed = true;
	w->trace[0] = w->asked[0] = '\0';
	w->streams = 0;
	while (engine_new(&w->loop, &w->config, &callbacks, w, &w->engine))
		assert_true(alloc_failed);
	engine_start(w->engine);
	run_until(w, "container a running cmd a");
	run_until(w, "event 0 c");
	run_until(w, "container c running cmd c");
	run_until(w, "list done");
	while (!strstr(w->trace, "stop 204 ok") && !w->timed_out) {
		w->trace[0] = '\0';
		if (engine_act(w->engine, ID_A, &stop, on_stop, w) == 0)
			run_until(w, "stop ");
		run_for(w, 10);
	}
	alloc_armed = false;
	assert_false(w->timed_out);
	w->closed = false;
	engine_close(w->engine, on_closed, w);
	while (!w->closed)
		uv_run(&w->loop, UV_RUN_ONCE);
}

static void test_any_call_may_fail(void **state)
{
	struct world *w = *state;
	long n = 0;

	engine_close(w->engine, on_closed, w);
	while (!w->closed)
		uv_run(&w->loop, UV_RUN_ONCE);
	w->script.list =
		"[" LISTED(ID_A, "running") "," LISTED(ID_B, "exited") "]";
	w->script.list_later = "[" LISTED(ID_A, "running") "," LISTED(
		ID_B, "exited") "," LISTED(ID_C, "running") "]";
	for (int i = 0; i < 4; i++)
		w->script.events[i] = EVENT("start", ID_C, "1000000003");
	listen_now(w);
	wait_ms = 20;
	signal(SIGPIPE, SIG_IGN); /* requests may end before their answer */
	__real_uv_timer_start(&w->deadline, on_deadline, 120000, 0);
	do
		follow_with_failure(w, ++n);
	while (alloc_failed);
	wait_ms = 1000;
	print_message("# %ld calls failed, one at a time\n", n - 1);
	assert_true(n > 40);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_any_call_may_fail),
		TEST(test_it_pings_lists_inspects_and_follows),
		TEST(test_its_connections_are_not_inherited),
		TEST(test_a_newer_engine_is_spoken_to_in_our_version),
		TEST(test_a_missing_socket_is_told_once_and_found_later),
		TEST(test_an_auto_engine_without_socket_is_absent),
		TEST(test_a_socket_without_listener_is_unavailable),
		TEST(test_garbage_is_no_engine),
		TEST(test_a_server_without_version_is_no_engine),
		TEST(test_an_error_in_the_list_is_told_with_its_message),
		TEST(test_a_list_that_is_none_is_an_error),
		TEST(test_events_are_passed_on_and_looked_into),
		TEST(test_an_event_in_pieces_is_one_event),
		TEST(test_a_cut_stream_is_taken_up_where_it_ended),
		TEST(test_a_refused_stream_is_an_error),
		TEST(test_an_endless_event_is_given_up),
		TEST(test_details_can_be_asked_for),
		TEST(test_details_that_cannot_be_asked_for_are_so_later),
		TEST(test_a_list_is_not_done_before_what_is_owed),
		TEST(test_strangers_that_wait_are_bounded),
		TEST(test_a_container_that_is_gone_is_no_matter),
		TEST(test_details_of_a_destroyed_container_are_not_waited_for),
		TEST(test_failing_details_come_later),
		TEST(test_details_that_make_no_sense_come_later),
		TEST(test_an_event_has_failing_details_asked_for_at_once),
		TEST(test_a_stop_is_posted_with_its_grace),
		TEST(test_every_verb_has_its_path),
		TEST(test_only_a_stop_takes_not_running_for_success),
		TEST(test_stopping_what_does_not_run_is_success),
		TEST(test_a_failed_stop_tells_why),
		TEST(test_a_failed_stop_without_words_tells_its_status),
		TEST(test_a_stop_needs_an_engine_and_an_id),
		TEST(test_a_stop_that_never_reached_the_engine_was_not_sent),
		TEST(test_a_stop_that_is_not_answered_times_out),
		TEST(test_closing_answers_open_stops),
		TEST(test_closing_in_a_callback_ends_all_callbacks),
		TEST(test_closing_does_not_wait_for_slow_answers),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
