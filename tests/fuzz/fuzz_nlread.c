// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the fuzzing of netlink's framing: any bytes as a datagram of the
 * kernel, its messages, and the texts of its errors. libFuzzer's entry point.
 */
#include <sys/socket.h>

#include "collectord/nlread.h"
#include "fuzz.h"
#include "lib/decode.h"

/* A message of the family, or an error, within the datagram. */
static void take(void *arg, const struct nlmsghdr *nlh)
{
	static struct message msg;
	struct decode_error err;
	char text[64];

	*(size_t *)arg += nlh->nlmsg_len;
	if (nlh->nlmsg_type == NLMSG_ERROR || nlh->nlmsg_type == NLMSG_DONE) {
		REQUIRE(nlread_error(nlh, text, sizeof(text)) <= 0);
		REQUIRE(memchr(text, 0, sizeof(text)));
		return;
	}
	decode_message(NLMSG_DATA(nlh), nlh->nlmsg_len - NLMSG_HDRLEN, &msg,
		       &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int pair[2] = { -1, -1 };
	size_t taken = 0;
	char *buf;

	if (pair[0] < 0)
		REQUIRE(!socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
	if (send(pair[0], data, size, 0) != (ssize_t)size)
		return -1;
	/* Of its own size, so that a byte too far is seen. */
	buf = malloc(size + 1);
	REQUIRE(buf);
	REQUIRE(nlread(pair[1], buf, size + 1, take, &taken) == 1);
	REQUIRE(taken <= size);
	free(buf);
	return 0;
}
