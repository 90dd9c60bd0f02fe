/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rows of a query kept in memory. Knows no statement and no field.
 */
#ifndef SYSMON_ROWSET_H
#define SYSMON_ROWSET_H

#include "query.h"

struct rowset {
	struct value *v; /* row after row; their texts are the set's */
	unsigned int count;
	unsigned int columns;
	unsigned int room;
};

static inline struct value *rowset_row(const struct rowset *set, unsigned int i)
{
	return set->v + (size_t)i * set->columns;
}

/* Appends a copy of the row. 0 or -ENOMEM; the set stays valid in either case.
 * A set begins as { .columns = n }. */
int rowset_add(struct rowset *set, const struct value *row);

/* Reads all rows into a new set, and closes them. On failure (as cursor_next())
 * the set is empty. The caller calls rowset_free(). */
int rowset_read(struct rowset *set, struct cursor *c);

/* The set is empty afterwards. */
void rowset_free(struct rowset *set);

#endif
