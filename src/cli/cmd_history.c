// SPDX-License-Identifier: GPL-2.0
/* sysmonctl history: figures over time; knows no format. */
#include <string.h>

#include "lib/history.h"
#include "lib/json.h"
#include "lib/timerange.h"
#include "message.h"
#include "output.h"
#include "resolve.h"
#include "reader.h"

#define HISTORY_DEFAULT_RANGE (3600 * NSEC_PER_SEC)

/*
 * A life's samples may lie a little outside its times: the last one is stored
 * with the tick after its end. Twice the longest interval is enough.
 */
#define HISTORY_MARGIN (120 * NSEC_PER_SEC)

/* One run of the subcommand. */
struct run {
	struct cli *cli;
	struct reader reader;
	int64_t since, until, step;
	const struct history_table *table;
	struct field fields[HISTORY_POINT_MAX]; /* as --metric has them shown */
	unsigned int count;
	struct rowset lives; /* none with --system */
	struct history history;
	struct history_range part[HISTORY_TIERS];
	struct output out;
};

/* Without --since the range is the hour before its end. */
static int set_range(struct run *run)
{
	const struct options *opt = &run->cli->opt;
	char since[32], until[32];

	run->until = opt->until == TIME_UNSET ? run->cli->now_ns : opt->until;
	run->since = opt->since == TIME_UNSET
			     ? run->until - HISTORY_DEFAULT_RANGE
			     : opt->since;
	if (run->since <= run->until)
		return CLI_OK;
	message_error(run->cli, "the range ends before it begins: %s to %s",
		      time_format(run->since, since, sizeof(since)),
		      time_format(run->until, until, sizeof(until)));
	return CLI_USAGE;
}

/* "mem" names mem_bytes and mem_pct: a key may be given without its unit. */
static bool metric_matches(const char *key, const char *word, size_t len)
{
	if (strncmp(key, word, len) != 0)
		return false;
	return !key[len] || (key[len] == '_' && !strchr(key + len + 1, '_'));
}

static int refuse_metric(const struct run *run, const char *word, size_t len)
{
	char typed[32], near[32], keys[1024] = "";
	unsigned int i;

	snprintf(typed, sizeof(typed), "%.*s", (int)len, word);
	message_error(run->cli, "--metric %s: no such metric", typed);
	for (i = POINT_RATES; i < run->count; i++) {
		size_t used = strlen(keys);

		snprintf(keys + used, sizeof(keys) - used, "%s%s",
			 used ? "," : "", run->fields[i].key);
	}
	if (message_nearest(typed, keys, near, sizeof(near)))
		message_hint(run->cli, "did you mean %s?", near);
	else
		message_hint(run->cli, "choose of %s", keys);
	return CLI_USAGE;
}

/* Shows the metrics of the list, and no others. */
static int choose_metrics(struct run *run, const char *list)
{
	unsigned int i;
	size_t len;
	bool found;

	for (i = POINT_RATES; i < run->count; i++)
		run->fields[i].show = SHOW_NOWHERE;
	for (; *list; list += len + (list[len] == ',')) {
		len = strcspn(list, ",");
		found = false;
		for (i = POINT_RATES; len && i < run->count; i++) {
			if (!metric_matches(run->fields[i].key, list, len))
				continue;
			run->fields[i].show = SHOW_ALL;
			run->fields[i].drop = 0;
			found = true;
		}
		if (!found)
			return refuse_metric(run, list, len);
	}
	return CLI_OK;
}

static int set_fields(struct run *run)
{
	const struct options *opt = &run->cli->opt;

	run->table = opt->system ? &history_system : &history_container;
	run->count = POINT_RATES + run->table->rate_count;
	memcpy(run->fields, run->table->fields,
	       run->count * sizeof(*run->fields));
	return opt->metric ? choose_metrics(run, opt->metric) : CLI_OK;
}

/* A step that makes the range readable, by the interval of the newest tick. */
static int set_step(struct run *run)
{
	struct value tick[TICK_COUNT];
	int64_t interval = NSEC_PER_SEC;
	int r;

	run->step = run->cli->opt.step;
	if (run->step != STEP_AUTO)
		return 0;
	r = query_tick(run->reader.query, TICK_NEWEST, 0, tick);
	if (r < 0)
		return r;
	if (r > 0)
		interval = (int64_t)(value_number(&tick[TICK_INTERVAL], 1) *
				     NSEC_PER_SEC);
	run->step = history_auto_step(run->until - run->since, interval);
	return 0;
}

static json_t *run_head(const struct run *run)
{
	const struct rowset *lives = &run->lives;
	json_t *container = NULL;

	if (lives->count)
		container = json_row(life_fields, LIFE_COUNT,
				     rowset_row(lives, lives->count - 1),
				     SHOW_DOC);
	return json_pack("{s:i, s:o?, s:f, s:f, s:o}", "version", 1,
			 "container", container, "since",
			 (double)run->since / 1e9, "until",
			 (double)run->until / 1e9, "step",
			 run->step ? json_real((double)run->step / 1e9)
				   : json_null());
}

/* All rows become points, but for the last point, which may go on. */
static int print_points(struct run *run, struct cursor *c)
{
	struct value row[QUERY_COLUMNS_MAX], point[HISTORY_POINT_MAX];
	int r;

	while ((r = cursor_next(c, row)) > 0) {
		if (!history_add(&run->history, row, point))
			continue;
		r = output_row(&run->out, point);
		if (r)
			break;
	}
	cursor_close(c);
	return r;
}

/* What of a part of the time lies in a life; the first step's begin too. */
static struct history_range in_life(const struct run *run,
				    const struct value *life,
				    struct history_range part)
{
	int64_t from = life[LIFE_FIRST_NS].i - HISTORY_MARGIN - run->step;

	if (life[LIFE_STOPPED_NS].type == VALUE_INT &&
	    life[LIFE_STOPPED_NS].i + HISTORY_MARGIN < part.to_ns)
		part.to_ns = life[LIFE_STOPPED_NS].i + HISTORY_MARGIN;
	if (part.from_ns < from)
		part.from_ns = from;
	return part;
}

static int print_life(struct run *run, const struct value *life)
{
	struct cursor c;
	int r = 0;

	for (unsigned int i = 0; !r && i < HISTORY_TIERS; i++) {
		struct history_range part = in_life(run, life, run->part[i]);

		if (part.to_ns < part.from_ns)
			continue;
		r = query_history_container(run->reader.query, i,
					    life[LIFE_ROW].i, part.from_ns,
					    part.to_ns, &c);
		if (!r)
			r = print_points(run, &c);
	}
	return r;
}

static int print_machine(struct run *run)
{
	struct cursor c;
	int r = 0;

	for (unsigned int i = 0; !r && i < HISTORY_TIERS; i++) {
		r = query_history_system(run->reader.query, i,
					 run->part[i].from_ns,
					 run->part[i].to_ns, &c);
		if (!r)
			r = print_points(run, &c);
	}
	return r;
}

/* Which tiers the points are to be made of. */
static int divide(struct run *run)
{
	struct history_extent extent;
	int r = query_history_extent(run->reader.query, &extent);

	if (!r)
		history_divide(run->step, &extent,
			       (struct history_range){ run->since, run->until },
			       run->part);
	return r;
}

static int print_series(struct run *run)
{
	struct value point[HISTORY_POINT_MAX];
	unsigned int i;
	int r = divide(run);

	history_init(&run->history, run->table, run->step);
	if (!r && run->cli->opt.system)
		r = print_machine(run);
	for (i = 0; !r && i < run->lives.count; i++)
		r = print_life(run, rowset_row(&run->lives, i));
	if (!r && history_flush(&run->history, point))
		r = output_row(&run->out, point);
	return r;
}

static int print_history(struct run *run)
{
	char since[32], until[32];
	int end, r = set_step(run);

	if (r)
		return reader_failed(run->cli, &run->reader, r);
	r = output_begin(&run->out, run->cli, run->fields, run->count,
			 run_head(run), "points");
	if (!r)
		r = print_series(run);
	end = output_end(&run->out, NULL);
	if (r || end)
		return reader_failed(run->cli, &run->reader, r ? r : end);
	if (run->out.rows)
		return CLI_OK;
	message_warn(run->cli, "nothing recorded from %s to %s",
		     time_format(run->since, since, sizeof(since)),
		     time_format(run->until, until, sizeof(until)));
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

	if (!r)
		r = set_range(&run);
	if (!r)
		r = set_fields(&run);
	if (!r)
		r = reader_open(cli, &run.reader);
	if (r)
		return r;
	if (!cli->opt.system)
		r = resolve_container(cli, &run.reader, argv[0], &run.lives);
	if (!r)
		r = print_history(&run);
	rowset_free(&run.lives);
	reader_close(&run.reader);
	return r;
}
