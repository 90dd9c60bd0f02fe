// SPDX-License-Identifier: GPL-2.0
/* What sysmonctl tells people on stderr; knows no subcommand. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"

static void message_print(const char *prefix, const char *middle,
			  const char *format, va_list args)
{
	char *raw, *safe;
	int len = vasprintf(&raw, format, args);

	if (len < 0)
		return;
	safe = text_terminal(raw, (size_t)len, TEXT_UTF8);
	fprintf(stderr, "%s%s%s%s\n", prefix, middle ? middle : "",
		middle ? ": " : "", safe ? safe : "out of memory");
	free(safe);
	free(raw);
}

void message_error(const struct cli *cli, const char *format, ...)
{
	const char *name = cli->command ? cli->command->name : NULL;
	va_list args;

	va_start(args, format);
	message_print(name ? "sysmonctl " : "sysmonctl: ", name, format, args);
	va_end(args);
}

void message_hint(const struct cli *cli, const char *format, ...)
{
	va_list args;

	if (cli->opt.quiet)
		return;
	va_start(args, format);
	message_print("  ", "hint", format, args);
	va_end(args);
}

void message_warn(const struct cli *cli, const char *format, ...)
{
	va_list args;

	if (cli->opt.quiet)
		return;
	va_start(args, format);
	message_print("sysmonctl: ", "warning", format, args);
	va_end(args);
}

const char *message_nearest(const char *typed, const char *words, char *buf,
			    size_t size)
{
	unsigned int best = 3, distance;
	char word[32];

	buf[0] = 0;
	while (*words) {
		size_t len = strcspn(words, "|,");

		snprintf(word, sizeof(word), "%.*s", (int)len, words);
		distance = text_distance(typed, word, best);
		/* Half of a short word wrong is another word. */
		if (distance < best && distance < strlen(word)) {
			best = distance;
			snprintf(buf, size, "%s", word);
		}
		if (strlen(typed) >= 2 && !strncmp(word, typed, strlen(typed)))
			snprintf(buf, size, "%s", word);
		words += len;
		words += strspn(words, "|,");
	}
	return buf[0] ? buf : NULL;
}
