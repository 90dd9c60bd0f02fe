/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the answers from memory are made of: a copy of what the daemon knows,
 * taken on its loop and formatted elsewhere. Pure data.
 */
#ifndef SYSMON_HTTP_FACTS_H
#define SYSMON_HTTP_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model.h"
#include "status.h"

#define HTTP_REASONS_MAX 16
#define HTTP_CODES_MAX	 16
#define HTTP_ENGINES_MAX 16

/* How many ticks and events are in gaps of one reason. */
struct http_gaps {
	char reason[32]; /* "" ends a list */
	uint64_t ticks;
	uint64_t events;
};

/* What the policy has done since the start. */
struct http_actions {
	uint64_t decided;
	uint64_t dry_run; /* decided without being done */
	uint64_t confirmed;
	uint64_t failed;
};

struct http_counts {
	uint64_t requests[HTTP_CODES_MAX]; /* by http_codes[] */
	uint64_t connections;		   /* accepted since start */
	uint64_t connections_now;
	uint64_t connections_cut; /* too slow, or too long about it */
	uint64_t busy;		  /* turned away for lack of room */
	uint64_t streams_now;
	uint64_t streams_dropped; /* did not keep up */
	uint64_t answer_bytes;	  /* memory of answers on their way */
};

struct http_engine {
	char name[32];
	const char *state; /* static */
	bool connected;
	uint64_t connects;
	uint64_t events;
	uint64_t malformed;
};

struct http_container {
	const char *labels; /* as in braces, escaped: id="..",name=".." */
	size_t labels_len;
	int64_t started_ns; /* 0 unknown */
	struct metric_values m;
	struct device_info *device;
	unsigned int devices;
};

struct http_facts {
	int64_t now_ns;
	int64_t tick_ns; /* of the last tick; 0: none */
	bool current;	 /* the last tick is the present; else the next three
		       * are empty */
	bool have_machine;
	struct metric_values machine;
	struct http_container *container;
	size_t containers;
	char *text; /* that the labels are in */
	struct status status;
	struct http_gaps gaps[HTTP_REASONS_MAX];
	struct http_actions actions;
	struct http_counts counts;
	struct http_engine engine[HTTP_ENGINES_MAX];
	size_t engines;
};

/* The statuses that are counted each by itself, 0 for all others. */
extern const unsigned int http_codes[HTTP_CODES_MAX];
unsigned int http_code_index(unsigned int status);

void http_facts_free(struct http_facts *facts);

#endif
