// SPDX-License-Identifier: GPL-2.0
/* The names of event_type.h. */
#include "event_type.h"

#include <stddef.h>

#include "uapi/sysmon.h"

static const char *const names[] = {
	[SYSMON_EVENT_TYPE_START] = "start",
	[SYSMON_EVENT_TYPE_STOP] = "stop",
	[SYSMON_EVENT_TYPE_OOM] = "oom",
	[SYSMON_EVENT_TYPE_MEMORY_HIGH] = "memory-high",
	[SYSMON_EVENT_TYPE_MEMORY_MAX] = "memory-max",
	[SYSMON_EVENT_TYPE_PIDS_MAX] = "pids-max",
	[SYSMON_EVENT_TYPE_THROTTLED] = "throttled",
	[SYSMON_EVENT_TYPE_FREEZE] = "freeze",
	[SYSMON_EVENT_TYPE_THAW] = "thaw",
	[SYSMON_EVENT_TYPE_REMOVED] = "removed",
};

const char *event_type_name(uint32_t type)
{
	return type < sizeof(names) / sizeof(*names) ? names[type] : NULL;
}
