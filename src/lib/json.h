/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rows as JSON, and JSON to a stream. Whatever bytes a value holds, the output
 * is valid JSON in valid UTF-8 without control characters. Knows no query and
 * no command.
 */
#ifndef SYSMON_JSON_H
#define SYSMON_JSON_H

#include <jansson.h>
#include <stdio.h>

#include "field.h"

/* A value in its unit; numbers rounded to what the unit can mean. */
json_t *json_value(const struct value *v, enum unit unit);

/*
 * An object of the row's fields that are shown in one of `show`. "a.b" makes
 * {"a":{"b":..}}; an object of which nothing is known is null as a whole.
 * Returns a new reference, or NULL when out of memory.
 */
json_t *json_row(const struct field *fields, unsigned int count,
		 const struct value *row, unsigned int show);

/* Writes a value as json_value() has it. Returns 0, -ENOMEM or -EIO. */
int json_write_value(FILE *to, const struct value *v, enum unit unit);

/* Writes it on one line, without a newline. Returns 0 or -EIO. */
int json_write(FILE *to, const json_t *json);

/* The row's object, as json_row(), but straight to the stream: fields of one
 * group must stand together. Returns 0, -ENOMEM or -EIO. */
int json_write_row(FILE *to, const struct field *fields, unsigned int count,
		   const struct value *row, unsigned int show);

#endif
