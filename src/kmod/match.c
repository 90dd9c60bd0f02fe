// SPDX-License-Identifier: GPL-2.0
/*
 * Which cgroups are containers, by their name alone. Owns the configured
 * patterns; knows nothing of the table.
 */
#include <linux/ctype.h>
#include <linux/glob.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "compat.h"
#include "sysmon.h"

#define ID_LEN 64

static const struct {
	const char *prefix;
	enum sysmon_runtime runtime;
} scopes[] = {
	{ "docker-", SYSMON_RUNTIME_DOCKER },
	{ "libpod-", SYSMON_RUNTIME_LIBPOD },
	{ "crio-", SYSMON_RUNTIME_CRIO },
	{ "cri-containerd-", SYSMON_RUNTIME_CONTAINERD },
	{ "nerdctl-", SYSMON_RUNTIME_NERDCTL },
};

/* What the cgroupfs driver makes a container's parent, where that tells. */
static const struct {
	const char *name;
	enum sysmon_runtime runtime;
} parents[] = {
	{ "docker", SYSMON_RUNTIME_DOCKER },
	/* containerd's namespaces: Kubernetes', and that of ctr and nerdctl */
	{ "k8s.io", SYSMON_RUNTIME_CONTAINERD },
	{ "default", SYSMON_RUNTIME_CONTAINERD },
};

/* The runtimes' monitors, which no pattern makes into containers. */
static const char *const monitors[] = { "libpod-conmon-", "crio-conmon-" };

struct patterns {
	unsigned int count;
	char glob[][SYSMON_MATCH_LEN_MAX + 1];
};

/* Replaced under sysmon_lock, read under RCU or that lock; NULL is none. */
static struct patterns __rcu *patterns;

static bool is_id(const char *s)
{
	size_t i;

	for (i = 0; i < ID_LEN; i++)
		if (!isdigit(s[i]) && (s[i] < 'a' || s[i] > 'f'))
			return false;
	return true;
}

static bool has_prefix(const char *s, const char *prefix)
{
	return !strncmp(s, prefix, strlen(prefix));
}

/* PREFIX-ID.scope by systemd, or PREFIX-ID by the cgroupfs driver. */
static int match_scope(const char *name, size_t len, size_t *id_off)
{
	size_t i, prefix_len;
	const char *end;

	for (i = 0; i < ARRAY_SIZE(scopes); i++) {
		prefix_len = strlen(scopes[i].prefix);
		if (len < prefix_len + ID_LEN ||
		    !has_prefix(name, scopes[i].prefix) ||
		    !is_id(name + prefix_len))
			continue;
		end = name + prefix_len + ID_LEN;
		if (*end && strcmp(end, ".scope"))
			continue;
		*id_off = prefix_len;
		return scopes[i].runtime;
	}
	return -ENOENT;
}

static bool match_pattern(const char *name)
{
	const struct patterns *p;
	bool found = false;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(monitors); i++)
		if (has_prefix(name, monitors[i]))
			return false;
	rcu_read_lock();
	p = rcu_dereference(patterns);
	for (i = 0; p && i < p->count && !found; i++)
		found = glob_match(p->glob[i], name);
	rcu_read_unlock();
	return found;
}

/**
 * sysmon_match_name() - tell whether a cgroup's name is a container's
 * @name: the cgroup's own name, not its path
 * @id_off: where the container's id begins in @name
 * @id_len: its length
 *
 * Context: any.
 * Return: enum sysmon_runtime, or -ENOENT for what is no container.
 */
int sysmon_match_name(const char *name, size_t *id_off, size_t *id_len)
{
	size_t len = strlen(name);
	int runtime;

	*id_off = 0;
	*id_len = ID_LEN;
	if (len == ID_LEN && is_id(name))
		return SYSMON_RUNTIME_UNKNOWN;
	runtime = match_scope(name, len, id_off);
	if (runtime >= 0)
		return runtime;
	*id_len = len;
	return match_pattern(name) ? SYSMON_RUNTIME_MATCH : -ENOENT;
}

/**
 * sysmon_match_parent() - the runtime of a container whose name is but an id
 * @name: of the cgroup around it, not zero-terminated
 * @len: its length
 *
 * Return: SYSMON_RUNTIME_UNKNOWN when that does not tell.
 */
enum sysmon_runtime sysmon_match_parent(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(parents); i++)
		if (len == strlen(parents[i].name) &&
		    !strncmp(name, parents[i].name, len))
			return parents[i].runtime;
	return SYSMON_RUNTIME_UNKNOWN;
}

/**
 * sysmon_match() - tell whether a cgroup is a container
 * @cgrp: alive, or referenced; of any hierarchy
 *
 * Context: any.
 */
bool sysmon_match(const struct cgroup *cgrp)
{
	size_t off, len;

	return cgrp->root == &cgrp_dfl_root && cgrp->level > 0 &&
	       sysmon_match_name(sysmon_cgroup_name(cgrp), &off, &len) >= 0;
}

/**
 * sysmon_match_set() - replace the configured patterns
 * @globs: patterns as glob_match() takes them
 * @count: how many, at most SYSMON_MATCH_MAX
 *
 * Context: process, under sysmon_lock. The caller rescans.
 * Return: 0, -E2BIG, -ENAMETOOLONG or -ENOMEM; the old ones stay on error.
 */
int sysmon_match_set(const char *const *globs, unsigned int count)
{
	struct patterns *new = NULL, *old;
	unsigned int i;

	if (count > SYSMON_MATCH_MAX)
		return -E2BIG;
	if (count) {
		new = kzalloc(struct_size(new, glob, count), GFP_KERNEL);
		if (!new)
			return -ENOMEM;
		new->count = count;
	}
	for (i = 0; i < count; i++) {
		if (strscpy(new->glob[i], globs[i], sizeof(new->glob[i])) < 0) {
			kfree(new);
			return -ENAMETOOLONG;
		}
	}
	old = rcu_replace_pointer(patterns, new, lockdep_is_held(&sysmon_lock));
	/* No probe uses the old ones any more when the caller rescans. */
	synchronize_rcu();
	kfree(old);
	return 0;
}

/**
 * sysmon_match_for_each() - call a function for each configured pattern
 * @fn: returns non-zero to stop
 * @arg: handed to @fn
 *
 * Context: process, under sysmon_lock.
 * Return: what @fn returned last, or 0.
 */
int sysmon_match_for_each(int (*fn)(const char *pattern, void *arg), void *arg)
{
	const struct patterns *p;
	unsigned int i;
	int err = 0;

	p = rcu_dereference_protected(patterns, lockdep_is_held(&sysmon_lock));
	for (i = 0; p && i < p->count && !err; i++)
		err = fn(p->glob[i], arg);
	return err;
}

void sysmon_match_exit(void)
{
	kfree(rcu_dereference_protected(patterns, true));
}
