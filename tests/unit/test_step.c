// SPDX-License-Identifier: GPL-2.0
/* The core under virtual time: what follows from what happens. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "collectord/step.h"

#define SECOND INT64_C(1000000000)
/* Unix time of the virtual machine's boot. */
#define EPOCH (INT64_C(1700000000) * SECOND)
#define BOOT  "11111111-2222-3333-4444-555555555555"

static char id_a[65], id_b[65];

static struct policy_rule rule; /* there when it has a name */
static unsigned int max_actions;
static struct step_past past;
static struct step *s;
static struct update u;
static int64_t now; /* since boot */
static int64_t slept;
static uint64_t instance;

static void begin(void)
{
	struct step_config config = {
		.rule = &rule,
		.rules = rule.name != NULL,
		.max_actions_per_minute = max_actions,
		.engines = 2,
		.boot_uuid = BOOT,
	};

	assert_int_equal(step_new(&config, &past, &s), 0);
}

static int setup(void **state)
{
	(void)state;
	memset(id_a, 'a', 64);
	memset(id_b, 'b', 64);
	past = (struct step_past){ 0 };
	now = 100 * SECOND;
	slept = 0;
	instance = 50;
	begin();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	update_free(&u);
	step_free(s);
	s = NULL;
	return 0;
}

static void run(struct step_event *event)
{
	event->now_ns = EPOCH + now;
	event->slept_ns = slept;
	assert_int_equal(step(s, event, &u), 0);
}

/* Forgets what has followed so far. */
static void clear(void)
{
	update_free(&u);
}

static void send_message(enum step_source source, const struct message *msg)
{
	struct step_event event = { .type = STEP_MESSAGE };

	event.source = source;
	event.message = msg;
	run(&event);
}

static void module_is_there(uint64_t head)
{
	static struct message msg;

	memset(&msg, 0, offsetof(struct message, container));
	msg.have_module = true;
	msg.module.boot_id = (struct str){ BOOT, strlen(BOOT) };
	msg.module.instance = instance;
	msg.module.events_head = head;
	send_message(STEP_REPLY, &msg);
}

static struct container_info container(uint64_t cgroup, const char *id,
				       uint64_t usage_us)
{
	struct container_info info = { .cgroup_id = cgroup,
				       .id = { id, strlen(id) },
				       .path = { "/x", 2 } };

	metric_set(&info.m, CM_CPU_USAGE, usage_us * 1000);
	metric_set(&info.m, CM_MEM_PEAK, 4096);
	metric_set(&info.m, CM_OOM_KILLS, 0);
	metric_set(&info.m, CM_PIDS, 1);
	return info;
}

static struct message part_msg;

/* The snapshot at hand, with containers that are told to be unchanged. */
static uint64_t unchanged_ids[8];
static unsigned int unchanged_count;

static void unchanged(uint64_t cgroup)
{
	unchanged_ids[unchanged_count++] = cgroup;
}

/* One part of a snapshot; @total < 0: not the last one. */
static void part(enum step_source source, uint64_t number, uint32_t n_part,
		 const struct container_info *c, unsigned int n, int total)
{
	struct message *msg = &part_msg;

	memset(msg, 0, offsetof(struct message, container));
	msg->have_tick = true;
	msg->tick.instance = instance;
	msg->tick.number = number;
	msg->tick.boottime_ns = (uint64_t)now;
	msg->tick.realtime_ns = (uint64_t)(EPOCH + now);
	msg->tick.interval_ns = SECOND;
	msg->tick.part = n_part;
	msg->tick.last = total >= 0;
	msg->tick.containers = total >= 0 ? (uint32_t)total : 0;
	if (n_part == 0) {
		msg->have_system = true;
		metric_set(&msg->system, SM_CPU_USER,
			   (uint64_t)now / 1000 * 100);
	}
	msg->containers = n;
	for (unsigned int i = 0; i < n; i++)
		msg->container[i] = c[i];
	if (total >= 0 && source == STEP_MULTICAST) {
		msg->unchanged = (struct str){ (const char *)unchanged_ids,
					       unchanged_count *
						       sizeof(*unchanged_ids) };
		msg->tick.containers += unchanged_count;
		unchanged_count = 0;
	}
	for (uint32_t i = 0; i < 2 && n_part == 0; i++) {
		msg->cpu[i] = (struct cpu_info){ .number = i };
		metric_few_set(&msg->cpu[i].m, PM_USER,
			       (uint64_t)now / 1000 * 50);
		msg->cpus++;
	}
	send_message(source, msg);
}

/* A whole snapshot in one part, a second after what was before. */
static void tick(uint64_t number, const struct container_info *c,
		 unsigned int n)
{
	now += SECOND;
	part(STEP_MULTICAST, number, 0, c, n, (int)n);
}

static void event_of(enum step_source source, uint64_t seq, uint32_t type,
		     struct container_info c)
{
	static struct message msg;

	memset(&msg, 0, offsetof(struct message, container));
	msg.have_event = true;
	msg.event.instance = instance;
	msg.event.seq = seq;
	msg.event.type = type;
	msg.event.boottime_ns = (uint64_t)now;
	msg.event.realtime_ns = (uint64_t)(EPOCH + now);
	msg.event.have_container = true;
	msg.event.container = c;
	if (type == SYSMON_EVENT_TYPE_START)
		msg.event.container.started_boottime_ns = (uint64_t)now;
	send_message(source, &msg);
}

static void started(uint64_t seq, uint64_t cgroup, const char *id)
{
	event_of(STEP_MULTICAST, seq, SYSMON_EVENT_TYPE_START,
		 container(cgroup, id, 0));
}

static void stopped(uint64_t seq, uint64_t cgroup, const char *id)
{
	event_of(STEP_MULTICAST, seq, SYSMON_EVENT_TYPE_STOP,
		 container(cgroup, id, 777));
}

static void gap_of(enum step_source source, uint64_t first, uint64_t count)
{
	static struct message msg;

	memset(&msg, 0, offsetof(struct message, container));
	msg.have_gap = true;
	msg.gap.instance = instance;
	msg.gap.first = first;
	msg.gap.count = count;
	send_message(source, &msg);
}

static void end_of(enum step_event_type type, bool complete)
{
	struct step_event event = { .type = type };

	event.complete = complete;
	run(&event);
}

static void kernel(bool there)
{
	struct step_event event = { .type = STEP_KERNEL };

	event.there = there;
	run(&event);
}

static void overrun(void)
{
	struct step_event event = { .type = STEP_OVERRUN };

	run(&event);
}

static void room(enum step_room r)
{
	struct step_event event = { .type = STEP_ROOM };

	event.room = r;
	run(&event);
}

static void engine(unsigned int index, bool connected)
{
	struct step_event event = { .type = STEP_ENGINE };

	event.engine = index;
	event.connected = connected;
	event.runtime = index ? "podman" : "docker";
	run(&event);
}

static struct container_meta *meta_of(const char *id, const char *name,
				      const char *command)
{
	struct container_meta *meta = calloc(1, sizeof(*meta));

	assert_non_null(meta);
	meta->id = strdup(id);
	meta->name = strdup(name);
	meta->image = strdup("image");
	meta->command = command ? strdup(command) : NULL;
	meta->labels_json = strdup("{}");
	meta->have_labels = true;
	meta->complete = command != NULL;
	meta->state = META_RUNNING;
	meta->started_ns = EPOCH + now;
	return meta;
}

static void described(unsigned int index, struct container_meta *meta)
{
	struct step_event event = { .type = STEP_META };

	event.engine = index;
	event.meta = meta;
	run(&event);
}

static void engine_says(enum engine_event_type type, const char *id, int code)
{
	char copy[65];
	struct engine_event said = { .type = type,
				     .id = copy,
				     .time_ns = EPOCH + now,
				     .have_exit_code = type == ENGINE_EVENT_DIE,
				     .exit_code = code };
	struct step_event event = { .type = STEP_ENGINE_EVENT };

	snprintf(copy, sizeof(copy), "%s", id);
	event.engine_event = &said;
	run(&event);
}

static void died(const char *id, int code)
{
	engine_says(ENGINE_EVENT_DIE, id, code);
}

/* The n-th row of a type, or NULL. */
static const struct row *row_of(enum row_type type, size_t n)
{
	for (const struct row *row = u.rows.first; row; row = row->next)
		if (row->type == type && n-- == 0)
			return row;
	return NULL;
}

static size_t rows_of(enum row_type type)
{
	size_t n = 0;

	while (row_of(type, n))
		n++;
	return n;
}

static const struct row *last_of(enum row_type type)
{
	size_t n = rows_of(type);

	assert_true(n > 0);
	return row_of(type, n - 1);
}

static const struct effect *effect_of(enum effect_type type)
{
	for (size_t i = 0; i < u.effects; i++)
		if (u.effect[i].type == type)
			return &u.effect[i];
	return NULL;
}

static void assert_gap(const struct row *row, enum gap_kind kind,
		       uint64_t first, uint64_t count, const char *reason)
{
	assert_non_null(row);
	assert_int_equal(row->gap.kind, kind);
	assert_int_equal(row->gap.first, first);
	assert_int_equal(row->gap.count, count);
	assert_string_equal(row->gap.reason, reason);
}

static bool sample_knows(const struct row *tick_row, size_t i,
			 enum container_metric metric)
{
	return tick_row->tick.sample[i].have >> metric & 1;
}

/* Brings the daemon to: session open, tick 1 stored. */
static void first_tick(const struct container_info *c, unsigned int n)
{
	module_is_there(0);
	tick(1, c, n);
	clear();
}

/* ---- ticks ---- */

static void new_module_opens_boot_and_session(void **state)
{
	(void)state;

	module_is_there(0);

	assert_string_equal(row_of(ROW_BOOT, 0)->boot.uuid, BOOT);
	assert_int_equal(row_of(ROW_SESSION, 0)->session.instance, 50);
	assert_int_equal(row_of(ROW_SESSION, 0)->session.boot,
			 row_of(ROW_BOOT, 0)->boot.id);
	assert_non_null(effect_of(EFFECT_DUMP));
	assert_null(effect_of(EFFECT_REPLAY));
}

static void first_tick_has_no_span_and_no_differences(void **state)
{
	struct container_info c = container(1, id_a, 500);

	(void)state;
	module_is_there(0);

	tick(1, &c, 1);

	const struct row *row = row_of(ROW_TICK, 0);

	assert_int_equal(row->tick.span_us, -1);
	assert_int_equal(row->tick.samples, 1);
	assert_false(sample_knows(row, 0, CM_CPU_USAGE));
	assert_true(sample_knows(row, 0, CM_PIDS));
	assert_int_equal(rows_of(ROW_GAP), 0);
}

static void next_tick_has_span_and_differences(void **state)
{
	struct container_info c = container(1, id_a, 500);

	(void)state;
	first_tick(&c, 1);
	c = container(1, id_a, 800);

	tick(2, &c, 1);

	const struct row *row = row_of(ROW_TICK, 0);

	assert_int_equal(row->tick.number, 2);
	assert_int_equal(row->tick.span_us, 1000000);
	assert_true(sample_knows(row, 0, CM_CPU_USAGE));
	assert_int_equal(row->tick.sample[0].v[CM_CPU_USAGE], 300);
	assert_int_equal(row->tick.v[SM_CPU_USER], 100000);
	assert_int_equal(rows_of(ROW_CONTAINER), 0);
}

static void life_begun_since_the_module_counts_whole(void **state)
{
	struct container_info c = container(1, id_a, 400);

	(void)state;
	first_tick(NULL, 0);
	c.started_boottime_ns = (uint64_t)now;

	tick(2, &c, 1);

	const struct row *row = row_of(ROW_TICK, 0);

	assert_true(sample_knows(row, 0, CM_CPU_USAGE));
	assert_int_equal(row->tick.sample[0].v[CM_CPU_USAGE], 400);
	assert_int_equal(row_of(ROW_CONTAINER, 0)->container.started_ns,
			 EPOCH + now - SECOND);
}

/* Else an hour's CPU time would stand in the first tick after a restart. */
static void life_begun_before_the_last_tick_has_no_difference(void **state)
{
	struct container_info c = container(1, id_a, 400);

	(void)state;
	first_tick(NULL, 0);
	c.started_boottime_ns = (uint64_t)(now - 10 * SECOND);

	tick(2, &c, 1);

	assert_false(sample_knows(row_of(ROW_TICK, 0), 0, CM_CPU_USAGE));
}

static void life_begun_while_the_daemon_was_away_has_no_difference(void **state)
{
	struct container_info c = container(1, id_a, 400);

	(void)state;
	module_is_there(0);
	c.started_boottime_ns = (uint64_t)(now - 10 * SECOND);

	tick(1, &c, 1);

	assert_false(sample_knows(row_of(ROW_TICK, 0), 0, CM_CPU_USAGE));
}

static void snapshot_of_many_parts_is_one_tick(void **state)
{
	struct container_info c[3] = { container(1, id_a, 1),
				       container(2, id_b, 1),
				       container(3, "c", 1) };

	(void)state;
	module_is_there(0);
	part(STEP_MULTICAST, 1, 0, c, 1, -1);
	part(STEP_MULTICAST, 1, 1, c + 1, 1, -1);
	assert_int_equal(rows_of(ROW_TICK), 0);

	part(STEP_MULTICAST, 1, 2, c + 2, 1, 3);

	assert_int_equal(rows_of(ROW_TICK), 1);
	assert_int_equal(row_of(ROW_TICK, 0)->tick.samples, 3);
}

static void snapshot_with_a_part_missing_is_in_a_gap(void **state)
{
	struct container_info c[2] = { container(1, id_a, 1),
				       container(2, id_b, 1) };

	(void)state;
	first_tick(c, 2);
	now += SECOND;
	part(STEP_MULTICAST, 2, 0, c, 1, -1);
	part(STEP_MULTICAST, 2, 2, c + 1, 1, 2);
	assert_int_equal(rows_of(ROW_TICK), 0);

	tick(3, c, 2);

	assert_gap(row_of(ROW_GAP, 0), GAP_TICK, 2, 1, "incomplete");
	assert_int_equal(row_of(ROW_TICK, 0)->tick.number, 3);
	assert_int_equal(row_of(ROW_TICK, 0)->tick.span_us, 2000000);
}

static void snapshot_without_its_last_part_is_in_a_gap(void **state)
{
	struct container_info c = container(1, id_a, 1);

	(void)state;
	first_tick(&c, 1);
	now += SECOND;
	part(STEP_MULTICAST, 2, 0, &c, 1, -1);

	tick(3, &c, 1);

	assert_gap(row_of(ROW_GAP, 0), GAP_TICK, 2, 1, "incomplete");
}

static void snapshot_with_too_few_containers_is_in_a_gap(void **state)
{
	struct container_info c = container(1, id_a, 1);

	(void)state;
	first_tick(&c, 1);
	now += SECOND;
	part(STEP_MULTICAST, 2, 0, &c, 1, 2);

	tick(3, &c, 1);

	assert_gap(row_of(ROW_GAP, 0), GAP_TICK, 2, 1, "incomplete");
}

static void container_listed_twice_is_one_sample(void **state)
{
	struct container_info c[2] = { container(1, id_a, 1),
				       container(1, id_a, 1) };

	(void)state;
	module_is_there(0);

	tick(1, c, 2);

	assert_int_equal(row_of(ROW_TICK, 0)->tick.samples, 1);
}

static void skipped_numbers_are_a_gap_with_its_times(void **state)
{
	int64_t before;

	(void)state;
	first_tick(NULL, 0);
	before = EPOCH + now;

	tick(5, NULL, 0);

	assert_gap(row_of(ROW_GAP, 0), GAP_TICK, 2, 3, "lost");
	assert_int_equal(row_of(ROW_GAP, 0)->gap.from_ns, before);
	assert_int_equal(row_of(ROW_GAP, 0)->gap.to_ns, EPOCH + now);
}

static void ticks_of_before_the_daemon_are_a_gap(void **state)
{
	(void)state;
	module_is_there(0);

	tick(11, NULL, 0);

	assert_gap(row_of(ROW_GAP, 0), GAP_TICK, 1, 10, "daemon-stopped");
}

static void repeated_tick_is_ignored(void **state)
{
	(void)state;
	first_tick(NULL, 0);

	part(STEP_MULTICAST, 1, 0, NULL, 0, 0);

	assert_int_equal(u.rows.count, 0);
}

static void overrun_is_a_gap_and_asks_again(void **state)
{
	(void)state;
	first_tick(NULL, 0);

	overrun();
	tick(4, NULL, 0);

	assert_gap(row_of(ROW_GAP, 0), GAP_TICK, 2, 2, "overrun");
	assert_int_equal(effect_of(EFFECT_REPLAY)->seq, 1);
	assert_non_null(effect_of(EFFECT_DUMP));
}

static void snapshot_torn_by_an_overrun_is_lost_to_it(void **state)
{
	struct container_info c = container(1, id_a, 1);

	(void)state;
	first_tick(NULL, 0);
	part(STEP_MULTICAST, 2, 1, &c, 1, 1); /* its first part is missing */

	overrun();
	tick(4, NULL, 0);

	assert_gap(row_of(ROW_GAP, 0), GAP_TICK, 2, 2, "overrun");
}

/* A restart in the same load: the numbers go on where the store ends. */
static void restart_goes_on_with_the_session(void **state)
{
	struct container_info c = container(1, id_a, 500);

	(void)state;
	teardown(NULL);
	past = (struct step_past){ .boot_id = 3,
				   .session_id = 4,
				   .tick_id = 9,
				   .boot_uuid = BOOT,
				   .instance = 50,
				   .last_tick = 20,
				   .last_seq = 6 };
	begin();

	module_is_there(8);
	tick(23, &c, 1);

	assert_int_equal(rows_of(ROW_BOOT) + rows_of(ROW_SESSION), 0);
	assert_int_equal(effect_of(EFFECT_REPLAY)->seq, 7);
	assert_gap(row_of(ROW_GAP, 0), GAP_TICK, 21, 2, "daemon-stopped");
	assert_int_equal(row_of(ROW_TICK, 0)->tick.id, 10);
	assert_int_equal(row_of(ROW_TICK, 0)->tick.session, 4);
	assert_int_equal(row_of(ROW_TICK, 0)->tick.span_us, -1);
}

static void restart_without_a_missed_tick_has_no_gap(void **state)
{
	(void)state;
	teardown(NULL);
	past = (struct step_past){ .boot_id = 3,
				   .session_id = 4,
				   .boot_uuid = BOOT,
				   .instance = 50,
				   .last_tick = 20 };
	begin();

	module_is_there(0);
	tick(21, NULL, 0);
	tick(23, NULL, 0);

	assert_int_equal(rows_of(ROW_GAP), 1);
	assert_gap(row_of(ROW_GAP, 0), GAP_TICK, 22, 1, "lost");
}

static void reload_is_a_new_session(void **state)
{
	struct container_info c = container(1, id_a, 500);

	(void)state;
	first_tick(&c, 1);
	instance = 60;
	c = container(1, id_a, 900);

	module_is_there(0);
	tick(3, &c, 1);

	assert_int_equal(rows_of(ROW_BOOT), 0);
	assert_int_equal(row_of(ROW_SESSION, 0)->session.id, 2);
	assert_gap(row_of(ROW_GAP, 0), GAP_TICK, 1, 2, "module-reloaded");
	assert_int_equal(row_of(ROW_TICK, 0)->tick.session, 2);
	/* The cgroup's counters go on: so do the differences. */
	assert_int_equal(row_of(ROW_TICK, 0)->tick.sample[0].v[CM_CPU_USAGE],
			 400);
	assert_int_equal(rows_of(ROW_CONTAINER), 0);
}

static void reload_loses_what_was_seen_and_not_stored(void **state)
{
	(void)state;
	first_tick(NULL, 0);
	room(STEP_ROOM_NONE);
	for (uint64_t number = 2; number <= 5; number++)
		tick(number, NULL, 0);
	for (uint64_t seq = 1; seq <= 4; seq++)
		started(seq, seq, id_a);
	instance = 60;

	module_is_there(0);

	assert_int_equal(rows_of(ROW_GAP), 2);
	assert_gap(row_of(ROW_GAP, 0), GAP_TICK, 2, 4, "module-reloaded");
	assert_gap(row_of(ROW_GAP, 1), GAP_EVENT, 1, 4, "module-reloaded");
	assert_int_equal(row_of(ROW_GAP, 0)->gap.session, 1);
	assert_int_equal(row_of(ROW_GAP, 1)->gap.session, 1);
	assert_int_equal(row_of(ROW_SESSION, 0)->session.id, 2);
}

static void message_of_a_newer_load_asks_for_the_module(void **state)
{
	(void)state;
	first_tick(NULL, 0);
	instance = 60;

	tick(1, NULL, 0);

	assert_non_null(effect_of(EFFECT_MODULE_GET));
	assert_int_equal(u.rows.count, 0);
}

static void message_of_an_older_load_is_ignored(void **state)
{
	(void)state;
	first_tick(NULL, 0);
	instance = 40;

	tick(2, NULL, 0);
	started(1, 1, id_a);

	assert_int_equal(u.rows.count + u.effects, 0);
}

/* The machine slept: its boot's time went on, the module's ticks did not. */
static void suspend_is_a_gap_of_no_ticks(void **state)
{
	struct container_info c = container(1, id_a, 500);
	const struct gap_row *gap;

	(void)state;
	first_tick(&c, 1);
	now += 3600 * SECOND;
	slept += 3600 * SECOND;

	tick(2, &c, 1);

	assert_int_equal(rows_of(ROW_GAP), 1);
	gap = &row_of(ROW_GAP, 0)->gap;
	assert_gap(row_of(ROW_GAP, 0), GAP_TICK, 2, 0, "suspended");
	assert_int_equal(gap->to_ns - gap->from_ns, 3601 * SECOND);
	assert_int_equal(row_of(ROW_TICK, 0)->tick.span_us, 3601000000);
	assert_int_equal(rows_of(ROW_STOP), 0);
	clear();
	tick(3, &c, 1);
	assert_int_equal(rows_of(ROW_GAP), 0);
}

/* Read after the sleep, it has not slept. */
static void tick_of_before_a_suspend_has_no_gap(void **state)
{
	(void)state;
	first_tick(NULL, 0);
	slept += 3600 * SECOND;
	tick(2, NULL, 0);
	assert_int_equal(rows_of(ROW_GAP), 0);
	now += 3600 * SECOND;

	tick(3, NULL, 0);

	assert_gap(row_of(ROW_GAP, 0), GAP_TICK, 3, 0, "suspended");
}

/* Of what was before the daemon nothing is to be told. */
static void suspend_before_the_first_tick_is_no_gap(void **state)
{
	(void)state;
	slept = 3600 * SECOND;
	first_tick(NULL, 0);
	tick(2, NULL, 0);

	assert_int_equal(rows_of(ROW_GAP), 0);
}

/* Held up, but awake. */
static void late_tick_is_no_gap(void **state)
{
	(void)state;
	first_tick(NULL, 0);
	now += 60 * SECOND;
	slept += SECOND / 20;
	tick(2, NULL, 0);

	assert_int_equal(rows_of(ROW_GAP), 0);
	assert_int_equal(row_of(ROW_TICK, 0)->tick.span_us, 61000000);
}

/* By a reader: events take little, and are stored, the missed ones too. */
static void full_log_puts_ticks_into_a_gap(void **state)
{
	(void)state;
	first_tick(NULL, 0);
	room(STEP_ROOM_LOG);
	tick(2, NULL, 0);
	tick(3, NULL, 0);
	assert_int_equal(u.rows.count, 0);
	started(1, 1, id_a);
	assert_int_equal(rows_of(ROW_EVENT), 1);
	started(3, 3, "c");
	assert_int_equal(effect_of(EFFECT_REPLAY)->seq, 2);
	room(STEP_ROOM_ALL);
	clear();

	tick(4, NULL, 0);

	assert_gap(row_of(ROW_GAP, 0), GAP_TICK, 2, 2, "log-full");
	assert_int_equal(rows_of(ROW_TICK), 1);
}

static void full_store_puts_ticks_into_a_gap(void **state)
{
	struct container_info c = container(1, id_a, 500);

	(void)state;
	first_tick(&c, 1);
	room(STEP_ROOM_EVENTS);
	tick(2, &c, 1);
	tick(3, &c, 1);
	assert_int_equal(u.rows.count, 0);
	room(STEP_ROOM_ALL);
	c = container(1, id_a, 900);

	tick(4, &c, 1);

	assert_gap(row_of(ROW_GAP, 0), GAP_TICK, 2, 2, "store-full");
	/* The difference is to the tick that was stored, as is the span. */
	assert_int_equal(row_of(ROW_TICK, 0)->tick.span_us, 3000000);
	assert_int_equal(row_of(ROW_TICK, 0)->tick.sample[0].v[CM_CPU_USAGE],
			 400);
}

/* What comes of itself is stored, the backlog is not asked for. */
static void store_that_is_behind_leaves_the_backlog_in_the_kernel(void **state)
{
	(void)state;
	first_tick(NULL, 0);
	room(STEP_ROOM_LIVE);
	started(1, 1, id_a);
	started(3, 3, "c");
	tick(2, NULL, 0);
	tick(3, NULL, 0);
	assert_int_equal(rows_of(ROW_EVENT), 1);
	assert_int_equal(rows_of(ROW_TICK), 2);
	assert_int_equal(rows_of(ROW_GAP), 0);
	assert_null(effect_of(EFFECT_REPLAY));

	room(STEP_ROOM_ALL);

	assert_int_equal(effect_of(EFFECT_REPLAY)->seq, 2);
	assert_int_equal(rows_of(ROW_GAP), 0);
}

static void full_store_leaves_events_in_the_kernel(void **state)
{
	(void)state;
	first_tick(NULL, 0);
	room(STEP_ROOM_NONE);
	started(1, 1, id_a);
	assert_int_equal(u.rows.count + u.effects, 0);

	room(STEP_ROOM_ALL);

	assert_int_equal(effect_of(EFFECT_REPLAY)->seq, 1);
}

static void full_store_makes_no_lives(void **state)
{
	struct container_info c = container(1, id_a, 500);

	(void)state;
	first_tick(NULL, 0);
	room(STEP_ROOM_NONE);

	tick(2, &c, 1);
	part(STEP_DUMP, 2, 0, &c, 1, 1);
	end_of(STEP_DUMP_END, true);

	assert_int_equal(u.rows.count, 0);
	room(STEP_ROOM_ALL);
	tick(3, &c, 1);
	assert_int_equal(rows_of(ROW_CONTAINER), 1);
	assert_gap(row_of(ROW_GAP, 0), GAP_TICK, 2, 1, "store-full");
}

static void stopped_lives_are_forgotten_without_a_stored_tick(void **state)
{
	struct container_info c = container(1, id_a, 500);
	struct step_stats stats;

	(void)state;
	first_tick(&c, 1);
	stopped(1, 1, id_a);
	room(STEP_ROOM_EVENTS);
	now += 601 * SECOND;

	tick(2, NULL, 0);

	step_stats(s, &stats);
	assert_int_equal(stats.identities, 0);
}

/* ---- unchanged containers ---- */

static uint64_t sample_value(size_t i, enum container_metric metric)
{
	assert_true(sample_knows(last_of(ROW_TICK), i, metric));
	return last_of(ROW_TICK)->tick.sample[i].v[metric];
}

static void unchanged_container_is_a_sample_without_differences(void **state)
{
	struct container_info c = container(1, id_a, 500);

	(void)state;
	first_tick(&c, 1);

	for (uint64_t number = 2; number <= 4; number++) {
		unchanged(1);
		tick(number, NULL, 0);
		assert_int_equal(last_of(ROW_TICK)->tick.samples, 1);
		assert_int_equal(sample_value(0, CM_CPU_USAGE), 0);
		assert_int_equal(sample_value(0, CM_PIDS), 1);
		assert_int_equal(sample_value(0, CM_MEM_PEAK), 4096);
	}

	assert_int_equal(rows_of(ROW_GAP), 0);
	assert_int_equal(rows_of(ROW_STOP), 0);
	assert_null(effect_of(EFFECT_DUMP));
	c = container(1, id_a, 800);
	tick(5, &c, 1);
	assert_int_equal(sample_value(0, CM_CPU_USAGE), 300);
}

static void after_a_lost_snapshot_the_unchanged_are_unknown(void **state)
{
	struct container_info c = container(1, id_a, 500);

	(void)state;
	first_tick(&c, 1);

	unchanged(1);
	tick(3, NULL, 0); /* 2 may have had its nest */

	assert_int_equal(last_of(ROW_TICK)->tick.samples, 1);
	assert_int_equal(last_of(ROW_TICK)->tick.sample[0].have, 0);
	assert_non_null(effect_of(EFFECT_DUMP));
	clear();
	unchanged(1);
	tick(4, NULL, 0);
	assert_int_equal(last_of(ROW_TICK)->tick.sample[0].have, 0);
	assert_null(effect_of(EFFECT_DUMP)); /* is under way */
}

static void dump_makes_the_unchanged_known_again(void **state)
{
	struct container_info c = container(1, id_a, 500);

	(void)state;
	first_tick(&c, 1);
	unchanged(1);
	tick(3, NULL, 0);
	c = container(1, id_a, 900);
	part(STEP_DUMP, 3, 0, &c, 1, 1);
	end_of(STEP_DUMP_END, true);
	clear();

	unchanged(1);
	tick(4, NULL, 0);

	assert_int_equal(sample_value(0, CM_PIDS), 1);
	/* What it used when is not known. */
	assert_false(sample_knows(last_of(ROW_TICK), 0, CM_CPU_USAGE));
	unchanged(1);
	tick(5, NULL, 0);
	assert_int_equal(sample_value(0, CM_CPU_USAGE), 0);
	assert_null(effect_of(EFFECT_DUMP));
}

static void nest_makes_the_unchanged_known_again(void **state)
{
	struct container_info c = container(1, id_a, 500);

	(void)state;
	first_tick(&c, 1);
	tick(3, &c, 1);

	unchanged(1);
	tick(4, NULL, 0);

	assert_int_equal(sample_value(0, CM_CPU_USAGE), 0);
	assert_null(effect_of(EFFECT_DUMP));
}

/* It was asked for before the loss, and came behind it. */
static void dump_of_before_the_loss_is_of_no_use(void **state)
{
	struct container_info c = container(1, id_a, 500);
	int64_t asked;

	(void)state;
	first_tick(&c, 1);
	asked = now;
	unchanged(1);
	tick(3, NULL, 0);
	now = asked;
	part(STEP_DUMP, 1, 0, &c, 1, 1);
	end_of(STEP_DUMP_END, true);
	now += 2 * SECOND;
	clear();

	unchanged(1);
	tick(4, NULL, 0);

	assert_int_equal(last_of(ROW_TICK)->tick.sample[0].have, 0);
	assert_non_null(effect_of(EFFECT_DUMP)); /* once more */
}

static void broken_dump_is_asked_for_again(void **state)
{
	struct container_info c = container(1, id_a, 500);

	(void)state;
	first_tick(&c, 1);
	unchanged(1);
	tick(3, NULL, 0);
	end_of(STEP_DUMP_END, false);
	clear();

	unchanged(1);
	tick(4, NULL, 0);

	assert_non_null(effect_of(EFFECT_DUMP));
}

static void dump_does_not_bring_back_older_figures(void **state)
{
	struct container_info c = container(1, id_a, 500);
	int64_t later;

	(void)state;
	first_tick(&c, 1);
	c = container(1, id_a, 900);
	tick(2, &c, 1);
	later = now;
	now -= SECOND / 2;
	c = container(1, id_a, 600);
	part(STEP_DUMP, 1, 0, &c, 1, 1);
	end_of(STEP_DUMP_END, true);
	now = later;

	unchanged(1);
	tick(3, NULL, 0);

	assert_int_equal(sample_value(0, CM_CPU_USAGE), 0);
}

static void incomplete_snapshot_makes_the_unchanged_unknown(void **state)
{
	struct container_info c = container(1, id_a, 500);

	(void)state;
	first_tick(&c, 1);
	now += SECOND;
	part(STEP_MULTICAST, 2, 0, NULL, 0, -1); /* its last part is lost */

	unchanged(1);
	tick(3, NULL, 0);

	assert_int_equal(last_of(ROW_TICK)->tick.sample[0].have, 0);
	assert_non_null(effect_of(EFFECT_DUMP));
}

/* The daemon had no room: it has seen all the same what came. */
static void gap_without_a_loss_leaves_the_unchanged_known(void **state)
{
	struct container_info c = container(1, id_a, 500);

	(void)state;
	first_tick(&c, 1);
	room(STEP_ROOM_EVENTS);
	c = container(1, id_a, 700);
	tick(2, &c, 1);
	unchanged(1);
	tick(3, NULL, 0);
	room(STEP_ROOM_ALL);

	unchanged(1);
	tick(4, NULL, 0);

	assert_gap(row_of(ROW_GAP, 0), GAP_TICK, 2, 2, "store-full");
	assert_int_equal(sample_value(0, CM_CPU_USAGE), 200);
	assert_null(effect_of(EFFECT_DUMP));
}

/* At the join: what changed is told, the others are in the dump. */
static void dump_at_the_join_tells_the_unchanged(void **state)
{
	struct container_info c = container(1, id_a, 500);

	(void)state;
	module_is_there(0);
	part(STEP_DUMP, 7, 0, &c, 1, 1);
	end_of(STEP_DUMP_END, true);

	unchanged(1);
	tick(8, NULL, 0);

	assert_int_equal(last_of(ROW_TICK)->tick.samples, 1);
	assert_int_equal(sample_value(0, CM_PIDS), 1);
	assert_false(sample_knows(last_of(ROW_TICK), 0, CM_CPU_USAGE));
}

static void tick_with_a_stranger_is_in_a_gap_until_a_dump(void **state)
{
	struct container_info c[2] = { container(1, id_a, 500),
				       container(2, id_b, 500) };

	(void)state;
	first_tick(c, 1);

	unchanged(2);
	tick(2, c, 1);

	assert_int_equal(rows_of(ROW_TICK), 0);
	assert_non_null(effect_of(EFFECT_DUMP));
	part(STEP_DUMP, 2, 0, c, 2, 2);
	end_of(STEP_DUMP_END, true);
	unchanged(2);
	tick(3, c, 1);
	assert_gap(row_of(ROW_GAP, 0), GAP_TICK, 2, 1, "incomplete");
	assert_int_equal(last_of(ROW_TICK)->tick.samples, 2);
}

/* A cgroup without processes is no container, and is not asked for again. */
static void stranger_after_a_dump_is_no_container(void **state)
{
	struct container_info c = container(2, id_b, 0);

	(void)state;
	first_tick(NULL, 0);
	metric_set(&c.m, CM_PIDS, 0);
	part(STEP_DUMP, 1, 0, &c, 1, 1);
	end_of(STEP_DUMP_END, true);

	unchanged(2);
	tick(2, NULL, 0);

	assert_int_equal(rows_of(ROW_TICK), 1);
	assert_int_equal(last_of(ROW_TICK)->tick.samples, 0);
	assert_null(effect_of(EFFECT_DUMP));
}

static void unchanged_in_another_load_are_unknown(void **state)
{
	struct container_info c = container(1, id_a, 500);

	(void)state;
	first_tick(&c, 1);
	instance = 60;
	module_is_there(0);

	unchanged(1);
	tick(2, NULL, 0);

	assert_int_equal(last_of(ROW_TICK)->tick.sample[0].have, 0);
}

static void wrong_sum_of_the_unchanged_is_incomplete(void **state)
{
	struct container_info c = container(1, id_a, 500);

	(void)state;
	first_tick(&c, 1);
	now += SECOND;

	unchanged(1);
	part(STEP_MULTICAST, 2, 0, NULL, 0, 1); /* 2 in all */

	assert_int_equal(rows_of(ROW_TICK), 0);
}

/* ---- CPUs and devices ---- */

static void each_cpu_has_its_times(void **state)
{
	(void)state;
	first_tick(NULL, 0);

	tick(2, NULL, 0);

	const struct tick_row *row = &last_of(ROW_TICK)->tick;

	assert_int_equal(row->cpus, 2);
	assert_int_equal(row->cpu[1].number, 1);
	assert_int_equal(row->cpu[1].have, 1 << PM_USER);
	assert_int_equal(row->cpu[1].v[PM_USER], 50000);
}

static void use_device(struct container_info *c, struct device_info *d,
		       uint64_t bytes)
{
	*d = (struct device_info){ .major = 8, .minor = 16 };
	metric_few_set(&d->m, DM_WRITE_BYTES, bytes);
	c->device = d;
	c->devices = 1;
}

static void device_has_a_row_when_it_was_used(void **state)
{
	struct container_info c = container(1, id_a, 500);
	struct device_info d;

	(void)state;
	use_device(&c, &d, 1000);
	module_is_there(0);
	tick(1, &c, 1);
	assert_int_equal(last_of(ROW_TICK)->tick.devices, 0); /* unknown */
	use_device(&c, &d, 1500);
	tick(2, &c, 1);

	const struct tick_row *row = &last_of(ROW_TICK)->tick;

	assert_int_equal(row->devices, 1);
	assert_int_equal(row->device[0].container, row->sample[0].container);
	assert_int_equal(row->device[0].minor, 16);
	assert_int_equal(row->device[0].v[DM_WRITE_BYTES], 500);
	unchanged(1);
	tick(3, NULL, 0);
	assert_int_equal(last_of(ROW_TICK)->tick.devices, 0);
}

static void device_that_was_not_used_before_began_at_nothing(void **state)
{
	struct container_info c = container(1, id_a, 500);
	struct device_info d;

	(void)state;
	first_tick(&c, 1);
	use_device(&c, &d, 700);

	tick(2, &c, 1);

	assert_int_equal(last_of(ROW_TICK)->tick.device[0].v[DM_WRITE_BYTES],
			 700);
}

/* ---- events ---- */

static void event_makes_container_and_row(void **state)
{
	(void)state;
	first_tick(NULL, 0);

	started(1, 7, id_a);

	const struct row *c = row_of(ROW_CONTAINER, 0);

	assert_string_equal(c->container.key, id_a);
	assert_int_equal(c->container.cgroup_id, 7);
	assert_int_equal(c->container.started_ns, EPOCH + now);
	assert_string_equal(row_of(ROW_EVENT, 0)->event.type, "start");
	assert_int_equal(row_of(ROW_EVENT, 0)->event.container,
			 c->container.id);
}

static void hole_in_events_is_asked_for(void **state)
{
	(void)state;
	first_tick(NULL, 0);
	started(1, 1, id_a);
	clear();

	started(3, 3, "c");
	started(4, 4, "d");

	assert_int_equal(u.effects, 1);
	assert_int_equal(effect_of(EFFECT_REPLAY)->seq, 2);
	assert_int_equal(rows_of(ROW_EVENT), 0);
}

static void replayed_events_are_stored_in_order_once(void **state)
{
	(void)state;
	first_tick(NULL, 0);
	started(3, 3, "c");
	for (uint64_t seq = 1; seq <= 3; seq++)
		event_of(STEP_REPLAY, seq, SYSMON_EVENT_TYPE_START,
			 container(seq, id_a, 0));

	end_of(STEP_REPLAY_END, true);
	started(2, 2, id_a);
	started(4, 4, "d");

	assert_int_equal(rows_of(ROW_EVENT), 4);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(row_of(ROW_EVENT, i)->event.seq, i + 1);
	assert_int_equal(rows_of(ROW_GAP), 0);
}

static void
event_that_came_during_the_replay_is_asked_for_after_it(void **state)
{
	(void)state;
	first_tick(NULL, 0);
	started(2, 2, id_b);
	started(3, 3, "c");
	clear();
	event_of(STEP_REPLAY, 1, SYSMON_EVENT_TYPE_START,
		 container(1, id_a, 0));
	event_of(STEP_REPLAY, 2, SYSMON_EVENT_TYPE_START,
		 container(2, id_b, 0));

	end_of(STEP_REPLAY_END, true);

	assert_int_equal(effect_of(EFFECT_REPLAY)->seq, 3);
}

static void events_that_no_replay_has_are_a_gap(void **state)
{
	(void)state;
	first_tick(NULL, 0);
	started(3, 3, "c");

	end_of(STEP_REPLAY_END, true);

	assert_gap(row_of(ROW_GAP, 0), GAP_EVENT, 1, 3, "lost");
}

static void broken_replay_is_tried_again_at_the_next_tick(void **state)
{
	(void)state;
	first_tick(NULL, 0);
	started(3, 3, "c");
	clear();

	end_of(STEP_REPLAY_END, false);
	assert_int_equal(u.effects + u.rows.count, 0);
	tick(2, NULL, 0);

	assert_int_equal(effect_of(EFFECT_REPLAY)->seq, 1);
	assert_int_equal(rows_of(ROW_GAP), 0);
}

/* The store fills up and empties in the middle of the replay. */
static void replayed_events_without_room_are_asked_for_again(void **state)
{
	(void)state;
	first_tick(NULL, 0);
	module_is_there(5);
	clear();
	event_of(STEP_REPLAY, 1, SYSMON_EVENT_TYPE_START,
		 container(1, id_a, 0));
	room(STEP_ROOM_NONE);
	event_of(STEP_REPLAY, 2, SYSMON_EVENT_TYPE_START,
		 container(2, id_b, 0));
	gap_of(STEP_REPLAY, 3, 1);
	room(STEP_ROOM_ALL);
	event_of(STEP_REPLAY, 4, SYSMON_EVENT_TYPE_START, container(4, "c", 0));
	gap_of(STEP_REPLAY, 5, 1);

	end_of(STEP_REPLAY_END, true);

	assert_int_equal(rows_of(ROW_GAP), 0);
	assert_int_equal(rows_of(ROW_EVENT), 1);
	assert_int_equal(u.effects, 1);
	assert_int_equal(effect_of(EFFECT_REPLAY)->seq, 2);
}

static void event_after_an_empty_replay_was_asked_for_is_not_lost(void **state)
{
	(void)state;
	first_tick(NULL, 0);
	overrun();
	clear();
	started(2, 2, id_b);

	end_of(STEP_REPLAY_END, true);

	assert_int_equal(rows_of(ROW_GAP), 0);
	assert_int_equal(effect_of(EFFECT_REPLAY)->seq, 1);
}

static void overwritten_events_are_a_gap(void **state)
{
	(void)state;
	first_tick(NULL, 0);
	started(9, 9, "c");
	gap_of(STEP_REPLAY, 1, 7);
	event_of(STEP_REPLAY, 8, SYSMON_EVENT_TYPE_START,
		 container(8, id_a, 0));
	event_of(STEP_REPLAY, 9, SYSMON_EVENT_TYPE_START, container(9, "c", 0));

	end_of(STEP_REPLAY_END, true);

	assert_gap(row_of(ROW_GAP, 0), GAP_EVENT, 1, 7, "overwritten");
	assert_int_equal(rows_of(ROW_GAP), 1);
	assert_int_equal(rows_of(ROW_EVENT), 2);
}

static void event_that_could_not_be_made_is_a_gap(void **state)
{
	(void)state;
	first_tick(NULL, 0);
	started(1, 1, id_a);

	gap_of(STEP_MULTICAST, 2, 1);
	started(3, 3, id_b);

	assert_gap(row_of(ROW_GAP, 0), GAP_EVENT, 2, 1, "lost");
	assert_int_equal(rows_of(ROW_EVENT), 2);
}

static void absurd_gap_is_ignored(void **state)
{
	(void)state;
	first_tick(NULL, 0);

	gap_of(STEP_MULTICAST, 1, UINT64_MAX);
	gap_of(STEP_MULTICAST, 0, 0);

	assert_int_equal(u.rows.count, 0);
}

static void newest_event_that_was_never_sent_is_asked_for(void **state)
{
	(void)state;
	first_tick(NULL, 0);

	module_is_there(2);

	assert_int_equal(effect_of(EFFECT_REPLAY)->seq, 1);
}

/* ---- who and why ---- */

/* An event of container 1 with more to it; the caller fills the rest. */
static struct message *event_message(uint64_t seq, uint32_t type)
{
	static struct message msg;

	memset(&msg, 0, offsetof(struct message, container));
	msg.have_event = true;
	msg.event.instance = instance;
	msg.event.seq = seq;
	msg.event.type = type;
	msg.event.boottime_ns = (uint64_t)now;
	msg.event.realtime_ns = (uint64_t)(EPOCH + now);
	msg.event.have_container = true;
	msg.event.container = container(1, id_a, 777);
	return &msg;
}

static struct process_info process(uint32_t pid, const char *comm)
{
	return (struct process_info){ .have_pid = true,
				      .have_uid = true,
				      .pid = pid,
				      .comm = { comm, strlen(comm) } };
}

static void assert_str_is(struct str str, const char *expected)
{
	assert_int_equal(str.len, strlen(expected));
	assert_memory_equal(str.p, expected, str.len);
}

/* A container, killed by runc's SIGKILL a moment ago. */
static struct message *killed(uint64_t seq)
{
	struct message *msg = event_message(seq, SYSMON_EVENT_TYPE_STOP);

	msg->event.exit_signal = 9;
	msg->event.sender_signal = 9;
	msg->event.sender_boottime_ns = (uint64_t)(now - SECOND / 100);
	msg->event.have_sender = true;
	msg->event.sender = process(900, "runc");
	msg->event.sender.parent_comm = (struct str){ "shim", 4 };
	return msg;
}

static void start_tells_its_program(void **state)
{
	struct message *msg;

	(void)state;
	first_tick(NULL, 0);
	msg = event_message(1, SYSMON_EVENT_TYPE_START);
	msg->event.container.started_boottime_ns = (uint64_t)(now - SECOND);
	msg->event.have_process = true;
	msg->event.process = process(812, "sh");
	msg->event.process.argv = (struct str){ "sh\0-c", 6 };
	msg->event.process.container = 1;
	msg->event.have_exec_delay = true;
	msg->event.exec_delay_ns = 12345678;

	send_message(STEP_MULTICAST, msg);

	const struct event_row *row = &last_of(ROW_EVENT)->event;

	assert_true(row->have_subject);
	assert_false(row->have_sender);
	assert_int_equal(row->subject.pid, 812);
	assert_int_equal(row->subject.uid, 0);
	assert_int_equal(row->subject.rss_bytes, -1);
	assert_int_equal(row->subject.argv.len, 6);
	assert_memory_equal(row->subject.argv.p, "sh\0-c", 6);
	assert_int_equal(row->subject.container, row->container);
	assert_int_equal(row->exec_delay_us, 12345);
	assert_int_equal(row->exit_code, -1);
	assert_int_equal(last_of(ROW_CONTAINER)->container.started_ns,
			 EPOCH + now - SECOND);
}

static void unknown_type_is_stored_by_its_number(void **state)
{
	(void)state;
	first_tick(NULL, 0);

	event_of(STEP_MULTICAST, 1, 4711, container(1, id_a, 0));
	event_of(STEP_MULTICAST, 2, SYSMON_EVENT_TYPE_PIDS_MAX,
		 container(1, id_a, 0));

	assert_string_equal(row_of(ROW_EVENT, 0)->event.type, "4711");
	assert_int_equal(row_of(ROW_EVENT, 0)->event.container, 0);
	assert_string_equal(row_of(ROW_EVENT, 1)->event.type, "pids-max");
	assert_int_equal(row_of(ROW_EVENT, 1)->event.container, 1);
}

static void stop_tells_who_killed_it(void **state)
{
	struct container_info c = container(1, id_a, 500);

	(void)state;
	first_tick(&c, 1);

	send_message(STEP_MULTICAST, killed(1));

	const struct stop_row *stop = &last_of(ROW_STOP)->stop;

	assert_string_equal(stop->reason, "signal");
	assert_int_equal(stop->signal, 9);
	assert_false(stop->have_exit_code);
	assert_int_equal(stop->killer_signal, 9);
	assert_int_equal(stop->killer_ns, EPOCH + now - SECOND / 100);
	assert_true(stop->have_killer);
	assert_int_equal(stop->killer.pid, 900);
	assert_str_is(stop->killer.comm, "runc");
	assert_str_is(stop->killer.parent_comm, "shim");
	assert_null(stop->killer.cgroup.p);
	/* The engine adds its code and takes nothing away. */
	died(id_a, 137);
	assert_int_equal(last_of(ROW_STOP)->stop.exit_code, 137);
	assert_str_is(last_of(ROW_STOP)->stop.killer.comm, "runc");
}

static void killer_in_a_container_is_told_by_it(void **state)
{
	struct container_info c[2] = { container(1, id_a, 500),
				       container(2, id_b, 500) };
	struct message *msg;

	(void)state;
	module_is_there(0);
	tick(1, c, 2);
	msg = killed(1);
	msg->event.sender.container = 2;

	send_message(STEP_MULTICAST, msg);

	assert_int_equal(last_of(ROW_STOP)->stop.killer.container,
			 row_of(ROW_CONTAINER, 1)->container.id);
}

static void exit_code_of_the_kernel_needs_no_engine(void **state)
{
	struct container_info c = container(1, id_a, 500);
	struct message *msg;

	(void)state;
	first_tick(&c, 1);
	msg = event_message(1, SYSMON_EVENT_TYPE_STOP);
	msg->event.have_exit_code = true;
	msg->event.exit_code = 3;
	metric_set(&msg->event.container.m, CM_NET_RX_BYTES, 10);

	send_message(STEP_MULTICAST, msg);

	assert_string_equal(last_of(ROW_STOP)->stop.reason, "exit");
	assert_int_equal(last_of(ROW_STOP)->stop.exit_code, 3);
	assert_int_equal(last_of(ROW_STOP)->stop.signal, 0);
	assert_int_equal(last_of(ROW_STOP)->stop.final_net_rx_bytes, 10);
	assert_int_equal(last_of(ROW_STOP)->stop.final_net_tx_bytes, -1);
	assert_false(last_of(ROW_STOP)->stop.have_killer);
}

/* It caught the signal, and left with the code that stands for it. */
static void code_of_the_signal_sent_is_a_stop_by_it(void **state)
{
	struct container_info c = container(1, id_a, 500);
	struct message *msg;

	(void)state;
	first_tick(&c, 1);
	msg = killed(1);
	msg->event.exit_signal = 0;
	msg->event.sender_signal = 15;
	msg->event.have_exit_code = true;
	msg->event.exit_code = 143;

	send_message(STEP_MULTICAST, msg);

	assert_string_equal(last_of(ROW_STOP)->stop.reason, "signal");
	assert_int_equal(last_of(ROW_STOP)->stop.signal, 15);
}

static void large_code_of_its_own_choice_is_an_exit(void **state)
{
	struct container_info c = container(1, id_a, 500);
	struct message *msg;

	(void)state;
	first_tick(&c, 1);
	msg = event_message(1, SYSMON_EVENT_TYPE_STOP);
	msg->event.have_exit_code = true;
	msg->event.exit_code = 143;

	send_message(STEP_MULTICAST, msg);

	assert_string_equal(last_of(ROW_STOP)->stop.reason, "exit");
	assert_int_equal(last_of(ROW_STOP)->stop.signal, 0);
}

static void oom_strikes(uint64_t seq)
{
	struct message *msg = event_message(seq, SYSMON_EVENT_TYPE_OOM);

	msg->event.have_process = true;
	msg->event.process = process(812, "stress");
	msg->event.process.have_rss_bytes = true;
	msg->event.process.rss_bytes = 4096;
	msg->event.have_limit = true;
	msg->event.limit = 8192;
	send_message(STEP_MULTICAST, msg);
}

static void kill_by_the_oom_killer_tells_its_victim(void **state)
{
	struct container_info c = container(1, id_a, 500);
	struct message *msg;

	(void)state;
	first_tick(&c, 1);
	oom_strikes(1);
	msg = event_message(2, SYSMON_EVENT_TYPE_STOP);
	msg->event.exit_signal = 9;

	send_message(STEP_MULTICAST, msg);

	const struct stop_row *stop = &last_of(ROW_STOP)->stop;

	assert_string_equal(stop->reason, "oom");
	assert_true(stop->have_oom);
	assert_int_equal(stop->oom.pid, 812);
	assert_str_is(stop->oom.comm, "stress");
	assert_int_equal(stop->oom.rss_bytes, 4096);
	assert_int_equal(stop->oom_limit_bytes, 8192);
}

static void kill_from_outside_after_an_oom_is_no_oom(void **state)
{
	struct container_info c = container(1, id_a, 500);

	(void)state;
	first_tick(&c, 1);
	oom_strikes(1);
	now += SECOND;

	send_message(STEP_MULTICAST, killed(2));

	assert_string_equal(last_of(ROW_STOP)->stop.reason, "signal");
	assert_false(last_of(ROW_STOP)->stop.have_oom);
}

static void removal_follows_the_stop_and_adds_none(void **state)
{
	struct container_info c = container(1, id_a, 500);

	(void)state;
	first_tick(&c, 1);
	stopped(1, 1, id_a);

	event_of(STEP_MULTICAST, 2, SYSMON_EVENT_TYPE_REMOVED,
		 container(1, id_a, 0));

	assert_int_equal(rows_of(ROW_STOP), 1);
	assert_string_equal(last_of(ROW_EVENT)->event.type, "removed");
	assert_int_equal(last_of(ROW_EVENT)->event.container, 1);
}

static void removal_ends_a_life_whose_stop_was_lost(void **state)
{
	struct container_info c = container(1, id_a, 500);

	(void)state;
	first_tick(&c, 1);
	gap_of(STEP_MULTICAST, 1, 1);

	event_of(STEP_MULTICAST, 2, SYSMON_EVENT_TYPE_REMOVED,
		 container(1, id_a, 0));

	assert_int_equal(rows_of(ROW_STOP), 1);
	assert_int_equal(last_of(ROW_STOP)->stop.seq, 0);
}

static void removal_of_a_cgroup_that_never_ran_makes_no_life(void **state)
{
	(void)state;
	first_tick(NULL, 0);

	event_of(STEP_MULTICAST, 1, SYSMON_EVENT_TYPE_FREEZE,
		 container(1, id_a, 0));
	event_of(STEP_MULTICAST, 2, SYSMON_EVENT_TYPE_REMOVED,
		 container(1, id_a, 0));

	assert_int_equal(rows_of(ROW_CONTAINER), 0);
	assert_int_equal(rows_of(ROW_EVENT), 2);
}

/* ---- lives and stops ---- */

static void stop_event_ends_a_life_with_its_totals(void **state)
{
	struct container_info c = container(1, id_a, 500);

	(void)state;
	first_tick(&c, 1);

	stopped(1, 1, id_a);

	const struct row *stop = row_of(ROW_STOP, 0);

	assert_int_equal(stop->stop.seq, 1);
	assert_int_equal(stop->stop.stopped_ns, EPOCH + now);
	assert_int_equal(stop->stop.final_cpu_us, 777);
	assert_int_equal(stop->stop.final_mem_peak_bytes, 4096);
	assert_int_equal(stop->stop.final_io_read_bytes, -1);
	assert_null(stop->stop.reason);
	assert_int_equal(last_of(ROW_CONTAINER)->container.stopped_ns,
			 EPOCH + now);
}

static void exit_code_after_the_stop_completes_its_row(void **state)
{
	struct container_info c = container(1, id_a, 500);

	(void)state;
	first_tick(&c, 1);
	stopped(1, 1, id_a);
	now += SECOND / 10;

	died(id_a, 3);

	assert_int_equal(rows_of(ROW_STOP), 2);
	assert_int_equal(row_of(ROW_STOP, 0)->stop.id,
			 row_of(ROW_STOP, 1)->stop.id);
	assert_string_equal(row_of(ROW_STOP, 1)->stop.reason, "exit");
	assert_int_equal(row_of(ROW_STOP, 1)->stop.exit_code, 3);
	assert_int_equal(row_of(ROW_STOP, 1)->stop.seq, 1);
}

static void exit_code_before_the_stop_is_kept_for_it(void **state)
{
	struct container_info c = container(1, id_a, 500);

	(void)state;
	first_tick(&c, 1);
	died(id_a, 137);
	assert_int_equal(rows_of(ROW_STOP), 0);
	now += SECOND / 10;

	stopped(1, 1, id_a);

	assert_int_equal(rows_of(ROW_STOP), 1);
	assert_string_equal(row_of(ROW_STOP, 0)->stop.reason, "signal");
	assert_int_equal(row_of(ROW_STOP, 0)->stop.signal, 9);
	assert_int_equal(row_of(ROW_STOP, 0)->stop.exit_code, 137);
}

static void oom_kill_before_a_failed_exit_is_its_reason(void **state)
{
	struct container_info c = container(1, id_a, 500);

	(void)state;
	first_tick(&c, 1);
	metric_set(&c.m, CM_OOM_KILLS, 1);
	tick(2, &c, 1);
	stopped(1, 1, id_a);

	died(id_a, 137);

	assert_string_equal(last_of(ROW_STOP)->stop.reason, "oom");
	assert_int_equal(last_of(ROW_STOP)->stop.signal, 9);
}

static void oom_kill_seen_only_in_the_last_figures_counts(void **state)
{
	struct container_info c = container(1, id_a, 500);

	(void)state;
	first_tick(&c, 1);
	metric_set(&c.m, CM_OOM_KILLS, 2);

	event_of(STEP_MULTICAST, 1, SYSMON_EVENT_TYPE_STOP, c);

	assert_string_equal(last_of(ROW_STOP)->stop.reason, "oom");
}

/* The kernel counts none, as where the memory controller is off. */
static void oom_kill_that_only_an_inspect_tells_is_the_reason(void **state)
{
	struct container_info c = container(1, id_a, 500);
	struct container_meta *meta;

	(void)state;
	first_tick(&c, 1);
	stopped(1, 1, id_a);
	died(id_a, 137);
	assert_string_equal(last_of(ROW_STOP)->stop.reason, "signal");
	engine(0, true);
	meta = meta_of(id_a, "n", "sleep 1");
	meta->state = META_EXITED;
	meta->finished_ns = EPOCH + now;
	meta->oom_killed = true;

	described(0, meta);

	assert_string_equal(last_of(ROW_STOP)->stop.reason, "oom");
}

static void oom_kill_of_an_earlier_life_is_not_the_newests(void **state)
{
	int64_t end;

	(void)state;
	first_tick(NULL, 0);
	started(1, 1, id_a);
	now += SECOND;
	stopped(2, 1, id_a);
	end = now;
	now += SECOND / 10;
	started(3, 2, id_a);
	now = end;

	engine_says(ENGINE_EVENT_OOM, id_a, 0);

	assert_int_equal(last_of(ROW_STOP)->stop.seq, 2);
	assert_string_equal(last_of(ROW_STOP)->stop.reason, "oom");
}

static void clean_exit_after_an_oom_kill_is_an_exit(void **state)
{
	struct container_info c = container(1, id_a, 500);

	(void)state;
	first_tick(&c, 1);
	metric_set(&c.m, CM_OOM_KILLS, 1);
	tick(2, &c, 1);
	stopped(1, 1, id_a);

	died(id_a, 0);

	assert_string_equal(last_of(ROW_STOP)->stop.reason, "exit");
}

static void exit_belongs_to_the_life_that_it_is_nearest_to(void **state)
{
	(void)state;
	first_tick(NULL, 0);
	started(1, 1, id_a);
	now += SECOND;
	stopped(2, 1, id_a);
	started(3, 2, id_a);
	clear();

	died(id_a, 1);

	assert_int_equal(rows_of(ROW_STOP), 1);
	assert_int_equal(row_of(ROW_STOP, 0)->stop.seq, 2);
	clear();
	now += 5 * SECOND;
	died(id_a, 2);
	stopped(4, 2, id_a);
	assert_int_equal(row_of(ROW_STOP, 0)->stop.exit_code, 2);
}

static void exit_told_twice_counts_once(void **state)
{
	struct container_info c = container(1, id_a, 500);

	(void)state;
	first_tick(&c, 1);
	stopped(1, 1, id_a);
	died(id_a, 3);
	clear();

	died(id_a, 4);

	assert_int_equal(u.rows.count, 0);
}

static void life_that_vanishes_gets_a_stop_without_a_number(void **state)
{
	struct container_info c = container(1, id_a, 500);

	(void)state;
	first_tick(&c, 1);
	tick(2, NULL, 0);
	assert_int_equal(rows_of(ROW_STOP), 0);

	tick(3, NULL, 0);

	assert_int_equal(rows_of(ROW_STOP), 1);
	assert_int_equal(row_of(ROW_STOP, 0)->stop.seq, 0);
	assert_null(row_of(ROW_STOP, 0)->stop.reason);
	assert_int_equal(row_of(ROW_STOP, 0)->stop.final_cpu_us, 500);
	tick(4, NULL, 0);
	assert_int_equal(rows_of(ROW_STOP), 1);
}

static void life_that_vanishes_ended_when_its_engine_says(void **state)
{
	struct container_info c = container(1, id_a, 500);
	int64_t ended;

	(void)state;
	first_tick(&c, 1);
	now += SECOND / 2;
	ended = EPOCH + now;
	died(id_a, 0);
	tick(2, NULL, 0);

	tick(3, NULL, 0);

	assert_int_equal(row_of(ROW_STOP, 0)->stop.stopped_ns, ended);
	assert_int_equal(last_of(ROW_CONTAINER)->container.stopped_ns, ended);
}

static void engine_corrects_the_end_of_a_vanished_life(void **state)
{
	struct container_info c = container(1, id_a, 500);

	(void)state;
	first_tick(&c, 1);
	tick(2, NULL, 0);
	tick(3, NULL, 0);
	now -= 3 * SECOND / 2;

	died(id_a, 0);

	assert_int_equal(last_of(ROW_STOP)->stop.stopped_ns, EPOCH + now);
	assert_int_equal(last_of(ROW_CONTAINER)->container.stopped_ns,
			 EPOCH + now);
}

static void late_event_completes_the_stop_of_a_vanished_life(void **state)
{
	struct container_info c = container(1, id_a, 500);

	(void)state;
	first_tick(&c, 1);
	tick(2, NULL, 0);
	tick(3, NULL, 0);

	stopped(1, 1, id_a);

	assert_int_equal(rows_of(ROW_STOP), 2);
	assert_int_equal(row_of(ROW_STOP, 1)->stop.id,
			 row_of(ROW_STOP, 0)->stop.id);
	assert_int_equal(row_of(ROW_STOP, 1)->stop.seq, 1);
	assert_int_equal(row_of(ROW_STOP, 0)->stop.final_cpu_us, 500);
	assert_int_equal(row_of(ROW_STOP, 1)->stop.final_cpu_us, 777);
}

static void nothing_vanishes_while_events_are_outstanding(void **state)
{
	struct container_info c = container(1, id_a, 500);

	(void)state;
	first_tick(&c, 1);
	started(3, 3, "c");

	tick(2, NULL, 0);
	tick(3, NULL, 0);
	tick(4, NULL, 0);

	assert_int_equal(rows_of(ROW_STOP), 0);
}

static void dump_counts_as_a_census(void **state)
{
	struct container_info c = container(1, id_a, 500);

	(void)state;
	first_tick(&c, 1);
	tick(2, NULL, 0);
	c = container(2, id_b, 1);
	now += SECOND;
	part(STEP_DUMP, 2, 0, &c, 1, 1);

	end_of(STEP_DUMP_END, true);

	assert_int_equal(rows_of(ROW_STOP), 1);
	assert_string_equal(row_of(ROW_CONTAINER, 0)->container.key, id_b);
}

static void broken_dump_proves_nothing(void **state)
{
	struct container_info c = container(1, id_a, 500);

	(void)state;
	first_tick(&c, 1);
	tick(2, NULL, 0);
	now += SECOND;
	part(STEP_DUMP, 2, 0, NULL, 0, 0);

	end_of(STEP_DUMP_END, false);

	assert_int_equal(rows_of(ROW_STOP), 0);
}

static void empty_cgroup_is_no_life(void **state)
{
	struct container_info c = container(1, id_a, 0);

	(void)state;
	module_is_there(0);
	metric_set(&c.m, CM_PIDS, 0);

	tick(1, &c, 1);

	assert_int_equal(rows_of(ROW_CONTAINER), 0);
	assert_int_equal(row_of(ROW_TICK, 0)->tick.samples, 0);
}

static void cgroup_that_stays_after_its_stop_has_no_samples(void **state)
{
	struct container_info c = container(1, id_a, 500);

	(void)state;
	first_tick(&c, 1);
	stopped(1, 1, id_a);
	metric_set(&c.m, CM_PIDS, 0);

	tick(2, &c, 1);

	assert_int_equal(row_of(ROW_TICK, 0)->tick.samples, 0);
	assert_int_equal(rows_of(ROW_STOP), 1);
}

static void cgroup_that_starts_again_is_a_new_life(void **state)
{
	(void)state;
	first_tick(NULL, 0);
	started(1, 1, id_a);
	now += SECOND;
	stopped(2, 1, id_a);
	now += SECOND;
	clear();

	started(3, 1, id_a);

	assert_int_equal(row_of(ROW_CONTAINER, 0)->container.id, 2);
	assert_int_equal(row_of(ROW_CONTAINER, 0)->container.stopped_ns, 0);
	assert_int_equal(row_of(ROW_EVENT, 0)->event.container, 2);
}

static void restart_whose_stop_was_lost_is_a_new_life(void **state)
{
	(void)state;
	first_tick(NULL, 0);
	started(1, 1, id_a);
	gap_of(STEP_MULTICAST, 2, 1);
	now += SECOND;
	clear();

	started(3, 1, id_a);

	assert_int_equal(rows_of(ROW_STOP), 1);
	assert_int_equal(row_of(ROW_STOP, 0)->stop.container, 1);
	assert_int_equal(row_of(ROW_STOP, 0)->stop.seq, 0);
	assert_int_equal(last_of(ROW_CONTAINER)->container.id, 2);
	assert_int_equal(row_of(ROW_EVENT, 0)->event.container, 2);
}

static void restart_whose_start_was_lost_has_samples(void **state)
{
	struct container_info c = container(1, id_a, 500);

	(void)state;
	first_tick(&c, 1);
	stopped(1, 1, id_a);
	now += SECOND;
	c.started_boottime_ns = (uint64_t)now;
	gap_of(STEP_MULTICAST, 2, 1);

	tick(2, &c, 1);

	assert_int_equal(last_of(ROW_CONTAINER)->container.id, 2);
	assert_int_equal(row_of(ROW_TICK, 0)->tick.samples, 1);
	stopped(3, 1, id_a);
	assert_int_equal(last_of(ROW_STOP)->stop.container, 2);
}

static void stop_whose_start_was_lost_is_of_a_new_life(void **state)
{
	struct container_info c = container(1, id_a, 500);

	(void)state;
	first_tick(&c, 1);
	stopped(1, 1, id_a);
	now += SECOND;
	gap_of(STEP_MULTICAST, 2, 1);

	stopped(3, 1, id_a);

	assert_int_equal(rows_of(ROW_STOP), 2);
	assert_int_equal(row_of(ROW_STOP, 0)->stop.container, 1);
	assert_int_equal(row_of(ROW_STOP, 1)->stop.container, 2);
}

static void child_knows_its_parent(void **state)
{
	struct container_info c[2] = { container(1, id_a, 1),
				       container(2, id_b, 1) };

	(void)state;
	c[1].parent_id = 1;
	module_is_there(0);

	tick(1, c, 2);

	assert_int_equal(row_of(ROW_CONTAINER, 1)->container.parent,
			 row_of(ROW_CONTAINER, 0)->container.id);
}

static struct step_past_container past_container(int64_t id, uint64_t cgroup,
						 const char *key)
{
	struct step_past_container c = { 0 };

	c.row = (struct container_row){ .id = id,
					.boot = 3,
					.cgroup_id = cgroup,
					.key = key,
					.name = "old-name",
					.first_seen_ns = EPOCH,
					.started_ns = EPOCH };
	return c;
}

static void begin_after(const char *boot_uuid)
{
	teardown(NULL);
	past = (struct step_past){ .boot_id = 3,
				   .session_id = 4,
				   .container_id = 9,
				   .last_ns = EPOCH + 90 * SECOND,
				   .instance = 50,
				   .last_tick = 20,
				   .last_seq = 6 };
	snprintf(past.boot_uuid, sizeof(past.boot_uuid), "%s", boot_uuid);
	begin();
}

static void reboot_ends_what_ran_before_it(void **state)
{
	struct step_past_container old = past_container(9, 1, id_a);
	struct container_info c = container(1, id_b, 5);

	(void)state;
	begin_after("some-other-boot");
	assert_int_equal(step_recall(s, &old), 0);

	module_is_there(0);
	tick(1, &c, 1);

	assert_int_equal(row_of(ROW_STOP, 0)->stop.container, 9);
	assert_int_equal(row_of(ROW_STOP, 0)->stop.stopped_ns,
			 EPOCH + 90 * SECOND);
	assert_int_equal(row_of(ROW_BOOT, 0)->boot.id, 4);
	/* The same number is another cgroup now. */
	assert_int_equal(last_of(ROW_CONTAINER)->container.id, 10);
	assert_string_equal(last_of(ROW_CONTAINER)->container.key, id_b);
}

static void restart_keeps_the_lives(void **state)
{
	struct step_past_container old = past_container(9, 1, id_a);
	struct container_info c = container(1, id_a, 5);

	(void)state;
	begin_after(BOOT);
	assert_int_equal(step_recall(s, &old), 0);

	module_is_there(6);
	tick(21, &c, 1);

	assert_int_equal(rows_of(ROW_CONTAINER), 0);
	assert_int_equal(row_of(ROW_TICK, 0)->tick.sample[0].container, 9);
	assert_false(sample_knows(row_of(ROW_TICK, 0), 0, CM_CPU_USAGE));
}

static void stop_missed_by_a_restart_is_replayed(void **state)
{
	struct step_past_container old = past_container(9, 1, id_a);

	(void)state;
	begin_after(BOOT);
	assert_int_equal(step_recall(s, &old), 0);
	module_is_there(8);
	assert_int_equal(effect_of(EFFECT_REPLAY)->seq, 7);

	event_of(STEP_REPLAY, 7, SYSMON_EVENT_TYPE_STOP, container(1, id_a, 5));
	event_of(STEP_REPLAY, 8, SYSMON_EVENT_TYPE_START,
		 container(2, id_b, 5));
	end_of(STEP_REPLAY_END, true);

	assert_int_equal(row_of(ROW_STOP, 0)->stop.container, 9);
	assert_int_equal(row_of(ROW_STOP, 0)->stop.session, 4);
	assert_int_equal(rows_of(ROW_EVENT), 2);
	assert_int_equal(rows_of(ROW_GAP), 0);
}

/* The life of the past, which is told to have started at @boottime, stops. */
static void stop_of_the_past(int64_t last_boottime, int64_t boottime)
{
	struct step_past_container old = past_container(9, 1, id_a);
	struct container_info c = container(1, id_a, 5);

	begin_after(BOOT);
	past.last_boottime_ns = (uint64_t)last_boottime;
	teardown(NULL);
	begin();
	assert_int_equal(step_recall(s, &old), 0);
	module_is_there(6);
	end_of(STEP_REPLAY_END, true);
	c.started_boottime_ns = (uint64_t)boottime;
	event_of(STEP_MULTICAST, 7, SYSMON_EVENT_TYPE_STOP, c);
}

/* To its kernel the start has the time that it had, to Unix another. */
static void clock_set_before_a_stop_makes_no_second_life(void **state)
{
	(void)state;
	stop_of_the_past(now - 10 * SECOND, now - 90 * SECOND);
	assert_int_equal(row_of(ROW_STOP, 0)->stop.container, 9);
	assert_int_equal(row_of(ROW_STOP, 0)->stop.seq, 7);
	assert_int_equal(rows_of(ROW_STOP), 1);
	assert_int_equal(last_of(ROW_CONTAINER)->container.id, 9);
}

static void stop_of_a_life_that_began_unseen_is_not_the_pasts(void **state)
{
	(void)state;
	stop_of_the_past(now - 10 * SECOND, now - 5 * SECOND);
	assert_int_equal(row_of(ROW_STOP, 0)->stop.container, 9);
	assert_int_equal(row_of(ROW_STOP, 0)->stop.seq, 0);
	assert_int_equal(last_of(ROW_STOP)->stop.container, 10);
	assert_int_equal(last_of(ROW_STOP)->stop.seq, 7);
}

static void exit_code_missed_by_a_restart_comes_with_the_list(void **state)
{
	struct step_past_container old = past_container(9, 1, id_a);
	struct container_meta *meta;

	(void)state;
	begin_after(BOOT);
	old.row.stopped_ns = EPOCH + now;
	old.have_stop = true;
	old.stop = (struct stop_row){ .id = 5,
				      .container = 9,
				      .session = 4,
				      .seq = 6,
				      .stopped_ns = EPOCH + now };
	assert_int_equal(step_recall(s, &old), 0);
	module_is_there(6);
	engine(0, true);
	meta = meta_of(id_a, "n", "sleep 1");
	meta->state = META_EXITED;
	meta->finished_ns = EPOCH + now;
	meta->have_exit_code = true;
	meta->exit_code = 143;

	described(0, meta);

	assert_int_equal(last_of(ROW_STOP)->stop.id, 5);
	assert_int_equal(last_of(ROW_STOP)->stop.signal, 15);
	assert_int_equal(last_of(ROW_STOP)->stop.seq, 6);
}

static void exit_code_that_a_list_does_not_have_is_asked_for(void **state)
{
	struct container_info c = container(1, id_a, 500);
	struct container_meta *meta;

	(void)state;
	first_tick(&c, 1);
	stopped(1, 1, id_a);
	engine(0, true);
	meta = meta_of(id_a, "n", NULL);
	meta->state = META_EXITED;

	described(0, meta);

	assert_string_equal(effect_of(EFFECT_INSPECT)->id, id_a);
	clear();
	died(id_a, 0);
	meta = meta_of(id_a, "n", NULL);
	meta->state = META_EXITED;
	described(0, meta);
	assert_null(effect_of(EFFECT_INSPECT));
}

static void oom_kill_of_before_a_restart_stays_the_reason(void **state)
{
	struct step_past_container old = past_container(9, 1, id_a);

	(void)state;
	begin_after(BOOT);
	old.row.stopped_ns = EPOCH + now;
	old.have_stop = true;
	old.stop = (struct stop_row){ .id = 5,
				      .container = 9,
				      .session = 4,
				      .seq = 6,
				      .reason = "oom",
				      .stopped_ns = EPOCH + now };
	assert_int_equal(step_recall(s, &old), 0);
	module_is_there(6);

	died(id_a, 137);

	assert_string_equal(last_of(ROW_STOP)->stop.reason, "oom");
}

/* ---- engines ---- */

static void description_names_a_running_container(void **state)
{
	struct container_info c = container(1, id_a, 500);

	(void)state;
	first_tick(&c, 1);
	engine(1, true);

	described(1, meta_of(id_a, "web", "nginx"));

	const struct row *row = row_of(ROW_CONTAINER, 0);

	assert_string_equal(row->container.name, "web");
	assert_string_equal(row->container.command, "nginx");
	assert_string_equal(row->container.runtime, "podman");
	/* Older than the module: the engine knows since when. */
	assert_int_equal(row->container.started_ns, EPOCH + now);
}

static void description_before_the_start_is_used_at_it(void **state)
{
	(void)state;
	first_tick(NULL, 0);
	engine(0, true);
	described(0, meta_of(id_a, "web", "nginx"));
	assert_int_equal(u.rows.count, 0);

	started(1, 1, id_a);

	assert_string_equal(row_of(ROW_CONTAINER, 0)->container.name, "web");
	assert_string_equal(row_of(ROW_CONTAINER, 0)->container.runtime,
			    "docker");
}

/* One that was removed at once, or while the daemon was away. */
static void container_gone_undescribed_is_named_by_its_events(void **state)
{
	char name[] = "short", image[] = "busybox";
	struct engine_event said = { .type = ENGINE_EVENT_DIE,
				     .id = id_a,
				     .name = name,
				     .image = image,
				     .have_exit_code = true,
				     .exit_code = 4 };
	struct step_event event = { .type = STEP_ENGINE_EVENT };

	(void)state;
	first_tick(NULL, 0);
	engine(0, true);
	started(1, 1, id_a);
	stopped(2, 1, id_a);
	said.time_ns = EPOCH + now + SECOND;
	event.engine_event = &said;

	run(&event);

	assert_string_equal(last_of(ROW_CONTAINER)->container.name, "short");
	assert_string_equal(last_of(ROW_CONTAINER)->container.image, "busybox");
	assert_string_equal(last_of(ROW_CONTAINER)->container.runtime,
			    "docker");
	assert_int_equal(last_of(ROW_STOP)->stop.exit_code, 4);
}

static void same_description_again_writes_nothing(void **state)
{
	struct container_info c = container(1, id_a, 500);

	(void)state;
	first_tick(&c, 1);
	engine(0, true);
	described(0, meta_of(id_a, "web", "nginx"));
	clear();

	described(0, meta_of(id_a, "web", "nginx"));
	described(0, meta_of(id_a, "web", NULL));

	assert_int_equal(u.rows.count, 0);
}

static void rename_in_a_list_is_taken(void **state)
{
	struct container_info c = container(1, id_a, 500);

	(void)state;
	first_tick(&c, 1);
	engine(0, true);
	described(0, meta_of(id_a, "web", "nginx"));
	clear();

	described(0, meta_of(id_a, "web2", NULL));

	assert_string_equal(row_of(ROW_CONTAINER, 0)->container.name, "web2");
	assert_string_equal(row_of(ROW_CONTAINER, 0)->container.command,
			    "nginx");
}

static void container_unknown_to_all_is_asked_for_once(void **state)
{
	struct container_info c = container(1, id_a, 500);

	(void)state;
	engine(0, true);
	module_is_there(0);

	tick(1, &c, 1);
	assert_string_equal(effect_of(EFFECT_INSPECT)->id, id_a);
	clear();
	tick(2, &c, 1);

	assert_null(effect_of(EFFECT_INSPECT));
}

static void destroyed_container_is_forgotten(void **state)
{
	struct step_stats stats;

	(void)state;
	engine(0, true);
	described(0, meta_of(id_a, "web", "nginx"));

	engine_says(ENGINE_EVENT_DESTROY, id_a, 0);

	step_stats(s, &stats);
	assert_int_equal(stats.identities, 0);
}

static void container_missing_in_a_new_list_is_forgotten(void **state)
{
	struct step_event end = { .type = STEP_LIST_END };
	struct step_stats stats;

	(void)state;
	engine(0, true);
	described(0, meta_of(id_a, "web", "nginx"));
	engine(0, false);
	engine(0, true);
	described(0, meta_of(id_b, "db", "postgres"));

	run(&end);

	step_stats(s, &stats);
	assert_int_equal(stats.identities, 1);
}

/* ---- policy ---- */

static int setup_policy(void **state)
{
	char err[128];

	rule = (struct policy_rule){ .name = strdup("surplus"),
				     .enabled = true,
				     .keep = 1,
				     .keep_which = POLICY_OLDEST,
				     .mode = POLICY_ENFORCE,
				     .grace_s = 7,
				     .retries = 5,
				     .retry_wait_ns = 60 * SECOND };
	rule.match = calloc(1, sizeof(*rule.match));
	assert_non_null(rule.match);
	rule.matches = 1;
	assert_int_equal(policy_match_init(rule.match, POLICY_COMMAND, NULL,
					   "stress", 0, err, sizeof(err)),
			 0);
	return setup(state);
}

static int teardown_policy(void **state)
{
	policy_rule_free(&rule);
	rule = (struct policy_rule){ 0 };
	return teardown(state);
}

static void check_policy(void)
{
	struct step_event event = { .type = STEP_POLICY };

	run(&event);
}

static void answered(int64_t action, int status, bool sent)
{
	struct action_result result = { .http_status = status,
					.ok = status == 204 || status == 304,
					.error = status < 300 && status ? NULL
									: "no",
					.answered_ns = EPOCH + now };
	struct step_event event = { .type = STEP_ANSWER };

	result.requested_ns = sent ? EPOCH + now - SECOND : 0;
	event.action = action;
	event.result = &result;
	run(&event);
}

/* Appends to the trace, "; " between its parts. */
static void trace_add(char *trace, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void trace_add(char *trace, size_t size, const char *format, ...)
{
	size_t used = strlen(trace);
	va_list args;

	used += (size_t)snprintf(trace + used, size - used, "%s",
				 used ? "; " : "");
	va_start(args, format);
	vsnprintf(trace + used, size - used, format, args);
	va_end(args);
}

static void trace_action(char *trace, size_t size, const struct action_row *row)
{
	char attempt[32] = "";

	if (!strcmp(row->state, "requested"))
		snprintf(attempt, sizeof(attempt), ", attempt %u",
			 row->attempt);
	trace_add(trace, size, "%d %s%s%s%s", (int)row->id, row->state, attempt,
		  row->error ? ": " : "", row->error ? row->error : "");
}

/* What the policy did since the last clear(), which this does. */
static void assert_trace(const char *want)
{
	static const char *const verb[] = { [ENGINE_STOP] = "stop",
					    [ENGINE_KILL] = "kill",
					    [ENGINE_PAUSE] = "pause",
					    [ENGINE_RESTART] = "restart" };
	char trace[2048] = "";

	for (const struct row *r = u.rows.first; r; r = r->next)
		if (r->type == ROW_ACTION)
			trace_action(trace, sizeof(trace), &r->action);
		else if (r->type == ROW_ALARM)
			trace_add(trace, sizeof(trace), "alarm %s",
				  r->alarm.reason);
	for (size_t i = 0; i < u.effects; i++)
		if (u.effect[i].type == EFFECT_ACT)
			trace_add(trace, sizeof(trace), "%s",
				  verb[u.effect[i].act.verb]);
		else if (u.effect[i].type == EFFECT_EXEC)
			trace_add(trace, sizeof(trace), "exec");
	assert_string_equal(trace, want);
	clear();
}

/* Two of them run, b is the surplus one. */
static void two_run(void)
{
	struct container_info c[2] = { container(1, id_a, 1),
				       container(2, id_b, 1) };

	kernel(true);
	first_tick(c, 2);
	engine(0, true);
	described(0, meta_of(id_a, "one", "stress --cpu 1"));
	now += SECOND;
	described(0, meta_of(id_b, "two", "stress --cpu 1"));
	clear();
}

/* A container can give a cgroup in it any name, that of another included. */
static void nested_container_is_not_taken_for_its_namesake(void **state)
{
	struct container_info c[3] = { container(1, id_a, 1),
				       container(2, "outer", 1),
				       container(3, id_b, 1) };

	(void)state;
	c[2].parent_id = 2;
	kernel(true);
	first_tick(c, 3);
	engine(0, true);
	described(0, meta_of(id_a, "one", "stress --cpu 1"));
	now += SECOND;
	described(0, meta_of(id_b, "two", "stress --cpu 1"));
	clear();

	check_policy();

	assert_null(effect_of(EFFECT_ACT));
	assert_int_equal(rows_of(ROW_ACTION), 0);
}

/*
 * So can a user with a part of the cgroup tree: its figures are not those of
 * the container, whichever of them came first.
 */
static void container_with_a_namesake_is_left_alone(void **state)
{
	(void)state;
	two_run();
	started(1, 3, id_b);
	clear();

	check_policy();
	assert_null(effect_of(EFFECT_ACT));
	assert_int_equal(rows_of(ROW_ACTION), 0);

	stopped(2, 3, id_b);
	clear();
	check_policy();
	assert_string_equal(effect_of(EFFECT_ACT)->id, id_b);
}

static void surplus_is_stopped_and_recorded(void **state)
{
	int64_t decided, confirmed;

	(void)state;
	two_run();
	decided = EPOCH + now;

	check_policy();

	const struct effect *stop = effect_of(EFFECT_ACT);

	assert_string_equal(stop->id, id_b);
	assert_int_equal(stop->act.grace_s, 7);
	assert_int_equal(stop->act.verb, ENGINE_STOP);
	assert_int_equal(stop->engine, 0);
	now += SECOND;
	confirmed = EPOCH + now;
	stopped(1, 2, id_b);
	now += SECOND;
	answered(stop->action, 204, true);
	died(id_b, 143);

	const struct row *action = last_of(ROW_ACTION);
	const struct row *row = last_of(ROW_STOP);

	assert_string_equal(action->action.rule, "surplus");
	assert_int_equal(action->action.decided_ns, decided);
	assert_int_equal(action->action.confirmed_ns, confirmed);
	assert_int_equal(action->action.http_status, 204);
	assert_int_equal(action->action.answered_ns, EPOCH + now);
	assert_string_equal(row->stop.reason, "policy");
	assert_int_equal(row->stop.action, action->action.id);
	assert_int_equal(row->stop.signal, 15);
}

static void stop_under_way_is_not_repeated(void **state)
{
	(void)state;
	two_run();
	check_policy();
	clear();
	now += 25 * SECOND;

	check_policy();

	assert_int_equal(u.effects + u.rows.count, 0);
}

/* 7 s of grace and 20 s of slack later. */
static void
granted_stop_that_did_not_happen_is_an_alarm_and_repeated(void **state)
{
	(void)state;
	two_run();
	check_policy();
	answered(1, 204, true);
	clear();
	now += 25 * SECOND;
	check_policy();
	assert_int_equal(u.effects + u.rows.count, 0);
	now += 2 * SECOND;
	check_policy();
	assert_trace("1 unconfirmed: the kernel has not confirmed it; "
		     "alarm unconfirmed");
	now += 60 * SECOND;

	check_policy();

	assert_trace("2 requested, attempt 2; stop");
}

/* The alarm was early: the kernel's word comes before the next attempt. */
static void late_stop_is_still_confirmed(void **state)
{
	(void)state;
	two_run();
	check_policy();
	now += SECOND;
	answered(1, 204, true);
	now += 27 * SECOND;
	check_policy();
	clear();

	stopped(1, 2, id_b);

	assert_string_equal(row_of(ROW_ACTION, 0)->action.state, "confirmed");
	assert_string_equal(last_of(ROW_STOP)->stop.reason, "policy");
}

static void refused_stop_is_not_the_reason_of_a_later_exit(void **state)
{
	(void)state;
	two_run();
	check_policy();
	answered(1, 500, true);
	now += SECOND;

	stopped(1, 2, id_b);
	died(id_b, 0);

	assert_string_equal(last_of(ROW_STOP)->stop.reason, "exit");
	assert_string_equal(last_of(ROW_ACTION)->action.error, "no");
	assert_int_equal(last_of(ROW_ACTION)->action.confirmed_ns, 0);
}

static void stop_that_was_never_sent_has_no_request_time(void **state)
{
	(void)state;
	two_run();
	check_policy();

	answered(1, 0, false);

	assert_int_equal(last_of(ROW_ACTION)->action.requested_ns, 0);
	clear();
	now += 60 * SECOND;
	check_policy();
	assert_non_null(effect_of(EFFECT_ACT));
}

static void dry_run_is_recorded_once_and_stops_nothing(void **state)
{
	(void)state;
	rule.mode = POLICY_DRY_RUN;
	two_run();

	check_policy();
	check_policy();

	assert_int_equal(rows_of(ROW_ACTION), 1);
	assert_true(row_of(ROW_ACTION, 0)->action.dry_run);
	assert_int_equal(row_of(ROW_ACTION, 0)->action.requested_ns, 0);
	assert_null(effect_of(EFFECT_ACT));
}

static void configure(struct policy_rule *rules, size_t n, size_t engines)
{
	struct step_config config = {
		.rule = rules, .rules = n, .engines = engines, .boot_uuid = BOOT
	};

	assert_int_equal(step_configure(s, &config), 0);
}

/* The same rule, in another place, with one before it. */
static void dry_run_is_not_repeated_after_a_reload(void **state)
{
	struct policy_rule next[2];

	(void)state;
	rule.mode = POLICY_DRY_RUN;
	two_run();
	check_policy();
	clear();
	next[0] = (struct policy_rule){ .name = (char *)"other" };
	next[1] = rule;
	configure(next, 2, 2);

	run(&(struct step_event){ .type = STEP_POLICY, .rule = 1 });

	assert_int_equal(rows_of(ROW_ACTION), 0);
	configure(&rule, 1, 2);
	check_policy();
	assert_int_equal(rows_of(ROW_ACTION), 0);
}

static void stop_asked_for_before_a_reload_is_confirmed_after_it(void **state)
{
	int64_t action;

	(void)state;
	two_run();
	check_policy();
	action = effect_of(EFFECT_ACT)->action;
	clear();

	configure(NULL, 0, 3);
	engine(2, true);
	now += SECOND;
	stopped(1, 2, id_b);

	assert_int_equal(row_of(ROW_STOP, 0)->stop.action, action);
	assert_non_null(row_of(ROW_ACTION, 0));
	assert_string_equal(row_of(ROW_ACTION, 0)->action.rule, "surplus");
	assert_true(row_of(ROW_ACTION, 0)->action.confirmed_ns > 0);
}

static void lost_engine_stops_nothing_and_the_decision_is_kept(void **state)
{
	struct step_stats stats;

	(void)state;
	two_run();
	engine(0, false);

	check_policy();

	assert_trace("1 waiting: the engine is not connected");
	assert_null(row_of(ROW_ACTION, 0));
	check_policy();
	assert_trace("");
	step_stats(s, &stats);
	assert_int_equal(stats.waiting, 1);
}

static void list_end(void)
{
	struct step_event event = { .type = STEP_LIST_END };

	run(&event);
}

/* The same decision, once the engine has spoken of the container again. */
static void kept_decision_is_carried_out_when_the_engine_is_back(void **state)
{
	(void)state;
	two_run();
	engine(0, false);
	check_policy();
	clear();
	engine(0, true);
	check_policy();
	assert_trace("");
	now -= SECOND;
	described(0, meta_of(id_a, "one", "stress --cpu 1"));
	now += SECOND;
	described(0, meta_of(id_b, "two", "stress --cpu 1"));
	clear();

	list_end();

	assert_trace("1 requested, attempt 1; stop");
	list_end();
	assert_trace("");
}

static void kept_decision_is_dropped_when_its_reason_has_gone(void **state)
{
	(void)state;
	two_run();
	engine(0, false);
	check_policy();
	clear();
	engine(0, true);
	described(0, meta_of(id_b, "two", "stress --cpu 1"));
	now += SECOND;
	stopped(1, 1, id_a);
	clear();

	list_end();

	assert_trace("1 moot: the rule does not choose it any more");
}

static void kept_decision_ends_with_its_container(void **state)
{
	(void)state;
	two_run();
	engine(0, false);
	check_policy();
	clear();

	stopped(1, 2, id_b);

	assert_null(last_of(ROW_STOP)->stop.reason);
	assert_int_equal(last_of(ROW_STOP)->stop.action, 0);
	assert_trace("1 moot: the container has ended by itself");
}

/* Known only from the store, labels are not: nothing is decided. */
static void engine_that_was_never_there_decides_nothing(void **state)
{
	struct step_past_container old = past_container(9, 2, id_b);
	struct container_info c = container(2, id_b, 1);

	(void)state;
	rule.keep = 0;
	old.row.name = "two";
	old.row.command = "stress --cpu 1";
	begin_after(BOOT);
	assert_int_equal(step_recall(s, &old), 0);
	kernel(true);
	module_is_there(6);
	tick(21, &c, 1);
	clear();

	check_policy();

	assert_trace("");
}

static void exited_container_is_not_kept_for_one_that_runs(void **state)
{
	(void)state;
	two_run();
	died(id_a, 0);

	check_policy();

	assert_null(effect_of(EFFECT_ACT));
}

/* As after an inspect that came before the kernel's word. */
static void container_described_as_exited_is_not_kept(void **state)
{
	struct container_meta *meta = meta_of(id_a, "one", "stress --cpu 1");

	(void)state;
	two_run();
	meta->state = META_EXITED;
	described(0, meta);

	check_policy();

	assert_null(effect_of(EFFECT_ACT));
}

static void unloaded_module_stops_nothing(void **state)
{
	(void)state;
	two_run();
	kernel(false);
	check_policy();
	kernel(true);

	check_policy();

	assert_null(effect_of(EFFECT_ACT));
	module_is_there(0);
	check_policy();
	assert_non_null(effect_of(EFFECT_ACT));
}

static void outstanding_events_stop_nothing(void **state)
{
	(void)state;
	two_run();
	overrun();
	module_is_there(1);

	check_policy();

	assert_null(effect_of(EFFECT_ACT));
	event_of(STEP_REPLAY, 1, SYSMON_EVENT_TYPE_STOP, container(1, id_a, 5));
	end_of(STEP_REPLAY_END, true);
	check_policy();
	assert_null(effect_of(EFFECT_ACT));
}

static void full_store_stops_nothing(void **state)
{
	(void)state;
	two_run();
	room(STEP_ROOM_NONE);

	check_policy();

	assert_null(effect_of(EFFECT_ACT));
}

/* Started again, and not described anew yet. */
static void description_of_an_earlier_life_does_not_rank(void **state)
{
	(void)state;
	two_run();
	now += 10 * SECOND;
	stopped(1, 1, id_a);
	now += SECOND;
	started(2, 3, id_a);

	check_policy();

	assert_null(effect_of(EFFECT_ACT));
	described(0, meta_of(id_a, "one", "stress --cpu 1"));
	check_policy();
	assert_string_equal(effect_of(EFFECT_ACT)->id, id_a);
}

static void refused_stop_is_repeated_ever_less_often(void **state)
{
	(void)state;
	rule.retries = 100;
	two_run();
	for (int64_t wait = 60; wait <= 3840; wait *= 2) {
		clear();
		check_policy();
		assert_non_null(effect_of(EFFECT_ACT));
		answered(effect_of(EFFECT_ACT)->action, 500, true);
		clear();
		now += ((wait < 3600 ? wait : 3600) - 1) * SECOND;
		check_policy();
		assert_int_equal(u.effects + u.rows.count, 0);
		now += SECOND;
	}
}

static void stop_with_a_long_grace_is_not_repeated_by_a_restart(void **state)
{
	struct step_past_container old = past_container(9, 2, id_b);
	struct container_info c[2] = { container(1, id_a, 1),
				       container(2, id_b, 1) };

	(void)state;
	rule.grace_s = 600;
	begin_after(BOOT);
	old.have_action = true;
	old.action = (struct action_row){ .id = 5,
					  .rule = "surplus",
					  .container = 9,
					  .decided_ns = EPOCH + now,
					  .attempt = 1,
					  .requested_ns = EPOCH + now };
	assert_int_equal(step_recall(s, &old), 0);
	kernel(true);
	module_is_there(6);
	engine(0, true);
	described(0, meta_of(id_b, "two", "stress --cpu 1"));
	now -= SECOND;
	described(0, meta_of(id_a, "one", "stress --cpu 1"));
	tick(21, c, 2);
	clear();
	now += 619 * SECOND;

	check_policy();

	assert_null(effect_of(EFFECT_ACT));
	now += SECOND;
	check_policy();
	assert_trace("5 unconfirmed: the kernel has not confirmed it; "
		     "alarm unconfirmed");
	now += 60 * SECOND;
	check_policy();
	assert_trace("1 requested, attempt 2; stop");
}

static void stop_across_a_restart_is_still_the_policys(void **state)
{
	struct step_past_container old = past_container(9, 1, id_a);

	(void)state;
	begin_after(BOOT);
	old.have_action = true;
	old.action = (struct action_row){ .id = 5,
					  .rule = "surplus",
					  .container = 9,
					  .decided_ns = EPOCH + now,
					  .requested_ns = EPOCH + now };
	assert_int_equal(step_recall(s, &old), 0);
	module_is_there(6);
	now += SECOND;

	stopped(7, 1, id_a);

	assert_int_equal(last_of(ROW_ACTION)->action.id, 5);
	assert_int_equal(last_of(ROW_ACTION)->action.confirmed_ns, EPOCH + now);
	assert_string_equal(last_of(ROW_STOP)->stop.reason, "policy");
}

/* decided -> requested -> refused -> retried -> given up, each an alarm. */
static void refusals_end_in_giving_up(void **state)
{
	struct step_stats stats;

	(void)state;
	rule.retries = 1;
	two_run();
	check_policy();
	assert_trace("1 requested, attempt 1; stop");
	answered(1, 500, true);
	assert_trace("1 refused: no; alarm refused");
	now += 59 * SECOND;
	check_policy();
	assert_trace("");
	now += SECOND;
	check_policy();
	assert_trace("2 requested, attempt 2; stop");
	answered(2, 404, true);
	assert_trace("2 refused: no; alarm refused; 2 given-up: no; "
		     "alarm given-up");
	now += 4000 * SECOND;
	check_policy();
	assert_trace("");
	step_stats(s, &stats);
	assert_int_equal(stats.alarms, 3);
	assert_int_equal(stats.requests, 2);
	assert_int_equal(stats.given_up, 1);
}

static struct container_info two[2];

/* The daemon starts anew; the store has one action on b. */
static void restart_with(const char *action_state, int64_t requested_ns,
			 unsigned int attempt)
{
	struct step_past_container old = past_container(9, 2, id_b);

	begin_after(BOOT);
	old.have_action = true;
	old.action = (struct action_row){ .id = 5,
					  .rule = "surplus",
					  .container = 9,
					  .verb = "stop",
					  .state = action_state,
					  .attempt = attempt,
					  .decided_ns = EPOCH + now,
					  .requested_ns = requested_ns };
	past.action_id = 5;
	step_free(s);
	begin();
	assert_int_equal(step_recall(s, &old), 0);
	two[0] = container(1, id_a, 1);
	two[1] = container(2, id_b, 1);
	kernel(true);
	module_is_there(6);
	tick(21, two, 2);
	clear();
}

static void engine_tells_of_both(void)
{
	engine(0, true);
	now -= SECOND;
	described(0, meta_of(id_a, "one", "stress --cpu 1"));
	now += SECOND;
	described(0, meta_of(id_b, "two", "stress --cpu 1"));
	clear();
	list_end();
}

static void kept_decision_outlives_a_restart(void **state)
{
	(void)state;
	restart_with("waiting", 0, 0);
	check_policy();
	assert_trace("");

	engine_tells_of_both();

	assert_trace("5 requested, attempt 1; stop");
}

/* The rule is taken out, or disabled, meanwhile. */
static void kept_decision_ends_with_its_rule(void **state)
{
	(void)state;
	restart_with("waiting", 0, 0);
	tick(22, two, 2);
	assert_trace("");
	rule.enabled = false;

	tick(23, two, 2);

	assert_trace("5 moot: the rule is there no more");
	tick(24, two, 2);
	assert_trace("");
}

static void request_under_way_is_not_repeated_after_a_restart(void **state)
{
	(void)state;
	restart_with("requested", EPOCH + now, 1);
	engine_tells_of_both();
	check_policy();

	assert_trace("");
}

static void given_up_stays_so_over_a_restart(void **state)
{
	(void)state;
	restart_with("given-up", EPOCH + now, 6);
	engine_tells_of_both();
	check_policy();

	assert_trace("");
}

static void third_attempt_follows_two_of_before_a_restart(void **state)
{
	(void)state;
	restart_with("refused", EPOCH + now, 2);
	engine_tells_of_both();
	check_policy();

	assert_trace("6 requested, attempt 3; stop");
}

static void container_is_left_alone_after_its_start(void **state)
{
	(void)state;
	rule.hold_down_ns = 30 * SECOND;
	two_run();
	now += 29 * SECOND;
	check_policy();
	assert_trace("");
	now += SECOND;
	check_policy();
	assert_trace("1 requested, attempt 1; stop");
}

/* Five run, of which four are too many; the rule is what it is now. */
static void five_run(void)
{
	static char id[5][65];
	struct container_info c[5];

	step_free(s);
	begin();
	step_recall_request(s, "another",
			    max_actions ? EPOCH + 90 * SECOND : 0);
	step_recall_request(s, "surplus",
			    max_actions ? EPOCH + 91 * SECOND : 0);

	for (int i = 0; i < 5; i++) {
		memset(id[i], '1' + i, 64);
		c[i] = container((uint64_t)i + 1, id[i], 1);
	}
	kernel(true);
	first_tick(c, 5);
	engine(0, true);
	for (int i = 0; i < 5; i++) {
		now += SECOND;
		described(0, meta_of(id[i], id[i], "stress --cpu 1"));
	}
	clear();
}

static void rules_cap_puts_the_rest_off(void **state)
{
	struct step_stats stats;

	(void)state;
	rule.max_per_minute = 2;
	five_run();
	check_policy();
	assert_string_equal(u.effect[0].id + 63, "5");
	assert_string_equal(u.effect[1].id + 63, "4");
	assert_trace("1 requested, attempt 1; 2 requested, attempt 1; stop; "
		     "stop");
	now += 24 * SECOND;
	check_policy();
	assert_int_equal(u.effects, 0);
	clear();
	now += 36 * SECOND;
	check_policy();
	step_stats(s, &stats);
	assert_int_equal(stats.capped, 4);
	assert_int_equal(stats.requests, 4);
}

static void cap_of_all_rules_counts_what_was_before_a_restart(void **state)
{
	(void)state;
	max_actions = 3;
	five_run();
	max_actions = 0;

	check_policy();

	assert_trace("1 requested, attempt 1; stop");
}

static void oldest_of_the_surplus_can_go_first(void **state)
{
	(void)state;
	rule.max_per_minute = 1;
	rule.have_order = true;
	rule.order = POLICY_OLDEST;
	five_run();

	check_policy();

	assert_string_equal(effect_of(EFFECT_ACT)->id + 63, "2");
}

static void signal_that_ends_nothing_is_settled_by_the_answer(void **state)
{
	(void)state;
	rule.verb = POLICY_VERB_KILL;
	rule.signal = 10; /* SIGUSR1 */
	two_run();
	check_policy();
	assert_int_equal(effect_of(EFFECT_ACT)->act.signal, 10);
	assert_trace("1 requested, attempt 1; kill");

	answered(1, 204, true);

	assert_trace("1 confirmed");
	now += 100 * SECOND;
	check_policy();
	assert_trace("");
}

static void kill_is_confirmed_by_the_stop(void **state)
{
	(void)state;
	rule.verb = POLICY_VERB_KILL;
	rule.signal = 9;
	two_run();
	check_policy();
	assert_trace("1 requested, attempt 1; kill");
	now += SECOND;
	answered(1, 204, true);
	assert_trace("1 answered");

	stopped(1, 2, id_b);

	assert_trace("1 confirmed");
}

static void froze(uint64_t seq, uint32_t type)
{
	event_of(STEP_MULTICAST, seq, type, container(2, id_b, 1));
}

static void pause_is_confirmed_by_the_freeze_and_done_once(void **state)
{
	(void)state;
	rule.verb = POLICY_VERB_PAUSE;
	two_run();
	check_policy();
	assert_trace("1 requested, attempt 1; pause");
	now += SECOND;
	froze(1, SYSMON_EVENT_TYPE_FREEZE);
	answered(1, 204, true);
	assert_trace("1 confirmed; 1 confirmed");
	now += 100 * SECOND;
	check_policy();
	froze(2, SYSMON_EVENT_TYPE_THAW);
	check_policy();
	assert_trace("");
}

static void what_is_paused_is_not_paused(void **state)
{
	(void)state;
	rule.verb = POLICY_VERB_PAUSE;
	two_run();
	froze(1, SYSMON_EVENT_TYPE_FREEZE);
	clear();

	check_policy();

	assert_trace("");
}

static void restart_is_confirmed_by_stop_and_start(void **state)
{
	(void)state;
	rule.verb = POLICY_VERB_RESTART;
	two_run();
	check_policy();
	assert_trace("1 requested, attempt 1; restart");
	now += SECOND;
	stopped(1, 2, id_b);
	assert_int_equal(last_of(ROW_STOP)->stop.action, 1);
	assert_trace("");
	now += SECOND;

	started(2, 3, id_b);

	assert_int_equal(last_of(ROW_ACTION)->action.confirmed_ns, EPOCH + now);
	assert_trace("1 confirmed");
}

static void half_a_restart_is_an_alarm(void **state)
{
	(void)state;
	rule.verb = POLICY_VERB_RESTART;
	two_run();
	check_policy();
	now += SECOND;
	stopped(1, 2, id_b);
	answered(1, 204, true);
	clear();
	now += 30 * SECOND;

	check_policy();

	assert_trace("1 unconfirmed: the kernel has not confirmed it; "
		     "alarm unconfirmed");
	/* That was somebody else. */
	now += 60 * SECOND;
	started(2, 3, id_b);
	assert_trace("");
}

static void restarts_in_a_row_end_in_giving_up(void **state)
{
	(void)state;
	rule.verb = POLICY_VERB_RESTART;
	rule.retries = 1;
	two_run();
	for (uint64_t i = 0; i < 2; i++) {
		check_policy();
		assert_non_null(effect_of(EFFECT_ACT));
		now += SECOND;
		stopped(2 * i + 1, 2 + i, id_b);
		now += SECOND;
		started(2 * i + 2, 3 + i, id_b);
		described(0, meta_of(id_b, "two", "stress --cpu 1"));
		clear();
	}
	now += SECOND;

	check_policy();

	assert_trace("3 given-up: 2 restarts in a row did not help; "
		     "alarm given-up");
	check_policy();
	assert_trace("");
}

/* The daemon starts anew behind two restarts of its rule. */
static void restarts_in_a_row_are_counted_over_a_start(void **state)
{
	struct step_past_container old = past_container(9, 2, id_b);

	(void)state;
	rule.verb = POLICY_VERB_RESTART;
	rule.retries = 1;
	begin_after(BOOT);
	step_free(s);
	begin();
	assert_int_equal(step_recall(s, &old), 0);
	assert_int_equal(step_recall_restarts(s, 9, "surplus", 2), 0);
	assert_int_equal(step_recall_restarts(s, 8, "surplus", 3), 0);
	two[0] = container(1, id_a, 1);
	two[1] = container(2, id_b, 1);
	kernel(true);
	module_is_there(6);
	tick(21, two, 2);
	clear();
	engine_tells_of_both();

	check_policy();

	assert_trace("1 given-up: 2 restarts in a row did not help; "
		     "alarm given-up");
}

static void log_only_is_told_once(void **state)
{
	(void)state;
	rule.verb = POLICY_VERB_LOG;
	two_run();
	check_policy();
	check_policy();

	assert_trace("1 logged");
}

/* ---- commands ---- */

static void exec_ends(int64_t action, int code)
{
	struct action_result result = {
		.ok = code == 0,
		.error = code ? "exit code 3" : NULL,
		.requested_ns = EPOCH + now - SECOND,
		.answered_ns = EPOCH + now,
		.have_exit_code = true,
		.exit_code = code,
	};
	struct step_event event = { .type = STEP_ANSWER };

	event.action = action;
	event.result = &result;
	run(&event);
}

static bool has_variable(const struct effect *effect, const char *want)
{
	for (char **env = effect->environment; *env; env++)
		if (!strcmp(*env, want))
			return true;
	return false;
}

/* The name is an attack on shells; the command stays the administrator's. */
static void command_is_told_of_the_container_in_its_environment(void **state)
{
	const struct effect *exec;
	char want[128];

	(void)state;
	rule.verb = POLICY_VERB_EXEC;
	rule.exec = strdup("notify \"$SYSMON_CONTAINER_NAME\"");
	rule.timeout_ns = 9 * SECOND;
	two_run();
	described(0, meta_of(id_b, "$(reboot)'\n", "stress --cpu 1"));
	clear();

	check_policy();

	exec = effect_of(EFFECT_EXEC);
	assert_string_equal(exec->command, "notify \"$SYSMON_CONTAINER_NAME\"");
	assert_int_equal(exec->timeout_ns, 9 * SECOND);
	snprintf(want, sizeof(want), "SYSMON_CONTAINER_ID=%s", id_b);
	assert_true(has_variable(exec, want));
	assert_true(has_variable(exec, "SYSMON_CONTAINER_NAME=$(reboot)'\n"));
	assert_true(has_variable(exec, "SYSMON_RULE=surplus"));
	assert_true(has_variable(exec, "SYSMON_CONTAINER_IMAGE=image"));
	assert_trace("1 requested, attempt 1; exec");
}

static void command_is_confirmed_by_its_exit_code(void **state)
{
	(void)state;
	rule.verb = POLICY_VERB_EXEC;
	rule.exec = strdup("true");
	two_run();
	check_policy();
	now += 300 * SECOND; /* its own time limit is another's */
	check_policy();
	assert_trace("1 requested, attempt 1; exec");

	exec_ends(1, 0);

	assert_int_equal(last_of(ROW_ACTION)->action.confirmed_ns, EPOCH + now);
	assert_trace("1 confirmed");
	check_policy();
	assert_trace("");
}

static void command_that_fails_is_tried_again(void **state)
{
	(void)state;
	rule.verb = POLICY_VERB_EXEC;
	rule.exec = strdup("exit 3");
	two_run();
	check_policy();
	clear();

	exec_ends(1, 3);

	assert_int_equal(last_of(ROW_ACTION)->action.exit_code, 3);
	assert_trace("1 refused: exit code 3; alarm refused");
	now += 60 * SECOND;
	check_policy();
	assert_trace("2 requested, attempt 2; exec");
}

static void command_needs_no_engine(void **state)
{
	(void)state;
	rule.verb = POLICY_VERB_EXEC;
	rule.exec = strdup("true");
	two_run();
	engine(0, false);

	check_policy();

	assert_trace("1 requested, attempt 1; exec");
}

/* ---- thresholds ---- */

static uint64_t usage_us;

/* A container that is too busy for 5 s. */
static void one_is_watched(const char *when)
{
	char why[128];

	rule.keep = 0;
	rule.whens = 1;
	assert_int_equal(policy_when_parse(when, &rule.when[0], why,
					   sizeof(why)),
			 0);
	step_free(s);
	begin();
	usage_us = 1000;
	two[0] = container(1, id_a, usage_us);
	kernel(true);
	first_tick(two, 1);
	engine(0, true);
	described(0, meta_of(id_a, "one", "stress --cpu 1"));
	clear();
}

/* The next tick, over which it used so many percent of a CPU. */
static void busy(uint64_t number, unsigned int percent)
{
	usage_us += percent * 10000;
	two[0] = container(1, id_a, usage_us);
	tick(number, two, 1);
	clear();
}

static void threshold_acts_after_its_time_and_not_before(void **state)
{
	(void)state;
	one_is_watched("cpu > 80% for 5s");
	for (uint64_t i = 0; i < 4; i++)
		busy(2 + i, 90);
	check_policy();
	assert_trace("");
	busy(6, 90);

	check_policy();

	assert_trace("1 requested, attempt 1; stop");
}

static void threshold_begins_anew_after_a_dip(void **state)
{
	(void)state;
	one_is_watched("cpu > 80% for 3s");
	busy(2, 90);
	busy(3, 90);
	busy(4, 80);
	busy(5, 90);
	busy(6, 90);
	check_policy();
	assert_trace("");
	busy(7, 90);
	check_policy();
	assert_trace("1 requested, attempt 1; stop");
}

/* Tick 4 is lost; what is known of the time over it is an average only. */
static void threshold_begins_anew_after_a_gap(void **state)
{
	(void)state;
	one_is_watched("cpu > 80% for 3s");
	busy(2, 90);
	busy(3, 90);
	now += SECOND;
	busy(5, 180);
	busy(6, 90);
	busy(7, 90);
	check_policy();
	assert_trace("");
	busy(8, 90);
	check_policy();
	assert_trace("1 requested, attempt 1; stop");
}

static void threshold_begins_anew_when_a_sample_is_unknown(void **state)
{
	(void)state;
	one_is_watched("cpu > 80% for 3s");
	busy(2, 90);
	busy(3, 90);
	two[0] = container(1, id_a, usage_us += 900000);
	two[0].m.have &= ~(UINT64_C(1) << CM_CPU_USAGE);
	tick(4, two, 1);
	clear();
	check_policy();
	assert_trace("");
	for (uint64_t i = 5; i < 8; i++)
		busy(i, 90);
	check_policy();
	assert_trace(""); /* the first one after it has no difference */
	busy(8, 90);
	check_policy();
	assert_trace("1 requested, attempt 1; stop");
}

/* A machine that slept, or an hour without a tick. */
static void threshold_begins_anew_after_a_late_tick(void **state)
{
	(void)state;
	one_is_watched("cpu > 80% for 10s");
	busy(2, 90);
	now += 19 * SECOND;
	busy(3, 90 * 20);
	check_policy();
	assert_trace("");
}

static void old_sample_is_no_reason(void **state)
{
	(void)state;
	one_is_watched("cpu > 80% for 1s");
	busy(2, 90);
	busy(3, 90);
	now += 9 * SECOND;

	check_policy();

	assert_trace("");
}

static void threshold_that_ends_rearms_the_rule(void **state)
{
	(void)state;
	rule.verb = POLICY_VERB_LOG;
	one_is_watched("cpu > 80% for 1s");
	busy(2, 90);
	check_policy();
	check_policy();
	assert_trace("1 logged");
	busy(3, 10);
	check_policy();
	busy(4, 90);
	check_policy();
	assert_trace("2 logged");
}

static void threshold_of_a_kept_decision_has_to_last(void **state)
{
	(void)state;
	one_is_watched("cpu > 80% for 1s");
	busy(2, 90);
	engine(0, false);
	check_policy();
	assert_trace("1 waiting: the engine is not connected");
	busy(3, 10);

	check_policy();

	assert_trace("1 moot: the rule does not choose it any more");
}

static void memory_is_compared_with_its_limit(void **state)
{
	(void)state;
	one_is_watched("mem >= 90% of limit for 0s");
	two[0] = container(1, id_a, usage_us);
	metric_set(&two[0].m, CM_MEM_CURRENT, 900);
	tick(2, two, 1);
	clear();
	check_policy();
	assert_trace(""); /* it has none */
	metric_set(&two[0].m, CM_MEM_LIMIT, 1000);
	tick(3, two, 1);
	clear();

	check_policy();

	assert_trace("1 requested, attempt 1; stop");
}

static void busiest_is_kept(void **state)
{
	(void)state;
	rule.keep_which = POLICY_MOST_CPU;
	step_free(s);
	begin();
	two_run();
	two[0] = container(1, id_a, 100001);
	two[1] = container(2, id_b, 300001);
	tick(2, two, 2);
	clear();

	check_policy();

	assert_string_equal(effect_of(EFFECT_ACT)->id, id_a);
}

/* ---- all at once ---- */

/*
 * A module with a ring of 8 events, a lossy socket, overruns, restarts of the
 * daemon and reloads of the module, in any order: each tick and event is
 * stored or in a gap exactly once, in order.
 */
struct world {
	uint64_t tick;
	uint64_t seq;
	uint64_t next_tick; /* that is not accounted for */
	uint64_t next_seq;
	uint64_t seen_tick; /* by the daemon, in its session */
	uint64_t seen_seq;
	int64_t session;
};

static void account(struct world *w)
{
	for (const struct row *row = u.rows.first; row; row = row->next) {
		uint64_t *next = NULL, number = 0, count = 1;

		if (row->type == ROW_SESSION) {
			assert_true(w->next_tick > w->seen_tick);
			assert_true(w->next_seq > w->seen_seq);
			w->session = row->session.id;
			w->seen_tick = w->seen_seq = 0;
			w->next_tick = w->next_seq = 1;
			past.session_id = row->session.id;
			past.instance = row->session.instance;
		} else if (row->type == ROW_BOOT) {
			past.boot_id = row->boot.id;
			strcpy(past.boot_uuid, row->boot.uuid);
		} else if (row->type == ROW_TICK) {
			next = &w->next_tick;
			number = row->tick.number;
			past.tick_id = row->tick.id;
		} else if (row->type == ROW_EVENT) {
			next = &w->next_seq;
			number = row->event.seq;
		} else if (row->type == ROW_GAP) {
			next = row->gap.kind == GAP_TICK ? &w->next_tick
							 : &w->next_seq;
			number = row->gap.first;
			count = row->gap.count;
			assert_true(count > 0);
		} else if (row->type == ROW_CONTAINER) {
			past.container_id = row->container.id;
		} else if (row->type == ROW_STOP) {
			past.stop_id = row->stop.id;
		}
		if (next) {
			assert_int_equal(number, *next);
			*next = number + count;
		}
	}
	past.last_tick = w->next_tick - 1;
	past.last_seq = w->next_seq - 1;
}

/* What is seen before a reload is accounted for at the reload. */
static void see_module(struct world *w)
{
	module_is_there(w->seq);
	w->seen_seq = w->seq;
}

static void see_part(struct world *w, uint32_t n_part,
		     const struct container_info *c, int total)
{
	if (rand() % 8 == 0)
		return;
	part(STEP_MULTICAST, w->tick, n_part, c, 1, total);
	w->seen_tick = w->tick;
}

static void replay(struct world *w, uint64_t from)
{
	uint64_t tail = w->seq > 8 ? w->seq - 7 : 1;
	bool broken = rand() % 8 == 0;

	if (from < tail) {
		gap_of(STEP_REPLAY, from, tail - from);
		from = tail;
	}
	for (; from <= w->seq; from++) {
		if (broken && rand() % 4 == 0)
			break;
		event_of(STEP_REPLAY, from, SYSMON_EVENT_TYPE_START,
			 container(from, id_a, 0));
		if (rand() % 16 == 0) { /* one more, meanwhile */
			w->seq++;
			started(w->seq, w->seq, id_a);
			w->seen_seq = w->seq;
		}
	}
	end_of(STEP_REPLAY_END, !broken);
}

/* Carries out what was asked for, and what that asks for in turn. */
static void settle(struct world *w)
{
	while (u.effects) {
		struct update old = u;

		u = (struct update){ 0 };
		rows_append(&u.rows, &old.rows);
		for (size_t i = 0; i < old.effects; i++) {
			if (old.effect[i].type == EFFECT_REPLAY)
				replay(w, old.effect[i].seq);
			else if (old.effect[i].type == EFFECT_MODULE_GET)
				see_module(w);
		}
		update_free(&old);
	}
	account(w);
	clear();
}

static void happen(struct world *w)
{
	struct container_info c[2] = { container(1, id_a, 1),
				       container(2, id_b, 1) };
	int what = rand() % 100;

	now += SECOND;
	if (what < 50) {
		w->tick++;
		see_part(w, 0, c, -1);
		see_part(w, 1, c + 1, 2);
	} else if (what < 80) {
		w->seq++;
		if (rand() % 8) {
			started(w->seq, w->seq, id_a);
			w->seen_seq = w->seq;
		}
	} else if (what < 84) {
		w->seq += (uint64_t)rand() % 20;
		w->tick += (uint64_t)rand() % 20;
		overrun();
	} else if (what < 88) {
		room((enum step_room)(rand() % 4));
	} else if (what < 90) { /* the module is loaded anew */
		instance++;
		w->tick = w->seq = 0;
		module_is_there(0);
	} else if (what < 94) { /* the daemon is started anew */
		step_free(s);
		w->tick += (uint64_t)rand() % 5;
		w->seq += (uint64_t)rand() % 12;
		w->seen_tick = 0;
		begin();
		see_module(w);
	} else {
		see_module(w);
	}
}

static void everything_is_stored_or_in_a_gap_exactly_once(void **state)
{
	struct world w = { .next_tick = 1, .next_seq = 1 };

	(void)state;
	for (unsigned int seed = 0; seed < 200; seed++) {
		srand(seed);
		module_is_there(w.seq);
		settle(&w);
		for (int i = 0; i < 300; i++) {
			happen(&w);
			settle(&w);
		}
		/* In the end all is well, and nothing is missing. */
		room(STEP_ROOM_ALL);
		do {
			w.tick++;
			now += SECOND;
			part(STEP_MULTICAST, w.tick, 0, NULL, 0, 0);
			module_is_there(w.seq); /* as asked every 10 s */
			settle(&w);
		} while (w.next_seq != w.seq + 1);
		assert_int_equal(w.next_tick, w.tick + 1);
	}
}

#define T(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
#define POLICY_T(test) \
	cmocka_unit_test_setup_teardown(test, setup_policy, teardown_policy)

/* ---- what others may see ---- */

static struct step_container seen[4];
static uint64_t seen_usage[4];
static size_t seen_count;

static int see(void *arg, const struct step_container *c)
{
	(void)arg;
	seen[seen_count] = *c;
	seen_usage[seen_count++] = c->m->v[CM_CPU_USAGE];
	return 0;
}

static void last_tick_can_be_seen(void **state)
{
	struct container_info c[] = { container(1, id_a, 500),
				      container(2, id_b, 700) };
	int64_t ts;

	(void)state;
	seen_count = 0;
	assert_null(step_machine(s, &ts));
	assert_int_equal(ts, 0);
	first_tick(c, 2);
	described(0, meta_of(id_a, "web", "sleep"));
	c[0] = container(1, id_a, 900);
	tick(2, c, 2);

	const struct metric_values *machine = step_machine(s, &ts);

	assert_int_equal(ts, EPOCH + now);
	assert_int_equal(machine->v[SM_CPU_USER], (uint64_t)now / 1000 * 100);
	assert_int_equal(step_containers(s, see, NULL), 0);
	assert_int_equal(seen_count, 2);

	size_t a = strcmp(seen[0].key, id_a) == 0 ? 0 : 1;

	assert_string_equal(seen[a].key, id_a);
	assert_string_equal(seen[a].path, "/x");
	assert_string_equal(seen[a].meta->name, "web");
	assert_int_equal(seen_usage[a], 900000);
	assert_null(seen[!a].meta);
	assert_int_equal(seen_usage[!a], 700000);
}

static void container_that_the_last_tick_lacks_is_not_seen(void **state)
{
	struct container_info c[] = { container(1, id_a, 500),
				      container(2, id_b, 700) };

	(void)state;
	seen_count = 0;
	first_tick(c, 2);
	tick(2, c, 1);

	step_containers(s, see, NULL);

	assert_int_equal(seen_count, 1);
	assert_string_equal(seen[0].key, id_a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(new_module_opens_boot_and_session),
		T(first_tick_has_no_span_and_no_differences),
		T(next_tick_has_span_and_differences),
		T(life_begun_since_the_module_counts_whole),
		T(life_begun_before_the_last_tick_has_no_difference),
		T(life_begun_while_the_daemon_was_away_has_no_difference),
		T(snapshot_of_many_parts_is_one_tick),
		T(snapshot_with_a_part_missing_is_in_a_gap),
		T(snapshot_without_its_last_part_is_in_a_gap),
		T(snapshot_with_too_few_containers_is_in_a_gap),
		T(container_listed_twice_is_one_sample),
		T(skipped_numbers_are_a_gap_with_its_times),
		T(ticks_of_before_the_daemon_are_a_gap),
		T(repeated_tick_is_ignored),
		T(overrun_is_a_gap_and_asks_again),
		T(snapshot_torn_by_an_overrun_is_lost_to_it),
		T(restart_goes_on_with_the_session),
		T(restart_without_a_missed_tick_has_no_gap),
		T(reload_is_a_new_session),
		T(reload_loses_what_was_seen_and_not_stored),
		T(message_of_a_newer_load_asks_for_the_module),
		T(message_of_an_older_load_is_ignored),
		T(suspend_is_a_gap_of_no_ticks),
		T(tick_of_before_a_suspend_has_no_gap),
		T(suspend_before_the_first_tick_is_no_gap),
		T(late_tick_is_no_gap),
		T(full_log_puts_ticks_into_a_gap),
		T(full_store_puts_ticks_into_a_gap),
		T(store_that_is_behind_leaves_the_backlog_in_the_kernel),
		T(full_store_leaves_events_in_the_kernel),
		T(full_store_makes_no_lives),
		T(stopped_lives_are_forgotten_without_a_stored_tick),
		T(unchanged_container_is_a_sample_without_differences),
		T(after_a_lost_snapshot_the_unchanged_are_unknown),
		T(dump_makes_the_unchanged_known_again),
		T(nest_makes_the_unchanged_known_again),
		T(dump_of_before_the_loss_is_of_no_use),
		T(broken_dump_is_asked_for_again),
		T(dump_does_not_bring_back_older_figures),
		T(incomplete_snapshot_makes_the_unchanged_unknown),
		T(gap_without_a_loss_leaves_the_unchanged_known),
		T(dump_at_the_join_tells_the_unchanged),
		T(tick_with_a_stranger_is_in_a_gap_until_a_dump),
		T(stranger_after_a_dump_is_no_container),
		T(unchanged_in_another_load_are_unknown),
		T(wrong_sum_of_the_unchanged_is_incomplete),
		T(each_cpu_has_its_times),
		T(device_has_a_row_when_it_was_used),
		T(device_that_was_not_used_before_began_at_nothing),
		T(event_makes_container_and_row),
		T(hole_in_events_is_asked_for),
		T(replayed_events_are_stored_in_order_once),
		T(event_that_came_during_the_replay_is_asked_for_after_it),
		T(events_that_no_replay_has_are_a_gap),
		T(broken_replay_is_tried_again_at_the_next_tick),
		T(replayed_events_without_room_are_asked_for_again),
		T(event_after_an_empty_replay_was_asked_for_is_not_lost),
		T(overwritten_events_are_a_gap),
		T(event_that_could_not_be_made_is_a_gap),
		T(absurd_gap_is_ignored),
		T(newest_event_that_was_never_sent_is_asked_for),
		T(start_tells_its_program),
		T(unknown_type_is_stored_by_its_number),
		T(stop_tells_who_killed_it),
		T(killer_in_a_container_is_told_by_it),
		T(exit_code_of_the_kernel_needs_no_engine),
		T(code_of_the_signal_sent_is_a_stop_by_it),
		T(large_code_of_its_own_choice_is_an_exit),
		T(kill_by_the_oom_killer_tells_its_victim),
		T(kill_from_outside_after_an_oom_is_no_oom),
		T(removal_follows_the_stop_and_adds_none),
		T(removal_ends_a_life_whose_stop_was_lost),
		T(removal_of_a_cgroup_that_never_ran_makes_no_life),
		T(stop_event_ends_a_life_with_its_totals),
		T(exit_code_after_the_stop_completes_its_row),
		T(exit_code_before_the_stop_is_kept_for_it),
		T(oom_kill_before_a_failed_exit_is_its_reason),
		T(oom_kill_seen_only_in_the_last_figures_counts),
		T(oom_kill_that_only_an_inspect_tells_is_the_reason),
		T(oom_kill_of_an_earlier_life_is_not_the_newests),
		T(oom_kill_of_before_a_restart_stays_the_reason),
		T(clean_exit_after_an_oom_kill_is_an_exit),
		T(exit_belongs_to_the_life_that_it_is_nearest_to),
		T(exit_told_twice_counts_once),
		T(life_that_vanishes_gets_a_stop_without_a_number),
		T(life_that_vanishes_ended_when_its_engine_says),
		T(engine_corrects_the_end_of_a_vanished_life),
		T(late_event_completes_the_stop_of_a_vanished_life),
		T(nothing_vanishes_while_events_are_outstanding),
		T(dump_counts_as_a_census),
		T(broken_dump_proves_nothing),
		T(empty_cgroup_is_no_life),
		T(cgroup_that_stays_after_its_stop_has_no_samples),
		T(cgroup_that_starts_again_is_a_new_life),
		T(restart_whose_stop_was_lost_is_a_new_life),
		T(restart_whose_start_was_lost_has_samples),
		T(stop_whose_start_was_lost_is_of_a_new_life),
		T(child_knows_its_parent),
		T(reboot_ends_what_ran_before_it),
		T(restart_keeps_the_lives),
		T(stop_missed_by_a_restart_is_replayed),
		T(clock_set_before_a_stop_makes_no_second_life),
		T(stop_of_a_life_that_began_unseen_is_not_the_pasts),
		T(exit_code_missed_by_a_restart_comes_with_the_list),
		T(exit_code_that_a_list_does_not_have_is_asked_for),
		T(description_names_a_running_container),
		T(description_before_the_start_is_used_at_it),
		T(container_gone_undescribed_is_named_by_its_events),
		T(same_description_again_writes_nothing),
		T(rename_in_a_list_is_taken),
		T(container_unknown_to_all_is_asked_for_once),
		T(destroyed_container_is_forgotten),
		T(container_missing_in_a_new_list_is_forgotten),
		POLICY_T(surplus_is_stopped_and_recorded),
		POLICY_T(nested_container_is_not_taken_for_its_namesake),
		POLICY_T(container_with_a_namesake_is_left_alone),
		POLICY_T(stop_under_way_is_not_repeated),
		POLICY_T(
			granted_stop_that_did_not_happen_is_an_alarm_and_repeated),
		POLICY_T(late_stop_is_still_confirmed),
		POLICY_T(refused_stop_is_not_the_reason_of_a_later_exit),
		POLICY_T(stop_that_was_never_sent_has_no_request_time),
		POLICY_T(dry_run_is_recorded_once_and_stops_nothing),
		POLICY_T(dry_run_is_not_repeated_after_a_reload),
		POLICY_T(stop_asked_for_before_a_reload_is_confirmed_after_it),
		POLICY_T(lost_engine_stops_nothing_and_the_decision_is_kept),
		POLICY_T(exited_container_is_not_kept_for_one_that_runs),
		POLICY_T(container_described_as_exited_is_not_kept),
		POLICY_T(unloaded_module_stops_nothing),
		POLICY_T(outstanding_events_stop_nothing),
		POLICY_T(full_store_stops_nothing),
		POLICY_T(description_of_an_earlier_life_does_not_rank),
		POLICY_T(refused_stop_is_repeated_ever_less_often),
		POLICY_T(stop_with_a_long_grace_is_not_repeated_by_a_restart),
		POLICY_T(stop_across_a_restart_is_still_the_policys),
		POLICY_T(kept_decision_is_carried_out_when_the_engine_is_back),
		POLICY_T(kept_decision_is_dropped_when_its_reason_has_gone),
		POLICY_T(kept_decision_ends_with_its_container),
		POLICY_T(engine_that_was_never_there_decides_nothing),
		POLICY_T(refusals_end_in_giving_up),
		POLICY_T(kept_decision_outlives_a_restart),
		POLICY_T(kept_decision_ends_with_its_rule),
		POLICY_T(request_under_way_is_not_repeated_after_a_restart),
		POLICY_T(given_up_stays_so_over_a_restart),
		POLICY_T(third_attempt_follows_two_of_before_a_restart),
		POLICY_T(container_is_left_alone_after_its_start),
		POLICY_T(rules_cap_puts_the_rest_off),
		POLICY_T(cap_of_all_rules_counts_what_was_before_a_restart),
		POLICY_T(oldest_of_the_surplus_can_go_first),
		POLICY_T(signal_that_ends_nothing_is_settled_by_the_answer),
		POLICY_T(kill_is_confirmed_by_the_stop),
		POLICY_T(pause_is_confirmed_by_the_freeze_and_done_once),
		POLICY_T(what_is_paused_is_not_paused),
		POLICY_T(restart_is_confirmed_by_stop_and_start),
		POLICY_T(half_a_restart_is_an_alarm),
		POLICY_T(restarts_in_a_row_are_counted_over_a_start),
		POLICY_T(restarts_in_a_row_end_in_giving_up),
		POLICY_T(log_only_is_told_once),
		POLICY_T(command_is_told_of_the_container_in_its_environment),
		POLICY_T(command_is_confirmed_by_its_exit_code),
		POLICY_T(command_that_fails_is_tried_again),
		POLICY_T(command_needs_no_engine),
		POLICY_T(threshold_acts_after_its_time_and_not_before),
		POLICY_T(threshold_begins_anew_after_a_dip),
		POLICY_T(threshold_begins_anew_after_a_gap),
		POLICY_T(threshold_begins_anew_when_a_sample_is_unknown),
		POLICY_T(threshold_begins_anew_after_a_late_tick),
		POLICY_T(old_sample_is_no_reason),
		POLICY_T(threshold_that_ends_rearms_the_rule),
		POLICY_T(threshold_of_a_kept_decision_has_to_last),
		POLICY_T(memory_is_compared_with_its_limit),
		POLICY_T(busiest_is_kept),
		T(everything_is_stored_or_in_a_gap_exactly_once),
		T(last_tick_can_be_seen),
		T(container_that_the_last_tick_lacks_is_not_seen),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
