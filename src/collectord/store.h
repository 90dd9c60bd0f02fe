/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Carries rows into the database, a transaction at a time, and reads from it
 * what the daemon must know when it starts. Blocks on the disk; must not be
 * used by two threads at once. Knows nothing of what the rows mean.
 */
#ifndef SYSMON_STORE_H
#define SYSMON_STORE_H

#include "db.h"
#include "retention.h"
#include "rows.h"
#include "status.h"
#include "step.h"

struct store;

enum store_result {
	STORE_OK,
	STORE_RETRY,   /* rolled back; the same rows may pass later */
	STORE_BROKEN,  /* rolled back; they never will: a defect */
	STORE_DAMAGED, /* rolled back; the database can't be read any more */
};

/*
 * Opens the database for writing, as db_open_rw(). On DB_OK *out is to be
 * closed with store_close().
 */
enum db_result store_open(const char *path, struct store **out,
			  struct db_error *err);
void store_close(struct store *store);

/*
 * Stores all rows and, if not NULL, the status in one transaction, or nothing.
 * On failure store_error() says why.
 */
enum store_result store_commit(struct store *store, const struct rows *rows,
			       const struct status *status);
const char *store_error(const struct store *store);

/*
 * Rows since the opening that the database can't take, as they contradict
 * others in it (someone else wrote to it). Ticks and events of them were
 * stored as gaps with the reason `refused`.
 */
uint64_t store_refused(const struct store *store);

/* What store_retain() goes by; without it, all is kept, and no log is full. */
void store_retention(struct store *store, const struct retention *keep);

/*
 * Removes one batch of what is too old or has no room, if there is any: then
 * *more is true, as there may be more. Failures are those of store_commit().
 */
enum store_result store_retain(struct store *store, int64_t now_ns, bool *more);

/* What came of it since the opening. */
struct retained {
	uint64_t removed;   /* rows */
	int64_t free_bytes; /* of the file, in no use */
	/*
	 * For want of room something went before its age, within an hour: raw
	 * samples, and maybe also minutes, hours, records. The last of them
	 * that did, static; or NULL.
	 */
	const char *cut;
};
void store_retained(const struct store *store, int64_t now_ns,
		    struct retained *out);

/* Lets the main file grow to so many pages; more is STORE_RETRY. */
void store_limit_pages(struct store *store, unsigned int pages);

/* Sizes of the database's main file and its log, in bytes. */
void store_sizes(struct store *store, int64_t *db, int64_t *wal);

/*
 * Whether a reader that holds on to an old state has made the log so large that
 * no more ticks are to be given. If it grows much further all the same, nothing
 * is taken (STORE_RETRY) until the reader lets go.
 */
bool store_log_full(const struct store *store);
/* Bytes above which it is; 0: no bound. */
int64_t store_log_max(const struct store *store);

/*
 * What the store holds when the daemon starts. Returns 0, -EIO, -ENOMEM, or
 * -EUCLEAN when the database is damaged, as the next one.
 */
int store_load(struct store *store, struct step_past *past);

/*
 * Calls @fn for each container that still runs, as far as the store knows, or
 * that stopped after @since_ns with its exit code unknown, oldest first. Texts
 * are borrowed. Stops when @fn returns other than 0, and returns that.
 */
int store_load_containers(struct store *store, int64_t since_ns,
			  int (*fn)(void *arg,
				    const struct step_past_container *c),
			  void *arg);

/*
 * Calls @fn for each request of the policy after @since_ns, oldest first; at
 * most the newest 1,000. Returns 0 or -EIO, -ENOMEM.
 */
int store_load_requests(struct store *store, int64_t since_ns,
			void (*fn)(void *arg, const char *rule, int64_t ns),
			void *arg);

/*
 * Calls @fn for each container that still runs, or is being restarted, of which
 * the life before was ended by a restart of a rule: how many were in a row, each
 * but the first shorter than @settled_ns. Stops when @fn returns other than 0,
 * and returns that. Else 0 or -EIO, -ENOMEM.
 */
int store_load_restarts(struct store *store, int64_t settled_ns,
			int (*fn)(void *arg, int64_t container,
				  const char *rule, unsigned int restarts),
			void *arg);

#endif
