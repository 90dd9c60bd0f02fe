// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the cutting of a stream of bytes into lines of bounded length. Pure.
 */
#include <string.h>

#include "job_line.h"

static void emit(struct job_line *line, job_line_cb cb, void *data)
{
	size_t len = line->len;

	if (len > 0 && line->buf[len - 1] == '\r')
		len--;
	line->len = 0;
	cb(data, line->buf, len);
}

void job_line_feed(struct job_line *line, const char *buf, size_t len,
		   job_line_cb cb, void *data)
{
	while (len > 0) {
		const char *end = memchr(buf, '\n', len);
		size_t part = end ? (size_t)(end - buf) : len;
		size_t room = sizeof(line->buf) - line->len;
		size_t used = part < room ? part : room;

		memcpy(line->buf + line->len, buf, used);
		line->len += used;
		if (used < part || end)
			emit(line, cb, data);
		if (used == part && end)
			used++; /* the newline */
		buf += used;
		len -= used;
	}
}

void job_line_flush(struct job_line *line, job_line_cb cb, void *data)
{
	if (line->len > 0)
		emit(line, cb, data);
}
