// SPDX-License-Identifier: GPL-2.0
/*
 * The row of an event, from what the kernel told. Knows nothing of the order
 * of events, nor of what follows from them.
 */
#include "step_int.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "event_type.h"

/*
 * Boot time to unix time, by a moment known in both. 0 stays unknown, and what
 * has no place in 64 bits is.
 */
int64_t boottime_to_unix(uint64_t boottime_ns, uint64_t at_boottime_ns,
			 int64_t at_realtime_ns)
{
	int64_t unix_ns;

	if (boottime_ns == 0 ||
	    __builtin_sub_overflow(at_realtime_ns,
				   (int64_t)(at_boottime_ns - boottime_ns),
				   &unix_ns))
		return 0;
	return unix_ns;
}

/* A figure in the store; one that has no place there is unknown. */
int64_t event_figure(bool have, uint64_t value)
{
	return have && value <= INT64_MAX ? (int64_t)value : -1;
}

/* When the sender of the signal in an event sent it; 0: unknown. */
int64_t event_sender_ns(const struct event_info *ev)
{
	return boottime_to_unix(ev->sender_boottime_ns, ev->boottime_ns,
				(int64_t)ev->realtime_ns);
}

/* The row borrows the texts. */
static void process_row_fill(const struct step *s, const struct process_info *p,
			     struct process_row *row)
{
	const struct life *around = p->container ? life_find(s, p->container)
						 : NULL;

	*row = (struct process_row){
		.pid = p->pid,
		.uid = event_figure(p->have_uid, p->uid),
		.argv_bytes = event_figure(p->have_argv_bytes, p->argv_bytes),
		.rss_bytes = event_figure(p->have_rss_bytes, p->rss_bytes),
		.container = around ? around->id : 0,
		.comm = p->comm,
		.argv = p->argv,
		.parent_comm = p->parent_comm,
		.cgroup = p->cgroup,
	};
}

static struct str copy_str(char **to, struct str from)
{
	struct str copy = { from.p ? *to : NULL, from.len };

	if (from.p)
		memcpy(*to, from.p, from.len);
	*to += from.len;
	return copy;
}

/* A copy with its texts but the arguments; NULL when out of memory. */
static struct process_copy *process_copy(const struct process_row *row)
{
	size_t bytes = row->comm.len + row->parent_comm.len + row->cgroup.len;
	struct process_copy *copy = malloc(sizeof(*copy) + bytes);
	char *text;

	if (!copy)
		return NULL;
	text = copy->text;
	copy->row = *row;
	copy->row.argv = (struct str){ 0 };
	copy->row.comm = copy_str(&text, row->comm);
	copy->row.parent_comm = copy_str(&text, row->parent_comm);
	copy->row.cgroup = copy_str(&text, row->cgroup);
	return copy;
}

/* Keeps a process in the place of an earlier one; NULL when out of memory. */
void process_keep(const struct step *s, const struct process_info *p,
		  struct process_copy **kept)
{
	struct process_row row;

	process_row_fill(s, p, &row);
	free(*kept);
	*kept = process_copy(&row);
}

/* A newer module's type is stored by its number. */
static const char *type_of(uint32_t type, char *buf, size_t size)
{
	const char *name = event_type_name(type);

	if (name)
		return name;
	snprintf(buf, size, "%u", type);
	return buf;
}

/* Adds the event's row. */
int event_add_row(struct step *s, const struct event_info *ev,
		  const struct life *life)
{
	struct row row = { .type = ROW_EVENT };
	char number[16];

	row.event = (struct event_row){
		.session = s->session.id,
		.seq = ev->seq,
		.ts_ns = (int64_t)ev->realtime_ns,
		.boottime_ns = (int64_t)ev->boottime_ns,
		.type = type_of(ev->type, number, sizeof(number)),
		.container = life ? life->id : 0,
		.exec_delay_us = event_figure(ev->have_exec_delay,
					      ev->exec_delay_ns / 1000),
		.exit_code = event_figure(ev->have_exit_code, ev->exit_code),
		.exit_signal = ev->exit_signal,
		.sender_signal = ev->sender_signal,
		.sender_ns = event_sender_ns(ev),
		.count = event_figure(ev->have_count, ev->count),
		.limit = event_figure(ev->have_limit, ev->limit),
		.have_subject = ev->have_process,
		.have_sender = ev->have_sender,
	};
	if (ev->have_process)
		process_row_fill(s, &ev->process, &row.event.subject);
	if (ev->have_sender)
		process_row_fill(s, &ev->sender, &row.event.sender);
	return step_add(s, &row) ? 0 : -ENOMEM;
}
