/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A database as the daemon writes it, of the made-up host of tests/record, for
 * targets that read one. Knows no target.
 */
#ifndef SYSMON_FUZZ_RECORDED_H
#define SYSMON_FUZZ_RECORDED_H

#include <limits.h>
#include <stdint.h>

#define RECORDED_END_NS INT64_C(1736942409000000000)

/*
 * Makes a folder for the files of this run, in $TMPDIR or /tmp, that goes when
 * the process ends; and in it the database, of the @seconds up to
 * RECORDED_END_NS. Its path into @path.
 */
void recorded_make(int64_t seconds, char path[PATH_MAX]);

#endif
