// SPDX-License-Identifier: GPL-2.0
/* The log of log.h. */
#include "log.h"

#include <poll.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "lib/text.h"

#define LINE_MAX_BYTES 2048
#define PATIENCE_MS    100

static int max_level = LOG_INFO;
static bool to_journal, with_fields;
static atomic_ulong lost;

/* JOURNAL_STREAM names the device and inode of the journal's socket. */
static bool is_journal(int fd)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long device, inode;
	struct stat st;

	return stream && sscanf(stream, "%llu:%llu", &device, &inode) == 2 &&
	       fstat(fd, &st) == 0 && st.st_dev == device && st.st_ino == inode;
}

void log_init(int level, bool fields)
{
	max_level = level;
	with_fields = fields;
	to_journal = is_journal(STDERR_FILENO);
}

bool log_wants(int level)
{
	return level <= max_level;
}

bool log_has_fields(void)
{
	return to_journal && with_fields;
}

static const char *word(int level)
{
	switch (level) {
	case LOG_ERR:
		return "error: ";
	case LOG_WARNING:
		return "warning: ";
	case LOG_DEBUG:
		return "debug: ";
	}
	return "";
}

int log_patience(void)
{
	return lost ? 0 : PATIENCE_MS;
}

void log_lost(void)
{
	lost++;
}

/* A line of any kind of file that has room for some is written at once. */
static bool has_room(void)
{
	struct pollfd p = { .fd = STDERR_FILENO, .events = POLLOUT };

	return poll(&p, 1, log_patience()) != 0;
}

static void write_line(int level, const char *text)
{
	char prefix[32], *safe;
	struct iovec part[3];
	int n;

	if (to_journal)
		n = snprintf(prefix, sizeof(prefix), "<%d>", level);
	else
		n = snprintf(prefix, sizeof(prefix), "sysmon-collectord: %s",
			     word(level));
	safe = text_terminal(text, strlen(text), TEXT_UTF8);
	part[0] = (struct iovec){ prefix, (size_t)n };
	part[1] = (struct iovec){ safe, safe ? strlen(safe) : 0 };
	part[2] = (struct iovec){ (char *)"\n", 1 };
	/* One write, so that lines of threads do not mix. */
	if (writev(STDERR_FILENO, part, 3) < 0)
		n = 0; /* nowhere to say so */
	free(safe);
}

void log_taken(void)
{
	unsigned long n = atomic_exchange(&lost, 0);
	char text[80];

	if (!n)
		return;
	snprintf(text, sizeof(text),
		 "%lu lines of the log are lost: they were not read in time",
		 n);
	write_line(LOG_WARNING, text);
}

void log_line(int level, const char *format, ...)
{
	char text[LINE_MAX_BYTES];
	va_list args;

	if (level > max_level)
		return;
	if (!has_room()) {
		log_lost();
		return;
	}
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	log_taken();
	write_line(level, text);
}
