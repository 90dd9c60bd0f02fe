// SPDX-License-Identifier: GPL-2.0
/*
 * The backlog of events: the last N, by sequence number, and the push of new
 * ones to the listeners. A number is never skipped: a change whose event
 * could not be made takes one too, and is a hole in the ring.
 */
#include <linux/mm.h>
#include <linux/slab.h>

#include "sysmon.h"

unsigned int sysmon_ring_capacity = 4096;

static DEFINE_MUTEX(ring_lock);	  /* guards all below */
static struct sysmon_event *ring; /* event n is at n % capacity; seq 0 a hole */
static u64 head;		  /* the newest number, 0 before the first */
static u64 lost;

int sysmon_ring_init(void)
{
	sysmon_ring_capacity = clamp(sysmon_ring_capacity, 16U, 1U << 20);
	ring = kvcalloc(sysmon_ring_capacity, sizeof(*ring), GFP_KERNEL);
	return ring ? 0 : -ENOMEM;
}

void sysmon_ring_exit(void)
{
	unsigned int i;

	for (i = 0; i < sysmon_ring_capacity; i++)
		sysmon_name_put(ring[i].name);
	kvfree(ring);
}

static struct sysmon_event *slot_of(u64 seq)
{
	return &ring[do_div(seq, sysmon_ring_capacity)];
}

static u64 tail_locked(void)
{
	return head > sysmon_ring_capacity ? head - sysmon_ring_capacity + 1
					   : min(head, 1ULL);
}

/**
 * sysmon_ring_push() - number an event, keep it and send it
 * @ev: @ev->seq is set; the ring takes a reference on @ev->name
 *
 * Context: process.
 */
void sysmon_ring_push(struct sysmon_event *ev)
{
	struct sysmon_event *slot;

	mutex_lock(&ring_lock);
	ev->seq = ++head;
	slot = slot_of(ev->seq);
	sysmon_name_put(slot->name);
	refcount_inc(&ev->name->refs);
	*slot = *ev;
	sysmon_netlink_event(ev);
	mutex_unlock(&ring_lock);
}

/**
 * sysmon_ring_push_lost() - let changes without an event take their numbers
 * @count: how many
 *
 * Context: process.
 */
void sysmon_ring_push_lost(u64 count)
{
	u64 i, first;

	mutex_lock(&ring_lock);
	first = head + 1;
	for (i = 0; i < min_t(u64, count, sysmon_ring_capacity); i++) {
		struct sysmon_event *slot = slot_of(head + count - i);

		sysmon_name_put(slot->name);
		*slot = (struct sysmon_event){};
	}
	head += count;
	lost += count;
	sysmon_netlink_gap(first, count);
	mutex_unlock(&ring_lock);
}

void sysmon_ring_state(u64 *newest, u64 *oldest, u64 *lost_events)
{
	mutex_lock(&ring_lock);
	*newest = head;
	*oldest = tail_locked();
	*lost_events = lost;
	mutex_unlock(&ring_lock);
}

/* Numbers from seq on that are not in the ring, up to the next that is. */
static u64 gap_at(u64 seq)
{
	u64 next = max(seq, tail_locked());

	while (next <= head && !slot_of(next)->seq)
		next++;
	return next - seq;
}

/**
 * sysmon_ring_read() - copy the event with a number, or tell of the gap there
 * @seq: the number, from 1
 * @ev: filled; the caller puts @ev->name
 * @gap: how many events from @seq on are missing; then @ev is not filled
 *
 * Context: process.
 * Return: 0, or -ENOENT when @seq is newer than the newest.
 */
int sysmon_ring_read(u64 seq, struct sysmon_event *ev, u64 *gap)
{
	int err = -ENOENT;

	mutex_lock(&ring_lock);
	if (seq <= head) {
		err = 0;
		*gap = gap_at(seq);
		if (!*gap) {
			*ev = *slot_of(seq);
			refcount_inc(&ev->name->refs);
		}
	}
	mutex_unlock(&ring_lock);
	return err;
}
