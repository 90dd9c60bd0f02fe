/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The socket that the HTTP server listens on: made, and taken away. Knows no
 * request.
 */
#ifndef SYSMON_HTTP_LISTEN_H
#define SYSMON_HTTP_LISTEN_H

#include <sys/stat.h>

#include "config.h"

struct http_listener {
	int fd;	      /* -1: none */
	dev_t device; /* of a socket that is a path, as the next */
	ino_t inode;
};

/*
 * Listens, without blocking. A socket at the path that nobody listens on is
 * replaced; anything else there is left alone. Returns 0, or a negative errno
 * with why, of size bytes.
 */
int http_listen(const struct http_config *config, struct http_listener *l,
		char *why, size_t size);

/* Takes the path away, if it is still ours. The descriptor is the caller's. */
void http_listen_end(const struct http_config *config,
		     const struct http_listener *l);

#endif
