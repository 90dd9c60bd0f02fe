/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The daemon's parts, and what the files that tie them together know of each
 * other. They use uv_*:
 *
 *	loop.c		begin, timers, signals, end
 *	loop_store.c	the database: its opening, what its queue reports
 *	loop_feed.c	events into the core, effects out of it
 *	loop_kernel.c	what the netlink sockets report
 *	loop_control.c	what the engines and jobs report
 *	loop_http.c	what the HTTP server is told
 *	loop_policy.c	when each rule is due
 *	loop_reload.c	another configuration, while they run
 *	loop_watch.c	how long turns take, the watchdog's ping
 *	loop_exec.c	the commands that rules run
 *	loop_status.c	the status rows
 */
#ifndef SYSMON_LOOP_INT_H
#define SYSMON_LOOP_INT_H

#include <uv.h>

#include "aside.h"
#include "config.h"
#include "engine.h"
#include "http_tally.h"
#include "jobs.h"
#include "loop.h"
#include "nlsock.h"
#include "report.h"
#include "status.h"
#include "step.h"
#include "uv_http.h"
#include "uv_store.h"
#include "watch.h"

struct daemon;
struct exec_run;

/* An engine's place: its index is the core's, and stays with its name. */
struct engine_slot {
	struct daemon *daemon;
	unsigned int index;
	char *name;
	struct engine *engine; /* NULL: not configured now */
};

struct policy_slot {
	struct daemon *daemon;
	size_t rule;
	uv_timer_t timer;
};

/* The timers of the rules that are enabled. */
struct policy_list {
	struct policy_slot **slot;
	size_t n;
};

struct daemon {
	uv_loop_t loop;
	struct config *config;
	const struct loop_source *source;
	struct store *store;
	struct uv_store *queue;
	struct step *step;
	struct nlsock *kernel;
	struct engine_slot **engine;
	unsigned int engines;
	uint64_t engines_mark; /* of what `engines_text` tells; 0: nothing */
	char engines_text[STATUS_SIZE_engines];
	struct policy_list policy;
	struct jobs *jobs;
	struct uv_http *http;	      /* NULL: not enabled, or closed */
	struct http_counts http_last; /* when it was closed */
	struct http_tally tally;
	struct exec_run *exec; /* commands of rules that run */
	uv_timer_t pulse;
	uv_prepare_t turn; /* before each wait */
	uv_check_t polled; /* after it, and what it brought */
	int64_t polled_ns;
	int64_t poll_took_ns;
	struct turns turns;
	uv_timer_t look; /* by the watchdog */
	bool watched;
	struct watch watch;
	enum watch_verdict verdict;
	uv_signal_t signal[3];
	bool begun; /* signals and the pulse are there */
	bool stopping;
	bool again;	   /* a run after one that ended as `damaged` */
	bool damaged;	   /* the database, as was found while it ran */
	uv_timer_t damage; /* ends the run then */
	char db_moved[PATH_MAX];
	bool log_large;
	unsigned int closing; /* parts that are not closed yet */
	char boot_uuid[64];
	int64_t started_ns;
	int64_t past_ns; /* what the store knows ends here; 0: nothing */
	int64_t config_loaded_ns;
	char config_error[STATUS_SIZE_config_error]; /* of the last reload */
	struct report report;
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

/* loop.c */
void stop(struct daemon *d);

/* loop_store.c */
/* @damaged: what is there has been found so, and is moved aside. */
int store_open_past(struct daemon *d, bool damaged);
int store_begin(struct daemon *d);
void store_check_log(struct daemon *d);

/* loop_kernel.c */
int kernel_open(struct daemon *d);
struct nlsock_config kernel_config(const struct config *config);

/* loop_control.c */
int control_open(struct daemon *d);
/* Makes places for the engines of @config. 0 or -ENOMEM. */
int engines_reserve(struct daemon *d, const struct config *config);
/* Lets go of engines that are configured no more, and starts new ones. */
void engines_apply(struct daemon *d);
void engines_free(struct daemon *d);
void on_part_closed(void *data);
void control_act(struct daemon *d, const struct effect *effect);
void control_answer(struct daemon *d, int64_t action,
		    const struct action_result *result);
void control_inspect(struct daemon *d, const struct effect *effect);

/* loop_http.c */
int http_open(struct daemon *d);
/*
 * What another configuration takes: a server that listens already, unless the
 * present one is in its way, or another token. Returns 0, or a negative errno
 * with why, of size bytes. A plan is to be dropped or taken; that cannot fail.
 */
struct http_plan {
	bool replace; /* else only the token is */
	struct uv_http *fresh;
	struct http_token token;
};
int http_plan(struct daemon *d, const struct http_config *config,
	      struct http_plan *plan, char *why, size_t size);
void http_plan_drop(struct daemon *d, struct http_plan *plan);
void http_take(struct daemon *d, struct http_plan *plan);
void http_close(struct daemon *d, void (*cb)(void *data));
void http_counts(const struct daemon *d, struct http_counts *counts);

/* loop_policy.c */
/*
 * Starts the timers of @config's rules. One that was in @old (or NULL) as well
 * is due when it would have been. Returns 0 or -ENOMEM.
 */
int policies_make(struct daemon *d, const struct config *config,
		  const struct config *old, struct policy_list *out);
void policies_drop(struct policy_list *list);

/* loop_reload.c */
struct step_config reload_step_config(const struct daemon *d,
				      const struct config *config);
void reload(struct daemon *d);

/* loop_watch.c */
void watch_start(struct daemon *d);
void watch_stop(struct daemon *d);

/* loop_exec.c */
void exec_start(struct daemon *d, const struct effect *effect);
unsigned int exec_stop(struct daemon *d);

/* loop_status.c */
void status_fill(void *data, struct status *status);
void status_notify(struct daemon *d);
void status_module(struct daemon *d, const struct module_info *m);

#endif
