// SPDX-License-Identifier: GPL-2.0
/*
 * The backlog of events: the last ones, by sequence number, each as the bytes
 * of its attribute, and the push of new ones to the listeners. A number is
 * never skipped: a change whose event could not be made takes one too, and is
 * a hole in the ring.
 */
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <net/netlink.h>

#include "sysmon.h"

#define BYTES_MIN SZ_64K

unsigned int sysmon_ring_capacity = 4096;
unsigned long sysmon_ring_bytes_max = SZ_8M;

static DEFINE_MUTEX(ring_lock); /* guards all below */
static struct nlattr **ring;	/* event n is at n % capacity; NULL a hole */
static u64 head;		/* the newest number, 0 before the first */
static u64 tail = 1;		/* the oldest number that is kept */
static u64 lost;
static size_t bytes; /* of all events in the ring */

int sysmon_ring_init(void)
{
	sysmon_ring_capacity = clamp(sysmon_ring_capacity, 16U, 1U << 20);
	sysmon_ring_bytes_max =
		max(sysmon_ring_bytes_max, (unsigned long)BYTES_MIN);
	ring = kvcalloc(sysmon_ring_capacity, sizeof(*ring), GFP_KERNEL);
	return ring ? 0 : -ENOMEM;
}

void sysmon_ring_exit(void)
{
	unsigned int i;

	for (i = 0; i < sysmon_ring_capacity; i++)
		kfree(ring[i]);
	kvfree(ring);
}

static struct nlattr **slot_of(u64 seq)
{
	u32 i;

	div_u64_rem(seq, sysmon_ring_capacity, &i);
	return &ring[i];
}

static size_t size_of(const struct nlattr *event)
{
	return event ? kmalloc_size_roundup(event->nla_len) : 0;
}

static void drop_oldest(void)
{
	struct nlattr **slot = slot_of(tail++);

	bytes -= size_of(*slot);
	kfree(*slot);
	*slot = NULL;
}

/* Keep an event, or a hole, under the newest number. */
static void keep(struct nlattr *event)
{
	while (tail <= head && (head - tail + 1 >= sysmon_ring_capacity ||
				bytes + size_of(event) > sysmon_ring_bytes_max))
		drop_oldest();
	*slot_of(++head) = event;
	bytes += size_of(event);
}

/* The event's message, and a copy of its attribute for the ring. */
static struct sk_buff *render(const struct sysmon_event *ev,
			      struct nlattr **copy)
{
	struct sk_buff *skb = sysmon_netlink_event_new();
	struct nlattr *attr;

	*copy = NULL;
	if (!skb)
		return NULL;
	attr = (struct nlattr *)skb_tail_pointer(skb);
	if (!sysmon_fill_event(skb, ev))
		*copy = kmemdup(attr, attr->nla_len, GFP_KERNEL);
	if (*copy)
		return skb;
	nlmsg_free(skb);
	return NULL;
}

static void push_hole(void)
{
	keep(NULL);
	lost++;
	sysmon_netlink_gap(head, 1);
}

/**
 * sysmon_ring_push() - number an event, keep it and send it
 * @ev: @ev->seq is set
 *
 * Context: process, under sysmon_lock.
 */
void sysmon_ring_push(struct sysmon_event *ev)
{
	struct nlattr *copy;
	struct sk_buff *skb;

	mutex_lock(&ring_lock);
	ev->seq = head + 1;
	skb = render(ev, &copy);
	if (skb) {
		keep(copy);
		sysmon_netlink_event_send(skb);
	} else {
		push_hole();
	}
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
	if (count > sysmon_ring_capacity) {
		while (tail <= head)
			drop_oldest();
		head += count - sysmon_ring_capacity;
		tail = head + 1;
	}
	for (i = first + count - head - 1; i > 0; i--)
		keep(NULL);
	lost += count;
	sysmon_netlink_gap(first, count);
	mutex_unlock(&ring_lock);
}

void sysmon_ring_state(struct sysmon_ring_state *state)
{
	mutex_lock(&ring_lock);
	state->head = head;
	state->tail = tail <= head ? tail : 0;
	state->lost = lost;
	state->bytes = bytes + sysmon_ring_capacity * sizeof(*ring);
	mutex_unlock(&ring_lock);
}

/* Numbers from seq on that are not in the ring, up to the next that is. */
static u64 gap_at(u64 seq)
{
	u64 next = max(seq, tail);

	while (next <= head && !*slot_of(next))
		next++;
	return next - seq;
}

/**
 * sysmon_ring_read() - add the event with a number, or tell of the gap there
 * @skb: gets the event's attribute
 * @seq: the number, from 1
 * @gap: how many events from @seq on are missing; then nothing is added
 *
 * Context: process.
 * Return: 0, -EMSGSIZE, or -ENOENT when @seq is newer than the newest.
 */
int sysmon_ring_read(struct sk_buff *skb, u64 seq, u64 *gap)
{
	const struct nlattr *event;
	int err = -ENOENT;

	mutex_lock(&ring_lock);
	if (seq <= head) {
		err = 0;
		*gap = gap_at(seq);
		if (!*gap) {
			event = *slot_of(seq);
			err = nla_append(skb, event->nla_len, event);
		}
	}
	mutex_unlock(&ring_lock);
	return err;
}
