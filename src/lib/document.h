/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A result as one JSON document, a row a line: what sysmonctl --json prints and
 * what the daemon serves. Constant memory however many rows come. Knows no
 * query.
 */
#ifndef SYSMON_DOCUMENT_H
#define SYSMON_DOCUMENT_H

#include <jansson.h>
#include <stdio.h>

#include "field.h"

struct document {
	FILE *to;
	const struct field *fields;
	unsigned int count;
	bool rows; /* there has been one */
};

/* {"version":1}, the head of every document. */
json_t *document_head(void);

/*
 * Begins one: {HEAD,"KEY":[. Takes the reference to head; NULL stands for
 * memory that ran out. This and the next two return 0, -ENOMEM or -EIO.
 */
int document_begin(struct document *d, FILE *to, const struct field *fields,
		   unsigned int count, json_t *head, const char *key);
int document_row(struct document *d, const struct value *row);

/* Ends it, with members behind the list if tail (a reference taken) is not
 * NULL. */
int document_end(struct document *d, json_t *tail);

#endif
