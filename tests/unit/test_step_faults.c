// SPDX-License-Identifier: GPL-2.0
/*
 * One course of things through the core, again and again: each time another
 * allocation, or another of its requests, fails. Whatever fails, in the end
 * each tick and each event is stored or in a gap once, and each container that
 * ended has one stop.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "collectord/step.h"
#include "wrap_alloc.h"

#define SECOND	   INT64_C(1000000000)
#define EPOCH	   (INT64_C(1700000000) * SECOND)
#define BOOT	   "11111111-2222-3333-4444-555555555555"
#define EVENTS_MAX 64
#define TICKS_MAX  64
#define LIVES_MAX  16

/* Longer than what is kept of it until there is memory. */
#define WHY	  "can't: " TEXT_50 TEXT_50 TEXT_50 TEXT_50
#define TEXT_50	  "01234567890123456789012345678901234567890123456789"
#define WHY_START 100

/* What a course consists of. */
enum what {
	END,
	MODULE,	      /* the daemon hears of the module */
	TICK,	      /* a snapshot of what runs */
	TICK_LOST,    /* one of which a part is lost */
	START,	      /* a container starts; arg: which */
	START_UNSEEN, /* and its message is lost */
	STOP,
	STOP_UNSEEN,
	OOM,
	OVERRUN,
	ROOM, /* arg: how much */
	ENGINE,
	LIST, /* the engine tells of all that runs */
	POLICY,
	DIED,	/* the engine tells of an exit; arg: which */
	RELOAD, /* the module is loaded anew */
};

struct move {
	enum what what;
	int arg;
};

static const struct move course[] = {
	{ MODULE, 0 },	    { TICK, 0 },      { START, 1 },
	{ TICK, 0 },	    { ENGINE, 1 },    { START, 2 },
	{ LIST, 0 },	    { TICK, 0 },      { START_UNSEEN, 3 },
	{ OOM, 1 },	    { TICK, 0 },      { LIST, 0 },
	{ POLICY, 0 },	    { STOP, 2 },      { DIED, 2 },
	{ TICK, 0 },	    { TICK_LOST, 0 }, { STOP_UNSEEN, 1 },
	{ OVERRUN, 0 },	    { TICK, 0 },      { ROOM, 2 },
	{ TICK, 0 },	    { START, 4 },     { ROOM, 3 },
	{ START, 5 },	    { STOP, 3 },      { TICK, 0 },
	{ ROOM, 1 },	    { TICK, 0 },      { ROOM, 0 },
	{ TICK, 0 },	    { ENGINE, 0 },    { STOP, 4 },
	{ TICK, 0 },	    { RELOAD, 0 },    { TICK, 0 },
	{ START, 6 },	    { STOP, 6 },      { TICK, 0 },
	{ STOP_UNSEEN, 5 }, { TICK, 0 },      { TICK, 0 },
	{ END, 0 },
};

/* The kernel that the core follows, and what the core made of it. */
static struct world {
	int64_t now;
	uint64_t instance;
	uint64_t tick;
	uint64_t seq;
	struct {
		uint32_t type;
		int which;
		int64_t at;
	} event[EVENTS_MAX];
	bool runs[LIVES_MAX];
	int64_t session; /* of the rows, as the next three */
	uint64_t next_tick;
	uint64_t next_seq;
	/* Of each container's row: whose it is, and the stops it has. */
	int which_of[LIVES_MAX];
	int64_t stop_of[LIVES_MAX];
	long effects;	   /* so far */
	long effect_fails; /* this one; 0: none */
	bool effect_failed;
	bool refuses; /* the engine says no, instead of nothing */
	bool silent;  /* it never answers */
	uint64_t alarms;
	uint64_t whole_alarms; /* that tell all of WHY */
	uint64_t unconfirmed;  /* actions, by their rows */
} w;

static struct step *s;
static struct message msg;
static struct policy_rule rule;

static void clear_message(void)
{
	memset(&msg, 0, offsetof(struct message, container));
}

static void name_of(int which, char id[65])
{
	memset(id, 'a' + which, 64);
	id[64] = '\0';
}

static struct container_info info_of(int which)
{
	static char id[LIVES_MAX][65];
	struct container_info info = { .cgroup_id = 100 + (uint64_t)which,
				       .path = { "/x", 2 } };

	name_of(which, id[which]);
	info.id = (struct str){ id[which], 64 };
	metric_set(&info.m, CM_CPU_USAGE, (uint64_t)w.now / 100);
	metric_set(&info.m, CM_PIDS, 1);
	return info;
}

static void carry_out(struct update *u);

/* Only the core's own allocations fail. */
static void feed(struct step_event *event)
{
	struct update u = { 0 };

	event->now_ns = EPOCH + w.now;
	alloc_armed = true;
	step(s, event, &u);
	alloc_armed = false;
	carry_out(&u);
	update_free(&u);
}

static void send_message(enum step_source source)
{
	struct step_event event = { .type = STEP_MESSAGE };

	event.source = source;
	event.message = &msg;
	feed(&event);
}

static void tell_module(void)
{
	clear_message();
	msg.have_module = true;
	msg.module.boot_id = (struct str){ BOOT, strlen(BOOT) };
	msg.module.instance = w.instance;
	msg.module.events_head = w.seq;
	send_message(STEP_REPLY);
}

static void tell_event(enum step_source source, uint64_t seq)
{
	clear_message();
	msg.have_event = true;
	msg.event.instance = w.instance;
	msg.event.seq = seq;
	msg.event.type = w.event[seq].type;
	msg.event.boottime_ns = (uint64_t)w.event[seq].at;
	msg.event.realtime_ns = (uint64_t)(EPOCH + w.event[seq].at);
	msg.event.have_container = true;
	msg.event.container = info_of(w.event[seq].which);
	if (w.event[seq].type == SYSMON_EVENT_TYPE_START)
		msg.event.container.started_boottime_ns =
			(uint64_t)w.event[seq].at;
	send_message(source);
}

static void tell_end(enum step_event_type type, bool complete)
{
	struct step_event event = { .type = type };

	event.complete = complete;
	feed(&event);
}

static void tell_running(enum step_source source, bool lose)
{
	clear_message();
	msg.have_tick = true;
	msg.tick.instance = w.instance;
	msg.tick.number = w.tick;
	msg.tick.boottime_ns = (uint64_t)w.now;
	msg.tick.realtime_ns = (uint64_t)(EPOCH + w.now);
	msg.tick.interval_ns = SECOND;
	msg.tick.last = true;
	msg.tick.part = lose; /* the first is missing */
	msg.have_system = true;
	for (int i = 0; i < LIVES_MAX; i++)
		if (w.runs[i])
			msg.container[msg.containers++] = info_of(i);
	msg.tick.containers = msg.containers;
	send_message(source);
}

static void happens(uint32_t type, int which, bool seen)
{
	w.seq++;
	assert_true(w.seq < EVENTS_MAX);
	w.event[w.seq].type = type;
	w.event[w.seq].which = which;
	w.event[w.seq].at = w.now;
	if (type == SYSMON_EVENT_TYPE_START)
		w.runs[which] = true;
	if (type == SYSMON_EVENT_TYPE_STOP)
		w.runs[which] = false;
	if (seen)
		tell_event(STEP_MULTICAST, w.seq);
}

static void tell_engine(bool connected)
{
	struct step_event event = { .type = STEP_ENGINE };

	event.connected = connected;
	event.runtime = "docker";
	feed(&event);
}

static void tell_meta(int which)
{
	struct step_event event = { .type = STEP_META };
	struct container_meta *meta = calloc(1, sizeof(*meta));
	char id[65];

	assert_non_null(meta);
	name_of(which, id);
	meta->id = strdup(id);
	meta->name = strdup("name");
	meta->image = strdup("image");
	meta->command = strdup("stress --cpu 1");
	meta->labels_json = strdup("{}");
	meta->have_labels = meta->complete = true;
	meta->state = META_RUNNING;
	meta->started_ns = EPOCH + w.now;
	event.meta = meta;
	feed(&event);
}

static void tell_list(void)
{
	struct step_event event = { .type = STEP_LIST_END };

	for (int i = 0; i < LIVES_MAX; i++)
		if (w.runs[i])
			tell_meta(i);
	feed(&event);
}

static void tell_died(int which)
{
	struct step_event event = { .type = STEP_ENGINE_EVENT };
	char id[65];
	struct engine_event engine_event = { .type = ENGINE_EVENT_DIE,
					     .id = id };

	name_of(which, id);
	engine_event.have_exit_code = true;
	engine_event.exit_code = 3;
	engine_event.time_ns = EPOCH + w.now;
	event.engine_event = &engine_event;
	feed(&event);
}

static void run_policy(size_t number)
{
	struct step_event event = { .type = STEP_POLICY, .rule = number };

	feed(&event);
}

static void set_room(int room)
{
	struct step_event event = { .type = STEP_ROOM };

	event.room = (enum step_room)room;
	feed(&event);
}

static void load_anew(void)
{
	w.instance++;
	w.tick = w.seq = 0;
	tell_module();
}

static void move(const struct move *m)
{
	w.now += SECOND;
	switch (m->what) {
	case MODULE:
		feed(&(struct step_event){ .type = STEP_KERNEL,
					   .there = true });
		tell_module();
		break;
	case TICK:
	case TICK_LOST:
		w.tick++;
		tell_running(STEP_MULTICAST, m->what == TICK_LOST);
		break;
	case START:
	case START_UNSEEN:
		happens(SYSMON_EVENT_TYPE_START, m->arg, m->what == START);
		break;
	case STOP:
	case STOP_UNSEEN:
		happens(SYSMON_EVENT_TYPE_STOP, m->arg, m->what == STOP);
		break;
	case OOM:
		happens(SYSMON_EVENT_TYPE_OOM, m->arg, true);
		break;
	case OVERRUN:
		feed(&(struct step_event){ .type = STEP_OVERRUN });
		break;
	case ROOM:
		set_room(m->arg);
		break;
	case ENGINE:
		tell_engine(m->arg);
		break;
	case LIST:
		tell_list();
		break;
	case POLICY:
		run_policy((size_t)m->arg);
		break;
	case DIED:
		tell_died(m->arg);
		break;
	case RELOAD:
		load_anew();
		break;
	case END:
		break;
	}
}

static void replay(uint64_t from, bool complete)
{
	for (; complete && from <= w.seq; from++)
		tell_event(STEP_REPLAY, from);
	tell_end(STEP_REPLAY_END, complete);
}

static void dump(bool complete)
{
	if (complete)
		tell_running(STEP_DUMP, false);
	tell_end(STEP_DUMP_END, complete);
}

static void answer(const struct effect *effect, bool done)
{
	struct step_event event = { .type = STEP_ANSWER };
	bool refused = !done && w.refuses;
	struct action_result result = { .http_status = done	 ? 204
						       : refused ? 500
								 : 0,
					.ok = done,
					.requested_ns = EPOCH + w.now,
					.answered_ns = EPOCH + w.now };

	result.error = done ? NULL : refused ? WHY : "no answer";
	event.action = effect->action;
	event.result = &result;
	feed(&event);
}

static void account_number(uint64_t *next, uint64_t first, uint64_t count)
{
	assert_int_equal(first, *next);
	assert_true(count > 0);
	*next = first + count;
}

/* The numbers of a session begin anew, when all of the last are dealt with. */
static void account_session(int64_t session)
{
	if (session == w.session)
		return;
	w.session = session;
	w.next_tick = w.next_seq = 1;
}

static void account_stop(const struct stop_row *stop)
{
	assert_in_range(stop->container, 1, LIVES_MAX - 1);
	assert_true(w.stop_of[stop->container] == 0 ||
		    w.stop_of[stop->container] == stop->id);
	w.stop_of[stop->container] = stop->id;
}

/* It says why, however late it comes. */
static void account_action(const struct action_row *action)
{
	if (strcmp(action->state, "refused") == 0 ||
	    strcmp(action->state, "given-up") == 0)
		assert_memory_equal(action->error, WHY, WHY_START);
	w.unconfirmed += strcmp(action->state, "unconfirmed") == 0;
}

static void account_alarm(const struct alarm_row *alarm)
{
	assert_non_null(alarm->detail);
	w.alarms++;
	w.whole_alarms += strcmp(alarm->detail, WHY) == 0;
}

static void account(const struct row *row)
{
	switch (row->type) {
	case ROW_SESSION:
		account_session(row->session.id);
		break;
	case ROW_TICK:
		account_number(&w.next_tick, row->tick.number, 1);
		break;
	case ROW_EVENT:
		account_number(&w.next_seq, row->event.seq, 1);
		break;
	case ROW_GAP:
		account_number(row->gap.kind == GAP_TICK ? &w.next_tick
							 : &w.next_seq,
			       row->gap.first, row->gap.count);
		break;
	case ROW_CONTAINER:
		assert_in_range(row->container.id, 1, LIVES_MAX - 1);
		w.which_of[row->container.id] = row->container.key[0] - 'a';
		break;
	case ROW_STOP:
		account_stop(&row->stop);
		break;
	case ROW_ACTION:
		account_action(&row->action);
		break;
	case ROW_ALARM:
		account_alarm(&row->alarm);
		break;
	case ROW_BOOT:
	case ROW_JOB:
	case ROW_TYPES:
		break;
	}
}

static void carry_out_one(const struct effect *effect, bool works)
{
	switch (effect->type) {
	case EFFECT_MODULE_GET:
		if (works)
			tell_module();
		break;
	case EFFECT_REPLAY:
		replay(effect->seq, works);
		break;
	case EFFECT_DUMP:
		dump(works);
		break;
	case EFFECT_ACT:
	case EFFECT_EXEC:
		answer(effect, works && !w.silent);
		break;
	case EFFECT_INSPECT:
		break;
	}
}

static void carry_out(struct update *u)
{
	for (const struct row *row = u->rows.first; row; row = row->next)
		account(row);
	for (size_t i = 0; i < u->effects; i++) {
		bool works = ++w.effects != w.effect_fails;

		w.effect_failed |= !works;
		carry_out_one(&u->effect[i], works);
	}
}

/* After all: ticks go on until the core has caught up. */
static void settle(void)
{
	alloc_left = 0;
	w.effect_fails = 0;
	set_room(STEP_ROOM_ALL);
	for (int i = 0; i < 8; i++) {
		move(&(struct move){ TICK, 0 });
		tell_module();
	}
}

static void assert_books_balance(void)
{
	int stopped[LIVES_MAX] = { 0 }, running[LIVES_MAX] = { 0 };
	struct step_stats stats;

	assert_int_equal(w.next_tick, w.tick + 1);
	assert_int_equal(w.next_seq, w.seq + 1);
	step_stats(s, &stats);
	assert_int_equal(w.alarms, stats.alarms);
	for (int id = 1; id < LIVES_MAX; id++) {
		if (w.stop_of[id])
			stopped[w.which_of[id]]++;
		else if (w.which_of[id])
			running[w.which_of[id]]++;
	}
	for (int which = 1; which <= 6; which++) {
		assert_int_equal(running[which], w.runs[which]);
		assert_int_equal(stopped[which], !w.runs[which]);
	}
}

static void run_course(long alloc, long effect, bool refuses)
{
	struct step_config config = {
		.rule = &rule, .rules = 1, .engines = 1, .boot_uuid = BOOT
	};
	struct step_past past = { 0 };

	w = (struct world){ .now = 100 * SECOND,
			    .instance = 50,
			    .effect_fails = effect,
			    .refuses = refuses };
	alloc_left = 0;
	assert_int_equal(step_new(&config, &past, &s), 0);
	alloc_left = alloc;
	alloc_failed = false;
	for (const struct move *m = course; m->what != END; m++)
		move(m);
	settle();
	assert_books_balance();
	step_free(s);
}

static void course_without_fault(void **state)
{
	(void)state;
	run_course(0, 0, false);
	assert_false(alloc_failed || w.effect_failed);
	assert_true(w.effects > 5);
}

static void any_allocation_may_fail(void **state)
{
	long n = 0;

	(void)state;
	do
		run_course(++n, 0, false);
	while (alloc_failed);
	print_message("# %ld allocations failed, one at a time\n", n - 1);
	assert_true(n > 50);
}

static void any_request_may_fail(void **state)
{
	long n = 0;

	(void)state;
	do
		run_course(0, ++n, false);
	while (w.effect_failed);
	print_message("# %ld requests failed, one at a time\n", n - 1);
	assert_true(n > 5);
}

static void an_allocation_and_a_request_may_fail(void **state)
{
	(void)state;
	for (long effect = 1; effect <= 12; effect++) {
		long n = 0;

		do
			run_course(++n, effect, false);
		while (alloc_failed);
	}
}

static void a_long_refusal_is_told_whole(void **state)
{
	uint64_t alarms = 0;

	(void)state;
	for (long effect = 1; effect <= 12; effect++) {
		run_course(0, effect, true);
		assert_int_equal(w.whole_alarms, w.alarms);
		alarms += w.alarms;
	}
	assert_true(alarms > 0);
}

/* Of a refusal nothing is lost for want of memory: not its reason, no alarm. */
static void a_refusal_is_told_in_the_end(void **state)
{
	uint64_t alarms = 0;

	(void)state;
	for (long effect = 1; effect <= 12; effect++) {
		long n = 0;

		do {
			run_course(++n, effect, true);
			alarms += w.alarms;
		} while (alloc_failed);
	}
	assert_true(alarms > 50);
}

/*
 * A container of which one rule's action has failed is another rule's, for which
 * the n-th allocation fails.
 */
static void fail_beside_another_rule(long n)
{
	static const struct move moves[] = {
		{ MODULE, 0 }, { TICK, 0 },   { START, 1 }, { START, 2 },
		{ TICK, 0 },   { ENGINE, 1 }, { LIST, 0 },  { TICK, 0 },
		{ POLICY, 0 }, { END, 0 },
	};
	struct policy_rule both[2] = { rule, rule };
	struct step_config config = {
		.rule = both, .rules = 2, .engines = 1, .boot_uuid = BOOT
	};
	struct step_past past = { 0 };
	struct step_stats stats;

	both[0].retries = 3;
	both[1].name = (char *)"another";
	w = (struct world){ .now = 100 * SECOND,
			    .instance = 50,
			    .silent = true };
	alloc_left = 0;
	assert_int_equal(step_new(&config, &past, &s), 0);
	for (const struct move *m = moves; m->what != END; m++)
		move(m);
	w.now += 60 * SECOND;
	alloc_left = n;
	alloc_failed = false;
	move(&(struct move){ POLICY, 1 });
	settle();
	move(&(struct move){ POLICY, 1 });
	step_stats(s, &stats);
	assert_int_equal(stats.requests, 2);
	assert_int_equal(stats.alarms, 1);
	assert_int_equal(w.alarms, 1);
	assert_int_equal(w.unconfirmed, 1);
	step_free(s);
}

/* The other rule's action does not take the place of what is yet to be told. */
static void a_failure_is_told_beside_another_rule(void **state)
{
	long n = 0;

	(void)state;
	do
		fail_beside_another_rule(++n);
	while (alloc_failed);
	assert_true(n > 5);
}

static int setup(void **state)
{
	char err[128];

	(void)state;
	rule = (struct policy_rule){ .name = (char *)"surplus",
				     .enabled = true,
				     .keep = 1,
				     .grace_s = 7 };
	rule.match = calloc(1, sizeof(*rule.match));
	rule.matches = 1;
	return policy_match_init(rule.match, POLICY_COMMAND, NULL, "stress", 0,
				 err, sizeof(err));
}

static int teardown(void **state)
{
	(void)state;
	policy_match_free(rule.match);
	free(rule.match);
	return 0;
}

#define T(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(course_without_fault),
		T(any_request_may_fail),
		T(any_allocation_may_fail),
		T(an_allocation_and_a_request_may_fail),
		T(a_long_refusal_is_told_whole),
		T(a_refusal_is_told_in_the_end),
		T(a_failure_is_told_beside_another_rule),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
