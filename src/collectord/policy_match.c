// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the making of a rule's regular expressions: compiles them and refuses
 * those that would take the C library for ever. Knows nothing of containers.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy.h"

#define TOO_MANY "repetitions {} multiply to more than 1024"

/* Steps over a bracket expression; returns its last byte or the zero. */
static const char *skip_bracket(const char *p)
{
	p++;
	if (*p == '^')
		p++;
	if (*p == ']')
		p++;
	for (; *p && *p != ']'; p++) {
		char kind = p[1];
		const char *end;

		if (*p != '[' || !kind || !strchr(":.=", kind))
			continue;
		for (end = p + 2; *end && !(*end == kind && end[1] == ']');)
			end++;
		if (!*end)
			return end;
		p = end + 1;
	}
	return p;
}

static unsigned long repetition(const char *p)
{
	char *end;
	unsigned long low = strtoul(p, &end, 10);

	return *end == ',' && end[1] != '}' ? strtoul(end + 1, NULL, 10) : low;
}

/*
 * The C library unrolls {n,m}, doubles what + repeats, takes for ever over what
 * is repeated again and again, and tries back-references one by one: nested, they
 * take gigabytes and minutes. Returns what is wrong, or NULL.
 */
static const char *too_costly(const char *p)
{
	unsigned long product = 1;
	unsigned int row = 0;

	for (; *p; p++) {
		row = strchr("*+?{", *p) ? row + 1 : 0;
		if (row > 2)
			return "more than two repetitions in a row";
		/* Behind a group or a repetition, + may be one of many. */
		if (strchr(")+*?}", *p) && p[1] == '+' && (product *= 2) > 1024)
			return TOO_MANY;
		if (*p == '\\') {
			if (p[1] >= '1' && p[1] <= '9')
				return "back-references are not allowed";
			if (p[1])
				p++;
		} else if (*p == '[') {
			p = skip_bracket(p);
			if (!*p)
				return NULL; /* regcomp has better words */
		} else if (*p == '{') {
			unsigned long n = repetition(p + 1);

			if (n > 1024 || (n && (product *= n) > 1024))
				return TOO_MANY;
			p += strcspn(p + 1, "}");
			if (p[1] == '}')
				p++;
		}
	}
	return NULL;
}

static int compile(regex_t *regex, const char *pattern, size_t captures,
		   char *err, size_t err_len)
{
	const char *costly = too_costly(pattern);
	int code;

	if (costly) {
		snprintf(err, err_len, "%s", costly);
		return -EINVAL;
	}
	code = regcomp(regex, pattern,
		       REG_EXTENDED | (captures ? 0 : REG_NOSUB));
	if (code) {
		regerror(code, regex, err, err_len);
		return code == REG_ESPACE ? -ENOMEM : -EINVAL;
	}
	if (regex->re_nsub >= captures)
		return 0;
	regfree(regex);
	snprintf(err, err_len,
		 "needs a part in parentheses, which names the group");
	return -EINVAL;
}

int policy_match_init(struct policy_match *match, enum policy_field field,
		      const char *label, const char *pattern, size_t captures,
		      char *err, size_t err_len)
{
	int ret;

	memset(match, 0, sizeof(*match));
	match->field = field;
	if (pattern) {
		ret = compile(&match->regex, pattern, captures, err, err_len);
		if (ret)
			return ret;
		match->pattern = strdup(pattern);
		if (!match->pattern) {
			regfree(&match->regex);
			goto nomem;
		}
	}
	if (label) {
		match->label = strdup(label);
		if (!match->label)
			goto nomem;
	}
	return 0;
nomem:
	policy_match_free(match);
	snprintf(err, err_len, "out of memory");
	return -ENOMEM;
}

void policy_match_free(struct policy_match *match)
{
	if (match->pattern) {
		regfree(&match->regex);
		free(match->pattern);
	}
	free(match->label);
	memset(match, 0, sizeof(*match));
}
