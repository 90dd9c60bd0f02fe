// SPDX-License-Identifier: GPL-2.0
/* The reading of nlread.h. */
#include "nlread.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

int nlread(int fd, void *buf, size_t size,
	   void (*fn)(void *arg, const struct nlmsghdr *nlh), void *arg)
{
	struct sockaddr_nl from = { 0 };
	struct iovec iov = { buf, size };
	struct msghdr msg = { .msg_name = &from,
			      .msg_namelen = sizeof(from),
			      .msg_iov = &iov,
			      .msg_iovlen = 1 };
	ssize_t n = recvmsg(fd, &msg, MSG_DONTWAIT);
	struct nlmsghdr *nlh = buf;
	int len;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return errno == EINTR;
	if (n < 0)
		return -errno;
	if (from.nl_pid != 0) /* any process may write to us */
		return 1;
	if (msg.msg_flags & MSG_TRUNC)
		return -EMSGSIZE;
	for (len = (int)n; NLMSG_OK(nlh, len); nlh = NLMSG_NEXT(nlh, len))
		fn(arg, nlh);
	return 1;
}

/* Finds the text among the attributes that follow an error. */
static void find_text(const uint8_t *p, size_t len, char *text, size_t size)
{
	while (len >= NLA_HDRLEN) {
		struct nlattr nla;
		size_t step;

		memcpy(&nla, p, sizeof(nla));
		if (nla.nla_len < NLA_HDRLEN || nla.nla_len > len)
			return;
		if ((nla.nla_type & NLA_TYPE_MASK) == NLMSGERR_ATTR_MSG)
			snprintf(text, size, "%.*s",
				 (int)(nla.nla_len - NLA_HDRLEN),
				 (const char *)p + NLA_HDRLEN);
		step = NLA_ALIGN(nla.nla_len);
		if (step > len)
			return;
		p += step;
		len -= step;
	}
}

int nlread_error(const struct nlmsghdr *nlh, char *text, size_t size)
{
	const uint8_t *payload = (const uint8_t *)NLMSG_DATA(nlh);
	size_t len = nlh->nlmsg_len - NLMSG_HDRLEN;
	size_t head = nlh->nlmsg_type == NLMSG_ERROR ? sizeof(struct nlmsgerr)
						     : sizeof(int);
	int error;

	text[0] = 0;
	if (len < sizeof(error))
		return 0;
	memcpy(&error, payload, sizeof(error));
	/* NETLINK_CAP_ACK is set: the request itself does not come back. */
	if (nlh->nlmsg_flags & NLM_F_ACK_TLVS && len > NLMSG_ALIGN(head))
		find_text(payload + NLMSG_ALIGN(head), len - NLMSG_ALIGN(head),
			  text, size);
	return error < 0 ? error : 0;
}
