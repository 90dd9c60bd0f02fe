/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who and why, in plain words: a sentence of an event's or a stop's row. Pure;
 * knows no query and no output. The sentence holds bytes that containers
 * chose: it must go through text_terminal(), as every text in a table does.
 */
#ifndef SYSMON_CLI_WORDS_H
#define SYSMON_CLI_WORDS_H

#include "lib/query_fields.h"

/* Longer sentences are cut. */
#define WORDS_MAX 512

/*
 * Writes into buf, of WORDS_MAX bytes, and returns it as a value; null when
 * there is nothing to say. row: EVENT_FIELDS, or STOP_FIELDS.
 */
struct value words_event(const struct value *row, char *buf);
struct value words_stop(const struct value *row, char *buf);

/* The column that a sentence goes to, and who says it. */
struct words_column {
	unsigned int at;
	struct value (*say)(const struct value *row, char *buf);
};

#endif
