/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the fuzz targets share: the input cut into lines or numbers, and what is
 * asked of what comes out. Knows no parser.
 */
#ifndef SYSMON_FUZZ_H
#define SYSMON_FUZZ_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/text.h"

/* libFuzzer's entry points; the second is called once, and may be missing. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

/* Ends the fuzzer, which keeps the input. stderr may have been put aside. */
#define REQUIRE(condition)                                            \
	do {                                                          \
		if (!(condition)) {                                   \
			dprintf(STDERR_FILENO, "%s:%d: not so: %s\n", \
				__FILE__, __LINE__, #condition);      \
			abort();                                      \
		}                                                     \
	} while (0)

/* What is left of the input. */
struct input {
	const uint8_t *p;
	size_t len;
};

/* So many bytes, or what there is. */
static inline struct input input_take(struct input *in, size_t len)
{
	struct input part = { in->p, len < in->len ? len : in->len };

	in->p += part.len;
	in->len -= part.len;
	return part;
}

/* A number of so many bytes, at most 8; those that are missing are 0. */
static inline uint64_t input_number(struct input *in, size_t len)
{
	struct input part = input_take(in, len);
	uint64_t n = 0;

	for (size_t i = 0; i < part.len; i++)
		n |= (uint64_t)part.p[i] << (8 * i);
	return n;
}

/* A copy with a zero behind it; the caller frees it. */
static inline char *input_text(struct input in)
{
	char *text = malloc(in.len + 1);

	REQUIRE(text);
	if (in.len)
		memcpy(text, in.p, in.len);
	text[in.len] = 0;
	return text;
}

/* Lines of a copy of the input, each with a zero behind it. */
struct lines {
	char *copy;
	char *p;
	char *end;
};

static inline struct lines lines_of(const uint8_t *data, size_t size)
{
	char *copy = input_text((struct input){ data, size });

	return (struct lines){ copy, copy, copy + size };
}

/* NULL when there is none left; len may be NULL. */
static inline char *lines_next(struct lines *lines, size_t *len)
{
	char *line = lines->p, *newline;

	if (line >= lines->end)
		return NULL;
	newline = memchr(line, '\n', (size_t)(lines->end - line));
	if (!newline)
		newline = lines->end;
	*newline = 0;
	if (len)
		*len = (size_t)(newline - line);
	lines->p = newline + 1;
	return line;
}

/* Whether all of it is valid UTF-8 without controls but those allowed. */
static inline bool is_clean(const char *s, size_t len, const char *allowed)
{
	const char *end = s + len;

	while (s < end) {
		uint32_t c = text_next(&s, end);

		if (c == TEXT_INVALID || c == 0 || c == 0x7f)
			return false;
		if (c < 0x20 && !strchr(allowed, (int)c))
			return false;
	}
	return true;
}

#endif
