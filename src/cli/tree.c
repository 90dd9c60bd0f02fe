// SPDX-License-Identifier: GPL-2.0
/* Containers in containers; knows neither screen nor database. */
#include "tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Places in the order before; NONE is no place. */
#define NONE UINT32_MAX

struct node {
	int64_t container;
	int64_t parent;	      /* NULL is 0, which no container has */
	unsigned int row;     /* of the snapshot */
	unsigned int child;   /* the first */
	unsigned int last;    /* child so far */
	unsigned int sibling; /* the next */
	bool inner;	      /* in one that is shown */
	bool placed;
};

struct by_container {
	int64_t container;
	unsigned int place;
};

struct tree {
	struct node *nodes;
	struct by_container *index; /* sorted */
	unsigned int count;
	unsigned int *order; /* as far as made */
	unsigned int *depth;
	unsigned int made;
};

static int compare_index(const void *pa, const void *pb)
{
	const struct by_container *a = pa, *b = pb;

	return (a->container > b->container) - (a->container < b->container);
}

static unsigned int place_of(const struct tree *t, int64_t container)
{
	const struct by_container key = { .container = container };
	const struct by_container *found =
		bsearch(&key, t->index, t->count, sizeof(key), compare_index);

	return found ? found->place : NONE;
}

static void read_nodes(struct tree *t, const struct snapshot *s)
{
	unsigned int i;

	for (i = 0; i < t->count; i++) {
		const struct value *row =
			rowset_row(&s->containers, s->order[i]);

		t->nodes[i] = (struct node){
			.container = row[TOP_ROW].i,
			.parent = row[TOP_PARENT_ROW].type == VALUE_INT
					  ? row[TOP_PARENT_ROW].i
					  : 0,
			.row = s->order[i],
			.child = NONE,
			.last = NONE,
			.sibling = NONE,
		};
		t->index[i] = (struct by_container){ row[TOP_ROW].i, i };
	}
	qsort(t->index, t->count, sizeof(*t->index), compare_index);
}

/* Returns whether it has a parent that is shown. */
static bool link_node(struct tree *t, unsigned int i)
{
	unsigned int above = place_of(t, t->nodes[i].parent);
	struct node *parent;

	if (!t->nodes[i].parent || above == NONE || above == i)
		return false;
	parent = &t->nodes[above];
	if (parent->last == NONE)
		parent->child = i;
	else
		t->nodes[parent->last].sibling = i;
	parent->last = i;
	return true;
}

static void place_node(struct tree *t, unsigned int i, unsigned int depth)
{
	unsigned int child;

	t->nodes[i].placed = true;
	t->order[t->made] = t->nodes[i].row;
	t->depth[t->made++] = depth;
	for (child = t->nodes[i].child; child != NONE;
	     child = t->nodes[child].sibling)
		if (!t->nodes[child].placed)
			place_node(t, child, depth + 1);
}

/* Those without parents first; what is left would be in itself, which only a
 * damaged record says. */
static void place_all(struct tree *t)
{
	unsigned int i;

	for (i = 0; i < t->count; i++)
		t->nodes[i].inner = link_node(t, i);
	for (i = 0; i < t->count; i++)
		if (!t->nodes[i].inner)
			place_node(t, i, 0);
	for (i = 0; i < t->count; i++)
		if (!t->nodes[i].placed)
			place_node(t, i, 0);
}

int tree_arrange(struct snapshot *s, unsigned int **depth)
{
	struct tree t = { .count = s->shown };
	int r = -ENOMEM;

	t.nodes = calloc(t.count + 1, sizeof(*t.nodes));
	t.index = calloc(t.count + 1, sizeof(*t.index));
	t.depth = calloc(t.count + 1, sizeof(*t.depth));
	t.order = calloc(t.count + 1, sizeof(*t.order));
	if (t.nodes && t.index && t.depth && t.order) {
		read_nodes(&t, s);
		place_all(&t);
		memcpy(s->order, t.order, t.count * sizeof(*t.order));
		*depth = t.depth;
		t.depth = NULL;
		r = 0;
	}
	free(t.nodes);
	free(t.index);
	free(t.depth);
	free(t.order);
	return r;
}
