// SPDX-License-Identifier: GPL-2.0
/* Prints a part of a record; knows no record's inside. */
#include "filter.h"
#include "message.h"
#include "output.h"
#include "reader.h"
#include "record.h"

static int print(const struct cli *cli, const struct record *record,
		 const struct reader *reader, const struct query_filter *filter)
{
	struct cursor c;
	unsigned int rows = 0;
	int r = record->query(reader->query, filter, &c);

	if (!r)
		r = output_all(cli, record->fields, record->count,
			       document_head(), record->list, &c, record->words,
			       &rows);
	if (r)
		return reader_failed(cli, reader, r);
	if (rows)
		return CLI_OK;
	message_warn(cli, "%s", record->none);
	return CLI_NOTHING;
}

int record_print(const struct cli *cli, const struct record *record, int words,
		 char **word)
{
	struct filter filter;
	struct reader reader;
	int r = filter_check_range(cli);

	if (!r)
		r = reader_open(cli, &reader);
	if (r)
		return r;
	r = filter_init(&filter, cli, &reader, words, word);
	record->choose(&filter.query, &cli->opt);
	if (!r)
		r = print(cli, record, &reader, &filter.query);
	filter_free(&filter);
	reader_close(&reader);
	return r;
}
