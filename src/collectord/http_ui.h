/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The page at /ui: which files it is of, read once from a folder into memory.
 * They are the same for everyone and hold no figures. Knows no connection.
 */
#ifndef SYSMON_HTTP_UI_H
#define SYSMON_HTTP_UI_H

#include <stdbool.h>

#include "http_answer.h"

#define HTTP_UI_FILES	 8
#define HTTP_UI_FILE_MAX (1u << 20) /* bytes */

struct http_ui {
	/* Of each file its answer, of which others are borrowed; status 0: it
	 * is not there. */
	struct http_answer file[HTTP_UI_FILES];
};

/* Which file of the page has that path; false: none has. */
bool http_ui_find(const char *path, unsigned int *file);

/* Reads what there is in @dir. Whether that is a page at all: if not, *ui is
 * empty and why, of size bytes, says what is wrong. */
bool http_ui_load(const char *dir, struct http_ui *ui, char *why, size_t size);
void http_ui_free(struct http_ui *ui);

/* Whether there is an answer, of which the body stays the page's; if not,
 * *refusal says why. */
bool http_ui_answer(const struct http_ui *ui, unsigned int file,
		    struct http_answer *answer, struct http_refusal *refusal);

#endif
