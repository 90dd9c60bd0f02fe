/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The protocol's messages as C structs, in the units of the wire. Pure data.
 * A `have_` flag (or a bit in metric_values) says that a value was there;
 * strings are borrowed from the message, of any bytes, not zero-terminated.
 */
#ifndef SYSMON_MODEL_H
#define SYSMON_MODEL_H

#include "metric.h"

struct str {
	const char *p; /* NULL when absent */
	size_t len;
};

struct module_info {
	struct str version;
	struct str boot_id;
	struct str match[SYSMON_MATCH_MAX];
	unsigned int matches;
	uint32_t abi;
	uint64_t instance;
	uint64_t interval_ns;
	uint64_t ticks;
	uint64_t walks;
	uint64_t walk_ns;
	uint64_t walk_total_ns;
	uint64_t messages;
	uint64_t dropped;
	uint64_t containers;
	uint64_t containers_max;
	uint64_t containers_refused;
	uint64_t events_head;
	uint64_t events_tail;
	uint64_t events_capacity;
	uint64_t events_lost;
	uint64_t rescans;
	uint64_t file_errors;
	uint64_t tick_ns;
	uint64_t tick_total_ns;
	uint64_t events_bytes;
	uint64_t events_bytes_max;
	uint64_t container_bytes;
	uint64_t facts_lost;
};

struct tick_info {
	uint64_t instance;
	uint64_t number;
	uint64_t boottime_ns;
	uint64_t realtime_ns;
	uint64_t walk_ns;
	uint64_t interval_ns;
	uint32_t part;
	uint32_t containers; /* of the whole snapshot; only with `last` */
	bool last;
};

struct cpu_info {
	uint32_t number;
	struct metric_few m; /* indexed by enum cpu_metric */
};

/* A block device and what a container did with it. */
struct device_info {
	uint32_t major;
	uint32_t minor;
	struct metric_few m; /* indexed by enum device_metric */
};

struct container_info {
	uint64_t cgroup_id;
	uint64_t parent_id;	      /* 0 when outside any container */
	uint64_t started_boottime_ns; /* 0 when unknown */
	enum sysmon_runtime runtime;
	struct str id;
	struct str path;
	struct metric_values m;		  /* indexed by enum container_metric */
	const struct device_info *device; /* in the message */
	unsigned int devices;
};

/* A process that an event speaks of; of any of this nothing may be known. */
struct process_info {
	uint32_t pid;
	uint32_t uid;
	bool have_pid;
	bool have_uid;
	bool have_argv_bytes;
	bool have_rss_bytes;
	uint32_t argv_bytes; /* their whole length */
	uint64_t rss_bytes;
	uint64_t container; /* cgroup id; 0 in none */
	struct str comm;
	struct str argv; /* each argument with a 0 behind it; may be cut */
	struct str parent_comm;
	struct str cgroup;
};

struct event_info {
	uint64_t instance;
	uint64_t seq;
	uint64_t boottime_ns;
	uint64_t realtime_ns;
	uint32_t type; /* enum sysmon_event_type, or a newer one */
	bool have_container;
	bool have_process;
	bool have_exec_delay;
	bool have_exit_code;
	bool have_sender;
	bool have_count;
	bool have_limit;
	struct container_info container;
	struct process_info process;
	uint64_t exec_delay_ns;
	uint32_t exit_code;
	uint32_t exit_signal; /* 0 unknown or none, as the next two */
	uint32_t sender_signal;
	uint64_t sender_boottime_ns;
	struct process_info sender;
	uint64_t count;
	uint64_t limit;
};

struct gap_info {
	uint64_t instance;
	uint64_t first;
	uint64_t count;
};

#endif
