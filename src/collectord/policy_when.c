// SPDX-License-Identifier: GPL-2.0
/* The thresholds of policy_when.h. */
#include "policy_when.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECOND	    1000000000ULL
#define FOR_MAX_NS  (24 * 3600 * SECOND)
#define NUMBER_MAX  1e15
#define WORDS_COUNT 8 /* most that a condition has, and one */

enum kind {
	KIND_PERCENT, /* of one CPU */
	KIND_SIZE,
	KIND_RATE, /* sizes a second */
	KIND_COUNT,
};

#define NO_FIGURE FIGURE_COUNT

/* A metric is the sum of one or two figures. */
static const struct metric_word {
	const char *name;
	enum kind kind;
	enum policy_figure figure, more, limit;
	bool over_time; /* the figure is of the time since the sample before */
} metrics[] = {
	{ "cpu", KIND_PERCENT, FIGURE_CPU, NO_FIGURE, NO_FIGURE, true },
	{ "mem", KIND_SIZE, FIGURE_MEM, NO_FIGURE, FIGURE_MEM_LIMIT, false },
	{ "working_set", KIND_SIZE, FIGURE_WORKING_SET, NO_FIGURE,
	  FIGURE_MEM_LIMIT, false },
	{ "swap", KIND_SIZE, FIGURE_SWAP, NO_FIGURE, FIGURE_SWAP_LIMIT, false },
	{ "pids", KIND_COUNT, FIGURE_PIDS, NO_FIGURE, FIGURE_PIDS_LIMIT,
	  false },
	{ "io", KIND_RATE, FIGURE_IO_READ, FIGURE_IO_WRITE, NO_FIGURE, true },
	{ "io_read", KIND_RATE, FIGURE_IO_READ, NO_FIGURE, NO_FIGURE, true },
	{ "io_write", KIND_RATE, FIGURE_IO_WRITE, NO_FIGURE, NO_FIGURE, true },
};
#define METRICS (sizeof(metrics) / sizeof(*metrics))

static const char *const compares[] = {
	[COMPARE_ABOVE] = ">",
	[COMPARE_AT_LEAST] = ">=",
	[COMPARE_BELOW] = "<",
	[COMPARE_AT_MOST] = "<=",
};

/* The words of a condition, and what is wrong with them. */
struct parser {
	char text[3 * POLICY_WHEN_TEXT_MAX + 1]; /* with blanks put in */
	char *word[WORDS_COUNT];
	size_t words;
	char *why;
	size_t why_len;
};

static int wrong(struct parser *p, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static int wrong(struct parser *p, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(p->why, p->why_len, format, args);
	va_end(args);
	return -EINVAL;
}

/* Words may stand without blanks around the comparison: "cpu>80% for 1m". */
static int split(struct parser *p, const char *text)
{
	char *to = p->text, *rest = NULL, *word;

	if (strlen(text) > POLICY_WHEN_TEXT_MAX)
		return wrong(p, "it is longer than %d bytes",
			     POLICY_WHEN_TEXT_MAX);
	for (; *text; text++) {
		bool compare = *text == '<' || *text == '>';

		if (compare)
			*to++ = ' ';
		*to++ = *text;
		if (compare && text[1] == '=')
			*to++ = *++text;
		if (compare)
			*to++ = ' ';
	}
	*to = '\0';
	for (word = strtok_r(p->text, " \t", &rest); word;
	     word = strtok_r(NULL, " \t", &rest)) {
		if (p->words == WORDS_COUNT)
			return wrong(p, "it has too many words");
		p->word[p->words++] = word;
	}
	return 0;
}

static int parse_metric(struct parser *p, struct policy_when *when)
{
	for (size_t i = 0; i < METRICS; i++) {
		if (strcmp(p->word[0], metrics[i].name) != 0)
			continue;
		when->metric = (unsigned int)i;
		return 0;
	}
	return wrong(p,
		     "\"%s\" is not cpu, mem, working_set, swap, pids, io, "
		     "io_read or io_write",
		     p->word[0]);
}

static int parse_compare(struct parser *p, struct policy_when *when)
{
	for (size_t i = 0; i < sizeof(compares) / sizeof(*compares); i++) {
		if (strcmp(p->word[1], compares[i]) != 0)
			continue;
		when->compare = (enum policy_compare)i;
		return 0;
	}
	return wrong(p, "\"%s\" is not >, >=, < or <=", p->word[1]);
}

/* A number with at most three decimals; *end is behind it. */
static int parse_number(const char *text, const char **end, double *value)
{
	size_t whole = strspn(text, "0123456789"), decimals = 0;

	if (!whole)
		return -EINVAL;
	*end = text + whole;
	if (**end == '.') {
		decimals = strspn(*end + 1, "0123456789");
		if (!decimals || decimals > 3)
			return -EINVAL;
		*end += 1 + decimals;
	}
	*value = strtod(text, NULL);
	return *value <= NUMBER_MAX ? 0 : -EINVAL;
}

/* Bytes with K, M, G or T, or without. */
static const char *scale(const char *unit, double *value)
{
	static const char letters[] = "KMGT";
	const char *at = *unit ? strchr(letters, *unit) : NULL;

	if (!at)
		return unit;
	*value = ldexp(*value, (int)(10 * (at - letters + 1)));
	return unit + 1;
}

static const char *expected(const struct metric_word *metric)
{
	switch (metric->kind) {
	case KIND_PERCENT:
		return "a share of one CPU such as 80% or 150%";
	case KIND_SIZE:
		return "a size such as 500M or 1.5G, or \"90% of limit\"";
	case KIND_RATE:
		return "a rate such as 10M/s";
	case KIND_COUNT:
		return "a number such as 200, or \"90% of limit\"";
	}
	return "";
}

static bool has_unit(const struct metric_word *metric, const char *unit,
		     double *value)
{
	switch (metric->kind) {
	case KIND_PERCENT:
		return strcmp(unit, "%") == 0;
	case KIND_SIZE:
		return *scale(unit, value) == '\0';
	case KIND_RATE:
		return strcmp(scale(unit, value), "/s") == 0;
	case KIND_COUNT:
		return *unit == '\0';
	}
	return false;
}

/* Takes the words of the value; *at is the first behind them. */
static int parse_value(struct parser *p, struct policy_when *when, size_t *at)
{
	const struct metric_word *metric = &metrics[when->metric];
	const char *text = p->word[2], *unit;

	if (parse_number(text, &unit, &when->value))
		return wrong(p, "\"%s\" is not %s", text, expected(metric));
	*at = 3;
	if (p->words > 4 && strcmp(p->word[3], "of") == 0 &&
	    strcmp(p->word[4], "limit") == 0) {
		if (metric->limit == NO_FIGURE)
			return wrong(p, "%s has no limit to compare with",
				     metric->name);
		if (strcmp(unit, "%") != 0)
			return wrong(p,
				     "\"%s of limit\" is not as 90%% of limit",
				     text);
		when->of_limit = true;
		*at = 5;
		return 0;
	}
	if (!has_unit(metric, unit, &when->value))
		return wrong(p, "\"%s\" is not %s", text, expected(metric));
	return 0;
}

/* As config_duration(), which this file must not know. */
static int parse_duration(const char *text, uint64_t *ns)
{
	static const struct {
		const char *name;
		double ns;
	} unit[] = {
		{ "ms", 1e6 }, { "s", 1e9 }, { "m", 60e9 }, { "h", 3600e9 }
	};
	const char *end;
	double value;

	if (parse_number(text, &end, &value))
		return -EINVAL;
	for (size_t i = 0; i < sizeof(unit) / sizeof(*unit); i++) {
		if (strcmp(end, unit[i].name) != 0)
			continue;
		if (value * unit[i].ns > (double)FOR_MAX_NS)
			return -EINVAL;
		*ns = (uint64_t)(value * unit[i].ns);
		return 0;
	}
	return -EINVAL;
}

static int parse_for(struct parser *p, struct policy_when *when, size_t at)
{
	if (p->words != at + 2 || strcmp(p->word[at], "for") != 0)
		return wrong(p, "it must end with how long, as in \"for 60s\"");
	if (parse_duration(p->word[at + 1], &when->for_ns))
		return wrong(p,
			     "\"%s\" is not a duration from 0s to 24h, such as "
			     "500ms, 30s or 2m",
			     p->word[at + 1]);
	return 0;
}

int policy_when_parse(const char *text, struct policy_when *when, char *why,
		      size_t why_len)
{
	struct parser p = { .why = why, .why_len = why_len };
	size_t at = 0;
	int err = split(&p, text);

	memset(when, 0, sizeof(*when));
	if (!err)
		memcpy(when->text, text, strlen(text) + 1);
	if (!err && p.words < 5)
		return wrong(&p, "expected METRIC > VALUE for DURATION, such "
				 "as cpu > 80%% for 60s");
	if (!err)
		err = parse_metric(&p, when);
	if (!err)
		err = parse_compare(&p, when);
	if (!err)
		err = parse_value(&p, when, &at);
	return err ? err : parse_for(&p, when, at);
}

/* The figure to be compared; false: it is not known. */
static bool find_figure(const struct policy_when *when,
			const struct policy_figures *f, double *value)
{
	const struct metric_word *metric = &metrics[when->metric];

	if (!figure_known(f, metric->figure))
		return false;
	*value = f->v[metric->figure];
	if (metric->more != NO_FIGURE) {
		if (!figure_known(f, metric->more))
			return false;
		*value += f->v[metric->more];
	}
	if (!when->of_limit)
		return true;
	if (!figure_known(f, metric->limit) || f->v[metric->limit] <= 0)
		return false;
	*value = *value * 100 / f->v[metric->limit];
	return true;
}

static bool compares_so(const struct policy_when *when, double value)
{
	switch (when->compare) {
	case COMPARE_ABOVE:
		return value > when->value;
	case COMPARE_AT_LEAST:
		return value >= when->value;
	case COMPARE_BELOW:
		return value < when->value;
	case COMPARE_AT_MOST:
		return value <= when->value;
	}
	return false;
}

/*
 * A figure over time speaks for all of the time since the sample before, any
 * other for its own moment.
 */
static uint64_t begin_of(const struct policy_when *when,
			 const struct policy_sample *sample)
{
	return metrics[when->metric].over_time && sample->before_ns
		       ? sample->before_ns
		       : sample->boottime_ns;
}

void policy_run_add(struct policy_run *run, const struct policy_when *when,
		    const struct policy_sample *sample)
{
	bool goes_on = run->state == RUN_HOLDS && sample->before_ns &&
		       sample->before_ns == run->last_ns;
	double value;

	if (!find_figure(when, &sample->figures, &value)) {
		*run = (struct policy_run){ .state = RUN_UNKNOWN };
		return;
	}
	if (!compares_so(when, value)) {
		*run = (struct policy_run){ .state = RUN_BROKEN };
		return;
	}
	if (!goes_on)
		run->since_ns = begin_of(when, sample);
	run->state = RUN_HOLDS;
	run->last_ns = sample->boottime_ns;
}

bool policy_run_fulfils(const struct policy_run *run,
			const struct policy_when *when)
{
	return run->state == RUN_HOLDS &&
	       run->last_ns - run->since_ns >= when->for_ns;
}
