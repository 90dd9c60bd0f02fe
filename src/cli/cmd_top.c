// SPDX-License-Identifier: GPL-2.0
/* sysmonctl top: one tick printed, or the live view; knows no format. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "header.h"
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
	header_put(s, to);
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
		memcpy(state.newest, s->tick, sizeof(state.newest));
		if (!view_alarm(&state, buf, sizeof(buf)))
			return false;
		message_warn(cli, "%s", buf);
		return true;
	}
	if (!snapshot_is_stale(s->tick, state.now_ns))
		return false;
	message_warn(cli, "no sample at that time; this is from %s before it",
		     duration_format(state.now_ns - snapshot_ts_ns(s), age,
				     sizeof(age)));
	return true;
}

/* The columns of a printed table that were chosen, in their order. */
struct choice {
	struct field fields[TOP_COUNT];
	const struct columns *columns;
};

static void choose(struct choice *choice, const struct columns *columns)
{
	unsigned int i;

	choice->columns = columns;
	for (i = 0; i < columns->count; i++) {
		choice->fields[i] = top_fields[columns->field[i]];
		choice->fields[i].show = SHOW_TABLE;
		choice->fields[i].drop = 0;
	}
}

static int print_chosen(struct output *out, const struct choice *choice,
			const struct value *row)
{
	struct value chosen[TOP_COUNT];
	unsigned int i;

	for (i = 0; i < choice->columns->count; i++)
		chosen[i] = row[choice->columns->field[i]];
	return output_row(out, chosen);
}

static int print_rows(struct output *out, const struct snapshot *s,
		      const struct choice *choice)
{
	unsigned int i;
	int r = 0;

	for (i = 0; !r && i < s->shown; i++) {
		const struct value *row =
			rowset_row(&s->containers, s->order[i]);

		r = choice ? print_chosen(out, choice, row)
			   : output_row(out, row);
	}
	return r;
}

static int print_once(const struct cli *cli, const struct reader *reader,
		      const struct snapshot *s, const struct columns *columns)
{
	bool table = cli->opt.format == FORMAT_TABLE;
	bool chosen = table && cli->opt.columns;
	bool stale = warn_stale(cli, reader, s);
	struct choice choice;
	struct output out;
	int r, end;

	if (table && print_header(cli, s)) {
		message_error(cli, "out of memory");
		return CLI_FAILED;
	}
	choose(&choice, columns);
	r = output_begin(&out, cli, chosen ? choice.fields : top_fields,
			 chosen ? columns->count : TOP_COUNT,
			 snapshot_head(s, stale), "containers");
	if (!r)
		r = print_rows(&out, s, chosen ? &choice : NULL);
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

/* --columns; what a screen has when not given. */
static int parse_columns(const struct cli *cli, struct columns *columns)
{
	const char *bad;
	char word[40];
	size_t len;

	columns_default(columns);
	if (!cli->opt.columns ||
	    !columns_parse(columns, cli->opt.columns, &bad, &len))
		return CLI_OK;
	snprintf(word, sizeof(word), "%.*s", (int)len, bad);
	message_error(cli, "--columns %s: no such column, or given twice",
		      word);
	message_hint(cli,
		     "choose of %s, age, image, command, or the keys of "
		     "top --json, with commas",
		     snapshot_sort_words);
	return CLI_USAGE;
}

static int parse_filter(const struct cli *cli, struct view *view)
{
	const char *filter = cli->opt.filter ? cli->opt.filter : "";

	if (strlen(filter) >= sizeof(view->filter)) {
		message_error(cli, "--filter: at most %zu bytes",
			      sizeof(view->filter) - 1);
		return CLI_USAGE;
	}
	snprintf(view->filter, sizeof(view->filter), "%s", filter);
	return CLI_OK;
}

static int load(const struct cli *cli, const struct reader *reader,
		const struct view *view, struct scene *scene)
{
	int r;

	if (cli->opt.at == TIME_UNSET)
		r = scene_load(scene, reader->query, TICK_NEWEST, 0);
	else
		r = scene_load(scene, reader->query, TICK_AT, cli->opt.at);
	if (r > 0)
		r = scene_arrange(scene, view->sort, false, view->filter,
				  view->tree);
	if (r < 0)
		return reader_failed(cli, reader, r);
	if (scene->snapshot.loaded)
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
	struct scene scene = { 0 };
	int r = load(cli, reader, view, &scene);

	if (!r && !view->live) {
		view->jump_ns = cli->opt.at;
		view_note_jump(view, &scene.snapshot);
	}
	if (!r && live)
		r = tui_run(cli, reader, view, &scene);
	else if (!r)
		r = print_once(cli, reader, &scene.snapshot, &view->columns);
	scene_free(&scene);
	return r;
}

int cmd_top(struct cli *cli, int argc, char **argv)
{
	struct view view = {
		.live = cli->opt.at == TIME_UNSET,
		.tree = cli->opt.tree,
	};
	struct reader reader;
	int r;

	if (argc) {
		message_error(cli, "takes no argument: %s", argv[0]);
		message_hint(cli, "--filter %s shows that alone", argv[0]);
		return CLI_USAGE;
	}
	r = parse_sort(cli, &view.sort);
	if (!r)
		r = parse_columns(cli, &view.columns);
	if (!r)
		r = parse_filter(cli, &view);
	if (!r)
		r = reader_open(cli, &reader);
	if (r)
		return r;
	r = show(cli, &reader, &view);
	reader_close(&reader);
	return r;
}
