/* SPDX-License-Identifier: GPL-2.0 */
/* Whether the daemon is alive; knows no subcommand. */
#ifndef SYSMON_HEARTBEAT_H
#define SYSMON_HEARTBEAT_H

#include "query.h"

/* The daemon's last signs of life, 0 where there are none. */
struct heartbeat {
	int64_t beat_ns;
	int64_t stopped_ns; /* stopped cleanly */
	int64_t pid;
	bool process; /* pid is that of such a daemon on this machine */
};

/* Reads them from the record, and looks for the process. */
void heartbeat_read(struct query *q, struct heartbeat *heartbeat);

/* It runs when the process is there; where that cannot be seen, such as from
 * within a container, when it stored something within the last 15 s. */
bool heartbeat_is_alive(const struct heartbeat *heartbeat, int64_t now_ns);

#endif
