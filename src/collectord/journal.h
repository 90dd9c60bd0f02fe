/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A line of the log with fields for the journal beside its text. Knows nothing
 * of what is said.
 *
 *	journal_begin(&j, LOG_INFO, ID, "container %s started", name);
 *	journal_text(&j, "CONTAINER_NAME", name, strlen(name));
 *	journal_send(&j);
 *
 * Where the log is not the journal's, or fields are not wanted, it is a plain
 * line of log.h.
 */
#ifndef SYSMON_JOURNAL_H
#define SYSMON_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#define JOURNAL_FIELDS_MAX 32
#define JOURNAL_BYTES_MAX  8192

struct journal {
	int level;
	bool fields; /* are wanted */
	int n;
	size_t used;
	struct iovec field[JOURNAL_FIELDS_MAX];
	char text[1024]; /* the message; untrusted parts not yet escaped */
	char bytes[JOURNAL_BYTES_MAX];
};

/*
 * @id is the MESSAGE_ID, 32 hex digits. Returns false when lines of this level
 * are left out: then nothing more is to be done.
 */
bool journal_begin(struct journal *j, int level, const char *id,
		   const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/*
 * Adds a field; @name is upper-case. The value may hold any bytes: the journal
 * is told how many there are. What has no more room is left out or cut.
 */
void journal_text(struct journal *j, const char *name, const char *value,
		  size_t len);
void journal_int(struct journal *j, const char *name, int64_t value);

void journal_send(struct journal *j);

#endif
