/* SPDX-License-Identifier: GPL-2.0 */
/* A scratch directory of a test, with a path in it. Knows nothing else. */
#ifndef SYSMON_TEST_TMPDIR_H
#define SYSMON_TEST_TMPDIR_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

static char tmpdir[64];
static char tmppath[128]; /* tmpdir/test.db */

static inline int tmpdir_make(void)
{
	snprintf(tmpdir, sizeof(tmpdir), "/tmp/sysmon-test-XXXXXX");
	if (!mkdtemp(tmpdir))
		return -1;
	snprintf(tmppath, sizeof(tmppath), "%s/test.db", tmpdir);
	return 0;
}

static inline int tmpdir_remove_one(const char *path, const struct stat *st,
				    int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static inline int tmpdir_remove(void)
{
	return nftw(tmpdir, tmpdir_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

#endif
