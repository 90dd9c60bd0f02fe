// SPDX-License-Identifier: GPL-2.0
/* Entries for the journal, and lines of a log that nobody reads. */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "collectord/journald.h"
#include "collectord/log.h"
#include "tmpdir.h"

static char path[80];
static int reader = -1; /* journald's end */
static char got[JOURNALD_ENTRY_MAX];

static int setup(void **state)
{
	(void)state;
	return tmpdir_make();
}

static int teardown(void **state)
{
	(void)state;
	return tmpdir_remove();
}

static void listen_anew(void)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	snprintf(path, sizeof(path), "%s/journal", tmpdir);
	snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
	unlink(path);
	if (reader >= 0)
		close(reader);
	reader = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	assert_int_equal(bind(reader, (struct sockaddr *)&at, sizeof(at)), 0);
}

static struct iovec field(const char *text)
{
	return (struct iovec){ (void *)text, strlen(text) };
}

static int send_fields(const char *a, const char *b, int wait_ms)
{
	struct iovec fields[] = { field(a), field(b) };

	return journald_send_to(path, fields, 2, wait_ms);
}

static ssize_t receive(void)
{
	return recv(reader, got, sizeof(got), 0);
}

static double seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void entry_is_as_the_journal_wants_it(void **state)
{
	static const char head[] = "MESSAGE=a line\nARGV\n";
	static const char tail[] = "a\nb=c\nSYSLOG_IDENTIFIER=test_journald\n";
	char want[256];
	uint64_t len = htole64(5);
	size_t n = sizeof(head) - 1;

	(void)state;
	listen_anew();
	assert_int_equal(send_fields("MESSAGE=a line", "ARGV=a\nb=c", 0), 0);
	memcpy(want, head, n);
	memcpy(want + n, &len, sizeof(len));
	memcpy(want + n + sizeof(len), tail, sizeof(tail) - 1);
	n += sizeof(len) + sizeof(tail) - 1;
	assert_int_equal(receive(), n);
	assert_memory_equal(got, want, n);
}

static void journal_that_comes_anew_is_found(void **state)
{
	(void)state;
	listen_anew();
	assert_int_equal(send_fields("A=1", "B=2", 0), 0);
	listen_anew();
	assert_int_equal(send_fields("A=1", "B=2", 0), 0);
	assert_true(receive() > 0);
	unlink(path);
	close(reader);
	reader = -1;
	assert_true(send_fields("A=1", "B=2", 0) < 0);
	listen_anew();
	assert_int_equal(send_fields("A=1", "B=2", 0), 0);
}

static void journal_that_does_not_read_holds_nobody_up(void **state)
{
	double begin;
	int rc, n = 0;

	(void)state;
	listen_anew();
	while (!(rc = send_fields("A=1", "B=2", 0)) && n < 100000)
		n++;
	assert_true(n > 0);
	assert_int_equal(rc, -EAGAIN);
	begin = seconds();
	assert_int_equal(send_fields("A=1", "B=2", 50), -EAGAIN);
	assert_in_range((seconds() - begin) * 1000, 40, 5000);
	while (receive() > 0)
		;
	assert_int_equal(send_fields("A=1", "B=2", 0), 0);
}

static void entry_without_room_is_refused(void **state)
{
	static char large[JOURNALD_ENTRY_MAX + 1];

	(void)state;
	listen_anew();
	memset(large, 'x', sizeof(large) - 1);
	large[1] = '=';
	assert_int_equal(send_fields(large, "A=1", 0), -EMSGSIZE);
	assert_true(receive() < 0);
}

/* Puts a pipe in the place of stderr, and returns its end to read. */
static int take_stderr(int *saved)
{
	int ends[2];

	assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
	assert_true(fcntl(ends[1], F_SETPIPE_SZ, 4096) > 0);
	*saved = dup(STDERR_FILENO);
	dup2(ends[1], STDERR_FILENO);
	close(ends[1]);
	return ends[0];
}

static void log_that_nobody_reads_holds_nobody_up(void **state)
{
	int saved, from = take_stderr(&saved);
	double begin = seconds(), took;
	ssize_t n;

	(void)state;
	log_init(LOG_INFO, false);
	for (int i = 0; i < 5000; i++)
		log_info("line %d of many that are not read", i);
	took = seconds() - begin;
	while ((n = read(from, got, sizeof(got))) > 0)
		;
	log_info("one that is read");
	n = read(from, got, sizeof(got) - 1);
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(from);
	assert_true(took < 5);
	assert_true(n > 0);
	got[n] = 0;
	assert_non_null(strstr(got, "lines of the log are lost"));
	assert_non_null(strstr(got, "one that is read\n"));
	assert_int_equal(log_patience() > 0, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entry_is_as_the_journal_wants_it),
		cmocka_unit_test(journal_that_comes_anew_is_found),
		cmocka_unit_test(journal_that_does_not_read_holds_nobody_up),
		cmocka_unit_test(entry_without_room_is_refused),
		cmocka_unit_test(log_that_nobody_reads_holds_nobody_up),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
