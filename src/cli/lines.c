// SPDX-License-Identifier: GPL-2.0
/* Lines with styles in them; knows nothing of what they say. */
#include "lines.h"

#include <string.h>
#include <wchar.h>

#include "lib/text.h"

/* The line at *text, without its newline; moves *text behind that. */
static const char *lines_next(const char **text, const char **end)
{
	const char *line = *text;

	*end = strchrnul(line, '\n');
	*text = *end + (**end == '\n');
	return line;
}

unsigned int lines_count(const char *text)
{
	unsigned int n = 0;
	const char *end;

	for (; *text; n++)
		lines_next(&text, &end);
	return n;
}

void lines_put(const char *text, unsigned int first, unsigned int count,
	       FILE *to)
{
	const char *line, *end;

	while (first-- > 0 && *text)
		lines_next(&text, &end);
	while (count-- > 0) {
		line = lines_next(&text, &end);
		fwrite(line, 1, (size_t)(end - line), to);
		putc('\n', to);
	}
}

const char *lines_run(const char *p, const char *end, unsigned int *left)
{
	while (p < end) {
		const char *from = p;
		uint32_t c = text_next(&p, end);
		int width = wcwidth((wchar_t)c);

		if (width < 0)
			width = 1;
		if (style_is(c) || (unsigned int)width > *left)
			return from;
		*left -= (unsigned int)width;
	}
	return p;
}

static void put_cut(const char *p, const char *end, unsigned int width,
		    FILE *to)
{
	const char *run;

	while (p < end) {
		run = p;
		if (style_is((unsigned char)*p))
			p++;
		else
			p = lines_run(p, end, &width);
		if (p == run)
			break;
		fwrite(run, 1, (size_t)(p - run), to);
	}
	putc(STYLE_PLAIN, to);
	while (width-- > 0)
		putc(' ', to);
}

void lines_beside(const char *left, unsigned int width, const char *right,
		  FILE *to)
{
	const char *line, *end;

	while (*left || *right) {
		line = lines_next(&left, &end);
		put_cut(line, end, width, to);
		line = lines_next(&right, &end);
		fwrite(line, 1, (size_t)(end - line), to);
		putc('\n', to);
	}
}
