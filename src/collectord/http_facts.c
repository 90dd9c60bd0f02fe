// SPDX-License-Identifier: GPL-2.0
/* The end of facts, and the statuses that are told apart. Pure. */
#include "http_facts.h"

#include <stdlib.h>

const unsigned int http_codes[HTTP_CODES_MAX] = { 200, 304, 400, 401, 403, 404,
						  405, 413, 421, 500, 503 };

unsigned int http_code_index(unsigned int status)
{
	unsigned int i = 0;

	while (http_codes[i] && http_codes[i] != status)
		i++;
	return i;
}

void http_facts_free(struct http_facts *facts)
{
	size_t i;

	if (!facts)
		return;
	for (i = 0; i < facts->containers; i++)
		free(facts->container[i].device);
	free(facts->text);
	free(facts->container);
	free(facts);
}
