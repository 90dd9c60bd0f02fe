// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the fuzzing of the core behind the decoder: any bytes as a run of
 * messages, each two bytes of length, one of its source, and the message; a
 * source that is none stands for another event. libFuzzer's entry point.
 */
#include "collectord/step.h"
#include "fuzz.h"

static void feed_other(struct step *s, uint8_t what, struct update *u)
{
	struct step_event event = { .now_ns = 1000 };

	switch (what % 5) {
	case 0:
		event.type = STEP_REPLAY_END;
		event.complete = what & 8;
		break;
	case 1:
		event.type = STEP_DUMP_END;
		event.complete = what & 8;
		break;
	case 2:
		event.type = STEP_OVERRUN;
		break;
	case 3:
		event.type = STEP_ROOM;
		event.room = (enum step_room)(what / 8 % (STEP_ROOM_NONE + 1));
		break;
	case 4:
		event.type = STEP_KERNEL;
		event.there = what & 8;
		break;
	}
	REQUIRE(!step(s, &event, u));
}

static void feed_message(struct step *s, enum step_source source,
			 struct input in, struct update *u)
{
	static struct message msg;
	struct step_event event = { .type = STEP_MESSAGE, .now_ns = 1000 };
	struct decode_error err;

	if (decode_message(in.p, in.len, &msg, &err))
		return;
	event.source = source;
	event.message = &msg;
	REQUIRE(!step(s, &event, u));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct step_config config = { .boot_uuid = "fuzz" };
	struct step_past past = { 0 };
	struct input in = { data, size };
	struct update u = { 0 };
	struct step *s;

	REQUIRE(!step_new(&config, &past, &s));
	while (in.len > 3) {
		size_t len = input_number(&in, 2);
		uint8_t source = (uint8_t)input_number(&in, 1);
		struct input part = input_take(&in, len);

		if (source > STEP_DUMP)
			feed_other(s, source, &u);
		else
			feed_message(s, (enum step_source)source, part, &u);
		update_free(&u);
	}
	step_free(s);
	return 0;
}
