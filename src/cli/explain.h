/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the rules of a configuration say of the containers that run, by the
 * record alone: names and labels, and the samples behind thresholds. Knows no
 * output.
 */
#ifndef SYSMON_CLI_EXPLAIN_H
#define SYSMON_CLI_EXPLAIN_H

#include "collectord/config.h"
#include "lib/query.h"

/* X(id, key, title, unit, show, drop, sql), without SQL. */
#define VERDICT_FIELDS(X)                                       \
	X(RULE, "rule", "RULE", TEXT, ALL, 0, "")               \
	X(VERB, "action", "DOES", TEXT, ALL, 1, "")             \
	X(MODE, "mode", "MODE", TEXT, DATA, 0, "")              \
	X(ID, "id", "ID", ID, ALL, 2, "")                       \
	X(NAME, "name", "NAME", TEXT, ALL, 0, "")               \
	X(IMAGE, "image", "IMAGE", TEXT, DATA, 0, "")           \
	X(COMMAND, "command", "COMMAND", TEXT, ALL, 4, "")      \
	X(VERDICT, "verdict", "VERDICT", TEXT, ALL, 0, "")      \
	X(WHY, "why", "WHY", TEXT, ALL, 0, "")                  \
	X(GROUP, "group", "GROUP", TEXT, DATA, 0, "")           \
	X(RANK, "rank", "RANK", COUNT, DATA, 0, "")             \
	X(OF, "of", "OF", COUNT, DATA, 0, "")                   \
	X(LAST, "last_action", "LAST ACTION", TEXT, ALL, 3, "") \
	X(ERROR, "last_error", "ERROR", TEXT, DATA, 0, "")

#define VERDICT_ENUM(id, ...) VERDICT_##id,
enum {
	VERDICT_FIELDS(VERDICT_ENUM) VERDICT_COUNT
};

extern const struct field verdict_fields[VERDICT_COUNT];

/* What is told of each rule and container; the row is borrowed. 0 to go on. */
typedef int (*explain_fn)(void *arg, const struct value *row);

/*
 * Calls @fn for each rule and each running container, as of @now_ns. Returns
 * 0, a negative errno of the queries, or what @fn did.
 */
int explain_all(struct query *q, const struct config *config, int64_t now_ns,
		explain_fn fn, void *arg);

#endif
