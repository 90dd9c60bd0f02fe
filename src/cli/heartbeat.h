/* SPDX-License-Identifier: GPL-2.0 */
/* When the daemon last gave a sign of life; knows no subcommand. */
#ifndef SYSMON_CLI_HEARTBEAT_H
#define SYSMON_CLI_HEARTBEAT_H

#include "lib/query.h"

/* Unix nanoseconds; 0: it never did, was stopped, or cannot be read. */
int64_t heartbeat_read(struct query *q);

#endif
