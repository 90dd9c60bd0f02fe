/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is to be stored: rows of the schema's tables as C structs, and a list
 * of them in the order in which they must be carried out. Pure data; knows
 * neither SQL nor how the rows came about.
 *
 * An id, a time, a sequence number, a signal or a status of 0 is NULL in the
 * store; so is a text that is NULL or absent, and a figure of -1.
 */
#ifndef SYSMON_ROWS_H
#define SYSMON_ROWS_H

#include "model.h"

enum row_type {
	ROW_BOOT,
	ROW_SESSION,
	ROW_CONTAINER, /* new or changed, as the next two */
	ROW_ACTION,
	ROW_ALARM,
	ROW_STOP,
	ROW_TICK,
	ROW_EVENT,
	ROW_GAP,
	ROW_JOB,
	ROW_TYPES
};

struct boot_row {
	int64_t id;
	const char *uuid;
};

struct session_row {
	int64_t id;
	int64_t boot;
	uint64_t instance;
	int64_t opened_ns;
};

struct container_row {
	int64_t id;
	int64_t boot;
	uint64_t cgroup_id;
	const char *key;
	const char *path;
	const char *runtime;
	int64_t parent;
	const char *name;
	const char *image;
	const char *command;
	const char *labels;
	int64_t first_seen_ns;
	int64_t started_ns;
	int64_t stopped_ns;
};

struct sample_row {
	int64_t container;
	uint64_t have;	/* bits of enum container_metric, as the next */
	uint64_t still; /* counters that are known to be 0; others may be */
	uint64_t v[CM_COUNT];
};

struct cpu_row {
	uint32_t number;
	uint64_t have; /* bits of enum cpu_metric */
	uint64_t v[PM_COUNT];
};

struct device_row {
	int64_t container;
	uint32_t major;
	uint32_t minor;
	uint64_t have; /* bits of enum device_metric */
	uint64_t v[DM_COUNT];
};

struct tick_row {
	int64_t id;
	int64_t session;
	uint64_t number;
	int64_t ts_ns;
	int64_t boottime_ns;
	int64_t span_us; /* -1: unknown */
	int64_t interval_us;
	int64_t walk_us;
	uint64_t have; /* bits of enum system_metric */
	uint64_t v[SM_COUNT];
	size_t samples;
	size_t cpus;
	size_t devices;
	struct sample_row *sample;
	struct cpu_row *cpu;
	struct device_row *device;
};

/* A process of an event or of a stop. */
struct process_row {
	int64_t pid;
	int64_t uid; /* -1: unknown, as the next two */
	int64_t argv_bytes;
	int64_t rss_bytes;
	int64_t container;
	struct str comm;
	struct str argv;
	struct str parent_comm;
	struct str cgroup;
};

struct event_row {
	int64_t session;
	uint64_t seq;
	int64_t ts_ns;
	int64_t boottime_ns;
	const char *type;
	int64_t container;
	int64_t exec_delay_us; /* -1: unknown, as the next */
	int64_t exit_code;
	int64_t exit_signal;
	int64_t sender_signal;
	int64_t sender_ns;
	int64_t count; /* -1: unknown, as the next */
	int64_t limit;
	bool have_subject;
	bool have_sender;
	struct process_row subject;
	struct process_row sender;
};

struct action_row {
	int64_t id;
	const char *rule;
	int64_t container;
	const char *group;
	const char *verb;
	bool dry_run;
	int64_t decided_ns;
	int64_t requested_ns;
	int64_t answered_ns;
	int64_t confirmed_ns;
	int http_status;
	const char *error;
	unsigned int attempt; /* 0: none was made */
	const char *state;
	bool have_exit_code; /* of a command */
	int exit_code;
};

/* Something that an administrator should look at. */
struct alarm_row {
	int64_t id;
	int64_t ts_ns;
	int64_t action;
	const char *rule;
	int64_t container;
	const char *reason; /* refused, unconfirmed, given-up */
	const char *detail;
};

struct stop_row {
	int64_t id;
	int64_t container;
	int64_t session;
	uint64_t seq;
	int64_t stopped_ns;
	const char *reason;
	bool have_exit_code;
	int exit_code;
	int signal;
	int64_t action;
	int64_t final_cpu_us;
	int64_t final_mem_peak_bytes;
	int64_t final_io_read_bytes;
	int64_t final_io_write_bytes;
	int64_t final_net_rx_bytes;
	int64_t final_net_tx_bytes;
	int64_t killer_signal;
	int64_t killer_ns;
	bool have_killer;
	struct process_row killer; /* its argv is not stored */
	bool have_oom;
	struct process_row oom; /* likewise, nor more than pid, comm, rss */
	int64_t oom_limit_bytes;
};

enum gap_kind {
	GAP_TICK,
	GAP_EVENT
};

struct gap_row {
	int64_t session;
	enum gap_kind kind;
	uint64_t first;
	uint64_t count;
	int64_t from_ns;
	int64_t to_ns;
	const char *reason;
};

struct job_row {
	const char *name;
	const char *kind;
	const char *command;
	int64_t every_s; /* 0: NULL */
	uint64_t runs;
	uint64_t failures;
	uint64_t skipped;
	int64_t started_ns;
	int64_t ended_ns;
	bool have_exit_code;
	int exit_code;
	int signal;
	const char *error;
};

struct row {
	struct row *next;
	size_t bytes; /* of memory, all told */
	enum row_type type;
	union {
		struct boot_row boot;
		struct session_row session;
		struct container_row container;
		struct tick_row tick;
		struct event_row event;
		struct action_row action;
		struct alarm_row alarm;
		struct stop_row stop;
		struct gap_row gap;
		struct job_row job;
	};
};

/* A list of rows that owns them. All zero is an empty one. */
struct rows {
	struct row *first;
	struct row *last;
	size_t count;
	size_t bytes;
	bool urgent; /* holds one that should be stored at once */
};

/*
 * Appends a copy of @row, texts included. A tick row gets room for as many
 * samples, cpus and devices as it says, which the caller fills. Returns the row
 * in the list, or NULL when out of memory, with the list unchanged.
 */
struct row *rows_add(struct rows *rows, const struct row *row);

/* Moves all of @from behind those of @to. */
void rows_append(struct rows *to, struct rows *from);

void rows_free(struct rows *rows);

#endif
