// SPDX-License-Identifier: GPL-2.0
/* The pane of one container, and what its devices are called. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "cli/detail.h"
#include "cli/style.h"
#include "lib/blockdev.h"
#include "lib/timerange.h"

#define SEC NSEC_PER_SEC
#define NOW (1736942409 * SEC)

static struct value *add_row(struct rowset *set, unsigned int columns)
{
	struct value row[QUERY_COLUMNS_MAX] = { 0 };

	set->columns = columns;
	assert_int_equal(rowset_add(set, row), 0);
	return rowset_row(set, set->count - 1);
}

static struct value text(const char *s)
{
	return value_text(strdup(s), strlen(s));
}

static int set_up(void **state)
{
	struct scene *scene = calloc(1, sizeof(*scene));
	struct value *row;

	assert_non_null(scene);
	scene->snapshot.tick[TICK_TS_NS] = value_int(NOW);
	scene->snapshot.tick[TICK_INTERVAL] = value_real(1);
	scene->focus.container = 7;
	scene->focus.from_ns = NOW - 10 * SEC;
	row = add_row(&scene->snapshot.containers, TOP_COUNT);
	row[TOP_ROW] = value_int(7);
	row[TOP_LABEL] = text("web");
	row[TOP_IMAGE] = text("nginx\x1b[2J");
	row[TOP_CPU] = value_real(12.5);
	row[TOP_MEM] = value_int(1 << 20);
	*state = scene;
	return 0;
}

static int tear_down(void **state)
{
	scene_free(*state);
	free(*state);
	return 0;
}

/* The pane; the styles are left out. */
static char *pane(const struct scene *scene, const char *label,
		  unsigned int columns, enum text_charset charset)
{
	char *lines = NULL, *from, *to;
	size_t size;
	FILE *out = open_memstream(&lines, &size);

	assert_int_equal(detail_put(scene, label, columns, charset, out), 0);
	fclose(out);
	for (from = to = lines; *from; from++)
		if (!style_is((unsigned char)*from))
			*to++ = *from;
	*to = 0;
	return lines;
}

static void assert_has(const char *lines, const char *part)
{
	if (!strstr(lines, part))
		fail_msg("no \"%s\" in:\n%s", part, lines);
}

static void what_is_unknown_or_unlimited_is_a_dash(void **state)
{
	char *lines = pane(*state, "web", 80, TEXT_UTF8);

	assert_has(lines, "\nCPU       12.5%  limit -  user -  sys -\n");
	assert_has(lines, "\nMemory    1.0 MiB  limit -  -  high -  peak -\n");
	assert_has(lines, "\nNetwork   the host's, or unknown\n");
	assert_has(lines, "\nNo events\n");
	free(lines);
}

static void limits_stand_beside_their_figures(void **state)
{
	struct scene *scene = *state;
	struct value *row = rowset_row(&scene->snapshot.containers, 0);
	char *lines;

	row[TOP_CPU_LIMIT] = value_real(150);
	row[TOP_MEM_LIMIT] = value_int(4 << 20);
	row[TOP_MEM_PCT] = value_real(25);
	row[TOP_PIDS] = value_int(3);
	row[TOP_PIDS_LIMIT] = value_int(100);
	row[TOP_THROTTLED] = value_real(40);
	row[TOP_PSI_IO] = value_real(1.5);
	row[TOP_NET_RX] = value_real(2048);
	lines = pane(scene, "web", 80, TEXT_UTF8);
	assert_has(lines, "12.5%  limit 150.0%");
	assert_has(lines, "1.0 MiB  limit 4.0 MiB  25.0%");
	assert_has(lines, "3  limit 100");
	assert_has(lines, "40.0% of the time");
	assert_has(lines, "io 1.5% (all -)");
	assert_has(lines, "in 2.0 KiB/s");
	free(lines);
}

static void devices_go_by_name_or_number(void **state)
{
	struct scene *scene = *state;
	struct value *d;
	char *lines;

	d = add_row(&scene->focus.devices, DEVICE_COUNT);
	d[DEVICE_MAJOR] = value_int(8);
	d[DEVICE_MINOR] = value_int(0);
	d[DEVICE_NAME] = text("sda");
	d[DEVICE_READ] = value_real(4096);
	d = add_row(&scene->focus.devices, DEVICE_COUNT);
	d[DEVICE_MAJOR] = value_int(259);
	d[DEVICE_MINOR] = value_int(1);
	d[DEVICE_WRITE] = value_real(512);
	lines = pane(scene, "web", 80, TEXT_UTF8);
	assert_has(lines, "\n  sda     read 4.0 KiB/s");
	assert_has(lines, "\n  259:1   read - -  write 512 B/s -");
	free(lines);
}

static void figures_of_the_last_minutes_are_sparklines(void **state)
{
	struct scene *scene = *state;
	unsigned int i;
	char *lines;

	for (i = 1; i <= 10; i++) {
		struct value *t = add_row(&scene->focus.trail, TRAIL_COUNT);

		t[TRAIL_TS_NS] = value_int(NOW - (10 - i) * SEC);
		t[TRAIL_CPU] = i == 4 || i == 5 ? value_null()
						: value_real(i * 10);
	}
	lines = pane(scene, "web", 80, TEXT_ASCII);
	assert_has(lines, "The last 10.0s\n");
	assert_has(lines, "\nNetwork   -\n");
	assert_has(lines, "CPU       _.:  =+*##  max 100.0%\n");
	free(lines);
}

/* Texts of containers are cleaned; there is no byte but styles and newlines. */
static void nothing_of_a_container_reaches_the_terminal_raw(void **state)
{
	static const unsigned int widths[] = { 40, 80, 160, 300 };
	unsigned int i;
	char *lines;
	const char *p;

	for (i = 0; i < 8; i++) {
		lines = pane(*state, "e\x1b]0;x\x07\xff\xc2\x9b", widths[i / 2],
			     i % 2 ? TEXT_UTF8 : TEXT_ASCII);
		for (p = lines; *p; p++)
			if ((unsigned char)*p < ' ' && *p != '\n')
				fail_msg("byte %d in:\n%s", *p, lines);
		assert_null(strstr(lines, "\xc2\x9b"));
		assert_has(lines, "nginx\\x1b[2J");
		free(lines);
	}
}

static void a_wide_pane_has_two_halves(void **state)
{
	char *lines = pane(*state, "web", 160, TEXT_UTF8), *line;

	line = strstr(lines, "Image");
	assert_non_null(line);
	assert_memory_equal(line + 80, "The last 10.0s\n", 15);
	free(lines);
}

static void a_device_is_called_as_the_kernel_calls_it(void **state)
{
	char dir[] = "/tmp/sysmon-blockdev-XXXXXX", path[64], name[32];

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/8:1", dir);
	assert_int_equal(symlink("../../devices/x/block/sda/sda1", path), 0);
	assert_string_equal(blockdev_name(dir, 8, 1, name, sizeof(name)),
			    "sda1");
	assert_null(blockdev_name(dir, 8, 2, name, sizeof(name)));
	unlink(path);
	rmdir(dir);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_unknown_or_unlimited_is_a_dash),
		TEST(limits_stand_beside_their_figures),
		TEST(devices_go_by_name_or_number),
		TEST(figures_of_the_last_minutes_are_sparklines),
		TEST(nothing_of_a_container_reaches_the_terminal_raw),
		TEST(a_wide_pane_has_two_halves),
		cmocka_unit_test(a_device_is_called_as_the_kernel_calls_it),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
