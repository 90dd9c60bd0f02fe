/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Owns the conversation with one container engine (Docker or Podman) over its
 * unix socket. Uses uv_* and libcurl. Knows nothing of policies, the kernel or
 * the store: it reports what the engine says, and acts as it is told to.
 *
 * The conversation: /_ping negotiates the version; then the event stream is
 * opened and all containers are listed, the live ones inspected; when anything
 * of this fails, the engine is unavailable and tried again after 1, 2, 4 ...
 * 30 s, the event stream from the last event seen, the list anew.
 */
#ifndef SYSMON_ENGINE_H
#define SYSMON_ENGINE_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "config.h"
#include "engine_json.h"
#include "meta.h"

#define ENGINE_API_MAX "1.44" /* the newest version that is asked for */

enum engine_state {
	ENGINE_CONNECTING,  /* not tried yet */
	ENGINE_CONNECTED,   /* version known, list and events under way */
	ENGINE_UNAVAILABLE, /* see error; it is being retried */
	ENGINE_ABSENT,	    /* as that, but an `auto` engine without socket */
};

struct engine_status {
	const char *name;
	const char *socket;
	enum engine_state state;
	bool automatic;	     /* `enabled = auto`: used where it can be */
	const char *version; /* negotiated, such as "1.41"; NULL never known */
	bool podman;
	const char *error; /* why it is unavailable; NULL */
	uint64_t connects; /* since start */
	uint64_t events;
	uint64_t malformed; /* answers and events that made no sense */
	int64_t since_ns;   /* unix time of the change to this state */
};

struct engine;

/* Called from the loop, never from within a call into this file. */
struct engine_callbacks {
	/* On each change of state or reason, once. */
	void (*on_state)(void *data, struct engine *engine,
			 const struct engine_status *status);
	/*
	 * A container as it is now. The callee owns @meta: meta_free(). Each
	 * container of a list comes at least once; live ones come first as
	 * the list has them (no command) and again, complete, from inspect;
	 * then again after each start and rename.
	 */
	void (*on_container)(void *data, struct engine *engine,
			     struct container_meta *meta);
	/* @event is borrowed. Each once, also over reconnects. */
	void (*on_event)(void *data, struct engine *engine,
			 const struct engine_event *event);
	/* All containers of a list, inspected ones included, were reported. */
	void (*on_list_done)(void *data, struct engine *engine);
};

enum engine_verb {
	ENGINE_STOP,
	ENGINE_KILL,
	ENGINE_PAUSE,
	ENGINE_RESTART,
};

struct engine_action {
	enum engine_verb verb;
	unsigned int grace_s; /* of ENGINE_STOP and ENGINE_RESTART */
	int signal;	      /* of ENGINE_KILL */
};

/* What came of an action; of a command instead of an engine's as well. */
struct action_result {
	int http_status;      /* 204 done, 304 was not running; 0 no answer */
	bool ok;	      /* 204, 304 to a stop; or exit code 0 */
	const char *error;    /* NULL when ok; borrowed */
	int64_t requested_ns; /* unix time; 0: nothing was ever sent */
	int64_t answered_ns;  /* also of the failure */
	bool have_exit_code;
	int exit_code;
};
typedef void (*engine_act_cb)(void *data, const struct action_result *result);
typedef void (*engine_close_cb)(void *data);

/*
 * Makes an engine that does nothing yet. @config is copied; @callbacks is
 * borrowed and must outlive it. Returns 0, -ENOMEM or another negative errno.
 */
int engine_new(uv_loop_t *loop, const struct engine_config *config,
	       const struct engine_callbacks *callbacks, void *data,
	       struct engine **out);

/* Whether the engine was made with an equal configuration. */
bool engine_is(const struct engine *engine, const struct engine_config *config);

/*
 * Has events since a unix time reported as well, those that came while nobody
 * listened, as far as the engine still knows them. Before engine_start().
 */
void engine_resume(struct engine *engine, int64_t since_ns);

/* Begins to connect; from then on it keeps itself connected. */
void engine_start(struct engine *engine);

/*
 * Asks for a container's details; they arrive in on_container. For one that
 * the kernel saw before the engine's event came. Nothing happens while the
 * engine is not connected (the list brings it then) or when it does not know
 * the id, or when 4096 that were asked for in this way wait already (list and
 * events bring the engine's own). @id must be 64 hex digits, else it is ignored.
 */
void engine_inspect(struct engine *engine, const char *id);

/*
 * Asks the engine to act on a container. @cb is called exactly once, unless
 * this returns an error: -ENOTCONN (unavailable), -EINVAL (not an id) or
 * -ENOMEM. A time-out is the grace plus 15 s. Closing the engine answers all
 * that is open with an error.
 */
int engine_act(struct engine *engine, const char *id,
	       const struct engine_action *action, engine_act_cb cb,
	       void *data);

const struct engine_status *engine_status(const struct engine *engine);
const char *engine_state_name(enum engine_state state);

/* Lets go of everything; @cb (or NULL) is called when the memory is free. */
void engine_close(struct engine *engine, engine_close_cb cb, void *data);

#endif
