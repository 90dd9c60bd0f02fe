/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Fails the calls of job_run.c and spawn.c, as wrap_alloc.h does allocations and
 * with the same count: each is one that can fail. See the Makefile.
 */
#ifndef SYSMON_TEST_WRAP_JOB_H
#define SYSMON_TEST_WRAP_JOB_H

#include <errno.h>
#include <sys/wait.h>
#include <uv.h>

#include "wrap_alloc.h"

/* What is polled last, to be called with an error. */
static uv_poll_t *polled;
static uv_poll_cb polled_cb;

pid_t __real_waitpid(pid_t pid, int *status, int options);
pid_t __wrap_waitpid(pid_t pid, int *status, int options);
int __real_pipe2(int fd[2], int flags);
int __real_pidfd_open(pid_t pid, unsigned int flags);
int __real_uv_pipe_open(uv_pipe_t *pipe, uv_file fd);
int __real_uv_read_start(uv_stream_t *stream, uv_alloc_cb on_alloc,
			 uv_read_cb on_read);
int __real_uv_queue_work(uv_loop_t *loop, uv_work_t *work, uv_work_cb fn,
			 uv_after_work_cb after);
int __real_uv_poll_init(uv_loop_t *loop, uv_poll_t *poll, int fd);
int __real_uv_poll_start(uv_poll_t *poll, int events, uv_poll_cb fn);
int __wrap_pipe2(int fd[2], int flags);
int __wrap_pidfd_open(pid_t pid, unsigned int flags);
int __wrap_uv_pipe_open(uv_pipe_t *pipe, uv_file fd);
int __wrap_uv_read_start(uv_stream_t *stream, uv_alloc_cb on_alloc,
			 uv_read_cb on_read);
int __wrap_uv_queue_work(uv_loop_t *loop, uv_work_t *work, uv_work_cb fn,
			 uv_after_work_cb after);
int __wrap_uv_poll_init(uv_loop_t *loop, uv_poll_t *poll, int fd);
int __wrap_uv_poll_start(uv_poll_t *poll, int events, uv_poll_cb fn);

static int fail_with_errno(void)
{
	errno = EMFILE;
	return -1;
}

/* As if somebody else had waited before. */
pid_t __wrap_waitpid(pid_t pid, int *status, int options)
{
	pid_t got = __real_waitpid(pid, status, options);

	if (got <= 0 || !alloc_fails())
		return got;
	errno = ECHILD;
	return -1;
}

int __wrap_pipe2(int fd[2], int flags)
{
	return alloc_fails() ? fail_with_errno() : __real_pipe2(fd, flags);
}

int __wrap_pidfd_open(pid_t pid, unsigned int flags)
{
	return alloc_fails() ? fail_with_errno()
			     : __real_pidfd_open(pid, flags);
}

int __wrap_uv_pipe_open(uv_pipe_t *pipe, uv_file fd)
{
	return alloc_fails() ? UV_EMFILE : __real_uv_pipe_open(pipe, fd);
}

int __wrap_uv_read_start(uv_stream_t *stream, uv_alloc_cb on_alloc,
			 uv_read_cb on_read)
{
	return alloc_fails() ? UV_EINVAL
			     : __real_uv_read_start(stream, on_alloc, on_read);
}

int __wrap_uv_queue_work(uv_loop_t *loop, uv_work_t *work, uv_work_cb fn,
			 uv_after_work_cb after)
{
	return alloc_fails() ? UV_ENOMEM
			     : __real_uv_queue_work(loop, work, fn, after);
}

int __wrap_uv_poll_init(uv_loop_t *loop, uv_poll_t *poll, int fd)
{
	return alloc_fails() ? UV_ENOMEM : __real_uv_poll_init(loop, poll, fd);
}

int __wrap_uv_poll_start(uv_poll_t *poll, int events, uv_poll_cb fn)
{
	polled = poll;
	polled_cb = fn;
	return alloc_fails() ? UV_ENOMEM
			     : __real_uv_poll_start(poll, events, fn);
}

#endif
