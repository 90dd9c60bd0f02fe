/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The state behind step.h, and what its files know of each other:
 *
 *	step.c		 dispatch, the update
 *	step_session.c	 sessions, numbers of events, gaps
 *	step_snapshot.c	 snapshots from their parts, ticks and samples
 *	step_figures.c	 which container's last figures are known for sure
 *	step_device.c	 io of each container on each device
 *	step_cpu.c	 times of each CPU
 *	step_life.c	 birth and death of containers
 *	step_event.c	 the row of an event
 *	step_stop.c	 the stop record, joined from all who know of a stop
 *	step_identity.c	 names and labels, from the engines
 *	step_policy.c	 rules: whom they choose, and what follows from that
 *	step_action.c	 actions: asked for, answered, confirmed, or not
 *	step_watch.c	 figures and thresholds of the policy; caps
 *	step_view.c	 what others may see of the tick stored last
 */
#ifndef SYSMON_STEP_INT_H
#define SYSMON_STEP_INT_H

#include <sys/queue.h>

#include "htab.h"
#include "rates.h"
#include "step.h"

#define NSEC_PER_SEC INT64_C(1000000000)

/* A container as the engines know it: it may live several times. */
struct identity {
	struct hnode node;	     /* in step.identities, by key */
	struct life *newest;	     /* life; older ones by life.older */
	struct container_meta *meta; /* NULL until an engine tells */
	int engine;		     /* that told; -1: none */
	uint64_t list; /* number of the list that has it; 0: none */
	bool nested;   /* in a container, which may have chosen the key */
	char key[];
};

/* The devices that the module tells of one container. */
struct devices {
	unsigned int count;
	struct device_info device[SYSMON_IO_DEVICES_MAX];
};

/* The last figures that the kernel told of a container. */
struct figures {
	struct metric_values m;
	struct devices io;
	uint64_t boottime_ns; /* when they were so */
	uint64_t epoch;	      /* of struct knowledge; 0: never told */
};

/* How a life ended, as an engine tells it. */
struct life_exit {
	bool known;
	int code;
	int64_t time_ns;
};

/* The same, as the kernel tells it. */
struct kernel_exit {
	bool have_code;
	int code;
	int signal; /* that ended it; 0: none, or unknown */
	int sender_signal;
	uint64_t sender_boottime_ns;
};

/* A process's row that owns its texts. */
struct process_copy {
	struct process_row row;
	char text[];
};

/* At most so many in any minute: the times of the last ones, a ring. */
struct rate {
	int64_t *at;
	unsigned int max; /* 0: no limit */
	unsigned int next;
};

/* What is known of a rule, by its name; outlives its configuration. */
struct rule_state {
	TAILQ_ENTRY(rule_state) entry;	/* in step.rules */
	const struct policy_rule *rule; /* NULL: it is configured no more */
	struct rate rate;
	char name[];
};

/* What a rule has to do with a life. */
struct dealing {
	struct dealing *next;
	struct rule_state *rule;
	unsigned int tries;    /* requests without success */
	unsigned int restarts; /* of lives before this one, in a row */
	int64_t wait_ns;       /* the last wait after a failure; 0: none */
	int64_t retry_ns;      /* not to be asked for before */
	bool done;	       /* acted, for the reason that lasts */
	bool given_up;	       /* the retries are used up */
	struct policy_run run[POLICY_WHEN_MAX];
};

enum action_state {
	ACTION_WAITING,	    /* for the engine, which is not there */
	ACTION_REQUESTED,   /* of it */
	ACTION_ANSWERED,    /* that it is done */
	ACTION_CONFIRMED,   /* by the kernel; a command: by its exit code */
	ACTION_REFUSED,	    /* by the engine, or the command failed */
	ACTION_UNCONFIRMED, /* the kernel did not confirm it in time */
	ACTION_GIVEN_UP,    /* refused or unconfirmed, and not tried again */
	ACTION_MOOT,	    /* the container or the reason went before */
	ACTION_DRY_RUN,
	ACTION_LOGGED,
	ACTION_STATES
};

/* What an action is told with, kept until there is memory to tell it. */
#define ACTION_TEXT_MAX	  160
#define ACTION_ALARMS_MAX 2
struct owed_alarm {
	int64_t id;
	int64_t ts_ns;
	const char *reason; /* static */
	char detail[ACTION_TEXT_MAX];
};

struct action {
	TAILQ_ENTRY(action) entry; /* in step.actions */
	struct life *life;
	struct action_row row; /* rule and group are in `text` */
	enum action_state state;
	enum policy_verb verb;
	bool ends;	  /* it is to end the life */
	bool unanswered;  /* an answer is owed */
	int64_t grace_ns; /* that the engine, or the command, is given */
	bool owes_row;	  /* with `error` */
	char error[ACTION_TEXT_MAX];
	unsigned int alarms; /* owed */
	struct owed_alarm alarm[ACTION_ALARMS_MAX];
	char text[];
};

/* One life of a container's cgroup: a row of table container. */
struct life {
	struct hnode node;	 /* in step.lives, by cgroup id */
	TAILQ_ENTRY(life) entry; /* in step.running or step.stopped */
	struct life *older;	 /* of the same identity */
	struct identity *who;
	int64_t id;
	int64_t boot;
	int64_t parent;
	uint64_t cgroup_id;
	uint64_t parent_cgroup; /* as long as `parent` is not known */
	const char *runtime;	/* by the kernel; static */
	char *path;
	int64_t first_seen_ns;
	int64_t started_ns;
	int64_t stopped_ns;
	uint64_t started_boottime_ns; /* by the kernel; 0 unknown */
	uint64_t known_boottime_ns;   /* when it was first known to run */
	uint64_t stopped_boottime_ns;
	bool running;
	bool whole;   /* all of its counters belong to what we have seen */
	bool sampled; /* `before` is set */
	bool empty;   /* the last census found no process in it */
	bool asked;   /* an inspect was asked for */
	unsigned int absent; /* complete censuses in a row without it */
	uint64_t census[2];  /* the last ones that had it */
	uint64_t tick;	     /* serial of the stored tick with `before` */
	struct metric_values before;
	struct devices io_before;
	struct figures now;
	bool told;	/* `now` was told since `before` was set */
	bool blind;	/* the snapshot being assembled does not tell `now` */
	int64_t oom_ns; /* when the OOM killer last struck */
	uint64_t oom_boottime_ns;    /* the same by the kernel's event; or 0 */
	int64_t oom_limit_bytes;     /* -1: none */
	struct process_copy *victim; /* of it, or NULL */
	struct life_exit exit;
	struct kernel_exit ended;
	struct process_copy *killer;   /* that sent the last signal, or NULL */
	struct stop_row stop;	       /* id 0: it has not stopped */
	struct action *action;	       /* the last that was decided */
	struct dealing *dealing;       /* with each rule that is concerned */
	bool frozen;		       /* by the kernel's events */
	struct policy_figures figures; /* of the sample of tick `figured` */
	uint64_t figured;	       /* serial as `tick`; 0: never */
	/* Rows for which there was no memory: what they tell has happened. */
	bool owes_row;
	bool owes_action; /* or alarms of it */
	bool owes_stop;
};

TAILQ_HEAD(life_list, life);
TAILQ_HEAD(action_list, action);
TAILQ_HEAD(rule_list, rule_state);

/* One load of the module, as we follow it. */
struct session {
	bool open;
	int64_t id;
	int64_t boot;
	uint64_t instance;
	uint64_t last_tick; /* stored or in a gap, as last_seq */
	uint64_t last_seq;
	uint64_t newest_seq; /* known to exist, as newest_tick */
	uint64_t newest_tick;
	bool replaying;
	uint64_t asked_newest; /* newest_seq when the replay was asked for */
	bool skipped;	       /* for lack of room: the rest is too */
	bool starved;	       /* that was room in memory */
	const char *tick_gap;  /* why ticks are missing, when they are */
};

/* A count of all containers: a snapshot, or a dump. */
struct census {
	uint64_t number; /* of census, over both kinds */
	uint64_t tick;	 /* of the module */
	uint64_t boottime_ns;
	int64_t realtime_ns;
	uint32_t next_part;
	uint64_t containers; /* so far */
	bool open;
	bool broken;
};

enum census_kind {
	CENSUS_SNAPSHOT,
	CENSUS_DUMP
};

/*
 * What follows from an unbroken run of snapshots. A container that is said to
 * be unchanged has the figures that were last told of it - if none were missed
 * since: an epoch begins with a snapshot before which one was, and figures of
 * another epoch, or of a dump from before this one, count for nothing.
 */
struct knowledge {
	uint64_t epoch;	   /* grows; 0: there is none yet */
	uint64_t since_ns; /* boot time of its first message */
	uint64_t whole;	   /* number of its last snapshot */
	bool live;
	bool asked;  /* for a dump */
	bool dumped; /* one has told all containers since its begin */
};

/* The CPUs of a tick, as they were told. */
struct cpus {
	struct cpu_info *cpu;
	size_t count;
	size_t max;
};

struct step_engine {
	bool connected;
	const char *runtime; /* of its containers; static */
	uint64_t list;	     /* number of its newest list, from 1 */
};

struct step {
	struct step_config config;
	struct step_past past; /* with the ids used since */
	struct update *update; /* of the step under way */
	int64_t now_ns;
	int64_t slept_ns;
	enum step_room room;
	bool there;   /* the module can be heard */
	bool current; /* it has told its newest event since then */
	bool owing;   /* there are lives that owe rows */
	struct session session;
	struct census census[2];
	uint64_t censuses;
	struct knowledge knowledge;
	/* The snapshot being assembled. */
	struct life **present;
	size_t presents;
	size_t presents_max;
	struct tick_info tick;
	struct metric_values system;
	bool have_system;
	struct cpus cpus;
	bool strangers; /* it has containers that were never told of */
	/* The tick stored last, for differences. */
	uint64_t stored; /* serial, 0: none since start */
	uint64_t stored_boottime_ns;
	int64_t stored_ns;
	int64_t stored_slept_ns; /* of sleep that is told, or was before */
	int64_t stored_session;
	uint64_t stored_interval_ns;
	bool unbroken; /* nothing is missing before the tick at hand */
	struct metric_values system_before;
	bool have_system_before;
	struct cpus cpus_before;
	struct htab lives;
	struct htab identities;
	struct life_list running;
	size_t running_count;
	struct life_list stopped; /* oldest first; kept for late news */
	size_t stopped_count;
	struct action_list actions;
	struct rule_list rules;
	struct rule_state **rule; /* of each rule in config */
	struct rate rate;	  /* of all rules together */
	bool watches;		  /* some rule needs figures */
	struct step_engine *engine;
	size_t engines;
	struct step_stats stats;
};

/* step.c */
struct row *step_add(struct step *s, const struct row *row);
struct effect *step_effect(struct step *s, enum effect_type type);
void update_truncate(struct update *update, size_t n);
/* The life that is in memory of a row of table container, or NULL. */
struct life *step_life(const struct step *s, int64_t id);

/* step_session.c */
int session_module(struct step *s, const struct module_info *m);
bool session_accepts(struct step *s, uint64_t instance, int *rc);
int session_event(struct step *s, const struct event_info *ev, bool replayed);
int session_gap(struct step *s, const struct gap_info *gap, bool replayed);
int session_replay_end(struct step *s, bool complete);
int session_catch_up(struct step *s);
int session_overrun(struct step *s);
int session_room(struct step *s, enum step_room room);
void session_kernel(struct step *s, bool there);
bool session_is_live(const struct step *s);
int session_add_gap(struct step *s, const struct gap_row *gap);
bool session_caught_up(const struct step *s);

/* step_snapshot.c */
int snapshot_part(struct step *s, const struct message *msg);
int dump_part(struct step *s, const struct message *msg);
int dump_end(struct step *s, bool complete);
void snapshot_break(struct step *s, const char *reason);

/* step_figures.c */
void figures_begin(struct step *s, const struct tick_info *tick);
void figures_whole(struct step *s);
void figures_dump_begin(struct step *s, const struct tick_info *tick);
void figures_dump_end(struct step *s, bool usable);
void figures_take(struct step *s, struct life *life, enum census_kind kind,
		  const struct container_info *info, uint64_t boottime_ns);
bool figures_known(const struct step *s, const struct life *life);
int figures_ask(struct step *s);
void figures_forget(struct step *s);

/* step_device.c */
void devices_take(struct devices *to, const struct container_info *info);
size_t devices_room(const struct step *s);
void devices_fill(struct tick_row *tick, const struct life *life,
		  bool have_before, bool from_start);

/* step_cpu.c */
int cpus_take(struct step *s, const struct message *msg);
void cpus_fill(struct step *s, struct tick_row *tick);
void cpus_stored(struct step *s);

/* step_life.c */
struct life *life_find(const struct step *s, uint64_t cgroup_id);
int life_meet(struct step *s, const struct container_info *info,
	      uint64_t boottime_ns, int64_t realtime_ns, struct life **out);
int life_count(struct step *s, const struct container_info *info,
	       const struct census *census, struct life **out);
bool life_is_empty(const struct container_info *info);
int life_mention(struct step *s, const struct event_info *ev,
		 struct life **out);
int life_begin(struct step *s, const struct event_info *ev, struct life **out);
int life_finish(struct step *s, const struct event_info *ev, struct life **out);
void life_stop(struct step *s, struct life *life, uint64_t boottime_ns,
	       int64_t realtime_ns);
void life_end_others(struct step *s, int64_t boot, int64_t ns);
void life_add_row(struct step *s, struct life *life);
void life_pay(struct step *s);
int life_recall(struct step *s, const struct step_past_container *c);
void life_prune(struct step *s);
void life_free_all(struct step *s);

/* step_event.c */
int event_add_row(struct step *s, const struct event_info *ev,
		  const struct life *life);
int64_t event_figure(bool have, uint64_t value);
int64_t event_sender_ns(const struct event_info *ev);
void process_keep(const struct step *s, const struct process_info *p,
		  struct process_copy **kept);
int64_t boottime_to_unix(uint64_t boottime_ns, uint64_t at_boottime_ns,
			 int64_t at_realtime_ns);

/* step_stop.c */
void stop_note_victim(struct step *s, struct life *life,
		      const struct event_info *ev);
void stop_by_event(struct step *s, struct life *life,
		   const struct event_info *ev);
void stop_unseen(struct step *s, struct life *life, uint64_t boottime_ns,
		 int64_t ns);
void stop_exit(struct step *s, struct identity *who, int code, int64_t ns);
void stop_note_oom(struct step *s, struct identity *who, int64_t ns);
void stop_update(struct step *s, struct life *life);

/* step_identity.c */
struct identity *identity_get(struct step *s, const char *key, size_t len,
			      bool nested);
void identity_put(struct step *s, struct identity *who);
int identity_meta(struct step *s, unsigned int engine,
		  struct container_meta *meta);
void identity_list_end(struct step *s, unsigned int engine);
int identity_event(struct step *s, unsigned int engine,
		   const struct engine_event *ev);
int identity_ask(struct step *s, struct life *life);
void identity_free_all(struct step *s);

/* step_policy.c */
int policy_bind(struct step *s, const struct step_config *config);
int policy_check(struct step *s, size_t rule);
int policy_engine_back(struct step *s, unsigned int engine);
void policy_forget(struct step *s, struct life *life);
void policy_free(struct step *s);

/* step_action.c */
const char *action_state_name(enum action_state state);
bool action_is_open(const struct action *action);
bool policy_is_open(const struct life *life);
struct action *action_new(struct step *s, struct life *life,
			  const struct action_row *row, enum policy_verb verb,
			  enum action_state state);
void action_add_row(struct step *s, struct action *action, const char *error);
int action_request(struct step *s, struct action *action,
		   struct dealing *dealing);
void action_withdraw(struct step *s, struct action *action, const char *why);
void action_give_up(struct step *s, struct action *action,
		    struct dealing *dealing, const char *why);
void action_free(struct step *s, struct action *action);
void action_expire(struct step *s);
void policy_answer(struct step *s, int64_t id,
		   const struct action_result *result);
void policy_ended(struct step *s, struct life *life);
void policy_begun(struct step *s, struct life *life);
void policy_frozen(struct step *s, struct life *life, bool frozen, int64_t ns);
void policy_pay(struct step *s, struct life *life);
int policy_recall(struct step *s, struct life *life,
		  const struct action_row *row);

/* step_watch.c */
struct dealing *dealing_find(const struct life *life,
			     const struct rule_state *rule);
struct dealing *dealing_get(struct life *life, struct rule_state *rule);
void dealing_free_all(struct life *life);
void watch_sample(struct step *s, struct life *life,
		  const struct sample_row *sample, const struct tick_row *tick,
		  bool follows);
bool watch_is_fresh(const struct step *s, const struct life *life);
/* Another with room for @max times, with the newest of @old. 0 or -ENOMEM. */
int rate_copy(struct rate *out, const struct rate *old, unsigned int max);
/* What @with has becomes @rate's. */
void rate_replace(struct rate *rate, struct rate *with);
bool rate_allows(const struct rate *rate, int64_t now_ns);
void rate_note(struct rate *rate, int64_t ns);

#endif
