// SPDX-License-Identifier: GPL-2.0
/* The lines of journal.h. */
#include "journal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "journald.h"
#include "lib/text.h"
#include "log.h"

static void add(struct journal *j, const char *name, const char *value,
		size_t len)
{
	size_t head = strlen(name) + 1, room = sizeof(j->bytes) - j->used;
	char *at = j->bytes + j->used;

	if (!j->fields || j->n == JOURNAL_FIELDS_MAX - 1 || room <= head)
		return;
	if (len > room - head)
		len = room - head;
	memcpy(at, name, head - 1);
	at[head - 1] = '=';
	memcpy(at + head, value, len);
	j->field[j->n++] = (struct iovec){ at, head + len };
	j->used += head + len;
}

void journal_text(struct journal *j, const char *name, const char *value,
		  size_t len)
{
	if (value && len)
		add(j, name, value, len);
}

void journal_int(struct journal *j, const char *name, int64_t value)
{
	char text[24];
	int n = snprintf(text, sizeof(text), "%" PRId64, value);

	add(j, name, text, (size_t)n);
}

bool journal_begin(struct journal *j, int level, const char *id,
		   const char *format, ...)
{
	va_list args;

	if (!log_wants(level))
		return false;
	j->level = level;
	j->fields = log_has_fields();
	j->n = 0;
	j->used = 0;
	va_start(args, format);
	vsnprintf(j->text, sizeof(j->text), format, args);
	va_end(args);
	journal_int(j, "PRIORITY", level);
	add(j, "MESSAGE_ID", id, strlen(id));
	return true;
}

/* What the journal has no room for now, it has none for as a plain line. */
static void send_entry(const struct journal *j)
{
	int rc = journald_send(j->field, j->n, log_patience());

	if (!rc)
		log_taken();
	else if (rc == -EAGAIN)
		log_lost();
	else
		log_line(j->level, "%s", j->text);
}

/* The message has room kept for it, and is made fit for terminals. */
void journal_send(struct journal *j)
{
	char *safe, *message = NULL;
	int n;

	if (!j->fields) {
		log_line(j->level, "%s", j->text);
		return;
	}
	safe = text_terminal(j->text, strlen(j->text), TEXT_UTF8);
	n = safe ? asprintf(&message, "MESSAGE=%s", safe) : -1;
	if (n >= 0)
		j->field[j->n++] = (struct iovec){ message, (size_t)n };
	if (n < 0)
		log_line(j->level, "%s", j->text);
	else
		send_entry(j);
	free(safe);
	if (n >= 0)
		free(message);
}
