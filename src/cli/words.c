// SPDX-License-Identifier: GPL-2.0
/* The sentences of words.h. */
#include "words.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cell.h"
#include "timerange.h"

/* A sentence on its way. */
struct words {
	char *buf;
	size_t len;
};

static void say(struct words *w, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void say(struct words *w, const char *format, ...)
{
	size_t room = WORDS_MAX - w->len;
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(w->buf + w->len, room, format, args);
	va_end(args);
	if (n > 0)
		w->len += (size_t)n < room ? (size_t)n : room - 1;
}

/* Any bytes, as they are. One byte stays free, for say() to end in. */
static void say_bytes(struct words *w, const char *p, size_t len)
{
	size_t room = WORDS_MAX - 1 - w->len;

	if (len > room)
		len = room;
	memcpy(w->buf + w->len, p, len);
	w->len += len;
}

static void say_text(struct words *w, const struct value *v)
{
	if (v->type == VALUE_TEXT)
		say_bytes(w, v->s.p, v->s.len);
	else
		say(w, "an unknown process");
}

static bool known(const struct value *v)
{
	return v->type != VALUE_NULL;
}

/* SIGKILL; those without a name by their number. */
static void say_signal(struct words *w, int64_t number)
{
	static const char *const names[] = {
		NULL,	 "HUP",	 "INT",	   "QUIT", "ILL",  "TRAP",   "ABRT",
		"BUS",	 "FPE",	 "KILL",   "USR1", "SEGV", "USR2",   "PIPE",
		"ALRM",	 "TERM", "STKFLT", "CHLD", "CONT", "STOP",   "TSTP",
		"TTIN",	 "TTOU", "URG",	   "XCPU", "XFSZ", "VTALRM", "PROF",
		"WINCH", "IO",	 "PWR",	   "SYS",
	};
	int64_t count = sizeof(names) / sizeof(*names);

	if (number > 0 && number < count)
		say(w, "SIG%s", names[number]);
	else
		say(w, "signal %lld", (long long)number);
}

static void say_size(struct words *w, const struct value *v)
{
	char size[16];

	say(w, "%s", cell_bytes(value_number(v, 0), size, sizeof(size)));
}

/* The columns of who sent a signal, and which. */
struct sender {
	const struct value *signal, *comm, *parent, *uid, *container;
};

/* " from runc (containerd-shim), uid 0" */
static void say_sender(struct words *w, const struct sender *by)
{
	if (!known(by->comm) && !known(by->uid))
		return;
	say(w, " from ");
	say_text(w, by->comm);
	if (known(by->parent)) {
		say(w, " (");
		say_text(w, by->parent);
		say(w, ")");
	}
	if (known(by->uid))
		say(w, ", uid %lld", (long long)by->uid->i);
	if (known(by->container)) {
		say(w, ", in ");
		say_text(w, by->container);
	}
}

/*
 * "killed by SIGKILL from ..", "exit code 0 after SIGTERM from ..". The sender
 * of another signal than the one that ended it has not ended it.
 */
static void say_end(struct words *w, const struct value *code,
		    const struct value *signal, const struct sender *by)
{
	bool sent = known(by->signal);
	bool same = sent && known(signal) && signal->i == by->signal->i;

	if (known(signal)) {
		say(w, "killed by ");
		say_signal(w, signal->i);
	} else if (known(code)) {
		say(w, "exit code %lld", (long long)code->i);
	} else if (!sent) {
		return;
	}
	if (sent && !same) {
		say(w, w->len ? " after " : "after ");
		say_signal(w, by->signal->i);
	}
	if (sent)
		say_sender(w, by);
}

/* "out of memory: stress (pid 812, 61.0 MiB), limit 64.0 MiB" */
static void say_oom(struct words *w, const struct value *comm,
		    const struct value *pid, const struct value *rss,
		    const struct value *limit)
{
	say(w, "out of memory");
	if (known(comm)) {
		say(w, ": ");
		say_text(w, comm);
	}
	if (known(pid))
		say(w, " (pid %lld", (long long)pid->i);
	if (known(pid) && known(rss)) {
		say(w, ", ");
		say_size(w, rss);
	}
	if (known(pid))
		say(w, ")");
	if (known(limit)) {
		say(w, ", limit ");
		say_size(w, limit);
	}
}

/* "nginx -g daemon off; (pid 812, uid 0)" */
static void say_start(struct words *w, const struct value *row)
{
	const struct value *argv = &row[EVENT_ARGV];
	size_t i, from = w->len;

	if (argv->type == VALUE_TEXT && argv->s.len > 1) {
		bool ended = !argv->s.p[argv->s.len - 1];
		size_t room = WORDS_MAX / 2, len = argv->s.len - ended;

		say_bytes(w, argv->s.p, len < room ? len : room);
		for (i = from; i < w->len; i++)
			if (!w->buf[i])
				w->buf[i] = ' ';
		if (!ended || len > room)
			say(w, "...");
	} else if (known(&row[EVENT_COMM])) {
		say_text(w, &row[EVENT_COMM]);
	}
	if (known(&row[EVENT_PID]))
		say(w, " (pid %lld", (long long)row[EVENT_PID].i);
	if (known(&row[EVENT_PID]) && known(&row[EVENT_UID]))
		say(w, ", uid %lld", (long long)row[EVENT_UID].i);
	if (known(&row[EVENT_PID]))
		say(w, ")");
}

static void say_count(struct words *w, const struct value *count)
{
	say(w, "%lld", (long long)count->i);
}

/* A quota is the time that it may run in a period. */
static void say_quota(struct words *w, const struct value *ns)
{
	char buf[32];

	say(w, "%s a period", duration_format(ns->i, buf, sizeof(buf)));
}

/* "at memory.max of 64.0 MiB, 3 times" */
static void say_limit(struct words *w, const struct value *row,
		      const char *what,
		      void (*say_value)(struct words *, const struct value *))
{
	const struct value *limit = &row[EVENT_LIMIT];
	const struct value *times = &row[EVENT_TIMES];

	say(w, "%s", what);
	if (known(limit)) {
		say(w, " of ");
		say_value(w, limit);
	}
	if (known(times))
		say(w, ", %lld time%s", (long long)times->i,
		    times->i == 1 ? "" : "s");
}

/* "rule busy, stop given-up: 404: No such container" */
static void say_alarm(struct words *w, const struct value *row)
{
	say(w, "rule ");
	say_text(w, &row[EVENT_RULE]);
	say(w, ", ");
	if (known(&row[EVENT_VERB])) {
		say_text(w, &row[EVENT_VERB]);
		say(w, " ");
	}
	say_text(w, &row[EVENT_REASON]);
	if (known(&row[EVENT_DETAIL])) {
		say(w, ": ");
		say_text(w, &row[EVENT_DETAIL]);
	}
}

static struct value done(const struct words *w)
{
	return w->len ? value_text(w->buf, w->len) : value_null();
}

struct value words_event(const struct value *row, char *buf)
{
	const struct value *type = &row[EVENT_TYPE];
	const struct sender by = { &row[EVENT_SENDER_SIGNAL],
				   &row[EVENT_SENDER_COMM],
				   &row[EVENT_SENDER_PARENT],
				   &row[EVENT_SENDER_UID],
				   &row[EVENT_SENDER_CONTAINER] };
	struct words w = { .buf = buf };

	if (value_is(type, "start"))
		say_start(&w, row);
	else if (value_is(type, "stop"))
		say_end(&w, &row[EVENT_EXIT_CODE], &row[EVENT_SIGNAL], &by);
	else if (value_is(type, "oom"))
		say_oom(&w, &row[EVENT_COMM], &row[EVENT_PID], &row[EVENT_RSS],
			&row[EVENT_LIMIT]);
	else if (value_is(type, "memory-high"))
		say_limit(&w, row, "over memory.high", say_size);
	else if (value_is(type, "memory-max"))
		say_limit(&w, row, "at memory.max", say_size);
	else if (value_is(type, "pids-max"))
		say_limit(&w, row, "at pids.max", say_count);
	else if (value_is(type, "throttled"))
		say_limit(&w, row, "held back by its CPU quota", say_quota);
	else if (value_is(type, "alarm"))
		say_alarm(&w, row);
	else if (value_is(type, "gap")) {
		say(&w, "%lld missing: ", (long long)row[EVENT_TIMES].i);
		say_text(&w, &row[EVENT_REASON]);
	}
	return done(&w);
}

struct value words_stop(const struct value *row, char *buf)
{
	const struct sender by = { &row[STOP_KILLER_SIGNAL],
				   &row[STOP_KILLER_COMM],
				   &row[STOP_KILLER_PARENT],
				   &row[STOP_KILLER_UID],
				   &row[STOP_KILLER_CONTAINER] };
	struct words w = { .buf = buf };

	if (value_is(&row[STOP_REASON], "oom"))
		say_oom(&w, &row[STOP_OOM_COMM], &row[STOP_OOM_PID],
			&row[STOP_OOM_RSS], &row[STOP_OOM_LIMIT]);
	else
		say_end(&w, &row[STOP_EXIT_CODE], &row[STOP_SIGNAL], &by);
	return done(&w);
}
