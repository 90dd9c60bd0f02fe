/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where the HTTP server listens, from its text. Pure; opens nothing.
 */
#ifndef SYSMON_HTTP_ADDRESS_H
#define SYSMON_HTTP_ADDRESS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/un.h>

#define HTTP_DEFAULT_LISTEN "127.0.0.1:9815"

struct http_address {
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
		struct sockaddr_un un;
	};
	socklen_t len;
	bool local; /* reached from this machine only: loopback, or a path */
};

/*
 * Parses 127.0.0.1:9815, [::1]:9815 or unix:/run/sysmon/http.sock; names are
 * not looked up. Returns 0, or -EINVAL with *why a static sentence fragment.
 */
int http_address_parse(const char *text, struct http_address *address,
		       const char **why);

/* Whether only one of them can be listened on at a time: of an
 * address and a port, or a path. */
bool http_address_collide(const struct http_address *a,
			  const struct http_address *b);

/*
 * Whether a request's Host header (NULL: it has none) names this machine as
 * one reaches it at a local address: localhost or an address of the loopback
 * network, with or without a port. A page in a browser that had its own name
 * resolve to 127.0.0.1 sends its own name.
 */
bool http_host_is_local(const char *host);

#endif
