/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The one place where results are printed, in every format, by the field
 * tables. Constant memory however many rows come. Knows no query.
 */
#ifndef SYSMON_CLI_OUTPUT_H
#define SYSMON_CLI_OUTPUT_H

#include <jansson.h>
#include <stdio.h>

#include "cli.h"
#include "layout.h"
#include "lib/document.h"
#include "lib/query.h"
#include "lib/rowset.h"
#include "words.h"

struct output {
	FILE *to;
	enum format format;
	struct terminal terminal;
	const struct field *fields;
	unsigned int count;
	unsigned int rows; /* printed, or held */
	/* Of a table, whose rows are held and laid out: the fields that it shows,
	 * and where these stand in a row. */
	struct field shown[QUERY_COLUMNS_MAX];
	unsigned char at[QUERY_COLUMNS_MAX];
	unsigned int columns;
	bool laid_out;
	struct rowset held; /* the first rows, until the widths are known */
	struct layout layout;
	FILE *line; /* the one that is being laid out, and its text */
	char *text;
	size_t size;
	struct document document; /* with --format json */
};

/*
 * Begins a result. head is the document's members before the list and key the
 * list's name; only --format json shows them. Takes the reference to head.
 * This and the next two return 0, -ENOMEM or -EIO.
 */
int output_begin(struct output *out, const struct cli *cli,
		 const struct field *fields, unsigned int count, json_t *head,
		 const char *key);
int output_row(struct output *out, const struct value *row);
/* Ends it. Must be called, also after a failure. */
int output_end(struct output *out);

/* Shows what has been printed so far, for results that keep coming. */
int output_flush(struct output *out);

/* All rows of the cursor, and closes it; @words, if any, says one column. */
int output_rows(struct output *out, struct cursor *c,
		const struct words_column *words);

/* The whole of it: begin, all rows, end. */
int output_all(const struct cli *cli, const struct field *fields,
	       unsigned int count, json_t *head, const char *key,
	       struct cursor *c, const struct words_column *words,
	       unsigned int *rows);

#endif
