/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The small pieces that lines of a screen are made of: styles, numbers, cleaned
 * texts, bars. Pure; knows no line and no screen.
 */
#ifndef SYSMON_CLI_PUT_H
#define SYSMON_CLI_PUT_H

#include <stdio.h>

#include "lib/field.h"
#include "lib/text.h"
#include "style.h"

static inline void put_style(enum style style, FILE *to)
{
	putc((int)style, to);
}

/* " word 12.3"; a dash for what is not known, or no limit. */
void put_number(const char *word, const struct value *v, enum unit unit,
		FILE *to);

/* A text of any bytes, cleaned and cut to so many columns. */
void put_text(const struct value *v, enum unit unit, unsigned int width,
	      enum text_charset charset, FILE *to);

/* [||||||      ], so many columns within, in the colour of how full it is. */
void put_bar(double share, unsigned int width, FILE *to);

/* The colour of how full it is. */
enum style put_share_style(double share);

#endif
