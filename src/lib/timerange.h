/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reads the times and durations that a user types, and writes them. Pure: now
 * is an argument, the time zone is the C library's (TZ). Knows no database.
 */
#ifndef SYSMON_TIMERANGE_H
#define SYSMON_TIMERANGE_H

#include <stddef.h>
#include <stdint.h>

#define NSEC_PER_SEC INT64_C(1000000000)

/* Largest duration taken: 100 years. */
#define DURATION_MAX (100 * INT64_C(31557600) * NSEC_PER_SEC)

/*
 * Parses a time into unix nanoseconds:
 *
 *	now, today, yesterday, tomorrow		days begin at local midnight
 *	2025-01-31, 2025-01-31 08:30[:15[.5]]	local time
 *	08:30[:15[.5]]				today, local time
 *	2025-01-31T08:30:15[.5]Z, ...+01:00	RFC 3339
 *	@1738312215[.5]				unix seconds
 *	-1h30m, +5m, 2 hours ago		from now
 *
 * Returns 0, or -EINVAL with *why, if not NULL, set to a static sentence
 * fragment such as "no such day".
 */
int time_parse(const char *s, int64_t now_ns, int64_t *ns, const char **why);

/*
 * Parses a duration such as 500ms, 25s, 2m, 1h30m, 1d or "2 hours" into
 * nanoseconds, greater than 0. A unit is required. Returns and *why as above.
 */
int duration_parse(const char *s, int64_t *ns, const char **why);

/*
 * Seconds in nanoseconds. Times that no record should hold become the nearest
 * that can be told; what is no number becomes 0.
 */
int64_t seconds_to_ns(double seconds);

/*
 * Writes the time as 2025-01-31 08:30:15, local. Returns buf. Size 32 is
 * always enough.
 */
char *time_format(int64_t ns, char *buf, size_t size);

/*
 * Writes a duration as people say it: 500ms, 12.3s, 4m 05s, 3h 12m, 12d 3h.
 * Returns buf. Size 32 is always enough.
 */
char *duration_format(int64_t ns, char *buf, size_t size);

#endif
