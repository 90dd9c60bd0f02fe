/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a word that is being typed may become. complete.c finds out what kind of
 * word it is and owns what shells read; complete_words.c has the candidates of
 * each kind. Neither knows a shell: candidates are not quoted.
 */
#ifndef SYSMON_CLI_COMPLETE_H
#define SYSMON_CLI_COMPLETE_H

#include "opts.h"

struct complete {
	struct cli *cli;
	const char *before;  /* what stays of the word, in front of typed */
	size_t before_bytes; /* of it */
	const char *typed;   /* what the candidates begin with */
	unsigned int place;  /* of the argument, from 0 */
	const char *first;   /* the first argument, behind it; or NULL */
};

/* How it goes on: the first line, once, before any candidate. */
enum complete_kind {
	COMPLETE_WORDS, /* a blank may follow */
	COMPLETE_OPEN,	/* the candidates are beginnings */
	COMPLETE_FILES, /* any file will do; no candidates */
};
void complete_begin(enum complete_kind kind);

/* Prints a candidate, if it begins with what is typed; about may be NULL. */
void complete_offer(const struct complete *c, const char *word,
		    const char *about);
/*
 * Can it be typed as an argument? It has no control characters, nothing that
 * turns the direction of text, and does not look like an option.
 */
bool complete_is_plain(const char *word);

/* Each begins, and offers its kind. */
void complete_containers(struct complete *c);
void complete_policy(struct complete *c);
void complete_setting(struct complete *c);
void complete_value(struct complete *c, const struct opt *opt);

#endif
