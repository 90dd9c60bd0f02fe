/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Owns the shape of the tables of sections and keys, which config_keys.c fills
 * and config_section.c walks.
 */
#ifndef SYSMON_CONFIG_KEYS_H
#define SYSMON_CONFIG_KEYS_H

#include "config_ctx.h"

struct config_key {
	const char *name; /* NULL ends a table */
	void (*set)(struct config_ctx *ctx, const char *key, const char *value);
	bool repeats; /* may be given more than once in a section */
	bool shell;   /* a '#' in its value is the shell's */
};

enum naming {
	UNNAMED,
	NAMED,
	NAME_OPTIONAL,
};

struct config_section {
	const char *title;
	enum naming naming;
	bool drop_in; /* allowed in policy.d */
	/* Begins an item; returns 0 or -ENOMEM. */
	int (*open)(struct config_ctx *ctx, const char *name);
	/* Checks that the item is complete. */
	void (*close)(struct config_ctx *ctx);
	const struct config_key *key;
};

extern const struct config_section config_sections[];
extern const size_t config_sections_count;

/* config_http.c: the section [http], and its defaults (0 or -ENOMEM). */
extern const struct config_key config_http_keys[];
void config_http_close(struct config_ctx *ctx);
int config_http_complete(struct http_config *http);

/* Whether two kinds of sections share their names: jobs and start-up do. */
bool config_same_names(const struct config_section *a,
		       const struct config_section *b);

/* Makes room for one more item, zeroed; returns it, or NULL with nomem set. */
void *config_append(struct config_ctx *ctx, void *array_of, size_t *count,
		    size_t size);
/* Replaces *to by a copy; sets nomem when there is no memory. */
void config_set_string(struct config_ctx *ctx, char **to, const char *value);

#endif
