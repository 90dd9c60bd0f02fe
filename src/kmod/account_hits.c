// SPDX-License-Identifier: GPL-2.0
/*
 * How often a container met its pids.max. Where the kernel counts that in the
 * cgroup of the process that could not fork, the cgroups below the container
 * count, too. Decides nothing about when to look.
 */
#include <linux/slab.h>
#include <linux/string.h>

#include "compat.h"
#include "sysmon.h"

/* A container with more cgroups below it has no such sum: each costs time. */
#define CGROUPS_MAX 4

#define PATH_SIZE 2048

static int add_hits(struct cgroup *cgrp, const char *path, u64 *sum)
{
	struct sysmon_file file = {};
	char buf[64];
	ssize_t n;
	u64 hits;

	n = sysmon_cgfile_read(&file, cgrp, path, "pids.events", 0, buf,
			       sizeof(buf));
	sysmon_cgfile_close(&file);
	if (n < 0)
		return n;
	if (strncmp(buf, "max ", 4))
		return -EINVAL;
	sysmon_parse_u64(buf + 4, &hits);
	*sum += hits;
	return 0;
}

/* The next live cgroup below @root after @pos, referenced; or NULL. */
static struct cgroup *next_below(struct cgroup *pos, struct cgroup *root)
{
	struct cgroup_subsys_state *css = &pos->self;
	struct cgroup *found = NULL;

	rcu_read_lock();
	while (!found && (css = css_next_descendant_pre(css, &root->self)))
		if ((css->flags & CSS_ONLINE) && css_tryget(css))
			found = container_of(css, struct cgroup, self);
	rcu_read_unlock();
	return found;
}

/* One that has no such file, or is gone by now, adds nothing. */
static int add_hits_below(struct cgroup *root, char *path, u64 *sum)
{
	struct cgroup *pos = root, *next;
	unsigned int n = 0;
	int len;

	while (n <= CGROUPS_MAX && (next = next_below(pos, root))) {
		n++;
		if (pos != root)
			cgroup_put(pos);
		pos = next;
		len = cgroup_path(pos, path, PATH_SIZE);
		if (len > 0 && len < PATH_SIZE)
			add_hits(pos, path, sum);
	}
	if (pos != root)
		cgroup_put(pos);
	return n <= CGROUPS_MAX ? 0 : -E2BIG;
}

/**
 * sysmon_pids_hits() - read how often a container met pids.max
 * @c: the container
 * @hits: set on success
 *
 * Context: process, under sysmon_lock.
 * Return: 0, an error of sysmon_cgfile_read(), -ENOMEM, or -E2BIG when it has
 * too many cgroups to tell.
 */
int sysmon_pids_hits(struct sysmon_container *c, u64 *hits)
{
	unsigned int below = sysmon_cgroups_below(c);
	u64 sum = 0;
	char *path;
	int err;

	err = add_hits(c->cgrp, c->name->path, &sum);
	if (err)
		return err;
	if (below && sysmon_pids_events_are_local()) {
		if (below > CGROUPS_MAX)
			return -E2BIG;
		path = kmalloc(PATH_SIZE, GFP_KERNEL);
		if (!path)
			return -ENOMEM;
		err = add_hits_below(c->cgrp, path, &sum);
		kfree(path);
		if (err)
			return err;
	}
	*hits = sum;
	return 0;
}
