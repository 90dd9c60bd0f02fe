// SPDX-License-Identifier: GPL-2.0
/* sysmonctl set: the module's settings; knows nothing of the database. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "lib/nlctl.h"
#include "lib/timerange.h"
#include "message.h"

#define KEYS "interval|match"

static int parse_interval(const struct cli *cli, const char *value,
			  struct nlctl_config *config)
{
	const char *why;
	int64_t ns;

	if (duration_parse(value, &ns, &why)) {
		message_error(cli, "interval=%s: %s", value, why);
		return CLI_USAGE;
	}
	if (ns < SYSMON_INTERVAL_MIN_NS || ns > SYSMON_INTERVAL_MAX_NS) {
		message_error(cli, "interval=%s: out of range", value);
		message_hint(cli, "give something from 100ms to 60s");
		return CLI_USAGE;
	}
	config->have_interval = true;
	config->interval_ns = (uint64_t)ns;
	return CLI_OK;
}

/* Splits value, which it changes, at the commas. */
static int parse_match(const struct cli *cli, char *value,
		       struct nlctl_config *config)
{
	char *pattern, *rest = value;

	config->have_match = true;
	config->matches = 0;
	while ((pattern = strsep(&rest, ","))) {
		if (!*pattern)
			continue;
		if (strlen(pattern) > SYSMON_MATCH_LEN_MAX) {
			message_error(cli,
				      "match: a pattern is longer than %d "
				      "bytes: %s",
				      SYSMON_MATCH_LEN_MAX, pattern);
			return CLI_USAGE;
		}
		if (config->matches == SYSMON_MATCH_MAX) {
			message_error(cli, "match: more than %d patterns",
				      SYSMON_MATCH_MAX);
			return CLI_USAGE;
		}
		config->match[config->matches++] = pattern;
	}
	return CLI_OK;
}

static int parse_setting(const struct cli *cli, char *word,
			 struct nlctl_config *config)
{
	char *equals = strchr(word, '='), near[32];

	if (!equals) {
		message_error(cli, "%s: not of the form KEY=VALUE", word);
		message_hint(cli, "such as interval=500ms");
		return CLI_USAGE;
	}
	*equals = 0;
	if (!strcmp(word, "interval"))
		return parse_interval(cli, equals + 1, config);
	if (!strcmp(word, "match"))
		return parse_match(cli, equals + 1, config);
	message_error(cli, "no such setting: %s", word);
	if (message_nearest(word, KEYS, near, sizeof(near)))
		message_hint(cli, "did you mean %s=%s?", near, equals + 1);
	else
		message_hint(cli, "there are interval and match");
	return CLI_USAGE;
}

static int explain(const struct cli *cli, int error, const char *why)
{
	switch (error) {
	case -ENOENT:
		message_error(cli, "the module sysmon is not loaded");
		message_hint(cli, "modprobe sysmon");
		return CLI_NOT_RUNNING;
	case -EPERM:
	case -EACCES:
		message_error(cli, "not permitted: this needs CAP_NET_ADMIN");
		message_hint(cli, "run it as root: sudo sysmonctl set ...");
		return CLI_FAILED;
	default:
		message_error(cli, "the module refused: %s%s%s",
			      strerror(-error), why ? ": " : "",
			      why ? why : "");
		return CLI_FAILED;
	}
}

int cmd_set(struct cli *cli, int argc, char **argv)
{
	struct nlctl_config config = { 0 };
	const char *why = NULL;
	struct nlctl *ctl;
	int i, r = CLI_OK;

	if (!argc) {
		message_error(cli, "what is to be set?");
		message_hint(cli, "such as interval=500ms; see sysmonctl set "
				  "--help");
		return CLI_USAGE;
	}
	for (i = 0; !r && i < argc; i++)
		r = parse_setting(cli, argv[i], &config);
	if (r)
		return r;
	r = nlctl_open(&ctl);
	if (!r)
		r = nlctl_config_set(ctl, &config, &why);
	if (r)
		r = explain(cli, r, why);
	nlctl_close(ctl);
	return r;
}
