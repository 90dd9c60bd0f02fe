// SPDX-License-Identifier: GPL-2.0
/* When the daemon last gave a sign of life; knows no subcommand. */
#include <string.h>

#include "heartbeat.h"

static bool is_key(const struct value *v, const char *key)
{
	return v->type == VALUE_TEXT && v->s.len == strlen(key) &&
	       !memcmp(v->s.p, key, v->s.len);
}

int64_t heartbeat_read(struct query *q)
{
	struct value row[QUERY_COLUMNS_MAX];
	int64_t beat = 0, stopped = 0;
	struct cursor c;

	if (query_status(q, &c))
		return 0;
	while (cursor_next(&c, row) > 0) {
		if (row[1].type != VALUE_INT)
			continue;
		if (is_key(&row[0], "heartbeat_ns"))
			beat = row[1].i;
		else if (is_key(&row[0], "stopped_ns"))
			stopped = row[1].i;
	}
	return stopped ? 0 : beat;
}
