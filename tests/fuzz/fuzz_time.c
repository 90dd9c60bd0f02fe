// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the fuzzing of times, durations, sizes and versions, as people and
 * engines write them: any bytes as text, and numbers as what is to be written.
 * libFuzzer's entry point.
 */
#include <inttypes.h>
#include <time.h>

#include "collectord/config.h"
#include "collectord/engine_json.h"
#include "fuzz.h"
#include "lib/history_read.h"
#include "lib/timerange.h"

#define NOW_NS (INT64_C(1736942409) * NSEC_PER_SEC)

/* A zone where an hour comes twice and one is missing, wherever this runs. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	tzset();
	return 0;
}

/* What is written is read as the same second, or in autumn an hour off. */
static void check_time(int64_t ns)
{
	char buf[32];
	int64_t again, off;

	REQUIRE(ns >= 0);
	REQUIRE(!time_parse(time_format(ns, buf, sizeof(buf)), NOW_NS, &again,
			    NULL));
	off = again / NSEC_PER_SEC - ns / NSEC_PER_SEC;
	REQUIRE(off == 0 || off == 3600 || off == -3600);
}

static void read_times(const char *text)
{
	const char *why = NULL;
	int64_t ns;

	if (time_parse(text, NOW_NS, &ns, &why))
		REQUIRE(why && *why);
	else
		check_time(ns);
	if (!engine_time(text, &ns))
		REQUIRE(ns >= 0);
}

static void read_durations(const char *text)
{
	const char *why = NULL;
	int64_t ns, step;
	uint64_t n;

	if (duration_parse(text, &ns, &why))
		REQUIRE(why && *why);
	else
		REQUIRE(ns > 0 && ns <= DURATION_MAX &&
			!history_step_parse(text, &step, &why) && step == ns);
	config_duration(text, &n);
	config_size(text, &n);
}

/* The older of two: what comes of it is what went in, or ours. */
static void read_version(const char *text)
{
	char out[16], again[16];

	if (engine_version_min(text, "1.44", out, sizeof(out)))
		return;
	REQUIRE(!engine_version_min(out, "1.44", again, sizeof(again)));
	REQUIRE(strcmp(out, again) == 0);
}

/* The database may hold any number. */
static void write_number(const char *text)
{
	int64_t ns = 0;
	char buf[32];

	memcpy(&ns, text, strnlen(text, sizeof(ns)));
	REQUIRE(*time_format(ns, buf, sizeof(buf)));
	REQUIRE(*duration_format(ns, buf, sizeof(buf)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = input_text((struct input){ data, size });

	read_times(text);
	read_durations(text);
	read_version(text);
	write_number(text);
	free(text);
	return 0;
}
