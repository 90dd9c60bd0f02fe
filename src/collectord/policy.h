/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Owns the stop policy: which containers a rule would stop, and why the others
 * stay. Pure: containers and time in, decisions out; knows nothing of engines,
 * clocks, config files or stores. What is unknown is never stopped.
 */
#ifndef SYSMON_POLICY_H
#define SYSMON_POLICY_H

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "meta.h"

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

enum policy_keep {
	POLICY_KEEP_OLDEST,
	POLICY_KEEP_NEWEST,
};

enum policy_mode {
	POLICY_ENFORCE,
	POLICY_DRY_RUN,
};

/* A container must fulfil every match; there is at least one. */
struct policy_rule {
	char *name;
	bool enabled;
	struct policy_match *match;
	size_t matches;
	bool have_group;
	struct policy_match group; /* the first capture is the group's name */
	unsigned int keep;	   /* of each group */
	enum policy_keep keep_which;
	enum policy_mode mode;
	uint64_t every_ns;    /* how often the rule is to be checked */
	unsigned int grace_s; /* what the engine's stop is given */
};

/* One container as the caller knows it. */
struct policy_container {
	const struct container_meta *meta; /* NULL: nothing known yet */
	bool running;			   /* by the kernel, if it says so */
	bool pending; /* a stop was requested and has not been confirmed */
};

enum policy_reason {
	POLICY_STOP,	    /* surplus: to be stopped */
	POLICY_KEPT,	    /* among the `keep` of its group */
	POLICY_GOING,	    /* a stop is under way: not counted, not repeated */
	POLICY_PROTECTED,   /* by the label sysmon.protect=true */
	POLICY_NOT_MATCHED, /* a condition of the rule is not fulfilled */
	POLICY_NOT_GROUPED, /* the group's regex does not match */
	POLICY_NOT_RUNNING,
	POLICY_NOT_KNOWN, /* a text or time that the rule needs is missing */
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
 * depend on the order of the array (equal start times go by id). Returns 0 or
 * -ENOMEM.
 */
int policy_explain(const struct policy_rule *rule,
		   const struct policy_container *c, size_t n,
		   struct policy_verdict *verdict);

/*
 * Fills decision[] (room for n) with the containers to stop now, those first
 * that are the furthest from being kept, and stores how many in *count. A
 * disabled rule decides nothing; a dry-run rule decides with dry_run set.
 * @now_ns is unix time and only stamped. Returns 0 or -ENOMEM.
 */
int policy_decide(const struct policy_rule *rule,
		  const struct policy_container *c, size_t n, int64_t now_ns,
		  struct policy_decision *decision, size_t *count);

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
