/* SPDX-License-Identifier: GPL-2.0 */
/* One container closely: the detail pane of `top`. Pure; knows no screen. */
#ifndef SYSMON_CLI_DETAIL_H
#define SYSMON_CLI_DETAIL_H

#include <stdio.h>

#include "lib/text.h"
#include "scene.h"

/*
 * What there is to say of the container that the scene looks at, as lines for
 * so many columns. label is what it is called, of any bytes; for one that is
 * not in the tick there is little more. 0 or -ENOMEM.
 */
int detail_put(const struct scene *scene, const char *label,
	       unsigned int columns, enum text_charset charset, FILE *to);

#endif
