/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Asks the kernel module, and tells it settings: one request, one answer,
 * synchronously. Knows no database and no output.
 */
#ifndef SYSMON_NLCTL_H
#define SYSMON_NLCTL_H

#include "model.h"

/* A connection to the module. */
struct nlctl;

/*
 * Returns 0, or a negative errno: -ENOENT when the module is not loaded,
 * -EPERM, -EPROTONOSUPPORT (no generic netlink), -ENOMEM, -EIO. The caller
 * calls nlctl_close().
 */
int nlctl_open(struct nlctl **ctl);
void nlctl_close(struct nlctl *ctl);

/*
 * Asks for the module's state. The strings in *info are borrowed from the
 * connection until its next request. Returns 0, -EBADMSG for an answer that
 * makes no sense, -ETIMEDOUT, or what the kernel said.
 */
int nlctl_module_get(struct nlctl *ctl, struct module_info *info);

struct nlctl_config {
	bool have_interval;
	uint64_t interval_ns;
	bool have_match;
	unsigned int matches; /* 0 forgets all patterns */
	const char *match[SYSMON_MATCH_MAX];
};

/*
 * Changes settings. Returns 0 or what the kernel said: -EPERM (needs
 * CAP_NET_ADMIN), -ERANGE (interval), -EINVAL. *why, if not NULL, is the
 * kernel's explanation, borrowed as above, or NULL.
 */
int nlctl_config_set(struct nlctl *ctl, const struct nlctl_config *config,
		     const char **why);

#endif
