// SPDX-License-Identifier: GPL-2.0
/*
 * Owns struct container_meta, what an engine knows of one container. Pure
 * data: knows nothing of engines, JSON or policies.
 */
#include <stdlib.h>
#include <string.h>

#include "meta.h"

const char *meta_label(const struct container_meta *meta, const char *key)
{
	for (size_t i = meta->labels; i > 0; i--)
		if (strcmp(meta->label[i - 1].key, key) == 0)
			return meta->label[i - 1].value;
	return NULL;
}

void meta_free(struct container_meta *meta)
{
	if (!meta)
		return;
	for (size_t i = 0; i < meta->labels; i++) {
		free(meta->label[i].key);
		free(meta->label[i].value);
	}
	free(meta->label);
	free(meta->labels_json);
	free(meta->command);
	free(meta->image);
	free(meta->name);
	free(meta->id);
	free(meta);
}

const char *meta_state_name(enum meta_state state)
{
	switch (state) {
	case META_UNKNOWN:
		return "unknown";
	case META_CREATED:
		return "created";
	case META_RUNNING:
		return "running";
	case META_PAUSED:
		return "paused";
	case META_EXITED:
		return "exited";
	}
	return "unknown";
}
