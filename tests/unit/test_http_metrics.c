// SPDX-License-Identifier: GPL-2.0
/* Metrics for Prometheus: names, escapes, numbers, what is unknown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "collectord/http_gather.h"
#include "collectord/http_metrics.h"
#include "collectord/http_tally.h"

static char *text;
static size_t size;

static FILE *begin(void)
{
	FILE *to = open_memstream(&text, &size);

	assert_non_null(to);
	return to;
}

static void assert_written(FILE *to, const char *expected)
{
	assert_int_equal(fclose(to), 0);
	assert_string_equal(text, expected);
	free(text);
}

static void assert_has(const char *part)
{
	if (!strstr(text, part))
		fail_msg("no %s in:\n%s", part, text);
}

static void assert_lacks(const char *part)
{
	if (strstr(text, part))
		fail_msg("%s in:\n%s", part, text);
}

static void assert_value(const char *value, size_t len, const char *expected)
{
	FILE *to = begin();

	http_metrics_value(to, value, len);
	assert_written(to, expected);
}

static void test_values_are_escaped(void **state)
{
	(void)state;
	assert_value("plain", 5, "plain");
	assert_value("a\"b\\c\nd", 7, "a\\\"b\\\\c\\nd");
	assert_value("\t\r", 2, "\t\r");
	assert_value("\xc3\xa4\xff\xc3", 4, "\xc3\xa4\xef\xbf\xbd\xef\xbf\xbd");
	assert_value("a\0b", 3,
		     "a\xef\xbf\xbd"
		     "b");
	assert_value("", 0, "");
}

static void assert_number(uint64_t value, int digits, const char *expected)
{
	FILE *to = begin();

	http_metrics_number(to, value, digits);
	assert_written(to, expected);
}

static void test_numbers_are_exact(void **state)
{
	(void)state;
	assert_number(0, 0, "0");
	assert_number(UINT64_MAX, 0, "18446744073709551615");
	assert_number(1, 9, "0.000000001");
	assert_number(1000000007, 9, "1.000000007");
	assert_number(420, 3, "0.420");
}

static void test_labels_of_an_engine_become_names(void **state)
{
	struct meta_label label[] = {
		{ (char *)"com.example/a-b", (char *)"1" },
		{ (char *)"com_example_a_b", (char *)"2" },
		{ (char *)"\xc3\xa4", (char *)"\"" },
	};
	struct container_meta meta = { .name = (char *)"web",
				       .label = label,
				       .labels = 3 };
	struct step_container c = { .key = "abc", .meta = &meta };
	FILE *to = begin();

	(void)state;
	http_metrics_labels(to, &c);

	assert_written(to, "id=\"abc\",name=\"web\","
			   "container_label_com_example_a_b=\"1\","
			   "container_label___=\"\\\"\"");
}

static void test_long_labels_are_cut(void **state)
{
	char value[1000], key[1000];
	struct meta_label label = { key, value };
	struct container_meta meta = { .label = &label, .labels = 1 };
	struct step_container c = { .key = "abc", .meta = &meta };
	FILE *to = begin();

	(void)state;
	memset(value, 'v', sizeof(value) - 1);
	value[sizeof(value) - 1] = 0;
	memset(key, 'k', sizeof(key) - 1);
	key[sizeof(key) - 1] = 0;
	http_metrics_labels(to, &c);

	assert_int_equal(fclose(to), 0);
	assert_in_range(size, 256 + 100, 256 + 150);
	free(text);
}

static bool is_shown(const struct http_metric *table, size_t count,
		     unsigned int metric)
{
	for (size_t i = 0; i < count; i++)
		if (table[i].metric == metric)
			return true;
	return false;
}

static void test_every_metric_has_a_name(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < CM_COUNT; i++) {
		bool shown = is_shown(http_container_metrics,
				      http_container_metric_count, i);

		for (size_t j = 0; j < http_device_metric_count; j++)
			shown |= http_device_totals[j] == i;
		if (!shown)
			fail_msg("%s has no name", container_metrics[i].column);
	}
	for (unsigned int i = 0; i < SM_COUNT; i++)
		if (!is_shown(http_machine_metrics, http_machine_metric_count,
			      i))
			fail_msg("%s has no name", system_metrics[i].column);
	for (unsigned int i = 0; i < DM_COUNT; i++)
		assert_true(is_shown(http_device_metrics,
				     http_device_metric_count, i));
}

static void check_table(const struct http_metric *m, size_t count,
			const struct metric *table)
{
	for (size_t i = 0; i < count; i++) {
		bool counter = table[m[i].metric].kind == METRIC_COUNTER;
		size_t len = strlen(m[i].name);
		bool total = len > 6 && !strcmp(m[i].name + len - 6, "_total");

		if ((m[i].type == PROMETHEUS_COUNTER) != counter ||
		    counter != total)
			fail_msg("%s: a counter ends in _total", m[i].name);
		if (!m[i].help && (!i || strcmp(m[i].name, m[i - 1].name)))
			fail_msg("%s has no help", m[i].name);
	}
}

static void test_kinds_are_those_of_the_metrics(void **state)
{
	(void)state;
	check_table(http_container_metrics, http_container_metric_count,
		    container_metrics);
	check_table(http_machine_metrics, http_machine_metric_count,
		    system_metrics);
	check_table(http_device_metrics, http_device_metric_count,
		    device_metrics);
}

static const char *device_name(void *arg, uint32_t major, uint32_t minor)
{
	(void)arg;
	return major == 8 && minor == 1 ? "/dev/sda1" : "?";
}

static struct http_facts *one_container(const struct metric_values *m,
					const struct device_info *device,
					unsigned int devices)
{
	struct http_facts *f = calloc(1, sizeof(*f));
	struct step_container c = {
		.key = "abc", .m = m, .device = device, .devices = devices
	};
	struct http_gather g;

	assert_non_null(f);
	assert_int_equal(http_gather_begin(&g, f, 1), 0);
	assert_int_equal(http_gather_add(&g, &c), 0);
	assert_int_equal(http_gather_end(&g), 0);
	return f;
}

static void write_facts(struct http_facts *f)
{
	FILE *to = begin();

	http_metrics_write(to, f, device_name, NULL);
	assert_int_equal(fclose(to), 0);
	http_facts_free(f);
}

static void test_what_is_unknown_is_absent(void **state)
{
	struct metric_values m = { 0 };

	(void)state;
	metric_set(&m, CM_PIDS, 0);
	metric_set(&m, CM_IO_READ_BYTES, 5);
	write_facts(one_container(&m, NULL, 0));

	assert_has("\ncontainer_processes{id=\"abc\"} 0\n");
	assert_has("\ncontainer_fs_reads_bytes_total{id=\"abc\"} 5\n");
	assert_lacks("container_memory_usage_bytes{");
	assert_lacks("container_start_time_seconds{");
	assert_lacks("container_fs_writes_bytes_total{");
	assert_lacks("\nmachine_");
	assert_lacks("sysmon_last_tick_timestamp_seconds");
	assert_lacks("sysmon_module_info");
	free(text);
}

static void test_devices_stand_for_their_sum(void **state)
{
	struct device_info d = { .major = 8, .minor = 1 };
	struct metric_values m = { 0 };

	(void)state;
	metric_set(&m, CM_IO_READ_BYTES, 5);
	metric_few_set(&d.m, DM_READ_BYTES, 5);
	write_facts(one_container(&m, &d, 1));

	assert_has("\ncontainer_fs_reads_bytes_total{id=\"abc\",device="
		   "\"/dev/sda1\"} 5\n");
	assert_lacks("container_fs_reads_bytes_total{id=\"abc\"}");
	free(text);
}

static void add_gap(struct http_tally *tally, enum gap_kind kind,
		    const char *reason, uint64_t count)
{
	struct row row = { .type = ROW_GAP };
	struct rows rows = { .first = &row, .last = &row, .count = 1 };

	row.gap.kind = kind;
	row.gap.reason = reason;
	row.gap.count = count;
	http_tally_add(tally, &rows);
}

static void test_gaps_are_counted_by_reason(void **state)
{
	struct http_tally tally = { 0 };
	char reason[16];

	(void)state;
	add_gap(&tally, GAP_TICK, "overrun", 2);
	add_gap(&tally, GAP_EVENT, "lost", 3);
	add_gap(&tally, GAP_TICK, "overrun", 4);
	assert_string_equal(tally.gaps[0].reason, "overrun");
	assert_int_equal(tally.gaps[0].ticks, 6);
	assert_int_equal(tally.gaps[0].events, 0);
	assert_int_equal(tally.gaps[1].events, 3);
	for (int i = 0; i < 40; i++) {
		snprintf(reason, sizeof(reason), "reason %d", i);
		add_gap(&tally, GAP_TICK, reason, 1);
	}
	assert_string_equal(tally.gaps[HTTP_REASONS_MAX - 1].reason, "other");
	assert_int_equal(tally.gaps[HTTP_REASONS_MAX - 1].ticks,
			 40 - (HTTP_REASONS_MAX - 3));
}

static void add_action(struct http_tally *tally, const struct action_row *a)
{
	struct row row = { .type = ROW_ACTION, .action = *a };
	struct rows rows = { .first = &row, .last = &row, .count = 1 };

	http_tally_add(tally, &rows);
}

static void test_actions_are_counted_once(void **state)
{
	struct http_tally tally = { 0 };
	struct action_row a = { .id = 5, .decided_ns = 1 };

	(void)state;
	add_action(&tally, &a);
	a.answered_ns = 2;
	add_action(&tally, &a);
	a.confirmed_ns = 3;
	add_action(&tally, &a);
	a = (struct action_row){ .id = 6, .decided_ns = 1, .dry_run = true };
	add_action(&tally, &a);
	a = (struct action_row){ .id = 7, .answered_ns = 2, .error = "no" };
	add_action(&tally, &a);
	assert_int_equal(tally.actions.decided, 2);
	assert_int_equal(tally.actions.dry_run, 1);
	assert_int_equal(tally.actions.confirmed, 1);
	assert_int_equal(tally.actions.failed, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values_are_escaped),
		cmocka_unit_test(test_numbers_are_exact),
		cmocka_unit_test(test_labels_of_an_engine_become_names),
		cmocka_unit_test(test_long_labels_are_cut),
		cmocka_unit_test(test_every_metric_has_a_name),
		cmocka_unit_test(test_kinds_are_those_of_the_metrics),
		cmocka_unit_test(test_what_is_unknown_is_absent),
		cmocka_unit_test(test_devices_stand_for_their_sum),
		cmocka_unit_test(test_gaps_are_counted_by_reason),
		cmocka_unit_test(test_actions_are_counted_once),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
