// SPDX-License-Identifier: GPL-2.0
/* sysmonctl containers: the containers known; knows no format. */
#include "filter.h"
#include "message.h"
#include "output.h"
#include "reader.h"

static int ask(const struct cli *cli, struct query *q, struct cursor *c)
{
	const struct options *opt = &cli->opt;

	if (opt->since == TIME_UNSET && opt->until == TIME_UNSET)
		return query_containers(q, opt->all, c);
	return query_containers_in_range(q,
					 opt->since == TIME_UNSET ? INT64_MIN
								  : opt->since,
					 opt->until == TIME_UNSET ? INT64_MAX
								  : opt->until,
					 c);
}

static int say_none(const struct cli *cli)
{
	const struct options *opt = &cli->opt;

	if (opt->since != TIME_UNSET || opt->until != TIME_UNSET) {
		message_warn(cli, "no container ran then");
		return CLI_NOTHING;
	}
	message_warn(cli, "no container %s",
		     opt->all ? "has been seen yet" : "is running");
	if (!opt->all)
		message_hint(cli, "--all shows those that ran before");
	return CLI_NOTHING;
}

int cmd_containers(struct cli *cli, int argc, char **argv)
{
	struct reader reader;
	struct cursor c;
	unsigned int rows = 0;
	int r;

	if (argc) {
		message_error(cli, "takes no argument: %s", argv[0]);
		message_hint(cli, "it lists them all; for one, see sysmonctl "
				  "history, events and stopped");
		return CLI_USAGE;
	}
	r = filter_check_range(cli);
	if (!r)
		r = reader_open(cli, &reader);
	if (r)
		return r;
	r = ask(cli, reader.query, &c);
	if (!r)
		r = output_all(cli, container_fields, CONTAINER_COUNT,
			       document_head(), "containers", &c, NULL, &rows);
	if (r)
		r = reader_failed(cli, &reader, r);
	reader_close(&reader);
	return r || rows ? r : say_none(cli);
}
