// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the fuzzing of what is read from engines: any bytes as a list, details,
 * an event and an error. libFuzzer's entry point.
 */
#include <stdint.h>
#include <stdlib.h>

#include "collectord/engine_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *buf = (const char *)data;
	struct container_meta *meta;
	struct engine_event event;
	struct engine_list list;
	char message[64];

	if (engine_json_list(buf, size, &list) == 0)
		engine_list_free(&list);
	if (engine_json_inspect(buf, size, &meta) == 0)
		meta_free(meta);
	if (engine_json_event(buf, size, &event) == 0)
		engine_event_clear(&event);
	engine_json_message(buf, size, message, sizeof(message));
	return 0;
}
