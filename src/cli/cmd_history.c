// SPDX-License-Identifier: GPL-2.0
/* sysmonctl history: figures over time; knows no format. */
#include <stdio.h>

#include "lib/history_read.h"
#include "lib/timerange.h"
#include "message.h"
#include "output.h"
#include "resolve.h"
#include "reader.h"

/* One run of the subcommand. */
struct run {
	struct cli *cli;
	struct reader reader;
	struct history_read read;
	struct output out;
};

static const int64_t *given(const int64_t *time)
{
	return *time == TIME_UNSET ? NULL : time;
}

static int set_range(struct run *run)
{
	const struct options *opt = &run->cli->opt;
	char since[32], until[32];

	if (!history_read_range(&run->read, given(&opt->since),
				given(&opt->until), run->cli->now_ns))
		return CLI_OK;
	message_error(run->cli, "the range ends before it begins: %s to %s",
		      time_format(run->read.since_ns, since, sizeof(since)),
		      time_format(run->read.until_ns, until, sizeof(until)));
	return CLI_USAGE;
}

/* Shows the metrics that were asked for, and no others. */
static int choose_metrics(struct run *run)
{
	char typed[32], near[32], keys[1024];
	const char *bad;
	size_t len;

	if (!run->cli->opt.metric ||
	    !history_read_choose(&run->read, run->cli->opt.metric, &bad, &len))
		return CLI_OK;
	snprintf(typed, sizeof(typed), "%.*s", (int)len, bad);
	message_error(run->cli, "--metric %s: no such metric", typed);
	history_read_keys(&run->read, keys, sizeof(keys));
	if (message_nearest(typed, keys, near, sizeof(near)))
		message_hint(run->cli, "did you mean %s?", near);
	else
		message_hint(run->cli, "choose of %s", keys);
	return CLI_USAGE;
}

static int print_point(void *arg, const struct value *point)
{
	return output_row(arg, point);
}

static int print_history(struct run *run)
{
	struct history_read *read = &run->read;
	char since[32], until[32];
	int end, r = history_read_step(read, run->reader.query);

	if (r)
		return reader_failed(run->cli, &run->reader, r);
	r = output_begin(&run->out, run->cli, read->fields, read->count,
			 history_read_head(read), "points");
	if (!r)
		r = history_read_points(read, run->reader.query, print_point,
					&run->out);
	end = output_end(&run->out);
	if (r || end)
		return reader_failed(run->cli, &run->reader, r ? r : end);
	if (run->out.rows)
		return CLI_OK;
	message_warn(run->cli, "nothing recorded from %s to %s",
		     time_format(read->since_ns, since, sizeof(since)),
		     time_format(read->until_ns, until, sizeof(until)));
	message_hint(run->cli, "give the range with --since and --until");
	return CLI_NOTHING;
}

static int check_arguments(const struct cli *cli, int argc, char **argv)
{
	if (cli->opt.system && argc) {
		message_error(cli, "--system takes no container: %s", argv[0]);
		return CLI_USAGE;
	}
	if (!cli->opt.system && argc != 1) {
		message_error(cli,
			      argc ? "one container at a time: %s"
				   : "which container?%s",
			      argc ? argv[1] : "");
		message_hint(cli, "name one, or say --system; sysmonctl "
				  "containers lists them");
		return CLI_USAGE;
	}
	return CLI_OK;
}

int cmd_history(struct cli *cli, int argc, char **argv)
{
	struct run run = { .cli = cli };
	int r = check_arguments(cli, argc, argv);

	if (r)
		return r;
	history_read_init(&run.read, cli->opt.system);
	run.read.step_ns = cli->opt.step;
	r = set_range(&run);
	if (!r)
		r = choose_metrics(&run);
	if (!r)
		r = reader_open(cli, &run.reader);
	if (r)
		return r;
	if (!cli->opt.system)
		r = resolve_container(cli, &run.reader, argv[0],
				      &run.read.lives);
	if (!r)
		r = print_history(&run);
	rowset_free(&run.read.lives);
	reader_close(&run.reader);
	return r;
}
