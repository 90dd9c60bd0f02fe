// SPDX-License-Identifier: GPL-2.0
/* Sorts values into columns; knows no unit. */
#include <errno.h>
#include <stdlib.h>

#include "trace.h"

int trace_init(struct trace *t, double from, double to, unsigned int columns)
{
	*t = (struct trace){
		.from = from,
		.to = to,
		.columns = columns,
		.column = calloc(columns, sizeof(*t->column)),
		.newest = columns,
		.broken = true,
	};
	return t->column ? 0 : -ENOMEM;
}

void trace_free(struct trace *t)
{
	free(t->column);
	t->column = NULL;
}

bool trace_is_empty(const struct trace *t)
{
	return t->newest == t->columns;
}

static unsigned int column_of(const struct trace *t, double time)
{
	double at = (time - t->from) / (t->to - t->from) * t->columns;

	return at < t->columns ? (unsigned int)at : t->columns - 1;
}

void trace_add(struct trace *t, double time, double value)
{
	struct trace_column *c;
	unsigned int at;

	if (time < t->from || time > t->to || t->from >= t->to)
		return;
	at = column_of(t, time);
	c = &t->column[at];
	if (!c->known)
		*c = (struct trace_column){ true,  !t->broken, value,
					    value, value,      value };
	if (value < c->low)
		c->low = value;
	if (value > c->high)
		c->high = value;
	c->last = value;
	if (trace_is_empty(t) || value > t->high)
		t->high = value;
	t->last = value;
	t->newest = at;
	t->broken = false;
}

void trace_break(struct trace *t)
{
	t->broken = true;
}
