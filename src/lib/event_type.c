// SPDX-License-Identifier: GPL-2.0
/* The names of event_type.h. */
#include "event_type.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

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

/* Lines of the record that are no events of the kernel. */
static const char *const others[] = { "gap", "alarm" };

static bool is_word(const char *word, size_t len, const char *name)
{
	return strlen(name) == len && !memcmp(word, name, len);
}

static bool is_type(const char *word, size_t len)
{
	const char *name;
	uint32_t i;

	for (i = 1; (name = event_type_name(i)) != NULL; i++)
		if (is_word(word, len, name))
			return true;
	for (i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (is_word(word, len, others[i]))
			return true;
	return len && strspn(word, "0123456789") >= len;
}

int event_types_parse(const char *list, char *buf, const char **bad,
		      size_t *bad_len)
{
	size_t len, used = 0;

	buf[used++] = ',';
	for (; *list; list += len + (list[len] == ',')) {
		len = strcspn(list, ",");
		if (!is_type(list, len) || used + len + 2 > EVENT_TYPES_MAX) {
			*bad = list;
			*bad_len = len;
			return -EINVAL;
		}
		memcpy(buf + used, list, len);
		used += len;
		buf[used++] = ',';
	}
	buf[used] = 0;
	return 0;
}

const char *event_types_list(char *buf, size_t size)
{
	size_t used =
		(size_t)snprintf(buf, size, "%s|%s", others[0], others[1]);
	const char *name;
	uint32_t i;

	for (i = 1; (name = event_type_name(i)) != NULL && used < size; i++)
		used += (size_t)snprintf(buf + used, size - used, "|%s", name);
	return buf;
}
