// SPDX-License-Identifier: GPL-2.0
/* The requests of nlrequest.h. */
#include "nlrequest.h"

#include <netlink/genl/genl.h>

#include "uapi/sysmon.h"

/* How each is asked: dumps end by themselves, the others by their ack. */
static const struct {
	uint8_t cmd;
	int flags;
} how[REQUESTS] = {
	[REQUEST_CONFIG] = { SYSMON_CMD_CONFIG_SET, NLM_F_ACK },
	[REQUEST_MODULE] = { SYSMON_CMD_MODULE_GET, NLM_F_ACK },
	[REQUEST_REPLAY] = { SYSMON_CMD_EVENT_GET, NLM_F_DUMP },
	[REQUEST_DUMP] = { SYSMON_CMD_CONTAINER_GET, NLM_F_DUMP },
};

static int put_config(struct nl_msg *msg, const struct nlsock_config *config)
{
	int rc = nla_put_u64(msg, SYSMON_A_INTERVAL_NS, config->interval_ns);

	for (size_t i = 0; !rc && i < config->matches; i++)
		rc = nla_put_string(msg, SYSMON_A_MATCH, config->match[i]);
	if (!rc && !config->matches) /* removes those there are */
		rc = nla_put_string(msg, SYSMON_A_MATCH, "");
	return rc;
}

int nlrequest_send(struct nl_sock *sock, int family, uint32_t seq,
		   enum nlrequest request, const struct nlsock_config *config,
		   uint64_t from)
{
	struct nl_msg *msg = nlmsg_alloc();
	int rc = -NLE_NOMEM;

	if (!msg)
		return rc;
	if (genlmsg_put(msg, NL_AUTO_PORT, seq, family, 0, how[request].flags,
			how[request].cmd, SYSMON_GENL_VERSION))
		rc = 0;
	if (!rc && request == REQUEST_CONFIG)
		rc = put_config(msg, config);
	if (!rc && request == REQUEST_REPLAY)
		rc = nla_put_u64(msg, SYSMON_A_SEQ, from);
	if (!rc)
		rc = nl_send_auto(sock, msg);
	nlmsg_free(msg);
	return rc < 0 ? rc : 0;
}
