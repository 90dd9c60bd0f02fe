/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Owns what the daemon's process passes on: to its jobs no privilege, to other
 * users no access to its files. Knows nothing of either.
 */
#ifndef SYSMON_PRIVILEGES_H
#define SYSMON_PRIVILEGES_H

/*
 * To be called before there are threads. The process keeps its capabilities;
 * what it executes does not get them. Returns 0 or a negative errno.
 */
int privileges_limit(void);

#endif
