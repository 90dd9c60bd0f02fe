/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The daemon's log: lines on stderr, with the journal's <N> prefixes when the
 * journal reads them. Knows nothing of what is said.
 */
#ifndef SYSMON_LOG_H
#define SYSMON_LOG_H

#include <stdbool.h>
#include <syslog.h>

/*
 * Lines of a level above this one (LOG_ERR ... LOG_DEBUG) are left out.
 * @fields: events are to have fields beside their text, in the journal.
 */
void log_init(int level, bool fields);

bool log_wants(int level);

/* Whether fields are wanted (see log_init()), and the journal reads the log. */
bool log_has_fields(void);

/*
 * Who reads the log may be held up, by a disk that hangs or for good, and that
 * must not hold up the daemon: a line waits for room so many milliseconds, and
 * none as long as lines are lost; their number is told when there is room again.
 */
int log_patience(void);
void log_lost(void);  /* a line had no room */
void log_taken(void); /* one had */

/*
 * Writes one line. What is not fit for a terminal in it, as from a
 * container's name, is escaped; what does not fit into 2 KiB is cut off.
 */
void log_line(int level, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#define log_err(...)	 log_line(LOG_ERR, __VA_ARGS__)
#define log_warning(...) log_line(LOG_WARNING, __VA_ARGS__)
#define log_notice(...)	 log_line(LOG_NOTICE, __VA_ARGS__)
#define log_info(...)	 log_line(LOG_INFO, __VA_ARGS__)
#define log_debug(...)	 log_line(LOG_DEBUG, __VA_ARGS__)

#endif
