// SPDX-License-Identifier: GPL-2.0
/*
 * The candidates of each kind of word: containers, times, metrics, ... Knows no
 * subcommand and no shell.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collectord/config.h"
#include "columns.h"
#include "complete.h"
#include "lib/event_type.h"
#include "lib/history.h"
#include "lib/timerange.h"
#include "reader.h"
#include "snapshot.h"

#define SHORT_ID     12 /* digits, as docker has it */
#define LONG_ID	     64
#define LOCK_WAIT_MS 100 /* a key press waits no longer */

/* Whoever waits for a list gives it separated by "|". */
static void offer_listed(const struct complete *c, const char *list)
{
	char word[40];
	size_t len;

	for (; *list; list += len + (list[len] == '|')) {
		len = strcspn(list, "|");
		snprintf(word, sizeof(word), "%.*s", (int)len, list);
		complete_offer(c, word, NULL);
	}
}

static bool is_listed(const char *list, const char *word)
{
	size_t len = strlen(word);
	const char *at = strstr(list, word);

	return at && (at == list || at[-1] == '|') &&
	       (!at[len] || at[len] == '|');
}

/* The text with a zero behind it; NULL for none, or one that holds a zero. */
static char *value_string(const struct value *v)
{
	if (v->type != VALUE_TEXT || memchr(v->s.p, 0, v->s.len))
		return NULL;
	return strndup(v->s.p, v->s.len);
}

/* By its name, if that can be typed; else by its id. */
static void offer_container(const struct complete *c, enum candidate_by by,
			    const struct value *row)
{
	char *name = value_string(&row[CANDIDATE_NAME]);
	char *key = value_string(&row[CANDIDATE_KEY]);
	char *image = value_string(&row[CANDIDATE_IMAGE]);
	char about[256];

	snprintf(about, sizeof(about), "%s%s",
		 by == CANDIDATE_BY_KEY && name ? name
		 : image			? image
						: "container",
		 row[CANDIDATE_RUNNING].i ? "" : " (stopped)");
	if (key && strlen(key) == LONG_ID && strlen(c->typed) <= SHORT_ID)
		key[SHORT_ID] = 0;
	if (by == CANDIDATE_BY_NAME && name && complete_is_plain(name))
		complete_offer(c, name, about);
	else if (key && complete_is_plain(key))
		complete_offer(c, key, about);
	free(image);
	free(key);
	free(name);
}

static void offer_containers(const struct complete *c, struct query *q,
			     enum candidate_by by)
{
	struct value row[CANDIDATE_COUNT + 1];
	struct cursor cursor;

	if (query_candidates(q, by, c->typed, &cursor))
		return;
	while (cursor_next(&cursor, row) > 0)
		offer_container(c, by, row);
	cursor_close(&cursor);
}

static int open_quickly(const struct complete *c, struct reader *reader)
{
	int r = reader_open(c->cli, reader);

	if (!r)
		sqlite3_busy_timeout(reader->db, LOCK_WAIT_MS);
	return r;
}

/* Ids are for who begins to type one, or for what has no name. */
void complete_containers(struct complete *c)
{
	struct reader reader;

	complete_begin(COMPLETE_WORDS);
	if (c->cli->opt.system || open_quickly(c, &reader))
		return;
	offer_containers(c, reader.query, CANDIDATE_BY_NAME);
	offer_containers(c, reader.query,
			 *c->typed ? CANDIDATE_BY_KEY : CANDIDATE_UNNAMED);
	reader_close(&reader);
}

void complete_policy(struct complete *c)
{
	if (!c->place) {
		complete_begin(COMPLETE_WORDS);
		offer_listed(c, "log|explain|check");
	} else if (!strcmp(c->first, "log")) {
		complete_containers(c);
	} else {
		complete_begin(strcmp(c->first, "check") ? COMPLETE_WORDS
							 : COMPLETE_FILES);
	}
}

void complete_setting(struct complete *c)
{
	complete_begin(COMPLETE_OPEN);
	if (!strchr(c->typed, '='))
		offer_listed(c, "interval=|match=");
	else
		offer_listed(c, "interval=100ms|interval=500ms|interval=1s|"
				"interval=5s|interval=10s|interval=60s");
}

/* With the time that each one means now. */
static void complete_time(const struct complete *c)
{
	static const char *const words[] = { "now",  "today", "yesterday",
					     "-10m", "-1h",   "-6h",
					     "-1d",  "-7d" };
	char about[32];
	int64_t ns;
	size_t i;

	complete_begin(COMPLETE_WORDS);
	for (i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (!time_parse(words[i], c->cli->now_ns, &ns, NULL))
			complete_offer(c, words[i],
				       time_format(ns, about, sizeof(about)));
}

/* In a list the words before the last one stay. */
static void begin_list(struct complete *c)
{
	const char *comma = strrchr(c->typed, ',');

	complete_begin(COMPLETE_OPEN);
	if (!comma)
		return;
	/* The value is the end of the word, so that what stays is one piece. */
	if (!c->before_bytes)
		c->before = c->typed;
	c->before_bytes = (size_t)(comma + 1 - c->before);
	c->typed = comma + 1;
}

static void complete_metrics(struct complete *c)
{
	const struct history_table *table =
		c->cli->opt.system ? &history_system : &history_container;
	unsigned int i;

	begin_list(c);
	for (i = 0; i < table->rate_count; i++)
		complete_offer(c, table->fields[POINT_RATES + i].key,
			       table->fields[POINT_RATES + i].title);
}

static void complete_event_types(struct complete *c)
{
	const char *name;
	uint32_t i;

	begin_list(c);
	for (i = 1; (name = event_type_name(i)) != NULL; i++)
		complete_offer(c, name, NULL);
	complete_offer(c, "gap", NULL);
	complete_offer(c, "alarm", NULL);
}

/* The short words; a key of the document once it is begun. */
static void complete_sort_key(const struct complete *c)
{
	unsigned int i;

	complete_begin(COMPLETE_WORDS);
	offer_listed(c, snapshot_sort_words);
	for (i = 0; *c->typed && i < history_container.rate_count; i++) {
		const struct field *field =
			&history_container.fields[POINT_RATES + i];

		if (snapshot_sort_field(field->key) >= 0 &&
		    !is_listed(snapshot_sort_words, field->key))
			complete_offer(c, field->key, field->title);
	}
}

static void complete_columns(struct complete *c)
{
	unsigned int i;

	begin_list(c);
	for (i = 0; i < TOP_COUNT; i++)
		if (columns_offers(i))
			complete_offer(c, snapshot_sort_word(i),
				       top_fields[i].title);
}

static void offer_rule(const struct complete *c, const struct policy_rule *rule)
{
	char about[64];

	snprintf(about, sizeof(about), "%s%s", policy_verb_name(rule->verb),
		 !rule->enabled			? " (disabled)"
		 : rule->mode == POLICY_DRY_RUN ? " (dry-run)"
						: "");
	complete_offer(c, rule->name, about);
}

/* Those that there were. */
static void offer_recorded_rules(const struct complete *c,
				 const struct config *config, struct query *q)
{
	struct value row[2];
	struct cursor cursor;
	char *name;

	if (query_rules(q, &cursor))
		return;
	while (cursor_next(&cursor, row) > 0) {
		name = value_string(&row[0]);
		if (name && complete_is_plain(name) &&
		    !config_rule(config, name))
			complete_offer(c, name, "in the record");
		free(name);
	}
	cursor_close(&cursor);
}

/* The configuration may not be for everybody to read, nor the record. */
static void complete_rules(const struct complete *c)
{
	const struct options *opt = &c->cli->opt;
	static struct config_error err;
	struct config config;
	struct reader reader;

	complete_begin(COMPLETE_WORDS);
	config_load(opt->config, opt->policy_dir, &config, &err);
	for (size_t i = 0; i < config.rules; i++)
		offer_rule(c, &config.rule[i]);
	if (!open_quickly(c, &reader)) {
		offer_recorded_rules(c, &config, reader.query);
		reader_close(&reader);
	}
	config_free(&config);
}

static void complete_list(const struct complete *c, const char *list)
{
	complete_begin(COMPLETE_WORDS);
	offer_listed(c, list);
}

void complete_value(struct complete *c, const struct opt *opt)
{
	switch (opt->type) {
	case OPT_PATH:
		complete_begin(COMPLETE_FILES);
		break;
	case OPT_CONTAINER:
		complete_containers(c);
		break;
	case OPT_SORT_KEY:
		complete_sort_key(c);
		break;
	case OPT_COLUMNS:
		complete_columns(c);
		break;
	case OPT_METRICS:
		complete_metrics(c);
		break;
	case OPT_EVENT_TYPES:
		complete_event_types(c);
		break;
	case OPT_RULE:
		complete_rules(c);
		break;
	case OPT_TIME:
		complete_time(c);
		break;
	case OPT_STEP:
		complete_list(c, "auto|raw|10s|1m|5m|15m|1h|1d");
		break;
	case OPT_CHOICE:
		complete_list(c, opt->arg);
		break;
	case OPT_FLAG:
	case OPT_SET:
	case OPT_TEXT:
	case OPT_NUMBER:
		complete_begin(COMPLETE_WORDS);
		break;
	}
}
