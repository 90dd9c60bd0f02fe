// SPDX-License-Identifier: GPL-2.0
/* sysmonctl events: the event record, also as it grows; knows no format. */
#include <stdio.h>
#include <time.h>

#include "filter.h"
#include "lib/event_type.h"
#include "message.h"
#include "output.h"
#include "reader.h"
#include "words.h"

#define FOLLOW_LINES   10
#define FOLLOW_POLL_MS 250

/* ",start,stop," of --type start,stop; CLI_USAGE for what is no type. */
static int parse_types(const struct cli *cli, char *types)
{
	char all[160], near[32], word[32];
	const char *bad;
	size_t len;

	if (!event_types_parse(cli->opt.type, types, &bad, &len))
		return CLI_OK;
	snprintf(word, sizeof(word), "%.*s", (int)len, bad);
	event_types_list(all, sizeof(all));
	message_error(cli, "--type %s: no such event", word);
	if (message_nearest(word, all, near, sizeof(near)))
		message_hint(cli, "did you mean %s?", near);
	else
		message_hint(cli, "choose of %s", all);
	return CLI_USAGE;
}

static const struct words_column note = { EVENT_NOTE, words_event };

/* One run of the subcommand. */
struct run {
	const struct cli *cli;
	struct reader reader;
	struct filter filter;
	struct output out;
};

/* The past that was asked for. */
static int print_past(struct run *run)
{
	const struct options *opt = &run->cli->opt;
	struct query_filter *filter = &run->filter.query;
	struct cursor c;
	int r;

	if (filter->last < 0 && opt->follow && opt->since == TIME_UNSET)
		filter->last = FOLLOW_LINES;
	r = query_events(run->reader.query, filter, &c);
	return r ? r : output_rows(&run->out, &c, &note);
}

/* Where the past ends the future begins: both from one state of the record. */
static int print_past_and_mark(struct run *run, struct event_cursor *mark)
{
	struct query *q = run->reader.query;
	int r = query_begin(q);

	if (r)
		return r;
	r = query_event_end(q, mark);
	if (!r)
		r = print_past(run);
	query_end(q);
	return r;
}

/* What has come since, from one state of the record. */
static int print_news(struct run *run, struct event_cursor *mark)
{
	struct query *q = run->reader.query;
	struct event_cursor next = *mark;
	struct cursor c;
	int r = query_begin(q);

	if (r)
		return r;
	r = query_event_end(q, &next);
	if (!r)
		r = filter_renew(&run->filter, &run->reader);
	if (!r)
		r = query_events_behind(q, mark, &run->filter.query, &c);
	if (!r)
		r = output_rows(&run->out, &c, &note);
	query_end(q);
	*mark = next;
	return r;
}

static int follow(struct run *run, struct event_cursor *mark)
{
	const struct timespec pause = { .tv_nsec = FOLLOW_POLL_MS * 1000000 };
	int64_t version = -1, seen;
	int r;

	for (;;) {
		r = output_flush(&run->out);
		if (r)
			return r;
		nanosleep(&pause, NULL);
		r = query_data_version(run->reader.query, &seen);
		if (!r && seen != version)
			r = print_news(run, mark);
		if (r)
			return r;
		version = seen;
	}
}

static int check_arguments(const struct cli *cli)
{
	if (cli->opt.follow && cli->opt.format == FORMAT_JSON) {
		message_error(cli, "--follow never ends, a JSON document must");
		message_hint(cli, "use --format jsonl");
		return CLI_USAGE;
	}
	if (cli->opt.follow && cli->opt.until != TIME_UNSET) {
		message_error(cli, "--follow and --until exclude each other");
		return CLI_USAGE;
	}
	return filter_check_range(cli);
}

static int print_events(struct run *run)
{
	struct event_cursor mark = { 0 };
	int r, end;

	r = output_begin(&run->out, run->cli, event_fields, EVENT_COUNT,
			 document_head(), "events");
	if (!r)
		r = print_past_and_mark(run, &mark);
	if (!r && run->cli->opt.follow)
		r = follow(run, &mark);
	end = output_end(&run->out);
	if (r || end)
		return reader_failed(run->cli, &run->reader, r ? r : end);
	if (run->out.rows)
		return CLI_OK;
	message_warn(run->cli, "no such event in the record");
	return CLI_NOTHING;
}

int cmd_events(struct cli *cli, int argc, char **argv)
{
	struct run run = { .cli = cli };
	char types[EVENT_TYPES_MAX];
	int r = check_arguments(cli);

	if (!r && cli->opt.type)
		r = parse_types(cli, types);
	if (!r)
		r = reader_open(cli, &run.reader);
	if (r)
		return r;
	r = filter_init(&run.filter, cli, &run.reader, argc, argv);
	run.filter.query.types = cli->opt.type ? types : NULL;
	if (!r)
		r = print_events(&run);
	filter_free(&run.filter);
	reader_close(&run.reader);
	return r;
}
