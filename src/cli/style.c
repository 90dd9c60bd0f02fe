// SPDX-License-Identifier: GPL-2.0
/* Shows styled lines on a plain terminal; knows no meaning of a style. */
#include <string.h>

#include "style.h"

static const char *const sequences[STYLE_COUNT] = {
	[STYLE_PLAIN - STYLE_PLAIN] = "\033[0m",
	[STYLE_BOLD - STYLE_PLAIN] = "\033[0;1m",
	[STYLE_DIM - STYLE_PLAIN] = "\033[0;2m",
	[STYLE_GREEN - STYLE_PLAIN] = "\033[0;32m",
	[STYLE_YELLOW - STYLE_PLAIN] = "\033[0;33m",
	[STYLE_RED - STYLE_PLAIN] = "\033[0;31m",
	[STYLE_HEADING - STYLE_PLAIN] = "\033[0;1m",
	[STYLE_SORTED - STYLE_PLAIN] = "\033[0;1;4m",
	[STYLE_MARKED - STYLE_PLAIN] = "\033[0;7m",
	[STYLE_ALARM - STYLE_PLAIN] = "\033[0;1;31m",
};

void style_print(FILE *to, const char *line, bool color)
{
	bool styled = false;

	for (; *line; line++) {
		unsigned char c = (unsigned char)*line;

		if (!style_is(c)) {
			putc(c, to);
		} else if (color) {
			fputs(sequences[c - STYLE_PLAIN], to);
			styled = c != STYLE_PLAIN;
		}
	}
	if (styled)
		fputs(sequences[0], to);
}
