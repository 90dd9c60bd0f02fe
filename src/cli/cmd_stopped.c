// SPDX-License-Identifier: GPL-2.0
/* sysmonctl stopped: the stop record; knows no format. */
#include "message.h"
#include "output.h"
#include "reader.h"
#include "words.h"

static const char *const reasons[] = {
	[BY_ANY] = NULL,  [BY_POLICY] = "policy", [BY_SIGNAL] = "signal",
	[BY_OOM] = "oom", [BY_EXIT] = "exit",
};

static const struct words_column why = { STOP_WHY, words_stop };

/* An unset end of a range is no limit. */
static int64_t limit(int64_t given, int64_t otherwise)
{
	return given == TIME_UNSET ? otherwise : given;
}

int cmd_stopped(struct cli *cli, int argc, char **argv)
{
	struct reader reader;
	struct cursor c;
	unsigned int rows = 0;
	int r;

	if (argc) {
		message_error(cli, "takes no argument: %s", argv[0]);
		return CLI_USAGE;
	}
	r = reader_open(cli, &reader);
	if (r)
		return r;
	r = query_stops(reader.query, limit(cli->opt.since, INT64_MIN),
			limit(cli->opt.until, INT64_MAX), reasons[cli->opt.by],
			&c);
	if (!r)
		r = output_all(cli, stop_fields, STOP_COUNT, document_head(),
			       "stopped", &c, &why, &rows);
	if (r)
		r = reader_failed(cli, &reader, r);
	reader_close(&reader);
	if (r || rows)
		return r;
	message_warn(cli, "no such stop in the record");
	return CLI_NOTHING;
}
