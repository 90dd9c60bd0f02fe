/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The daemon's run, from the first socket to the last commit: ties the kernel,
 * the engines, the jobs, the core and the store together. Uses uv_*.
 */
#ifndef SYSMON_LOOP_H
#define SYSMON_LOOP_H

#include "config.h"

/*
 * Runs until SIGTERM or SIGINT. @config must hold until then. Returns 0 after
 * a clean end; otherwise a negative errno, after it has been logged.
 */
int loop_run(const struct config *config);

#endif
