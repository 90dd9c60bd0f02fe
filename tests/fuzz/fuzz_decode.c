// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the fuzzing of the decoder: any bytes as one message of the module.
 * libFuzzer's entry point.
 */
#include "decode.h"
#include "fuzz.h"

/* Whether a string lies within the message. */
static bool is_within(struct str s, const uint8_t *data, size_t size)
{
	const uint8_t *p = (const uint8_t *)s.p;

	return !p || (p >= data && s.len <= size - (size_t)(p - data));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct message msg;
	struct decode_error err = { 0 };

	if (decode_message(data, size, &msg, &err)) {
		REQUIRE(err.attribute && err.problem);
		return 0;
	}
	REQUIRE(msg.containers <= DECODE_CONTAINERS_MAX);
	REQUIRE(msg.cpus <= DECODE_CPUS_MAX);
	REQUIRE(msg.devices <= DECODE_DEVICES_MAX);
	REQUIRE(msg.module.matches <= SYSMON_MATCH_MAX);
	for (unsigned int i = 0; i < msg.containers; i++) {
		REQUIRE(is_within(msg.container[i].id, data, size));
		REQUIRE(is_within(msg.container[i].path, data, size));
	}
	REQUIRE(is_within(msg.event.container.id, data, size));
	REQUIRE(is_within(msg.module.version, data, size));
	REQUIRE(is_within(msg.unchanged, data, size));
	return 0;
}
