// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the fuzzing of the configuration: any bytes as a file, the rules in it
 * against a container, and any bytes as a threshold. libFuzzer's entry point.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

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
	struct policy_run run[POLICY_WHEN_MAX] = { 0 };
	struct policy_container container = {
		.meta = &meta,
		.running = true,
		.run = run,
	};
	struct policy_verdict verdict;
	struct policy_decision decision;
	size_t count;

	for (size_t i = 0; i < config->rules; i++)
		policy_decide(&config->rule[i], &container, 1, 1, &verdict,
			      &decision, &count);
}

/* A threshold that is read says the same when it is read again. */
static void read_when(const uint8_t *data, size_t size)
{
	struct policy_when when, again;
	struct policy_run run = { 0 };
	struct policy_sample sample = { .boottime_ns = 1 };
	char why[160], *text = strndup((const char *)data, size);

	if (!text || policy_when_parse(text, &when, why, sizeof(why))) {
		free(text);
		return;
	}
	if (!isfinite(when.value) ||
	    policy_when_parse(when.text, &again, why, sizeof(why)) ||
	    memcmp(&when, &again, sizeof(when)) != 0)
		abort();
	for (int i = 0; i < FIGURE_COUNT; i++)
		figure_set(&sample.figures, (enum policy_figure)i, i);
	policy_run_add(&run, &when, &sample);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config_error err;
	struct config config;

	read_when(data, size);
	if (config_parse("f", (const char *)data, size, &config, &err))
		return 0;
	decide(&config);
	config_free(&config);
	return 0;
}
