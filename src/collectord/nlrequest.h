/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The requests to the module, as messages. Uses libnl. Knows nothing of
 * answers.
 */
#ifndef SYSMON_NLREQUEST_H
#define SYSMON_NLREQUEST_H

#include <netlink/netlink.h>

#include "nlsock.h"

/* In the order in which they go out when several are wanted. */
enum nlrequest {
	REQUEST_CONFIG,
	REQUEST_MODULE,
	REQUEST_REPLAY,
	REQUEST_DUMP,
	REQUESTS,
	REQUEST_NONE = REQUESTS
};

/*
 * Sends one request with the given sequence number. @config is read with
 * REQUEST_CONFIG, @from (an event's number) with REQUEST_REPLAY. Returns 0 or
 * a negative NLE_*.
 */
int nlrequest_send(struct nl_sock *sock, int family, uint32_t seq,
		   enum nlrequest request, const struct nlsock_config *config,
		   uint64_t from);

#endif
