// SPDX-License-Identifier: GPL-2.0
/* The socket that the HTTP server listens on; knows no request. */
#include "http_listen.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define BACKLOG 64

/* Whether someone listens at the path: 0 nobody, else a negative errno. */
static int probe(const struct http_address *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int rc;

	if (fd < 0)
		return -errno;
	rc = connect(fd, &address->any, address->len) ? -errno : -EADDRINUSE;
	close(fd);
	return rc == -ECONNREFUSED ? 0 : rc == -EAGAIN ? -EADDRINUSE : rc;
}

static int remove_stale(const struct http_address *address)
{
	const char *path = address->un.sun_path;
	struct stat st;
	int rc;

	if (lstat(path, &st))
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(st.st_mode))
		return -EEXIST;
	rc = probe(address);
	if (rc)
		return rc;
	return unlink(path) ? -errno : 0;
}

/* The mode holds from the first moment on, whatever the umask adds to it. */
static int bind_path(int fd, const struct http_config *config,
		     struct http_listener *l)
{
	const struct http_address *address = &config->address;
	const char *path = address->un.sun_path;
	struct stat st;
	int rc = remove_stale(address);

	if (rc)
		return rc;
	if (fchmod(fd, config->mode) || bind(fd, &address->any, address->len) ||
	    chmod(path, config->mode) || lstat(path, &st))
		return -errno;
	l->device = st.st_dev;
	l->inode = st.st_ino;
	return 0;
}

static int bind_address(int fd, const struct http_address *address)
{
	const int on = 1;

	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)))
		return -errno;
	/* [::] is not to listen on 0.0.0.0 as well. */
	if (address->any.sa_family == AF_INET6 &&
	    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)))
		return -errno;
	return bind(fd, &address->any, address->len) ? -errno : 0;
}

int http_listen(const struct http_config *config, struct http_listener *l,
		char *why, size_t size)
{
	sa_family_t family = config->address.any.sa_family;
	int fd, rc;

	*l = (struct http_listener){ .fd = -1 };
	fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	rc = fd < 0 ? -errno : 0;
	if (!rc)
		rc = family == AF_UNIX ? bind_path(fd, config, l)
				       : bind_address(fd, &config->address);
	if (!rc && listen(fd, BACKLOG))
		rc = -errno;
	if (!rc) {
		l->fd = fd;
		return 0;
	}
	snprintf(why, size, "%s: %s", config->listen, strerror(-rc));
	if (fd >= 0)
		close(fd);
	return rc;
}

void http_listen_end(const struct http_config *config,
		     const struct http_listener *l)
{
	const char *path = config->address.un.sun_path;
	struct stat st;

	if (config->address.any.sa_family != AF_UNIX || lstat(path, &st))
		return;
	if (st.st_dev == l->device && st.st_ino == l->inode)
		unlink(path);
}
