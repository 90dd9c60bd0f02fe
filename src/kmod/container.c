// SPDX-License-Identifier: GPL-2.0
/*
 * The table of containers: who is in it, found by cgroup id or in the order
 * of arrival. Knows neither figures nor messages.
 */
#include <linux/hashtable.h>
#include <linux/slab.h>

#include "compat.h"
#include "sysmon.h"

#define TABLE_BITS 10

/* Most containers in one container, at any depth. */
#define NESTED_MAX 1024

/*
 * Longest path of a container: it has to fit, with all figures or with a
 * process's arguments, in the smallest buffer that a dump may get (3.7 KiB).
 */
#define CONTAINER_PATH_MAX 1024

DEFINE_MUTEX(sysmon_lock); /* the table, its containers, the newest tick */
LIST_HEAD(sysmon_containers);
unsigned int sysmon_container_count;
unsigned int sysmon_container_changes;
unsigned int sysmon_containers_max = 16384;

static DEFINE_HASHTABLE(table, TABLE_BITS);
static u64 next_serial = 1;

/* The runtime of a bare id: what the parent's name tells. */
static enum sysmon_runtime runtime_around(const char *path, const char *base)
{
	const char *end = base - 1, *begin = end;

	while (begin > path && begin[-1] != '/')
		begin--;
	return sysmon_match_parent(begin, end - begin);
}

static void fill_name(struct sysmon_name *name, const char *path, size_t len)
{
	const char *base = strrchr(path, '/') + 1;
	size_t off, id_len;
	int runtime;

	runtime = sysmon_match_name(base, &off, &id_len);
	if (runtime == SYSMON_RUNTIME_UNKNOWN)
		runtime = runtime_around(path, base);
	name->runtime = runtime < 0 ? SYSMON_RUNTIME_UNKNOWN : runtime;
	name->id_off = base - path + off;
	name->id_len = id_len;
	memcpy(name->path, path, len + 1);
}

static struct sysmon_name *name_new(struct cgroup *cgrp)
{
	char *path = kmalloc(CONTAINER_PATH_MAX, GFP_KERNEL);
	struct sysmon_name *name = NULL;
	int len;

	if (!path)
		return NULL;
	len = cgroup_path(cgrp, path, CONTAINER_PATH_MAX);
	if (len <= 0 || len >= CONTAINER_PATH_MAX || !strrchr(path, '/'))
		goto out;
	name = kmalloc(struct_size(name, path, len + 1), GFP_KERNEL);
	if (name)
		fill_name(name, path, len);
out:
	kfree(path);
	return name;
}

/**
 * sysmon_container_find() - look a container up
 * @cgroup_id: its cgroup's id
 *
 * Context: process, under sysmon_lock.
 * Return: the container or NULL.
 */
struct sysmon_container *sysmon_container_find(u64 cgroup_id)
{
	struct sysmon_container *c;

	lockdep_assert_held(&sysmon_lock);
	hash_for_each_possible(table, c, hash, cgroup_id)
		if (c->sample.cgroup_id == cgroup_id)
			return c;
	return NULL;
}

/* The innermost container around a cgroup, whether or not in the table. */
static struct cgroup *innermost_around(struct cgroup *cgrp)
{
	int level;

	for (level = cgrp->level - 1; level > 0; level--)
		if (sysmon_match(cgroup_ancestor(cgrp, level)))
			return cgroup_ancestor(cgrp, level);
	return NULL;
}

/* And the outermost one. */
static struct cgroup *outermost_around(struct cgroup *cgrp)
{
	int level;

	for (level = 1; level < cgrp->level; level++)
		if (sysmon_match(cgroup_ancestor(cgrp, level)))
			return cgroup_ancestor(cgrp, level);
	return NULL;
}

static struct sysmon_container *find_cgroup(struct cgroup *cgrp)
{
	return cgrp ? sysmon_container_find(cgroup_id(cgrp)) : NULL;
}

/* Counted where it is taken off again, whatever the patterns are by then. */
static void set_outer(struct sysmon_container *c,
		      struct sysmon_container *outer)
{
	if (c->outer)
		c->outer->nested--;
	c->outer = outer;
	if (outer)
		outer->nested++;
}

/* Find out what is around it: that changes with the patterns alone. */
static void relate(struct sysmon_container *c)
{
	struct cgroup *around = innermost_around(c->cgrp);
	u64 parent_id = around ? cgroup_id(around) : 0;

	set_outer(c, find_cgroup(outermost_around(c->cgrp)));
	if (c->sample.parent_id == parent_id)
		return;
	c->sample.parent_id = parent_id;
	c->sample.f.changed = true;
	sysmon_fill_prepare(c);
}

static void insert(struct sysmon_container *c, struct cgroup *cgrp)
{
	cgroup_get(cgrp);
	c->cgrp = cgrp;
	c->serial = next_serial++;
	c->sample.cgroup_id = cgroup_id(cgrp);
	c->active_tick = sysmon_tick.number;
	INIT_LIST_HEAD(&c->pending);
	c->sample.f.changed = true;
	list_add_tail(&c->node, &sysmon_containers);
	hash_add(table, &c->hash, c->sample.cgroup_id);
	sysmon_container_count++;
	sysmon_container_changes++;
	relate(c);
}

/*
 * A container may have so many in it, however deep: they must not take the
 * room of others. The first process may be put into one inside at once; that
 * one is heard of first, and the outermost has to be there to count it.
 */
static bool has_room_for(struct cgroup *cgrp)
{
	struct cgroup *around = outermost_around(cgrp);
	struct sysmon_container *outer = find_cgroup(around);

	if (around && !outer)
		outer = sysmon_container_add(around);
	if (around && (!outer || outer->nested >= NESTED_MAX))
		return false;
	return sysmon_container_count < sysmon_containers_max;
}

/**
 * sysmon_container_add() - follow a cgroup
 * @cgrp: referenced by the caller; the container takes a reference of its own
 *
 * Context: process, under sysmon_lock.
 * Return: the container, or NULL when there is no memory or room for it. The
 * outermost one around it is followed, too.
 */
struct sysmon_container *sysmon_container_add(struct cgroup *cgrp)
{
	struct sysmon_container *c = NULL;

	if (has_room_for(cgrp))
		c = kzalloc(sizeof(*c), GFP_KERNEL);
	if (!c)
		goto refused;
	c->name = name_new(cgrp);
	if (!c->name)
		goto free_container;
	insert(c, cgrp);
	sysmon_fill_prepare(c);
	return c;

free_container:
	kfree(c);
refused:
	sysmon_stats.containers_refused++;
	return NULL;
}

/* Those inside go before it, unless it alone is a container no more. */
static void forget_outer(struct sysmon_container *outer)
{
	struct sysmon_container *c;

	if (!outer->nested)
		return;
	list_for_each_entry(c, &sysmon_containers, node)
		if (c->outer == outer)
			set_outer(c, NULL);
}

/**
 * sysmon_container_remove() - follow a cgroup no more
 * @c: freed
 *
 * Context: process, under sysmon_lock.
 */
void sysmon_container_remove(struct sysmon_container *c)
{
	sysmon_container_count--;
	sysmon_container_changes++;
	forget_outer(c);
	set_outer(c, NULL);
	hash_del(&c->hash);
	list_del(&c->node);
	list_del(&c->pending);
	sysmon_facts_drop(c->facts);
	sysmon_facts_put(c->facts);
	sysmon_files_close(c);
	cgroup_put(c->cgrp);
	kfree(c->whose);
	kfree(c->name);
	kfree(c);
}

static bool is_gone(const struct sysmon_container *c)
{
	return !(READ_ONCE(c->cgrp->self.flags) & CSS_ONLINE) ||
	       !sysmon_match(c->cgrp);
}

static void remove_gone(void)
{
	struct sysmon_container *c, *next;

	list_for_each_entry_safe(c, next, &sysmon_containers, node) {
		if (!is_gone(c))
			continue;
		sysmon_lifecycle_tell_start(c);
		sysmon_container_remove(c);
	}
}

/* The next populated container after pos that is not in the table, referenced. */
static struct cgroup *find_new(struct cgroup *pos)
{
	struct cgroup_subsys_state *root = &cgrp_dfl_root.cgrp.self;
	struct cgroup_subsys_state *css = pos ? &pos->self : root;
	struct cgroup *cgrp, *found = NULL;

	rcu_read_lock();
	while (!found && (css = css_next_descendant_pre(css, root))) {
		cgrp = container_of(css, struct cgroup, self);
		if (sysmon_match(cgrp) && cgroup_is_populated(cgrp) &&
		    !sysmon_container_find(cgroup_id(cgrp)) &&
		    cgroup_tryget(cgrp))
			found = cgrp;
	}
	rcu_read_unlock();
	return found;
}

/**
 * sysmon_newest_cgroup() - the largest id there is: cgroups to come have larger
 *
 * Context: process.
 */
u64 sysmon_newest_cgroup(void)
{
	struct cgroup_subsys_state *css;
	u64 newest = 0;

	rcu_read_lock();
	css_for_each_descendant_pre(css, &cgrp_dfl_root.cgrp.self)
		newest = max(newest, cgroup_id(css->cgroup));
	rcu_read_unlock();
	return newest;
}

/**
 * sysmon_container_rescan() - make the table agree with the cgroup tree
 *
 * At load, after the match patterns changed, and after notes of lifecycle
 * changes were lost. Makes no events.
 *
 * Context: process, under sysmon_lock.
 */
void sysmon_container_rescan(void)
{
	struct cgroup *pos = NULL, *next;
	struct sysmon_container *c;

	lockdep_assert_held(&sysmon_lock);
	sysmon_stats.rescans++;
	remove_gone();
	while ((next = find_new(pos))) {
		c = sysmon_container_add(next);
		if (c)
			sysmon_lifecycle_adopt(c);
		if (pos)
			cgroup_put(pos);
		pos = next;
	}
	if (pos)
		cgroup_put(pos);
	list_for_each_entry(c, &sysmon_containers, node) {
		relate(c);
		cond_resched();
	}
	sysmon_lifecycle_adopted();
}

/* Its entry, facts, name and that in a message, as names go. */
unsigned int sysmon_container_bytes(void)
{
	return kmalloc_size_roundup(sizeof(struct sysmon_container)) +
	       kmalloc_size_roundup(sizeof(struct sysmon_facts)) + 2 * 256;
}

void sysmon_container_exit(void)
{
	struct sysmon_container *c, *next;

	list_for_each_entry_safe(c, next, &sysmon_containers, node)
		sysmon_container_remove(c);
}
