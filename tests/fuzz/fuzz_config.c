// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the fuzzing of the configuration: any bytes as a file. libFuzzer's entry
 * point.
 */
#include "collectord/config.h"
#include "fuzz.h"

/* What is refused is told, in whole lines. */
static void check_error(const struct config_error *err)
{
	REQUIRE(err->count > 0);
	REQUIRE(strncmp(err->text, "f:", 2) == 0);
	REQUIRE(strlen(err->text) < sizeof(err->text));
}

static void check_config(const struct config *config)
{
	REQUIRE(config->database && *config->database);
	REQUIRE(config->engines > 0);
	REQUIRE(config->matches <= SYSMON_MATCH_MAX);
	REQUIRE(config->interval_ns > 0);
	for (size_t i = 0; i < config->rules; i++) {
		REQUIRE(config->rule[i].name);
		REQUIRE(config->rule[i].matches > 0);
		REQUIRE(config->rule[i].every_ns > 0);
	}
	for (size_t i = 0; i < config->jobs; i++)
		REQUIRE(config->job[i].name && config->job[i].command);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct config_error err;
	struct config config;

	if (config_parse("f", (const char *)data, size, &config, &err)) {
		check_error(&err);
		return 0;
	}
	check_config(&config);
	config_free(&config);
	return 0;
}
