/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Moves a damaged database out of the way, with its log and its index, so that
 * a new one can be begun. Overwrites nothing. Knows nothing of its contents.
 */
#ifndef SYSMON_ASIDE_H
#define SYSMON_ASIDE_H

#include <limits.h>
#include <stdint.h>

/*
 * Renames PATH, PATH-wal and PATH-shm to PATH.corrupt-<UTC time> and so on,
 * the log first: one that was left behind would be taken for the new file's.
 * The new name goes into @name. Returns 0 or a negative errno.
 */
int aside_move(const char *path, int64_t now_ns, char name[PATH_MAX]);

/* The newest such file that is there into @name, else "". */
void aside_find(const char *path, char name[PATH_MAX]);

#endif
