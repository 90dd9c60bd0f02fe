// SPDX-License-Identifier: GPL-2.0
/* The list of rows: one piece of memory a row, with its texts behind it. */
#include "rows.h"

#include <stdlib.h>
#include <string.h>

#define ROW_TEXTS 9

/* Where a row keeps one text, and how many bytes that has. */
struct text {
	const char **at;
	size_t bytes;
};

struct texts {
	size_t count;
	struct text text[ROW_TEXTS];
};

static void take(struct texts *t, const char **at)
{
	t->text[t->count++] = (struct text){ at, *at ? strlen(*at) + 1 : 0 };
}

static void take_str(struct texts *t, struct str *str)
{
	t->text[t->count++] = (struct text){ &str->p, str->p ? str->len : 0 };
}

static void take_process(struct texts *t, struct process_row *p)
{
	take_str(t, &p->comm);
	take_str(t, &p->argv);
	take_str(t, &p->parent_comm);
	take_str(t, &p->cgroup);
}

static void take_container(struct texts *t, struct container_row *c)
{
	take(t, &c->key);
	take(t, &c->path);
	take(t, &c->runtime);
	take(t, &c->name);
	take(t, &c->image);
	take(t, &c->command);
	take(t, &c->labels);
}

static void texts_of(struct row *r, struct texts *t)
{
	t->count = 0;
	switch (r->type) {
	case ROW_BOOT:
		take(t, &r->boot.uuid);
		break;
	case ROW_CONTAINER:
		take_container(t, &r->container);
		break;
	case ROW_ACTION:
		take(t, &r->action.rule);
		take(t, &r->action.group);
		take(t, &r->action.verb);
		take(t, &r->action.error);
		take(t, &r->action.state);
		break;
	case ROW_ALARM:
		take(t, &r->alarm.rule);
		take(t, &r->alarm.reason);
		take(t, &r->alarm.detail);
		break;
	case ROW_STOP:
		take(t, &r->stop.reason);
		take_process(t, &r->stop.killer);
		take_process(t, &r->stop.oom);
		break;
	case ROW_EVENT:
		take(t, &r->event.type);
		take_process(t, &r->event.subject);
		take_process(t, &r->event.sender);
		break;
	case ROW_GAP:
		take(t, &r->gap.reason);
		break;
	case ROW_JOB:
		take(t, &r->job.name);
		take(t, &r->job.kind);
		take(t, &r->job.command);
		take(t, &r->job.error);
		break;
	case ROW_SESSION:
	case ROW_TICK:
	case ROW_TYPES:
		break;
	}
}

static bool is_urgent(enum row_type type)
{
	return type == ROW_EVENT || type == ROW_STOP || type == ROW_ACTION ||
	       type == ROW_ALARM || type == ROW_JOB;
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

/* The figures of a tick row follow it; returns where they end. */
static char *place_figures(struct tick_row *tick, void *at)
{
	tick->sample = at;
	tick->cpu = (struct cpu_row *)(void *)(tick->sample + tick->samples);
	tick->device = (struct device_row *)(void *)(tick->cpu + tick->cpus);
	return (char *)(tick->device + tick->devices);
}

static size_t figures_bytes(const struct tick_row *tick)
{
	return tick->samples * sizeof(struct sample_row) +
	       tick->cpus * sizeof(struct cpu_row) +
	       tick->devices * sizeof(struct device_row);
}

struct row *rows_add(struct rows *rows, const struct row *row)
{
	struct row copy = *row, *out;
	size_t bytes = sizeof(copy);
	struct texts t;
	char *end;

	texts_of(&copy, &t);
	if (copy.type == ROW_TICK)
		bytes += figures_bytes(&copy.tick);
	for (size_t i = 0; i < t.count; i++)
		bytes += t.text[i].bytes;
	out = malloc(bytes);
	if (!out)
		return NULL;
	copy.bytes = bytes;
	end = (char *)(out + 1);
	if (copy.type == ROW_TICK)
		end = place_figures(&copy.tick, end);
	for (size_t i = 0; i < t.count; i++) {
		if (!*t.text[i].at)
			continue;
		*t.text[i].at = memcpy(end, *t.text[i].at, t.text[i].bytes);
		end += t.text[i].bytes;
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
