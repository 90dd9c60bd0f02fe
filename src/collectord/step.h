/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The daemon's core: what follows from each thing that happens. Pure: time and
 * everything else arrive in events, effects leave in an update; knows neither
 * sockets nor clocks nor the database.
 *
 *	step(state, event, update)
 *
 * The caller stores update->rows in their order, carries out the effects, and
 * reports what came of them in further events. What must hold:
 *  - each tick of the kernel is stored or counted in a gap, once;
 *  - each event of the kernel likewise, in the order of its number;
 *  - each container that was seen to run gets a stop, once.
 */
#ifndef SYSMON_STEP_H
#define SYSMON_STEP_H

#include "decode.h"
#include "engine.h"
#include "meta.h"
#include "policy.h"
#include "rows.h"

struct step;

enum step_event_type {
	STEP_MESSAGE,	 /* a message of the kernel */
	STEP_REPLAY_END, /* of the replay asked for */
	STEP_DUMP_END,	 /* of the dump asked for */
	STEP_OVERRUN,	 /* multicast messages were lost */
	STEP_KERNEL,	 /* the module can be heard, or has gone */
	STEP_ROOM,	 /* the store's backlog has crossed a mark */
	STEP_META,	 /* an engine describes a container */
	STEP_LIST_END,	 /* an engine has described all it has */
	STEP_ENGINE,	 /* an engine is there, or is there no more */
	STEP_ENGINE_EVENT,
	STEP_POLICY, /* a rule is due */
	STEP_ANSWER, /* what came of an action that was asked for */
};

enum step_source {
	STEP_MULTICAST,
	STEP_REPLY,  /* to module-get */
	STEP_REPLAY, /* of events */
	STEP_DUMP,   /* of containers */
};

/* How much more the store can take. */
enum step_room {
	STEP_ROOM_ALL,
	STEP_ROOM_LOG,	  /* ticks go into a gap: a reader holds the log */
	STEP_ROOM_LIVE,	  /* nothing is asked for: a backlog of events waits */
	STEP_ROOM_EVENTS, /* ticks go into a gap */
	STEP_ROOM_NONE,	  /* events wait in the kernel's ring as well */
};

struct step_event {
	enum step_event_type type;
	int64_t now_ns; /* unix time */
	/* How long the machine has slept since its boot: CLOCK_BOOTTIME less
	 * CLOCK_MONOTONIC. */
	int64_t slept_ns;
	union {
		struct { /* STEP_MESSAGE */
			enum step_source source;
			const struct message *message;
		};
		bool complete; /* *_END: false when it was broken off */
		enum step_room room;
		bool there; /* STEP_KERNEL */
		struct {    /* STEP_META, STEP_LIST_END, STEP_ENGINE* */
			unsigned int engine;
			bool connected;
			const char *runtime; /* "docker"; static, or NULL */
			struct container_meta *meta; /* step() takes it over */
			const struct engine_event *engine_event;
		};
		size_t rule; /* STEP_POLICY: index */
		struct {     /* STEP_ANSWER */
			int64_t action;
			const struct action_result *result;
		};
	};
};

enum effect_type {
	EFFECT_MODULE_GET, /* ask for the module, answer as STEP_REPLY */
	EFFECT_REPLAY,	   /* ask for the events from `seq` on */
	EFFECT_DUMP,	   /* ask for all containers */
	EFFECT_ACT,	   /* tell an engine to stop a container, or so */
	EFFECT_EXEC,	   /* run a command on a container's account */
	EFFECT_INSPECT,	   /* ask all engines for a container's details */
};

#define STEP_ID_MAX 64

struct effect {
	enum effect_type type;
	uint64_t seq;
	int64_t action;
	unsigned int engine;
	struct engine_action act;
	char id[STEP_ID_MAX + 1];
	char *command;	     /* for /bin/sh -c; the update's, as the next */
	char **environment;  /* "KEY=value", ended by NULL; one allocation */
	uint64_t timeout_ns; /* of it */
};

/* What follows from events. All zero is an empty one. */
struct update {
	struct rows rows;
	struct effect *effect;
	size_t effects;
	size_t effects_max;
};

void update_free(struct update *update);

struct step_config {
	const struct policy_rule *rule; /* borrowed, see step_configure() */
	size_t rules;
	unsigned int max_actions_per_minute; /* 0: no limit */
	size_t engines;
	/* Of this boot, where the kernel's own word is missing. */
	const char *boot_uuid;
};

/* What the store holds when the daemon starts. Ids: the last ones used. */
struct step_past {
	int64_t boot_id;
	int64_t session_id;
	int64_t tick_id;
	int64_t container_id;
	int64_t action_id;
	int64_t stop_id;
	int64_t alarm_id;
	int64_t last_ns; /* newest time in it; 0: none */
	/* The newest of a tick or an event of the newest boot; 0: none. */
	uint64_t last_boottime_ns;
	char boot_uuid[64]; /* of the newest session, as the next three */
	uint64_t instance;
	uint64_t last_tick;
	uint64_t last_seq;
	/* Why ticks are missing up to now; NULL: the daemon was stopped. */
	const char *tick_gap;
};

/* A container of the store that still runs, or whose stop is incomplete. */
struct step_past_container {
	struct container_row row;
	bool have_stop;
	struct stop_row stop;
	bool have_action;
	struct action_row action;
};

/* Returns 0 or -ENOMEM; *out is to be freed with step_free(). */
int step_new(const struct step_config *config, const struct step_past *past,
	     struct step **out);
void step_free(struct step *step);

/*
 * Turns to another configuration: from then on the rules of the old one are
 * not borrowed any more. There may be more engines, but not fewer: an index
 * stays its engine's. What was done on behalf of a rule goes on under the
 * rule's name. Returns 0, or -ENOMEM with nothing changed.
 */
int step_configure(struct step *step, const struct step_config *config);

/* Adds one container of the past, before the first event. 0 or -ENOMEM. */
int step_recall(struct step *step, const struct step_past_container *c);

/* Adds a request of the last minute, for the caps. Before the first event. */
void step_recall_request(struct step *step, const char *rule, int64_t ns);

/* A container that lives so long is no restart in a row. */
#define STEP_SETTLED_NS INT64_C(600000000000)

/*
 * Adds how many lives before this container's were ended by a restart of the
 * rule, in a row. Before the first event, behind the containers. 0 or -ENOMEM.
 */
int step_recall_restarts(struct step *step, int64_t container, const char *rule,
			 unsigned int restarts);

/*
 * Adds to *update what follows from @event. Returns 0, or -ENOMEM: then the
 * state is sound, what could not be kept counts as missing (and will be in a
 * gap), and what is in *update is to be carried out all the same.
 */
int step(struct step *step, const struct step_event *event,
	 struct update *update);

struct step_stats {
	uint64_t ticks; /* rows since start, as the next four */
	uint64_t samples;
	uint64_t events;
	uint64_t stops;
	uint64_t gaps;
	uint64_t gap_ticks; /* counted in those */
	uint64_t gap_events;
	uint64_t overruns;
	uint64_t replays;
	uint64_t requests; /* by the policy */
	uint64_t alarms;
	uint64_t capped;   /* requests put off by a cap */
	size_t waiting;	   /* decisions that wait for an engine now */
	size_t open;	   /* requests that are not confirmed yet */
	size_t given_up;   /* actions on running containers */
	size_t running;	   /* containers now */
	size_t identities; /* names kept in memory */
	bool have_session;
	uint64_t instance;
	uint64_t last_tick;
	uint64_t last_seq;
};

/* What a container is called; borrowed until the next step(). */
struct step_name {
	const char *key;
	const char *name; /* NULL: unknown, as the next */
	const char *image;
};

/*
 * Finds a container by its row's id, as long as it is remembered; those that
 * began or ended last are found soonest.
 */
bool step_container(const struct step *step, int64_t id, struct step_name *out);

void step_stats(const struct step *step, struct step_stats *out);

/*
 * A container by the last tick that was stored: its cumulative figures. All of
 * it is borrowed, until the next call of step().
 */
struct step_container {
	const char *key;
	const char *path;    /* NULL unknown, as the next three */
	const char *runtime; /* static */
	const struct container_meta *meta;
	int64_t started_ns; /* 0 unknown */
	const struct metric_values *m;
	const struct device_info *device;
	unsigned int devices;
};

/* The machine by that tick; *ts_ns is its time. NULL: no tick was stored yet,
 * or it did not tell of the machine. */
const struct metric_values *step_machine(const struct step *step,
					 int64_t *ts_ns);

/* Calls @fn for each container of that tick that still runs. Stops when @fn
 * returns other than 0, and returns that. */
int step_containers(const struct step *step,
		    int (*fn)(void *arg, const struct step_container *c),
		    void *arg);

#endif
