// SPDX-License-Identifier: GPL-2.0
/* What `sysmonctl status` finds wrong. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "cli/health.h"
#include "lib/timerange.h"

#define SEC NSEC_PER_SEC
#define NOW (1736942409 * SEC)

/* A module that answers, a daemon that stored a second ago. */
static int set_up(void **state)
{
	struct health *h = calloc(1, sizeof(*h));

	assert_non_null(h);
	h->module.abi = SYSMON_ABI;
	h->module.interval_ns = SEC;
	h->heartbeat.beat_ns = NOW - SEC;
	h->gaps.columns = GAP_COUNT;
	h->jobs.columns = JOB_COUNT;
	h->host.module_file = true;
	h->status.columns = 2;
	*state = h;
	return 0;
}

static int tear_down(void **state)
{
	struct health *h = *state;

	rowset_free(&h->gaps);
	rowset_free(&h->jobs);
	rowset_free(&h->status);
	json_decref(h->engines);
	free(h);
	return 0;
}

static void judge_newest(struct health *h, int64_t newest_ns)
{
	struct value store[STORE_COUNT] = { 0 };

	store[STORE_NEWEST] = value_real((double)newest_ns / 1e9);
	health_fill(h, NOW);
	health_fill_store(h, store);
	health_judge(h, NOW);
}

static void judge(struct health *h)
{
	judge_newest(h, NOW - SEC);
}

static struct value text(const char *s)
{
	return value_text(s, strlen(s));
}

static void assert_problem(const struct health *h, unsigned int i,
			   const char *what)
{
	if (i >= h->problems || !strstr(h->problem[i].what, what))
		fail_msg("problem %u is: %s", i,
			 i < h->problems ? h->problem[i].what : "none");
	assert_non_null(h->problem[i].remedy);
}

static void all_is_well(void **state)
{
	struct health *h = *state;

	judge(h);

	assert_int_equal(h->problems, 0);
	assert_int_equal(health_verdict(h), HEALTH_GOOD);
	assert_memory_equal(h->row[HEALTH_MODULE_STATE].s.p, "running", 7);
	assert_memory_equal(h->row[HEALTH_DAEMON_STATE].s.p, "running", 7);
}

static void module_that_is_not_loaded_is_down(void **state)
{
	struct health *h = *state;

	h->module_error = -ENOENT;
	judge(h);

	assert_int_equal(health_verdict(h), HEALTH_DOWN);
	assert_problem(h, 0, "not loaded");
	assert_non_null(strstr(h->problem[0].remedy, "modprobe"));
	assert_int_equal(h->row[HEALTH_MODULE_TICKS].type, VALUE_NULL);
}

static void module_that_was_not_built_for_the_kernel_says_so(void **state)
{
	struct health *h = *state;

	h->module_error = -ENOENT;
	h->host.module_file = false;
	snprintf(h->host.release, sizeof(h->host.release), "6.1.0-99-amd64");
	judge(h);

	assert_problem(h, 0, "no module sysmon for the kernel 6.1.0-99-amd64");
	assert_non_null(strstr(h->problem[0].remedy, "linux-headers"));
}

static void module_that_secure_boot_may_refuse_says_so(void **state)
{
	struct health *h = *state;

	h->module_error = -ENOENT;
	h->host.secure_boot = true;
	judge(h);

	assert_int_equal(h->problems, 1);
	assert_problem(h, 0, "Secure Boot");
	assert_non_null(strstr(h->problem[0].remedy, "mokutil"));
}

/* Once it is loaded its signature was good enough. */
static void secure_boot_is_no_problem_of_its_own(void **state)
{
	struct health *h = *state;

	h->host.secure_boot = true;
	judge(h);

	assert_int_equal(h->problems, 0);
}

static void containers_in_cgroup_v1_are_told(void **state)
{
	struct health *h = *state;

	h->module_error = -ENOENT;
	h->host.cgroup1 = true;
	judge(h);

	assert_int_equal(h->problems, 2);
	assert_problem(h, 1, "cgroup v1");
}

static void who_may_not_ask_the_module_is_told_to_be_root(void **state)
{
	struct health *h = *state;

	h->module_error = -EPERM;
	judge(h);

	assert_int_equal(health_verdict(h), HEALTH_PROBLEMS);
	assert_problem(h, 0, "not permitted");
	assert_non_null(strstr(h->problem[0].remedy, "sudo"));
}

static void database_that_cannot_be_read_is_the_problem(void **state)
{
	struct health *h = *state;

	snprintf(h->db_error, sizeof(h->db_error),
		 "/x/y.db: no permission; run as root");
	h->heartbeat.beat_ns = 0;
	judge(h);

	assert_int_equal(h->problems, 1);
	assert_problem(h, 0, "/x/y.db: no permission");
	assert_string_equal(h->problem[0].remedy, "run as root");
	assert_memory_equal(h->row[HEALTH_DAEMON_STATE].s.p, "unknown", 7);
}

static void judge_sizes(struct health *h, int64_t pages, int64_t unused)
{
	struct value store[STORE_COUNT] = { 0 };
	struct value limit[2] = { text("size_limit_bytes"),
				  value_int(100 << 20) };
	struct value rest[2] = { text("db_free_bytes"), value_int(unused) };

	assert_int_equal(rowset_add(&h->status, limit), 0);
	assert_int_equal(rowset_add(&h->status, rest), 0);
	store[STORE_NEWEST] = value_real((double)(NOW - SEC) / 1e9);
	store[STORE_PAGES_BYTES] = value_int(pages);
	health_fill(h, NOW);
	health_fill_store(h, store);
	health_judge(h, NOW);
}

static void database_above_its_limit_is_a_problem(void **state)
{
	struct health *h = *state;

	judge_sizes(h, 150 << 20, 20 << 20);

	assert_int_equal(h->problems, 1);
	assert_problem(h, 0, "above its limit: 130 of 100 MiB");
}

/* Free pages are used again before it grows. */
static void database_with_free_pages_is_within_its_limit(void **state)
{
	struct health *h = *state;

	judge_sizes(h, 150 << 20, 45 << 20);

	assert_int_equal(h->problems, 0);
}

static void disk_without_room_is_a_problem(void **state)
{
	struct health *h = *state;

	h->host.have_room = true;
	h->host.room_bytes = 63 << 20;
	judge(h);

	assert_int_equal(h->problems, 1);
	assert_problem(h, 0, "63 MiB are left");
}

static void daemon_without_a_sign_of_life_is_down(void **state)
{
	struct health *h = *state;

	h->heartbeat.beat_ns = NOW - 60 * SEC;
	judge(h);

	assert_int_equal(health_verdict(h), HEALTH_DOWN);
	assert_problem(h, 0, "1m 00s ago");
}

/* A restart would throw away what waits in its memory. */
static void
process_that_stores_nothing_is_a_problem_not_to_restart(void **state)
{
	struct health *h = *state;

	h->heartbeat.beat_ns = NOW - 60 * SEC;
	h->heartbeat.process = true;
	judge_newest(h, NOW - 60 * SEC);

	assert_int_equal(health_verdict(h), HEALTH_PROBLEMS);
	assert_int_equal(h->problems, 1);
	assert_problem(h, 0, "cannot store: nothing for 1m 00s");
	assert_non_null(strstr(h->problem[0].remedy, "df"));
	assert_non_null(strstr(h->problem[0].remedy, "journalctl"));
	assert_null(strstr(h->problem[0].remedy, "restart"));
	assert_memory_equal(h->row[HEALTH_DAEMON_STATE].s.p, "running", 7);
}

static void daemon_that_commits_seldom_is_well(void **state)
{
	struct health *h = *state;
	struct value row[2] = { text("commit_interval_ns"),
				value_int(60 * SEC) };

	assert_int_equal(rowset_add(&h->status, row), 0);
	h->heartbeat.beat_ns = NOW - 60 * SEC;
	h->heartbeat.process = true;
	judge(h);

	assert_int_equal(h->problems, 0);
}

static void daemon_that_was_stopped_is_down(void **state)
{
	struct health *h = *state;

	h->heartbeat.stopped_ns = NOW - SEC;
	judge(h);

	assert_problem(h, 0, "was stopped 1.0s ago");
}

static void daemon_that_never_ran_is_down(void **state)
{
	struct health *h = *state;

	h->heartbeat.beat_ns = 0;
	judge(h);

	assert_problem(h, 0, "never stored");
}

static void no_new_samples_are_a_problem(void **state)
{
	struct health *h = *state;

	judge_newest(h, NOW - 9 * SEC);

	assert_int_equal(health_verdict(h), HEALTH_PROBLEMS);
	assert_problem(h, 0, "no sample has come for 9.0s");
}

static void slow_interval_is_no_problem(void **state)
{
	struct health *h = *state;

	h->module.interval_ns = 60 * SEC;
	judge_newest(h, NOW - 100 * SEC);

	assert_int_equal(h->problems, 0);
}

static void add_gap(struct health *h, const char *reason, int64_t last_ns)
{
	struct value row[GAP_COUNT] = { 0 };

	row[GAP_KIND] = text("tick");
	row[GAP_REASON] = text(reason);
	row[GAP_MISSING] = value_int(5);
	row[GAP_LAST] = value_real((double)last_ns / 1e9);
	assert_int_equal(rowset_add(&h->gaps, row), 0);
}

static void recent_gaps_are_a_problem_unless_expected(void **state)
{
	struct health *h = *state;

	add_gap(h, "overrun", NOW - 60 * SEC);
	add_gap(h, "lost", NOW - 7200 * SEC);
	add_gap(h, "daemon-stopped", NOW - 60 * SEC);
	judge(h);

	assert_int_equal(h->problems, 1);
	assert_problem(h, 0, "lacks 5 ticks");
}

static void failed_job_is_a_problem_with_its_error(void **state)
{
	struct health *h = *state;
	struct value row[JOB_COUNT] = { 0 };

	row[JOB_NAME] = text("spawn");
	row[JOB_EXIT_CODE] = value_int(0);
	assert_int_equal(rowset_add(&h->jobs, row), 0);
	row[JOB_NAME] = text("compose");
	row[JOB_EXIT_CODE] = value_null();
	row[JOB_SIGNAL] = value_int(9);
	row[JOB_ERROR] = text("timed out after 30 s");
	assert_int_equal(rowset_add(&h->jobs, row), 0);
	judge(h);

	assert_int_equal(h->problems, 1);
	assert_problem(h, 0, "compose failed: timed out after 30 s");
}

static void unreachable_engine_is_a_problem(void **state)
{
	struct health *h = *state;

	h->engines =
		json_loads("[{\"name\":\"docker\",\"state\":\"unavailable\","
			   "\"error\":\"Permission denied\"},"
			   "{\"name\":\"podman\",\"state\":\"absent\"},"
			   "{}, 7, null]",
			   0, NULL);
	judge(h);

	assert_int_equal(h->problems, 1);
	assert_problem(h, 0, "docker cannot be reached: Permission denied");
}

static void auto_engine_is_not_missed_beside_another(void **state)
{
	struct health *h = *state;

	h->engines =
		json_loads("[{\"name\":\"docker\",\"state\":\"connected\","
			   "\"auto\":true},"
			   "{\"name\":\"podman\",\"state\":\"unavailable\","
			   "\"error\":\"Permission denied\",\"auto\":true}]",
			   0, NULL);
	judge(h);

	assert_int_equal(h->problems, 0);
}

static void engine_that_is_wanted_is_missed_beside_another(void **state)
{
	struct health *h = *state;

	h->engines =
		json_loads("[{\"name\":\"docker\",\"state\":\"connected\","
			   "\"auto\":true},"
			   "{\"name\":\"podman\",\"state\":\"unavailable\","
			   "\"auto\":false}]",
			   0, NULL);
	judge(h);

	assert_problem(h, 0, "podman cannot be reached");
}

static void auto_engine_is_missed_where_there_is_no_other(void **state)
{
	struct health *h = *state;

	h->engines =
		json_loads("[{\"name\":\"docker\",\"state\":\"absent\","
			   "\"auto\":true},"
			   "{\"name\":\"podman\",\"state\":\"unavailable\","
			   "\"error\":\"Permission denied\",\"auto\":true}]",
			   0, NULL);
	judge(h);

	assert_int_equal(h->problems, 1);
	assert_problem(h, 0, "podman cannot be reached: Permission denied");
}

static void policy_that_waits_or_gave_up_is_a_problem(void **state)
{
	struct health *h = *state;
	struct value waiting[2] = { text("policy_waiting"), value_int(1) };
	struct value given_up[2] = { text("policy_given_up"), value_int(2) };

	assert_int_equal(rowset_add(&h->status, waiting), 0);
	assert_int_equal(rowset_add(&h->status, given_up), 0);
	judge(h);

	assert_int_equal(h->problems, 2);
	assert_problem(h, 0, "1 decision of the policy waits for an engine");
	assert_problem(h, 1, "given up on 2 containers");
}

static void worst_problem_comes_first(void **state)
{
	struct health *h = *state;

	h->module.containers_refused = 3;
	h->heartbeat.stopped_ns = NOW - SEC;
	judge(h);

	assert_int_equal(h->problems, 2);
	assert_problem(h, 0, "was stopped");
	assert_problem(h, 1, "no room for 3");
}

static void what_cannot_be_stored_is_told(void **state)
{
	struct health *h = *state;
	struct value row[2] = { text("commit_error"), text("disk I/O error") };

	assert_int_equal(rowset_add(&h->status, row), 0);
	judge(h);

	assert_problem(h, 0, "cannot store: disk I/O error");
}

static void what_could_not_be_reloaded_is_told(void **state)
{
	struct health *h = *state;
	struct value row[2] = { text("config_error"),
				text("/etc/x.conf:3: unknown key") };

	assert_int_equal(rowset_add(&h->status, row), 0);
	judge(h);

	assert_problem(h, 0, "old one is in force: /etc/x.conf:3: unknown key");
}

static void what_was_moved_aside_is_told(void **state)
{
	struct health *h = *state;
	struct value row[2] = { text("db_moved"), text("/x/s.db.corrupt-1") };

	assert_int_equal(rowset_add(&h->status, row), 0);
	judge(h);

	assert_problem(h, 0, "moved aside: /x/s.db.corrupt-1");
}

static void what_cannot_be_removed_is_told(void **state)
{
	struct health *h = *state;
	struct value row[2] = { text("retention_error"),
				text("database is locked") };

	assert_int_equal(rowset_add(&h->status, row), 0);
	judge(h);

	assert_problem(h, 0, "cannot remove what is too old: database is");
}

static void times_of_the_daemon_become_seconds(void **state)
{
	struct health *h = *state;
	struct value row[2] = { text("started_ns"),
				value_int(2 * SEC + SEC / 2) };

	assert_int_equal(rowset_add(&h->status, row), 0);
	judge(h);

	assert_true(h->row[HEALTH_DAEMON_STARTED].r == 2.5);
}

static void more_problems_than_there_is_room_for(void **state)
{
	struct health *h = *state;
	unsigned int i;

	for (i = 0; i < 100; i++)
		add_gap(h, "overrun", NOW);
	judge(h);

	assert_int_equal(h->problems, HEALTH_PROBLEMS_MAX);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(all_is_well),
		TEST(module_that_is_not_loaded_is_down),
		TEST(module_that_was_not_built_for_the_kernel_says_so),
		TEST(module_that_secure_boot_may_refuse_says_so),
		TEST(secure_boot_is_no_problem_of_its_own),
		TEST(containers_in_cgroup_v1_are_told),
		TEST(who_may_not_ask_the_module_is_told_to_be_root),
		TEST(database_that_cannot_be_read_is_the_problem),
		TEST(database_above_its_limit_is_a_problem),
		TEST(database_with_free_pages_is_within_its_limit),
		TEST(disk_without_room_is_a_problem),
		TEST(daemon_without_a_sign_of_life_is_down),
		TEST(process_that_stores_nothing_is_a_problem_not_to_restart),
		TEST(daemon_that_commits_seldom_is_well),
		TEST(daemon_that_was_stopped_is_down),
		TEST(daemon_that_never_ran_is_down),
		TEST(no_new_samples_are_a_problem),
		TEST(slow_interval_is_no_problem),
		TEST(recent_gaps_are_a_problem_unless_expected),
		TEST(failed_job_is_a_problem_with_its_error),
		TEST(unreachable_engine_is_a_problem),
		TEST(auto_engine_is_not_missed_beside_another),
		TEST(engine_that_is_wanted_is_missed_beside_another),
		TEST(auto_engine_is_missed_where_there_is_no_other),
		TEST(policy_that_waits_or_gave_up_is_a_problem),
		TEST(worst_problem_comes_first),
		TEST(what_cannot_be_stored_is_told),
		TEST(what_was_moved_aside_is_told),
		TEST(what_could_not_be_reloaded_is_told),
		TEST(what_cannot_be_removed_is_told),
		TEST(times_of_the_daemon_become_seconds),
		TEST(more_problems_than_there_is_room_for),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
