// SPDX-License-Identifier: GPL-2.0
/*
 * The lives of containers: who is running, since when, who has stopped. Knows
 * nothing of why a life ended, nor of the numbers of events.
 */
#include "step_int.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Stopped lives stay in memory for news of them that come late. */
#define STOPPED_NS  (600 * NSEC_PER_SEC)
#define STOPPED_MAX 4096

struct life *life_find(const struct step *s, uint64_t cgroup_id)
{
	uint64_t hash = htab_hash_u64(cgroup_id);
	struct hnode *node = htab_first(&s->lives, hash);

	for (; node; node = node->next) {
		struct life *life = htab_entry(node, struct life, node);

		if (life->cgroup_id == cgroup_id)
			return life;
	}
	return NULL;
}

static const char *runtime_name(enum sysmon_runtime runtime)
{
	switch (runtime) {
	case SYSMON_RUNTIME_DOCKER:
		return "docker";
	case SYSMON_RUNTIME_LIBPOD:
		return "podman";
	case SYSMON_RUNTIME_CRIO:
		return "crio";
	case SYSMON_RUNTIME_CONTAINERD:
		return "containerd";
	case SYSMON_RUNTIME_NERDCTL:
		return "nerdctl";
	case SYSMON_RUNTIME_UNKNOWN:
	case SYSMON_RUNTIME_MATCH:
		break;
	}
	return NULL;
}

/* The kernel's word on the runtime, or the engine's that has the container. */
static const char *runtime_of(const struct step *s, const struct life *life)
{
	if (life->runtime || life->who->engine < 0)
		return life->runtime;
	return s->engine[life->who->engine].runtime;
}

/* Adds the container's row as it is now. */
static int add_row(struct step *s, const struct life *life)
{
	const struct container_meta *meta = life->who->meta;
	struct row row = { .type = ROW_CONTAINER };

	row.container = (struct container_row){
		.id = life->id,
		.boot = life->boot,
		.cgroup_id = life->cgroup_id,
		.key = life->who->key,
		.path = life->path,
		.runtime = runtime_of(s, life),
		.parent = life->parent,
		.name = meta ? meta->name : NULL,
		.image = meta ? meta->image : NULL,
		.command = meta ? meta->command : NULL,
		.labels = meta ? meta->labels_json : NULL,
		.first_seen_ns = life->first_seen_ns,
		.started_ns = life->started_ns,
		.stopped_ns = life->stopped_ns,
	};
	return step_add(s, &row) ? 0 : -ENOMEM;
}

/* Tells of a change; later, when there is no memory now. */
void life_add_row(struct step *s, struct life *life)
{
	life->owes_row = add_row(s, life) != 0;
	s->owing |= life->owes_row;
}

static void pay(struct step *s, struct life *life)
{
	if (life->owes_row)
		life_add_row(s, life);
	if (life->owes_action && !life->owes_row)
		policy_pay(s, life);
	if (life->owes_stop && !life->owes_row && !life->owes_action)
		stop_update(s, life);
	s->owing |= life->owes_row || life->owes_action || life->owes_stop;
}

/* Adds the rows for which there was no memory before. */
void life_pay(struct step *s)
{
	struct life *life;

	if (!s->owing)
		return;
	s->owing = false;
	TAILQ_FOREACH(life, &s->running, entry)
	pay(s, life);
	TAILQ_FOREACH(life, &s->stopped, entry)
	pay(s, life);
}

static void life_free(struct step *s, struct life *life)
{
	struct life **link = &life->who->newest;

	if (life->running) {
		TAILQ_REMOVE(&s->running, life, entry);
		s->running_count--;
	} else {
		TAILQ_REMOVE(&s->stopped, life, entry);
		s->stopped_count--;
	}
	if (life_find(s, life->cgroup_id) == life)
		htab_remove(&s->lives, &life->node);
	while (*link != life)
		link = &(*link)->older;
	*link = life->older;
	policy_forget(s, life);
	identity_put(s, life->who);
	free(life->path);
	free(life->victim);
	free(life->killer);
	free(life);
}

/* Makes a running life of @who; the caller fills in the rest. */
static struct life *life_new(struct step *s, struct identity *who,
			     uint64_t cgroup_id, const char *path, size_t len)
{
	struct life *life = calloc(1, sizeof(*life));
	struct life *former = life_find(s, cgroup_id);

	if (!life)
		return NULL;
	if (path) {
		life->path = strndup(path, len);
		if (!life->path) {
			free(life);
			return NULL;
		}
	}
	life->cgroup_id = cgroup_id;
	life->who = who;
	life->older = who->newest;
	who->newest = life;
	life->running = true;
	TAILQ_INSERT_TAIL(&s->running, life, entry);
	s->running_count++;
	if (former)
		htab_remove(&s->lives, &former->node);
	htab_add(&s->lives, &life->node, htab_hash_u64(cgroup_id));
	return life;
}

/* Gives the life its parent's row, once that is known. */
static void find_parent(struct step *s, struct life *life)
{
	struct life *parent = life_find(s, life->parent_cgroup);

	if (!parent)
		return;
	life->parent = parent->id;
	life->parent_cgroup = 0;
}

static void describe(struct step *s, struct life *life,
		     const struct container_info *info, uint64_t boottime_ns,
		     int64_t realtime_ns, bool again)
{
	const struct container_meta *meta = life->who->meta;
	uint64_t started = info->started_boottime_ns;

	life->boot = s->session.boot;
	life->runtime = runtime_name(info->runtime);
	life->parent_cgroup = info->parent_id;
	life->first_seen_ns = realtime_ns;
	life->known_boottime_ns = boottime_ns;
	life->started_boottime_ns = started;
	life->started_ns = boottime_to_unix(started, boottime_ns, realtime_ns);
	/* Older than the module, but the engine may know. */
	if (!started && meta && meta->state == META_RUNNING)
		life->started_ns = meta->started_ns;
	life->whole = started && !again;
	if (life->parent_cgroup)
		find_parent(s, life);
}

static int birth(struct step *s, const struct container_info *info,
		 uint64_t boottime_ns, int64_t realtime_ns, struct life **out)
{
	bool again = life_find(s, info->cgroup_id) != NULL;
	struct identity *who =
		identity_get(s, info->id.p, info->id.len, info->parent_id != 0);
	struct life *life;

	if (!who)
		return -ENOMEM;
	life = life_new(s, who, info->cgroup_id, info->path.p, info->path.len);
	if (!life) {
		identity_put(s, who);
		return -ENOMEM;
	}
	describe(s, life, info, boottime_ns, realtime_ns, again);
	life->id = ++s->past.container_id;
	*out = life;
	if (add_row(s, life) == 0) {
		policy_begun(s, life);
		return 0;
	}
	s->past.container_id--;
	life_free(s, life);
	return -ENOMEM;
}

/* The life that a message of the given time is about, born if it is new. */
int life_meet(struct step *s, const struct container_info *info,
	      uint64_t boottime_ns, int64_t realtime_ns, struct life **out)
{
	struct life *life = life_find(s, info->cgroup_id);

	*out = life;
	if (!life)
		return birth(s, info, boottime_ns, realtime_ns, out);
	if (life->parent_cgroup && life->running) {
		find_parent(s, life);
		if (life->parent)
			life_add_row(s, life);
	}
	return 0;
}

/* Its cgroup is there, but has no process in it. */
bool life_is_empty(const struct container_info *info)
{
	return metric_known(&info->m, CM_PIDS) && info->m.v[CM_PIDS] == 0;
}

/* A stopped life's cgroup has started again, and the event was lost. */
static bool lives_again(const struct life *life,
			const struct container_info *info,
			const struct census *census)
{
	if (life->stop.seq == 0)
		return census->boottime_ns > life->stopped_boottime_ns;
	if (life->stopped_boottime_ns)
		return info->started_boottime_ns > life->stopped_boottime_ns;
	return boottime_to_unix(info->started_boottime_ns, census->boottime_ns,
				census->realtime_ns) > life->stopped_ns;
}

/*
 * As life_meet(), for a census. It may list cgroups that are empty, before
 * their start or after their stop: those give no life, *out is NULL. It may
 * also list one that was given up too early, or that started unseen: that is
 * a new life.
 */
int life_count(struct step *s, const struct container_info *info,
	       const struct census *census, struct life **out)
{
	struct life *life = life_find(s, info->cgroup_id);
	bool empty = life_is_empty(info);

	*out = NULL;
	if (!life && empty)
		return 0;
	if (life && !empty && !life->running && lives_again(life, info, census))
		return birth(s, info, census->boottime_ns, census->realtime_ns,
			     out);
	return life_meet(s, info, census->boottime_ns, census->realtime_ns,
			 out);
}

/*
 * A running life began before the start that the event tells. Of one of the
 * past only the start's Unix time is known, which says nothing when the clock
 * was set since; but what replaces it has started after all that is stored.
 */
static bool is_former(const struct step *s, const struct life *life,
		      const struct event_info *ev)
{
	uint64_t started = ev->container.started_boottime_ns;

	if (!life->running || !started)
		return false;
	if (life->started_boottime_ns)
		return started > life->started_boottime_ns;
	if (!life->started_ns || started <= s->past.last_boottime_ns)
		return false;
	return boottime_to_unix(started, ev->boottime_ns,
				(int64_t)ev->realtime_ns) >
	       life->started_ns + NSEC_PER_SEC;
}

/* A stop event: of a life that runs, was given up, or started unseen. */
int life_finish(struct step *s, const struct event_info *ev, struct life **out)
{
	struct life *life = life_find(s, ev->container.cgroup_id);
	int64_t realtime_ns = (int64_t)ev->realtime_ns;
	bool former = life && is_former(s, life, ev);

	if (former)
		stop_unseen(s, life, ev->boottime_ns, realtime_ns);
	if (former || (life && !life->running && life->stop.seq &&
		       ev->boottime_ns > life->stopped_boottime_ns))
		return birth(s, &ev->container, ev->boottime_ns, realtime_ns,
			     out);
	return life_meet(s, &ev->container, ev->boottime_ns, realtime_ns, out);
}

/* A start event: of a life that a snapshot may have shown already. */
int life_begin(struct step *s, const struct event_info *ev, struct life **out)
{
	const struct container_info *info = &ev->container;
	struct life *life = life_find(s, info->cgroup_id);
	int64_t realtime_ns = (int64_t)ev->realtime_ns;
	bool former = life && is_former(s, life, ev);

	if (former)
		stop_unseen(s, life, ev->boottime_ns, realtime_ns);
	if (!life || former ||
	    (!life->running && ev->boottime_ns > life->stopped_boottime_ns))
		return birth(s, info, ev->boottime_ns, realtime_ns, out);
	*out = life;
	if (life->started_ns)
		return 0;
	life->whole = !life->sampled;
	life->started_boottime_ns = info->started_boottime_ns
					    ? info->started_boottime_ns
					    : ev->boottime_ns;
	life->started_ns = boottime_to_unix(life->started_boottime_ns,
					    ev->boottime_ns, realtime_ns);
	life_add_row(s, life);
	return 0;
}

/* Whether an event says that its container had a process at that time. */
static bool tells_of_life(uint32_t type)
{
	return type == SYSMON_EVENT_TYPE_OOM ||
	       type == SYSMON_EVENT_TYPE_MEMORY_HIGH ||
	       type == SYSMON_EVENT_TYPE_MEMORY_MAX ||
	       type == SYSMON_EVENT_TYPE_PIDS_MAX ||
	       type == SYSMON_EVENT_TYPE_THROTTLED;
}

/*
 * Any other event: of a life that is known, or started unseen; NULL for one
 * of a cgroup that no life was seen in.
 */
int life_mention(struct step *s, const struct event_info *ev, struct life **out)
{
	const struct container_info *info = &ev->container;

	*out = life_find(s, info->cgroup_id);
	if (*out || !tells_of_life(ev->type) || life_is_empty(info))
		return 0;
	return life_meet(s, info, ev->boottime_ns, (int64_t)ev->realtime_ns,
			 out);
}

/* Marks a running life as over. Its stop record is another's. */
void life_stop(struct step *s, struct life *life, uint64_t boottime_ns,
	       int64_t realtime_ns)
{
	life->running = false;
	life->stopped_ns = realtime_ns;
	life->stopped_boottime_ns = boottime_ns;
	TAILQ_REMOVE(&s->running, life, entry);
	s->running_count--;
	TAILQ_INSERT_TAIL(&s->stopped, life, entry);
	s->stopped_count++;
	life_add_row(s, life);
}

/* Ends what ran in other boots than @boot, and forgets it. */
void life_end_others(struct step *s, int64_t boot, int64_t ns)
{
	struct life *life, *next;

	for (life = TAILQ_FIRST(&s->running); life; life = next) {
		next = TAILQ_NEXT(life, entry);
		if (life->boot == boot)
			continue;
		stop_unseen(s, life, 0, ns);
	}
	for (life = TAILQ_FIRST(&s->stopped); life; life = next) {
		next = TAILQ_NEXT(life, entry);
		if (life->boot != boot && !s->owing)
			life_free(s, life);
	}
}

static void recall_times(struct step *s, struct life *life,
			 const struct step_past_container *c)
{
	life->id = c->row.id;
	life->boot = c->row.boot;
	life->parent = c->row.parent;
	life->first_seen_ns = c->row.first_seen_ns;
	life->started_ns = c->row.started_ns;
	life->stopped_ns = c->row.stopped_ns;
	if (!c->have_stop)
		return;
	life->stop = c->stop;
	life->stop.reason = NULL; /* the store's; it follows from the rest */
	life->ended.signal = c->stop.signal;
	if (c->stop.reason && !strcmp(c->stop.reason, "oom"))
		life->oom_ns = life->stopped_ns;
	life->running = false;
	TAILQ_REMOVE(&s->running, life, entry);
	s->running_count--;
	TAILQ_INSERT_TAIL(&s->stopped, life, entry);
	s->stopped_count++;
}

/* What the store keeps of an engine's words, until an engine speaks again. */
static int recall_meta(struct identity *who, const struct container_row *row)
{
	struct container_meta *meta;

	if (who->meta || (!row->name && !row->image && !row->command))
		return 0;
	meta = calloc(1, sizeof(*meta));
	if (!meta)
		return -ENOMEM;
	who->meta = meta;
	meta->id = strdup(row->key);
	meta->name = row->name ? strdup(row->name) : NULL;
	meta->image = row->image ? strdup(row->image) : NULL;
	meta->command = row->command ? strdup(row->command) : NULL;
	meta->labels_json = row->labels ? strdup(row->labels) : NULL;
	if (!meta->id || (row->name && !meta->name) ||
	    (row->image && !meta->image) || (row->command && !meta->command) ||
	    (row->labels && !meta->labels_json))
		return -ENOMEM;
	return 0;
}

/* The runtime is one that runtime_name() or the engine gave. */
static const char *recall_runtime(const char *runtime)
{
	for (int i = 0; runtime && i <= SYSMON_RUNTIME_MATCH; i++) {
		const char *name = runtime_name((enum sysmon_runtime)i);

		if (name && !strcmp(name, runtime))
			return name;
	}
	return NULL;
}

int life_recall(struct step *s, const struct step_past_container *c)
{
	struct identity *who = identity_get(s, c->row.key, strlen(c->row.key),
					    c->row.parent != 0);
	struct life *life;
	int rc;

	if (!who)
		return -ENOMEM;
	life = life_new(s, who, c->row.cgroup_id, c->row.path,
			c->row.path ? strlen(c->row.path) : 0);
	if (!life) {
		identity_put(s, who);
		return -ENOMEM;
	}
	life->runtime = recall_runtime(c->row.runtime);
	recall_times(s, life, c);
	rc = recall_meta(who, &c->row);
	if (!rc && c->have_action)
		rc = policy_recall(s, life, &c->action);
	return rc;
}

/* Forgets lives that ended long ago. */
void life_prune(struct step *s)
{
	struct life *life, *next;

	for (life = TAILQ_FIRST(&s->stopped); life; life = next) {
		bool due = s->now_ns - life->stopped_ns > STOPPED_NS ||
			   s->stopped_count > STOPPED_MAX;

		if (!due)
			break;
		next = TAILQ_NEXT(life, entry);
		if (!policy_is_open(life) && !s->owing)
			life_free(s, life);
	}
}

void life_free_all(struct step *s)
{
	struct life *life;

	while ((life = TAILQ_FIRST(&s->running)) != NULL)
		life_free(s, life);
	while ((life = TAILQ_FIRST(&s->stopped)) != NULL)
		life_free(s, life);
}
