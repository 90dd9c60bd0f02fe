// SPDX-License-Identifier: GPL-2.0
/* The columns of the table of `top`; knows no screen. */
#include "columns.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/snapshot.h"

void columns_default(struct columns *c)
{
	static const unsigned int fields[] = {
		TOP_LABEL,   TOP_CPU,	  TOP_MEM,	 TOP_MEM_LIMIT,
		TOP_MEM_PCT, TOP_IO_READ, TOP_IO_WRITE,	 TOP_PIDS,
		TOP_NET_RX,  TOP_NET_TX,  TOP_THROTTLED, TOP_SWAP,
		TOP_AGE,     TOP_PSI_CPU, TOP_PSI_MEM,	 TOP_PSI_IO,
		TOP_IMAGE,   TOP_COMMAND, TOP_RUNTIME,
	};

	c->count = sizeof(fields) / sizeof(*fields);
	memcpy(c->field, fields, sizeof(fields));
}

/* NAME is the label, which every container has. */
bool columns_offers(unsigned int field)
{
	return top_fields[field].title && field != TOP_NAME;
}

bool columns_has(const struct columns *c, unsigned int field)
{
	unsigned int i;

	for (i = 0; i < c->count; i++)
		if (c->field[i] == field)
			return true;
	return false;
}

static bool columns_add(struct columns *c, const char *word, size_t len)
{
	char name[40];
	int field;

	if (len >= sizeof(name))
		return false;
	memcpy(name, word, len);
	name[len] = 0;
	field = snapshot_sort_field(name);
	if (field < 0 || !columns_offers((unsigned int)field) ||
	    columns_has(c, (unsigned int)field))
		return false;
	c->field[c->count++] = (unsigned int)field;
	return true;
}

int columns_parse(struct columns *c, const char *list, const char **bad,
		  size_t *bad_len)
{
	c->count = 0;
	do {
		*bad = list;
		*bad_len = strcspn(list, ",");
		if (!columns_add(c, list, *bad_len))
			return -EINVAL;
		list += *bad_len;
	} while (*list++ == ',');
	return 0;
}

char *columns_list(const struct columns *c, char *buf, size_t size)
{
	size_t used = 0;
	unsigned int i;

	*buf = 0;
	for (i = 0; i < c->count && used < size; i++)
		used += (size_t)snprintf(buf + used, size - used, "%s%s",
					 i ? "," : "",
					 snapshot_sort_word(c->field[i]));
	return buf;
}

void columns_toggle(struct columns *c, unsigned int field)
{
	unsigned int i;

	for (i = 0; i < c->count && c->field[i] != field; i++)
		;
	if (i == c->count) {
		c->field[c->count++] = field;
		return;
	}
	if (c->count == 1)
		return;
	memmove(&c->field[i], &c->field[i + 1],
		(--c->count - i) * sizeof(*c->field));
}

bool columns_move(struct columns *c, unsigned int field, int direction)
{
	unsigned int i, other;

	for (i = 0; i < c->count && c->field[i] != field; i++)
		;
	other = i + (unsigned int)direction;
	if (i == c->count || other >= c->count)
		return false;
	c->field[i] = c->field[other];
	c->field[other] = field;
	return true;
}

void columns_all(const struct columns *c, struct columns *all)
{
	unsigned int i;

	*all = *c;
	for (i = 0; i < TOP_COUNT; i++)
		if (columns_offers(i) && !columns_has(c, i))
			all->field[all->count++] = i;
}
