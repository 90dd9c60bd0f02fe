/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A read-only connection to the database for answers, kept from one to the
 * next. Blocks on the disk: for worker threads, one at a time. Knows no request.
 */
#ifndef SYSMON_HTTP_READER_H
#define SYSMON_HTTP_READER_H

#include <sys/types.h>

#include "db.h"
#include "http_request.h"

/* A query is given up after so long. */
#define HTTP_READ_MAX_NS INT64_C(10000000000)

/* All zero, but for the path, is one that is not open. */
struct http_reader {
	const char *path; /* borrowed */
	sqlite3 *db;
	struct query *query;
	dev_t device; /* of the file that is open, as the next */
	ino_t inode;
	int64_t deadline_ns; /* CLOCK_MONOTONIC */
	bool late;	     /* the deadline has passed */
};

/*
 * Opens the database unless it is open, anew if another file has taken its
 * place, and begins to count the time. Returns whether it can be read; if not,
 * *refusal says why.
 */
bool http_reader_begin(struct http_reader *reader,
		       struct http_refusal *refusal);

/* Says what a negative errno of a query means, and closes the database. */
void http_reader_failed(struct http_reader *reader, int error,
			struct http_refusal *refusal);

void http_reader_close(struct http_reader *reader);

#endif
