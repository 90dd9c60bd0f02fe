// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the guest program `trust`: what the tests of trust in the module need
 * in volumes that an interpreter in an emulated guest has no time for.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "trust.h"

static long number_of(int argc, char **argv, int at)
{
	return argc > at ? strtol(argv[at], NULL, 10) : 0;
}

static void take_mib(long mib)
{
	char *p = malloc((size_t)mib << 20);

	if (!p)
		err(1, "malloc");
	memset(p, 1, (size_t)mib << 20);
	/* Nobody reads it: the compiler must not see that. */
	__asm__ volatile("" : : "r"(p) : "memory");
	free(p);
}

/*
 * What a container of the tests runs: sleeps so many milliseconds, takes so
 * much memory if any, and ends with the code.
 */
static int cmd_life(int argc, char **argv)
{
	long ms = number_of(argc, argv, 1), mib = number_of(argc, argv, 3);

	if (ms)
		usleep((useconds_t)ms * 1000);
	if (mib)
		take_mib(mib);
	return (int)number_of(argc, argv, 2);
}

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *usage;
} commands[] = {
	{ "life", cmd_life, "[MS [CODE [MIB]]]" },
	{ "churn", cmd_churn, "COUNT PARALLEL [lossy]" },
	{ "load", cmd_load, "FOLDER COUNT idle|busy [net]" },
	{ "lives", cmd_lives, "FOLDER MAKER RATE" },
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
