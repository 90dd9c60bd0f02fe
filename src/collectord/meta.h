/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Owns struct container_meta, what an engine knows of one container. Pure
 * data: knows nothing of engines, JSON or policies. All strings come from
 * outside and may hold any bytes but zero (a zero byte in the engine's answer
 * has become U+FFFD): escape them before they are shown.
 */
#ifndef SYSMON_META_H
#define SYSMON_META_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The engine's opinion; the kernel's events are the truth about life. */
enum meta_state {
	META_UNKNOWN,
	META_CREATED,
	META_RUNNING,
	META_PAUSED,
	META_EXITED, /* also dead and removing */
};

struct meta_label {
	char *key;
	char *value;
};

struct container_meta {
	char *id;      /* 64 hex digits */
	char *name;    /* without the leading slash; NULL unknown */
	char *image;   /* as it was named at creation; NULL unknown */
	char *command; /* path and arguments, joined by one space; NULL unknown */
	char *labels_json; /* a JSON object, for the store; NULL unknown */
	struct meta_label *label;
	size_t labels;
	bool have_labels; /* false: not known, which is not the same as none */
	bool complete;	  /* from inspect: all that there is to know */
	enum meta_state state;
	int64_t created_ns;  /* unix time; 0 unknown, as the next two */
	int64_t started_ns;  /* of the last start */
	int64_t finished_ns; /* of the last end */
	bool have_exit_code;
	int exit_code;
	bool oom_killed;
	int pid; /* of its first process in the host's namespace; 0 none */
};

/* Returns the value of a label, or NULL; the last of equal keys counts. */
const char *meta_label(const struct container_meta *meta, const char *key);

/* Frees @meta and what it owns; NULL is fine. */
void meta_free(struct container_meta *meta);

const char *meta_state_name(enum meta_state state);

#endif
