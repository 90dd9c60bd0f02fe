// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the tests of the configuration: what is read, and the words for what is
 * wrong. Writes its files into a directory of its own.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include <cmocka.h>

#include "collectord/config.h"

#define SECOND 1000000000ULL

static int parse(const char *text, struct config *config,
		 struct config_error *err)
{
	return config_parse("f", text, strlen(text), config, err);
}

static void parse_ok(const char *text, struct config *config)
{
	struct config_error err;

	if (parse(text, config, &err) != 0)
		fail_msg("unexpected error: %s", err.text);
}

static void assert_errors(const char *text, unsigned int count,
			  const char *message)
{
	struct config_error err;
	struct config config;

	assert_int_equal(parse(text, &config, &err), -EINVAL);
	assert_string_equal(err.text, message);
	assert_int_equal(err.count, count);
	assert_null(config.database);
}

/* Expects exactly the one error. */
static void assert_error(const char *text, const char *message)
{
	assert_errors(text, 1, message);
}

static void test_an_empty_file_gives_the_defaults(void **state)
{
	struct config config;

	(void)state;
	parse_ok("", &config);

	assert_string_equal(config.database, CONFIG_DEFAULT_DATABASE);
	assert_int_equal(config.interval_ns, SECOND);
	assert_int_equal(config.commit_interval_ns, SECOND);
	assert_int_equal(config.receive_buffer, 8 << 20);
	assert_int_equal(config.log_level, LOG_INFO);
	assert_int_equal(config.engines, 2);
	assert_string_equal(config.engine[0].name, "docker");
	assert_string_equal(config.engine[0].socket, "/run/docker.sock");
	assert_int_equal(config.engine[0].enabled, ENGINE_AUTO);
	assert_string_equal(config.engine[1].name, "podman");
	assert_int_equal(config.rules, 0);
	assert_int_equal(config.jobs, 0);
	assert_int_equal(config.matches, 0);
	config_free(&config);
}

static void test_the_collector_section_is_read(void **state)
{
	struct config config;

	(void)state;
	parse_ok("[collector]\ndatabase = /tmp/x.db\ninterval=500ms\n"
		 "commit_interval=2s\nreceive_buffer=256K\nlog_level=debug\nmatch=machine-*.scope\n"
		 "match=lxc.payload.*\n",
		 &config);

	assert_string_equal(config.database, "/tmp/x.db");
	assert_int_equal(config.interval_ns, SECOND / 2);
	assert_int_equal(config.commit_interval_ns, 2 * SECOND);
	assert_int_equal(config.receive_buffer, 256 << 10);
	assert_int_equal(config.log_level, LOG_DEBUG);
	assert_int_equal(config.matches, 2);
	assert_string_equal(config.match[0], "machine-*.scope");
	assert_string_equal(config.match[1], "lxc.payload.*");
	config_free(&config);
}

static void test_engines_are_read(void **state)
{
	struct config config;

	(void)state;
	parse_ok("[engine]\n[engine podman]\nenabled=auto\n"
		 "[engine other]\nsocket=/run/other.sock\nenabled=no\n",
		 &config);

	assert_int_equal(config.engines, 3);
	assert_string_equal(config.engine[0].name, "docker");
	assert_string_equal(config.engine[0].socket, "/run/docker.sock");
	assert_int_equal(config.engine[0].enabled, ENGINE_ON);
	assert_string_equal(config.engine[1].socket, "/run/podman/podman.sock");
	assert_int_equal(config.engine[1].enabled, ENGINE_AUTO);
	assert_string_equal(config.engine[2].socket, "/run/other.sock");
	assert_int_equal(config.engine[2].enabled, ENGINE_OFF);
	config_free(&config);
}

static void test_a_policy_is_read(void **state)
{
	const struct policy_rule *rule;
	struct config config;

	(void)state;
	parse_ok("[policy a.b-c_1]\nmatch_command=stress\nmatch_image=^x/\n"
		 "match_name=n\nmatch_label=k\nmatch_label=k2=v=w\n"
		 "group_by_command=--(cpu|io)\nkeep=2\nkeep_which=newest\n"
		 "every=5s\ngrace=0s\nmode=dry-run\nenabled=no\n",
		 &config);

	assert_int_equal(config.rules, 1);
	rule = &config.rule[0];
	assert_string_equal(rule->name, "a.b-c_1");
	assert_false(rule->enabled);
	assert_int_equal(rule->matches, 5);
	assert_int_equal(rule->match[0].field, POLICY_COMMAND);
	assert_int_equal(rule->match[1].field, POLICY_IMAGE);
	assert_int_equal(rule->match[2].field, POLICY_NAME);
	assert_int_equal(rule->match[3].field, POLICY_LABEL);
	assert_string_equal(rule->match[3].label, "k");
	assert_null(rule->match[3].pattern);
	assert_string_equal(rule->match[4].label, "k2");
	assert_string_equal(rule->match[4].pattern, "v=w");
	assert_true(rule->have_group);
	assert_int_equal(rule->keep, 2);
	assert_int_equal(rule->keep_which, POLICY_NEWEST);
	assert_int_equal(rule->every_ns, 5 * SECOND);
	assert_int_equal(rule->grace_s, 0);
	assert_int_equal(rule->mode, POLICY_DRY_RUN);
	config_free(&config);
}

static void test_a_policys_action_is_read(void **state)
{
	const struct policy_rule *rule;
	struct config config;

	(void)state;
	parse_ok("[collector]\nmax_actions_per_minute=7\n"
		 "[policy k]\nmatch_name=x\nwhen=cpu > 80% for 60s\n"
		 "when=mem > 90% of limit for 30s\naction=kill\n"
		 "signal=SIGTERM\norder=most-cpu\nhold_down=30s\nretries=3\n"
		 "retry_wait=5s\nmax_per_minute=2\n"
		 "[policy e]\nmatch_name=x\naction=exec\n"
		 "exec=notify \"$SYSMON_CONTAINER_NAME\" # not a comment\n"
		 "timeout=7s\n",
		 &config);

	assert_int_equal(config.max_actions_per_minute, 7);
	rule = &config.rule[0];
	assert_int_equal(rule->whens, 2);
	assert_string_equal(rule->when[1].text, "mem > 90% of limit for 30s");
	assert_int_equal(rule->verb, POLICY_VERB_KILL);
	assert_int_equal(rule->signal, 15);
	assert_true(rule->have_order);
	assert_int_equal(rule->order, POLICY_MOST_CPU);
	assert_int_equal(rule->hold_down_ns, 30000000000);
	assert_int_equal(rule->retries, 3);
	assert_int_equal(rule->retry_wait_ns, 5000000000);
	assert_int_equal(rule->max_per_minute, 2);
	assert_int_equal(rule->keep, 0);
	rule = &config.rule[1];
	assert_int_equal(rule->verb, POLICY_VERB_EXEC);
	assert_string_equal(rule->exec, "notify \"$SYSMON_CONTAINER_NAME\" # "
					"not a comment");
	assert_int_equal(rule->timeout_ns, 7000000000);
	assert_int_equal(rule->keep, 1);
	config_free(&config);
}

static void test_a_policys_action_that_is_wrong_is_explained(void **state)
{
	(void)state;
	assert_error("[policy p]\nmatch_name=x\nwhen=cpu > 80 for 1s\n",
		     "f:3: when: \"80\" is not a share of one CPU such as 80% "
		     "or 150%");
	assert_error("[policy p]\nmatch_name=x\naction=halt\n",
		     "f:3: action: \"halt\" is not stop, kill, pause, "
		     "restart, exec or log");
	assert_error("[policy p]\nmatch_name=x\naction=exec\n",
		     "f:1: [policy p] has action = exec and needs a key exec "
		     "with the command");
	assert_error("[policy p]\nmatch_name=x\nexec=true\n",
		     "f:1: [policy p] has a key exec, which needs action = "
		     "exec");
	assert_error("[policy p]\nmatch_name=x\nsignal=9\n",
		     "f:1: [policy p] has a key signal, which needs action = "
		     "kill");
	assert_error("[policy p]\nmatch_name=x\naction=kill\nsignal=SIGFOO\n",
		     "f:4: signal: \"SIGFOO\" is not a signal such as SIGTERM, "
		     "KILL or 15");
	assert_error("[policy p]\nmatch_name=x\nmax_per_minute=0\n",
		     "f:3: max_per_minute: \"0\" is not a number from 1 to "
		     "1000");
	assert_error("[policy p]\nmatch_name=x\nretries=101\n",
		     "f:3: retries: \"101\" is not a number from 0 to 100");
	assert_error("[policy p]\nmatch_name=x\nwhen=cpu > 1% for 1s\n"
		     "when=cpu > 1% for 1s\nwhen=cpu > 1% for 1s\n"
		     "when=cpu > 1% for 1s\nwhen=cpu > 1% for 1s\n",
		     "f:7: when: more than 4 in a rule");
}

static void test_a_policy_has_defaults(void **state)
{
	const struct policy_rule *rule;
	struct config config;

	(void)state;
	parse_ok("[policy p]\nmatch_name=x\n", &config);

	rule = &config.rule[0];
	assert_true(rule->enabled);
	assert_false(rule->have_group);
	assert_int_equal(rule->keep, 1);
	assert_int_equal(rule->keep_which, POLICY_OLDEST);
	assert_int_equal(rule->verb, POLICY_VERB_STOP);
	assert_int_equal(rule->retries, 5);
	assert_int_equal(rule->retry_wait_ns, 60000000000);
	assert_int_equal(rule->hold_down_ns, 0);
	assert_int_equal(rule->every_ns, 25 * SECOND);
	assert_int_equal(rule->grace_s, 10);
	assert_int_equal(rule->mode, POLICY_ENFORCE);
	config_free(&config);
}

static void test_jobs_are_read(void **state)
{
	struct config config;

	(void)state;
	parse_ok("[job spawn]\nexec=/bin/x a=b # c\nevery=40s\ntimeout=2m\n"
		 "[startup up]\nexec=docker compose up -d\n",
		 &config);

	assert_int_equal(config.jobs, 2);
	assert_string_equal(config.job[0].name, "spawn");
	assert_int_equal(config.job[0].kind, JOB_SCHEDULE);
	assert_string_equal(config.job[0].command, "/bin/x a=b # c");
	assert_int_equal(config.job[0].every_ns, 40 * SECOND);
	assert_int_equal(config.job[0].timeout_ns, 120 * SECOND);
	assert_int_equal(config.job[1].kind, JOB_STARTUP);
	assert_string_equal(config.job[1].command, "docker compose up -d");
	assert_int_equal(config.job[1].every_ns, 0);
	assert_int_equal(config.job[1].timeout_ns, 300 * SECOND);
	config_free(&config);
}

static void test_blanks_comments_and_line_ends_do_not_matter(void **state)
{
	struct config config;

	(void)state;
	parse_ok("\xef\xbb\xbf[ policy  p ]\r\n; c\n# c\n\n"
		 "\tmatch_name = x\r\n   keep :3",
		 &config);

	assert_string_equal(config.rule[0].name, "p");
	assert_string_equal(config.rule[0].match[0].pattern, "x");
	assert_int_equal(config.rule[0].keep, 3);
	config_free(&config);
}

static void test_durations(void **state)
{
	static const char *const bad[] = {
		"",    "5",    "s",  "-1s",	    "1.5s",
		"5 s", "5sec", "1w", "9223372037s", "99999999999999999999s"
	};
	uint64_t ns;

	(void)state;
	assert_int_equal(config_duration("500ms", &ns), 0);
	assert_int_equal(ns, SECOND / 2);
	assert_int_equal(config_duration("25s", &ns), 0);
	assert_int_equal(ns, 25 * SECOND);
	assert_int_equal(config_duration("2m", &ns), 0);
	assert_int_equal(ns, 120 * SECOND);
	assert_int_equal(config_duration("1h", &ns), 0);
	assert_int_equal(ns, 3600 * SECOND);
	assert_int_equal(config_duration("60d", &ns), 0);
	assert_int_equal(ns, 60 * 24 * 3600 * SECOND);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(config_duration(bad[i], &ns), -EINVAL);
}

static void test_sizes(void **state)
{
	static const char *const bad[] = {
		"",	"K",   "-1K", "1.5M",
		"8 M",	"8MB", "8m",  "8589934592G",
		"0x10", "1T",  "+1",  "9223372036854775808"
	};
	uint64_t bytes;

	(void)state;
	assert_int_equal(config_size("65536", &bytes), 0);
	assert_int_equal(bytes, 65536);
	assert_int_equal(config_size("256K", &bytes), 0);
	assert_int_equal(bytes, 256 << 10);
	assert_int_equal(config_size("8M", &bytes), 0);
	assert_int_equal(bytes, 8 << 20);
	assert_int_equal(config_size("1G", &bytes), 0);
	assert_int_equal(bytes, 1 << 30);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(config_size(bad[i], &bytes), -EINVAL);
}

static void test_the_receive_buffer_has_bounds(void **state)
{
	struct config config;

	(void)state;
	parse_ok("[collector]\nreceive_buffer=64K\n", &config);
	assert_int_equal(config.receive_buffer, 64 << 10);
	config_free(&config);
	parse_ok("[collector]\nreceive_buffer=1G\n", &config);
	assert_int_equal(config.receive_buffer, 1 << 30);
	config_free(&config);
	assert_error("[collector]\nreceive_buffer=65535\n",
		     "f:2: receive_buffer: 65535 is out of range, allowed is "
		     "64K to 1G");
	assert_error("[collector]\nreceive_buffer=1025M\n",
		     "f:2: receive_buffer: 1025M is out of range, allowed is "
		     "64K to 1G");
	assert_error("[collector]\n\nreceive_buffer=8MB\n",
		     "f:3: receive_buffer: \"8MB\" is not a size such as "
		     "65536, 256K, 8M or 1G");
}

static void test_retention_has_defaults_and_bounds(void **state)
{
	const uint64_t day = UINT64_C(86400000000000);
	struct config config;

	(void)state;
	parse_ok("", &config);
	assert_int_equal(config.retention.raw_ns, 2 * day);
	assert_int_equal(config.retention.minutes_ns, 60 * day);
	assert_int_equal(config.retention.hours_ns, 730 * day);
	assert_int_equal(config.retention.size_bytes, 1 << 30);
	config_free(&config);
	parse_ok("[retention]\nraw=36h\nminutes=7d\nhours=90d\nsize=4G\n",
		 &config);
	assert_int_equal(config.retention.raw_ns, 36 * day / 24);
	assert_int_equal(config.retention.minutes_ns, 7 * day);
	assert_int_equal(config.retention.hours_ns, 90 * day);
	assert_int_equal(config.retention.size_bytes, UINT64_C(4) << 30);
	config_free(&config);
	assert_error("[retention]\nraw=59m\n",
		     "f:2: raw: 59m is out of range, allowed is 3600s to "
		     "3.1536e+08s");
	assert_error("[retention]\nsize=15M\n",
		     "f:2: size: 15M is out of range, allowed is 16M and more");
	assert_error("[retention]\nsize=much\n",
		     "f:2: size: \"much\" is not a size such as 512M or 4G");
}

static void test_unknown_names_get_a_suggestion(void **state)
{
	(void)state;
	assert_error("[polcy x]\nmatch_name=x\n",
		     "f:1: unknown section [polcy]: did you mean [policy]?");
	assert_error("[nonsense]\n",
		     "f:1: unknown section [nonsense]: expected collector, "
		     "retention, http, engine, policy, job or startup");
	assert_error("[collector]\n\nintervall=1s\n",
		     "f:3: unknown key \"intervall\" in [collector]: did you "
		     "mean \"interval\"?");
	assert_error("[startup s]\nexec=x\nevery=3s\n",
		     "f:3: unknown key \"every\" in [startup]: expected exec "
		     "or timeout");
}

static void test_bad_values_name_key_and_what_is_allowed(void **state)
{
	(void)state;
	assert_error("[collector]\ninterval=10\n",
		     "f:2: interval: \"10\" is not a duration such as 500ms, "
		     "25s, 2m or 1h");
	assert_error("[collector]\ninterval=99ms\n",
		     "f:2: interval: 99ms is out of range, allowed is 0.1s to "
		     "60s");
	assert_error("[collector]\nlog_level=loud\n",
		     "f:2: log_level: \"loud\" is not error, warning, notice, "
		     "info or debug");
	assert_error("[collector]\ndatabase=x.db\n",
		     "f:2: database: \"x.db\" is not an absolute path");
	assert_error("[engine]\nenabled=maybe\n",
		     "f:2: enabled: \"maybe\" is not yes, no or auto");
	assert_error("[policy p]\nmatch_name=x\nkeep=-1\n",
		     "f:3: keep: \"-1\" is not a number from 0 to 1000000");
	assert_error("[policy p]\nmatch_name=x\nmode=dry\n",
		     "f:3: mode: \"dry\" is not enforce or dry-run");
	assert_error("[policy p]\nmatch_name=x\ngrace=1500ms\n",
		     "f:3: grace: 1500ms is not in whole seconds, as engines "
		     "take it");
	assert_errors("[policy p]\nmatch_name=\n", 2,
		      "f:2: match_name has no value\n"
		      "f:1: [policy p] needs at least one of match_command, "
		      "match_image, match_name and match_label");
}

static void test_bad_expressions_are_refused(void **state)
{
	(void)state;
	assert_error("[policy p]\nmatch_command=(x\n",
		     "f:2: match_command: bad regular expression \"(x\": "
		     "Unmatched ( or \\(");
	assert_error("[policy p]\nmatch_command=(a)\\1\n",
		     "f:2: match_command: bad regular expression \"(a)\\1\": "
		     "back-references are not allowed");
	assert_error("[policy p]\nmatch_command=a++++++++++++++++++++++++\n",
		     "f:2: match_command: bad regular expression "
		     "\"a++++++++++++++++++++++++\": more than two repetitions "
		     "in a row");
	assert_error("[policy p]\nmatch_command=b\\++a???\n",
		     "f:2: match_command: bad regular expression "
		     "\"b\\++a???\": more than two repetitions in a row");
	assert_error("[policy p]\nmatch_command=a{2}{1,2}{2}\n",
		     "f:2: match_command: bad regular expression "
		     "\"a{2}{1,2}{2}\": more than two repetitions in a row");
	assert_error("[policy p]\nmatch_command="
		     "(((((((((((a)+)+)+)+)+)+)+)+)+)+)+\n",
		     "f:2: match_command: bad regular expression "
		     "\"(((((((((((a)+)+)+)+)+)+)+)+)+)+)+\": repetitions {} "
		     "multiply to more than 1024");
	assert_error("[policy p]\nmatch_command=((a{1,99}){1,99})\n",
		     "f:2: match_command: bad regular expression "
		     "\"((a{1,99}){1,99})\": repetitions {} multiply to more "
		     "than 1024");
	assert_error("[policy p]\nmatch_name=x\ngroup_by_command=--cpu\n",
		     "f:3: group_by_command: bad regular expression "
		     "\"--cpu\": needs a part in parentheses, which names the "
		     "group");
	assert_error("[policy p]\nmatch_label==x\n",
		     "f:2: match_label: expected LABEL=REGEX or LABEL");
	assert_error("[policy p]\nmatch_name=x\ngroup_by_label=tier\n",
		     "f:3: group_by_label: expected LABEL=REGEX");
}

static void test_what_only_looks_costly_is_allowed(void **state)
{
	struct config config;

	(void)state;
	parse_ok("[policy p]\nmatch_name=[\\1]{2}\\{9999[{9999]\\\\1\n"
		 "match_name=[]{9999}[:alpha:]{8888}]\n"
		 "match_image=x}+.*?\\+++[+*??+]}\n",
		 &config);
	config_free(&config);
}

static void test_duplicates_are_refused(void **state)
{
	(void)state;
	assert_error("[collector]\n[collector]\n",
		     "f:2: [collector] is here twice, first at f:1");
	assert_error("[engine]\n[engine docker]\n",
		     "f:2: [engine docker] is here twice, first at f:1");
	assert_error("[job a]\nexec=x\nevery=1s\n[startup a]\nexec=x\n",
		     "f:4: [startup a] is here twice, first at f:1");
	assert_error("[collector]\ninterval=1s\ninterval=2s\n",
		     "f:3: interval is here twice, first in line 2");
	assert_error("[policy p]\nmatch_name=x\ngroup_by_name=(x)\n"
		     "group_by_image=(x)\n",
		     "f:4: group_by_image: the rule has a group_by_ key "
		     "already");
}

static void test_missing_keys_are_told_at_the_section(void **state)
{
	(void)state;
	assert_error("\n[policy p]\nkeep=1\n",
		     "f:2: [policy p] needs at least one of match_command, "
		     "match_image, match_name and match_label");
	assert_error("[job j]\nexec=x\n", "f:1: [job j] needs a key every");
	assert_error("[job j]\nevery=1s\n", "f:1: [job j] needs a key exec");
	assert_error("[engine x]\n", "f:1: [engine x] needs a key socket (only "
				     "docker and podman have a default)");
}

static void test_bad_syntax_is_refused(void **state)
{
	(void)state;
	assert_error("interval=1s\n",
		     "f:1: \"interval\" stands before the first [section]");
	assert_error("[collector\n",
		     "f:1: a section's line must end with its ']'");
	assert_error("[collector] # x\n",
		     "f:1: a section's line must end with its ']'");
	assert_error("[collector x]\n", "f:1: [collector] takes no name");
	assert_error("[policy]\n", "f:1: [policy] needs a name: [policy NAME]");
	assert_error("[job a b]\n",
		     "f:1: the name \"a b\" has other bytes than letters, "
		     "digits, '.', '_' and '-'");
	assert_error("[collector]\ninterval\n",
		     "f:2: expected \"key = value\", \"[section]\" or \"# "
		     "comment\"");
	assert_error("[collector]\ninterval = 1s # x\n",
		     "f:2: interval: a comment needs a line of its own");
	assert_errors("[startup s]\nexec=a ; b\n", 2,
		      "f:2: a ';' after a blank would begin a comment: give a "
		      "comment a line of its own, or leave out the blank\n"
		      "f:1: [startup s] needs a key exec");
}

static void test_a_zero_byte_is_refused(void **state)
{
	static const char text[] = "[collector]\ndatabase=/a\0b\n";
	struct config_error err;
	struct config config;

	(void)state;
	assert_int_equal(config_parse("f", text, sizeof(text) - 1, &config,
				      &err),
			 -EINVAL);
	assert_string_equal(err.text, "f:2: the line holds a zero byte: this "
				      "is not a text file");
}

static void test_long_lines_are_whole_or_an_error(void **state)
{
	char text[400] = "[startup s]\nexec=", command[200] = "";
	struct config_error err;
	struct config config;

	(void)state;
	memset(command, 'x', 192);
	strcat(text, command);
	parse_ok(text, &config);
	assert_string_equal(config.job[0].command, command);
	config_free(&config);

	strcat(text, "x\n");
	assert_int_equal(parse(text, &config, &err), -EINVAL);
	assert_non_null(strstr(err.text, "f:2: the line has 198 bytes, at most "
					 "197 are read"));
}

static void test_all_errors_are_told(void **state)
{
	struct config_error err;
	struct config config;

	(void)state;
	assert_int_equal(parse("[collector]\ninterval=x\nfoo=1\n[bad]\n"
			       "anything=goes\n[policy p]\nmatch_name=[\n",
			       &config, &err),
			 -EINVAL);

	assert_int_equal(err.count, 4);
	assert_non_null(strstr(err.text, "f:2: interval"));
	assert_non_null(strstr(err.text, "\nf:3: unknown key \"foo\""));
	assert_non_null(strstr(err.text, "\nf:4: unknown section [bad]"));
	assert_non_null(strstr(err.text, "\nf:7: match_name: bad regular"));
}

static void test_more_errors_than_fit_are_counted(void **state)
{
	static char text[64 * 1024];
	struct config_error err;
	struct config config;

	(void)state;
	for (int i = 0; i < 1000; i++)
		strcat(text, "[what-is-this]\n");
	assert_int_equal(parse(text, &config, &err), -EINVAL);

	assert_int_equal(err.count, 1000);
	assert_true(strlen(err.text) < sizeof(err.text));
	assert_string_equal(err.text + strlen(err.text) - 7, "startup");
}

/* Files */

struct dir {
	char path[64];
	char policy[80];
	char main[80];
};

static void write_file(const char *dir, const char *name, const char *text)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static int make_dir(void **state)
{
	struct dir *dir = calloc(1, sizeof(*dir));

	assert_non_null(dir);
	strcpy(dir->path, "/tmp/test_config.XXXXXX");
	assert_non_null(mkdtemp(dir->path));
	snprintf(dir->policy, sizeof(dir->policy), "%s/policy.d", dir->path);
	snprintf(dir->main, sizeof(dir->main), "%s/main", dir->path);
	assert_int_equal(mkdir(dir->policy, 0700), 0);
	*state = dir;
	return 0;
}

static int remove_dir(void **state)
{
	struct dir *dir = *state;
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'", dir->path);
	assert_int_equal(system(command), 0);
	free(dir);
	return 0;
}

static void test_drop_ins_are_read_by_name(void **state)
{
	const struct dir *dir = *state;
	struct config_error err;
	struct config config;

	write_file(dir->path, "main", "[policy m]\nmatch_name=m\n");
	write_file(dir->policy, "20-b.conf", "[policy b]\nmatch_name=b\n");
	write_file(dir->policy, "10-a.conf", "[policy a]\nmatch_name=a\n");
	write_file(dir->policy, "B.conf", "[job j]\nexec=x\nevery=1s\n");
	write_file(dir->policy, ".hidden.conf", "nonsense\n");
	write_file(dir->policy, "x.conf.example", "nonsense\n");

	assert_int_equal(config_load(dir->main, dir->policy, &config, &err), 0);

	assert_int_equal(config.rules, 3);
	assert_string_equal(config.rule[0].name, "m");
	assert_string_equal(config.rule[1].name, "a");
	assert_string_equal(config.rule[2].name, "b");
	assert_int_equal(config.jobs, 1);
	config_free(&config);
}

static void test_errors_in_drop_ins_name_the_file(void **state)
{
	const struct dir *dir = *state;
	struct config_error err;
	struct config config;
	char want[512];

	write_file(dir->path, "main", "[policy p]\nmatch_name=m\n");
	write_file(dir->policy, "a.conf", "\n[policy p]\nmatch_name=b\n");
	write_file(dir->policy, "b.conf", "[collector]\n");

	assert_int_equal(config_load(dir->main, dir->policy, &config, &err),
			 -EINVAL);

	snprintf(want, sizeof(want),
		 "%s/a.conf:2: [policy p] is here twice, first at %s:1\n"
		 "%s/b.conf:1: [collector] belongs into the main file, not "
		 "into a drop-in",
		 dir->policy, dir->main, dir->policy);
	assert_string_equal(err.text, want);
}

static void test_a_file_that_is_named_must_exist(void **state)
{
	const struct dir *dir = *state;
	struct config_error err;
	struct config config;
	char want[512];

	assert_int_equal(config_load(dir->main, "", &config, &err), -ENOENT);

	snprintf(want, sizeof(want),
		 "%s: cannot open: No such file or directory", dir->main);
	assert_string_equal(err.text, want);
}

static void test_a_directory_that_is_named_must_exist(void **state)
{
	const struct dir *dir = *state;
	struct config_error err;
	struct config config;

	write_file(dir->path, "main", "");
	assert_int_equal(config_load(dir->main, "/nonexistent", &config, &err),
			 -ENOENT);
	assert_string_equal(err.text, "/nonexistent: cannot read: No such file "
				      "or directory");
}

static void test_an_unreadable_thing_is_an_error(void **state)
{
	const struct dir *dir = *state;
	struct config_error err;
	struct config config;

	assert_int_equal(config_load(dir->path, "", &config, &err), -EISDIR);
	assert_int_equal(err.count, 1);
}

/* Run from the top of the tree, as make does. */
static void test_the_shipped_files_are_valid(void **state)
{
	struct config_error err;
	struct config config;

	(void)state;
	if (config_load("contrib/sysmon.conf", "contrib/examples", &config,
			&err))
		fail_msg("%s", err.text);

	assert_int_equal(config.engines, 2);
	assert_int_equal(config.engine[1].enabled, ENGINE_AUTO);
	assert_int_equal(config.rules, 5);
	assert_string_equal(config.rule[0].name, "demo");
	assert_string_equal(config.rule[1].name, "duplicate-stress");
	assert_int_equal(config.jobs, 2);
	assert_int_equal(config.job[0].every_ns, 40 * SECOND);
	assert_string_equal(config.job[1].name, "grafana");
	assert_int_equal(config.job[1].kind, JOB_STARTUP);
	config_free(&config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_empty_file_gives_the_defaults),
		cmocka_unit_test(test_the_collector_section_is_read),
		cmocka_unit_test(test_engines_are_read),
		cmocka_unit_test(test_a_policy_is_read),
		cmocka_unit_test(test_a_policys_action_is_read),
		cmocka_unit_test(
			test_a_policys_action_that_is_wrong_is_explained),
		cmocka_unit_test(test_a_policy_has_defaults),
		cmocka_unit_test(test_jobs_are_read),
		cmocka_unit_test(
			test_blanks_comments_and_line_ends_do_not_matter),
		cmocka_unit_test(test_durations),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_the_receive_buffer_has_bounds),
		cmocka_unit_test(test_retention_has_defaults_and_bounds),
		cmocka_unit_test(test_unknown_names_get_a_suggestion),
		cmocka_unit_test(test_bad_values_name_key_and_what_is_allowed),
		cmocka_unit_test(test_bad_expressions_are_refused),
		cmocka_unit_test(test_what_only_looks_costly_is_allowed),
		cmocka_unit_test(test_duplicates_are_refused),
		cmocka_unit_test(test_missing_keys_are_told_at_the_section),
		cmocka_unit_test(test_bad_syntax_is_refused),
		cmocka_unit_test(test_a_zero_byte_is_refused),
		cmocka_unit_test(test_long_lines_are_whole_or_an_error),
		cmocka_unit_test(test_all_errors_are_told),
		cmocka_unit_test(test_more_errors_than_fit_are_counted),
		cmocka_unit_test_setup_teardown(test_drop_ins_are_read_by_name,
						make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(
			test_errors_in_drop_ins_name_the_file, make_dir,
			remove_dir),
		cmocka_unit_test_setup_teardown(
			test_a_file_that_is_named_must_exist, make_dir,
			remove_dir),
		cmocka_unit_test_setup_teardown(
			test_a_directory_that_is_named_must_exist, make_dir,
			remove_dir),
		cmocka_unit_test_setup_teardown(
			test_an_unreadable_thing_is_an_error, make_dir,
			remove_dir),
		cmocka_unit_test(test_the_shipped_files_are_valid),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
