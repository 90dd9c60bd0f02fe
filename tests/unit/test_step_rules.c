// SPDX-License-Identifier: GPL-2.0
/* What the core keeps of rules by their names, and the caps on actions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "collectord/step_int.h"
#include "wrap_alloc.h"

#define T0 (1000 * NSEC_PER_SEC)

static struct policy_rule first = { .name = (char *)"first",
				    .enabled = true,
				    .max_per_minute = 2 };
static struct policy_rule other[2] = {
	{ .name = (char *)"other", .enabled = true, .whens = 1 },
	{ .name = (char *)"first", .enabled = true, .max_per_minute = 3 },
};

static struct step *begin(void)
{
	struct step_config config = { .rule = &first, .rules = 1 };
	struct step_past past = { 0 };
	struct step *s;

	assert_int_equal(step_new(&config, &past, &s), 0);
	return s;
}

static int turn_to(struct step *s, const struct policy_rule *rule, size_t rules)
{
	struct step_config config = { .rule = rule, .rules = rules };

	return step_configure(s, &config);
}

static int set(struct rate *rate, unsigned int max)
{
	struct rate other_one;

	if (rate_copy(&other_one, rate, max))
		return -1;
	rate_replace(rate, &other_one);
	return 0;
}

static void rule_keeps_what_is_known_of_it_by_its_name(void **state)
{
	struct step *s = begin();
	struct rule_state *known = s->rule[0];

	(void)state;
	rate_note(&known->rate, T0);
	rate_note(&known->rate, T0 + 1);
	assert_false(rate_allows(&known->rate, T0 + 2));
	assert_false(s->watches);

	assert_int_equal(turn_to(s, other, 2), 0);

	assert_ptr_equal(s->rule[1], known);
	assert_ptr_equal(known->rule, &other[1]);
	assert_int_equal(s->config.rules, 2);
	assert_true(s->watches);
	/* One more is allowed now, and the two of before count. */
	assert_true(rate_allows(&known->rate, T0 + 2));
	rate_note(&known->rate, T0 + 2);
	assert_false(rate_allows(&known->rate, T0 + 3));
	step_free(s);
}

static void rule_that_is_gone_leaves_its_name(void **state)
{
	struct step *s = begin();
	struct rule_state *known = s->rule[0];

	(void)state;
	assert_int_equal(turn_to(s, other, 1), 0);
	assert_null(known->rule);
	assert_int_equal(policy_check(s, 1), 0); /* a timer of before */

	assert_int_equal(turn_to(s, &first, 1), 0);

	assert_ptr_equal(s->rule[0], known);
	assert_ptr_equal(known->rule, &first);
	step_free(s);
}

static void cap_opens_a_minute_after_the_oldest_it_counts(void **state)
{
	struct rate rate = { 0 };

	(void)state;
	assert_true(rate_allows(&rate, T0));
	assert_int_equal(set(&rate, 2), 0);
	rate_note(&rate, T0);
	assert_true(rate_allows(&rate, T0));
	rate_note(&rate, T0 + 10 * NSEC_PER_SEC);

	assert_false(rate_allows(&rate, T0 + 60 * NSEC_PER_SEC - 1));
	assert_true(rate_allows(&rate, T0 + 60 * NSEC_PER_SEC));
	free(rate.at);
}

static void clock_set_back_does_not_open_the_cap(void **state)
{
	struct rate rate = { 0 };

	(void)state;
	assert_int_equal(set(&rate, 1), 0);
	rate_note(&rate, T0);

	assert_false(rate_allows(&rate, T0 - 59 * NSEC_PER_SEC));
	/* But it does not close it for ever either. */
	assert_true(rate_allows(&rate, T0 - 60 * NSEC_PER_SEC));
	free(rate.at);
}

static void smaller_cap_counts_the_newest(void **state)
{
	struct rate rate = { 0 };

	(void)state;
	assert_int_equal(set(&rate, 3), 0);
	for (int64_t i = 0; i < 4; i++)
		rate_note(&rate, T0 + i * 10 * NSEC_PER_SEC);

	assert_int_equal(set(&rate, 2), 0);

	assert_false(rate_allows(&rate, T0 + 79 * NSEC_PER_SEC));
	assert_true(rate_allows(&rate, T0 + 80 * NSEC_PER_SEC));
	assert_int_equal(set(&rate, 0), 0);
	assert_true(rate_allows(&rate, T0));
	free(rate.at);
}

/* Each allocation in its turn: the old rules, their caps and times stay. */
static void rules_stay_when_there_is_no_memory_for_others(void **state)
{
	struct step *s = begin();
	struct rule_state *known = s->rule[0];
	long n = 0;
	int rc;

	(void)state;
	rate_note(&known->rate, T0);
	rate_note(&known->rate, T0 + 1);
	do {
		alloc_left = ++n;
		alloc_armed = true;
		rc = turn_to(s, other, 2);
		alloc_armed = false;
		if (!rc)
			break;
		assert_ptr_equal(s->rule[0], known);
		assert_ptr_equal(known->rule, &first);
		assert_int_equal(known->rate.max, 2);
		assert_false(rate_allows(&known->rate, T0 + 2));
		assert_int_equal(s->config.rules, 1);
		assert_ptr_equal(s->config.rule, &first);
		assert_false(s->watches);
	} while (true);
	assert_true(n > 4);
	assert_ptr_equal(s->rule[1], known);
	assert_int_equal(known->rate.max, 3);
	step_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_stay_when_there_is_no_memory_for_others),
		cmocka_unit_test(rule_keeps_what_is_known_of_it_by_its_name),
		cmocka_unit_test(rule_that_is_gone_leaves_its_name),
		cmocka_unit_test(cap_opens_a_minute_after_the_oldest_it_counts),
		cmocka_unit_test(clock_set_back_does_not_open_the_cap),
		cmocka_unit_test(smaller_cap_counts_the_newest),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
