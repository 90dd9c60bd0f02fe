// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the fuzzing of the configuration: any bytes as a file, and the rules in
 * it against a container. libFuzzer's entry point.
 */
#include <stdint.h>
#include <stdlib.h>

#include "collectord/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void decide(const struct config *config)
{
	struct container_meta meta = {
		.id = (char *)"0",
		.name = (char *)"name",
		.image = (char *)"image",
		.command = (char *)"stress --cpu 1",
		.have_labels = true,
		.started_ns = 1,
	};
	struct policy_container container = { .meta = &meta, .running = true };
	struct policy_decision decision;
	size_t count;

	for (size_t i = 0; i < config->rules; i++)
		policy_decide(&config->rule[i], &container, 1, 1, &decision,
			      &count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config_error err;
	struct config config;

	if (config_parse("f", (const char *)data, size, &config, &err))
		return 0;
	decide(&config);
	config_free(&config);
	return 0;
}
