// SPDX-License-Identifier: GPL-2.0
/*
 * A disk that hangs, for a process that has this preloaded: a write takes as
 * long as the file named by $HANG is there.
 */
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static void wait_for_disk(int fd)
{
	const char *path = getenv("HANG");

	/* A file has a position; eventfds, sockets and the log have none. */
	if (lseek(fd, 0, SEEK_CUR) < 0 || fd == STDERR_FILENO)
		return;
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
