// SPDX-License-Identifier: GPL-2.0
/* What the log says of rows, and with which fields in the journal. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>
#include <cmocka.h>

#include "collectord/journal.h"
#include "collectord/journald.h"
#include "collectord/log.h"
#include "collectord/report.h"

#define ID "aaaaaaaaaaaabbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

/* The entries that the journal got, each a list of fields with their length. */
static struct {
	char bytes[16384];
	size_t used;
	int entries;
} sent;

/* In the place of the one that sends. */
int journald_send(const struct iovec *iov, int n, int wait_ms)
{
	(void)wait_ms;
	for (int i = 0; i < n; i++) {
		assert_true(sent.used + iov[i].iov_len + 1 <
			    sizeof(sent.bytes));
		memcpy(sent.bytes + sent.used, iov[i].iov_base, iov[i].iov_len);
		sent.used += iov[i].iov_len;
		sent.bytes[sent.used++] = '\0';
	}
	sent.entries++;
	return 0;
}

static struct step *step_state;
static struct rows rows;
static struct report report;
static FILE *log_file;
static int saved_stderr;
static char log_text[8192];

/* Points stderr at a file and, if @journal, calls that the journal's. */
static void log_to(bool journal, int level, bool fields)
{
	char stream[64];
	struct stat st;

	log_file = tmpfile();
	assert_non_null(log_file);
	saved_stderr = dup(STDERR_FILENO);
	assert_true(dup2(fileno(log_file), STDERR_FILENO) >= 0);
	assert_int_equal(fstat(STDERR_FILENO, &st), 0);
	snprintf(stream, sizeof(stream), "%llu:%llu",
		 (unsigned long long)st.st_dev, (unsigned long long)st.st_ino);
	if (journal)
		setenv("JOURNAL_STREAM", stream, 1);
	else
		unsetenv("JOURNAL_STREAM");
	log_init(level, fields);
}

/* Has all rows told, and reads what stood on stderr. */
static void tell(void)
{
	size_t n;

	report_rows(&report, step_state, &rows);
	dup2(saved_stderr, STDERR_FILENO);
	close(saved_stderr);
	rewind(log_file);
	n = fread(log_text, 1, sizeof(log_text) - 1, log_file);
	log_text[n] = '\0';
	fclose(log_file);
}

static const char *field(const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < sent.used; i += strlen(sent.bytes + i) + 1)
		if (strncmp(sent.bytes + i, name, len) == 0 &&
		    sent.bytes[i + len] == '=')
			return sent.bytes + i + len + 1;
	return "(none)";
}

static void know_container(const char *name)
{
	struct step_past_container past = { 0 };
	struct container_meta *meta = calloc(1, sizeof(*meta));
	struct step_event event = { .type = STEP_META };
	struct update update = { 0 };

	past.row = (struct container_row){
		.id = 7, .boot = 1, .cgroup_id = 70, .key = ID, .path = "/x"
	};
	assert_int_equal(step_recall(step_state, &past), 0);
	assert_non_null(meta);
	meta->id = strdup(ID);
	meta->name = strdup(name);
	meta->image = strdup("alpine");
	event.meta = meta;
	assert_int_equal(step(step_state, &event, &update), 0);
	update_free(&update);
}

static int setup(void **state)
{
	struct step_config config = { .engines = 1, .boot_uuid = "b" };
	struct step_past past = { .boot_id = 1, .container_id = 7 };

	(void)state;
	sent.used = 0;
	sent.entries = 0;
	report = (struct report){ 0 };
	assert_int_equal(step_new(&config, &past, &step_state), 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	rows_free(&rows);
	step_free(step_state);
	return 0;
}

static void add(const struct row *row)
{
	assert_non_null(rows_add(&rows, row));
}

static void add_stop(int64_t id)
{
	struct row row = { .type = ROW_STOP };

	row.stop = (struct stop_row){ .id = id,
				      .container = 7,
				      .session = 3,
				      .seq = 41,
				      .reason = "signal",
				      .signal = 9,
				      .have_killer = true };
	row.stop.killer.pid = 123;
	row.stop.killer.uid = 0;
	row.stop.killer.comm = (struct str){ "runc", 4 };
	add(&row);
}

static void stop_has_its_fields(void **state)
{
	(void)state;
	know_container("web");
	add_stop(1);
	log_to(true, LOG_INFO, true);

	tell();

	assert_int_equal(sent.entries, 1);
	assert_string_equal(field("MESSAGE"), "container web: stopped by "
					      "signal 9 from runc, reason "
					      "signal");
	assert_string_equal(field("MESSAGE_ID"), REPORT_ID_STOP);
	assert_string_equal(field("PRIORITY"), "6");
	assert_string_equal(field("CONTAINER_ID"), "aaaaaaaaaaaa");
	assert_string_equal(field("CONTAINER_ID_FULL"), ID);
	assert_string_equal(field("CONTAINER_NAME"), "web");
	assert_string_equal(field("IMAGE_NAME"), "alpine");
	assert_string_equal(field("SYSMON_EVENT"), "stop");
	assert_string_equal(field("SYSMON_REASON"), "signal");
	assert_string_equal(field("SYSMON_SIGNAL"), "9");
	assert_string_equal(field("SYSMON_KILLER_COMM"), "runc");
	assert_string_equal(field("SYSMON_KILLER_UID"), "0");
	assert_string_equal(field("SYSMON_SEQ"), "41");
	assert_string_equal(field("SYSMON_EXIT_CODE"), "(none)");
	assert_string_equal(log_text, "");
}

/* Its row comes again as more is known. */
static void stop_is_told_once(void **state)
{
	(void)state;
	know_container("web");
	add_stop(1);
	add_stop(1);
	add_stop(2);
	log_to(true, LOG_INFO, true);

	tell();

	assert_int_equal(sent.entries, 2);
}

static void hostile_name_breaks_neither_fields_nor_terminals(void **state)
{
	static const char name[] = "x\nPRIORITY=0\n\x1b[2J\xc2\x9b\xff";

	(void)state;
	know_container(name);
	add_stop(1);
	log_to(true, LOG_INFO, true);

	tell();

	assert_string_equal(field("CONTAINER_NAME"), name);
	assert_string_equal(field("PRIORITY"), "6");
	assert_null(strpbrk(field("MESSAGE"), "\n\x1b"));
	assert_null(strstr(field("MESSAGE"), "\xc2\x9b"));
	assert_null(strchr(field("MESSAGE"), '\xff'));
}

static void hostile_name_is_one_plain_line(void **state)
{
	(void)state;
	know_container("x\n\x1b[2J\xc2\x9b\xff");
	add_stop(1);
	log_to(false, LOG_INFO, true);

	tell();

	assert_int_equal(sent.entries, 0);
	assert_ptr_equal(strchr(log_text, '\n'),
			 log_text + strlen(log_text) - 1);
	assert_null(strpbrk(log_text, "\x1b"));
	assert_null(strstr(log_text, "\xc2\x9b"));
	assert_non_null(strstr(log_text, "sysmon-collectord: container x\\n"));
}

static void fields_can_be_turned_off(void **state)
{
	(void)state;
	know_container("web");
	add_stop(1);
	log_to(true, LOG_INFO, false);

	tell();

	assert_int_equal(sent.entries, 0);
	assert_non_null(strstr(log_text, "<6>container web: stopped"));
}

static void level_leaves_out_what_is_below(void **state)
{
	struct row event = { .type = ROW_EVENT };
	struct row gap = { .type = ROW_GAP };

	(void)state;
	know_container("web");
	event.event = (struct event_row){ .session = 1,
					  .seq = 2,
					  .type = "start",
					  .container = 7,
					  .count = -1,
					  .limit = -1 };
	add(&event);
	event.event.type = "oom";
	event.event.seq = 3;
	event.event.have_subject = true;
	event.event.subject.pid = 5;
	event.event.subject.comm = (struct str){ "hog", 3 };
	add(&event);
	gap.gap = (struct gap_row){ .session = 1,
				    .kind = GAP_EVENT,
				    .first = 4,
				    .count = 2,
				    .reason = "overwritten" };
	add(&gap);
	log_to(true, LOG_WARNING, true);

	tell();

	assert_int_equal(sent.entries, 2);
	assert_string_equal(field("MESSAGE_ID"), REPORT_ID_OOM);
	assert_string_equal(field("SYSMON_SUBJECT_COMM"), "hog");
	assert_string_equal(field("SYSMON_COUNT"), "2");
	assert_string_equal(field("SYSMON_REASON"), "overwritten");
	assert_string_equal(field("SYSMON_LIMIT"), "(none)");
}

static void action_tells_each_state(void **state)
{
	struct row row = { .type = ROW_ACTION };

	(void)state;
	know_container("web");
	row.action = (struct action_row){ .id = 1,
					  .rule = "dup",
					  .container = 7,
					  .group = "g",
					  .verb = "stop",
					  .state = "requested",
					  .decided_ns = 1,
					  .requested_ns = 1 };
	add(&row);
	row.action.state = "confirmed";
	row.action.confirmed_ns = 3;
	add(&row);
	log_to(true, LOG_INFO, true);

	tell();

	assert_int_equal(sent.entries, 2);
	assert_string_equal(field("SYSMON_RULE"), "dup");
	assert_string_equal(field("SYSMON_GROUP"), "g");
	assert_string_equal(field("SYSMON_STATE"), "requested");
	assert_string_equal(field("MESSAGE"),
			    "policy dup: stop of container web: requested");
}

static void alarm_has_its_fields(void **state)
{
	struct row row = { .type = ROW_ALARM };

	(void)state;
	know_container("web");
	row.alarm = (struct alarm_row){ .id = 1,
					.action = 5,
					.rule = "dup",
					.container = 7,
					.reason = "unconfirmed",
					.detail = "nothing seen" };
	add(&row);
	log_to(true, LOG_INFO, true);

	tell();

	assert_int_equal(sent.entries, 1);
	assert_string_equal(field("SYSMON_RULE"), "dup");
	assert_string_equal(field("SYSMON_ACTION"), "5");
	assert_string_equal(field("SYSMON_REASON"), "unconfirmed");
	assert_string_equal(field("SYSMON_ERROR"), "nothing seen");
	assert_string_equal(
		field("MESSAGE"),
		"policy dup: container web: unconfirmed: nothing seen");
}

/* One that the core has forgotten, and one whose text has no room. */
static void what_is_unknown_or_too_long_is_told_all_the_same(void **state)
{
	static struct journal j;
	static char large[2 * JOURNAL_BYTES_MAX];

	(void)state;
	add_stop(1);
	log_to(true, LOG_INFO, true);
	assert_true(journal_begin(&j, LOG_INFO, REPORT_ID_EVENT, "m"));
	memset(large, 'x', sizeof(large));
	journal_text(&j, "LARGE", large, sizeof(large));
	for (int i = 0; i < 2 * JOURNAL_FIELDS_MAX; i++)
		journal_int(&j, "N", i);
	journal_send(&j);

	tell();

	assert_int_equal(sent.entries, 2);
	assert_string_equal(field("MESSAGE"), "m");
	assert_true(strlen(field("LARGE")) > JOURNAL_BYTES_MAX / 2);
	assert_non_null(strstr(field("SYSMON_REASON"), "signal"));
	assert_string_equal(field("CONTAINER_ID"), "(none)");
}

#define T(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(stop_has_its_fields),
		T(stop_is_told_once),
		T(hostile_name_breaks_neither_fields_nor_terminals),
		T(hostile_name_is_one_plain_line),
		T(fields_can_be_turned_off),
		T(level_leaves_out_what_is_below),
		T(action_tells_each_state),
		T(alarm_has_its_fields),
		T(what_is_unknown_or_too_long_is_told_all_the_same),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
