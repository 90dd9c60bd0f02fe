/* SPDX-License-Identifier: GPL-2.0 */
/* The machine, above the table of `top`. Pure; knows no screen. */
#ifndef SYSMON_CLI_HEADER_H
#define SYSMON_CLI_HEADER_H

#include <stdio.h>

#include "lib/text.h"
#include "scene.h"

/* The machine in three lines, as printed by `top --once` too. */
void header_put(const struct snapshot *s, FILE *to);

/*
 * The machine on a screen of so many rows and columns: with bars of single CPUs
 * if asked to, folded where they are too many, and with pressure, where there
 * is room. Returns how many lines it is.
 */
unsigned int header_draw(const struct scene *scene, bool cpus,
			 unsigned int rows, unsigned int columns,
			 enum text_charset charset, FILE *to);

#endif
