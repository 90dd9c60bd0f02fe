// SPDX-License-Identifier: GPL-2.0
/*
 * The memory of messages. Snapshots come every tick and are as large each time:
 * their memory is kept and filled again once all readers have read it, rather
 * than freed, allocated and, as most kernels are set, zeroed. Knows no contents.
 */
#include <linux/skbuff.h>

#include "sysmon.h"

/* So many are kept: a snapshot of more pays for the rest each time. */
#define KEPT_MAX 128

/*
 * Those of the snapshot being sent, and those of the one before that were not
 * filled again yet. Guarded by sysmon_lock.
 */
static struct sk_buff_head sent, kept;

/* A message is one kmalloc(), with the skb's own overhead in it. */
#define MESSAGE_SIZE SKB_WITH_OVERHEAD((unsigned long)SYSMON_MESSAGE_MAX)

/* Context: process. Return: an empty message, or NULL for lack of memory. */
struct sk_buff *sysmon_message_new(void)
{
	return alloc_skb(MESSAGE_SIZE, GFP_KERNEL);
}

/*
 * Each reader has a clone, which holds the data until it was read. One that is
 * still held is left to its reader, however long that takes.
 */
static struct sk_buff *take_kept(void)
{
	struct sk_buff *skb = __skb_dequeue(&kept);

	if (!skb)
		return NULL;
	if (skb_shared(skb) || skb_cloned(skb)) {
		consume_skb(skb);
		return NULL;
	}
	skb_trim(skb, 0);
	return skb;
}

/**
 * sysmon_message_again() - an empty message, of memory that was kept if it can
 *
 * Context: process, under sysmon_lock.
 * Return: the message, or NULL for lack of memory.
 */
struct sk_buff *sysmon_message_again(void)
{
	return take_kept() ?: alloc_skb_fclone(MESSAGE_SIZE, GFP_KERNEL);
}

/**
 * sysmon_message_keep() - keep a message's memory for one to come
 * @skb: about to be sent: who sends it gives up one of two references then
 *
 * Context: process, under sysmon_lock.
 */
void sysmon_message_keep(struct sk_buff *skb)
{
	if (skb_queue_len(&sent) < KEPT_MAX)
		__skb_queue_tail(&sent, skb_get(skb));
}

static void drop(struct sk_buff_head *list)
{
	struct sk_buff *skb;

	while ((skb = __skb_dequeue(list)))
		consume_skb(skb);
}

/**
 * sysmon_message_turn() - a snapshot begins: those of the last one may be had
 *
 * Context: process, under sysmon_lock.
 */
void sysmon_message_turn(void)
{
	drop(&kept);
	skb_queue_splice_init(&sent, &kept);
}

/**
 * sysmon_message_drop_kept() - free what was kept: nobody listens any more
 *
 * Context: process, under sysmon_lock, or when no tick can come.
 */
void sysmon_message_drop_kept(void)
{
	drop(&sent);
	drop(&kept);
}

void sysmon_message_init(void)
{
	__skb_queue_head_init(&sent);
	__skb_queue_head_init(&kept);
}
