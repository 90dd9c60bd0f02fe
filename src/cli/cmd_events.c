// SPDX-License-Identifier: GPL-2.0
/* sysmonctl events: the event record, also as it grows; knows no format. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lib/event_type.h"
#include "message.h"
#include "output.h"
#include "reader.h"
#include "words.h"

#define FOLLOW_LINES   10
#define FOLLOW_POLL_MS 250

/* A kind of event; also by number, as a newer module's are stored. */
static bool is_type(const char *word)
{
	const char *name;
	uint32_t i;

	for (i = 1; (name = event_type_name(i)) != NULL; i++)
		if (!strcmp(word, name))
			return true;
	return !strcmp(word, "gap") || !strcmp(word, "alarm") ||
	       (*word && !word[strspn(word, "0123456789")]);
}

static int refuse_type(const struct cli *cli, const char *word)
{
	char all[160] = "gap|alarm", near[32];
	const char *name;
	uint32_t i;

	for (i = 1; (name = event_type_name(i)) != NULL; i++) {
		size_t used = strlen(all);

		snprintf(all + used, sizeof(all) - used, "|%s", name);
	}
	message_error(cli, "--type %s: no such event", word);
	if (message_nearest(word, all, near, sizeof(near)))
		message_hint(cli, "did you mean %s?", near);
	else
		message_hint(cli, "choose of %s", all);
	return CLI_USAGE;
}

/* ",start,stop," of "start,stop"; CLI_USAGE for what is no type. */
static int parse_types(const struct cli *cli, char *buf, size_t size)
{
	const char *p = cli->opt.type;
	char word[32];
	size_t len, used;

	for (snprintf(buf, size, ","); *p; p += len + (p[len] == ',')) {
		len = strcspn(p, ",");
		snprintf(word, sizeof(word), "%.*s", (int)len, p);
		if (!is_type(word))
			return refuse_type(cli, word);
		used = strlen(buf);
		snprintf(buf + used, size - used, "%s,", word);
	}
	return CLI_OK;
}

static const struct words_column note = { EVENT_NOTE, words_event };

/* The past that was asked for: a range, or the newest lines. */
static int print_past(const struct cli *cli, struct query *q, const char *types,
		      struct output *out)
{
	const struct options *opt = &cli->opt;
	int lines = opt->lines;
	struct cursor c;
	int r;

	if (lines < 0 && opt->follow && opt->since == TIME_UNSET)
		lines = FOLLOW_LINES;
	if (lines >= 0)
		r = query_events_last(q, (unsigned int)lines, types, &c);
	else
		r = query_events(q,
				 opt->since == TIME_UNSET ? INT64_MIN
							  : opt->since,
				 opt->until == TIME_UNSET ? INT64_MAX
							  : opt->until,
				 types, &c);
	return r ? r : output_rows(out, &c, &note);
}

/* Where the past ends the future begins: both from one state of the record. */
static int print_past_and_mark(const struct cli *cli, struct query *q,
			       const char *types, struct output *out,
			       struct event_cursor *mark)
{
	int r = query_begin(q);

	if (r)
		return r;
	r = query_event_end(q, mark);
	if (!r)
		r = print_past(cli, q, types, out);
	query_end(q);
	return r;
}

static int follow(struct query *q, const char *types, struct output *out,
		  struct event_cursor *mark)
{
	const struct timespec pause = { .tv_nsec = FOLLOW_POLL_MS * 1000000 };
	struct event_cursor next;
	struct cursor c;
	int r;

	for (;;) {
		r = output_flush(out);
		if (r)
			return r;
		nanosleep(&pause, NULL);
		r = query_begin(q);
		if (r)
			return r;
		r = query_event_end(q, &next);
		if (!r)
			r = query_events_behind(q, mark, types, &c);
		if (!r)
			r = output_rows(out, &c, &note);
		query_end(q);
		if (r)
			return r;
		*mark = next;
	}
}

static int check_arguments(const struct cli *cli, int argc, char **argv)
{
	if (argc) {
		message_error(cli, "takes no argument: %s", argv[0]);
		message_hint(cli, "give the types as --type %s", argv[0]);
		return CLI_USAGE;
	}
	if (cli->opt.follow && cli->opt.format == FORMAT_JSON) {
		message_error(cli, "--follow never ends, a JSON document must");
		message_hint(cli, "use --format jsonl");
		return CLI_USAGE;
	}
	if (cli->opt.follow && cli->opt.until != TIME_UNSET) {
		message_error(cli, "--follow and --until exclude each other");
		return CLI_USAGE;
	}
	return CLI_OK;
}

static int run(const struct cli *cli, struct reader *reader, const char *types)
{
	struct event_cursor mark = { 0 };
	struct output out;
	int r, end;

	r = output_begin(&out, cli, event_fields, EVENT_COUNT, output_head(),
			 "events");
	if (!r)
		r = print_past_and_mark(cli, reader->query, types, &out, &mark);
	if (!r && cli->opt.follow)
		r = follow(reader->query, types, &out, &mark);
	end = output_end(&out, NULL);
	if (r || end)
		return reader_failed(cli, reader, r ? r : end);
	if (out.rows)
		return CLI_OK;
	message_warn(cli, "no such event in the record");
	return CLI_NOTHING;
}

int cmd_events(struct cli *cli, int argc, char **argv)
{
	struct reader reader;
	char types[256];
	int r = check_arguments(cli, argc, argv);

	if (!r && cli->opt.type)
		r = parse_types(cli, types, sizeof(types));
	if (!r)
		r = reader_open(cli, &reader);
	if (r)
		return r;
	r = run(cli, &reader, cli->opt.type ? types : NULL);
	reader_close(&reader);
	return r;
}
