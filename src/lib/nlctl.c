// SPDX-License-Identifier: GPL-2.0
/* A synchronous client of the module, by libnl; knows no output. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>

#include "decode.h"
#include "nlctl.h"

#define NLCTL_TIMEOUT_S 5

struct nlctl {
	struct nl_sock *sock;
	int family;
	bool done; /* acknowledged, or refused with `error` */
	int error;
	char *answer;		/* the last one's payload, a copy */
	struct message message; /* decoded, borrowing from it */
	bool answered;
	char why[256]; /* the kernel's explanation of an error, or "" */
};

/* libnl folds errnos into fewer codes of its own. */
static int nlctl_errno(int error)
{
	switch (-error) {
	case NLE_OBJ_NOTFOUND:
		return -ENOENT;
	case NLE_PERM:
	case NLE_NOACCESS:
		return -EPERM;
	case NLE_NOMEM:
		return -ENOMEM;
	case NLE_AGAIN:
		return -ETIMEDOUT;
	case NLE_PROTO_MISMATCH:
		return -EPROTONOSUPPORT;
	default:
		return -EIO;
	}
}

/* A copy of the payload, decoded. */
static int nlctl_on_answer(struct nl_msg *msg, void *arg)
{
	struct nlmsghdr *hdr = nlmsg_hdr(msg);
	size_t len = (size_t)nlmsg_datalen(hdr);
	struct decode_error error;
	struct nlctl *ctl = arg;

	free(ctl->answer);
	ctl->answer = malloc(len + 1);
	if (!ctl->answer) {
		ctl->error = -ENOMEM;
		return NL_STOP;
	}
	memcpy(ctl->answer, nlmsg_data(hdr), len);
	if (decode_message(ctl->answer, len, &ctl->message, &error))
		ctl->error = -EBADMSG;
	else
		ctl->answered = true;
	return NL_OK;
}

static int nlctl_on_ack(struct nl_msg *msg, void *arg)
{
	struct nlctl *ctl = arg;

	(void)msg;
	ctl->done = true;
	return NL_STOP;
}

/* Keeps the text that may stand behind an error (NETLINK_EXT_ACK). */
static void nlctl_explain(struct nlctl *ctl, struct nlmsghdr *hdr,
			  const struct nlmsgerr *error)
{
	int used = (int)sizeof(*error);
	struct nlattr *attr;

	if (!(hdr->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	/* Unless capped the request follows, and then the attributes. */
	if (!(hdr->nlmsg_flags & NLM_F_CAPPED))
		used += (int)(error->msg.nlmsg_len - NLMSG_HDRLEN);
	if (used < 0 || used > nlmsg_datalen(hdr))
		return;
	attr = nlmsg_find_attr(hdr, used, NLMSGERR_ATTR_MSG);
	if (attr)
		nla_strlcpy(ctl->why, attr, sizeof(ctl->why));
}

static int nlctl_on_error(struct sockaddr_nl *peer, struct nlmsgerr *error,
			  void *arg)
{
	struct nlctl *ctl = arg;

	(void)peer;
	ctl->done = true;
	ctl->error = error->error;
	nlctl_explain(ctl, (void *)((char *)error - NLMSG_HDRLEN), error);
	return NL_STOP;
}

static void nlctl_set_up(struct nlctl *ctl)
{
	const struct timeval limit = { .tv_sec = NLCTL_TIMEOUT_S };
	int fd = nl_socket_get_fd(ctl->sock), on = 1;

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	nl_socket_modify_cb(ctl->sock, NL_CB_VALID, NL_CB_CUSTOM,
			    nlctl_on_answer, ctl);
	nl_socket_modify_cb(ctl->sock, NL_CB_ACK, NL_CB_CUSTOM, nlctl_on_ack,
			    ctl);
	nl_socket_modify_err_cb(ctl->sock, NL_CB_CUSTOM, nlctl_on_error, ctl);
}

int nlctl_open(struct nlctl **out)
{
	struct nlctl *ctl = calloc(1, sizeof(*ctl));
	int r;

	*out = NULL;
	if (!ctl)
		return -ENOMEM;
	ctl->sock = nl_socket_alloc();
	if (!ctl->sock) {
		free(ctl);
		return -ENOMEM;
	}
	r = genl_connect(ctl->sock);
	if (!r)
		r = ctl->family =
			genl_ctrl_resolve(ctl->sock, SYSMON_GENL_NAME);
	if (r < 0) {
		nlctl_close(ctl);
		return nlctl_errno(r);
	}
	nlctl_set_up(ctl);
	*out = ctl;
	return 0;
}

void nlctl_close(struct nlctl *ctl)
{
	if (!ctl)
		return;
	nl_socket_free(ctl->sock);
	free(ctl->answer);
	free(ctl);
}

static struct nl_msg *nlctl_request(const struct nlctl *ctl, uint8_t cmd)
{
	struct nl_msg *msg = nlmsg_alloc();

	if (msg &&
	    !genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, ctl->family, 0,
			 NLM_F_REQUEST | NLM_F_ACK, cmd, SYSMON_GENL_VERSION)) {
		nlmsg_free(msg);
		msg = NULL;
	}
	return msg;
}

/* Sends the request, which it frees, and waits until it is acknowledged. */
static int nlctl_talk(struct nlctl *ctl, struct nl_msg *msg)
{
	int r;

	ctl->done = false;
	ctl->error = 0;
	ctl->answered = false;
	ctl->why[0] = 0;
	r = nl_send_auto(ctl->sock, msg);
	nlmsg_free(msg);
	while (r >= 0 && !ctl->done) {
		r = nl_recvmsgs_default(ctl->sock);
		if (r < 0 && !ctl->done)
			return nlctl_errno(r);
	}
	return r < 0 && !ctl->done ? nlctl_errno(r) : ctl->error;
}

int nlctl_module_get(struct nlctl *ctl, struct module_info *info)
{
	struct nl_msg *msg = nlctl_request(ctl, SYSMON_CMD_MODULE_GET);
	int r;

	if (!msg)
		return -ENOMEM;
	r = nlctl_talk(ctl, msg);
	if (r)
		return r;
	if (!ctl->answered || !ctl->message.have_module)
		return -EBADMSG;
	*info = ctl->message.module;
	return 0;
}

static int nlctl_put_config(struct nl_msg *msg,
			    const struct nlctl_config *config)
{
	unsigned int i;
	int r = 0;

	if (config->have_interval)
		r = nla_put_u64(msg, SYSMON_A_INTERVAL_NS, config->interval_ns);
	/* One empty pattern replaces all by none. */
	if (!r && config->have_match && !config->matches)
		r = nla_put_string(msg, SYSMON_A_MATCH, "");
	for (i = 0; !r && config->have_match && i < config->matches; i++)
		r = nla_put_string(msg, SYSMON_A_MATCH, config->match[i]);
	return r ? -ENOMEM : 0;
}

int nlctl_config_set(struct nlctl *ctl, const struct nlctl_config *config,
		     const char **why)
{
	struct nl_msg *msg = nlctl_request(ctl, SYSMON_CMD_CONFIG_SET);
	int r;

	if (why)
		*why = NULL;
	if (!msg)
		return -ENOMEM;
	if (nlctl_put_config(msg, config)) {
		nlmsg_free(msg);
		return -ENOMEM;
	}
	r = nlctl_talk(ctl, msg);
	if (why && ctl->why[0])
		*why = ctl->why;
	return r;
}
