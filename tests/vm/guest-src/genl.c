// SPDX-License-Identifier: GPL-2.0
/* Owns netlink's framing, for the guest program `trust`. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "genl.h"

#define RECEIVE_ROOM (64 << 20)

static char buffer[1 << 17] __attribute__((aligned(8)));

size_t attr_len(const struct nlattr *a)
{
	return a->nla_len - NLA_HDRLEN;
}

static const void *attr_data(const struct nlattr *a)
{
	return (const char *)a + NLA_HDRLEN;
}

uint64_t attr_uint(const struct nlattr *a)
{
	uint64_t u64 = 0;
	uint32_t u32;

	if (!a)
		return 0;
	if (attr_len(a) == sizeof(u64)) {
		memcpy(&u64, attr_data(a), sizeof(u64));
		return u64;
	}
	memcpy(&u32, attr_data(a), sizeof(u32));
	return u32;
}

int attr_index(const struct nlattr **tb, unsigned int max, const void *data,
	       size_t len)
{
	memset(tb, 0, (max + 1) * sizeof(*tb));
	while (len >= NLA_HDRLEN) {
		const struct nlattr *a = data;
		unsigned int type = a->nla_type & NLA_TYPE_MASK;
		size_t step = NLA_ALIGN(a->nla_len);

		if (a->nla_len < NLA_HDRLEN || a->nla_len > len)
			return -EBADMSG;
		if (type <= max)
			tb[type] = a;
		if (step > len)
			step = len;
		data = (const char *)data + step;
		len -= step;
	}
	return len ? -EBADMSG : 0;
}

int attr_nested(const struct nlattr **tb, unsigned int max,
		const struct nlattr *nest)
{
	return attr_index(tb, max, attr_data(nest), attr_len(nest));
}

size_t attr_put(char *buf, size_t len, uint16_t type, const void *data,
		size_t size)
{
	struct nlattr a = { .nla_len = NLA_HDRLEN + size, .nla_type = type };

	memset(buf + len, 0, NLA_ALIGN(a.nla_len));
	memcpy(buf + len, &a, sizeof(a));
	if (size)
		memcpy(buf + len + NLA_HDRLEN, data, size);
	return len + NLA_ALIGN(a.nla_len);
}

static int send_request(struct genl *g, uint16_t type, uint16_t flags,
			uint8_t cmd, const void *attrs, size_t len)
{
	struct {
		struct nlmsghdr nlh;
		struct genlmsghdr genl;
		char attrs[4096];
	} msg = {
		.nlh = { .nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN) + len,
			 .nlmsg_type = type,
			 .nlmsg_flags = NLM_F_REQUEST | flags,
			 .nlmsg_seq = ++g->seq },
		.genl = { .cmd = cmd, .version = 1 },
	};

	if (len > sizeof(msg.attrs))
		return -EMSGSIZE;
	if (len)
		memcpy(msg.attrs, attrs, len);
	return send(g->fd, &msg, msg.nlh.nlmsg_len, 0) < 0 ? -errno : 0;
}

/* Name and number of one multicast group of a CTRL_CMD_NEWFAMILY. */
static void note_group(struct genl_family *f, const struct nlattr *group)
{
	const struct nlattr *tb[CTRL_ATTR_MCAST_GRP_ID + 1];
	const char *name;

	if (attr_nested(tb, CTRL_ATTR_MCAST_GRP_ID, group) ||
	    !tb[CTRL_ATTR_MCAST_GRP_NAME])
		return;
	name = attr_data(tb[CTRL_ATTR_MCAST_GRP_NAME]);
	if (!strcmp(name, SYSMON_MCGRP_SNAPSHOTS))
		f->groups[GENL_SNAPSHOTS] =
			attr_uint(tb[CTRL_ATTR_MCAST_GRP_ID]);
	else if (!strcmp(name, SYSMON_MCGRP_EVENTS))
		f->groups[GENL_EVENTS] = attr_uint(tb[CTRL_ATTR_MCAST_GRP_ID]);
}

static int parse_family(struct genl_family *f, const struct nlmsghdr *nlh)
{
	const struct nlattr *tb[CTRL_ATTR_MCAST_GROUPS + 1];
	const struct nlattr *groups[16];
	uint16_t id;
	int i;

	if (attr_index(tb, CTRL_ATTR_MCAST_GROUPS,
		       (const char *)NLMSG_DATA(nlh) + GENL_HDRLEN,
		       nlh->nlmsg_len - NLMSG_LENGTH(GENL_HDRLEN)) ||
	    !tb[CTRL_ATTR_FAMILY_ID] || !tb[CTRL_ATTR_MCAST_GROUPS])
		return -EBADMSG;
	memcpy(&id, attr_data(tb[CTRL_ATTR_FAMILY_ID]), sizeof(id));
	f->id = id;
	if (attr_nested(groups, 15, tb[CTRL_ATTR_MCAST_GROUPS]))
		return -EBADMSG;
	for (i = 0; i < 16; i++)
		if (groups[i])
			note_group(f, groups[i]);
	return 0;
}

static int resolve(struct genl *g)
{
	char attrs[64];
	size_t len = attr_put(attrs, 0, CTRL_ATTR_FAMILY_NAME, SYSMON_GENL_NAME,
			      sizeof(SYSMON_GENL_NAME));
	const struct nlmsghdr *nlh = (void *)buffer;
	ssize_t n;
	int err;

	err = send_request(g, GENL_ID_CTRL, 0, CTRL_CMD_GETFAMILY, attrs, len);
	if (err)
		return err;
	n = recv(g->fd, buffer, sizeof(buffer), 0);
	if (n < 0)
		return -errno;
	if (nlh->nlmsg_type == NLMSG_ERROR)
		return ((struct nlmsgerr *)NLMSG_DATA(nlh))->error;
	return parse_family(&g->family, nlh);
}

int genl_open(struct genl *g)
{
	struct sockaddr_nl any = { .nl_family = AF_NETLINK };
	int err;

	memset(g, 0, sizeof(*g));
	g->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	if (g->fd < 0)
		return -errno;
	err = bind(g->fd, (void *)&any, sizeof(any)) ? -errno : resolve(g);
	if (err)
		genl_close(g);
	return err;
}

void genl_close(struct genl *g)
{
	if (g->fd >= 0)
		close(g->fd);
	g->fd = -1;
}

int genl_listen(struct genl *g, enum genl_group group)
{
	int room = RECEIVE_ROOM, one = 1;

	if (setsockopt(g->fd, SOL_SOCKET, SO_RCVBUFFORCE, &room,
		       sizeof(room)) ||
	    setsockopt(g->fd, SOL_NETLINK, NETLINK_BROADCAST_ERROR, &one,
		       sizeof(one)) ||
	    setsockopt(g->fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP,
		       &g->family.groups[group], sizeof(uint32_t)))
		return -errno;
	return 0;
}

static int deliver(const struct nlmsghdr *nlh, genl_fn *fn, void *arg)
{
	const struct genlmsghdr *genl = NLMSG_DATA(nlh);
	struct genl_msg msg;

	if (nlh->nlmsg_len < NLMSG_LENGTH(GENL_HDRLEN))
		return -EBADMSG;
	msg.cmd = genl->cmd;
	if (attr_index(msg.tb, SYSMON_A_MAX, (const char *)genl + GENL_HDRLEN,
		       nlh->nlmsg_len - NLMSG_LENGTH(GENL_HDRLEN)))
		return -EBADMSG;
	if (fn)
		fn(arg, &msg);
	return 0;
}

/* One message of an answer. Return 1 at its end, or its error. */
static int take_answer(struct genl *g, const struct nlmsghdr *nlh, genl_fn *fn,
		       void *arg)
{
	int err = 0;

	if (nlh->nlmsg_seq != g->seq)
		return 0;
	if (nlh->nlmsg_type == NLMSG_ERROR || nlh->nlmsg_type == NLMSG_DONE) {
		memcpy(&err, NLMSG_DATA(nlh), sizeof(err));
		return err ? err : 1;
	}
	return deliver(nlh, fn, arg);
}

int genl_request(struct genl *g, uint8_t cmd, bool dump, const void *attrs,
		 size_t len, genl_fn *fn, void *arg)
{
	int err = send_request(g, g->family.id, dump ? NLM_F_DUMP : NLM_F_ACK,
			       cmd, attrs, len);

	while (!err) {
		const struct nlmsghdr *nlh = (void *)buffer;
		ssize_t n = recv(g->fd, buffer, sizeof(buffer), 0);

		if (n < 0)
			return -errno;
		for (; !err && NLMSG_OK(nlh, n); nlh = NLMSG_NEXT(nlh, n))
			err = take_answer(g, nlh, fn, arg);
	}
	return err == 1 ? 0 : err;
}

int genl_drain(struct genl *g, genl_fn *fn, void *arg)
{
	int count = 0, err = 0;

	while (!err) {
		const struct nlmsghdr *nlh = (void *)buffer;
		ssize_t n = recv(g->fd, buffer, sizeof(buffer), MSG_DONTWAIT);

		if (n < 0)
			return errno == EAGAIN ? count : -errno;
		for (; !err && NLMSG_OK(nlh, n); nlh = NLMSG_NEXT(nlh, n)) {
			err = deliver(nlh, fn, arg);
			count++;
		}
	}
	return err;
}

/* Strings are left out, but for whether there are match patterns. */
static void note_module(void *arg, const struct genl_msg *msg)
{
	const struct nlattr *tb[SYSMON_A_MODULE_MAX + 1];
	struct module_state *state = arg;
	int i;

	if (!msg->tb[SYSMON_A_MODULE] ||
	    attr_nested(tb, SYSMON_A_MODULE_MAX, msg->tb[SYSMON_A_MODULE]))
		return;
	for (i = 0; i <= SYSMON_A_MODULE_MAX; i++) {
		if (!tb[i] || i == SYSMON_A_MODULE_VERSION ||
		    i == SYSMON_A_MODULE_BOOT_ID || i == SYSMON_A_MODULE_MATCH)
			continue;
		if (attr_len(tb[i]) == 4 || attr_len(tb[i]) == 8)
			state->value[i] = attr_uint(tb[i]);
	}
	state->patterns = tb[SYSMON_A_MODULE_MATCH];
}

int module_get(struct genl *g, struct module_state *state)
{
	memset(state, 0, sizeof(*state));
	return genl_request(g, SYSMON_CMD_MODULE_GET, false, NULL, 0,
			    note_module, state);
}
