// SPDX-License-Identifier: GPL-2.0
/*
 * Owns single HTTP requests over a unix socket with libcurl (on uv_curl.h):
 * bounded answers, time limits, errors in words. Knows nothing of what is asked
 * and answered.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine_http.h"

#define CONNECT_TIMEOUT_MS 5000L
#define BODY_FIRST	   4096

struct engine_http {
	struct uv_curl *uc;
	CURL *easy;
	void (*done)(void *data, struct engine_http *http);
	void *data;
	char *socket;
	char *body;
	size_t len;
	size_t room;
	size_t max;
	bool too_long;
	bool running;
	int os_errno;
	bool no_connection;
	char error[256]; /* "" none */
};

static int make_room(struct engine_http *http, size_t more)
{
	size_t room = http->room ? http->room : BODY_FIRST;
	char *grown;

	while (room < http->len + more)
		room *= 2;
	if (room == http->room)
		return 0;
	grown = realloc(http->body, room);
	if (!grown)
		return -ENOMEM;
	http->body = grown;
	http->room = room;
	return 0;
}

/* A CURLOPT_WRITEFUNCTION; a short count fails the transfer. */
static size_t on_body(char *ptr, size_t size, size_t n, void *data)
{
	struct engine_http *http = data;
	size_t len = size * n;

	if (len > http->max - http->len) {
		http->too_long = true;
		return 0;
	}
	if (make_room(http, len))
		return 0;
	memcpy(http->body + http->len, ptr, len);
	http->len += len;
	return len;
}

/* A CURLOPT_SOCKOPTFUNCTION: the engine's socket is not for the jobs. */
static int on_socket_open(void *data, curl_socket_t fd, curlsocktype purpose)
{
	(void)data;
	(void)purpose;
	return fcntl(fd, F_SETFD, FD_CLOEXEC) ? CURL_SOCKOPT_ERROR
					      : CURL_SOCKOPT_OK;
}

static void describe_connect(struct engine_http *http)
{
	const char *hint = "";

	if (http->os_errno == ENOENT)
		hint = " (is the engine installed and running?)";
	else if (http->os_errno == EACCES)
		hint = " (the daemon's user is not in the socket's group)";
	else if (http->os_errno == ECONNREFUSED)
		hint = " (nobody listens; is the engine running?)";
	snprintf(http->error, sizeof(http->error), "cannot connect to %s: %s%s",
		 http->socket,
		 http->os_errno ? strerror(http->os_errno) : "no answer", hint);
}

static void describe(struct engine_http *http, CURLcode code)
{
	if (code == CURLE_OK)
		return;
	if (code == CURLE_COULDNT_CONNECT)
		describe_connect(http);
	else if (http->too_long)
		snprintf(http->error, sizeof(http->error),
			 "the answer is longer than %zu bytes", http->max);
	else
		snprintf(http->error, sizeof(http->error), "%s",
			 curl_easy_strerror(code));
}

void engine_http_finish(CURL *easy, CURLcode code)
{
	struct engine_http *http;
	char *private;
	long os_errno = 0;

	curl_easy_getinfo(easy, CURLINFO_PRIVATE, &private);
	curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &os_errno);
	http = (struct engine_http *)private;
	http->running = false;
	http->no_connection = code == CURLE_COULDNT_CONNECT;
	if (http->no_connection)
		http->os_errno = (int)os_errno;
	describe(http, code);
	http->done(http->data, http);
}

/* Every option is a constant or a copied string: one sum of results will do. */
static int set_options(struct engine_http *http,
		       const struct engine_http_spec *spec)
{
	CURL *easy = http->easy;
	char url[512];
	int bad = 0;

	if (snprintf(url, sizeof(url), "http://localhost%s", spec->path) >=
	    (int)sizeof(url))
		return -ENAMETOOLONG;
	bad |= curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, spec->socket);
	bad |= curl_easy_setopt(easy, CURLOPT_URL, url);
	bad |= curl_easy_setopt(easy, CURLOPT_PRIVATE, http);
	bad |= curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	bad |= curl_easy_setopt(easy, CURLOPT_WRITEDATA, http);
	bad |= curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, on_socket_open);
	bad |= curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	bad |= curl_easy_setopt(easy, CURLOPT_PROXY, "");
	bad |= curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
				CONNECT_TIMEOUT_MS);
	bad |= curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, spec->timeout_ms);
	if (spec->post) {
		bad |= curl_easy_setopt(easy, CURLOPT_POST, 1L);
		bad |= curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, 0L);
		bad |= curl_easy_setopt(easy, CURLOPT_POSTFIELDS, "");
	}
	return bad ? -ENOMEM : 0;
}

int engine_http_start(struct uv_curl *uc, const struct engine_http_spec *spec,
		      void (*done)(void *data, struct engine_http *http),
		      void *data, struct engine_http **out)
{
	struct engine_http *http = calloc(1, sizeof(*http));
	int err;

	if (!http)
		return -ENOMEM;
	http->uc = uc;
	http->done = done;
	http->data = data;
	http->max = spec->body_max;
	http->easy = curl_easy_init();
	http->socket = strdup(spec->socket);
	err = http->easy && http->socket ? set_options(http, spec) : -ENOMEM;
	if (!err)
		err = uv_curl_add(uc, http->easy);
	if (err) {
		engine_http_free(http);
		return err;
	}
	http->running = true;
	*out = http;
	return 0;
}

void engine_http_free(struct engine_http *http)
{
	if (!http)
		return;
	if (http->running)
		uv_curl_remove(http->uc, http->easy);
	curl_easy_cleanup(http->easy);
	free(http->socket);
	free(http->body);
	free(http);
}

int engine_http_status(const struct engine_http *http)
{
	long status = 0;

	curl_easy_getinfo(http->easy, CURLINFO_RESPONSE_CODE, &status);
	return (int)status;
}

const char *engine_http_body(const struct engine_http *http, size_t *len)
{
	*len = http->len;
	return http->body ? http->body : "";
}

void engine_http_consume(struct engine_http *http, size_t len)
{
	http->len -= len;
	memmove(http->body, http->body + len, http->len);
}

const char *engine_http_header(struct engine_http *http, const char *name)
{
	struct curl_header *header;

	if (curl_easy_header(http->easy, name, 0, CURLH_HEADER, -1, &header) !=
	    CURLHE_OK)
		return NULL;
	return header->value;
}

const char *engine_http_error(const struct engine_http *http)
{
	return http->error[0] ? http->error : NULL;
}

bool engine_http_not_sent(const struct engine_http *http)
{
	return http->no_connection;
}

bool engine_http_no_socket(const struct engine_http *http)
{
	return http->os_errno == ENOENT;
}
