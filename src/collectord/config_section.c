// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the walk through sections and keys: finds each in the tables of
 * config_keys.c, once where it may be given once, and says what is allowed
 * where it is not found. Knows the meaning of none.
 */
#include <ctype.h>
#include <string.h>

#include "config_keys.h"

#define TITLE_MAX 64

static const struct config_section *find_section(const char *title)
{
	for (size_t i = 0; i < config_sections_count; i++)
		if (strcmp(title, config_sections[i].title) == 0)
			return &config_sections[i];
	return NULL;
}

static void fail_unknown_section(struct config_ctx *ctx, const char *title)
{
	const char *known[CONFIG_SECTIONS_MAX + 1] = { NULL };
	const char *nearest;
	char list[128];

	for (size_t i = 0; i < config_sections_count; i++)
		known[i] = config_sections[i].title;
	nearest = config_nearest(title, known);
	if (nearest)
		config_fail(ctx, ctx->line,
			    "unknown section [%s]: did you mean [%s]?", title,
			    nearest);
	else
		config_fail(ctx, ctx->line, "unknown section [%s]: expected %s",
			    title, config_listing(known, list, sizeof(list)));
}

/* Splits "[title name]" in place. Returns whether that worked. */
static bool split_title(struct config_ctx *ctx, char *text, char **title,
			char **name)
{
	size_t len = strlen(text);

	if (len < 3 || text[len - 1] != ']') {
		config_fail(ctx, ctx->line,
			    "a section's line must end with its ']'");
		return false;
	}
	text[len - 1] = '\0';
	*title = text + 1 + strspn(text + 1, " \t");
	*name = *title + strcspn(*title, " \t");
	if (**name)
		*(*name)++ = '\0';
	*name += strspn(*name, " \t");
	len = strlen(*name);
	while (len && isspace((unsigned char)(*name)[len - 1]))
		(*name)[--len] = '\0';
	return true;
}

static bool name_is_valid(const char *name)
{
	for (; *name; name++)
		if (!isalnum((unsigned char)*name) && !strchr("._-", *name))
			return false;
	return true;
}

static bool check_name(struct config_ctx *ctx, const struct config_section *s,
		       const char *name)
{
	if (s->naming == UNNAMED && *name)
		config_fail(ctx, ctx->line, "[%s] takes no name", s->title);
	else if (s->naming == NAMED && !*name)
		config_fail(ctx, ctx->line, "[%s] needs a name: [%s NAME]",
			    s->title, s->title);
	else if (!name_is_valid(name))
		config_fail(ctx, ctx->line,
			    "the name \"%s\" has other bytes than letters, "
			    "digits, '.', '_' and '-'",
			    name);
	else if (ctx->drop_in && !s->drop_in)
		config_fail(
			ctx, ctx->line,
			"[%s] belongs into the main file, not into a drop-in",
			s->title);
	else
		return true;
	return false;
}

static bool check_duplicate(struct config_ctx *ctx,
			    const struct config_section *s, const char *name)
{
	struct config_seen *seen;

	if (s->naming == NAME_OPTIONAL && !*name)
		name = "docker";
	for (size_t i = 0; i < ctx->seens; i++) {
		seen = &ctx->seen[i];
		if (!config_same_names(seen->kind, s) ||
		    strcmp(seen->name, name) != 0)
			continue;
		config_fail(ctx, ctx->line,
			    "[%s%s%s] is here twice, first at %s:%u", s->title,
			    *name ? " " : "", name, seen->file, seen->line);
		return false;
	}
	seen = config_append(ctx, &ctx->seen, &ctx->seens, sizeof(*seen));
	if (!seen)
		return false;
	seen->kind = s;
	seen->line = ctx->line;
	config_set_string(ctx, &seen->name, name);
	config_set_string(ctx, &seen->file, ctx->file);
	return !ctx->nomem;
}

static const struct config_section *begin_section(struct config_ctx *ctx,
						  char *text, char **name)
{
	const struct config_section *s;
	char *title;

	if (!split_title(ctx, text, &title, name))
		return NULL;
	s = find_section(title);
	if (!s) {
		fail_unknown_section(ctx, title);
		return NULL;
	}
	if (!check_name(ctx, s, *name) || !check_duplicate(ctx, s, *name))
		return NULL;
	return s;
}

void config_section_open(struct config_ctx *ctx, const char *title, size_t len)
{
	const struct config_section *s;
	char text[TITLE_MAX + 1];
	char *name;

	memset(ctx->key_line, 0, sizeof(ctx->key_line));
	ctx->section_line = ctx->line;
	ctx->section = NULL;
	ctx->bad_section = true;
	if (ctx->nomem)
		return;
	if (len > TITLE_MAX || memchr(title, '\0', len)) {
		config_fail(ctx, ctx->line,
			    "a section's line has at most %d bytes of text",
			    TITLE_MAX);
		return;
	}
	memcpy(text, title, len);
	text[len] = '\0';
	s = begin_section(ctx, text, &name);
	if (!s || (s->open && s->open(ctx, name)) || ctx->nomem)
		return;
	ctx->section = s;
	ctx->bad_section = false;
}

void config_section_close(struct config_ctx *ctx)
{
	if (ctx->section && ctx->section->close && !ctx->nomem)
		ctx->section->close(ctx);
	ctx->section = NULL;
	ctx->bad_section = false;
}

static void fail_unknown_key(struct config_ctx *ctx, const char *key)
{
	const struct config_key *k = ctx->section->key;
	const char *known[CONFIG_KEYS_MAX + 1] = { NULL };
	const char *nearest;
	char list[512];

	for (size_t i = 0; i < CONFIG_KEYS_MAX && k[i].name; i++)
		known[i] = k[i].name;
	nearest = config_nearest(key, known);
	if (nearest)
		config_fail(ctx, ctx->line,
			    "unknown key \"%s\" in [%s]: did you mean \"%s\"?",
			    key, ctx->section->title, nearest);
	else
		config_fail(ctx, ctx->line,
			    "unknown key \"%s\" in [%s]: expected %s", key,
			    ctx->section->title,
			    config_listing(known, list, sizeof(list)));
}

static const struct config_key *find_key(struct config_ctx *ctx,
					 const char *name)
{
	for (const struct config_key *k = ctx->section->key; k->name; k++)
		if (strcmp(k->name, name) == 0)
			return k;
	fail_unknown_key(ctx, name);
	return NULL;
}

static bool check_key(struct config_ctx *ctx, const struct config_key *key,
		      const char *value)
{
	unsigned int *line = &ctx->key_line[key - ctx->section->key];

	if (*line && !key->repeats)
		config_fail(ctx, ctx->line,
			    "%s is here twice, first in line %u", key->name,
			    *line);
	else if (!*value)
		config_fail(ctx, ctx->line, "%s has no value", key->name);
	else if (!key->shell && (strstr(value, " #") || strstr(value, "\t#")))
		config_fail(ctx, ctx->line,
			    "%s: a comment needs a line of its own", key->name);
	else
		return true;
	return false;
}

void config_section_key(struct config_ctx *ctx, const char *key,
			const char *value)
{
	const struct config_key *k;

	if (ctx->bad_section || ctx->nomem)
		return;
	if (!ctx->section) {
		config_fail(ctx, ctx->line,
			    "\"%s\" stands before the first [section]", key);
		return;
	}
	k = find_key(ctx, key);
	if (!k)
		return;
	if (check_key(ctx, k, value))
		k->set(ctx, key, value);
	ctx->key_line[k - ctx->section->key] = ctx->line;
}
