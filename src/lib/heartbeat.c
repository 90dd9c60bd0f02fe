// SPDX-License-Identifier: GPL-2.0
/* Whether the daemon is alive; knows no subcommand. */
#include <stdio.h>
#include <string.h>

#include "heartbeat.h"
#include "timerange.h"

#define HEARTBEAT_MAX (15 * NSEC_PER_SEC)

/* The kernel cuts a process's name to 15 bytes. */
#define HEARTBEAT_COMM "sysmon-collecto"

static bool process_is_daemon(int64_t pid)
{
	char path[40], comm[32] = "";
	FILE *file;

	if (pid <= 0)
		return false;
	snprintf(path, sizeof(path), "/proc/%lld/comm", (long long)pid);
	file = fopen(path, "re");
	if (!file)
		return false;
	if (!fgets(comm, sizeof(comm), file))
		comm[0] = 0;
	fclose(file);
	return !strcmp(comm, HEARTBEAT_COMM "\n");
}

void heartbeat_read(struct query *q, struct heartbeat *heartbeat)
{
	struct value row[QUERY_COLUMNS_MAX];
	struct cursor c;

	*heartbeat = (struct heartbeat){ 0 };
	if (query_status(q, &c))
		return;
	while (cursor_next(&c, row) > 0) {
		if (row[1].type != VALUE_INT)
			continue;
		if (value_is(&row[0], "heartbeat_ns"))
			heartbeat->beat_ns = row[1].i;
		else if (value_is(&row[0], "stopped_ns"))
			heartbeat->stopped_ns = row[1].i;
		else if (value_is(&row[0], "pid"))
			heartbeat->pid = row[1].i;
	}
	heartbeat->process = process_is_daemon(heartbeat->pid);
}

bool heartbeat_is_alive(const struct heartbeat *heartbeat, int64_t now_ns)
{
	if (heartbeat->stopped_ns || !heartbeat->beat_ns)
		return false;
	return heartbeat->process ||
	       now_ns - heartbeat->beat_ns < HEARTBEAT_MAX;
}
