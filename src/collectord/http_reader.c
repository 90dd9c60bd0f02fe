// SPDX-License-Identifier: GPL-2.0
/* A read-only connection to the database for answers; knows no request. */
#include "http_reader.h"

#include <errno.h>
#include <sys/stat.h>
#include <time.h>

/* Instructions of SQLite's between two looks at the clock. */
#define PROGRESS_STEPS 20000

static int64_t monotonic_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

/* A progress handler of SQLite's: other than 0 interrupts the query. */
static int on_progress(void *arg)
{
	struct http_reader *reader = arg;

	reader->late = monotonic_ns() > reader->deadline_ns;
	return reader->late;
}

/* The daemon moves a damaged database aside and begins a new one. */
static bool is_replaced(const struct http_reader *reader)
{
	struct stat st;

	return stat(reader->path, &st) || st.st_dev != reader->device ||
	       st.st_ino != reader->inode;
}

static bool open_reader(struct http_reader *reader,
			struct http_refusal *refusal)
{
	struct db_error error;
	struct stat st;

	if (db_open_ro(reader->path, &reader->db, &error) != DB_OK)
		return http_refuse(refusal, 503,
				   "sysmonctl status says how the daemon does",
				   "%.190s", error.text);
	if (query_new(&reader->query, reader->db)) {
		http_reader_close(reader);
		return http_refuse(refusal, 503, NULL, "out of memory");
	}
	if (!stat(reader->path, &st)) {
		reader->device = st.st_dev;
		reader->inode = st.st_ino;
	}
	sqlite3_progress_handler(reader->db, PROGRESS_STEPS, on_progress,
				 reader);
	return true;
}

bool http_reader_begin(struct http_reader *reader, struct http_refusal *refusal)
{
	reader->late = false;
	reader->deadline_ns = monotonic_ns() + HTTP_READ_MAX_NS;
	if (reader->db && is_replaced(reader))
		http_reader_close(reader);
	return reader->db || open_reader(reader, refusal);
}

void http_reader_failed(struct http_reader *reader, int error,
			struct http_refusal *refusal)
{
	if (reader->late)
		http_refuse(refusal, 503,
			    "ask for a shorter range or a longer step",
			    "the query took longer than %d s",
			    (int)(HTTP_READ_MAX_NS / 1000000000));
	else if (error == -ENOMEM)
		http_refuse(refusal, 503, NULL, "out of memory");
	else if (error == -EBUSY)
		http_refuse(refusal, 503, "another program holds it: try again",
			    "the database is locked");
	else if (error == -EBADMSG)
		http_refuse(refusal, 503,
			    "stop sysmon-collectord and save what can be with: "
			    "sqlite3 DAMAGED .recover | sqlite3 NEW",
			    "the database is damaged: %.100s",
			    query_error(reader->query));
	else
		http_refuse(refusal, 503,
			    "sysmonctl status says how the daemon does",
			    "the database can't be read: %.100s",
			    query_error(reader->query));
	http_reader_close(reader);
}

void http_reader_close(struct http_reader *reader)
{
	query_free(reader->query);
	sqlite3_close(reader->db);
	reader->query = NULL;
	reader->db = NULL;
}
