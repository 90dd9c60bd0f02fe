// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the fuzzing of what makes others' bytes fit to print: a byte for the
 * columns there are, then the text. libFuzzer's entry point.
 */
#include <locale.h>

#include "fuzz.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	REQUIRE(setlocale(LC_CTYPE, "C.UTF-8"));
	return 0;
}

static bool is_ascii(const char *s)
{
	for (; *s; s++)
		if (*s < ' ' || *s > '~')
			return false;
	return true;
}

static void check_terminal(struct input in, unsigned int width,
			   enum text_charset charset)
{
	char *s = text_terminal((const char *)in.p, in.len, charset);
	unsigned int columns;

	REQUIRE(s);
	REQUIRE(is_clean(s, strlen(s), ""));
	REQUIRE(charset != TEXT_ASCII || is_ascii(s));
	columns = text_elide(s, width, charset);
	REQUIRE(columns <= width);
	REQUIRE(columns == text_width(s));
	REQUIRE(is_clean(s, strlen(s), ""));
	free(s);
}

/* A field ends where it began: quotes within it are doubled. */
static void check_csv(struct input in)
{
	char *s = text_csv((const char *)in.p, in.len), *p;

	REQUIRE(s && *s);
	REQUIRE(is_clean(s, strlen(s), ""));
	if (*s != '"') {
		REQUIRE(!strpbrk(s, ",\""));
		free(s);
		return;
	}
	for (p = s + 1; *p && (*p != '"' || p[1] == '"'); p++)
		p += *p == '"';
	REQUIRE(p[0] == '"' && !p[1]);
	free(s);
}

static void check_utf8(struct input in)
{
	char *s = text_utf8((const char *)in.p, in.len), *again;

	REQUIRE(s);
	again = text_utf8(s, strlen(s));
	REQUIRE(again && strcmp(s, again) == 0);
	free(again);
	free(s);
}

/* From one half to the other is as far as back. */
static void check_distance(struct input in)
{
	char *a = input_text(input_take(&in, in.len / 2));
	char *b = input_text(in);

	REQUIRE(text_distance(a, a, 3) == (strlen(a) > 31 ? 3 : 0));
	REQUIRE(text_distance(a, b, 3) == text_distance(b, a, 3));
	free(a);
	free(b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	unsigned int width = (unsigned int)input_number(&in, 1);

	check_terminal(in, width, TEXT_UTF8);
	check_terminal(in, width, TEXT_ASCII);
	check_csv(in);
	check_utf8(in);
	check_distance(in);
	return 0;
}
