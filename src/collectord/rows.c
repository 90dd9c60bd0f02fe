// SPDX-License-Identifier: GPL-2.0
/* The list of rows: one piece of memory a row, with its texts behind it. */
#include "rows.h"

#include <stdlib.h>
#include <string.h>

#define ROW_TEXTS 7

/* Collects where a row keeps its texts. Returns how many. */
static size_t texts_of(struct row *r, const char **text[ROW_TEXTS])
{
	size_t n = 0;

	switch (r->type) {
	case ROW_BOOT:
		text[n++] = &r->boot.uuid;
		break;
	case ROW_CONTAINER:
		text[n++] = &r->container.key;
		text[n++] = &r->container.path;
		text[n++] = &r->container.runtime;
		text[n++] = &r->container.name;
		text[n++] = &r->container.image;
		text[n++] = &r->container.command;
		text[n++] = &r->container.labels;
		break;
	case ROW_ACTION:
		text[n++] = &r->action.rule;
		text[n++] = &r->action.group;
		text[n++] = &r->action.verb;
		text[n++] = &r->action.error;
		break;
	case ROW_STOP:
		text[n++] = &r->stop.reason;
		break;
	case ROW_EVENT:
		text[n++] = &r->event.type;
		break;
	case ROW_GAP:
		text[n++] = &r->gap.reason;
		break;
	case ROW_JOB:
		text[n++] = &r->job.name;
		text[n++] = &r->job.kind;
		text[n++] = &r->job.command;
		text[n++] = &r->job.error;
		break;
	case ROW_SESSION:
	case ROW_TICK:
	case ROW_TYPES:
		break;
	}
	return n;
}

static bool is_urgent(enum row_type type)
{
	return type == ROW_EVENT || type == ROW_STOP || type == ROW_ACTION ||
	       type == ROW_JOB;
}

static void push(struct rows *rows, struct row *row)
{
	row->next = NULL;
	if (rows->last)
		rows->last->next = row;
	else
		rows->first = row;
	rows->last = row;
	rows->count++;
	rows->bytes += row->bytes;
	rows->urgent |= is_urgent(row->type);
}

struct row *rows_add(struct rows *rows, const struct row *row)
{
	const char **text[ROW_TEXTS];
	struct row copy = *row, *out;
	size_t n = texts_of(&copy, text);
	size_t bytes = sizeof(copy);
	char *end;

	if (copy.type == ROW_TICK)
		bytes += copy.tick.samples * sizeof(struct sample_row);
	for (size_t i = 0; i < n; i++)
		bytes += *text[i] ? strlen(*text[i]) + 1 : 0;
	out = malloc(bytes);
	if (!out)
		return NULL;
	copy.bytes = bytes;
	end = (char *)(out + 1);
	if (copy.type == ROW_TICK)
		copy.tick.sample = (struct sample_row *)(void *)end;
	for (size_t i = 0; i < n; i++) {
		size_t size = *text[i] ? strlen(*text[i]) + 1 : 0;

		if (size)
			*text[i] = memcpy(end, *text[i], size);
		end += size;
	}
	*out = copy;
	push(rows, out);
	return out;
}

void rows_append(struct rows *to, struct rows *from)
{
	if (!from->first)
		return;
	if (to->last)
		to->last->next = from->first;
	else
		to->first = from->first;
	to->last = from->last;
	to->count += from->count;
	to->bytes += from->bytes;
	to->urgent |= from->urgent;
	*from = (struct rows){ 0 };
}

void rows_free(struct rows *rows)
{
	struct row *row = rows->first, *next;

	for (; row; row = next) {
		next = row->next;
		free(row);
	}
	*rows = (struct rows){ 0 };
}
