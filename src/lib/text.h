/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Makes bytes that others chose (names, commands, paths) fit to print: on a
 * terminal, in JSON, in CSV. Pure, but for the locale behind wcwidth(). Knows
 * neither files nor what the text stands for.
 */
#ifndef SYSMON_TEXT_H
#define SYSMON_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What text_next() returns for a byte that is not part of valid UTF-8. */
#define TEXT_INVALID UINT32_MAX

enum text_charset {
	TEXT_UTF8,
	TEXT_ASCII, /* for a terminal that may take bytes above 0x7f amiss */
};

/*
 * Decodes the code point at *p, moves *p behind it. Overlong forms,
 * surrogates and what lies above U+10FFFF are invalid, a byte at a time.
 * *p must be below end.
 */
uint32_t text_next(const char **p, const char *end);

/*
 * The following return a zero-terminated string that the caller frees, or
 * NULL when out of memory. src need not be zero-terminated and may hold any
 * bytes, zero included.
 */

/* Valid UTF-8: each invalid or zero byte becomes U+FFFD, all else is kept. */
char *text_utf8(const char *src, size_t len);

/*
 * One line that is safe on a terminal: controls (C0, C1, DEL), line
 * separators and bidirectional overrides become visible as \n, \t, \x1b or
 * \u{202e}, invalid bytes U+FFFD or, in ASCII, \xff.
 */
char *text_terminal(const char *src, size_t len, enum text_charset charset);

/*
 * A CSV field: text_terminal() in UTF-8, quoted as RFC 4180 says where it must
 * be. What a spreadsheet may take for a formula is left as it is.
 */
char *text_csv(const char *src, size_t len);

/* Whether both are the same text, or both NULL. */
bool text_is_same(const char *a, const char *b);

/* Columns that a text_terminal() string takes on a terminal. */
unsigned int text_width(const char *s);

/*
 * Shortens a text_terminal() string to at most width columns in place, the
 * last one then an ellipsis (a tilde in ASCII). Returns its columns. The
 * string's memory must have room for three bytes behind its end, which
 * text_terminal() sees to.
 */
unsigned int text_elide(char *s, unsigned int width, enum text_charset charset);

/* Edits (insert, delete, replace, swap) between two words, at most limit. */
unsigned int text_distance(const char *a, const char *b, unsigned int limit);

#endif
