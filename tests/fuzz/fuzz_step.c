// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the fuzzing of the core behind the decoder: any bytes as a run of
 * messages, each two bytes of length, one of its source, and the message; a
 * source that is none stands for another event. libFuzzer's entry point.
 */
#include <stdlib.h>
#include <string.h>

#include "collectord/step.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void feed_other(struct step *s, uint8_t what, struct update *u)
{
	struct step_event event = { .now_ns = 1000 };

	switch (what % 4) {
	case 0:
		event.type = STEP_REPLAY_END;
		event.complete = what & 4;
		break;
	case 1:
		event.type = STEP_DUMP_END;
		event.complete = what & 4;
		break;
	case 2:
		event.type = STEP_OVERRUN;
		break;
	case 3:
		event.type = STEP_ROOM;
		event.room = (enum step_room)(what / 4 % 3);
		break;
	}
	if (step(s, &event, u))
		abort();
}

static void feed_message(struct step *s, enum step_source source,
			 const uint8_t *data, size_t size, struct update *u)
{
	static struct message msg;
	struct step_event event = { .type = STEP_MESSAGE, .now_ns = 1000 };
	struct decode_error err;

	if (decode_message(data, size, &msg, &err))
		return;
	event.source = source;
	event.message = &msg;
	if (step(s, &event, u))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct step_config config = { .boot_uuid = "fuzz" };
	struct step_past past = { 0 };
	struct update u = { 0 };
	struct step *s;

	if (step_new(&config, &past, &s))
		abort();
	while (size > 3) {
		size_t len = (size_t)data[0] | (size_t)data[1] << 8;
		uint8_t source = data[2];

		data += 3;
		size -= 3;
		len = len < size ? len : size;
		if (source > STEP_DUMP)
			feed_other(s, source, &u);
		else
			feed_message(s, (enum step_source)source, data, len,
				     &u);
		data += len;
		size -= len;
		update_free(&u);
	}
	step_free(s);
	return 0;
}
