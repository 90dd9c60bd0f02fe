// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the fuzzing of the policy: a configuration with rules behind a line with
 * a container's name, image, command and a label, tabs between them. libFuzzer's
 * entry point.
 */
#include <math.h>

#include "collectord/config.h"
#include "fuzz.h"

#define CONTAINERS 3

/* A threshold that is read says the same when it is read again. */
static void check_when(const struct policy_when *when)
{
	struct policy_sample sample = { .boottime_ns = 1 };
	struct policy_run run = { 0 };
	struct policy_when again;
	char why[160];

	REQUIRE(isfinite(when->value));
	REQUIRE(!policy_when_parse(when->text, &again, why, sizeof(why)));
	REQUIRE(memcmp(when, &again, sizeof(again)) == 0);
	for (int i = 0; i < FIGURE_COUNT; i++)
		figure_set(&sample.figures, (enum policy_figure)i, i);
	policy_run_add(&run, when, &sample);
	policy_run_fulfils(&run, when);
}

/* Each is surplus, or is told why it is not; none that is protected goes. */
static void check_decisions(const struct policy_rule *rule,
			    const struct policy_container *c)
{
	struct policy_verdict verdict[CONTAINERS];
	struct policy_decision decision[CONTAINERS];
	size_t count;
	char text[256];

	REQUIRE(!policy_decide(rule, c, CONTAINERS, 1, verdict, decision,
			       &count));
	REQUIRE(count <= CONTAINERS);
	for (size_t i = 0; i < count; i++) {
		size_t which = decision[i].container;
		const char *protect =
			meta_label(c[which].meta, POLICY_PROTECT_LABEL);

		REQUIRE(verdict[which].reason == POLICY_ACT);
		REQUIRE(!protect || strcmp(protect, "true") != 0);
	}
	for (size_t i = 0; i < CONTAINERS; i++) {
		policy_reason_text(rule, &verdict[i], text, sizeof(text));
		REQUIRE(*text);
	}
	for (size_t i = 0; i < rule->whens; i++)
		check_when(&rule->when[i]);
}

/* As engines would tell of it: text, or nothing known. */
static char *next_word(char **p)
{
	char *word = strsep(p, "\t");

	return word && *word ? word : NULL;
}

static void read_container(char *line, struct container_meta *meta,
			   struct meta_label *label)
{
	*meta = (struct container_meta){ .id = (char *)"0", .started_ns = 1 };
	meta->name = next_word(&line);
	meta->image = next_word(&line);
	meta->command = next_word(&line);
	label->key = next_word(&line);
	label->value = line ? line : (char *)"";
	meta->have_labels = true;
	meta->label = label;
	meta->labels = label->key ? 1 : 0;
}

static void decide(const struct config *config, char *line)
{
	struct policy_run run[POLICY_WHEN_MAX] = { 0 };
	struct policy_figures figures = { 0 };
	struct container_meta meta[CONTAINERS - 1];
	struct meta_label label;
	struct policy_container c[CONTAINERS];

	read_container(line, &meta[0], &label);
	meta[1] = meta[0];
	meta[1].id = (char *)"1";
	meta[1].started_ns = 2;
	for (size_t i = 0; i < CONTAINERS; i++)
		c[i] = (struct policy_container){ .running = true,
						  .run = run,
						  .figures = &figures };
	c[0].meta = &meta[0];
	c[1].meta = &meta[1]; /* nothing is known of the last one */
	for (size_t i = 0; i < config->rules; i++)
		check_decisions(&config->rule[i], c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct config_error err;
	struct lines lines = lines_of(data, size);
	char *line = lines_next(&lines, NULL);
	struct config config;

	if (line && lines.p < lines.end &&
	    !config_parse("f", lines.p, (size_t)(lines.end - lines.p), &config,
			  &err)) {
		decide(&config, line);
		config_free(&config);
	}
	free(lines.copy);
	return 0;
}
