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
	struct scene scene;
	struct view view;
	struct view_state state;
};

static struct value *add(struct fixture *f, const char *name, double cpu,
			 int64_t mem)
{
	struct rowset *set = &f->scene.snapshot.containers;
	struct value row[TOP_COUNT] = { 0 };

	row[TOP_ID] = value_text(name, strlen(name));
	row[TOP_LABEL] = value_text(name, strlen(name));
	if (cpu >= 0)
		row[TOP_CPU] = value_real(cpu);
	row[TOP_MEM] = value_int(mem);
	row[TOP_ROW] = value_int(set->count + 1);
	assert_int_equal(rowset_add(set, row), 0);
	return rowset_row(set, set->count - 1);
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct snapshot *s;

	assert_non_null(f);
	s = &f->scene.snapshot;
	s->loaded = true;
	s->tick[TICK_TS_NS] = value_int(NOW);
	s->tick[TICK_INTERVAL] = value_real(1);
	memcpy(f->state.newest, s->tick, sizeof(f->state.newest));
	s->tick[TICK_CPUS] = value_int(2);
	s->containers.columns = TOP_COUNT;
	f->scene.cpus.columns = CPU_COUNT;
	add(f, "beta", 10, 300);
	add(f, "Alpha", 50, 100);
	add(f, "unknown", -1, 200);
	add(f, "gamma", 10, 400);
	columns_default(&f->view.columns);
	f->view.sort = TOP_CPU;
	f->view.live = true;
	f->state.now_ns = NOW;
	assert_int_equal(snapshot_arrange(s, TOP_CPU, false, ""), 0);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	scene_free(&f->scene);
	free(f);
	return 0;
}

/* The names in their order: "a b c". */
static const char *order(struct fixture *f, unsigned int sort, bool reverse,
			 const char *filter)
{
	static char names[512];
	struct snapshot *s = &f->scene.snapshot;
	unsigned int i;

	assert_int_equal(scene_arrange(&f->scene, sort, reverse, filter,
				       f->view.tree),
			 0);
	names[0] = 0;
	for (i = 0; i < s->shown; i++) {
		const struct value *v =
			&rowset_row(&s->containers, s->order[i])[TOP_LABEL];

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
							      ? 'a'
							      : word[0]),
				 snapshot_sort_field(word));
		p += len + (p[len] == '|');
	}
	assert_int_equal(snapshot_sort_field("mem_bytes"), TOP_MEM);
	assert_int_equal(snapshot_sort_field("nonsense"), -1);
}

static enum view_action press(struct fixture *f, int key)
{
	return view_key(&f->view, &f->scene, NOW, key);
}

static char *draw(struct fixture *f, unsigned int rows, unsigned int columns)
{
	char *lines = NULL;
	size_t size;
	FILE *to = open_memstream(&lines, &size);

	assert_int_equal(view_draw(&f->view, &f->scene, &f->state, rows,
				   columns, TEXT_UTF8, to),
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

static void pages_fill_the_screen(struct fixture *f)
{
	static const unsigned int heights[] = { 8, 15, 24, 100 };
	unsigned int i, width;
	char *lines;

	for (f->view.page = PAGE_TABLE; f->view.page <= PAGE_HELP;
	     f->view.page++) {
		for (i = 0; i < 4; i++) {
			for (width = 40; width < 300; width += 35) {
				f->view.focus = width % 2;
				lines = draw(f, heights[i], width);
				assert_int_equal(count_lines(lines),
						 heights[i]);
				free(lines);
			}
		}
	}
}

/* Whatever is below the machine, be it said that the record is old or not. */
static void screen_has_as_many_lines_as_the_terminal(void **state)
{
	struct fixture *f = *state;

	pages_fill_the_screen(f);
	f->view.live = false;
	pages_fill_the_screen(f);
	f->state.now_ns = NOW + 60 * SEC;
	pages_fill_the_screen(f);
	f->view.live = true;
	pages_fill_the_screen(f);
}

static void screen_too_small_says_so(void **state)
{
	struct fixture *f = *state;
	char *lines = draw(f, 7, 80);

	assert_string_equal(lines, "too small: 80x7, needs 40x8\n");
	free(lines);
	lines = draw(f, 24, 39);
	assert_string_equal(lines, "too small: 39x24, needs 40x8\n");
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
		for (i = 0; i < f->view.heading_line; i++)
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
	struct scroll *list = &f->view.list;
	unsigned int i;
	char name[16];

	for (i = 0; i < 50; i++) {
		snprintf(name, sizeof(name), "c%02u", i);
		add(f, name, 1, 1);
	}
	free(f->scene.snapshot.order);
	f->scene.snapshot.order = NULL;
	order(f, TOP_LABEL, false, NULL);
	free(draw(f, 15, 80));
	for (i = 0; i < 100; i++) {
		press(f, KEY_VIEW_DOWN);
		free(draw(f, 15, 80));
		assert_true(list->cursor >= list->first);
		assert_true(list->cursor < list->first + 9);
	}
	assert_int_equal(list->cursor, 53);
	press(f, KEY_VIEW_PAGE_UP);
	assert_int_equal(list->cursor, 44);
	press(f, KEY_VIEW_HOME);
	free(draw(f, 15, 80));
	assert_int_equal(list->first, 0);
	/* Fewer rows than the cursor's: it comes back. */
	list->cursor = 53;
	order(f, TOP_LABEL, false, "alpha");
	free(draw(f, 15, 80));
	assert_int_equal(list->cursor, 0);
}

static void keys_choose_the_order(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(press(f, 'm'), VIEW_ARRANGE);
	assert_int_equal(f->view.sort, TOP_MEM);
	assert_int_equal(press(f, 'm'), VIEW_NOTHING);
	assert_int_equal(press(f, 'i'), VIEW_ARRANGE);
	assert_true(f->view.reverse);
	assert_int_equal(press(f, '>'), VIEW_ARRANGE);
	assert_int_equal(f->view.sort, TOP_MEM_LIMIT);
	assert_int_equal(press(f, '<'), VIEW_ARRANGE);
	assert_int_equal(f->view.sort, TOP_MEM);
	assert_int_equal(press(f, 'q'), VIEW_QUIT);
	assert_int_equal(press(f, 'Z'), VIEW_NOTHING);
	assert_int_equal(press(f, -1), VIEW_NOTHING);
}

static void typing_takes_letters_that_are_keys_elsewhere(void **state)
{
	static const uint32_t typed[] = { 'q', 0xe9, 0x65e5, 0x1f600 };
	struct fixture *f = *state;
	unsigned int i;

	assert_int_equal(press(f, '/'), VIEW_DRAW);
	for (i = 0; i < 4; i++)
		assert_int_equal(press(f, (int)typed[i]), VIEW_ARRANGE);
	assert_string_equal(f->view.filter, "qé日😀");
	press(f, KEY_VIEW_BACKSPACE);
	press(f, KEY_VIEW_BACKSPACE);
	assert_string_equal(f->view.filter, "qé");
	for (i = 0; i < 100; i++)
		press(f, 0x65e5);
	assert_true(strlen(f->view.filter) < sizeof(f->view.filter));
	assert_int_equal(press(f, KEY_VIEW_ENTER), VIEW_DRAW);
	assert_int_equal(press(f, 'q'), VIEW_QUIT);
	press(f, KEY_VIEW_ESCAPE);
	assert_string_equal(f->view.filter, "");
	press(f, '/');
	press(f, KEY_VIEW_BACKSPACE);
	assert_string_equal(f->view.filter, "");
}

static void arrows_travel_through_time(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(press(f, KEY_VIEW_RIGHT), VIEW_NOTHING);
	assert_int_equal(press(f, KEY_VIEW_LEFT), VIEW_BEFORE);
	assert_false(f->view.live);
	assert_int_equal(press(f, KEY_VIEW_RIGHT), VIEW_AFTER);
	assert_int_equal(press(f, KEY_VIEW_END), VIEW_NEWEST);
	assert_true(f->view.live);
}

static void a_minute_and_an_hour_are_steps_too(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(press(f, ']'), VIEW_NOTHING);
	assert_int_equal(press(f, '['), VIEW_JUMP);
	assert_true(f->view.jump_ns == NOW - 60 * SEC);
	assert_false(f->view.live);
	assert_int_equal(press(f, ']'), VIEW_FORWARD);
	assert_true(f->view.jump_ns == NOW + 60 * SEC);
	assert_int_equal(press(f, '{'), VIEW_JUMP);
	assert_true(f->view.jump_ns == NOW - 3600 * SEC);
}

static enum view_action jump(struct fixture *f, const char *typed)
{
	press(f, 'b');
	for (; *typed; typed++)
		press(f, *typed);
	return press(f, KEY_VIEW_ENTER);
}

static void a_typed_time_is_jumped_to(void **state)
{
	struct fixture *f = *state;

	/* 2025-01-15 12:00:09 UTC */
	assert_int_equal(jump(f, "08:30"), VIEW_JUMP);
	assert_true(f->view.jump_ns == (1736929800 * SEC));
	assert_false(f->view.live);
	assert_int_equal(f->view.prompt, PROMPT_NONE);
	/* From there on, from there. */
	f->scene.snapshot.tick[TICK_TS_NS] = value_int(NOW - 86400 * SEC);
	assert_int_equal(jump(f, "-5m"), VIEW_JUMP);
	assert_true(f->view.jump_ns == NOW - 86700 * SEC);
	assert_int_equal(jump(f, "now"), VIEW_NEWEST);
	assert_true(f->view.live);
}

static void what_is_no_time_is_said_and_stays_to_be_mended(void **state)
{
	struct fixture *f = *state;
	char *lines;

	assert_int_equal(jump(f, "25:99q"), VIEW_DRAW);
	assert_int_equal(f->view.prompt, PROMPT_TIME);
	assert_true(f->view.live);
	lines = draw(f, 24, 80);
	assert_non_null(strstr(lines, "25:99q_"));
	assert_non_null(strstr(lines, f->view.wrong));
	free(lines);
	press(f, KEY_VIEW_BACKSPACE);
	assert_null(f->view.wrong);
	assert_string_equal(f->view.time, "25:99");
	press(f, KEY_VIEW_ESCAPE);
	assert_int_equal(f->view.prompt, PROMPT_NONE);
}

static void a_jump_into_a_gap_says_how_far_it_went(void **state)
{
	struct fixture *f = *state;
	char *lines;

	f->view.live = false;
	f->view.jump_ns = NOW + 120 * SEC;
	view_note_jump(&f->view, &f->scene.snapshot);
	lines = draw(f, 24, 80);
	assert_non_null(strstr(lines, "this is from 2m 00s before it"));
	free(lines);
	f->view.jump_ns = NOW - 1;
	view_note_jump(&f->view, &f->scene.snapshot);
	assert_non_null(strstr(f->view.note, "nothing is recorded before"));
	press(f, KEY_VIEW_LEFT);
	assert_string_equal(f->view.note, "");
}

static void looking_closely_follows_the_container(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(press(f, KEY_VIEW_DOWN), VIEW_DRAW);
	assert_int_equal(press(f, KEY_VIEW_ENTER), VIEW_DRAW);
	assert_string_equal(f->view.focus_label, "beta");
	order(f, TOP_LABEL, true, NULL);
	view_follow(&f->view, &f->scene);
	assert_int_equal(f->view.list.cursor, 2);
	press(f, KEY_VIEW_UP);
	assert_string_equal(f->view.focus_label, "gamma");
	/* It goes: its name stays on the screen, the cursor where it is. */
	order(f, TOP_LABEL, true, "alpha");
	view_follow(&f->view, &f->scene);
	assert_int_equal(f->view.list.cursor, 1);
	press(f, KEY_VIEW_ESCAPE);
	assert_int_equal(f->view.focus, 0);
	/* The filter goes with the next Escape only. */
	snprintf(f->view.filter, sizeof(f->view.filter), "x");
	press(f, KEY_VIEW_ESCAPE);
	assert_string_equal(f->view.filter, "");
}

static void a_container_that_went_is_said_to_be_gone(void **state)
{
	struct fixture *f = *state;
	char *lines;

	press(f, KEY_VIEW_ENTER);
	f->view.focus = f->scene.focus.container = 99;
	lines = draw(f, 24, 80);
	assert_non_null(strstr(lines, "Alpha"));
	assert_non_null(strstr(lines, "is not in this sample"));
	free(lines);
}

static void a_tree_has_each_container_behind_its_parent(void **state)
{
	struct fixture *f = *state;
	char *lines;

	/* gamma is in beta, unknown in gamma, inner too. */
	rowset_row(&f->scene.snapshot.containers, 3)[TOP_PARENT_ROW] =
		value_int(1);
	rowset_row(&f->scene.snapshot.containers, 2)[TOP_PARENT_ROW] =
		value_int(4);
	add(f, "inner", 1, 1)[TOP_PARENT_ROW] = value_int(4);
	free(f->scene.snapshot.order);
	f->scene.snapshot.order = NULL;
	f->view.tree = true;
	assert_string_equal(order(f, TOP_CPU, false, NULL),
			    "Alpha beta gamma inner unknown");
	assert_int_equal(f->scene.depth[0], 0);
	assert_int_equal(f->scene.depth[1], 0);
	assert_int_equal(f->scene.depth[2], 1);
	assert_int_equal(f->scene.depth[3], 2);
	assert_int_equal(f->scene.depth[4], 2);
	lines = draw(f, 24, 80);
	assert_non_null(strstr(lines, "\n└─gamma"));
	assert_non_null(strstr(lines, "\n  ├─inner"));
	assert_non_null(strstr(lines, "\n  └─"));
	free(lines);
	/* Without its parent a container stands alone. */
	assert_string_equal(order(f, TOP_CPU, false, "nn"), "inner");
	assert_int_equal(f->scene.depth[0], 0);
}

static void containers_in_each_other_are_all_shown(void **state)
{
	struct fixture *f = *state;

	rowset_row(&f->scene.snapshot.containers, 0)[TOP_PARENT_ROW] =
		value_int(4);
	rowset_row(&f->scene.snapshot.containers, 3)[TOP_PARENT_ROW] =
		value_int(1);
	rowset_row(&f->scene.snapshot.containers, 1)[TOP_PARENT_ROW] =
		value_int(2);
	f->view.tree = true;
	assert_string_equal(order(f, TOP_CPU, false, NULL),
			    "Alpha unknown beta gamma");
}

static void clicks_sort_and_choose(void **state)
{
	struct fixture *f = *state;
	unsigned int line;

	free(draw(f, 24, 80));
	line = f->view.heading_line;
	assert_int_equal(view_click(&f->view, &f->scene, line, 2),
			 VIEW_ARRANGE);
	assert_int_equal(f->view.sort, TOP_LABEL);
	assert_int_equal(view_click(&f->view, &f->scene, line, 2),
			 VIEW_ARRANGE);
	assert_true(f->view.reverse);
	assert_int_equal(view_click(&f->view, &f->scene, line, 79),
			 VIEW_NOTHING);
	assert_int_equal(view_click(&f->view, &f->scene, line + 3, 5),
			 VIEW_DRAW);
	assert_int_equal(f->view.list.cursor, 2);
	assert_int_equal(view_click(&f->view, &f->scene, line + 3, 5),
			 VIEW_DRAW);
	assert_true(f->view.focus != 0);
	assert_int_equal(view_click(&f->view, &f->scene, line + 9, 5),
			 VIEW_NOTHING);
	assert_int_equal(view_click(&f->view, &f->scene, 0, 5), VIEW_NOTHING);
}

static void columns_are_chosen_by_keys(void **state)
{
	struct fixture *f = *state;
	char *lines;

	press(f, 'C');
	press(f, KEY_VIEW_DOWN);
	press(f, ' ');
	press(f, KEY_VIEW_ENTER);
	lines = draw(f, 24, 80);
	assert_null(strstr(lines, "CPU%"));
	assert_non_null(strstr(lines, " MEM "));
	free(lines);
	/* MEM, now the second, moves to the front. */
	press(f, 'C');
	press(f, KEY_VIEW_DOWN);
	press(f, '<');
	lines = draw(f, 24, 80);
	assert_non_null(strstr(lines, "--columns mem,name,"));
	free(lines);
	press(f, 'd');
	press(f, 'C');
	lines = draw(f, 24, 80);
	assert_non_null(strstr(lines, "CPU%"));
	free(lines);
}

static void add_cpus(struct fixture *f, unsigned int count)
{
	struct value row[CPU_COUNT];
	unsigned int i;

	rowset_free(&f->scene.cpus);
	for (i = 0; i < count; i++) {
		row[CPU_NUMBER] = value_int(i);
		row[CPU_BUSY] = i % 2 ? value_real(50) : value_null();
		assert_int_equal(rowset_add(&f->scene.cpus, row), 0);
	}
}

static void many_cpus_are_folded(void **state)
{
	struct fixture *f = *state;
	char *lines;

	add_cpus(f, 12);
	lines = draw(f, 24, 80);
	assert_non_null(strstr(lines, " 11["));
	assert_non_null(strstr(lines, "     -"));
	free(lines);
	assert_int_equal(f->view.heading_line, 4 + 3 + 1);
	add_cpus(f, 64);
	lines = draw(f, 24, 80);
	assert_null(strstr(lines, " 11["));
	assert_non_null(strstr(lines, "64  ["));
	assert_null(strstr(lines, " each"));
	free(lines);
	assert_int_equal(f->view.heading_line, 4 + 1 + 1);
	/* Nor where there is better use for the room. */
	press(f, '?');
	lines = draw(f, 24, 80);
	assert_null(strstr(lines, "64  ["));
	assert_non_null(strstr(lines, "a dash is what is not known"));
	free(lines);
	press(f, 'x');
	add_cpus(f, 256);
	lines = draw(f, 24, 80);
	assert_non_null(strstr(lines, "] 4 each"));
	free(lines);
	/* There is room for all of them on a large screen. */
	lines = draw(f, 80, 320);
	assert_non_null(strstr(lines, "255["));
	free(lines);
	press(f, '1');
	lines = draw(f, 80, 320);
	assert_null(strstr(lines, "255["));
	free(lines);
}

static const char *alarm(struct fixture *f)
{
	static char buf[160];

	return view_alarm(&f->state, buf, sizeof(buf));
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
	f->state.newest[TICK_RELOADED] = value_int(1);
	assert_non_null(strstr(alarm(f), "reloaded"));
	snprintf(f->state.error, sizeof(f->state.error), "disk I/O error");
	assert_non_null(strstr(alarm(f), "disk I/O error"));
	f->state.error[0] = 0;
	f->state.newest[TICK_RELOADED] = value_int(0);
	f->state.newest[TICK_INTERVAL] = value_real(60);
	f->state.now_ns = NOW + 170 * SEC;
	assert_null(alarm(f));
}

static bool screen_has(struct fixture *f, const char *text)
{
	char *lines = draw(f, 24, 80);
	bool has = strstr(lines, text);

	free(lines);
	return has;
}

static void an_alarm_hides_nothing_and_is_hidden_by_nothing(void **state)
{
	struct fixture *f = *state;
	unsigned int line;

	assert_false(screen_has(f, "STALE"));
	line = f->view.heading_line;
	f->view.live = false;
	assert_false(screen_has(f, "STALE"));
	assert_int_equal(f->view.heading_line, line);
	/* What is shown is as it was; what is old is the newest. */
	f->state.now_ns = NOW + 60 * SEC;
	assert_true(screen_has(f, "PAUSED: left and right step, End returns to "
				  "now"));
	assert_true(screen_has(f, "STALE by 1m 00s: the daemon is not running: "
				  "systemctl start sysmon-collectord"));
	assert_int_equal(f->view.heading_line, line + 1);
	f->view.live = true;
	assert_true(screen_has(f, "STALE"));
	assert_int_equal(f->view.heading_line, line);
	snprintf(f->view.filter, sizeof(f->view.filter), "a");
	assert_true(screen_has(f, "4 of 4 containers"));
	assert_true(screen_has(f, "STALE"));
	/* A step into the past of a record that is kept. */
	f->view.live = false;
	f->state.newest[TICK_TS_NS] = value_int(NOW + 59 * SEC);
	assert_false(screen_has(f, "STALE"));
}

static void a_failed_reading_is_said_while_paused_too(void **state)
{
	struct fixture *f = *state;

	f->view.live = false;
	f->view.page = PAGE_STOPS;
	f->scene.has_stops = true;
	assert_true(screen_has(f, "PAUSED"));
	assert_true(screen_has(f, "no stop is recorded"));
	snprintf(f->state.error, sizeof(f->state.error), "disk I/O error");
	f->scene.has_stops = false;
	assert_true(screen_has(f, "CANNOT READ: disk I/O error"));
	assert_true(screen_has(f, "PAUSED"));
	assert_true(screen_has(f, "the stops cannot be read"));
	assert_false(screen_has(f, "no stop is recorded"));
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
		TEST(a_minute_and_an_hour_are_steps_too),
		TEST(a_typed_time_is_jumped_to),
		TEST(what_is_no_time_is_said_and_stays_to_be_mended),
		TEST(a_jump_into_a_gap_says_how_far_it_went),
		TEST(looking_closely_follows_the_container),
		TEST(a_container_that_went_is_said_to_be_gone),
		TEST(a_tree_has_each_container_behind_its_parent),
		TEST(containers_in_each_other_are_all_shown),
		TEST(clicks_sort_and_choose),
		TEST(columns_are_chosen_by_keys),
		TEST(many_cpus_are_folded),
		TEST(old_samples_raise_an_alarm_with_the_reason),
		TEST(an_alarm_hides_nothing_and_is_hidden_by_nothing),
		TEST(a_failed_reading_is_said_while_paused_too),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	setenv("TZ", "UTC", 1);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
