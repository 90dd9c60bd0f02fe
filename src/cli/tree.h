/* SPDX-License-Identifier: GPL-2.0 */
/* Containers in containers: each behind the one that it is in. Pure. */
#ifndef SYSMON_CLI_TREE_H
#define SYSMON_CLI_TREE_H

#include "lib/snapshot.h"

/*
 * Puts each container of the snapshot's order behind the one that it is in, as
 * far as that is shown; those of one parent stay in their order. *depth, which
 * the caller frees, says how deep each row of the order is. 0 or -ENOMEM.
 */
int tree_arrange(struct snapshot *s, unsigned int **depth);

#endif
