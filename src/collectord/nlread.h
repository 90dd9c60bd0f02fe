/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reads netlink messages of the kernel from a socket, one datagram at a time,
 * without allocating. Knows nothing of the families behind them.
 */
#ifndef SYSMON_NLREAD_H
#define SYSMON_NLREAD_H

#include <linux/netlink.h>
#include <stddef.h>

/* A datagram: a multicast message, or a part of a dump (at most 32 KiB). */
#define NLREAD_BYTES (64u << 10)

/*
 * Reads one datagram and calls @fn for each message in it; those of other
 * senders than the kernel are passed over. Returns 1, 0 when there is none
 * (EAGAIN), -ENOBUFS when the kernel had no room for some, or another negative
 * errno; -EMSGSIZE is a datagram that was too long.
 */
int nlread(int fd, void *buf, size_t size,
	   void (*fn)(void *arg, const struct nlmsghdr *nlh), void *arg);

/*
 * The error of an NLMSG_ERROR or NLMSG_DONE: 0 or a negative errno; its text
 * from the kernel, if any, into @text, else "".
 */
int nlread_error(const struct nlmsghdr *nlh, char *text, size_t size);

#endif
