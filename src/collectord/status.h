/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the daemon says of itself in table `status`: the keys and their values.
 * They are rewritten at most once a second, together with other rows. Knows
 * nothing of how they are stored or shown.
 *
 * Counts are since the daemon's start; times unix nanoseconds.
 */
#ifndef SYSMON_STATUS_H
#define SYSMON_STATUS_H

#include <stddef.h>
#include <stdint.h>

/*
 * X(key, type, doc): type is int (0 is stored as 0), opt (0 is stored as NULL)
 * or text ("" is stored as NULL).
 */
#define STATUS_KEYS(X)                                                         \
	X(pid, int, "the daemon's process id")                                 \
	X(version, text, "the daemon's version")                               \
	X(started_ns, int, "when the daemon started")                          \
	X(heartbeat_ns, int, "when these values were taken")                   \
	X(stopped_ns, opt, "when it was stopped cleanly; NULL while it runs")  \
	X(commit_interval_ns, int, "as configured")                            \
	X(config_loaded_ns, int, "when the configuration in force was read")   \
	X(config_error, text,                                                  \
	  "why the last reload failed; NULL if it did not")                    \
	X(ticks_stored, int, "ticks")                                          \
	X(samples_stored, int, "container-samples")                            \
	X(events_stored, int, "lifecycle events")                              \
	X(stops_stored, int, "stops of containers")                            \
	X(gaps, int, "gap rows written")                                       \
	X(gap_ticks, int, "ticks counted in them")                             \
	X(gap_events, int, "events counted in them")                           \
	X(overruns, int, "times the netlink socket's buffer ran over")         \
	X(replays, int, "times events were asked for again")                   \
	X(messages, int, "netlink messages read")                              \
	X(messages_bad, int, "of those, not understood")                       \
	X(message_error, text, "what was wrong with the last such one")        \
	X(queue_rows, int, "rows waiting to be stored")                        \
	X(queue_bytes, int, "memory that they take")                           \
	X(queue_max, int, "most rows that ever waited")                        \
	X(commits, int, "transactions")                                        \
	X(commit_failures, int, "transactions that were rolled back")          \
	X(rows_refused, int, "rows that the database can't take")              \
	X(commit_error, text, "why the last one failed; NULL after a success") \
	X(commit_ns_last, int, "how long the last transaction took")           \
	X(commit_ns_max, int, "how long the longest took")                     \
	X(db_moved, text, "a damaged database that was moved aside")           \
	X(db_bytes, int, "size of the database's main file")                   \
	X(wal_bytes, int, "size of the write-ahead log")                       \
	X(wal_max_bytes, opt, "above it ticks are left out; NULL: no limit")   \
	X(loop_stall_ns_max, int, "longest that the event loop was busy")      \
	X(loop_stall_ns_minute, int, "longest within the last minute")         \
	X(db_free_bytes, int, "of those, in no use at present")                \
	X(size_limit_bytes, int, "room for the history, as configured")        \
	X(rows_removed, int, "rows removed for their age, or for room")        \
	X(size_cut, text, "what went for room, before its age; NULL if not")   \
	X(retention_error, text, "why the last removal failed; NULL if not")   \
	X(containers, int, "containers running now")                           \
	X(http_requests, int, "HTTP requests answered")                        \
	X(http_busy, int, "of those, turned away for lack of room")            \
	X(http_cut, int, "HTTP connections ended for taking too long")         \
	X(http_streams_dropped, int, "event streams that did not keep up")     \
	X(module_state, text, "running, or not-loaded")                        \
	X(module_version, text, "the module's; NULL never seen")               \
	X(module_abi, opt, "its protocol")                                     \
	X(module_boot_id, text, "the boot that it runs in")                    \
	X(module_instance, opt, "CLOCK_BOOTTIME of its load, ns")              \
	X(module_interval_ns, opt, "its sampling interval")                    \
	X(module_ticks, int, "its ticks since load")                           \
	X(module_walks, int, "times it walked the containers")                 \
	X(module_walk_ns, int, "how long the last walk took")                  \
	X(module_walk_total_ns, int, "how long all of them took")              \
	X(module_tick_ns, int, "how long its last tick took")                  \
	X(module_tick_total_ns, int, "how long all of them took")              \
	X(module_messages, int, "multicast messages sent")                     \
	X(module_dropped, int, "of those, lost to at least one listener")      \
	X(module_containers, int, "containers that it follows")                \
	X(module_containers_max, int, "most that it can follow")               \
	X(module_containers_refused, int, "cgroups not followed")              \
	X(module_events_head, int, "number of its newest event")               \
	X(module_events_tail, int, "number of the oldest it still has")        \
	X(module_events_capacity, int, "events that it keeps")                 \
	X(module_events_lost, int, "events that could not be made")            \
	X(module_rescans, int, "full searches of the cgroup tree")             \
	X(module_file_errors, int, "reads of cgroup files that failed")        \
	X(module_events_bytes, int, "memory of the events that it keeps")      \
	X(module_events_bytes_max, int, "most that they may take")             \
	X(module_container_bytes, int, "its memory for one container")         \
	X(module_facts_lost, int, "starts and stops without their processes")  \
	X(policy_requests, int, "actions asked for by the policy")             \
	X(policy_alarms, int, "alarms: refused, unconfirmed, given up")        \
	X(policy_capped, int, "requests put off by a cap")                     \
	X(policy_waiting, int, "decisions that wait for an engine now")        \
	X(policy_open, int, "requests not confirmed yet, now")                 \
	X(policy_given_up, int, "running containers given up on, now")         \
	X(engines, text, "a JSON array of what is known of the engines")

/* A write-ahead log above it is held up by a reader. */
#define STATUS_WAL_LARGE (64 << 20)

struct status {
#define STATUS_MEMBER_int(key)	      int64_t key;
#define STATUS_MEMBER_opt(key)	      int64_t key;
#define STATUS_MEMBER_text(key)	      char key[STATUS_SIZE_##key];
#define STATUS_SIZE_version	      32
#define STATUS_SIZE_message_error     96
#define STATUS_SIZE_commit_error      160
#define STATUS_SIZE_config_error      256
#define STATUS_SIZE_retention_error   160
#define STATUS_SIZE_size_cut	      16
#define STATUS_SIZE_db_moved	      4096
#define STATUS_SIZE_module_state      16
#define STATUS_SIZE_module_version    32
#define STATUS_SIZE_module_boot_id    64
#define STATUS_SIZE_engines	      4096
#define STATUS_MEMBER(key, type, doc) STATUS_MEMBER_##type(key)
	STATUS_KEYS(STATUS_MEMBER)
};

enum status_type {
	STATUS_int,
	STATUS_opt,
	STATUS_text
};

struct status_key {
	const char *name;
	enum status_type type;
	size_t offset; /* in struct status */
};

extern const struct status_key status_keys[];
extern const size_t status_key_count;

#endif
