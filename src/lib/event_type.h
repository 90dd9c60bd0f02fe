/* SPDX-License-Identifier: GPL-2.0 */
/* What the kinds of events are called, in the database and to people. */
#ifndef SYSMON_EVENT_TYPE_H
#define SYSMON_EVENT_TYPE_H

#include <stddef.h>
#include <stdint.h>

/* The name of an enum sysmon_event_type; NULL for one that is none (yet). */
const char *event_type_name(uint32_t type);

/* Room for all that may be given, with a byte between. */
#define EVENT_TYPES_MAX 256

/*
 * Turns "start,stop" into ",start,stop,", as query_events() takes it, in buf of
 * EVENT_TYPES_MAX bytes. A kind may also be given by its number, as those of a
 * newer module are stored; "gap" and "alarm" stand for such lines of the
 * record. Returns 0, or -EINVAL with *bad and *bad_len naming what is no kind
 * or does not fit.
 */
int event_types_parse(const char *list, char *buf, const char **bad,
		      size_t *bad_len);

/* "gap|alarm|start|..": what may be given. Returns buf. */
const char *event_types_list(char *buf, size_t size);

#endif
