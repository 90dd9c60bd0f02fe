// SPDX-License-Identifier: GPL-2.0
/*
 * sysmonctl policy: the actions of the policy, what its rules say now, and
 * whether a policy is valid; knows no format.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explain.h"
#include "message.h"
#include "output.h"
#include "reader.h"
#include "record.h"

static void choose(struct query_filter *filter, const struct options *opt)
{
	filter->rule = opt->rule;
}

static int policy_log(struct cli *cli, int argc, char **argv)
{
	static const struct record actions = {
		.fields = action_fields,
		.count = ACTION_COUNT,
		.list = "actions",
		.none = "no such action in the record",
		.query = query_actions,
		.choose = choose,
	};

	return record_print(cli, &actions, argc, argv);
}

/* Says what is wrong, a line each, as the daemon does; a file is any bytes. */
static int invalid(const struct cli *cli, const struct config_error *err)
{
	const char *line = err->text;
	size_t len;

	message_error(cli, "the configuration is not valid");
	for (; *line; line += len + (line[len] == '\n')) {
		char *safe;

		len = strcspn(line, "\n");
		safe = text_terminal(line, len, cli->terminal.charset);
		fprintf(stderr, "%s\n", safe ? safe : "out of memory");
		free(safe);
	}
	return CLI_FAILED;
}

/* The main file may have sections that a drop-in may not. */
static bool is_drop_in(const char *path)
{
	const char *slash = strrchr(path, '/');

	return strcmp(slash ? slash + 1 : path, "sysmon.conf") != 0;
}

static void say_valid(const struct cli *cli, const char *path,
		      const struct config *config)
{
	char *safe = text_terminal(path, strlen(path), cli->terminal.charset);

	if (!cli->opt.quiet)
		printf("%s: valid, %zu rule%s\n", safe ? safe : "?",
		       config->rules, config->rules == 1 ? "" : "s");
	free(safe);
}

static int check_all(struct cli *cli, struct config_error *err)
{
	struct config config;

	if (config_load(cli->opt.config, cli->opt.policy_dir, &config, err))
		return invalid(cli, err);
	say_valid(cli, "the configuration", &config);
	config_free(&config);
	return CLI_OK;
}

static int policy_check(struct cli *cli, int argc, char **argv)
{
	static struct config_error err;
	int result = CLI_OK;

	if (!argc)
		return check_all(cli, &err);
	for (int i = 0; i < argc; i++) {
		struct config config;

		if (config_load_file(argv[i], is_drop_in(argv[i]), &config,
				     &err)) {
			result = invalid(cli, &err);
			continue;
		}
		say_valid(cli, argv[i], &config);
		config_free(&config);
	}
	return result;
}

/* The verdicts of a rule, or of all. */
struct verdicts {
	struct output out;
	const char *rule;
};

static int print_verdict(void *arg, const struct value *row)
{
	struct verdicts *v = arg;

	if (v->rule && !value_is(&row[VERDICT_RULE], v->rule))
		return 0;
	return output_row(&v->out, row);
}

static void say_no_verdict(const struct cli *cli, const struct config *config)
{
	const char *rule = cli->opt.rule;

	if (rule && !config_rule(config, rule))
		message_warn(cli, "there is no rule %s", rule);
	else
		message_warn(cli, config->rules ? "no container runs"
						: "there is no rule");
}

static int print_verdicts(struct cli *cli, struct reader *reader,
			  const struct config *config)
{
	struct verdicts v = { .rule = cli->opt.rule };
	int r, end;

	r = output_begin(&v.out, cli, verdict_fields, VERDICT_COUNT,
			 document_head(), "verdicts");
	if (!r)
		r = explain_all(reader->query, config, cli->now_ns,
				print_verdict, &v);
	end = output_end(&v.out);
	if (r || end)
		return reader_failed(cli, reader, r ? r : end);
	if (v.out.rows)
		return CLI_OK;
	say_no_verdict(cli, config);
	return CLI_NOTHING;
}

static int policy_explain_now(struct cli *cli, int argc, char **argv)
{
	static struct config_error err;
	struct config config;
	struct reader reader;
	int r;

	if (argc) {
		message_error(cli, "explain takes no argument: %s", argv[0]);
		return CLI_USAGE;
	}
	if (config_load(cli->opt.config, cli->opt.policy_dir, &config, &err))
		return invalid(cli, &err);
	r = reader_open(cli, &reader);
	if (!r) {
		r = print_verdicts(cli, &reader, &config);
		reader_close(&reader);
	}
	config_free(&config);
	return r;
}

/* What the rules say is said of now: nobody is to take it for the past. */
static bool wants_past(const struct cli *cli, const char *part)
{
	const struct options *opt = &cli->opt;

	if (opt->since == TIME_UNSET && opt->until == TIME_UNSET &&
	    opt->lines < 0)
		return false;
	message_error(cli, "--since, --until and --lines are not for policy %s",
		      part);
	message_hint(cli, "sysmonctl policy log takes them");
	return true;
}

int cmd_policy(struct cli *cli, int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(struct cli *cli, int argc, char **argv);
		bool of_now;
	} parts[] = {
		{ "log", policy_log, false },
		{ "explain", policy_explain_now, true },
		{ "check", policy_check, true },
	};
	char near[32];

	if (!argc)
		return policy_log(cli, 0, NULL);
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		if (strcmp(argv[0], parts[i].name) != 0)
			continue;
		if (parts[i].of_now && wants_past(cli, parts[i].name))
			return CLI_USAGE;
		return parts[i].run(cli, argc - 1, argv + 1);
	}
	message_error(cli, "no such part: %s", argv[0]);
	if (message_nearest(argv[0], "log|explain|check", near, sizeof(near)))
		message_hint(cli, "did you mean sysmonctl policy %s?", near);
	else
		message_hint(cli, "choose of log, explain and check");
	return CLI_USAGE;
}
