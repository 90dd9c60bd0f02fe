// SPDX-License-Identifier: GPL-2.0
/*
 * The processes of spawn.h. posix_spawn() shares the daemon's memory with the
 * child until the shell begins: nothing is copied, however large the daemon is.
 */
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

/* What systemd tells the daemon is not for others; nor is what we name. */
static bool is_private(const char *variable)
{
	static const char *const name[] = {
		"NOTIFY_SOCKET=", "WATCHDOG_PID=", "WATCHDOG_USEC=",
		"LISTEN_PID=",	  "LISTEN_FDS=",   "LISTEN_FDNAMES=",
		"SYSMON_RULE=",	  "SYSMON_GROUP=", "SYSMON_CONTAINER_"
	};

	for (size_t i = 0; i < sizeof(name) / sizeof(*name); i++)
		if (strncmp(variable, name[i], strlen(name[i])) == 0)
			return true;
	return false;
}

/* Where the next variable goes: its place in the list, and its text. */
struct block {
	char **next;
	char *text;
	size_t variables; /* counted, as the next, while there is no memory */
	size_t bytes;
};

static void add(struct block *b, const char *variable)
{
	size_t len = strlen(variable) + 1;

	b->variables++;
	b->bytes += len;
	if (!b->next)
		return;
	*b->next++ = memcpy(b->text, variable, len);
	b->text += len;
}

static void add_all(struct block *b, char *const *more)
{
	for (; more && *more; more++)
		add(b, *more);
	for (char *const *own = environ; own && *own; own++)
		if (!is_private(*own))
			add(b, *own);
}

char **spawn_environment(char *const *more)
{
	struct block b = { .next = NULL };
	char **env;

	add_all(&b, more);
	env = malloc((b.variables + 1) * sizeof(*env) + b.bytes);
	if (!env)
		return NULL;
	b.next = env;
	b.text = (char *)(env + b.variables + 1);
	add_all(&b, more);
	*b.next = NULL;
	return env;
}

/* Not every library has its files closed on exec: none is left open. */
static int set_files(posix_spawn_file_actions_t *files, int out, int err)
{
	int rc = posix_spawn_file_actions_addopen(files, STDIN_FILENO,
						  "/dev/null", O_RDONLY, 0);

	if (!rc)
		rc = posix_spawn_file_actions_adddup2(files, out,
						      STDOUT_FILENO);
	if (!rc)
		rc = posix_spawn_file_actions_adddup2(files, err,
						      STDERR_FILENO);
	if (!rc)
		rc = posix_spawn_file_actions_addclosefrom_np(files,
							      STDERR_FILENO +
								      1);
	if (!rc)
		rc = posix_spawn_file_actions_addchdir_np(files, "/");
	return rc;
}

/* A session of its own, and no signal ignored or blocked as it is with us. */
static void set_attributes(posix_spawnattr_t *attr)
{
	sigset_t all, none;

	sigfillset(&all);
	sigemptyset(&none);
	posix_spawnattr_setsigdefault(attr, &all);
	posix_spawnattr_setsigmask(attr, &none);
	posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSID |
					       POSIX_SPAWN_SETSIGDEF |
					       POSIX_SPAWN_SETSIGMASK);
}

static int start(const char *command, char *const *environment, int out,
		 int err, pid_t *pid)
{
	char *args[] = { (char *)"sh", (char *)"-c", (char *)command, NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	int rc = posix_spawn_file_actions_init(&files);

	if (rc)
		return rc;
	posix_spawnattr_init(&attr);
	set_attributes(&attr);
	rc = set_files(&files, out, err);
	if (!rc)
		rc = posix_spawn(pid, "/bin/sh", &files, &attr, args,
				 environment);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&files);
	return rc;
}

int spawn_shell(const char *command, char *const *environment, int out, int err,
		pid_t *pid, int *pidfd)
{
	int rc = start(command, environment, out, err, pid);

	if (rc)
		return -rc;
	*pidfd = pidfd_open(*pid, 0);
	if (*pidfd >= 0)
		return 0;
	rc = errno;
	kill(-*pid, SIGKILL); /* nobody would hear of its end */
	waitpid(*pid, NULL, 0);
	return -rc;
}
