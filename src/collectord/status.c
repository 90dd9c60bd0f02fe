// SPDX-License-Identifier: GPL-2.0
/* The list of status.h as a table. */
#include "status.h"

#define STATUS_ENTRY(key, knd, doc) \
	{ .name = #key,             \
	  .type = STATUS_##knd,     \
	  .offset = offsetof(struct status, key) },

const struct status_key status_keys[] = { STATUS_KEYS(STATUS_ENTRY) };
const size_t status_key_count = sizeof(status_keys) / sizeof(status_keys[0]);
