// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the tests of the stop policy: which containers go, which stay and why.
 * Rules come from config text, so that the shipped spelling is what is tested.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "collectord/config.h"
#include "collectord/policy.h"

#define NOW  1700000000000000000
#define MANY 16

#define STRESS_RULE                                           \
	"[policy stress]\nmatch_command=(^|/| )stress( |$)\n" \
	"group_by_command=--(cpu|io|vm|hdd)( |=|$)\n"

/* A rule and some containers; ids are "a", "b", ... in the order of adding. */
struct world {
	struct config config;
	const struct policy_rule *rule;
	struct container_meta meta[MANY];
	struct meta_label label[MANY];
	char id[MANY][2];
	struct policy_container c[MANY];
	size_t n;
	struct policy_verdict verdict[MANY];
	struct policy_decision decision[MANY];
	size_t decisions;
};

static void begin(struct world *w, const char *text)
{
	struct config_error err;

	memset(w, 0, sizeof(*w));
	if (config_parse("rule", text, strlen(text), &w->config, &err))
		fail_msg("%s", err.text);
	assert_int_equal(w->config.rules, 1);
	w->rule = &w->config.rule[0];
}

static struct container_meta *add(struct world *w, const char *command,
				  int64_t started_ns)
{
	struct container_meta *meta = &w->meta[w->n];

	assert_true(w->n < MANY);
	w->id[w->n][0] = (char)('a' + w->n);
	meta->id = w->id[w->n];
	meta->name = (char *)"n";
	meta->image = (char *)"i";
	meta->command = (char *)command;
	meta->have_labels = true;
	meta->started_ns = started_ns;
	w->c[w->n].meta = meta;
	w->c[w->n].running = true;
	w->n++;
	return meta;
}

static void set_label(struct world *w, struct container_meta *meta,
		      const char *key, const char *value)
{
	struct meta_label *label = &w->label[meta - w->meta];

	label->key = (char *)key;
	label->value = (char *)value;
	meta->label = label;
	meta->labels = 1;
}

/* Runs both entry points; they must agree. */
static void judge(struct world *w)
{
	size_t acts = 0;

	struct policy_verdict decided[MANY];

	assert_int_equal(policy_explain(w->rule, w->c, w->n, NOW, w->verdict),
			 0);
	assert_int_equal(policy_decide(w->rule, w->c, w->n, NOW, decided,
				       w->decision, &w->decisions),
			 0);
	assert_memory_equal(decided, w->verdict, w->n * sizeof(*decided));
	for (size_t i = 0; i < w->n; i++)
		acts += w->verdict[i].reason == POLICY_ACT;
	assert_int_equal(acts, w->decisions);
	for (size_t i = 0; i < w->decisions; i++)
		assert_int_equal(w->verdict[w->decision[i].container].reason,
				 POLICY_ACT);
}

/* The verdicts as one word a container, in the order of adding. */
static void assert_verdicts(struct world *w, const char *want)
{
	char got[512] = "";

	judge(w);
	for (size_t i = 0; i < w->n; i++) {
		strcat(got, i ? " " : "");
		strcat(got, policy_reason_name(w->verdict[i].reason));
	}
	assert_string_equal(got, want);
}

static void end(struct world *w)
{
	config_free(&w->config);
}

static void test_surplus_of_each_group_is_stopped(void **state)
{
	struct world w;

	(void)state;
	begin(&w, STRESS_RULE);
	add(&w, "stress --cpu 1", 10);
	add(&w, "stress --cpu 1", 20);
	add(&w, "stress --vm 2", 30);
	add(&w, "stress --io 1", 40);
	add(&w, "stress --io 1", 50);
	add(&w, "stress --hdd 1 --hdd-bytes 16M", 60);
	add(&w, "stress --hdd 1 --hdd-bytes 16M", 70);

	assert_verdicts(&w, "kept act kept kept act kept act");

	assert_string_equal(w.verdict[1].group, "cpu");
	assert_string_equal(w.verdict[5].group, "hdd");
	assert_int_equal(w.verdict[1].rank, 2);
	assert_int_equal(w.verdict[1].of, 2);
	assert_int_equal(w.decisions, 3);
	assert_int_equal(w.decision[0].decided_ns, NOW);
	assert_false(w.decision[0].dry_run);
	end(&w);
}

/* Run from the top of the tree, as make does. */
static void test_the_shipped_rule_knows_the_original_commands(void **state)
{
	struct config_error err;
	struct world w;

	(void)state;
	memset(&w, 0, sizeof(w));
	if (config_load("contrib/examples/duplicate-stress.conf", "", &w.config,
			&err))
		fail_msg("%s", err.text);
	w.rule = &w.config.rule[0];
	add(&w, "stress --cpu 1", 10);
	add(&w, "/usr/bin/stress --cpu 1", 20);
	add(&w, "stress --hdd 1 --hdd-bytes 16M", 30);
	add(&w, "stress --hdd 1 --hdd-bytes 16M", 40);
	add(&w, "stress-ng --cpu 1", 50);
	add(&w, "sh -c cat /stress.log --cpu", 60);

	assert_verdicts(&w, "kept act kept act not-matched not-matched");
	assert_string_equal(w.verdict[0].group, "--cpu");
	assert_string_equal(w.verdict[2].group, "--hdd");
	end(&w);
}

static void test_the_newest_can_be_kept(void **state)
{
	struct world w;

	(void)state;
	begin(&w, STRESS_RULE "keep_which=newest\n");
	add(&w, "stress --cpu 1", 10);
	add(&w, "stress --cpu 1", 30);
	add(&w, "stress --cpu 1", 20);

	assert_verdicts(&w, "act kept act");
	end(&w);
}

static void test_keep_counts_within_a_group(void **state)
{
	struct world w;

	(void)state;
	begin(&w, STRESS_RULE "keep=2\n");
	add(&w, "stress --cpu 1", 10);
	add(&w, "stress --cpu 1", 20);
	add(&w, "stress --cpu 1", 30);
	add(&w, "stress --io 1", 30);

	assert_verdicts(&w, "kept kept act kept");
	end(&w);
}

static void test_keep_0_stops_all(void **state)
{
	struct world w;

	(void)state;
	begin(&w, STRESS_RULE "keep=0\n");
	add(&w, "stress --cpu 1", 10);
	add(&w, "other --cpu 1", 20);

	assert_verdicts(&w, "act not-matched");
	end(&w);
}

static void test_without_group_by_all_are_one_group(void **state)
{
	struct world w;

	(void)state;
	begin(&w, "[policy p]\nmatch_command=stress\n");
	add(&w, "stress --cpu 1", 20);
	add(&w, "stress --io 1", 10);

	assert_verdicts(&w, "act kept");
	assert_string_equal(w.decision[0].group, "");
	end(&w);
}

static void test_what_has_no_group_is_not_touched(void **state)
{
	struct world w;

	(void)state;
	begin(&w, STRESS_RULE);
	add(&w, "stress --timeout 3", 10);
	add(&w, "stress --timeout 3", 20);

	assert_verdicts(&w, "not-grouped not-grouped");
	end(&w);
}

static void test_a_group_name_that_is_too_long_is_none(void **state)
{
	char longest[POLICY_GROUP_MAX + 8] = "x ";
	struct world w;

	(void)state;
	begin(&w, "[policy p]\nmatch_command=x\ngroup_by_command=x (.*)\n");
	memset(longest + 2, 'y', POLICY_GROUP_MAX - 1);
	add(&w, longest, 10);
	assert_verdicts(&w, "kept");
	assert_int_equal(strlen(w.verdict[0].group), POLICY_GROUP_MAX - 1);

	strcat(longest, "y");
	assert_verdicts(&w, "not-grouped");
	end(&w);
}

static void test_the_protected_stay_and_do_not_count(void **state)
{
	struct world w;

	(void)state;
	begin(&w, STRESS_RULE);
	set_label(&w, add(&w, "stress --cpu 1", 10), "sysmon.protect", "true");
	add(&w, "stress --cpu 1", 20);
	add(&w, "stress --cpu 1", 30);
	set_label(&w, add(&w, "stress --cpu 1", 40), "sysmon.protect", "false");
	set_label(&w, add(&w, "stress --cpu 1", 50), "sysmon.protect", "YES");
	set_label(&w, add(&w, "stress --cpu 1", 60), "sysmon.protected",
		  "true");

	assert_verdicts(&w, "protected kept act act protected act");
	end(&w);
}

static void test_what_is_going_is_not_counted_again(void **state)
{
	struct world w;

	(void)state;
	begin(&w, STRESS_RULE);
	add(&w, "stress --cpu 1", 10);
	add(&w, "stress --cpu 1", 20);
	add(&w, "stress --cpu 1", 30);
	w.c[0].pending = true;
	w.c[2].pending = true;

	assert_verdicts(&w, "going kept going");
	end(&w);
}

static void test_what_does_not_run_is_ignored(void **state)
{
	struct world w;

	(void)state;
	begin(&w, STRESS_RULE);
	add(&w, "stress --cpu 1", 10);
	add(&w, "stress --cpu 1", 20);
	w.c[0].running = false;

	assert_verdicts(&w, "not-running kept");
	end(&w);
}

static void test_the_unknown_is_never_stopped(void **state)
{
	struct world w;

	(void)state;
	begin(&w, STRESS_RULE "match_image=i\nkeep=0\n");
	add(&w, NULL, 10);
	add(&w, "stress --cpu 1", 10)->image = NULL;
	add(&w, "stress --cpu 1", 0);
	add(&w, "stress --cpu 1", 10)->have_labels = false;
	add(&w, "stress --cpu 1", 10);
	w.c[4].meta = NULL;
	add(&w, "other", 10)->image = NULL;
	add(&w, NULL, 10)->image = (char *)"different name: j";

	assert_verdicts(&w, "not-known not-known not-known not-known "
			    "not-known not-matched not-known");
	end(&w);
}

static void test_a_text_too_long_to_match_is_unknown(void **state)
{
	static char text[POLICY_TEXT_MAX + 2] = "stress --cpu ";
	size_t start = strlen(text);
	struct world w;

	(void)state;
	begin(&w, STRESS_RULE "keep=0\n");
	memset(text + start, 'x', POLICY_TEXT_MAX - start);
	add(&w, text, 10);
	assert_verdicts(&w, "act");

	text[POLICY_TEXT_MAX] = 'x';
	assert_verdicts(&w, "not-known");
	end(&w);
}

static void test_all_conditions_must_hold(void **state)
{
	struct world w;

	(void)state;
	begin(&w, "[policy p]\nmatch_name=^web-\nmatch_image=nginx\n"
		  "match_label=tier=^front$\nkeep=0\n");
	for (int i = 0; i < 4; i++) {
		struct container_meta *meta = add(&w, "x", 10);

		meta->name = (char *)(i == 1 ? "db-1" : "web-1");
		meta->image = (char *)(i == 2 ? "redis" : "nginx:1");
		set_label(&w, meta, "tier", i == 3 ? "back" : "front");
	}

	assert_verdicts(&w, "act not-matched not-matched not-matched");
	end(&w);
}

static void test_a_label_is_matched_by_presence(void **state)
{
	struct world w;

	(void)state;
	begin(&w, "[policy p]\nmatch_label=batch\nkeep=0\n");
	set_label(&w, add(&w, "x", 10), "batch", "");
	set_label(&w, add(&w, "x", 10), "bat", "batch");
	add(&w, "x", 10)->have_labels = false;

	assert_verdicts(&w, "act not-matched not-known");
	end(&w);
}

static void test_groups_can_come_from_a_label(void **state)
{
	struct world w;

	(void)state;
	begin(&w, "[policy p]\nmatch_name=.\ngroup_by_label=team=^(.+)$\n");
	set_label(&w, add(&w, "x", 10), "team", "a");
	set_label(&w, add(&w, "x", 20), "team", "b");
	set_label(&w, add(&w, "x", 30), "team", "a");
	add(&w, "x", 40);

	assert_verdicts(&w, "kept kept act not-grouped");
	end(&w);
}

static void test_dry_run_is_marked(void **state)
{
	struct world w;

	(void)state;
	begin(&w, STRESS_RULE "mode=dry-run\n");
	add(&w, "stress --cpu 1", 10);
	add(&w, "stress --cpu 1", 20);

	judge(&w);

	assert_int_equal(w.decisions, 1);
	assert_int_equal(w.decision[0].container, 1);
	assert_string_equal(w.decision[0].group, "cpu");
	assert_true(w.decision[0].dry_run);
	end(&w);
}

static void test_a_disabled_rule_decides_nothing(void **state)
{
	struct world w;

	(void)state;
	begin(&w, STRESS_RULE "enabled=no\nkeep=0\n");
	add(&w, "stress --cpu 1", 10);

	assert_verdicts(&w, "rule-disabled");
	end(&w);
}

/* The same ten containers in every rotation: always the same ones go. */
static void test_the_order_of_the_array_does_not_matter(void **state)
{
	struct policy_container all[10];
	struct world w;

	(void)state;
	begin(&w, STRESS_RULE "keep=3\n");
	for (int i = 0; i < 10; i++)
		add(&w, "stress --vm 1", i < 5 ? 10 : 20);
	memcpy(all, w.c, sizeof(all));

	for (size_t shift = 0; shift < 10; shift++) {
		for (size_t i = 0; i < 10; i++)
			w.c[i] = all[(i + shift) % 10];
		judge(&w);
		assert_int_equal(w.decisions, 7);
		for (size_t i = 0; i < 7; i++) {
			size_t at = w.decision[i].container;

			assert_int_equal(w.c[at].meta->id[0], 'j' - i);
		}
	}
	end(&w);
}

static void test_no_containers_are_fine(void **state)
{
	struct world w;

	(void)state;
	begin(&w, STRESS_RULE);
	judge(&w);
	assert_int_equal(w.decisions, 0);
	end(&w);
}

static void test_reasons_are_told_in_words(void **state)
{
	struct world w;
	char text[256], small[8];

	(void)state;
	begin(&w, STRESS_RULE);
	add(&w, "stress --cpu 1", 10);
	add(&w, "stress --cpu 1", 20);
	add(&w, "sleep", 30);
	judge(&w);

	policy_reason_text(w.rule, &w.verdict[1], text, sizeof(text));
	assert_string_equal(text, "surplus: number 2 of 2 in group cpu, "
				  "keep 1 oldest");
	policy_reason_text(w.rule, &w.verdict[2], text, sizeof(text));
	assert_string_equal(text, "does not fulfil the rule's conditions");
	policy_reason_text(w.rule, &w.verdict[1], small, sizeof(small));
	assert_string_equal(small, "surplus");
	end(&w);
}

/* ---- thresholds ---- */

static struct policy_when when_of(const char *text)
{
	struct policy_when when;
	char why[160];

	if (policy_when_parse(text, &when, why, sizeof(why)))
		fail_msg("%s: %s", text, why);
	return when;
}

static void test_thresholds_are_read(void **state)
{
	struct policy_when w;

	(void)state;
	w = when_of("cpu > 80% for 60s");
	assert_int_equal(w.compare, COMPARE_ABOVE);
	assert_true(w.value == 80);
	assert_int_equal(w.for_ns, 60000000000);
	assert_string_equal(w.text, "cpu > 80% for 60s");
	w = when_of("mem>=1.5G for 2m");
	assert_true(w.value == 1.5 * 1024 * 1024 * 1024);
	assert_false(w.of_limit);
	w = when_of("working_set <= 90.5% of limit for 1h");
	assert_true(w.of_limit && w.value == 90.5);
	assert_int_equal(w.compare, COMPARE_AT_MOST);
	w = when_of("pids < 20 for 500ms");
	assert_int_equal(w.for_ns, 500000000);
	w = when_of("io_write > 10M/s for 0s");
	assert_true(w.value == 10 * 1024 * 1024);
	when_of("swap > 0 for 1s");
	when_of("pids > 50% of limit for 1.5s");
}

static void assert_when_error(const char *text, const char *want)
{
	struct policy_when when;
	char why[160];

	assert_int_equal(policy_when_parse(text, &when, why, sizeof(why)),
			 -EINVAL);
	assert_string_equal(why, want);
}

static void test_wrong_thresholds_are_explained(void **state)
{
	(void)state;
	assert_when_error("cpu > 80%",
			  "expected METRIC > VALUE for DURATION, such as cpu > "
			  "80% for 60s");
	assert_when_error("load > 3 for 1s",
			  "\"load\" is not cpu, mem, working_set, swap, pids, "
			  "io, io_read or io_write");
	assert_when_error("cpu = 80% for 1s", "\"=\" is not >, >=, < or <=");
	assert_when_error("cpu > 80 for 1s",
			  "\"80\" is not a share of one CPU such as 80% or "
			  "150%");
	assert_when_error("cpu > 80% of limit for 1s",
			  "cpu has no limit to compare with");
	assert_when_error("mem > 80% for 1s",
			  "\"80%\" is not a size such as 500M or 1.5G, or "
			  "\"90% of limit\"");
	assert_when_error("mem > 1G of limit for 1s",
			  "\"1G of limit\" is not as 90% of limit");
	assert_when_error("io > 10M for 1s",
			  "\"10M\" is not a rate such as 10M/s");
	assert_when_error("pids > -1 for 1s",
			  "\"-1\" is not a number such as 200, or \"90% of "
			  "limit\"");
	assert_when_error("pids > 1 while 1s",
			  "it must end with how long, as in \"for 60s\"");
	assert_when_error("pids > 1 for 25h",
			  "\"25h\" is not a duration from 0s to 24h, such as "
			  "500ms, 30s or 2m");
	assert_when_error("pids > 1 for 1s or so",
			  "it must end with how long, as in \"for 60s\"");
	assert_when_error("a b c d e f g h i", "it has too many words");
}

/* A sample at @second, of a tick a second after the one before. */
static struct policy_sample sample_at(uint64_t second, double cpu)
{
	struct policy_sample sample = {
		.boottime_ns = second * 1000000000,
		.before_ns = (second - 1) * 1000000000,
	};

	figure_set(&sample.figures, FIGURE_CPU, cpu);
	figure_set(&sample.figures, FIGURE_MEM, cpu);
	return sample;
}

/* Of figures over time, a sample speaks for the second before it as well. */
static void test_a_run_of_cpu_begins_with_the_samples_span(void **state)
{
	struct policy_when cpu = when_of("cpu > 80% for 3s");
	struct policy_when mem = when_of("mem > 80 for 3s");
	struct policy_run by_cpu = { 0 }, by_mem = { 0 };

	(void)state;
	for (uint64_t i = 11; i <= 14; i++) {
		struct policy_sample sample = sample_at(i, 81);

		policy_run_add(&by_cpu, &cpu, &sample);
		policy_run_add(&by_mem, &mem, &sample);
		assert_int_equal(policy_run_fulfils(&by_cpu, &cpu), i >= 13);
		assert_int_equal(policy_run_fulfils(&by_mem, &mem), i >= 14);
	}
}

static void test_a_run_ends_with_what_does_not_fulfil_it(void **state)
{
	struct policy_when when = when_of("cpu > 80% for 2s");
	struct policy_run run = { 0 };
	struct policy_sample sample;

	(void)state;
	for (uint64_t i = 1; i <= 3; i++) {
		sample = sample_at(i, 81);
		policy_run_add(&run, &when, &sample);
	}
	assert_true(policy_run_fulfils(&run, &when));
	sample = sample_at(4, 80);
	policy_run_add(&run, &when, &sample);
	assert_int_equal(run.state, RUN_BROKEN);
	sample = sample_at(5, 81);
	policy_run_add(&run, &when, &sample);
	assert_false(policy_run_fulfils(&run, &when));
}

static void test_a_run_ends_with_a_hole_or_what_is_not_known(void **state)
{
	struct policy_when when = when_of("cpu > 80% for 2s");
	struct policy_run run = { 0 };
	struct policy_sample sample = sample_at(1, 81);

	(void)state;
	policy_run_add(&run, &when, &sample);
	sample = sample_at(10, 81);
	sample.before_ns = 0;
	policy_run_add(&run, &when, &sample);
	assert_int_equal(run.since_ns, 10000000000);
	sample.figures.have = 0;
	policy_run_add(&run, &when, &sample);
	assert_int_equal(run.state, RUN_UNKNOWN);
	assert_false(policy_run_fulfils(&run, &when));
}

#define WHEN_RULE "[policy w]\nmatch_name=n\nwhen=cpu > 80% for 2s\n"

static struct policy_run runs[MANY][POLICY_WHEN_MAX];
static struct policy_figures figures[MANY];

/* A container that has been at it for so many seconds; -1: not known. */
static void add_busy(struct world *w, int seconds, double cpu, double mem)
{
	struct policy_run *run = &runs[w->n][0];

	*run = (struct policy_run){ .state = RUN_HOLDS,
				    .since_ns = 1000000000 };
	run->last_ns = run->since_ns + (uint64_t)seconds * 1000000000;
	if (seconds < 0)
		run->state = RUN_UNKNOWN;
	figures[w->n] = (struct policy_figures){ 0 };
	if (cpu >= 0)
		figure_set(&figures[w->n], FIGURE_CPU, cpu);
	if (mem >= 0)
		figure_set(&figures[w->n], FIGURE_WORKING_SET, mem);
	w->c[w->n].run = runs[w->n];
	w->c[w->n].figures = &figures[w->n];
	add(w, "x", 10 + (int64_t)w->n);
}

static void test_a_threshold_is_for_each_container(void **state)
{
	struct world w;

	(void)state;
	begin(&w, WHEN_RULE);
	add_busy(&w, 2, 90, 0);
	add_busy(&w, 1, 90, 0);
	add_busy(&w, -1, 90, 0);
	add_busy(&w, 3, 90, 0);
	add(&w, "x", 99);

	assert_verdicts(&w, "act not-met not-known act not-known");
	end(&w);
}

static void test_a_threshold_with_keep_spares_some(void **state)
{
	struct world w;

	(void)state;
	begin(&w, WHEN_RULE "keep=1\n");
	add_busy(&w, 1, 90, 0);
	add_busy(&w, 2, 90, 0);
	add_busy(&w, 2, 90, 0);

	assert_verdicts(&w, "not-met kept act");
	end(&w);
}

static void test_all_thresholds_must_hold(void **state)
{
	struct world w;

	(void)state;
	begin(&w, WHEN_RULE "when=mem > 1 for 1s\n");
	add_busy(&w, 2, 90, 0);

	assert_verdicts(&w, "not-known");
	runs[0][1].state = RUN_BROKEN;
	assert_verdicts(&w, "not-met");
	runs[0][1] = runs[0][0];
	assert_verdicts(&w, "act");
	end(&w);
}

static void test_those_of_most_memory_can_be_kept(void **state)
{
	struct world w;

	(void)state;
	begin(&w, "[policy p]\nmatch_name=n\nkeep_which=most-memory\n");
	add_busy(&w, 0, 9, 10);
	add_busy(&w, 0, 1, 30);
	add_busy(&w, 0, 5, 20);
	add_busy(&w, 0, 5, -1);

	assert_verdicts(&w, "act kept act not-known");
	end(&w);
}

static void assert_first_to_go(const char *keys, const char *ids)
{
	char text[256], got[MANY] = "";
	struct world w;

	snprintf(text, sizeof(text), "[policy p]\nmatch_name=n\nkeep=0\n%s",
		 keys);
	begin(&w, text);
	add_busy(&w, 0, 20, 1);
	add_busy(&w, 0, 30, 3);
	add_busy(&w, 0, -1, -1);
	add_busy(&w, 0, 10, 2);
	judge(&w);
	for (size_t i = 0; i < w.decisions; i++)
		got[i] = w.c[w.decision[i].container].meta->id[0];
	assert_string_equal(got, ids);
	end(&w);
}

static void test_the_order_says_who_goes_first(void **state)
{
	(void)state;
	assert_first_to_go("", "dcba");
	assert_first_to_go("keep_which=newest\n", "abcd");
	assert_first_to_go("order=oldest\n", "abcd");
	assert_first_to_go("order=newest\n", "dcba");
	assert_first_to_go("order=most-cpu\n", "badc");
	assert_first_to_go("order=least-cpu\n", "dabc");
	assert_first_to_go("order=most-memory\n", "bdac");
	assert_first_to_go("order=least-memory\n", "adbc");
}

static void test_the_young_are_held(void **state)
{
	struct world w;

	(void)state;
	begin(&w, STRESS_RULE "hold_down=30s\n");
	add(&w, "stress --cpu 1", 10);
	add(&w, "stress --cpu 1", NOW - 29999999999);
	add(&w, "stress --cpu 1", NOW - 30000000000);

	assert_verdicts(&w, "kept held act");
	end(&w);
}

static void test_what_is_done_is_not_done_again(void **state)
{
	struct world w;

	(void)state;
	begin(&w, STRESS_RULE);
	add(&w, "stress --cpu 1", 10);
	add(&w, "stress --cpu 1", 20);
	w.c[0].done = true;
	w.c[1].done = true;

	assert_verdicts(&w, "kept done");
	end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_surplus_of_each_group_is_stopped),
		cmocka_unit_test(
			test_the_shipped_rule_knows_the_original_commands),
		cmocka_unit_test(test_the_newest_can_be_kept),
		cmocka_unit_test(test_keep_counts_within_a_group),
		cmocka_unit_test(test_keep_0_stops_all),
		cmocka_unit_test(test_without_group_by_all_are_one_group),
		cmocka_unit_test(test_what_has_no_group_is_not_touched),
		cmocka_unit_test(test_a_group_name_that_is_too_long_is_none),
		cmocka_unit_test(test_the_protected_stay_and_do_not_count),
		cmocka_unit_test(test_what_is_going_is_not_counted_again),
		cmocka_unit_test(test_what_does_not_run_is_ignored),
		cmocka_unit_test(test_the_unknown_is_never_stopped),
		cmocka_unit_test(test_a_text_too_long_to_match_is_unknown),
		cmocka_unit_test(test_all_conditions_must_hold),
		cmocka_unit_test(test_a_label_is_matched_by_presence),
		cmocka_unit_test(test_groups_can_come_from_a_label),
		cmocka_unit_test(test_dry_run_is_marked),
		cmocka_unit_test(test_a_disabled_rule_decides_nothing),
		cmocka_unit_test(test_the_order_of_the_array_does_not_matter),
		cmocka_unit_test(test_no_containers_are_fine),
		cmocka_unit_test(test_reasons_are_told_in_words),
		cmocka_unit_test(test_thresholds_are_read),
		cmocka_unit_test(test_wrong_thresholds_are_explained),
		cmocka_unit_test(
			test_a_run_of_cpu_begins_with_the_samples_span),
		cmocka_unit_test(test_a_run_ends_with_what_does_not_fulfil_it),
		cmocka_unit_test(
			test_a_run_ends_with_a_hole_or_what_is_not_known),
		cmocka_unit_test(test_a_threshold_is_for_each_container),
		cmocka_unit_test(test_a_threshold_with_keep_spares_some),
		cmocka_unit_test(test_all_thresholds_must_hold),
		cmocka_unit_test(test_those_of_most_memory_can_be_kept),
		cmocka_unit_test(test_the_order_says_who_goes_first),
		cmocka_unit_test(test_the_young_are_held),
		cmocka_unit_test(test_what_is_done_is_not_done_again),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
