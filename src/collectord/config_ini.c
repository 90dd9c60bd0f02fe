// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the splitting of a file into sections and keys, with libinih. Feeds it
 * line by line, so that what it would cut short or misread without a word (long
 * lines, comments behind a value, indented keys, section titles) is either
 * right or an error. Knows no section and no key.
 */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include <ini.h>

#include "config_ctx.h"

struct source {
	struct config_ctx *ctx;
	const char *at;
	const char *end;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

/* Cuts the next line from the source, without blanks around it. */
static size_t next_line(struct source *src, const char **line)
{
	const char *start = src->at;
	const char *stop = memchr(start, '\n', (size_t)(src->end - start));

	src->at = stop ? stop + 1 : src->end;
	if (!stop)
		stop = src->end;
	while (start < stop && is_blank(*start))
		start++;
	while (stop > start && is_blank(stop[-1]))
		stop--;
	*line = start;
	return (size_t)(stop - start);
}

/* libinih would take the rest of such a line for a comment. */
static bool has_inline_comment(const char *line, size_t len)
{
	for (size_t i = 1; i < len; i++)
		if (line[i] == ';' && is_blank(line[i - 1]))
			return true;
	return false;
}

/* Returns what is wrong with a line that should be "key = value", or NULL. */
static const char *key_line_error(const char *line, size_t len)
{
	if (memchr(line, '\0', len))
		return "the line holds a zero byte: this is not a text file";
	if (!memchr(line, '=', len) && !memchr(line, ':', len))
		return "expected \"key = value\", \"[section]\" or \"# comment\"";
	if (has_inline_comment(line, len))
		return "a ';' after a blank would begin a comment: give a "
		       "comment a line of its own, or leave out the blank";
	return NULL;
}

/* Says whether libinih is to see the line; all else is dealt with here. */
static bool check_line(struct config_ctx *ctx, const char *line, size_t len,
		       size_t room)
{
	const char *error;

	if (len == 0 || line[0] == '#' || line[0] == ';')
		return false;
	if (line[0] == '[') {
		config_section_close(ctx);
		config_section_open(ctx, line, len);
		return false;
	}
	error = key_line_error(line, len);
	if (error) {
		config_fail(ctx, ctx->line, "%s", error);
		return false;
	}
	if (len > room) {
		config_fail(ctx, ctx->line,
			    "the line has %zu bytes, at most %zu are read: put "
			    "a long command into a script",
			    len, room);
		return false;
	}
	return true;
}

/* An ini_reader: as fgets(), but with a word in what libinih gets to see. */
static char *read_line(char *str, int num, void *stream)
{
	struct source *src = stream;
	const char *line;
	size_t len;

	if (src->at == src->end)
		return NULL;
	len = next_line(src, &line);
	src->ctx->line++;
	if (!check_line(src->ctx, line, len, (size_t)num - 3))
		len = 0;
	memcpy(str, line, len);
	str[len] = '\n';
	str[len + 1] = '\0';
	return str;
}

static int on_key(void *user, const char *section, const char *name,
		  const char *value)
{
	(void)section;
	config_section_key(user, name, value);
	return 1;
}

int config_ini(struct config_ctx *ctx, const char *buf, size_t len)
{
	static const char bom[] = { '\xef', '\xbb', '\xbf' };
	struct source src = { ctx, buf, buf + len };
	int ret;

	if (len >= sizeof(bom) && memcmp(buf, bom, sizeof(bom)) == 0)
		src.at += sizeof(bom);
	ctx->line = 0;
	ret = ini_parse_stream(read_line, &src, on_key, ctx);
	config_section_close(ctx);
	if (ret > 0)
		config_fail(ctx, (unsigned int)ret, "not \"key = value\"");
	return ret < 0 || ctx->nomem ? -ENOMEM : 0;
}
