// SPDX-License-Identifier: GPL-2.0
/*
 * Owns how a value of the configuration is read from its text. Pure: knows
 * neither keys nor files.
 */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config_ctx.h"

#define WORD_MAX 32 /* longer words are not worth a suggestion */

static int parse_number(const char *text, const char **end,
			unsigned long long *value)
{
	char *stop;

	if (!isdigit((unsigned char)*text))
		return -EINVAL;
	errno = 0;
	*value = strtoull(text, &stop, 10);
	*end = stop;
	return errno ? -EINVAL : 0;
}

int config_duration(const char *text, uint64_t *ns)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} unit[] = {
		{ "ms", 1000000 },	 { "s", 1000000000 },
		{ "m", 60000000000 },	 { "h", 3600000000000 },
		{ "d", 86400000000000 },
	};
	unsigned long long value;
	const char *end;

	if (parse_number(text, &end, &value))
		return -EINVAL;
	for (size_t i = 0; i < sizeof(unit) / sizeof(*unit); i++) {
		if (strcmp(end, unit[i].name) != 0)
			continue;
		if (value > INT64_MAX / unit[i].ns)
			return -EINVAL;
		*ns = value * unit[i].ns;
		return 0;
	}
	return -EINVAL;
}

int config_size(const char *text, uint64_t *bytes)
{
	static const char *const unit[] = { "", "K", "M", "G", NULL };
	unsigned long long value;
	const char *end;
	int power;

	if (parse_number(text, &end, &value))
		return -EINVAL;
	power = config_choice(end, unit);
	if (power < 0 || value > (uint64_t)INT64_MAX >> (10 * power))
		return -EINVAL;
	*bytes = value << (10 * power);
	return 0;
}

int config_bool(const char *text, bool *value)
{
	static const char *const word[] = { "no", "yes", "false", "true", "off",
					    "on", "0",	 "1",	  NULL };
	int i = config_choice(text, word);

	if (i < 0)
		return i;
	*value = i % 2;
	return 0;
}

int config_uint(const char *text, unsigned int max, unsigned int *value)
{
	unsigned long long number;
	const char *end;

	if (parse_number(text, &end, &number) || *end || number > max)
		return -EINVAL;
	*value = (unsigned int)number;
	return 0;
}

int config_signal(const char *text, unsigned int *number)
{
	if (config_uint(text, SIGRTMAX, number) == 0)
		return *number ? 0 : -EINVAL;
	if (strncmp(text, "SIG", 3) == 0)
		text += 3;
	for (int i = 1; i < NSIG; i++) {
		const char *name = sigabbrev_np(i);

		if (!name || strcmp(name, text) != 0)
			continue;
		*number = (unsigned int)i;
		return 0;
	}
	return -EINVAL;
}

int config_choice(const char *text, const char *const *choice)
{
	for (int i = 0; choice[i]; i++)
		if (strcmp(text, choice[i]) == 0)
			return i;
	return -EINVAL;
}

static unsigned int min3(unsigned int a, unsigned int b, unsigned int c)
{
	unsigned int least = a < b ? a : b;

	return least < c ? least : c;
}

/* Levenshtein's: how many bytes to insert, remove or replace. */
static unsigned int distance(const char *a, const char *b)
{
	unsigned int row[WORD_MAX + 1];
	size_t la = strlen(a), lb = strlen(b);

	if (la > WORD_MAX || lb > WORD_MAX)
		return UINT_MAX;
	for (unsigned int j = 0; j <= lb; j++)
		row[j] = j;
	for (unsigned int i = 1; i <= la; i++) {
		unsigned int corner = row[0];

		row[0] = i;
		for (size_t j = 1; j <= lb; j++) {
			unsigned int above = row[j];

			row[j] = min3(above + 1, row[j - 1] + 1,
				      corner + (a[i - 1] != b[j - 1]));
			corner = above;
		}
	}
	return row[lb];
}

const char *config_nearest(const char *text, const char *const *choice)
{
	unsigned int least = 3; /* two slips are forgiven, */
	const char *nearest = NULL;

	for (size_t i = 0; choice[i]; i++) {
		unsigned int d = distance(text, choice[i]);

		/* but not where they leave little of the word */
		if (d < least && 2 * d <= strlen(choice[i])) {
			least = d;
			nearest = choice[i];
		}
	}
	return nearest;
}

const char *config_listing(const char *const *choice, char *buf, size_t len)
{
	size_t used = 0;

	buf[0] = '\0';
	for (size_t i = 0; choice[i] && used < len; i++) {
		const char *glue = i == 0 ? "" : choice[i + 1] ? ", " : " or ";
		int n = snprintf(buf + used, len - used, "%s%s", glue,
				 choice[i]);

		used += n > 0 ? (size_t)n : 0;
	}
	return buf;
}
