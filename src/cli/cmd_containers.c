// SPDX-License-Identifier: GPL-2.0
/* sysmonctl containers: the containers known; knows no format. */
#include "message.h"
#include "output.h"
#include "reader.h"

int cmd_containers(struct cli *cli, int argc, char **argv)
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
	r = query_containers(reader.query, cli->opt.all, &c);
	if (!r)
		r = output_all(cli, container_fields, CONTAINER_COUNT,
			       document_head(), "containers", &c, NULL, &rows);
	if (r)
		r = reader_failed(cli, &reader, r);
	reader_close(&reader);
	if (r || rows)
		return r;
	message_warn(cli, "no container %s",
		     cli->opt.all ? "has been seen yet" : "is running");
	if (!cli->opt.all)
		message_hint(cli, "--all shows those that ran before");
	return CLI_NOTHING;
}
