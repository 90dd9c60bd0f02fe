/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Turns the bytes of one generic-netlink message of the family `sysmon` into
 * the structs of model.h. Pure; knows nothing of sockets or of what the
 * messages mean. Any bytes may be given.
 */
#ifndef SYSMON_DECODE_H
#define SYSMON_DECODE_H

#include <string.h>

#include "model.h"

/*
 * The most containers that fit into one message: each takes at least a nest's
 * header, an id (12 bytes) and a name (8 bytes).
 */
#define DECODE_CONTAINERS_MAX (SYSMON_MESSAGE_MAX / 24)
/* The same of a CPU's number, and of a device's two. */
#define DECODE_CPUS_MAX	   (SYSMON_MESSAGE_MAX / 12)
#define DECODE_DEVICES_MAX (SYSMON_MESSAGE_MAX / 20)

/* One message. What is absent is zero, with its have_ flag unset. */
struct message {
	uint8_t cmd; /* SYSMON_CMD_* */
	bool have_module;
	bool have_tick;
	bool have_system;
	bool have_event;
	bool have_gap;
	bool have_total;
	uint32_t total; /* also in tick.containers, have_total in tick.last */
	struct module_info module;
	struct tick_info tick;
	struct metric_values system; /* indexed by enum system_metric */
	struct event_info event;
	struct gap_info gap;
	struct str unchanged; /* cgroup ids, each 8 bytes */
	unsigned int containers;
	unsigned int cpus;
	unsigned int devices;
	struct container_info container[DECODE_CONTAINERS_MAX];
	struct cpu_info cpu[DECODE_CPUS_MAX];
	struct device_info device[DECODE_DEVICES_MAX]; /* of all containers */
};

/* How many ids `unchanged` holds, and the i-th. */
static inline unsigned int message_unchanged(const struct message *msg)
{
	return (unsigned int)(msg->unchanged.len / sizeof(uint64_t));
}

static inline uint64_t message_unchanged_id(const struct message *msg,
					    unsigned int i)
{
	uint64_t id;

	memcpy(&id, msg->unchanged.p + i * sizeof(id), sizeof(id));
	return id;
}

struct decode_error {
	const char *attribute; /* such as "tick.number"; static */
	const char *problem;   /* such as "has the wrong size"; static */
};

/*
 * Decodes the payload of a netlink message: a struct genlmsghdr and what
 * follows. Unknown attributes are ignored; of a repeated one the last counts,
 * as in the kernel. Returns 0, or -EBADMSG with *err filled and *out
 * unspecified. Strings in *out point into buf.
 */
int decode_message(const void *buf, size_t len, struct message *out,
		   struct decode_error *err);

#endif
