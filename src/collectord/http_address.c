// SPDX-License-Identifier: GPL-2.0
/* Where the HTTP server listens, from its text. Pure; opens nothing. */
#include "http_address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char why_form[] = "expected ADDRESS:PORT, [IPV6]:PORT or "
			       "unix:/PATH, such as 127.0.0.1:9815";

static int refuse(const char **why, const char *text)
{
	*why = text;
	return -EINVAL;
}

static int parse_unix(const char *path, struct http_address *a,
		      const char **why)
{
	size_t len = strlen(path);

	if (path[0] != '/')
		return refuse(why, "the path behind unix: must be absolute");
	if (len >= sizeof(a->un.sun_path))
		return refuse(why, "a socket's path has at most 107 bytes");
	a->un.sun_family = AF_UNIX;
	memcpy(a->un.sun_path, path, len + 1);
	a->len = sizeof(a->un);
	a->local = true;
	return 0;
}

/* 1 to 65535. */
static bool parse_port(const char *text, in_port_t *port)
{
	size_t digits = strspn(text, "0123456789");
	long value = digits && digits <= 5 ? strtol(text, NULL, 10) : 0;

	if (text[digits] || value < 1 || value > UINT16_MAX)
		return false;
	*port = htons((uint16_t)value);
	return true;
}

static bool is_loopback4(struct in_addr in)
{
	return ntohl(in.s_addr) >> 24 == IN_LOOPBACKNET;
}

static int parse_inet6(const char *host, const char *port,
		       struct http_address *a, const char **why)
{
	a->in6.sin6_family = AF_INET6;
	a->len = sizeof(a->in6);
	if (inet_pton(AF_INET6, host, &a->in6.sin6_addr) != 1)
		return refuse(why, "no such IPv6 address");
	if (!parse_port(port, &a->in6.sin6_port))
		return refuse(why, "the port must be from 1 to 65535");
	a->local = IN6_IS_ADDR_LOOPBACK(&a->in6.sin6_addr);
	return 0;
}

static int parse_inet(const char *host, const char *port,
		      struct http_address *a, const char **why)
{
	a->in.sin_family = AF_INET;
	a->len = sizeof(a->in);
	if (inet_pton(AF_INET, host, &a->in.sin_addr) != 1)
		return refuse(why, why_form);
	if (!parse_port(port, &a->in.sin_port))
		return refuse(why, "the port must be from 1 to 65535");
	a->local = is_loopback4(a->in.sin_addr);
	return 0;
}

int http_address_parse(const char *text, struct http_address *address,
		       const char **why)
{
	char host[INET6_ADDRSTRLEN];
	const char *end;
	bool six = text[0] == '[';

	memset(address, 0, sizeof(*address));
	if (!strncmp(text, "unix:", 5))
		return parse_unix(text + 5, address, why);
	text += six;
	end = strchr(text, six ? ']' : ':');
	if (!end || (six && end[1] != ':') ||
	    (size_t)(end - text) >= sizeof(host))
		return refuse(why, why_form);
	snprintf(host, sizeof(host), "%.*s", (int)(end - text), text);
	return six ? parse_inet6(host, end + 2, address, why)
		   : parse_inet(host, end + 1, address, why);
}

static bool collide_inet(const struct sockaddr_in *a,
			 const struct sockaddr_in *b)
{
	return a->sin_port == b->sin_port &&
	       (a->sin_addr.s_addr == b->sin_addr.s_addr ||
		a->sin_addr.s_addr == htonl(INADDR_ANY) ||
		b->sin_addr.s_addr == htonl(INADDR_ANY));
}

/* [::] is listened to without 0.0.0.0. */
static bool collide_inet6(const struct sockaddr_in6 *a,
			  const struct sockaddr_in6 *b)
{
	return a->sin6_port == b->sin6_port &&
	       (IN6_ARE_ADDR_EQUAL(&a->sin6_addr, &b->sin6_addr) ||
		IN6_IS_ADDR_UNSPECIFIED(&a->sin6_addr) ||
		IN6_IS_ADDR_UNSPECIFIED(&b->sin6_addr));
}

bool http_address_collide(const struct http_address *a,
			  const struct http_address *b)
{
	if (a->any.sa_family != b->any.sa_family)
		return false;
	if (a->any.sa_family == AF_UNIX)
		return strcmp(a->un.sun_path, b->un.sun_path) == 0;
	return a->any.sa_family == AF_INET6 ? collide_inet6(&a->in6, &b->in6)
					    : collide_inet(&a->in, &b->in);
}

bool http_host_is_local(const char *host)
{
	char name[INET6_ADDRSTRLEN];
	struct in6_addr in6;
	struct in_addr in;
	bool six;
	size_t len;

	if (!host)
		return true;
	six = host[0] == '[';
	host += six;
	len = strcspn(host, six ? "]" : ":");
	if (len >= sizeof(name) || (six && host[len] != ']'))
		return false;
	snprintf(name, sizeof(name), "%.*s", (int)len, host);
	if (six)
		return inet_pton(AF_INET6, name, &in6) == 1 &&
		       IN6_IS_ADDR_LOOPBACK(&in6);
	return !strcasecmp(name, "localhost") ||
	       (inet_pton(AF_INET, name, &in) == 1 && is_loopback4(in));
}
