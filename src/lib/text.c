// SPDX-License-Identifier: GPL-2.0
/* Makes untrusted bytes printable; knows neither files nor their meaning. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "text.h"

/* No input byte grows to more bytes than this in any of the outputs. */
#define TEXT_GROWTH 4
/* Behind each string: the terminating zero and an ellipsis. */
#define TEXT_SLACK 4

static bool text_continues(const char *p, size_t n, const char *end)
{
	size_t i;

	if ((size_t)(end - p) < n)
		return false;
	for (i = 0; i < n; i++)
		if (((unsigned char)p[i] & 0xc0) != 0x80)
			return false;
	return true;
}

uint32_t text_next(const char **p, const char *end)
{
	static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };
	unsigned char lead = (unsigned char)*(*p)++;
	uint32_t c;
	size_t n, i;

	if (lead < 0x80)
		return lead;
	if (lead < 0xc2 || lead > 0xf4)
		return TEXT_INVALID;
	n = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
	if (!text_continues(*p, n, end))
		return TEXT_INVALID;
	c = lead & (0x3f >> n);
	for (i = 0; i < n; i++)
		c = c << 6 | ((unsigned char)(*p)[i] & 0x3f);
	if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return TEXT_INVALID;
	*p += n;
	return c;
}

static char *text_room(size_t len)
{
	if (len > (SIZE_MAX - TEXT_SLACK) / (2 * TEXT_GROWTH))
		return NULL;
	return malloc(len * TEXT_GROWTH + TEXT_SLACK);
}

static char *text_append(char *out, const char *from, size_t n)
{
	memcpy(out, from, n);
	return out + n;
}

char *text_utf8(const char *src, size_t len)
{
	const char *p = src, *end = src + len, *from;
	char *dst = text_room(len), *out = dst;
	uint32_t c;

	if (!dst)
		return NULL;
	while (p < end) {
		from = p;
		c = text_next(&p, end);
		if (c == TEXT_INVALID || !c)
			out = text_append(out, "\xef\xbf\xbd", 3);
		else
			out = text_append(out, from, (size_t)(p - from));
	}
	*out = 0;
	return dst;
}

/* Would it move the cursor, start a command or turn the text's direction? */
static bool text_is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x61c ||
	       c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

/* As printf(format, c); the format makes at most 11 bytes. */
static char *text_append_number(char *out, const char *format, uint32_t c)
{
	char buf[12];
	int n = snprintf(buf, sizeof(buf), format, c);

	return text_append(out, buf, (size_t)n);
}

static char *text_escape(char *out, uint32_t c)
{
	switch (c) {
	case '\n':
		return text_append(out, "\\n", 2);
	case '\t':
		return text_append(out, "\\t", 2);
	case '\r':
		return text_append(out, "\\r", 2);
	}
	return text_append_number(out, c < 0x80 ? "\\x%02x" : "\\u{%x}", c);
}

char *text_terminal(const char *src, size_t len, enum text_charset charset)
{
	const char *p = src, *end = src + len, *from;
	char *dst = text_room(len), *out = dst;
	uint32_t c;

	if (!dst)
		return NULL;
	while (p < end) {
		from = p;
		c = text_next(&p, end);
		if (c == TEXT_INVALID && charset == TEXT_ASCII)
			out = text_append_number(out, "\\x%02x",
						 (unsigned char)*from);
		else if (c == TEXT_INVALID)
			out = text_append(out, "\xef\xbf\xbd", 3);
		else if (text_is_control(c) ||
			 (charset == TEXT_ASCII && c >= 0x80))
			out = text_escape(out, c);
		else
			out = text_append(out, from, (size_t)(p - from));
	}
	*out = 0;
	return dst;
}

static char *text_quote(const char *s)
{
	char *dst = malloc(2 * strlen(s) + 3), *out = dst;

	if (!dst)
		return NULL;
	*out++ = '"';
	for (; *s; s++) {
		if (*s == '"')
			*out++ = '"';
		*out++ = *s;
	}
	*out++ = '"';
	*out = 0;
	return dst;
}

char *text_csv(const char *src, size_t len)
{
	char *plain = text_terminal(src, len, TEXT_UTF8), *quoted;

	/* An empty text is quoted to tell it from an unknown one. */
	if (!plain || (*plain && !strpbrk(plain, ",\"\n\r") && *plain != ' ' &&
		       plain[strlen(plain) - 1] != ' '))
		return plain;
	quoted = text_quote(plain);
	free(plain);
	return quoted;
}

/* wcwidth(), with 1 for what this C library's tables do not know. */
static unsigned int text_columns(uint32_t c)
{
	int width = c == TEXT_INVALID ? 1 : wcwidth((wchar_t)c);

	return width < 0 ? 1 : (unsigned int)width;
}

unsigned int text_width(const char *s)
{
	const char *end = s + strlen(s);
	unsigned int width = 0;

	while (s < end)
		width += text_columns(text_next(&s, end));
	return width;
}

unsigned int text_elide(char *s, unsigned int width, enum text_charset charset)
{
	const char *p = s, *end = s + strlen(s), *cut = s;
	unsigned int used = 0, cut_used = 0, columns;

	while (p < end) {
		const char *from = p;

		columns = text_columns(text_next(&p, end));
		/* The furthest place that leaves a column for the ellipsis. */
		if (used + 1 <= width) {
			cut = from;
			cut_used = used;
		}
		used += columns;
		if (used > width)
			break;
	}
	if (used <= width)
		return used;
	if (!width) {
		*s = 0;
		return 0;
	}
	if (charset == TEXT_ASCII)
		memcpy(s + (cut - s), "~", 2);
	else
		memcpy(s + (cut - s), "\xe2\x80\xa6", 4);
	return cut_used + 1;
}

static unsigned int text_min(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

/* Optimal string alignment, over words of at most 31 bytes. */
unsigned int text_distance(const char *a, const char *b, unsigned int limit)
{
	unsigned int d[32][32], i, j, best;
	size_t m = strlen(a), n = strlen(b);

	if (m > 31 || n > 31)
		return limit;
	for (i = 0; i <= m; i++)
		d[i][0] = i;
	for (j = 0; j <= n; j++)
		d[0][j] = j;
	for (i = 1; i <= m; i++) {
		for (j = 1; j <= n; j++) {
			best = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
			best = text_min(best, d[i - 1][j] + 1);
			best = text_min(best, d[i][j - 1] + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				best = text_min(best, d[i - 2][j - 2] + 1);
			d[i][j] = best;
		}
	}
	return text_min(d[m][n], limit);
}

bool text_is_same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}
