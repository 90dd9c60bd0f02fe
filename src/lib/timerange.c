// SPDX-License-Identifier: GPL-2.0
/* Reads and writes times and durations; reads no clock itself. */
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "timerange.h"

/* Times outside 1970 to 2200 are taken for typing errors. */
#define TIME_MAX (INT64_C(7258118400) * NSEC_PER_SEC)

static const char why_form[] =
	"give YYYY-MM-DD HH:MM:SS, HH:MM, today, yesterday, now, -1h, RFC 3339 "
	"or @SECONDS";
static const char why_day[] = "no such day";
static const char why_hour[] = "no such time of day";
static const char why_range[] = "out of range";
static const char why_unit[] = "give a number with a unit: ms, s, m, h, d or w";

static const struct {
	const char *name;
	int64_t ns;
} units[] = {
	{ "ms", 1000000 },
	{ "msec", 1000000 },
	{ "s", NSEC_PER_SEC },
	{ "sec", NSEC_PER_SEC },
	{ "second", NSEC_PER_SEC },
	{ "m", 60 * NSEC_PER_SEC },
	{ "min", 60 * NSEC_PER_SEC },
	{ "minute", 60 * NSEC_PER_SEC },
	{ "h", 3600 * NSEC_PER_SEC },
	{ "hr", 3600 * NSEC_PER_SEC },
	{ "hour", 3600 * NSEC_PER_SEC },
	{ "d", 86400 * NSEC_PER_SEC },
	{ "day", 86400 * NSEC_PER_SEC },
	{ "w", 7 * 86400 * NSEC_PER_SEC },
	{ "week", 7 * 86400 * NSEC_PER_SEC },
};

static int refuse(const char **why, const char *text)
{
	if (why)
		*why = text;
	return -EINVAL;
}

/* Exactly n digits, then *s is behind them; -1 otherwise. */
static int scan_digits(const char **s, int n)
{
	int value = 0;

	while (n-- > 0) {
		if (!isdigit((unsigned char)**s))
			return -1;
		value = value * 10 + (*(*s)++ - '0');
	}
	return value;
}

/* An optional fraction, .5 or .123456789; further digits are cut. */
static bool scan_fraction(const char **s, int64_t *ns)
{
	int64_t unit = NSEC_PER_SEC / 10;

	*ns = 0;
	if (**s != '.')
		return true;
	if (!isdigit((unsigned char)(*s)[1]))
		return false;
	for ((*s)++; isdigit((unsigned char)**s); (*s)++, unit /= 10)
		*ns += (**s - '0') * unit;
	return true;
}

/* A whole number of at most 12 digits. */
static bool scan_number(const char **s, int64_t *value)
{
	int digits = 0;

	*value = 0;
	for (; isdigit((unsigned char)**s); (*s)++) {
		if (++digits > 12)
			return false;
		*value = *value * 10 + (**s - '0');
	}
	return digits > 0;
}

static const char *skip_blanks(const char *s)
{
	while (*s == ' ' || *s == '\t')
		s++;
	return s;
}

static int64_t find_unit(const char *word, size_t len)
{
	size_t i;

	for (i = 0; i < sizeof(units) / sizeof(*units); i++) {
		size_t n = strlen(units[i].name);

		if (!strncasecmp(word, units[i].name, len) && n == len)
			return units[i].ns;
		if (n > 1 && len == n + 1 && tolower(word[n]) == 's' &&
		    !strncasecmp(word, units[i].name, n) &&
		    units[i].ns != 1000000)
			return units[i].ns;
	}
	return 0;
}

/* One "30m" or "2 hours" of a duration, added to *total. */
static bool scan_term(const char **s, int64_t *total)
{
	int64_t number, fraction, unit;
	size_t len = 0;

	if (!scan_number(s, &number) || !scan_fraction(s, &fraction))
		return false;
	*s = skip_blanks(*s);
	while (isalpha((unsigned char)(*s)[len]))
		len++;
	unit = find_unit(*s, len);
	if (!unit || number > (DURATION_MAX - *total) / unit)
		return false;
	*s += len;
	*total += number * unit +
		  (int64_t)((double)fraction / NSEC_PER_SEC * (double)unit);
	return true;
}

/* Terms up to the end or to the word "ago"; *s is left there. */
static bool scan_duration(const char **s, int64_t *ns)
{
	*ns = 0;
	do {
		if (!scan_term(s, ns))
			return false;
		*s = skip_blanks(*s);
	} while (isdigit((unsigned char)**s));
	return *ns <= DURATION_MAX;
}

int duration_parse(const char *s, int64_t *ns, const char **why)
{
	int64_t value;

	s = skip_blanks(s);
	if (!scan_duration(&s, &value) || *s)
		return refuse(why, why_unit);
	if (value <= 0)
		return refuse(why, "must be more than 0");
	*ns = value;
	return 0;
}

static int checked(int64_t seconds, int64_t fraction, int64_t *ns,
		   const char **why)
{
	if (seconds < 0 || seconds >= TIME_MAX / NSEC_PER_SEC)
		return refuse(why, why_range);
	*ns = seconds * NSEC_PER_SEC + fraction;
	return 0;
}

/* @SECONDS[.FRACTION], with s behind the @. */
static int parse_unix(const char *s, int64_t *ns, const char **why)
{
	int64_t seconds, fraction;

	if (!scan_number(&s, &seconds) || !scan_fraction(&s, &fraction) || *s)
		return refuse(why, why_form);
	return checked(seconds, fraction, ns, why);
}

/* -1h, +5m, 2 hours ago. */
static int parse_relative(const char *s, int64_t now_ns, int64_t *ns,
			  const char **why)
{
	int64_t offset, t;
	char sign = *s;

	if (sign == '-' || sign == '+')
		s = skip_blanks(s + 1);
	if (!scan_duration(&s, &offset))
		return refuse(why, why_form);
	if (sign != '-' && sign != '+') {
		if (strcasecmp(s, "ago"))
			return refuse(why, why_form);
		sign = '-';
	} else if (*s) {
		return refuse(why, why_form);
	}
	t = sign == '-' ? now_ns - offset : now_ns + offset;
	if (t < 0 || t >= TIME_MAX)
		return refuse(why, why_range);
	*ns = t;
	return 0;
}

static int days_in_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30,
				    31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

/* YYYY-MM-DD into tm. */
static int scan_date(const char **s, struct tm *tm, const char **why)
{
	int year = scan_digits(s, 4), month, day;

	if (year < 0 || *(*s)++ != '-')
		return refuse(why, why_form);
	month = scan_digits(s, 2);
	if (month < 0 || *(*s)++ != '-')
		return refuse(why, why_form);
	day = scan_digits(s, 2);
	if (day < 0)
		return refuse(why, why_form);
	if (month < 1 || month > 12 || day < 1 ||
	    day > days_in_month(year, month))
		return refuse(why, why_day);
	tm->tm_year = year - 1900;
	tm->tm_mon = month - 1;
	tm->tm_mday = day;
	return 0;
}

/* HH:MM[:SS[.FRACTION]] into tm and *fraction. */
static int scan_clock(const char **s, struct tm *tm, int64_t *fraction,
		      const char **why)
{
	int hour = scan_digits(s, 2), minute, second = 0;

	*fraction = 0;
	if (hour < 0 || *(*s)++ != ':')
		return refuse(why, why_form);
	minute = scan_digits(s, 2);
	if (minute < 0)
		return refuse(why, why_form);
	if (**s == ':') {
		(*s)++;
		second = scan_digits(s, 2);
		if (second < 0 || !scan_fraction(s, fraction))
			return refuse(why, why_form);
	}
	if (hour > 23 || minute > 59 || second > 60)
		return refuse(why, why_hour);
	tm->tm_hour = hour;
	tm->tm_min = minute;
	tm->tm_sec = second;
	return 0;
}

/* Z or +HH:MM behind an RFC 3339 time; seconds east of UTC. */
static bool scan_offset(const char **s, int *offset)
{
	int sign, hours, minutes;

	if (**s == 'Z' || **s == 'z') {
		(*s)++;
		*offset = 0;
		return true;
	}
	if (**s != '+' && **s != '-')
		return false;
	sign = *(*s)++ == '-' ? -1 : 1;
	hours = scan_digits(s, 2);
	if (hours < 0 || *(*s)++ != ':')
		return false;
	minutes = scan_digits(s, 2);
	if (minutes < 0 || hours > 23 || minutes > 59)
		return false;
	*offset = sign * (hours * 3600 + minutes * 60);
	return true;
}

static int from_local(struct tm *tm, int64_t fraction, int64_t *ns,
		      const char **why)
{
	tm->tm_isdst = -1;
	return checked(mktime(tm), fraction, ns, why);
}

/* A date, with or without a time of day and an offset. */
static int parse_date(const char *s, int64_t *ns, const char **why)
{
	struct tm tm = { 0 };
	int64_t fraction = 0;
	int offset, r = scan_date(&s, &tm, why);

	if (r)
		return r;
	if (!*s)
		return from_local(&tm, 0, ns, why);
	if (*s != ' ' && *s != 'T' && *s != 't')
		return refuse(why, why_form);
	s++;
	r = scan_clock(&s, &tm, &fraction, why);
	if (r)
		return r;
	if (!*s)
		return from_local(&tm, fraction, ns, why);
	if (!scan_offset(&s, &offset) || *s)
		return refuse(why, why_form);
	return checked(timegm(&tm) - offset, fraction, ns, why);
}

/* HH:MM[:SS] of the day that now_ns is in. */
static int parse_clock(const char *s, int64_t now_ns, int64_t *ns,
		       const char **why)
{
	time_t now = (time_t)(now_ns / NSEC_PER_SEC);
	int64_t fraction;
	struct tm tm;
	int r;

	localtime_r(&now, &tm);
	r = scan_clock(&s, &tm, &fraction, why);
	if (r)
		return r;
	if (*s)
		return refuse(why, why_form);
	return from_local(&tm, fraction, ns, why);
}

/* Local midnight, as many days after today's. */
static int parse_day(int days, int64_t now_ns, int64_t *ns, const char **why)
{
	time_t now = (time_t)(now_ns / NSEC_PER_SEC);
	struct tm tm;

	localtime_r(&now, &tm);
	tm.tm_hour = 0;
	tm.tm_min = 0;
	tm.tm_sec = 0;
	tm.tm_mday += days;
	return from_local(&tm, 0, ns, why);
}

int time_parse(const char *s, int64_t now_ns, int64_t *ns, const char **why)
{
	size_t digits;

	s = skip_blanks(s);
	if (!strcasecmp(s, "now")) {
		*ns = now_ns;
		return 0;
	}
	if (!strcasecmp(s, "yesterday"))
		return parse_day(-1, now_ns, ns, why);
	if (!strcasecmp(s, "today"))
		return parse_day(0, now_ns, ns, why);
	if (!strcasecmp(s, "tomorrow"))
		return parse_day(1, now_ns, ns, why);
	if (*s == '@')
		return parse_unix(s + 1, ns, why);
	digits = strspn(s, "0123456789");
	if (digits == 4 && s[digits] == '-')
		return parse_date(s, ns, why);
	if (digits == 2 && s[digits] == ':')
		return parse_clock(s, now_ns, ns, why);
	return parse_relative(s, now_ns, ns, why);
}

int64_t seconds_to_ns(double seconds)
{
	double ns = seconds * NSEC_PER_SEC;

	if (ns >= 0x1p63)
		return INT64_MAX;
	if (ns < -0x1p63)
		return INT64_MIN;
	return ns == ns ? (int64_t)ns : 0;
}

char *time_format(int64_t ns, char *buf, size_t size)
{
	time_t seconds = (time_t)(ns / NSEC_PER_SEC);
	struct tm tm;

	if (!localtime_r(&seconds, &tm) ||
	    !strftime(buf, size, "%Y-%m-%d %H:%M:%S", &tm))
		snprintf(buf, size, "@%lld", (long long)seconds);
	return buf;
}

char *duration_format(int64_t ns, char *buf, size_t size)
{
	long long ms = ns / 1000000, s = ns / NSEC_PER_SEC;

	if (ms < 1000)
		snprintf(buf, size, "%lldms", ms);
	else if (s < 60)
		snprintf(buf, size, "%lld.%llds", s, ms / 100 % 10);
	else if (s < 3600)
		snprintf(buf, size, "%lldm %02llds", s / 60, s % 60);
	else if (s < 86400)
		snprintf(buf, size, "%lldh %02lldm", s / 3600, s / 60 % 60);
	else
		snprintf(buf, size, "%lldd %lldh", s / 86400, s / 3600 % 24);
	return buf;
}
