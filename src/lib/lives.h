/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which container a word means. Knows no output.
 */
#ifndef SYSMON_LIVES_H
#define SYSMON_LIVES_H

#include "rowset.h"

/*
 * Finds a container by its full id, its name, its cgroup path (with a leading
 * slash) or the beginning of its id, in this order. A container that was
 * started again, or replaced by one of the same name, is the same to people:
 * *lives gets all of its lives, oldest first (LIFE_FIELDS).
 *
 * Returns 1; 0 when there is none; -ENOTUNIQ when the word could mean several,
 * which *lives has then; or another negative errno, as query_lives(). The
 * caller calls rowset_free() after 1 and -ENOTUNIQ; otherwise it is empty.
 */
int lives_find(struct query *q, const char *word, struct rowset *lives);

#endif
