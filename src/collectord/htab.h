/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An intrusive hash table that grows: nodes live in the caller's structs and
 * the caller compares. Knows nothing of what is kept in it.
 */
#ifndef SYSMON_HTAB_H
#define SYSMON_HTAB_H

#include <stddef.h>
#include <stdint.h>

struct hnode {
	struct hnode *next; /* in the same bucket */
	uint64_t hash;
};

struct htab {
	struct hnode **bucket;
	size_t mask; /* buckets - 1 */
	size_t count;
};

#define htab_entry(node, type, member) \
	((type *)(void *)((char *)(node)-offsetof(type, member)))

/* Returns 0 or -ENOMEM. */
int htab_init(struct htab *t);

/* Frees the table; the nodes are the caller's. */
void htab_free(struct htab *t);

/* The first node of a hash's bucket; follow ->next, compare ->hash first. */
static inline struct hnode *htab_first(const struct htab *t, uint64_t hash)
{
	return t->bucket[hash & t->mask];
}

/* Never fails: when there is no memory to grow, the chains get longer. */
void htab_add(struct htab *t, struct hnode *node, uint64_t hash);
void htab_remove(struct htab *t, struct hnode *node);

/* Hashes that spread well over the low bits. */
uint64_t htab_hash_u64(uint64_t x);
uint64_t htab_hash_bytes(const void *p, size_t len);

#endif
