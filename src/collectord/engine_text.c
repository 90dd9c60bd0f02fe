// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the reading of the engines' times and versions from text. Pure.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "engine_json.h"

/* Reads exactly n digits. */
static int digits(const char **p, int n, int *out)
{
	*out = 0;
	for (; n > 0; n--, (*p)++) {
		if (!isdigit((unsigned char)**p))
			return -EINVAL;
		*out = *out * 10 + (**p - '0');
	}
	return 0;
}

static int expect(const char **p, char c)
{
	if (**p != c)
		return -EINVAL;
	(*p)++;
	return 0;
}

static int parse_date(const char **p, struct tm *tm)
{
	if (digits(p, 4, &tm->tm_year) || expect(p, '-') ||
	    digits(p, 2, &tm->tm_mon) || expect(p, '-') ||
	    digits(p, 2, &tm->tm_mday) || expect(p, 'T') ||
	    digits(p, 2, &tm->tm_hour) || expect(p, ':') ||
	    digits(p, 2, &tm->tm_min) || expect(p, ':') ||
	    digits(p, 2, &tm->tm_sec))
		return -EINVAL;
	if (tm->tm_mon < 1 || tm->tm_mon > 12 || tm->tm_mday < 1 ||
	    tm->tm_mday > 31 || tm->tm_hour > 23 || tm->tm_min > 59 ||
	    tm->tm_sec > 60)
		return -EINVAL;
	tm->tm_year -= 1900;
	tm->tm_mon -= 1;
	return 0;
}

/* ".123" and more digits than nine, which are dropped. */
static int parse_fraction(const char **p, int64_t *ns)
{
	int64_t unit = 100000000;

	*ns = 0;
	if (**p != '.')
		return 0;
	(*p)++;
	if (!isdigit((unsigned char)**p))
		return -EINVAL;
	for (; isdigit((unsigned char)**p); (*p)++, unit /= 10)
		*ns += (**p - '0') * unit;
	return 0;
}

/* "Z" or "+02:00", in seconds. */
static int parse_zone(const char **p, int *offset)
{
	int sign = **p == '-' ? -1 : 1, hours, minutes;

	*offset = 0;
	if (expect(p, 'Z') == 0)
		return 0;
	if (**p != '+' && **p != '-')
		return -EINVAL;
	(*p)++;
	if (digits(p, 2, &hours) || expect(p, ':') || digits(p, 2, &minutes))
		return -EINVAL;
	*offset = sign * (hours * 3600 + minutes * 60);
	return 0;
}

int engine_time(const char *text, int64_t *ns)
{
	struct tm tm = { 0 };
	int64_t seconds, fraction;
	int offset;

	if (parse_date(&text, &tm) || parse_fraction(&text, &fraction) ||
	    parse_zone(&text, &offset) || *text)
		return -EINVAL;
	seconds = (int64_t)timegm(&tm) - offset;
	/* Year 1 is Go's "never"; what does not fit into 64 bits is no time. */
	if (seconds <= 0)
		*ns = 0;
	else if (seconds > INT64_MAX / 1000000000 - 1)
		return -EINVAL;
	else
		*ns = seconds * 1000000000 + fraction;
	return 0;
}

static int parse_version(const char *text, unsigned int *major,
			 unsigned int *minor)
{
	char rest;

	if (!isdigit((unsigned char)*text) || strlen(text) > 15 ||
	    strspn(text, "0123456789.") != strlen(text))
		return -EINVAL;
	return sscanf(text, "%4u.%4u%c", major, minor, &rest) == 2 ? 0
								   : -EINVAL;
}

int engine_version_min(const char *theirs, const char *ours, char *out,
		       size_t out_len)
{
	unsigned int a[2], b[2];
	bool theirs_older;

	if (parse_version(theirs, &a[0], &a[1]) ||
	    parse_version(ours, &b[0], &b[1]))
		return -EINVAL;
	theirs_older = a[0] != b[0] ? a[0] < b[0] : a[1] < b[1];
	snprintf(out, out_len, "%u.%u", theirs_older ? a[0] : b[0],
		 theirs_older ? a[1] : b[1]);
	return 0;
}
