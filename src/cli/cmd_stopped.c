// SPDX-License-Identifier: GPL-2.0
/* sysmonctl stopped: the stop record; knows no format. */
#include "record.h"

static const char *const reasons[] = {
	[BY_ANY] = NULL,  [BY_POLICY] = "policy", [BY_SIGNAL] = "signal",
	[BY_OOM] = "oom", [BY_EXIT] = "exit",
};

static void choose(struct query_filter *filter, const struct options *opt)
{
	filter->reason = reasons[opt->by];
}

int cmd_stopped(struct cli *cli, int argc, char **argv)
{
	static const struct words_column why = { STOP_WHY, words_stop };
	static const struct record stops = {
		.fields = stop_fields,
		.count = STOP_COUNT,
		.list = "stopped",
		.none = "no such stop in the record",
		.words = &why,
		.query = query_stops,
		.choose = choose,
	};

	return record_print(cli, &stops, argc, argv);
}
