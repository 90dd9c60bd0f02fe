/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Owns the policy: which containers a rule would act on, and why it leaves the
 * others alone. Pure: containers and time in, decisions out; knows nothing of
 * engines, clocks, config files or stores. What is unknown is never acted on.
 */
#ifndef SYSMON_POLICY_H
#define SYSMON_POLICY_H

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "meta.h"
#include "policy_when.h"

#define POLICY_PROTECT_LABEL "sysmon.protect"
#define POLICY_GROUP_MAX     128  /* bytes of a group's name, with the zero */
#define POLICY_TEXT_MAX	     8192 /* longest text that a regex is run on */

enum policy_field {
	POLICY_COMMAND,
	POLICY_IMAGE,
	POLICY_NAME,
	POLICY_LABEL,
};

/* A regular expression on one text of a container. */
struct policy_match {
	enum policy_field field;
	char *label;   /* the label's key; only with POLICY_LABEL */
	char *pattern; /* NULL: the label's presence is enough */
	regex_t regex; /* valid when pattern is not NULL */
};

/* By which containers are ordered; the first are those of the name. */
enum policy_order {
	POLICY_OLDEST,
	POLICY_NEWEST,
	POLICY_MOST_CPU,
	POLICY_LEAST_CPU,
	POLICY_MOST_MEMORY, /* working set, as the next */
	POLICY_LEAST_MEMORY,
};

enum policy_verb {
	POLICY_VERB_STOP,
	POLICY_VERB_KILL,
	POLICY_VERB_PAUSE,
	POLICY_VERB_RESTART,
	POLICY_VERB_EXEC, /* a command of the administrator's, on the host */
	POLICY_VERB_LOG,  /* only said */
};

enum policy_mode {
	POLICY_ENFORCE,
	POLICY_DRY_RUN,
};

/*
 * A container must fulfil every match and every `when`; there is at least one
 * match.
 */
struct policy_rule {
	char *name;
	bool enabled;
	struct policy_match *match;
	size_t matches;
	struct policy_when when[POLICY_WHEN_MAX];
	size_t whens;
	bool have_group;
	struct policy_match group; /* the first capture is the group's name */
	unsigned int keep;	   /* of each group */
	enum policy_order keep_which;
	bool have_order; /* else those go first that are least to be kept */
	enum policy_order order; /* who goes first */
	enum policy_verb verb;
	int signal;	     /* of POLICY_VERB_KILL */
	char *exec;	     /* for /bin/sh -c, with POLICY_VERB_EXEC */
	uint64_t timeout_ns; /* of it */
	enum policy_mode mode;
	uint64_t every_ns;	     /* how often the rule is to be checked */
	unsigned int grace_s;	     /* what the engine's stop is given */
	uint64_t hold_down_ns;	     /* not so soon after a container's start */
	unsigned int retries;	     /* after a first attempt that failed */
	uint64_t retry_wait_ns;	     /* before the first, doubled each time */
	unsigned int max_per_minute; /* 0: no cap of its own */
};

/* One container as the caller knows it. */
struct policy_container {
	const struct container_meta *meta; /* NULL: nothing known yet */
	bool running;			   /* by the kernel, if it says so */
	bool pending;			   /* an action on it is under way */
	bool done; /* the rule has acted on it, for the reason that lasts */
	/* Of the rule's whens, as of a sample that is fresh; else NULL. */
	const struct policy_run *run;
	const struct policy_figures *figures; /* likewise */
};

enum policy_reason {
	POLICY_ACT,	    /* surplus, or over a threshold: to be acted on */
	POLICY_KEPT,	    /* among the `keep` of its group */
	POLICY_GOING,	    /* an action is under way: not counted */
	POLICY_DONE,	    /* acted on already */
	POLICY_HELD,	    /* started less than hold_down ago */
	POLICY_PROTECTED,   /* by the label sysmon.protect=true */
	POLICY_NOT_MATCHED, /* a condition of the rule is not fulfilled */
	POLICY_NOT_MET,	    /* a `when` of the rule does not hold */
	POLICY_NOT_GROUPED, /* the group's regex does not match */
	POLICY_NOT_RUNNING,
	POLICY_NOT_KNOWN, /* a text, time or figure is missing */
	POLICY_RULE_DISABLED,
};

/* Why one container stays or goes. */
struct policy_verdict {
	enum policy_reason reason;
	char group[POLICY_GROUP_MAX]; /* "" without group_by, or if none */
	unsigned int rank; /* 1 is the first to be kept; 0 when not ranked */
	unsigned int of;   /* live members of the group; 0 when not ranked */
};

struct policy_decision {
	size_t container; /* index into the containers given */
	char group[POLICY_GROUP_MAX];
	bool dry_run;
	int64_t decided_ns; /* the `now` given */
};

/*
 * Fills verdict[0..n-1]. Deterministic: the result for a container does not
 * depend on the order of the array (equal ones go by id). @now_ns is unix time.
 * Returns 0 or -ENOMEM.
 */
int policy_explain(const struct policy_rule *rule,
		   const struct policy_container *c, size_t n, int64_t now_ns,
		   struct policy_verdict *verdict);

/*
 * As policy_explain(), and fills decision[] (room for n) with the containers
 * to act on now, in the rule's order, and stores how many in *count. A
 * disabled rule decides nothing; a dry-run rule decides with dry_run set.
 */
int policy_decide(const struct policy_rule *rule,
		  const struct policy_container *c, size_t n, int64_t now_ns,
		  struct policy_verdict *verdict,
		  struct policy_decision *decision, size_t *count);

/* Whether the rule acts on each container by itself, not on a group. */
bool policy_is_single(const struct policy_rule *rule);

/* Whether it needs figures of the containers. */
bool policy_needs_figures(const struct policy_rule *rule);

/* "stop", "kill", ... */
const char *policy_verb_name(enum policy_verb verb);
const char *policy_order_name(enum policy_order order);

/* A short fixed word for machines ("kept", "not-matched"). */
const char *policy_reason_name(enum policy_reason reason);

/*
 * Writes a sentence for people, such as "surplus: 3rd of 3 in group cpu, keep
 * 1 oldest"; always zero-terminated. Returns buf.
 */
const char *policy_reason_text(const struct policy_rule *rule,
			       const struct policy_verdict *verdict, char *buf,
			       size_t len);

/*
 * Compiles @pattern (POSIX extended, no back-references, bounded repetition)
 * into @match. @captures is the number of captures that it must have at least.
 * Takes over nothing: @pattern and @label (NULL but for POLICY_LABEL) are
 * copied. Returns 0, -ENOMEM, or -EINVAL with a message in err.
 */
int policy_match_init(struct policy_match *match, enum policy_field field,
		      const char *label, const char *pattern, size_t captures,
		      char *err, size_t err_len);
void policy_match_free(struct policy_match *match);

/* Frees what the rule owns, not the rule. */
void policy_rule_free(struct policy_rule *rule);

#endif
