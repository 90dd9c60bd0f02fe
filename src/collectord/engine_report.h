/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Owns what table `status` says of the engines: a JSON array. Pure; knows
 * nothing of how it is stored.
 */
#ifndef SYSMON_ENGINE_REPORT_H
#define SYSMON_ENGINE_REPORT_H

#include "engine.h"

/*
 * Writes the array of @count engines, whole whatever @size (at least 3) is:
 * long reasons are cut, and the last engines left out where they do not fit.
 * Without memory it writes "".
 */
void engine_report(const struct engine_status *const *engine,
		   unsigned int count, char *out, size_t size);

#endif
