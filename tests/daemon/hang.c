// SPDX-License-Identifier: GPL-2.0
/*
 * A disk that hangs, for a process that has this preloaded: a write takes as
 * long as the file named by $HANG is there. Or one that is slow: each write, and
 * each sync, takes $SLOW microseconds.
 */
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static void wait_for_disk(int fd)
{
	const char *path = getenv("HANG"), *slow = getenv("SLOW");

	/* A file has a position; eventfds, sockets and the log have none. */
	if (lseek(fd, 0, SEEK_CUR) < 0 || fd == STDERR_FILENO)
		return;
	if (slow)
		usleep((useconds_t)strtoul(slow, NULL, 10));
	while (path && access(path, F_OK) == 0)
		usleep(10000);
}

ssize_t write(int fd, const void *buf, size_t n)
{
	wait_for_disk(fd);
	return syscall(SYS_write, fd, buf, n);
}

ssize_t pwrite64(int fd, const void *buf, size_t n, off_t at)
{
	wait_for_disk(fd);
	return syscall(SYS_pwrite64, fd, buf, n, at);
}

int fdatasync(int fd)
{
	wait_for_disk(fd);
	return (int)syscall(SYS_fdatasync, fd);
}
