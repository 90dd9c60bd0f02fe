// SPDX-License-Identifier: GPL-2.0
/* The lock of lock.h. The file holds its owner's process id, and stays. */
#include "lock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

static long read_owner(int fd)
{
	char text[24];
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	if (n <= 0)
		return 0;
	text[n] = 0;
	return strtol(text, NULL, 10);
}

/* Only for the message to the next one: a failure to write changes nothing. */
static void write_owner(int fd)
{
	char text[24];
	int n = snprintf(text, sizeof(text), "%ld\n", (long)getpid());

	if (ftruncate(fd, 0) || pwrite(fd, text, (size_t)n, 0) != n)
		return;
}

int lock_take(const char *path, long *owner)
{
	char name[PATH_MAX];
	int fd, error;

	*owner = 0;
	if (snprintf(name, sizeof(name), "%s-lock", path) >= PATH_MAX)
		return -ENAMETOOLONG;
	fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
		write_owner(fd);
		return fd;
	}
	error = errno;
	if (error == EWOULDBLOCK)
		*owner = read_owner(fd);
	close(fd);
	return -error;
}
