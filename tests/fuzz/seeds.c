// SPDX-License-Identifier: GPL-2.0
/*
 * Writes the seeds of the corpora that are no text: messages as the module
 * sends them.
 *
 *	seeds CORPORA
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "message.h"

#define ID   "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define PATH "/system.slice/docker-" ID ".scope"

static const char *corpora;

static void put(const char *target, const char *name, const void *data,
		size_t len)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", corpora, target);
	if (mkdir(path, 0777) && errno != EEXIST)
		exit(1);
	snprintf(path, sizeof(path), "%s/%s/%s", corpora, target, name);
	file = fopen(path, "w");
	if (!file || fwrite(data, 1, len, file) != len || fclose(file)) {
		perror(path);
		exit(1);
	}
}

/* A run of messages for fuzz_step: length, source, message. */
static struct message_buf run;

static void run_add(uint8_t source, const struct message_buf *b)
{
	uint16_t len = b ? (uint16_t)b->len : 0;

	memcpy(run.data + run.len, &len, sizeof(len));
	run.data[run.len + 2] = source;
	if (b)
		memcpy(run.data + run.len + 3, b->data, len);
	run.len += 3u + len;
}

/* The message by itself, as a datagram, and in the run. */
static void message(const char *name, uint8_t source,
		    const struct message_buf *b)
{
	static uint8_t data[65536 + NLMSG_HDRLEN];
	struct nlmsghdr head = { .nlmsg_len = (uint32_t)(NLMSG_HDRLEN + b->len),
				 .nlmsg_type = 0x1c };

	put("decode", name, b->data, b->len);
	memcpy(data, &head, sizeof(head));
	memcpy(data + NLMSG_HDRLEN, b->data, b->len);
	put("nlread", name, data, head.nlmsg_len);
	run_add(source, b);
}

/* Another event of the core: what it is, and how it came out, see fuzz_step.c. */
enum other {
	REPLAY_END = 10,
	DUMP_END = 11,
	KERNEL_THERE = 9,
	OVERRUN = 7,
};

static void other(enum other what)
{
	run_add((uint8_t)what, NULL);
}

static bool is_u32(uint16_t module_attribute)
{
	return module_attribute == SYSMON_A_MODULE_CONTAINERS ||
	       module_attribute == SYSMON_A_MODULE_CONTAINERS_MAX ||
	       module_attribute == SYSMON_A_MODULE_EVENTS_CAPACITY ||
	       module_attribute == SYSMON_A_MODULE_CONTAINER_BYTES;
}

static void module(struct message_buf *b)
{
	size_t nest;

	mb_begin(b, SYSMON_CMD_MODULE_GET);
	nest = mb_nest(b, SYSMON_A_MODULE);
	mb_str(b, SYSMON_A_MODULE_VERSION, "0.1.0");
	mb_u32(b, SYSMON_A_MODULE_ABI, SYSMON_ABI);
	mb_str(b, SYSMON_A_MODULE_BOOT_ID,
	       "6ba7b810-9dad-11d1-80b4-00c04fd430c8");
	mb_str(b, SYSMON_A_MODULE_MATCH, "machine-*.scope");
	mb_str(b, SYSMON_A_MODULE_MATCH, "lxc.payload.*");
	mb_u64(b, SYSMON_A_MODULE_INSTANCE, 7);
	mb_u64(b, SYSMON_A_MODULE_INTERVAL_NS, 1000000000);
	for (uint16_t a = SYSMON_A_MODULE_TICKS;
	     a <= SYSMON_A_MODULE_FACTS_LOST; a++)
		if (is_u32(a))
			mb_u32(b, a, a);
		else if (a != SYSMON_A_MODULE_MATCH)
			mb_u64(b, a, a);
	mb_nest_end(b, nest);
}

static void device(struct message_buf *b)
{
	size_t nest = mb_nest(b, SYSMON_A_CONTAINER_IO_DEVICE);

	mb_u32(b, SYSMON_A_IO_DEVICE_MAJOR, 8);
	mb_u32(b, SYSMON_A_IO_DEVICE_MINOR, 16);
	for (uint16_t a = SYSMON_A_IO_DEVICE_READ_BYTES;
	     a <= SYSMON_A_IO_DEVICE_DISCARD_OPS; a++)
		mb_u64(b, a, 512u * a);
	mb_nest_end(b, nest);
}

static void system_part(struct message_buf *b, uint64_t n)
{
	size_t nest = mb_nest(b, SYSMON_A_SYSTEM);

	mb_u32(b, SYSMON_A_SYSTEM_CPUS, 1);
	for (uint16_t a = SYSMON_A_SYSTEM_CPU_USER_NS; a <= SYSMON_A_SYSTEM_MAX;
	     a++)
		if (a < SYSMON_A_SYSTEM_LOAD1_MILLI ||
		    a > SYSMON_A_SYSTEM_LOAD15_MILLI)
			mb_u64(b, a, n * 1000000 * a);
		else
			mb_u32(b, a, 1500);
	mb_nest_end(b, nest);
	nest = mb_nest(b, SYSMON_A_CPU);
	mb_u32(b, SYSMON_A_CPU_NUMBER, 0);
	for (uint16_t a = SYSMON_A_CPU_USER_NS; a <= SYSMON_A_CPU_STEAL_NS; a++)
		mb_u64(b, a, n * 1000000 * a);
	mb_nest_end(b, nest);
}

/* The last part of tick number n. */
static void snapshot(struct message_buf *b, uint64_t n)
{
	size_t nest;

	mb_begin(b, SYSMON_CMD_SNAPSHOT_NTF);
	mb_tick(b, 7, n, n * 1000000000, (1700000000 + n) * 1000000000, 0);
	system_part(b, n);
	mb_container(b, 11, ID, PATH, n * 5000);
	nest = mb_nest(b, SYSMON_A_CONTAINER);
	mb_u64(b, SYSMON_A_CONTAINER_CGROUP_ID, 12);
	mb_u64(b, SYSMON_A_CONTAINER_PARENT_ID, 11);
	mb_str(b, SYSMON_A_CONTAINER_ID, "inner");
	mb_u64(b, SYSMON_A_CONTAINER_CPU_USAGE_NS, n * 1000);
	device(b);
	mb_nest_end(b, nest);
	mb_u32(b, SYSMON_A_CONTAINERS, 2);
}

/* Nothing has changed since the tick before. */
static void unchanged(struct message_buf *b, uint64_t n)
{
	static const uint64_t ids[] = { 11, 12 };

	mb_begin(b, SYSMON_CMD_SNAPSHOT_NTF);
	mb_tick(b, 7, n, n * 1000000000, (1700000000 + n) * 1000000000, 0);
	mb_raw(b, SYSMON_A_UNCHANGED, ids, sizeof(ids));
	mb_u32(b, SYSMON_A_CONTAINERS, 2);
}

static void process(struct message_buf *b, uint16_t attribute)
{
	size_t nest = mb_nest(b, attribute);

	mb_u32(b, SYSMON_A_PROCESS_PID, 812);
	mb_u32(b, SYSMON_A_PROCESS_UID, 0);
	mb_raw(b, SYSMON_A_PROCESS_COMM, "s\xff\n", 3);
	mb_raw(b, SYSMON_A_PROCESS_ARGV, "stress\0--cpu\0\x31", 15);
	mb_u32(b, SYSMON_A_PROCESS_ARGV_BYTES, 9000);
	mb_raw(b, SYSMON_A_PROCESS_PARENT_COMM, "containerd-shim", 15);
	mb_str(b, SYSMON_A_PROCESS_CGROUP, "/system.slice/docker.service");
	mb_u64(b, SYSMON_A_PROCESS_CONTAINER, 12);
	mb_u64(b, SYSMON_A_PROCESS_RSS_BYTES, 4096);
	mb_nest_end(b, nest);
}

static void event(struct message_buf *b, uint64_t seq, uint32_t type)
{
	size_t nest, inner;

	mb_begin(b, SYSMON_CMD_EVENT_NTF);
	nest = mb_nest(b, SYSMON_A_EVENT);
	mb_u64(b, SYSMON_A_EVENT_INSTANCE, 7);
	mb_u64(b, SYSMON_A_EVENT_SEQ, seq);
	mb_u32(b, SYSMON_A_EVENT_TYPE, type);
	mb_u64(b, SYSMON_A_EVENT_BOOTTIME_NS, seq * 1000);
	mb_u64(b, SYSMON_A_EVENT_REALTIME_NS, 1700000000000000000 + seq);
	inner = mb_nest(b, SYSMON_A_EVENT_CONTAINER);
	mb_u64(b, SYSMON_A_CONTAINER_CGROUP_ID, 11);
	mb_str(b, SYSMON_A_CONTAINER_ID, ID);
	mb_str(b, SYSMON_A_CONTAINER_PATH, PATH);
	mb_u32(b, SYSMON_A_CONTAINER_RUNTIME, SYSMON_RUNTIME_DOCKER);
	mb_nest_end(b, inner);
	process(b, SYSMON_A_EVENT_PROCESS);
	if (type == SYSMON_EVENT_TYPE_STOP) {
		mb_u32(b, SYSMON_A_EVENT_EXIT_CODE, 0);
		mb_u32(b, SYSMON_A_EVENT_EXIT_SIGNAL, 9);
		process(b, SYSMON_A_EVENT_SENDER);
		mb_u32(b, SYSMON_A_EVENT_SENDER_SIGNAL, 9);
		mb_u64(b, SYSMON_A_EVENT_SENDER_BOOTTIME_NS, seq * 1000);
	}
	mb_u64(b, SYSMON_A_EVENT_EXEC_DELAY_NS, 1);
	mb_u64(b, SYSMON_A_EVENT_COUNT, 3);
	mb_u64(b, SYSMON_A_EVENT_LIMIT, 67108864);
	mb_nest_end(b, nest);
}

static void gap(struct message_buf *b)
{
	size_t nest;

	mb_begin(b, SYSMON_CMD_EVENT_GET);
	nest = mb_nest(b, SYSMON_A_GAP);
	mb_u64(b, SYSMON_A_GAP_INSTANCE, 7);
	mb_u64(b, SYSMON_A_GAP_FIRST, 4);
	mb_u64(b, SYSMON_A_GAP_COUNT, 16);
	mb_nest_end(b, nest);
}

/* What the kernel says of a request that it refuses. */
static void refusal(void)
{
	static struct message_buf b;
	struct nlmsgerr error = { .error = -ERANGE };
	struct nlmsghdr head = { .nlmsg_type = NLMSG_ERROR,
				 .nlmsg_flags = NLM_F_ACK_TLVS | NLM_F_CAPPED };

	memcpy(b.data + sizeof(head), &error, sizeof(error));
	b.len = sizeof(head) + sizeof(error);
	mb_str(&b, NLMSGERR_ATTR_MSG, "integer out of range");
	mb_u32(&b, NLMSGERR_ATTR_OFFS, 28);
	head.nlmsg_len = (uint32_t)b.len;
	memcpy(b.data, &head, sizeof(head));
	put("nlread", "refusal", b.data, b.len);
}

/* As a session goes: sources are those of enum step_source. */
static void session(void)
{
	static struct message_buf b;

	other(KERNEL_THERE);
	module(&b);
	message("module", 1, &b);
	mb_begin(&b, SYSMON_CMD_CONTAINER_GET);
	mb_container(&b, 11, ID, PATH, 1000);
	message("dump", 3, &b);
	other(DUMP_END);
	event(&b, 1, SYSMON_EVENT_TYPE_START);
	message("start", 2, &b);
	other(REPLAY_END);
	for (uint64_t n = 1; n <= 3; n++) {
		snapshot(&b, n);
		message("snapshot", 0, &b);
	}
	unchanged(&b, 4);
	message("unchanged", 0, &b);
	event(&b, 2, SYSMON_EVENT_TYPE_OOM);
	message("oom", 0, &b);
	event(&b, 3, SYSMON_EVENT_TYPE_STOP);
	message("stop", 0, &b);
	other(OVERRUN);
	gap(&b);
	message("gap", 2, &b);
	other(REPLAY_END);
	put("step", "session", run.data, run.len);
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: seeds CORPORA\n");
		return 2;
	}
	corpora = argv[1];
	session();
	refusal();
	return 0;
}
