// SPDX-License-Identifier: GPL-2.0
/* Chooses round numbers; knows no character cell. */
#include <math.h>
#include <stdio.h>
#include <time.h>

#include "cell.h"
#include "scale.h"

#define DAY 86400.0

/* Bytes are round in powers of two, all else in 1, 2 and 5. */
static double next_step(double step, enum unit unit)
{
	double mantissa;

	if (unit == UNIT_BYTES || unit == UNIT_BPS)
		return step * 2;
	mantissa = step / pow(10, floor(log10(step) + 1e-9));
	return step * (mantissa > 1.5 && mantissa < 3 ? 2.5 : 2);
}

struct scale scale_for(double max, enum unit unit, unsigned int steps)
{
	bool bytes = unit == UNIT_BYTES || unit == UNIT_BPS;
	double step = bytes || unit == UNIT_COUNT ? 1 : 0.001;

	while (step * steps < max)
		step = next_step(step, unit);
	return (struct scale){ step * fmax(1, ceil(max / step - 1e-9)), step };
}

/* Four digits, but never 1e+04. */
static char *number(double value, const char *unit, char *buf, size_t size)
{
	snprintf(buf, size, fabs(value) >= 1000 ? "%.0f%s" : "%.4g%s", value,
		 unit);
	return buf;
}

char *scale_label(double value, enum unit unit, char *buf, size_t size)
{
	char bytes[16];

	switch (unit) {
	case UNIT_BYTES:
		return cell_bytes(value, buf, size);
	case UNIT_BPS:
		snprintf(buf, size, "%s/s",
			 cell_bytes(value, bytes, sizeof(bytes)));
		return buf;
	case UNIT_PCT:
		return number(value, "%", buf, size);
	case UNIT_IOPS:
		return number(value, "/s", buf, size);
	case UNIT_TEXT:
	case UNIT_ARGV:
	case UNIT_ID:
	case UNIT_CODE:
	case UNIT_COUNT:
	case UNIT_BOOL:
	case UNIT_TIME:
	case UNIT_SECONDS:
	case UNIT_LOAD:
		break;
	}
	return number(value, "", buf, size);
}

double scale_time_step(double range, unsigned int marks)
{
	static const double steps[] = { 1,	  2,	    5,	     10,
					15,	  30,	    60,	     120,
					300,	  600,	    900,     1800,
					3600,	  7200,	    10800,   21600,
					43200,	  DAY,	    2 * DAY, 7 * DAY,
					14 * DAY, 28 * DAY, 91 * DAY };
	size_t i, count = sizeof(steps) / sizeof(*steps);

	if (!marks)
		marks = 1;
	for (i = 0; i < count - 1; i++)
		if (range / steps[i] <= marks)
			return steps[i];
	return fmax(steps[i], range / marks);
}

/* Seconds east of UTC at that time. */
static double offset_at(double time)
{
	time_t seconds = (time_t)time;
	struct tm tm;

	return localtime_r(&seconds, &tm) ? (double)tm.tm_gmtoff : 0;
}

double scale_time_first(double from, double step)
{
	double offset = offset_at(from);

	return ceil((from + offset) / step) * step - offset;
}

char *scale_time_label(double time, double step, char *buf, size_t size)
{
	time_t seconds = (time_t)time;
	const char *format = "%H:%M";
	struct tm tm;

	buf[0] = 0;
	if (!localtime_r(&seconds, &tm))
		return buf;
	if (step < 60)
		format = "%H:%M:%S";
	else if (step >= DAY || (!tm.tm_hour && !tm.tm_min))
		format = "%m-%d";
	strftime(buf, size, format, &tm);
	return buf;
}
