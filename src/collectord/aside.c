// SPDX-License-Identifier: GPL-2.0
/* The renaming of aside.h. */
#include "aside.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define MARK	  ".corrupt-"
#define TRIES_MAX 100 /* within the same second */

/* A file that is not there needs no move. */
static int move(const char *path, const char *name, const char *suffix)
{
	char from[PATH_MAX], to[PATH_MAX];

	if (snprintf(from, sizeof(from), "%s%s", path, suffix) >= PATH_MAX ||
	    snprintf(to, sizeof(to), "%s%s", name, suffix) >= PATH_MAX)
		return -ENAMETOOLONG;
	if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0 ||
	    errno == ENOENT)
		return 0;
	return -errno;
}

static bool is_free(const char *name)
{
	static const char *const suffix[] = { "", "-wal", "-shm" };
	char path[PATH_MAX];
	struct stat st;

	for (size_t i = 0; i < sizeof(suffix) / sizeof(*suffix); i++)
		if (snprintf(path, sizeof(path), "%s%s", name, suffix[i]) >=
			    PATH_MAX ||
		    lstat(path, &st) == 0)
			return false;
	return true;
}

/* Makes a name that is not in use. */
static int choose(const char *path, int64_t now_ns, char name[PATH_MAX])
{
	time_t now = (time_t)(now_ns / 1000000000);
	char when[32], again[8] = "";
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(when, sizeof(when), "%Y%m%dT%H%M%SZ", &tm);
	for (int i = 1; i <= TRIES_MAX; i++) {
		if (snprintf(name, PATH_MAX, "%s" MARK "%s%s", path, when,
			     again) >= PATH_MAX)
			return -ENAMETOOLONG;
		if (is_free(name))
			return 0;
		snprintf(again, sizeof(again), "-%d", i);
	}
	return -EEXIST;
}

int aside_move(const char *path, int64_t now_ns, char name[PATH_MAX])
{
	int rc = choose(path, now_ns, name);

	if (!rc)
		rc = move(path, name, "-wal");
	if (!rc)
		rc = move(path, name, "-shm");
	if (!rc)
		rc = move(path, name, "");
	return rc;
}

/* Names of one length sort by their time. */
static void note_newest(const char *dir, const char *file, char *name)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s/%s", dir, file) < PATH_MAX &&
	    strcmp(path, name) > 0)
		snprintf(name, PATH_MAX, "%s", path);
}

static bool is_moved(const char *file, const char *base)
{
	size_t len = strlen(base), end = strlen(file);

	return strncmp(file, base, len) == 0 &&
	       strncmp(file + len, MARK, strlen(MARK)) == 0 &&
	       (end < 4 || (strcmp(file + end - 4, "-wal") != 0 &&
			    strcmp(file + end - 4, "-shm") != 0));
}

void aside_find(const char *path, char name[PATH_MAX])
{
	char dir[PATH_MAX];
	char *slash;
	const struct dirent *entry;
	DIR *d;

	name[0] = 0;
	if (snprintf(dir, sizeof(dir), "%s", path) >= PATH_MAX)
		return;
	slash = strrchr(dir, '/');
	if (!slash)
		return;
	*slash = 0;
	d = opendir(*dir ? dir : "/");
	while (d && (entry = readdir(d)))
		if (is_moved(entry->d_name, slash + 1))
			note_newest(dir, entry->d_name, name);
	if (d)
		closedir(d);
}
