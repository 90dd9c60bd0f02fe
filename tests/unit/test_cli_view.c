// SPDX-License-Identifier: GPL-2.0
/* The screen of `top`: order, keys, and lines at any size. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "cli/style.h"
#include "cli/view.h"
#include "lib/timerange.h"

#define SEC NSEC_PER_SEC
#define NOW (1736942409 * SEC)

struct fixture {
	struct snapshot s;
	struct view view;
	struct view_state state;
};

static void add(struct snapshot *s, const char *name, double cpu, int64_t mem)
{
	struct value row[TOP_COUNT] = { 0 };

	row[TOP_ID] = value_text(name, strlen(name));
	row[TOP_LABEL] = value_text(name, strlen(name));
	if (cpu >= 0)
		row[TOP_CPU] = value_real(cpu);
	row[TOP_MEM] = value_int(mem);
	assert_int_equal(rowset_add(&s->containers, row), 0);
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	f->s.loaded = true;
	f->s.tick[TICK_TS_NS] = value_int(NOW);
	f->s.tick[TICK_INTERVAL] = value_real(1);
	f->s.tick[TICK_CPUS] = value_int(2);
	f->s.containers.columns = TOP_COUNT;
	add(&f->s, "beta", 10, 300);
	add(&f->s, "Alpha", 50, 100);
	add(&f->s, "unknown", -1, 200);
	add(&f->s, "gamma", 10, 400);
	f->view.sort = TOP_CPU;
	f->view.live = true;
	f->state.now_ns = NOW;
	assert_int_equal(snapshot_arrange(&f->s, TOP_CPU, false, ""), 0);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	snapshot_free(&f->s);
	free(f);
	return 0;
}

/* The names in their order: "a b c". */
static const char *order(struct fixture *f, unsigned int sort, bool reverse,
			 const char *filter)
{
	static char names[512];
	unsigned int i;

	assert_int_equal(snapshot_arrange(&f->s, sort, reverse, filter), 0);
	names[0] = 0;
	for (i = 0; i < f->s.shown; i++) {
		const struct value *v =
			&rowset_row(&f->s.containers, f->s.order[i])[TOP_LABEL];

		size_t used = strlen(names);

		snprintf(names + used, sizeof(names) - used, "%s%.*s",
			 i ? " " : "", (int)v->s.len, v->s.p);
	}
	return names;
}

static void order_is_by_value_then_name_with_unknown_last(void **state)
{
	struct fixture *f = *state;

	assert_string_equal(order(f, TOP_CPU, false, NULL),
			    "Alpha beta gamma unknown");
	assert_string_equal(order(f, TOP_CPU, true, NULL),
			    "beta gamma Alpha unknown");
	assert_string_equal(order(f, TOP_MEM, false, NULL),
			    "gamma beta unknown Alpha");
	assert_string_equal(order(f, TOP_LABEL, false, NULL),
			    "Alpha beta gamma unknown");
	assert_string_equal(order(f, TOP_LABEL, true, NULL),
			    "unknown gamma beta Alpha");
	assert_string_equal(order(f, TOP_NET_RX, false, NULL),
			    "Alpha beta gamma unknown");
}

static void filter_ignores_case(void **state)
{
	struct fixture *f = *state;

	assert_string_equal(order(f, TOP_CPU, false, "AL"), "Alpha");
	assert_string_equal(order(f, TOP_CPU, false, "eta"), "beta");
	assert_string_equal(order(f, TOP_CPU, false, "nothing"), "");
	assert_string_equal(order(f, TOP_CPU, false, ""),
			    "Alpha beta gamma unknown");
}

static void every_sort_word_names_a_field(void **state)
{
	const char *p = snapshot_sort_words;
	char word[32];

	(void)state;
	while (*p) {
		size_t len = strcspn(p, "|");

		snprintf(word, sizeof(word), "%.*s", (int)len, p);
		assert_true(snapshot_sort_field(word) >= 0);
		assert_int_equal(snapshot_sort_letter(word[0] == 's' && len > 4
							      ? 't'
							      : word[0]),
				 snapshot_sort_field(word));
		p += len + (p[len] == '|');
	}
	assert_int_equal(snapshot_sort_field("mem_bytes"), TOP_MEM);
	assert_int_equal(snapshot_sort_field("nonsense"), -1);
}

static char *draw(struct fixture *f, unsigned int rows, unsigned int columns)
{
	char *lines = NULL;
	size_t size;
	FILE *to = open_memstream(&lines, &size);

	assert_int_equal(view_draw(&f->view, &f->s, &f->state, rows, columns,
				   TEXT_UTF8, to),
			 0);
	fclose(to);
	return lines;
}

static unsigned int count_lines(const char *lines)
{
	unsigned int n = 0;

	for (; *lines; n++) {
		lines = strchrnul(lines, '\n');
		lines += *lines == '\n';
	}
	return n;
}

static void screen_has_as_many_lines_as_the_terminal(void **state)
{
	static const unsigned int heights[] = { 7, 8, 24, 100 };
	struct fixture *f = *state;
	unsigned int i;
	char *lines;

	for (i = 0; i < 4; i++) {
		lines = draw(f, heights[i], 80);
		assert_int_equal(count_lines(lines), heights[i]);
		free(lines);
		f->view.help = !f->view.help;
	}
}

static void screen_too_small_says_so(void **state)
{
	struct fixture *f = *state;
	char *lines = draw(f, 6, 80);

	assert_string_equal(lines, "too small\n");
	free(lines);
	lines = draw(f, 24, 29);
	assert_string_equal(lines, "too small\n");
	free(lines);
}

/* Row widths, the styles not counted. */
static void table_fits_from_its_narrowest_on(void **state)
{
	struct fixture *f = *state;
	unsigned int columns, width;
	char *lines, *p, *end, line[512];
	size_t i, n;

	for (columns = 45; columns <= 250; columns += 5) {
		lines = draw(f, 24, columns);
		p = lines;
		for (i = 0; i < 4; i++)
			p = strchr(p, '\n') + 1;
		for (; (end = strchr(p, '\n')) && end > p; p = end + 1) {
			for (n = 0; p < end; p++)
				if (!style_is((unsigned char)*p))
					line[n++] = *p;
			line[n] = 0;
			width = text_width(line);
			if (width > columns)
				fail_msg("%u columns in %u: %s", width, columns,
					 line);
		}
		free(lines);
	}
}

static void cursor_stays_on_the_screen(void **state)
{
	struct fixture *f = *state;
	unsigned int i;
	char name[16];

	for (i = 0; i < 50; i++) {
		snprintf(name, sizeof(name), "c%02u", i);
		add(&f->s, name, 1, 1);
	}
	free(f->s.order);
	f->s.order = NULL;
	order(f, TOP_LABEL, false, NULL);
	free(draw(f, 16, 80));
	for (i = 0; i < 100; i++) {
		view_key(&f->view, &f->s, KEY_VIEW_DOWN);
		free(draw(f, 16, 80));
		assert_true(f->view.cursor >= f->view.first);
		assert_true(f->view.cursor < f->view.first + 10);
	}
	assert_int_equal(f->view.cursor, 53);
	view_key(&f->view, &f->s, KEY_VIEW_PAGE_UP);
	assert_int_equal(f->view.cursor, 43);
	view_key(&f->view, &f->s, KEY_VIEW_HOME);
	free(draw(f, 16, 80));
	assert_int_equal(f->view.first, 0);
	/* Fewer rows than the cursor's: it comes back. */
	f->view.cursor = 53;
	order(f, TOP_LABEL, false, "alpha");
	free(draw(f, 16, 80));
	assert_int_equal(f->view.cursor, 0);
}

static void keys_choose_the_order(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(view_key(&f->view, &f->s, 'm'), VIEW_ARRANGE);
	assert_int_equal(f->view.sort, TOP_MEM);
	assert_int_equal(view_key(&f->view, &f->s, 'm'), VIEW_NOTHING);
	assert_int_equal(view_key(&f->view, &f->s, 'i'), VIEW_ARRANGE);
	assert_true(f->view.reverse);
	assert_int_equal(view_key(&f->view, &f->s, '>'), VIEW_ARRANGE);
	assert_int_equal(f->view.sort, TOP_MEM_LIMIT);
	assert_int_equal(view_key(&f->view, &f->s, '<'), VIEW_ARRANGE);
	assert_int_equal(f->view.sort, TOP_MEM);
	assert_int_equal(view_key(&f->view, &f->s, 'q'), VIEW_QUIT);
	assert_int_equal(view_key(&f->view, &f->s, 'Z'), VIEW_NOTHING);
	assert_int_equal(view_key(&f->view, &f->s, -1), VIEW_NOTHING);
}

static void typing_takes_letters_that_are_keys_elsewhere(void **state)
{
	static const uint32_t typed[] = { 'q', 0xe9, 0x65e5, 0x1f600 };
	struct fixture *f = *state;
	unsigned int i;

	assert_int_equal(view_key(&f->view, &f->s, '/'), VIEW_DRAW);
	for (i = 0; i < 4; i++)
		assert_int_equal(view_key(&f->view, &f->s, (int)typed[i]),
				 VIEW_ARRANGE);
	assert_string_equal(f->view.filter, "qé日😀");
	view_key(&f->view, &f->s, KEY_VIEW_BACKSPACE);
	view_key(&f->view, &f->s, KEY_VIEW_BACKSPACE);
	assert_string_equal(f->view.filter, "qé");
	for (i = 0; i < 100; i++)
		view_key(&f->view, &f->s, 0x65e5);
	assert_true(strlen(f->view.filter) < sizeof(f->view.filter));
	assert_int_equal(view_key(&f->view, &f->s, KEY_VIEW_ENTER), VIEW_DRAW);
	assert_int_equal(view_key(&f->view, &f->s, 'q'), VIEW_QUIT);
	view_key(&f->view, &f->s, KEY_VIEW_ESCAPE);
	assert_string_equal(f->view.filter, "");
	view_key(&f->view, &f->s, '/');
	view_key(&f->view, &f->s, KEY_VIEW_BACKSPACE);
	assert_string_equal(f->view.filter, "");
}

static void arrows_travel_through_time(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(view_key(&f->view, &f->s, KEY_VIEW_RIGHT),
			 VIEW_NOTHING);
	assert_int_equal(view_key(&f->view, &f->s, KEY_VIEW_LEFT), VIEW_BEFORE);
	assert_false(f->view.live);
	assert_int_equal(view_key(&f->view, &f->s, KEY_VIEW_RIGHT), VIEW_AFTER);
	assert_int_equal(view_key(&f->view, &f->s, KEY_VIEW_END), VIEW_NEWEST);
	assert_true(f->view.live);
}

static const char *alarm(struct fixture *f)
{
	static char buf[160];

	return view_alarm(&f->s, &f->state, buf, sizeof(buf));
}

static void old_samples_raise_an_alarm_with_the_reason(void **state)
{
	struct fixture *f = *state;

	assert_null(alarm(f));
	f->state.now_ns = NOW + 3 * SEC;
	assert_null(alarm(f));
	f->state.now_ns = NOW + 4 * SEC;
	assert_non_null(strstr(alarm(f), "daemon is not running"));
	f->state.heartbeat.beat_ns = NOW + 3 * SEC;
	assert_non_null(strstr(alarm(f), "no samples come"));
	f->s.tick[TICK_RELOADED] = value_int(1);
	assert_non_null(strstr(alarm(f), "reloaded"));
	f->state.error = "disk I/O error";
	assert_non_null(strstr(alarm(f), "disk I/O error"));
	f->state.error = NULL;
	f->s.tick[TICK_RELOADED] = value_int(0);
	f->s.tick[TICK_INTERVAL] = value_real(60);
	f->state.now_ns = NOW + 170 * SEC;
	assert_null(alarm(f));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(order_is_by_value_then_name_with_unknown_last),
		TEST(filter_ignores_case),
		TEST(every_sort_word_names_a_field),
		TEST(screen_has_as_many_lines_as_the_terminal),
		TEST(screen_too_small_says_so),
		TEST(table_fits_from_its_narrowest_on),
		TEST(cursor_stays_on_the_screen),
		TEST(keys_choose_the_order),
		TEST(typing_takes_letters_that_are_keys_elsewhere),
		TEST(arrows_travel_through_time),
		TEST(old_samples_raise_an_alarm_with_the_reason),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
