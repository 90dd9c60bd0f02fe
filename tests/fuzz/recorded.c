// SPDX-License-Identifier: GPL-2.0
/* The recording of recorded.h, by way of the daemon's own store. */
#include "recorded.h"

#include <ftw.h>

#include "../record/history.h"
#include "collectord/store.h"
#include "fuzz.h"

#define SEC INT64_C(1000000000)

static char folder[PATH_MAX / 2];
static pid_t owner;

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void remove_folder(void)
{
	if (getpid() == owner)
		nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void make_folder(void)
{
	const char *parent = getenv("TMPDIR");

	snprintf(folder, sizeof(folder), "%s/sysmon-fuzz-XXXXXX",
		 parent && *parent ? parent : "/tmp");
	REQUIRE(mkdtemp(folder));
	owner = getpid();
	atexit(remove_folder);
}

static void record(struct store *store, int64_t seconds)
{
	struct history history = {
		.length = seconds, .begin_ns = RECORDED_END_NS - seconds * SEC
	};
	struct status status = { .pid = 1,
				 .version = SYSMON_VERSION,
				 .started_ns = history.begin_ns,
				 .heartbeat_ns = RECORDED_END_NS,
				 .module_state = "running",
				 .module_version = SYSMON_VERSION,
				 .engines = "[]" };
	struct rows rows = { 0 };

	history_open(&history, &rows);
	for (int64_t at = 0; at <= seconds; at++)
		history_second(&history, at, &rows);
	REQUIRE(store_commit(store, &rows, &status) == STORE_OK);
	rows_free(&rows);
}

void recorded_make(int64_t seconds, char path[PATH_MAX])
{
	struct store *store;
	struct db_error err;

	make_folder();
	snprintf(path, PATH_MAX, "%s/recorded.db", folder);
	REQUIRE(store_open(path, &store, &err) == DB_OK);
	record(store, seconds);
	store_close(store);
}
