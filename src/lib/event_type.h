/* SPDX-License-Identifier: GPL-2.0 */
/* What the kinds of events are called, in the database and to people. */
#ifndef SYSMON_EVENT_TYPE_H
#define SYSMON_EVENT_TYPE_H

#include <stdint.h>

/* The name of an enum sysmon_event_type; NULL for one that is none (yet). */
const char *event_type_name(uint32_t type);

#endif
