/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the screen of `top` shows of the record: a tick with its CPUs, and, only
 * where they are looked at, one container closely and the stops. Knows no
 * output.
 */
#ifndef SYSMON_CLI_SCENE_H
#define SYSMON_CLI_SCENE_H

#include "lib/snapshot.h"

/* So many stops, and events of the container that is looked at. */
#define SCENE_STOPS  200
#define SCENE_EVENTS 50

/* One container, looked at closely. */
struct focus {
	int64_t container; /* its row; 0: none */
	int64_t from_ns;   /* of the trail */
	struct rowset devices;
	struct rowset trail;
	struct rowset events; /* newest first */
};

struct scene {
	struct snapshot snapshot;
	unsigned int *depth; /* of each row of its order; NULL: no tree */
	struct rowset cpus;
	bool has_stops;
	struct rowset stops; /* oldest first */
	struct focus focus;
	bool here; /* the record is this machine's: its devices have names */
};

/* Another tick: as snapshot_load(). What was looked at is forgotten. */
int scene_load(struct scene *scene, struct query *q, enum tick_pick pick,
	       int64_t ts_ns);

/* As snapshot_arrange(); with tree as tree_arrange() then. */
int scene_arrange(struct scene *scene, unsigned int sort, bool reverse,
		  const char *filter, bool tree);

/* Reads what is looked at as far as it is not there: the container with that
 * row unless it is 0, and the stops, up to the time. 0 or a negative errno. */
int scene_look(struct scene *scene, struct query *q, int64_t container,
	       bool stops, int64_t until_ns);

/* Forgets what was looked at, as it may have grown. */
void scene_forget(struct scene *scene);

/* The container in the tick, shown or not; NULL when it is not there. */
const struct value *scene_row(const struct scene *scene, int64_t container);

/* The container's place in the order, or -1. */
int scene_place(const struct scene *scene, int64_t container);

void scene_free(struct scene *scene);

#endif
