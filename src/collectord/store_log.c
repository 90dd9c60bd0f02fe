// SPDX-License-Identifier: GPL-2.0
/*
 * How far the write-ahead log may grow. SQLite cannot use it anew, nor cut it
 * short, while a reader holds on to an old state, and each commit adds to it. So
 * that no reader fills the disk, rows are left out when it is full: first ticks,
 * at last everything. Knows nothing of what the rows mean.
 */
#include "store_int.h"

#include <sys/stat.h>

/* Beside what the main file has not used of its own room. */
#define LOG_TICKS_MAX (64 << 20)
/* And so much more, for events, stops and the status. */
#define LOG_REST_MAX (64 << 20)

static int64_t size_of(const char *path, const char *suffix)
{
	char name[4096];
	struct stat st;

	snprintf(name, sizeof(name), "%s%s", path, suffix);
	return stat(name, &st) ? 0 : st.st_size;
}

void store_sizes(struct store *store, int64_t *db, int64_t *wal)
{
	const char *path = sqlite3_db_filename(store->db, "main");

	*db = path ? size_of(path, "") : 0;
	*wal = path ? size_of(path, "-wal") : 0;
}

int64_t store_log_max(const struct store *store)
{
	int64_t spare = store->log.size_bytes - store->log.db;

	if (!store->log.size_bytes)
		return 0;
	return LOG_TICKS_MAX + (spare > 0 ? spare : 0);
}

bool store_log_full(const struct store *store)
{
	return store->log.full;
}

/* It has room again when it was begun anew, which leaves a fourth at most. */
void log_look(struct store *store)
{
	struct store_log *log = &store->log;
	int64_t most;

	store_sizes(store, &log->db, &log->wal);
	most = store_log_max(store);
	if (!most || log->wal <= most / 2)
		log->full = false;
	else if (log->wal > most)
		log->full = true;
}

/* The reader has gone: the next commit begins the log anew. */
static bool is_copied(struct store *store)
{
	int frames, copied;
	int rc = sqlite3_wal_checkpoint_v2(store->db, "main",
					   SQLITE_CHECKPOINT_PASSIVE, &frames,
					   &copied);

	return rc == SQLITE_OK && frames == copied;
}

bool log_takes_more(struct store *store)
{
	int64_t most = store_log_max(store);

	return !most || store->log.wal <= most + LOG_REST_MAX ||
	       is_copied(store);
}
