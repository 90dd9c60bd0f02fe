// SPDX-License-Identifier: GPL-2.0
/* sysmonctl stopped: the stop record; knows no format. */
#include "filter.h"
#include "message.h"
#include "output.h"
#include "reader.h"
#include "words.h"

static const char *const reasons[] = {
	[BY_ANY] = NULL,  [BY_POLICY] = "policy", [BY_SIGNAL] = "signal",
	[BY_OOM] = "oom", [BY_EXIT] = "exit",
};

static const struct words_column why = { STOP_WHY, words_stop };

static int print_stops(const struct cli *cli, const struct reader *reader,
		       const struct query_filter *filter)
{
	struct cursor c;
	unsigned int rows = 0;
	int r = query_stops(reader->query, filter, &c);

	if (!r)
		r = output_all(cli, stop_fields, STOP_COUNT, document_head(),
			       "stopped", &c, &why, &rows);
	if (r)
		return reader_failed(cli, reader, r);
	if (rows)
		return CLI_OK;
	message_warn(cli, "no such stop in the record");
	return CLI_NOTHING;
}

int cmd_stopped(struct cli *cli, int argc, char **argv)
{
	struct filter filter;
	struct reader reader;
	int r = filter_check_range(cli);

	if (!r)
		r = reader_open(cli, &reader);
	if (r)
		return r;
	r = filter_init(&filter, cli, &reader, argc, argv);
	filter.query.reason = reasons[cli->opt.by];
	if (!r)
		r = print_stops(cli, &reader, &filter.query);
	filter_free(&filter);
	reader_close(&reader);
	return r;
}
