/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The bearer token: read from its file, and compared with what a request
 * brings. Knows no request.
 */
#ifndef SYSMON_HTTP_AUTH_H
#define SYSMON_HTTP_AUTH_H

#include <stdbool.h>
#include <stddef.h>

#define HTTP_TOKEN_MIN 16
#define HTTP_TOKEN_MAX 256

struct http_token {
	size_t len; /* 0: none is asked for */
	char text[HTTP_TOKEN_MAX + 1];
};

/*
 * Reads the token, one line of printable ASCII, from a regular file that none
 * but its owner and group can read. Returns 0, or a negative errno with why,
 * of size bytes, telling what is wrong and what to do.
 */
int http_token_read(const char *path, struct http_token *token, char *why,
		    size_t size);

bool http_token_is_same(const struct http_token *a, const struct http_token *b);

/*
 * Whether the value of an Authorization header (NULL: it has none) is
 * "Bearer TOKEN". How long that takes does not tell where the two differ.
 */
bool http_token_fits(const struct http_token *token, const char *authorization);

#endif
