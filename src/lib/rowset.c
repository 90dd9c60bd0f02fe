// SPDX-License-Identifier: GPL-2.0
/* Rows of a query kept in memory; knows no statement and no field. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rowset.h"

static void rowset_drop_texts(struct value *row, unsigned int columns)
{
	unsigned int i;

	for (i = 0; i < columns; i++)
		if (row[i].type == VALUE_TEXT)
			free((char *)row[i].s.p);
}

static int rowset_grow(struct rowset *set)
{
	unsigned int room = set->room ? set->room * 2 : 16;
	struct value *v;

	if (set->count < set->room)
		return 0;
	v = reallocarray(set->v, room, set->columns * sizeof(*v));
	if (!v)
		return -ENOMEM;
	set->v = v;
	set->room = room;
	return 0;
}

int rowset_add(struct rowset *set, const struct value *row)
{
	struct value *to;
	unsigned int i;
	char *copy;

	if (rowset_grow(set))
		return -ENOMEM;
	to = rowset_row(set, set->count);
	for (i = 0; i < set->columns; i++) {
		to[i] = row[i];
		if (row[i].type != VALUE_TEXT)
			continue;
		copy = malloc(row[i].s.len + 1);
		if (!copy) {
			rowset_drop_texts(to, i);
			return -ENOMEM;
		}
		memcpy(copy, row[i].s.p, row[i].s.len);
		to[i].s.p = copy;
	}
	set->count++;
	return 0;
}

int rowset_read(struct rowset *set, struct cursor *c)
{
	struct value row[QUERY_COLUMNS_MAX];
	int r;

	*set = (struct rowset){ .columns = c->columns };
	while ((r = cursor_next(c, row)) > 0) {
		r = rowset_add(set, row);
		if (r)
			break;
	}
	if (r) {
		cursor_close(c);
		rowset_free(set);
	}
	return r;
}

void rowset_free(struct rowset *set)
{
	unsigned int i;

	for (i = 0; i < set->count; i++)
		rowset_drop_texts(rowset_row(set, i), set->columns);
	free(set->v);
	*set = (struct rowset){ .columns = set->columns };
}
