/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Copies the containers of the last tick into facts. Pure.
 */
#ifndef SYSMON_HTTP_GATHER_H
#define SYSMON_HTTP_GATHER_H

#include <stdio.h>

#include "http_facts.h"
#include "step.h"

struct http_gather {
	struct http_facts *facts;
	FILE *text;
	size_t room;
	size_t size; /* of facts->text */
	bool failed;
};

/* Begins, with room for so many. 0 or -ENOMEM. */
int http_gather_begin(struct http_gather *g, struct http_facts *facts,
		      size_t containers);

/* Adds one; as step_containers() calls it. Other than 0: no memory. */
int http_gather_add(void *gather, const struct step_container *c);

/* Ends it, also after a failure. 0 or -ENOMEM. */
int http_gather_end(struct http_gather *g);

#endif
