// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the guest program `trust`: what the tests of trust in the module need
 * in volumes that an interpreter in an emulated guest has no time for.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "trust.h"

/* What a container of the tests runs: sleeps so many milliseconds. */
static int cmd_life(int argc, char **argv)
{
	int ms = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 0;

	if (ms)
		usleep(ms * 1000);
	return 0;
}

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *usage;
} commands[] = {
	{ "life", cmd_life, "[MS]" },
	{ "churn", cmd_churn, "COUNT PARALLEL [lossy]" },
	{ "load", cmd_load, "FOLDER COUNT idle|busy [net]" },
	{ "idle", cmd_idle, "" },
	{ "busy", cmd_busy, "[NUMBER]" },
	{ "storm", cmd_storm, "WORKERS" },
	{ "pace", cmd_pace, "RATE SECONDS" },
	{ "poke", cmd_poke, "" },
	{ "dumper", cmd_dumper, "" },
	{ "fuzz", cmd_fuzz, "COUNT SEED root|user|userns" },
	{ "fail-load", cmd_fail_load, "FILE" },
	{ "fail-unload", cmd_fail_unload, "FILE" },
	{ "fail-request", cmd_fail_request, "" },
	{ "fail-life", cmd_fail_life, "" },
};

int main(int argc, char **argv)
{
	size_t i;

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (i = 0; argc > 1 && i < sizeof(commands) / sizeof(*commands); i++)
		if (!strcmp(argv[1], commands[i].name))
			return commands[i].run(argc - 1, argv + 1);
	for (i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		fprintf(stderr, "trust %s %s\n", commands[i].name,
			commands[i].usage);
	return 2;
}
