// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the fuzzing of jobs' output: any bytes, in pieces of the size that the
 * first byte says, cut into lines. libFuzzer's entry point.
 */
#include "collectord/job_line.h"
#include "fuzz.h"

static void take(void *arg, const char *line, size_t len)
{
	REQUIRE(len <= JOBS_LINE_MAX);
	REQUIRE(!memchr(line, '\n', len));
	*(size_t *)arg += len;
}

/* Nothing is lost but newlines, and carriage returns in front of them. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct job_line line;
	struct input in = { data, size };
	size_t step = input_number(&in, 1) * 16 + 1, taken = 0, kept = 0;

	for (size_t i = 0; i < in.len; i++)
		kept += in.p[i] != '\n' && in.p[i] != '\r';
	while (in.len) {
		struct input part = input_take(&in, step);

		job_line_feed(&line, (const char *)part.p, part.len, take,
			      &taken);
	}
	job_line_flush(&line, take, &taken);
	REQUIRE(taken >= kept);
	return 0;
}
