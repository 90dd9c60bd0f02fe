// SPDX-License-Identifier: GPL-2.0
/* Copies the containers of the last tick into facts. Pure. */
#include "http_gather.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "http_metrics.h"

int http_gather_begin(struct http_gather *g, struct http_facts *facts,
		      size_t containers)
{
	*g = (struct http_gather){ .facts = facts, .room = containers };
	facts->container = calloc(containers + 1, sizeof(*facts->container));
	g->text = open_memstream(&facts->text, &g->size);
	g->failed = !facts->container || !g->text;
	return g->failed ? -ENOMEM : 0;
}

/* The text may move as it grows: until the end, a length is all there is. */
int http_gather_add(void *gather, const struct step_container *from)
{
	struct http_gather *g = gather;
	struct http_facts *f = g->facts;
	struct http_container *to = &f->container[f->containers];
	size_t size = from->devices * sizeof(*to->device);
	off_t begin = ftello(g->text);

	if (f->containers == g->room)
		return 0;
	http_metrics_labels(g->text, from);
	*to = (struct http_container){
		.labels_len = (size_t)(ftello(g->text) - begin),
		.started_ns = from->started_ns,
		.m = *from->m,
		.device = size ? malloc(size) : NULL,
		.devices = from->devices,
	};
	f->containers++;
	g->failed |= size && !to->device;
	if (g->failed)
		return -ENOMEM;
	if (size)
		memcpy(to->device, from->device, size);
	return 0;
}

int http_gather_end(struct http_gather *g)
{
	const char *text;
	size_t i;

	if (g->text) {
		g->failed |= ferror(g->text) != 0;
		g->failed |= fclose(g->text) != 0;
	}
	if (g->failed)
		return -ENOMEM;
	text = g->facts->text;
	for (i = 0; i < g->facts->containers; i++) {
		g->facts->container[i].labels = text;
		text += g->facts->container[i].labels_len;
	}
	return 0;
}
