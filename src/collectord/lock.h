/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The right to be the one writer of a database: a locked file beside it, whose
 * lock ends with its owner. Knows nothing of databases.
 */
#ifndef SYSMON_LOCK_H
#define SYSMON_LOCK_H

/*
 * Takes the right to write @path, by the file "PATH-lock". Returns a
 * descriptor to be closed when it is given back; -EAGAIN when another process
 * has it, with its id in *owner (0: unknown), or another negative errno.
 */
int lock_take(const char *path, long *owner);

#endif
