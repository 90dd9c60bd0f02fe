/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The daemon's run, from the first socket to the last commit: ties the kernel,
 * the engines, the jobs, the core and the store together. Uses uv_*.
 */
#ifndef SYSMON_LOOP_H
#define SYSMON_LOOP_H

#include "config.h"

/* Where the configuration comes from, also when it is to be read anew. */
struct loop_source {
	/* As config_load(). */
	int (*load)(void *arg, struct config *out, struct config_error *err);
	void *arg;
};

/*
 * Runs until SIGTERM or SIGINT. @config must hold until then, and is replaced
 * by what @source has on SIGHUP; to be freed by the caller. Returns 0 after a
 * clean end; otherwise a negative errno, after it has been logged.
 */
int loop_run(struct config *config, const struct loop_source *source);

#endif
