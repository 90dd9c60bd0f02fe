// SPDX-License-Identifier: GPL-2.0
/* A value as people read it; knows neither columns nor files. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cell.h"
#include "lib/timerange.h"

char *cell_bytes(double bytes, char *buf, size_t size)
{
	static const char *const units[] = { "KiB", "MiB", "GiB",
					     "TiB", "PiB", "EiB" };
	size_t i;

	if (fabs(bytes) < 1024) {
		snprintf(buf, size, "%.0f B", bytes);
		return buf;
	}
	bytes /= 1024;
	/* 1023.5 would be shown as 1024. */
	for (i = 0; fabs(bytes) >= 1023.5 && i < 5; i++)
		bytes /= 1024;
	snprintf(buf, size, "%.*f %s", fabs(bytes) < 99.95 ? 1 : 0, bytes,
		 units[i]);
	return buf;
}

/* An id of 64 hex digits is cut as docker does; a cgroup's name is not. */
static size_t id_length(size_t len)
{
	return len == 64 ? 12 : len;
}

static void number_text(const struct value *v, enum unit unit, char *buf,
			size_t size)
{
	double r = value_number(v, 0);

	switch (unit) {
	case UNIT_BYTES:
	case UNIT_BPS:
		cell_bytes(r, buf, size);
		return;
	case UNIT_PCT:
	case UNIT_IOPS:
		snprintf(buf, size, "%.1f", r);
		return;
	case UNIT_LOAD:
		snprintf(buf, size, "%.2f", r);
		return;
	case UNIT_TIME:
		time_format(seconds_to_ns(r), buf, size);
		return;
	case UNIT_SECONDS:
		duration_format(seconds_to_ns(r), buf, size);
		return;
	case UNIT_BOOL:
		snprintf(buf, size, "%s", r != 0 ? "yes" : "no");
		return;
	case UNIT_TEXT:
	case UNIT_ARGV:
	case UNIT_ID:
	case UNIT_CODE:
	case UNIT_COUNT:
		break;
	}
	if (v->type == VALUE_INT)
		snprintf(buf, size, "%lld", (long long)v->i);
	else
		snprintf(buf, size, "%.1f", r);
}

char *cell_text(const struct value *v, enum unit unit,
		enum text_charset charset)
{
	char buf[64] = "-";

	switch (v->type) {
	case VALUE_TEXT:
		return text_terminal(v->s.p,
				     unit == UNIT_ID ? id_length(v->s.len)
						     : v->s.len,
				     charset);
	case VALUE_INT:
	case VALUE_REAL:
		if (isfinite(value_number(v, 0)))
			number_text(v, unit, buf, sizeof(buf));
		break;
	case VALUE_NULL:
		break;
	}
	return text_terminal(buf, strlen(buf), charset);
}

bool cell_is_right(enum unit unit)
{
	return unit != UNIT_TIME && !unit_is_words(unit);
}

enum style cell_style(const struct field *field, const struct value *v)
{
	static const struct {
		const char *key, *word;
		enum style style;
	} words[] = {
		{ "state", "running", STYLE_GREEN },
		{ "state", "stopped", STYLE_DIM },
		{ "type", "start", STYLE_GREEN },
		{ "type", "stop", STYLE_YELLOW },
		{ "type", "gap", STYLE_ALARM },
		{ "type", "oom", STYLE_ALARM },
		{ "type", "removed", STYLE_DIM },
		{ "reason", "oom", STYLE_ALARM },
		{ "reason", "signal", STYLE_RED },
		{ "reason", "policy", STYLE_YELLOW },
	};
	size_t i;

	if (v->type == VALUE_NULL)
		return STYLE_DIM;
	if (v->type != VALUE_TEXT)
		return STYLE_PLAIN;
	for (i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (!strcmp(field->key, words[i].key) &&
		    value_is(v, words[i].word))
			return words[i].style;
	return STYLE_PLAIN;
}
