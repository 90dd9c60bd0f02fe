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
	size_t stops = 0;

	assert_int_equal(policy_explain(w->rule, w->c, w->n, w->verdict), 0);
	assert_int_equal(policy_decide(w->rule, w->c, w->n, NOW, w->decision,
				       &w->decisions),
			 0);
	for (size_t i = 0; i < w->n; i++)
		stops += w->verdict[i].reason == POLICY_STOP;
	assert_int_equal(stops, w->decisions);
	for (size_t i = 0; i < w->decisions; i++)
		assert_int_equal(w->verdict[w->decision[i].container].reason,
				 POLICY_STOP);
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

	assert_verdicts(&w, "kept stop kept kept stop kept stop");

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

	assert_verdicts(&w, "kept stop kept stop not-matched not-matched");
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

	assert_verdicts(&w, "stop kept stop");
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

	assert_verdicts(&w, "kept kept stop kept");
	end(&w);
}

static void test_keep_0_stops_all(void **state)
{
	struct world w;

	(void)state;
	begin(&w, STRESS_RULE "keep=0\n");
	add(&w, "stress --cpu 1", 10);
	add(&w, "other --cpu 1", 20);

	assert_verdicts(&w, "stop not-matched");
	end(&w);
}

static void test_without_group_by_all_are_one_group(void **state)
{
	struct world w;

	(void)state;
	begin(&w, "[policy p]\nmatch_command=stress\n");
	add(&w, "stress --cpu 1", 20);
	add(&w, "stress --io 1", 10);

	assert_verdicts(&w, "stop kept");
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

	assert_verdicts(&w, "protected kept stop stop protected stop");
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
	assert_verdicts(&w, "stop");

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

	assert_verdicts(&w, "stop not-matched not-matched not-matched");
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

	assert_verdicts(&w, "stop not-matched not-known");
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

	assert_verdicts(&w, "kept kept stop not-grouped");
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
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
