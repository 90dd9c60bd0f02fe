/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One tick held in memory: the machine, its containers, and the order in which
 * to show them. Knows no output.
 */
#ifndef SYSMON_SNAPSHOT_H
#define SYSMON_SNAPSHOT_H

#include <jansson.h>

#include "heartbeat.h"
#include "rowset.h"

struct snapshot {
	bool loaded;
	struct value tick[TICK_COUNT];
	struct rowset containers; /* TOP_FIELDS and rates */
	unsigned int *order;	  /* rows to show */
	unsigned int shown;	  /* how many */
};

/*
 * Reads another tick. 1: done; 0: there is none, and the snapshot is as it
 * was; or a negative errno, as well. Needs snapshot_arrange() next.
 */
int snapshot_load(struct snapshot *s, struct query *q, enum tick_pick pick,
		  int64_t ts_ns);
void snapshot_free(struct snapshot *s);

/*
 * Sets order: by that field of TOP_*, texts upwards and numbers downwards or,
 * reversed, the other way; what is unknown last. Only containers with filter
 * in their name, image, command, id or cgroup, whatever the case of ASCII
 * letters. 0 or -ENOMEM.
 */
int snapshot_arrange(struct snapshot *s, unsigned int sort, bool reverse,
		     const char *filter);

/* The field that a word such as "mem", or a key of the document, names; or
 * -1. */
int snapshot_sort_field(const char *word);

/* A word that snapshot_sort_field() takes for it. */
const char *snapshot_sort_word(unsigned int field);

/* The same for a letter that is typed. */
int snapshot_sort_letter(int letter);

/* The words, separated by "|". */
extern const char snapshot_sort_words[];

static inline int64_t snapshot_ts_ns(const struct snapshot *s)
{
	return s->tick[TICK_TS_NS].i;
}

/*
 * Is the tick old, seen from ref_ns? True when more than three intervals (at least
 * 3 s) lie between; the module's slowest interval is 60 s.
 */
bool snapshot_is_stale(const struct value tick[TICK_COUNT], int64_t ref_ns);

/* Why the newest tick is not the present. */
enum snapshot_fault {
	SNAPSHOT_CURRENT,    /* it is */
	SNAPSHOT_RELOADED,   /* the module was loaded anew since */
	SNAPSHOT_NO_DAEMON,  /* it is old, and the daemon is not running */
	SNAPSHOT_NO_SAMPLES, /* it is old */
};

enum snapshot_fault snapshot_fault(const struct value newest[TICK_COUNT],
				   const struct heartbeat *heartbeat,
				   int64_t now_ns);

/* {"version":1,"stale":..,"time":..,"interval":..,"system":{..}}, the head of
 * the document of `top`, whose list is "containers". A new reference, or NULL
 * when out of memory. */
json_t *snapshot_head(const struct snapshot *s, bool stale);

#endif
