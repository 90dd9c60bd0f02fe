// SPDX-License-Identifier: GPL-2.0
/* A result as one JSON document; knows no query. */
#include "document.h"

#include <errno.h>

#include "json.h"

json_t *document_head(void)
{
	return json_pack("{s:i}", "version", 1);
}

static int document_state(const struct document *d)
{
	return ferror(d->to) ? -EIO : 0;
}

/* "key":value for each member, with a comma in front if `behind`. */
static int put_members(FILE *to, json_t *object, bool behind)
{
	const char *key;
	json_t *value;

	json_object_foreach(object, key, value)
	{
		fprintf(to, "%s\"%s\":", behind ? "," : "", key);
		if (json_write(to, value))
			return -EIO;
		behind = true;
	}
	return 0;
}

int document_begin(struct document *d, FILE *to, const struct field *fields,
		   unsigned int count, json_t *head, const char *key)
{
	int r;

	*d = (struct document){ to, fields, count, false };
	putc('{', to);
	r = head ? put_members(to, head, false) : -ENOMEM;
	fprintf(to, ",\"%s\":[", key);
	json_decref(head);
	return r ? r : document_state(d);
}

int document_row(struct document *d, const struct value *row)
{
	int r;

	fputs(d->rows ? ",\n" : "\n", d->to);
	d->rows = true;
	r = json_write_row(d->to, d->fields, d->count, row, SHOW_DOC);
	return r ? r : document_state(d);
}

int document_end(struct document *d, json_t *tail)
{
	int r = 0;

	fputs(d->rows ? "\n]" : "]", d->to);
	if (tail)
		r = put_members(d->to, tail, true);
	fputs("}\n", d->to);
	json_decref(tail);
	return r ? r : document_state(d);
}
