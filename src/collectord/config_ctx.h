/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Owns the state of one reading of the configuration, shared by the config_*.c
 * files and nobody else.
 */
#ifndef SYSMON_CONFIG_CTX_H
#define SYSMON_CONFIG_CTX_H

#include "config.h"

#define CONFIG_KEYS_MAX	    32 /* in one section */
#define CONFIG_SECTIONS_MAX 8  /* kinds of sections */

struct config_section; /* one kind of section: its name and keys */

/* A section that was met, to find its namesake. */
struct config_seen {
	const struct config_section *kind;
	char *name;
	char *file;
	unsigned int line;
};

struct config_ctx {
	struct config *out;
	struct config_error *err;
	struct config_seen *seen;
	size_t seens;
	bool nomem;

	/* the file being read */
	const char *file;
	unsigned int line;
	bool drop_in;

	/* the section being read; NULL before the first and in a bad one */
	const struct config_section *section;
	bool bad_section; /* its keys are passed over: one error is enough */
	unsigned int section_line;
	unsigned int key_line[CONFIG_KEYS_MAX]; /* 0: not given yet */
};

/* Adds "FILE:LINE: message"; line 0 leaves the line out. */
void config_fail(struct config_ctx *ctx, unsigned int line, const char *format,
		 ...) __attribute__((format(printf, 3, 4)));

/* config_ini.c: splits a file into sections and keys. Returns 0 or -ENOMEM. */
int config_ini(struct config_ctx *ctx, const char *buf, size_t len);

/* config_section.c: what the sections and keys mean. */
void config_section_open(struct config_ctx *ctx, const char *title, size_t len);
void config_section_key(struct config_ctx *ctx, const char *key,
			const char *value);
void config_section_close(struct config_ctx *ctx);

/* config_value.c: returns 0, or -EINVAL when the text is not such a value. */
int config_bool(const char *text, bool *value);
int config_uint(const char *text, unsigned int max, unsigned int *value);
/* "SIGTERM", "TERM" or "15", to the number. */
int config_signal(const char *text, unsigned int *number);
/* The index of @text in a NULL-ended list, or -EINVAL. */
int config_choice(const char *text, const char *const *choice);
/* The nearest of a NULL-ended list when it is a likely slip, or NULL. */
const char *config_nearest(const char *text, const char *const *choice);
/* "a, b or c"; always zero-terminated. Returns buf. */
const char *config_listing(const char *const *choice, char *buf, size_t len);

#endif
