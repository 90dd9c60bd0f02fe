// SPDX-License-Identifier: GPL-2.0
/* sysmonctl top: one tick printed, or the live view; knows no format. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/heartbeat.h"
#include "lib/timerange.h"
#include "message.h"
#include "output.h"
#include "reader.h"
#include "tui.h"

static int print_header(const struct cli *cli, const struct snapshot *s)
{
	char *lines = NULL;
	size_t size;
	FILE *to = open_memstream(&lines, &size);

	if (!to)
		return -1;
	view_header(s, to);
	putc('\n', to);
	if (fclose(to)) {
		free(lines);
		return -1;
	}
	style_print(stdout, lines, cli->terminal.color);
	free(lines);
	return 0;
}

/* What is shown is old: said on stderr, whatever the format. */
static bool warn_stale(const struct cli *cli, const struct reader *reader,
		       const struct snapshot *s)
{
	struct view_state state = {
		.now_ns = cli->opt.at == TIME_UNSET ? cli->now_ns : cli->opt.at,
	};
	char buf[160], age[32];

	if (cli->opt.at == TIME_UNSET) {
		heartbeat_read(reader->query, &state.heartbeat);
		if (!view_alarm(s, &state, buf, sizeof(buf)))
			return false;
		message_warn(cli, "%s", buf);
		return true;
	}
	if (!snapshot_is_stale(s, state.now_ns))
		return false;
	message_warn(cli, "no sample at that time; this is from %s before it",
		     duration_format(state.now_ns - snapshot_ts_ns(s), age,
				     sizeof(age)));
	return true;
}

static int print_rows(struct output *out, const struct snapshot *s)
{
	unsigned int i;
	int r = 0;

	for (i = 0; !r && i < s->shown; i++)
		r = output_row(out, rowset_row(&s->containers, s->order[i]));
	return r;
}

static int print_once(const struct cli *cli, const struct reader *reader,
		      const struct snapshot *s)
{
	bool stale = warn_stale(cli, reader, s);
	struct output out;
	int r, end;

	if (cli->opt.format == FORMAT_TABLE && print_header(cli, s)) {
		message_error(cli, "out of memory");
		return CLI_FAILED;
	}
	r = output_begin(&out, cli, top_fields, TOP_COUNT,
			 snapshot_head(s, stale), "containers");
	if (!r)
		r = print_rows(&out, s);
	end = output_end(&out);
	if (r || end)
		return reader_failed(cli, reader, r ? r : end);
	return CLI_OK;
}

/* --sort; cpu when not given. */
static int parse_sort(const struct cli *cli, unsigned int *field)
{
	const char *word = cli->opt.sort ? cli->opt.sort : "cpu";
	int found = snapshot_sort_field(word);
	char near[32];

	if (found >= 0) {
		*field = (unsigned int)found;
		return CLI_OK;
	}
	message_error(cli, "--sort %s: no such key", word);
	if (message_nearest(word, snapshot_sort_words, near, sizeof(near)))
		message_hint(cli, "did you mean %s?", near);
	else
		message_hint(cli, "choose one of %s, or a key of top --json",
			     snapshot_sort_words);
	return CLI_USAGE;
}

static int load(const struct cli *cli, const struct reader *reader,
		const struct view *view, struct snapshot *s)
{
	int r;

	if (cli->opt.at == TIME_UNSET)
		r = snapshot_load(s, reader->query, TICK_NEWEST, 0);
	else
		r = snapshot_load(s, reader->query, TICK_AT, cli->opt.at);
	if (r > 0)
		r = snapshot_arrange(s, view->sort, false, view->filter);
	if (r < 0)
		return reader_failed(cli, reader, r);
	if (s->loaded)
		return CLI_OK;
	message_error(cli, "no sample recorded%s",
		      cli->opt.at == TIME_UNSET ? " yet" : " by then");
	message_hint(cli, "sysmonctl status says what is missing");
	return CLI_NOTHING;
}

static int show(struct cli *cli, const struct reader *reader, struct view *view)
{
	bool live = !cli->opt.once && cli->terminal.is_tty &&
		    !cli->terminal.is_dumb && isatty(STDIN_FILENO) &&
		    cli->opt.format == FORMAT_TABLE;
	struct snapshot snapshot = { 0 };
	int r = load(cli, reader, view, &snapshot);

	if (!r && live)
		r = tui_run(cli, reader, view, &snapshot);
	else if (!r)
		r = print_once(cli, reader, &snapshot);
	snapshot_free(&snapshot);
	return r;
}

int cmd_top(struct cli *cli, int argc, char **argv)
{
	struct view view = { .live = cli->opt.at == TIME_UNSET };
	struct reader reader;
	int r;

	if (argc) {
		message_error(cli, "takes no argument: %s", argv[0]);
		message_hint(cli, "--filter %s shows that alone", argv[0]);
		return CLI_USAGE;
	}
	r = parse_sort(cli, &view.sort);
	if (!r && cli->opt.filter &&
	    strlen(cli->opt.filter) >= sizeof(view.filter)) {
		message_error(cli, "--filter: at most %zu bytes",
			      sizeof(view.filter) - 1);
		r = CLI_USAGE;
	}
	if (r)
		return r;
	if (cli->opt.filter)
		snprintf(view.filter, sizeof(view.filter), "%s",
			 cli->opt.filter);
	r = reader_open(cli, &reader);
	if (r)
		return r;
	r = show(cli, &reader, &view);
	reader_close(&reader);
	return r;
}
