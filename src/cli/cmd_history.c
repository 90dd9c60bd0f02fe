// SPDX-License-Identifier: GPL-2.0
/* sysmonctl history: figures over time; knows no format. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "history_plot.h"
#include "lib/history_read.h"
#include "lib/timerange.h"
#include "message.h"
#include "output.h"
#include "reader.h"
#include "resolve.h"

#define MAPPED_SAMPLES 16384

/* One run of the subcommand. */
struct run {
	struct cli *cli;
	struct reader reader;
	struct history_read read;
	struct rowset *lives; /* of each container */
	unsigned int count;   /* of them; 0 is the machine */
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

static bool is_plot(const struct options *opt)
{
	return opt->plot || opt->plot_style != PLOT_AUTO;
}

/* What is shown where nothing is asked for; NULL: all that a format shows. */
static const char *metric_list(const struct options *opt)
{
	if (opt->metric || !is_plot(opt))
		return opt->metric;
	return opt->system ? HISTORY_PLOT_SYSTEM : HISTORY_PLOT_CONTAINER;
}

/* Shows the metrics that were asked for, and no others. */
static int choose_metrics(struct run *run)
{
	const char *bad, *list = metric_list(&run->cli->opt);
	char typed[32], near[32], keys[HISTORY_KEYS_MAX];
	size_t len;

	if (!list || !history_read_choose(&run->read, list, &bad, &len))
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

static const struct value *newest_life(const struct rowset *lives)
{
	return rowset_row(lives, lives->count - 1);
}

static int print_point(void *arg, const struct value *point)
{
	return output_row(arg, point);
}

/* Container after container, each by time. */
static int print_points(struct run *run)
{
	unsigned int i = 0;
	int r;

	do {
		if (run->count)
			run->read.lives = run->lives[i];
		r = history_read_points(&run->read, run->reader.query,
					print_point, &run->out);
	} while (!r && ++i < run->count);
	return r;
}

static int say_nothing(const struct run *run)
{
	char since[32], until[32];

	message_warn(run->cli, "nothing recorded from %s to %s",
		     time_format(run->read.since_ns, since, sizeof(since)),
		     time_format(run->read.until_ns, until, sizeof(until)));
	message_hint(run->cli, "give the range with --since and --until");
	return CLI_NOTHING;
}

static int print_history(struct run *run)
{
	struct history_read *read = &run->read;
	int end, r;

	read->show = run->cli->opt.format == FORMAT_TABLE ? SHOW_TABLE
							  : SHOW_DATA;
	if (run->count)
		history_read_name(read, run->count > 1);
	r = output_begin(&run->out, run->cli, read->fields, read->count,
			 history_read_head(read, run->lives, run->count),
			 "points");
	if (!r)
		r = print_points(run);
	end = output_end(&run->out);
	if (r || end)
		return reader_failed(run->cli, &run->reader, r ? r : end);
	return run->out.rows ? CLI_OK : say_nothing(run);
}

static int refuse_crowd(const struct run *run)
{
	message_error(run->cli, "too many series to tell apart in one chart");
	message_hint(run->cli, "give fewer containers, or less in --metric");
	return CLI_USAGE;
}

static int begin_plot(struct run *run, struct history_plot **plot)
{
	const struct value **newest = calloc(run->count + 1, sizeof(*newest));
	unsigned int i;
	int r = -ENOMEM;

	*plot = NULL;
	for (i = 0; newest && i < run->count; i++)
		newest[i] = newest_life(&run->lives[i]);
	if (newest)
		r = history_plot_new(plot, run->cli, &run->read, newest,
				     run->count);
	free(newest);
	return r;
}

static int plot_points(struct run *run, struct history_plot *plot)
{
	unsigned int i = 0;
	int r;

	do {
		if (run->count)
			run->read.lives = run->lives[i];
		history_plot_turn(plot, i);
		r = history_read_points(&run->read, run->reader.query,
					history_plot_point, plot);
	} while (!r && ++i < run->count);
	return r;
}

static int plot_history(struct run *run)
{
	struct history_plot *plot;
	int r, code = CLI_OK;

	run->read.show = SHOW_TABLE;
	r = begin_plot(run, &plot);
	if (r == -E2BIG)
		return refuse_crowd(run);
	if (!r)
		r = plot_points(run, plot);
	if (!r && history_plot_is_empty(plot))
		code = say_nothing(run);
	else if (!r)
		r = history_plot_print(plot);
	history_plot_free(plot);
	return r ? reader_failed(run->cli, &run->reader, r) : code;
}

static int check_arguments(const struct cli *cli, int argc, char **argv)
{
	if (cli->opt.system && argc) {
		message_error(cli, "--system takes no container: %s", argv[0]);
		return CLI_USAGE;
	}
	if (!cli->opt.system && !argc) {
		message_error(cli, "which container?");
		message_hint(cli, "name one or more, or say --system; "
				  "sysmonctl containers lists them");
		return CLI_USAGE;
	}
	if (is_plot(&cli->opt) && cli->opt.format != FORMAT_TABLE) {
		message_error(cli, "--plot and --format exclude each other");
		return CLI_USAGE;
	}
	return CLI_OK;
}

static int resolve_all(struct run *run, int argc, char **argv)
{
	int i, r = CLI_OK;

	run->lives = calloc((size_t)argc + 1, sizeof(*run->lives));
	if (!run->lives)
		return reader_failed(run->cli, &run->reader, -ENOMEM);
	for (i = 0; !r && i < argc; i++) {
		r = resolve_container(run->cli, &run->reader, argv[i],
				      &run->lives[i]);
		if (!r)
			run->count++;
	}
	return r;
}

/* Where each sample is on a page of its own, those of several containers on the
 * same ones. Of very many it matters more that memory stays as it is. */
static bool is_short(const struct run *run)
{
	const struct history_read *h = &run->read;
	int64_t apart = history_grain(h->step_ns);
	int64_t each =
		(h->until_ns - h->since_ns) / (apart ? apart : NSEC_PER_SEC);

	return each * (run->count ? run->count : 1) <= MAPPED_SAMPLES;
}

static int run_history(struct run *run, int argc, char **argv)
{
	int r = resolve_all(run, argc, argv);

	if (r)
		return r;
	r = history_read_step(&run->read, run->reader.query);
	if (r)
		return reader_failed(run->cli, &run->reader, r);
	if (is_short(run))
		reader_map(&run->reader);
	return is_plot(&run->cli->opt) ? plot_history(run) : print_history(run);
}

static void free_run(struct run *run)
{
	for (unsigned int i = 0; i < run->count; i++)
		rowset_free(&run->lives[i]);
	free(run->lives);
	reader_close(&run->reader);
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
	r = run_history(&run, argc, argv);
	free_run(&run);
	return r;
}
