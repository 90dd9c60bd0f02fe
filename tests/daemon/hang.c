// SPDX-License-Identifier: GPL-2.0
/*
 * A disk that hangs, for a process that has this preloaded: a write takes as
 * long as the pipe named by $HANG is there; with $ASLEEP it sleeps in the kernel
 * meanwhile, as for a disk. Or one that is slow: each write, and
 * each sync, takes $SLOW microseconds. Or one that is mounted read-only, as long
 * as the file named by $READONLY is there.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int is_on_disk(int fd)
{
	struct stat st;

	return fd != STDERR_FILENO && fstat(fd, &st) == 0 &&
	       S_ISREG(st.st_mode);
}

static int is_read_only(int fd)
{
	const char *path = getenv("READONLY");

	if (!path || !is_on_disk(fd) || access(path, F_OK))
		return 0;
	errno = EROFS;
	return 1;
}

/* Until another has opened the pipe for writing, removed it, and closed it. */
static void wait_while(const char *path)
{
	char byte;
	int fd = open(path, O_RDONLY);

	if (fd < 0)
		return;
	while (read(fd, &byte, 1) > 0)
		;
	close(fd);
}

/* The parent of vfork() sleeps as one does that waits for a disk. */
static void sleep_while(const char *path)
{
	pid_t pid = vfork();

	if (!pid) {
		wait_while(path);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
}

static void wait_for_disk(int fd)
{
	const char *path = getenv("HANG"), *slow = getenv("SLOW");

	if (!is_on_disk(fd))
		return;
	if (slow)
		usleep((useconds_t)strtoul(slow, NULL, 10));
	if (path && getenv("ASLEEP") && access(path, F_OK) == 0)
		sleep_while(path);
	else if (path)
		wait_while(path);
}

ssize_t write(int fd, const void *buf, size_t n)
{
	wait_for_disk(fd);
	if (is_read_only(fd))
		return -1;
	return syscall(SYS_write, fd, buf, n);
}

ssize_t pwrite64(int fd, const void *buf, size_t n, off_t at)
{
	wait_for_disk(fd);
	if (is_read_only(fd))
		return -1;
	return syscall(SYS_pwrite64, fd, buf, n, at);
}

int ftruncate64(int fd, off_t size)
{
	return is_read_only(fd) ? -1 : (int)syscall(SYS_ftruncate, fd, size);
}

int fdatasync(int fd)
{
	wait_for_disk(fd);
	return (int)syscall(SYS_fdatasync, fd);
}
