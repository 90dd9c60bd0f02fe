/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The daemon's parts, and what the files that tie them together know of each
 * other. They use uv_*:
 *
 *	loop.c		begin, timers, signals, end
 *	loop_feed.c	events into the core, effects out of it
 *	loop_kernel.c	what the netlink sockets report
 *	loop_control.c	what the engines and jobs report
 *	loop_http.c	what the HTTP server is told
 *	loop_status.c	the status rows, and what is logged of other rows
 */
#ifndef SYSMON_LOOP_INT_H
#define SYSMON_LOOP_INT_H

#include <uv.h>

#include "config.h"
#include "engine.h"
#include "http_tally.h"
#include "jobs.h"
#include "nlsock.h"
#include "status.h"
#include "step.h"
#include "uv_http.h"
#include "uv_store.h"

struct daemon;

struct engine_slot {
	struct daemon *daemon;
	unsigned int index;
	struct engine *engine;
};

struct policy_slot {
	struct daemon *daemon;
	size_t rule;
	uv_timer_t timer;
};

struct daemon {
	uv_loop_t loop;
	const struct config *config;
	struct store *store;
	struct uv_store *queue;
	struct step *step;
	struct nlsock *kernel;
	struct engine_slot *engine; /* those that are not off */
	unsigned int engines;
	struct policy_slot *policy; /* those that are enabled */
	size_t policies;
	struct jobs *jobs;
	struct uv_http *http;	      /* NULL: not enabled, or closed */
	struct http_counts http_last; /* when it was closed */
	struct http_tally tally;
	uv_timer_t pulse;
	uv_timer_t watchdog;
	bool watched;
	uv_signal_t signal[3];
	bool begun; /* signals and the pulse are there */
	bool stopping;
	unsigned int closing; /* parts that are not closed yet */
	char boot_uuid[64];
	int64_t started_ns;
	int64_t past_ns; /* what the store knows ends here; 0: nothing */
	/* For the status. */
	struct status module; /* its module_* keys */
	bool module_there;
	uint64_t messages;
	uint64_t messages_bad;
	char message_error[STATUS_SIZE_message_error];
};

/* Unix time in nanoseconds. */
int64_t now_ns(void);

/* loop_feed.c */
void feed(struct daemon *d, struct step_event *event);

/* loop_kernel.c */
int kernel_open(struct daemon *d);

/* loop_control.c */
int control_open(struct daemon *d);
void control_stop(struct daemon *d, const struct effect *effect);
void control_inspect(struct daemon *d, const struct effect *effect);

/* loop_http.c */
int http_open(struct daemon *d);
void http_close(struct daemon *d, void (*cb)(void *data));
void http_counts(const struct daemon *d, struct http_counts *counts);

/* loop_status.c */
void status_fill(void *data, struct status *status);
void status_log_rows(const struct rows *rows);
void status_notify(struct daemon *d);
void status_module(struct daemon *d, const struct module_info *m);

#endif
