/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which columns the table of `top` has, and in which order: the most important
 * first, as those on the right go when there is no room. Pure.
 */
#ifndef SYSMON_CLI_COLUMNS_H
#define SYSMON_CLI_COLUMNS_H

#include <stdbool.h>

#include "lib/query_fields.h"

struct columns {
	unsigned int count;
	unsigned int field[TOP_COUNT]; /* of TOP_FIELDS and rates */
};

/* What a screen shows when nothing was chosen. */
void columns_default(struct columns *c);

/*
 * Reads "name,cpu,io_read_bps": words as --sort takes them. Returns 0, or
 * -EINVAL with *bad and *bad_len naming what is no column, or stands twice.
 */
int columns_parse(struct columns *c, const char *list, const char **bad,
		  size_t *bad_len);

/* The columns as columns_parse() reads them. Returns buf. */
char *columns_list(const struct columns *c, char *buf, size_t size);

/* Can the field be a column? */
bool columns_offers(unsigned int field);

bool columns_has(const struct columns *c, unsigned int field);

/* Takes it away, or adds it behind the others. One always stays. */
void columns_toggle(struct columns *c, unsigned int field);

/* Moves it by one place, direction being -1 or 1. Returns whether it did. */
bool columns_move(struct columns *c, unsigned int field, int direction);

/* All that can be chosen: the chosen ones in their order, then the others. */
void columns_all(const struct columns *c, struct columns *all);

#endif
