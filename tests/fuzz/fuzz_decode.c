// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the fuzzing of the decoder: any bytes as one message of the module.
 * libFuzzer's entry point.
 */
#include <stdlib.h>
#include <string.h>

#include "decode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whether a string lies within the message. */
static void check_str(struct str s, const uint8_t *data, size_t size)
{
	const uint8_t *p = (const uint8_t *)s.p;

	if (p && (p < data || p + s.len > data + size))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct message msg;
	struct decode_error err = { 0 };

	if (decode_message(data, size, &msg, &err)) {
		if (!err.attribute || !err.problem)
			abort();
		return 0;
	}
	if (msg.containers > DECODE_CONTAINERS_MAX ||
	    msg.module.matches > SYSMON_MATCH_MAX)
		abort();
	for (unsigned int i = 0; i < msg.containers; i++) {
		check_str(msg.container[i].id, data, size);
		check_str(msg.container[i].path, data, size);
	}
	check_str(msg.event.container.id, data, size);
	check_str(msg.module.version, data, size);
	return 0;
}
