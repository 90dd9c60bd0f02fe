// SPDX-License-Identifier: GPL-2.0
/* The protocol of journald.h. One thread only. */
#include "journald.h"

#include <endian.h>
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define JOURNALD_SOCKET "/run/systemd/journal/socket"

struct entry {
	char bytes[JOURNALD_ENTRY_MAX];
	size_t used;
	bool cut; /* it had no room for all */
};

static int journal = -1;

static void put(struct entry *e, const void *bytes, size_t len)
{
	if (len > sizeof(e->bytes) - e->used) {
		e->cut = true;
		return;
	}
	memcpy(e->bytes + e->used, bytes, len);
	e->used += len;
}

/* NAME=VALUE; or, as it holds ends of lines, NAME, the length, VALUE. */
static void put_field(struct entry *e, const char *field, size_t len)
{
	const char *value = memchr(field, '=', len);
	uint64_t rest;

	if (!value || !memchr(value, '\n', len - (size_t)(value - field))) {
		put(e, field, len);
	} else {
		put(e, field, (size_t)(value - field));
		put(e, "\n", 1);
		value++;
		len -= (size_t)(value - field);
		rest = htole64(len);
		put(e, &rest, sizeof(rest));
		put(e, value, len);
	}
	put(e, "\n", 1);
}

static void put_program(struct entry *e)
{
	static const char name[] = "SYSLOG_IDENTIFIER=";

	put(e, name, sizeof(name) - 1);
	put(e, program_invocation_short_name,
	    strlen(program_invocation_short_name));
	put(e, "\n", 1);
}

static int open_socket(const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd, err;

	if (strlen(path) >= sizeof(to.sun_path))
		return -ENAMETOOLONG;
	memcpy(to.sun_path, path, strlen(path));
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	if (!connect(fd, (struct sockaddr *)&to, sizeof(to)))
		return fd;
	err = errno;
	close(fd);
	return -err;
}

/* One attempt. A socket whose other end has gone is opened anew by the next. */
static int try_send(const char *path, const struct entry *e)
{
	int err;

	if (journal < 0)
		journal = open_socket(path);
	if (journal < 0)
		return journal;
	if (send(journal, e->bytes, e->used, MSG_NOSIGNAL) >= 0)
		return 0;
	err = errno;
	if (err != EAGAIN) {
		close(journal);
		journal = -1;
	}
	return -err;
}

int journald_send_to(const char *path, const struct iovec *field, int n,
		     int wait_ms)
{
	struct pollfd room = { .events = POLLOUT };
	struct entry e;
	int rc;

	e.used = 0;
	e.cut = false;
	for (int i = 0; i < n; i++)
		put_field(&e, field[i].iov_base, field[i].iov_len);
	put_program(&e);
	if (e.cut)
		return -EMSGSIZE;
	rc = try_send(path, &e);
	if (rc == -ECONNREFUSED || rc == -ENOTCONN || rc == -ECONNRESET)
		return try_send(path, &e);
	if (rc != -EAGAIN || !wait_ms)
		return rc;
	room.fd = journal;
	poll(&room, 1, wait_ms);
	return try_send(path, &e);
}

int journald_send(const struct iovec *field, int n, int wait_ms)
{
	return journald_send_to(JOURNALD_SOCKET, field, n, wait_ms);
}
