// SPDX-License-Identifier: GPL-2.0
/* What the screen of `top` shows of the record; knows no output. */
#include "scene.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/blockdev.h"
#include "lib/timerange.h"
#include "tree.h"

#define TRAIL_SECONDS 300
#define TRAIL_SAMPLES 60 /* at least, where they are far apart */

static int read_rows(struct rowset *set, struct cursor *c, int r)
{
	return r ? r : rowset_read(set, c);
}

int scene_load(struct scene *scene, struct query *q, enum tick_pick pick,
	       int64_t ts_ns)
{
	struct snapshot *s = &scene->snapshot;
	struct cursor c;
	int r = snapshot_load(s, q, pick, ts_ns);

	if (r <= 0)
		return r;
	free(scene->depth);
	scene->depth = NULL;
	scene_forget(scene);
	rowset_free(&scene->cpus);
	r = query_cpus(q, s->tick[TICK_ROW].i, &c);
	r = read_rows(&scene->cpus, &c, r);
	return r ? r : 1;
}

int scene_arrange(struct scene *scene, unsigned int sort, bool reverse,
		  const char *filter, bool tree)
{
	int r = snapshot_arrange(&scene->snapshot, sort, reverse, filter);

	free(scene->depth);
	scene->depth = NULL;
	if (!r && tree)
		r = tree_arrange(&scene->snapshot, &scene->depth);
	return r;
}

static void free_focus(struct focus *f)
{
	rowset_free(&f->devices);
	rowset_free(&f->trail);
	rowset_free(&f->events);
	*f = (struct focus){ 0 };
}

void scene_forget(struct scene *scene)
{
	free_focus(&scene->focus);
	rowset_free(&scene->stops);
	scene->has_stops = false;
}

static int64_t trail_range(const struct snapshot *s)
{
	double interval = value_number(&s->tick[TICK_INTERVAL], 1);
	double seconds = interval * TRAIL_SAMPLES;

	if (seconds < TRAIL_SECONDS)
		seconds = TRAIL_SECONDS;
	return (int64_t)seconds * NSEC_PER_SEC;
}

/* The set takes the names over. One without stays without. */
static void name_devices(struct rowset *devices)
{
	char name[64], *copy;
	unsigned int i;

	for (i = 0; i < devices->count; i++) {
		struct value *row = rowset_row(devices, i);

		if (!blockdev_name(BLOCKDEV_SYS, row[DEVICE_MAJOR].i,
				   row[DEVICE_MINOR].i, name, sizeof(name)))
			continue;
		copy = strdup(name);
		if (copy)
			row[DEVICE_NAME] = value_text(copy, strlen(copy));
	}
}

static int read_focus(struct scene *scene, struct query *q, int64_t container,
		      int64_t until_ns)
{
	const struct snapshot *s = &scene->snapshot;
	struct focus *f = &scene->focus;
	struct cursor c;
	int r;

	free_focus(f);
	f->from_ns = snapshot_ts_ns(s) - trail_range(s);
	r = query_devices(q, s->tick[TICK_ROW].i, container, &c);
	r = read_rows(&f->devices, &c, r);
	if (r)
		return r;
	if (scene->here)
		name_devices(&f->devices);
	r = query_trail(q, container, f->from_ns + 1, snapshot_ts_ns(s), &c);
	r = read_rows(&f->trail, &c, r);
	if (r)
		return r;
	r = query_top_events(q, container, until_ns, SCENE_EVENTS, &c);
	r = read_rows(&f->events, &c, r);
	if (!r)
		f->container = container;
	return r;
}

static int read_stops(struct scene *scene, struct query *q, int64_t until_ns)
{
	struct query_filter newest = QUERY_ALL;
	struct cursor c;
	int r;

	newest.until_ns = until_ns;
	newest.last = SCENE_STOPS;
	r = query_stops(q, &newest, &c);
	r = read_rows(&scene->stops, &c, r);
	scene->has_stops = !r;
	return r;
}

int scene_look(struct scene *scene, struct query *q, int64_t container,
	       bool stops, int64_t until_ns)
{
	int r = 0;

	if (container && scene->focus.container != container)
		r = read_focus(scene, q, container, until_ns);
	if (!r && stops && !scene->has_stops)
		r = read_stops(scene, q, until_ns);
	return r;
}

const struct value *scene_row(const struct scene *scene, int64_t container)
{
	const struct rowset *set = &scene->snapshot.containers;
	unsigned int i;

	for (i = 0; i < set->count; i++)
		if (rowset_row(set, i)[TOP_ROW].i == container)
			return rowset_row(set, i);
	return NULL;
}

int scene_place(const struct scene *scene, int64_t container)
{
	const struct snapshot *s = &scene->snapshot;
	unsigned int i;

	for (i = 0; i < s->shown; i++)
		if (rowset_row(&s->containers, s->order[i])[TOP_ROW].i ==
		    container)
			return (int)i;
	return -1;
}

void scene_free(struct scene *scene)
{
	scene_forget(scene);
	rowset_free(&scene->cpus);
	free(scene->depth);
	snapshot_free(&scene->snapshot);
	*scene = (struct scene){ 0 };
}
