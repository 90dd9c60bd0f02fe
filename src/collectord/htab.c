// SPDX-License-Identifier: GPL-2.0
/* The hash table of htab.h: chained, doubled when it holds one a bucket. */
#include "htab.h"

#include <errno.h>
#include <stdlib.h>

#define HTAB_BUCKETS 64

int htab_init(struct htab *t)
{
	*t = (struct htab){ .mask = HTAB_BUCKETS - 1 };
	t->bucket = calloc(HTAB_BUCKETS, sizeof(struct hnode *));
	return t->bucket ? 0 : -ENOMEM;
}

void htab_free(struct htab *t)
{
	free(t->bucket);
	*t = (struct htab){ 0 };
}

static void grow(struct htab *t)
{
	size_t size = (t->mask + 1) * 2;
	struct hnode **bucket = calloc(size, sizeof(*bucket));

	if (!bucket)
		return;
	for (size_t i = 0; i <= t->mask; i++) {
		struct hnode *node = t->bucket[i], *next;

		for (; node; node = next) {
			struct hnode **to = &bucket[node->hash & (size - 1)];

			next = node->next;
			node->next = *to;
			*to = node;
		}
	}
	free(t->bucket);
	t->bucket = bucket;
	t->mask = size - 1;
}

void htab_add(struct htab *t, struct hnode *node, uint64_t hash)
{
	struct hnode **head;

	if (t->count > t->mask)
		grow(t);
	head = &t->bucket[hash & t->mask];
	node->hash = hash;
	node->next = *head;
	*head = node;
	t->count++;
}

void htab_remove(struct htab *t, struct hnode *node)
{
	struct hnode **link = &t->bucket[node->hash & t->mask];

	while (*link != node)
		link = &(*link)->next;
	*link = node->next;
	t->count--;
}

/* The finalizer of splitmix64 (Steele, Lea, Flood 2014). */
uint64_t htab_hash_u64(uint64_t x)
{
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

/* FNV-1a, then mixed. */
uint64_t htab_hash_bytes(const void *p, size_t len)
{
	const unsigned char *bytes = p;
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3);
	return htab_hash_u64(hash);
}
