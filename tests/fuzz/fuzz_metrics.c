// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the fuzzing of labels for Prometheus: a container's path, name and image
 * and its engine's labels, a line each, as text that is read back by the rules
 * of the format. libFuzzer's entry point.
 */
#include <ctype.h>

#include "collectord/http_metrics.h"
#include "fuzz.h"

#define LABELS_MAX 40

/* Behind the name, which is one; NULL when it is none. */
static const char *skip_name(const char *p)
{
	if (!isalpha((unsigned char)*p) && *p != '_')
		return NULL;
	while (isalnum((unsigned char)*p) || *p == '_')
		p++;
	return p;
}

/* Behind the value in quotes: only three escapes are known. */
static const char *skip_value(const char *p)
{
	if (*p++ != '"')
		return NULL;
	for (; *p != '"'; p++) {
		if (!*p || *p == '\n')
			return NULL;
		if (*p == '\\' && !strchr("\\\"n", *++p))
			return NULL;
	}
	return p + 1;
}

static bool is_seen(const char *const *name, const size_t *len, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (len[i] == len[n] && !memcmp(name[i], name[n], len[n]))
			return true;
	return false;
}

/* name="value",name="value", no name twice, all of it UTF-8. */
static void check_labels(const char *text)
{
	const char *name[LABELS_MAX], *p = text, *end;
	size_t len[LABELS_MAX], n = 0;

	for (;; p++) {
		REQUIRE(n < LABELS_MAX);
		end = skip_name(p);
		REQUIRE(end && *end == '=');
		name[n] = p;
		len[n] = (size_t)(end - p);
		REQUIRE(!is_seen(name, len, n));
		n++;
		p = skip_value(end + 1);
		REQUIRE(p);
		if (!*p)
			break;
		REQUIRE(*p == ',');
	}
	for (p = text, end = text + strlen(text); p < end;)
		REQUIRE(text_next(&p, end) != TEXT_INVALID);
}

static char *next(struct lines *lines)
{
	char *line = lines_next(lines, NULL);

	return line && *line ? line : NULL;
}

static size_t take_labels(struct lines *lines, struct meta_label *label)
{
	size_t n = 0;
	char *line;

	while (n < LABELS_MAX && (line = lines_next(lines, NULL))) {
		label[n].key = strsep(&line, "=");
		label[n++].value = line ? line : (char *)"";
	}
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lines lines = lines_of(data, size);
	struct meta_label label[LABELS_MAX];
	struct container_meta meta = { .label = label };
	struct step_container c = { .key = "abc", .meta = &meta };
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	c.path = next(&lines);
	meta.name = next(&lines);
	meta.image = next(&lines);
	meta.labels = take_labels(&lines, label);
	REQUIRE(to);
	http_metrics_labels(to, &c);
	REQUIRE(!fclose(to));
	REQUIRE(strlen(text) == len);
	check_labels(text);
	free(text);
	free(lines.copy);
	return 0;
}
