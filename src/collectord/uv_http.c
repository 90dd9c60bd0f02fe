// SPDX-License-Identifier: GPL-2.0
/*
 * The loop's side of the HTTP server: its begin, its turns, the time limits,
 * its end. Uses uv_*.
 */
#include "uv_http_int.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"

#define SWEEP_MS 1000
#define RETRY_MS 10000

static void arm(struct uv_http *http);

void http_turn(struct uv_http *http)
{
	if (!http->mhd)
		return;
	MHD_run(http->mhd);
	arm(http);
}

static void on_turn(uv_timer_t *timer)
{
	http_turn(timer->data);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
	(void)status;
	(void)events;
	http_turn(poll->data);
}

static void arm(struct uv_http *http)
{
	MHD_UNSIGNED_LONG_LONG ms;

	if (MHD_get_timeout(http->mhd, &ms) == MHD_YES)
		uv_timer_start(&http->turn, on_turn, ms, 0);
	else
		uv_timer_stop(&http->turn);
}

void http_phase(struct uv_http *http, struct connection *c,
		enum connection_phase phase)
{
	c->phase = phase;
	c->since_ms = uv_now(http->loop);
}

/* libmicrohttpd then finds it closed, and lets go of it. */
void http_cut(struct connection *c)
{
	c->cut = true;
	shutdown(c->fd, SHUT_RDWR);
}

static struct connection *open_connection(struct uv_http *http,
					  struct MHD_Connection *mhd)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
	struct connection *c = calloc(1, sizeof(*c));

	if (!c || !info) {
		free(c);
		return NULL;
	}
	c->fd = info->connect_fd;
	http_phase(http, c, PHASE_REQUEST);
	LIST_INSERT_HEAD(&http->connections, c, entry);
	http->counts.connections++;
	http->counts.connections_now++;
	return c;
}

/* A MHD_NotifyConnectionCallback. One that there is no memory for goes
 * without time limits, as libmicrohttpd can't be told no. */
static void on_connection(void *cls, struct MHD_Connection *mhd,
			  void **socket_context,
			  enum MHD_ConnectionNotificationCode code)
{
	struct uv_http *http = cls;
	struct connection *c = *socket_context;

	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		*socket_context = open_connection(http, mhd);
	} else if (c) {
		LIST_REMOVE(c, entry);
		http->counts.connections_now--;
		free(c);
		*socket_context = NULL;
	}
}

static void on_log(void *cls, const char *format, va_list args)
{
	char line[512];

	(void)cls;
	vsnprintf(line, sizeof(line), format, args);
	line[strcspn(line, "\n")] = 0;
	log_debug("HTTP: %s", line);
}

static bool is_over(const struct uv_http *http, const struct connection *c)
{
	uint64_t age = uv_now(http->loop) - c->since_ms;

	switch (c->phase) {
	case PHASE_REQUEST:
		return age > HTTP_REQUEST_MS;
	case PHASE_ANSWER:
		return age > HTTP_ANSWER_MS;
	case PHASE_WORK:
	case PHASE_STREAM:
		break;
	}
	return false;
}

static struct MHD_Daemon *start_mhd(struct uv_http *http)
{
	return MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME |
					MHD_USE_ERROR_LOG,
				0, NULL, NULL, exchange_on_request, http,
				MHD_OPTION_EXTERNAL_LOGGER, on_log, NULL,
				MHD_OPTION_LISTEN_SOCKET, http->listener.fd,
				MHD_OPTION_CONNECTION_LIMIT,
				HTTP_CONNECTIONS_MAX,
				MHD_OPTION_PER_IP_CONNECTION_LIMIT,
				HTTP_PER_ADDRESS_MAX,
				MHD_OPTION_CONNECTION_MEMORY_LIMIT,
				(size_t)HTTP_REQUEST_BYTES,
				MHD_OPTION_CONNECTION_TIMEOUT,
				HTTP_ANSWER_MS / 1000,
				MHD_OPTION_NOTIFY_CONNECTION, on_connection,
				http, MHD_OPTION_NOTIFY_COMPLETED,
				exchange_on_completed, http, MHD_OPTION_END);
}

/* With the socket open: has the loop serve it. */
static int serve(struct uv_http *http)
{
	const union MHD_DaemonInfo *info;

	http->mhd = start_mhd(http);
	if (!http->mhd) {
		http_listen_end(&http->config, &http->listener);
		close(http->listener.fd);
		return -ENOMEM;
	}
	info = MHD_get_daemon_info(http->mhd, MHD_DAEMON_INFO_EPOLL_FD);
	if (!info ||
	    uv_poll_init(http->loop, &http->poll, info->epoll_fd) != 0) {
		http_listen_end(&http->config, &http->listener);
		MHD_stop_daemon(http->mhd);
		http->mhd = NULL;
		return -ENOMEM;
	}
	http->poll.data = http;
	http->polling = true;
	uv_poll_start(&http->poll, UV_READABLE, on_poll);
	arm(http);
	return 0;
}

int uv_http_listen(struct uv_http *http, char *why, size_t size)
{
	int rc;

	http->tried_ms = uv_now(http->loop);
	rc = http_listen(&http->config, &http->listener, why, size);
	if (!rc) {
		rc = serve(http);
		if (rc)
			snprintf(why, size, "%s: %s", http->config.listen,
				 strerror(-rc));
	}
	return rc;
}

static void tell_that_it_serves(const struct uv_http *http)
{
	log_info("HTTP on %s", http->config.listen);
}

/* Listens, or says once why not. */
static void try_to_listen(struct uv_http *http)
{
	char why[256];
	int rc = uv_http_listen(http, why, sizeof(why));

	if (rc && !http->complained)
		log_err("HTTP can't be served: %s; trying again", why);
	if (!rc)
		tell_that_it_serves(http);
	http->complained = rc != 0;
}

static void on_sweep(uv_timer_t *timer)
{
	struct uv_http *http = timer->data;
	struct connection *c;

	for (c = LIST_FIRST(&http->connections); c; c = LIST_NEXT(c, entry)) {
		if (c->cut || !is_over(http, c))
			continue;
		http->counts.connections_cut++;
		http_cut(c);
	}
	if (!http->mhd && uv_now(http->loop) - http->tried_ms >= RETRY_MS)
		try_to_listen(http);
}

void uv_http_start(struct uv_http *http)
{
	if (http->mhd)
		tell_that_it_serves(http);
	else
		try_to_listen(http);
	uv_timer_start(&http->sweep, on_sweep, SWEEP_MS, SWEEP_MS);
}

static void init_timer(struct uv_http *http, uv_timer_t *timer)
{
	uv_timer_init(http->loop, timer);
	timer->data = http;
}

static void free_http(struct uv_http *http)
{
	http_ui_free(&http->ui);
	free(http->config.listen);
	free(http->database);
	free(http);
}

/* With a copy of what it needs of the configuration. */
static struct uv_http *allocate(const struct http_config *config,
				const char *database)
{
	struct uv_http *http = calloc(1, sizeof(*http));
	int i;

	if (!http)
		return NULL;
	http->config = *config;
	http->config.token_file = NULL;
	http->config.ui = NULL;
	http->config.listen = strdup(config->listen);
	http->database = strdup(database);
	if (!http->config.listen || !http->database) {
		free_http(http);
		return NULL;
	}
	for (i = 0; i < HTTP_WORKERS; i++)
		http->reader[i].path = http->database;
	STAILQ_INIT(&http->waiting);
	LIST_INIT(&http->streams);
	LIST_INIT(&http->connections);
	return http;
}

int uv_http_new(uv_loop_t *loop, const struct http_config *config,
		const char *database, const struct uv_http_callbacks *callbacks,
		void *data, struct uv_http **out, char *why, size_t size)
{
	struct uv_http *http = allocate(config, database);
	int rc = http ? 0 : -ENOMEM;

	*out = NULL;
	snprintf(why, size, "%s", strerror(ENOMEM));
	if (!rc && config->token_file)
		rc = http_token_read(config->token_file, &http->token, why,
				     size);
	if (rc) {
		if (http)
			free_http(http);
		return rc;
	}
	if (config->ui && !http_ui_load(config->ui, &http->ui, why, size))
		log_warning("HTTP: there is no page at /ui: %s", why);
	http->loop = loop;
	http->callbacks = callbacks;
	http->data = data;
	init_timer(http, &http->turn);
	init_timer(http, &http->work_timer);
	init_timer(http, &http->sweep);
	init_timer(http, &http->stream_timer);
	*out = http;
	return 0;
}

const struct http_address *uv_http_address(const struct uv_http *http)
{
	return &http->config.address;
}

void uv_http_set_token(struct uv_http *http, const struct http_token *token)
{
	if (http_token_is_same(&http->token, token))
		return;
	http->token = *token;
	stream_cut_all(http);
	http_turn(http);
}

void uv_http_inherit(struct uv_http *http, const struct http_counts *from)
{
	http->counts = *from;
	http->counts.connections_now = 0;
	http->counts.streams_now = 0;
	http->counts.answer_bytes = 0;
}

void uv_http_counts(const struct uv_http *http, struct http_counts *out)
{
	*out = http->counts;
}

static void on_closed(uv_handle_t *handle)
{
	struct uv_http *http = handle->data;
	void (*cb)(void *) = http->close_cb;
	void *data = http->close_data;
	int i;

	if (--http->handles)
		return;
	for (i = 0; i < HTTP_WORKERS; i++)
		http_reader_close(&http->reader[i]);
	free_http(http);
	cb(data);
}

static void close_handle(struct uv_http *http, uv_handle_t *handle)
{
	http->handles++;
	uv_close(handle, on_closed);
}

/* Another may listen in its place from now on. */
static void stop_listening(struct uv_http *http)
{
	MHD_socket fd;

	if (!http->mhd)
		return;
	http_listen_end(&http->config, &http->listener);
	fd = MHD_quiesce_daemon(http->mhd);
	if (fd != MHD_INVALID_SOCKET)
		close(fd);
}

void http_close_rest(struct uv_http *http)
{
	struct exchange *x;

	while ((x = STAILQ_FIRST(&http->waiting)) != NULL) {
		STAILQ_REMOVE_HEAD(&http->waiting, entry);
		http_refuse(&x->refusal, 503, NULL, "the daemon is stopping");
		exchange_resume(x);
	}
	stream_end_all(http);
	if (http->mhd) {
		MHD_run(http->mhd);
		MHD_stop_daemon(http->mhd);
	}
	close_handle(http, (uv_handle_t *)&http->turn);
	close_handle(http, (uv_handle_t *)&http->work_timer);
	close_handle(http, (uv_handle_t *)&http->sweep);
	close_handle(http, (uv_handle_t *)&http->stream_timer);
	if (http->polling)
		close_handle(http, (uv_handle_t *)&http->poll);
}

void uv_http_close(struct uv_http *http, void (*cb)(void *data), void *data)
{
	http->closing = true;
	http->close_cb = cb;
	http->close_data = data;
	uv_timer_stop(&http->turn);
	uv_timer_stop(&http->work_timer);
	uv_timer_stop(&http->sweep);
	uv_timer_stop(&http->stream_timer);
	if (http->polling)
		uv_poll_stop(&http->poll);
	stop_listening(http);
	if (!http->working)
		http_close_rest(http);
}
