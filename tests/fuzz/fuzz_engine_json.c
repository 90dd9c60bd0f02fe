// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the fuzzing of what is read from engines: any bytes as a list, details,
 * an event and an error. libFuzzer's entry point.
 */
#include "collectord/engine_json.h"
#include "fuzz.h"

static void check_meta(const struct container_meta *meta)
{
	REQUIRE(engine_id_valid(meta->id));
	REQUIRE(!meta->command || strlen(meta->command) <= ENGINE_COMMAND_MAX);
	REQUIRE(meta->labels == 0 || meta->have_labels);
	meta_label(meta, "a");
}

static void read_list(const char *buf, size_t size)
{
	struct engine_list list;

	if (engine_json_list(buf, size, &list))
		return;
	for (size_t i = 0; i < list.count; i++)
		check_meta(list.meta[i]);
	engine_list_free(&list);
}

static void read_details(const char *buf, size_t size)
{
	struct container_meta *meta;

	if (engine_json_inspect(buf, size, &meta))
		return;
	check_meta(meta);
	meta_free(meta);
}

static void read_event(const char *buf, size_t size)
{
	struct engine_event event;

	if (engine_json_event(buf, size, &event))
		return;
	REQUIRE(engine_id_valid(event.id));
	engine_event_clear(&event);
}

/* A line that can go into the log, also where it was cut. */
static void read_message(const char *buf, size_t size)
{
	char message[64];

	engine_json_message(buf, size, message, sizeof(message));
	REQUIRE(memchr(message, 0, sizeof(message)));
	REQUIRE(is_clean(message, strlen(message), ""));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *buf = (const char *)data;

	read_list(buf, size);
	read_details(buf, size);
	read_event(buf, size);
	read_message(buf, size);
	return 0;
}
