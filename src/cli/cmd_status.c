// SPDX-License-Identifier: GPL-2.0
/* sysmonctl status: collects and prints; health.c judges. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "cell.h"
#include "health.h"
#include "lib/db.h"
#include "lib/json.h"
#include "lib/nlctl.h"
#include "message.h"
#include "output.h"
#include "reader.h"

/* For people, and for programs. */
static const char *const verdicts[] = {
	[HEALTH_GOOD] = "running",
	[HEALTH_PROBLEMS] = "running, with problems",
	[HEALTH_DOWN] = "not running",
};
static const char *const verdict_words[] = {
	[HEALTH_GOOD] = "ok",
	[HEALTH_PROBLEMS] = "degraded",
	[HEALTH_DOWN] = "down",
};

/* The module's answer borrows from the connection, which stays open. */
static struct nlctl *ask_module(struct health *h)
{
	struct nlctl *ctl;

	h->module_error = nlctl_open(&ctl);
	if (!h->module_error)
		h->module_error = nlctl_module_get(ctl, &h->module);
	return ctl;
}

static int read_set(struct rowset *set, struct query *q,
		    int (*query)(struct query *q, struct cursor *c))
{
	struct cursor c;
	int r = query(q, &c);

	return r ? r : rowset_read(set, &c);
}

/* Times are seconds to the outside. */
static void convert_engine(json_t *engine)
{
	json_t *since = json_object_get(engine, "since_ns");
	struct value v = value_real(json_number_value(since) / 1e9);

	if (!json_is_number(since))
		return;
	json_object_set_new(engine, "since", json_value(&v, UNIT_TIME));
	json_object_del(engine, "since_ns");
}

static void parse_engines(struct health *h)
{
	unsigned int i;

	for (i = 0; i < h->status.count; i++) {
		const struct value *row = rowset_row(&h->status, i);

		if (value_is(&row[0], "engines") && row[1].type == VALUE_TEXT)
			h->engines =
				json_loadb(row[1].s.p, row[1].s.len, 0, NULL);
	}
	if (!json_is_array(h->engines)) {
		json_decref(h->engines);
		h->engines = NULL;
	}
	for (i = 0; i < json_array_size(h->engines); i++)
		convert_engine(json_array_get(h->engines, i));
}

/* Everything of the database, from one state of it. */
static int read_database(const struct cli *cli, struct query *q,
			 struct health *h)
{
	struct rowset store = { 0 };
	int r = query_begin(q);

	if (r)
		return r;
	heartbeat_read(q, &h->heartbeat);
	r = read_set(&h->status, q, query_status);
	if (!r)
		r = read_set(&h->gaps, q, query_gaps);
	if (!r)
		r = read_set(&h->jobs, q, query_jobs);
	if (!r)
		r = read_set(&store, q, query_store);
	query_end(q);
	if (r)
		return r;
	parse_engines(h);
	health_fill(h, cli->now_ns);
	health_fill_store(h, rowset_row(&store, 0));
	rowset_free(&store);
	return 0;
}

static void ask_host(const struct cli *cli, struct health *h)
{
	struct utsname name;

	if (uname(&name))
		name.release[0] = 0;
	host_read(&h->host, "", name.release, cli->opt.db);
}

/* A database that is not there, or not to be read, is a finding. */
static int collect(const struct cli *cli, struct health *h)
{
	struct db_error error;
	struct reader reader = { 0 };
	enum db_result result;
	int r = 0;

	result = db_open_ro(cli->opt.db, &reader.db, &error);
	if (result == DB_MISSING) {
		health_fill(h, cli->now_ns);
	} else if (result != DB_OK) {
		snprintf(h->db_error, sizeof(h->db_error), "%s", error.text);
		health_fill(h, cli->now_ns);
	} else {
		r = query_new(&reader.query, reader.db);
		if (!r)
			r = read_database(cli, reader.query, h);
		if (r)
			r = reader_failed(cli, &reader, r);
	}
	reader_close(&reader);
	h->row[HEALTH_DB_PATH] = value_text(cli->opt.db, strlen(cli->opt.db));
	health_judge(h, cli->now_ns);
	return r;
}

static json_t *problems_json(const struct health *h)
{
	json_t *list = json_array();
	unsigned int i;

	for (i = 0; i < h->problems; i++) {
		const char *what = h->problem[i].what;
		struct value v = value_text(what, strlen(what));

		json_array_append_new(list, json_pack("{s:b, s:o, s:s}", "down",
						      h->problem[i].weight ==
							      HEALTH_DOWN,
						      "what",
						      json_value(&v, UNIT_TEXT),
						      "remedy",
						      h->problem[i].remedy));
	}
	return list;
}

static json_t *rows_json(const struct field *fields, unsigned int count,
			 const struct rowset *set)
{
	json_t *list = json_array();
	unsigned int i;

	for (i = 0; i < set->count; i++)
		json_array_append_new(list,
				      json_row(fields, count,
					       rowset_row(set, i), SHOW_DOC));
	return list;
}

static int print_json(const struct health *h)
{
	json_t *doc = document_head(), *row;
	int r;

	json_object_set_new(doc, "verdict",
			    json_string(verdict_words[health_verdict(h)]));
	json_object_set_new(doc, "problems", problems_json(h));
	row = json_row(health_fields, HEALTH_COUNT, h->row, SHOW_DOC);
	json_object_update(doc, row);
	json_decref(row);
	json_object_set(doc, "engines", h->engines ? h->engines : json_null());
	json_object_set_new(doc, "jobs",
			    rows_json(job_fields, JOB_COUNT, &h->jobs));
	json_object_set_new(doc, "gaps",
			    rows_json(gap_fields, GAP_COUNT, &h->gaps));
	r = doc ? json_write(stdout, doc) : -ENOMEM;
	putchar('\n');
	json_decref(doc);
	return r;
}

/* The figures as two columns, one figure a line. */
static int print_csv(const struct cli *cli, const struct health *h)
{
	static const struct field fields[] = {
		{ .key = "key", .unit = UNIT_TEXT, .show = SHOW_DATA },
		{ .key = "value", .unit = UNIT_TEXT, .show = SHOW_DATA },
	};
	struct value row[2];
	struct output out;
	unsigned int i;
	int r, end;

	r = output_begin(&out, cli, fields, 2, NULL, "status");
	for (i = 0; !r && i < HEALTH_COUNT; i++) {
		const char *key = health_fields[i].key;

		row[0] = value_text(key, strlen(key));
		row[1] = h->row[i];
		r = output_row(&out, row);
	}
	end = output_end(&out);
	return r ? r : end;
}

static void print_line(const struct cli *cli, enum style style,
		       const char *prefix, const char *text)
{
	char *safe = text_terminal(text, strlen(text), cli->terminal.charset);
	const char word[] = { (char)style, 0 };

	style_print(stdout, word, cli->terminal.color);
	fputs(prefix, stdout);
	style_print(stdout, (const char[]){ STYLE_PLAIN, 0 },
		    cli->terminal.color);
	puts(safe ? safe : "");
	free(safe);
}

static void print_verdict(const struct cli *cli, const struct health *h)
{
	static const enum style styles[] = {
		[HEALTH_GOOD] = STYLE_GREEN,
		[HEALTH_PROBLEMS] = STYLE_YELLOW,
		[HEALTH_DOWN] = STYLE_ALARM,
	};
	unsigned int i;

	print_line(cli, styles[health_verdict(h)],
		   "sysmon: ", verdicts[health_verdict(h)]);
	for (i = 0; i < h->problems; i++) {
		print_line(cli, styles[h->problem[i].weight], "  ! ",
			   h->problem[i].what);
		print_line(cli, STYLE_DIM, "    hint: ", h->problem[i].remedy);
	}
}

/* "Module", with a line for each of its figures that is known. */
static void print_section(const struct cli *cli, const struct health *h,
			  const char *title, const char *prefix)
{
	unsigned int i;
	char *text;

	putchar('\n');
	print_line(cli, STYLE_BOLD, title, "");
	for (i = 0; i < HEALTH_COUNT; i++) {
		const struct field *field = &health_fields[i];

		if (!field->title || h->row[i].type == VALUE_NULL ||
		    strncmp(field->key, prefix, strlen(prefix)) != 0)
			continue;
		text = cell_text(&h->row[i], field->unit,
				 cli->terminal.charset);
		printf("  %-18s %s\n", field->title, text ? text : "");
		free(text);
	}
}

/* "docker  connected, API 1.41", or why it is not. */
static void print_engine(const struct cli *cli, json_t *engine)
{
	const char *name = json_string_value(json_object_get(engine, "name"));
	const char *state = json_string_value(json_object_get(engine, "state"));
	const char *api = json_string_value(json_object_get(engine, "api"));
	const char *error = json_string_value(json_object_get(engine, "error"));
	char line[512];

	snprintf(line, sizeof(line), "%-18s %s%s%s%s%s", name ? name : "-",
		 state ? state : "-", api ? ", API " : "", api ? api : "",
		 error ? ": " : "", error ? error : "");
	print_line(cli, STYLE_PLAIN, "  ", line);
}

static void print_engines(const struct cli *cli, const struct health *h)
{
	json_t *engine;
	size_t i;

	if (!json_array_size(h->engines))
		return;
	putchar('\n');
	print_line(cli, STYLE_BOLD, "Engines", "");
	json_array_foreach(h->engines, i, engine) print_engine(cli, engine);
}

static int print_rows(const struct cli *cli, const char *title,
		      const struct field *fields, unsigned int count,
		      const struct rowset *set)
{
	struct output out;
	unsigned int i;
	int r, end;

	if (!set->count)
		return 0;
	putchar('\n');
	print_line(cli, STYLE_BOLD, title, "");
	r = output_begin(&out, cli, fields, count, NULL, "");
	for (i = 0; !r && i < set->count; i++)
		r = output_row(&out, rowset_row(set, i));
	end = output_end(&out);
	return r ? r : end;
}

static int print_table(const struct cli *cli, const struct health *h)
{
	int r;

	print_verdict(cli, h);
	print_section(cli, h, "Module", "module.");
	print_section(cli, h, "Daemon", "daemon.");
	print_section(cli, h, "Policy", "policy.");
	print_section(cli, h, "Database", "database.");
	print_engines(cli, h);
	r = print_rows(cli, "Jobs", job_fields, JOB_COUNT, &h->jobs);
	return r ? r
		 : print_rows(cli, "Gaps in the record", gap_fields, GAP_COUNT,
			      &h->gaps);
}

static int exit_code_of(const struct health *h)
{
	if (health_verdict(h) == HEALTH_DOWN)
		return CLI_NOT_RUNNING;
	return *h->db_error ? CLI_FAILED : CLI_OK;
}

static int print_status(const struct cli *cli, const struct health *h)
{
	int r = 0;

	switch ((enum format)cli->opt.format) {
	case FORMAT_TABLE:
		r = print_table(cli, h);
		break;
	case FORMAT_JSON:
	case FORMAT_JSONL:
		r = print_json(h);
		break;
	case FORMAT_CSV:
		r = print_csv(cli, h);
		break;
	}
	if (!r && !fflush(stdout))
		return exit_code_of(h);
	message_error(cli, "cannot write the output: %s",
		      strerror(r == -ENOMEM ? ENOMEM : errno));
	return CLI_FAILED;
}

int cmd_status(struct cli *cli, int argc, char **argv)
{
	struct health *h;
	struct nlctl *ctl;
	int r;

	if (argc) {
		message_error(cli, "takes no argument: %s", argv[0]);
		return CLI_USAGE;
	}
	h = calloc(1, sizeof(*h));
	if (!h) {
		message_error(cli, "out of memory");
		return CLI_FAILED;
	}
	ctl = ask_module(h);
	ask_host(cli, h);
	r = collect(cli, h);
	if (!r)
		r = print_status(cli, h);
	nlctl_close(ctl);
	rowset_free(&h->status);
	rowset_free(&h->gaps);
	rowset_free(&h->jobs);
	json_decref(h->engines);
	free(h);
	return r;
}
