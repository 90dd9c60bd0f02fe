// SPDX-License-Identifier: GPL-2.0
/* Leaves figures out of a statement; knows no statement. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "sql_wanted.h"

#define OPEN  "/*"
#define SHUT  "*/"
#define CLOSE "/**/"

/* Has the list ",a,b," the key? */
static bool is_in(const char *list, const char *key, size_t len)
{
	const char *at;

	for (at = list; (at = strchr(at, ',')) != NULL; at++)
		if (!strncmp(at + 1, key, len) && at[1 + len] == ',')
			return true;
	return false;
}

char *sql_wanted(const char *statement, const char *wanted, unsigned int first,
		 unsigned char *at)
{
	char *result = malloc(strlen(statement) + 1), *to = result;
	const char *open, *key, *sql, *close;
	unsigned int column = first, place = first;

	if (!result)
		return NULL;
	for (; (open = strstr(statement, OPEN)) != NULL; place++) {
		to = mempcpy(to, statement, (size_t)(open - statement));
		key = open + strlen(OPEN);
		sql = strstr(key, SHUT) + strlen(SHUT);
		close = strstr(sql, CLOSE);
		statement = close + strlen(CLOSE);
		if (!is_in(wanted, key, (size_t)(sql - key) - strlen(SHUT)))
			continue;
		to = mempcpy(to, sql, (size_t)(close - sql));
		at[column++] = (unsigned char)place;
	}
	memcpy(to, statement, strlen(statement) + 1);
	return result;
}
