/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A value as people read it: 12.3 MiB, 4m 05s, 2025-01-31 08:30:15, and - for
 * what is unknown. Pure; knows neither columns nor files.
 */
#ifndef SYSMON_CLI_CELL_H
#define SYSMON_CLI_CELL_H

#include "lib/field.h"
#include "lib/text.h"
#include "style.h"

/* Safe on a terminal, on one line, and fit for text_elide(). The caller frees
 * it; NULL: no memory. */
char *cell_text(const struct value *v, enum unit unit,
		enum text_charset charset);

/* Returns buf, of at least 16 bytes: 512 B, 12.3 MiB, 123 MiB. */
char *cell_bytes(double bytes, char *buf, size_t size);

/* Numbers stand at the right of their column. */
bool cell_is_right(enum unit unit);

/* How a value of the field is shown, such as an OOM kill in red. */
enum style cell_style(const struct field *field, const struct value *v);

#endif
