/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Starts a shell command as a process of its own. Blocks until the shell has
 * begun, which may take as long as the disk does: so it is for worker threads.
 * Knows nothing of loops, output and time limits.
 */
#ifndef SYSMON_SPAWN_H
#define SYSMON_SPAWN_H

#include <sys/types.h>

/*
 * The daemon's environment for a command, without what is private to it, and
 * before it @more ("KEY=value", ended by NULL; or NULL): a shell takes the first
 * of a name. One block of memory, to be freed; NULL when there is none.
 */
char **spawn_environment(char *const *more);

/*
 * Runs /bin/sh -c @command in a session of its own, at the root, with nothing to
 * read, @out and @err as its output and no other file of ours. Returns 0 with
 * the process in *pid and a file that tells of its end in *pidfd, or a negative
 * errno.
 */
int spawn_shell(const char *command, char *const *environment, int out, int err,
		pid_t *pid, int *pidfd);

#endif
