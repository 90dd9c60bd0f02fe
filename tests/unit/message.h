/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Builds the module's messages, byte for byte, for tests of those who read
 * them. Knows nothing of the decoder: it also builds what no module would.
 */
#ifndef SYSMON_TEST_MESSAGE_H
#define SYSMON_TEST_MESSAGE_H

#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <stdint.h>
#include <string.h>

#include "uapi/sysmon.h"

struct message_buf {
	size_t len;
	uint8_t data[65536];
};

static inline void mb_begin(struct message_buf *b, uint8_t cmd)
{
	struct genlmsghdr head = { .cmd = cmd, .version = SYSMON_GENL_VERSION };

	memcpy(b->data, &head, sizeof(head));
	b->len = GENL_HDRLEN;
}

/* An attribute of any bytes, padded as the kernel does. */
static inline void mb_raw(struct message_buf *b, uint16_t type,
			  const void *data, size_t len)
{
	struct nlattr nla = { .nla_type = type,
			      .nla_len = (uint16_t)(NLA_HDRLEN + len) };

	memcpy(b->data + b->len, &nla, sizeof(nla));
	memset(b->data + b->len + NLA_HDRLEN, 0, NLA_ALIGN(len));
	if (len)
		memcpy(b->data + b->len + NLA_HDRLEN, data, len);
	b->len += NLA_HDRLEN + NLA_ALIGN(len);
}

static inline void mb_u32(struct message_buf *b, uint16_t type, uint32_t value)
{
	mb_raw(b, type, &value, sizeof(value));
}

static inline void mb_u64(struct message_buf *b, uint16_t type, uint64_t value)
{
	mb_raw(b, type, &value, sizeof(value));
}

static inline void mb_str(struct message_buf *b, uint16_t type, const char *s)
{
	mb_raw(b, type, s, strlen(s) + 1);
}

/* Returns what mb_nest_end() wants. */
static inline size_t mb_nest(struct message_buf *b, uint16_t type)
{
	size_t at = b->len;

	mb_raw(b, type, NULL, 0);
	return at;
}

static inline void mb_nest_end(struct message_buf *b, size_t at)
{
	uint16_t len = (uint16_t)(b->len - at);

	memcpy(b->data + at, &len, sizeof(len));
}

static inline void mb_tick(struct message_buf *b, uint64_t instance,
			   uint64_t number, uint64_t boottime_ns,
			   uint64_t realtime_ns, uint32_t part)
{
	size_t nest = mb_nest(b, SYSMON_A_TICK);

	mb_u64(b, SYSMON_A_TICK_INSTANCE, instance);
	mb_u64(b, SYSMON_A_TICK_NUMBER, number);
	mb_u64(b, SYSMON_A_TICK_BOOTTIME_NS, boottime_ns);
	mb_u64(b, SYSMON_A_TICK_REALTIME_NS, realtime_ns);
	mb_u64(b, SYSMON_A_TICK_WALK_NS, 123456);
	mb_u64(b, SYSMON_A_TICK_INTERVAL_NS, 1000000000);
	mb_u32(b, SYSMON_A_TICK_PART, part);
	mb_nest_end(b, nest);
}

/* A container whose figures all grow with @usage_ns. */
static inline void mb_container(struct message_buf *b, uint64_t cgroup_id,
				const char *id, const char *path,
				uint64_t usage_ns)
{
	size_t nest = mb_nest(b, SYSMON_A_CONTAINER);

	mb_str(b, SYSMON_A_CONTAINER_ID, id);
	mb_str(b, SYSMON_A_CONTAINER_PATH, path);
	mb_u32(b, SYSMON_A_CONTAINER_RUNTIME, SYSMON_RUNTIME_DOCKER);
	mb_u64(b, SYSMON_A_CONTAINER_CGROUP_ID, cgroup_id);
	mb_u64(b, SYSMON_A_CONTAINER_CPU_USAGE_NS, usage_ns);
	mb_u64(b, SYSMON_A_CONTAINER_CPU_USER_NS, usage_ns / 2);
	mb_u64(b, SYSMON_A_CONTAINER_CPU_SYSTEM_NS, usage_ns / 2);
	mb_u64(b, SYSMON_A_CONTAINER_MEM_CURRENT_BYTES, 4096 + usage_ns);
	mb_u64(b, SYSMON_A_CONTAINER_MEM_LIMIT_BYTES, 67108864);
	mb_u64(b, SYSMON_A_CONTAINER_MEM_PEAK_BYTES, 8192 + usage_ns);
	mb_u64(b, SYSMON_A_CONTAINER_MEM_SWAP_BYTES, 0);
	mb_u64(b, SYSMON_A_CONTAINER_OOM_KILLS, 0);
	mb_u64(b, SYSMON_A_CONTAINER_IO_READ_BYTES, usage_ns * 2);
	mb_u64(b, SYSMON_A_CONTAINER_IO_WRITE_BYTES, usage_ns * 3);
	mb_u64(b, SYSMON_A_CONTAINER_IO_READ_OPS, usage_ns / 1000);
	mb_u64(b, SYSMON_A_CONTAINER_IO_WRITE_OPS, usage_ns / 500);
	mb_u64(b, SYSMON_A_CONTAINER_PIDS, 3);
	for (uint16_t attr = SYSMON_A_CONTAINER_MEM_WORKING_SET_BYTES;
	     attr <= SYSMON_A_CONTAINER_NET_TX_ERRORS; attr++)
		mb_u64(b, attr, usage_ns);
	mb_nest_end(b, nest);
}

#endif
