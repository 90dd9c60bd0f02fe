// SPDX-License-Identifier: GPL-2.0
/* What the decoder makes of good, odd and hostile messages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include <errno.h>

#include "decode.h"
#include "message.h"

static struct message_buf buf;
static struct message msg;
static struct decode_error err;

/* Decodes from memory of just the right size, so that ASan sees an overread. */
static int decode(const struct message_buf *b)
{
	uint8_t *exact = malloc(b->len ? b->len : 1);
	static uint8_t keep[sizeof(b->data)];
	int rc;

	assert_non_null(exact);
	memcpy(exact, b->data, b->len);
	rc = decode_message(exact, b->len, &msg, &err);
	free(exact);
	/* Once more from memory that stays, for the strings. */
	memcpy(keep, b->data, b->len);
	assert_int_equal(rc, decode_message(keep, b->len, &msg, &err));
	return rc;
}

static void assert_str(struct str s, const char *expected)
{
	assert_int_equal(s.len, strlen(expected));
	assert_memory_equal(s.p, expected, s.len);
}

static void build_snapshot(void)
{
	size_t nest;

	mb_begin(&buf, SYSMON_CMD_SNAPSHOT_NTF);
	mb_tick(&buf, 7, 42, 1000, 2000, 3);
	nest = mb_nest(&buf, SYSMON_A_SYSTEM);
	mb_u32(&buf, SYSMON_A_SYSTEM_CPUS, 8);
	mb_u64(&buf, SYSMON_A_SYSTEM_CPU_USER_NS, 99);
	mb_nest_end(&buf, nest);
	mb_container(&buf, 11, "a", "/x/a", 5000);
	mb_container(&buf, 12, "b", "/x/b", 6000);
	mb_u32(&buf, SYSMON_A_CONTAINERS, 2);
}

static void build_cpu(uint32_t number, uint64_t user_ns)
{
	size_t nest = mb_nest(&buf, SYSMON_A_CPU);

	mb_u32(&buf, SYSMON_A_CPU_NUMBER, number);
	mb_u64(&buf, SYSMON_A_CPU_USER_NS, user_ns);
	mb_nest_end(&buf, nest);
}

static void build_device(uint32_t major, uint32_t minor, uint64_t bytes)
{
	size_t nest = mb_nest(&buf, SYSMON_A_CONTAINER_IO_DEVICE);

	mb_u32(&buf, SYSMON_A_IO_DEVICE_MAJOR, major);
	mb_u32(&buf, SYSMON_A_IO_DEVICE_MINOR, minor);
	mb_u64(&buf, SYSMON_A_IO_DEVICE_WRITE_BYTES, bytes);
	mb_nest_end(&buf, nest);
}

static void build_process(uint16_t attribute)
{
	size_t nest = mb_nest(&buf, attribute);

	mb_u32(&buf, SYSMON_A_PROCESS_PID, 812);
	mb_u32(&buf, SYSMON_A_PROCESS_UID, 0);
	mb_raw(&buf, SYSMON_A_PROCESS_COMM, "s\xff\n", 3);
	mb_raw(&buf, SYSMON_A_PROCESS_ARGV, "sh\0\0-c\0x", 8);
	mb_u32(&buf, SYSMON_A_PROCESS_ARGV_BYTES, 9000);
	mb_raw(&buf, SYSMON_A_PROCESS_PARENT_COMM, "shim", 4);
	mb_str(&buf, SYSMON_A_PROCESS_CGROUP, "/x");
	mb_u64(&buf, SYSMON_A_PROCESS_CONTAINER, 77);
	mb_u64(&buf, SYSMON_A_PROCESS_RSS_BYTES, 4096);
	mb_nest_end(&buf, nest);
}

/* A stop event with all that one can have. */
static void build_event(void)
{
	size_t nest, inner;

	mb_begin(&buf, SYSMON_CMD_EVENT_NTF);
	nest = mb_nest(&buf, SYSMON_A_EVENT);
	mb_u64(&buf, SYSMON_A_EVENT_INSTANCE, 7);
	mb_u64(&buf, SYSMON_A_EVENT_SEQ, 9);
	mb_u32(&buf, SYSMON_A_EVENT_TYPE, SYSMON_EVENT_TYPE_STOP);
	mb_u64(&buf, SYSMON_A_EVENT_BOOTTIME_NS, 10);
	mb_u64(&buf, SYSMON_A_EVENT_REALTIME_NS, 20);
	inner = mb_nest(&buf, SYSMON_A_EVENT_CONTAINER);
	mb_u64(&buf, SYSMON_A_CONTAINER_CGROUP_ID, 5);
	mb_str(&buf, SYSMON_A_CONTAINER_ID, "gone");
	build_device(8, 16, 512);
	mb_nest_end(&buf, inner);
	build_process(SYSMON_A_EVENT_PROCESS);
	build_process(SYSMON_A_EVENT_SENDER);
	mb_u64(&buf, SYSMON_A_EVENT_EXEC_DELAY_NS, 1);
	mb_u32(&buf, SYSMON_A_EVENT_EXIT_CODE, 0);
	mb_u32(&buf, SYSMON_A_EVENT_EXIT_SIGNAL, 9);
	mb_u32(&buf, SYSMON_A_EVENT_SENDER_SIGNAL, 15);
	mb_u64(&buf, SYSMON_A_EVENT_SENDER_BOOTTIME_NS, 8);
	mb_u64(&buf, SYSMON_A_EVENT_COUNT, 3);
	mb_u64(&buf, SYSMON_A_EVENT_LIMIT, 100);
	mb_nest_end(&buf, nest);
}

static void snapshot_is_decoded(void **state)
{
	(void)state;
	build_snapshot();

	assert_int_equal(decode(&buf), 0);

	assert_int_equal(msg.cmd, SYSMON_CMD_SNAPSHOT_NTF);
	assert_true(msg.have_tick && msg.have_system);
	assert_false(msg.have_module || msg.have_event || msg.have_gap);
	assert_int_equal(msg.tick.instance, 7);
	assert_int_equal(msg.tick.number, 42);
	assert_int_equal(msg.tick.boottime_ns, 1000);
	assert_int_equal(msg.tick.realtime_ns, 2000);
	assert_int_equal(msg.tick.part, 3);
	assert_true(msg.tick.last);
	assert_int_equal(msg.tick.containers, 2);
	assert_int_equal(msg.system.v[SM_CPUS], 8);
	assert_int_equal(msg.system.v[SM_CPU_USER], 99);
	assert_int_equal(msg.containers, 2);
	assert_str(msg.container[1].id, "b");
	assert_str(msg.container[1].path, "/x/b");
	assert_int_equal(msg.container[1].cgroup_id, 12);
	assert_int_equal(msg.container[1].runtime, SYSMON_RUNTIME_DOCKER);
	assert_int_equal(msg.container[1].m.v[CM_CPU_USAGE], 6000);
	assert_int_equal(msg.container[1].m.v[CM_PIDS], 3);
}

static void absent_value_is_unknown_not_zero(void **state)
{
	(void)state;
	build_snapshot();

	assert_int_equal(decode(&buf), 0);

	assert_true(metric_known(&msg.container[0].m, CM_MEM_SWAP));
	assert_int_equal(msg.container[0].m.v[CM_MEM_SWAP], 0);
	assert_false(metric_known(&msg.system, SM_LOAD1));
	assert_int_equal(msg.container[0].parent_id, 0);
}

static void part_without_total_is_not_the_last(void **state)
{
	(void)state;
	mb_begin(&buf, SYSMON_CMD_SNAPSHOT_NTF);
	mb_tick(&buf, 7, 42, 1000, 2000, 0);

	assert_int_equal(decode(&buf), 0);

	assert_false(msg.tick.last);
}

/* Every attribute of the metric tables ends up in its place. */
static void each_container_metric_is_decoded(void **state)
{
	size_t nest;

	(void)state;
	mb_begin(&buf, SYSMON_CMD_CONTAINER_GET);
	nest = mb_nest(&buf, SYSMON_A_CONTAINER);
	mb_u64(&buf, SYSMON_A_CONTAINER_CGROUP_ID, 1);
	mb_str(&buf, SYSMON_A_CONTAINER_ID, "x");
	for (unsigned int i = 0; i < CM_COUNT; i++)
		mb_u64(&buf, container_metrics[i].attribute, 1000 + i);
	mb_nest_end(&buf, nest);

	assert_int_equal(decode(&buf), 0);

	for (unsigned int i = 0; i < CM_COUNT; i++) {
		assert_true(metric_known(&msg.container[0].m, i));
		assert_int_equal(msg.container[0].m.v[i], 1000 + i);
	}
}

static void each_system_metric_is_decoded(void **state)
{
	size_t nest;

	(void)state;
	mb_begin(&buf, SYSMON_CMD_SYSTEM_GET);
	nest = mb_nest(&buf, SYSMON_A_SYSTEM);
	for (unsigned int i = 0; i < SM_COUNT; i++) {
		if (system_metrics[i].wire_bytes == 4)
			mb_u32(&buf, system_metrics[i].attribute, 100 + i);
		else
			mb_u64(&buf, system_metrics[i].attribute, 100 + i);
	}
	mb_nest_end(&buf, nest);

	assert_int_equal(decode(&buf), 0);

	for (unsigned int i = 0; i < SM_COUNT; i++)
		assert_int_equal(msg.system.v[i], 100 + i);
}

static void event_is_decoded_with_its_container(void **state)
{
	size_t nest, inner;

	(void)state;
	mb_begin(&buf, SYSMON_CMD_EVENT_NTF);
	nest = mb_nest(&buf, SYSMON_A_EVENT);
	mb_u64(&buf, SYSMON_A_EVENT_INSTANCE, 7);
	mb_u64(&buf, SYSMON_A_EVENT_SEQ, 9);
	mb_u32(&buf, SYSMON_A_EVENT_TYPE, SYSMON_EVENT_TYPE_STOP);
	mb_u64(&buf, SYSMON_A_EVENT_BOOTTIME_NS, 10);
	mb_u64(&buf, SYSMON_A_EVENT_REALTIME_NS, 20);
	inner = mb_nest(&buf, SYSMON_A_EVENT_CONTAINER);
	mb_u64(&buf, SYSMON_A_CONTAINER_CGROUP_ID, 5);
	mb_str(&buf, SYSMON_A_CONTAINER_ID, "gone");
	mb_nest_end(&buf, inner);
	mb_nest_end(&buf, nest);

	assert_int_equal(decode(&buf), 0);

	assert_true(msg.have_event && msg.event.have_container);
	assert_int_equal(msg.event.seq, 9);
	assert_int_equal(msg.event.type, SYSMON_EVENT_TYPE_STOP);
	assert_int_equal(msg.event.container.cgroup_id, 5);
	assert_str(msg.event.container.id, "gone");
	assert_int_equal(msg.containers, 0);
}

static void event_is_decoded_with_its_processes(void **state)
{
	const struct process_info *p = &msg.event.process;

	(void)state;
	build_event();

	assert_int_equal(decode(&buf), 0);

	assert_true(msg.event.have_process && msg.event.have_sender);
	assert_true(p->have_pid && p->have_uid && p->have_rss_bytes);
	assert_int_equal(p->pid, 812);
	assert_int_equal(p->uid, 0);
	assert_str(p->comm, "s\xff\n");
	assert_int_equal(p->argv.len, 8);
	assert_memory_equal(p->argv.p, "sh\0\0-c\0x", 8);
	assert_int_equal(p->argv_bytes, 9000);
	assert_str(p->parent_comm, "shim");
	assert_str(p->cgroup, "/x");
	assert_int_equal(p->container, 77);
	assert_int_equal(p->rss_bytes, 4096);
	assert_int_equal(msg.event.sender.pid, 812);
	assert_true(msg.event.have_exit_code && msg.event.have_exec_delay);
	assert_int_equal(msg.event.exit_code, 0);
	assert_int_equal(msg.event.exit_signal, 9);
	assert_int_equal(msg.event.sender_signal, 15);
	assert_int_equal(msg.event.sender_boottime_ns, 8);
	assert_int_equal(msg.event.count, 3);
	assert_int_equal(msg.event.limit, 100);
	assert_int_equal(msg.event.container.devices, 1);
}

static void event_without_processes_knows_none(void **state)
{
	size_t nest;

	(void)state;
	build_event();
	assert_int_equal(decode(&buf), 0);
	mb_begin(&buf, SYSMON_CMD_EVENT_NTF);
	nest = mb_nest(&buf, SYSMON_A_EVENT);
	mb_u64(&buf, SYSMON_A_EVENT_INSTANCE, 7);
	mb_u64(&buf, SYSMON_A_EVENT_SEQ, 9);
	mb_u32(&buf, SYSMON_A_EVENT_TYPE, 99);
	mb_u64(&buf, SYSMON_A_EVENT_BOOTTIME_NS, 10);
	mb_u64(&buf, SYSMON_A_EVENT_REALTIME_NS, 20);
	mb_nest_end(&buf, nest);

	assert_int_equal(decode(&buf), 0);

	assert_int_equal(msg.event.type, 99);
	assert_false(msg.event.have_process || msg.event.have_sender);
	assert_false(msg.event.have_exit_code || msg.event.have_count);
	assert_false(msg.event.have_limit || msg.event.have_exec_delay);
	assert_int_equal(msg.event.exit_signal, 0);
	assert_null(msg.event.process.comm.p);
}

static void cpus_are_decoded(void **state)
{
	(void)state;
	build_snapshot();
	build_cpu(0, 5);
	build_cpu(3, 7);

	assert_int_equal(decode(&buf), 0);

	assert_int_equal(msg.cpus, 2);
	assert_int_equal(msg.cpu[1].number, 3);
	assert_int_equal(msg.cpu[1].m.v[PM_USER], 7);
	assert_int_equal(msg.cpu[1].m.have, 1 << PM_USER);
}

static void devices_are_their_containers(void **state)
{
	(void)state;
	mb_begin(&buf, SYSMON_CMD_SNAPSHOT_NTF);
	for (uint32_t i = 1; i <= 2; i++) {
		size_t nest = mb_nest(&buf, SYSMON_A_CONTAINER);

		mb_u64(&buf, SYSMON_A_CONTAINER_CGROUP_ID, i);
		mb_str(&buf, SYSMON_A_CONTAINER_ID, "x");
		build_device(8, i, 100 * i);
		build_device(9, i, 200 * i);
		mb_nest_end(&buf, nest);
	}

	assert_int_equal(decode(&buf), 0);

	assert_int_equal(msg.container[0].devices, 2);
	assert_int_equal(msg.container[1].devices, 2);
	assert_int_equal(msg.container[1].device[1].major, 9);
	assert_int_equal(msg.container[1].device[1].minor, 2);
	assert_int_equal(msg.container[1].device[1].m.v[DM_WRITE_BYTES], 400);
	assert_int_equal(msg.container[0].device[0].m.v[DM_WRITE_BYTES], 100);
}

static void unchanged_ids_are_decoded(void **state)
{
	const uint64_t ids[] = { 11, UINT64_MAX };

	(void)state;
	mb_begin(&buf, SYSMON_CMD_SNAPSHOT_NTF);
	mb_raw(&buf, SYSMON_A_UNCHANGED, ids, sizeof(ids));

	assert_int_equal(decode(&buf), 0);

	assert_int_equal(message_unchanged(&msg), 2);
	assert_int_equal(message_unchanged_id(&msg, 1), UINT64_MAX);
	mb_begin(&buf, SYSMON_CMD_SNAPSHOT_NTF);
	mb_raw(&buf, SYSMON_A_UNCHANGED, NULL, 0);
	assert_int_equal(decode(&buf), 0);
	assert_int_equal(message_unchanged(&msg), 0);
}

static void unchanged_ids_of_odd_length_are_refused(void **state)
{
	(void)state;
	for (size_t len = 1; len < 24; len++) {
		mb_begin(&buf, SYSMON_CMD_SNAPSHOT_NTF);
		mb_raw(&buf, SYSMON_A_UNCHANGED, "123456789012345678901234",
		       len);
		assert_int_equal(decode(&buf), len % 8 ? -EBADMSG : 0);
	}
	assert_string_equal(err.attribute, "unchanged");
}

static void too_many_cpus_or_devices_are_refused(void **state)
{
	size_t nest;

	(void)state;
	mb_begin(&buf, SYSMON_CMD_SNAPSHOT_NTF);
	for (uint32_t i = 0; i < DECODE_CPUS_MAX + 1; i++)
		build_cpu(i, 1);
	assert_int_equal(decode(&buf), -EBADMSG);
	assert_string_equal(err.attribute, "cpu");
	mb_begin(&buf, SYSMON_CMD_SNAPSHOT_NTF);
	nest = mb_nest(&buf, SYSMON_A_CONTAINER);
	for (uint32_t i = 0; i < DECODE_DEVICES_MAX + 1; i++)
		build_device(i, 1, 1);
	mb_nest_end(&buf, nest);
	assert_int_equal(decode(&buf), -EBADMSG);
	assert_string_equal(err.attribute, "container.IO_DEVICE");
}

static void module_is_decoded_with_its_patterns(void **state)
{
	size_t nest;

	(void)state;
	mb_begin(&buf, SYSMON_CMD_MODULE_GET);
	nest = mb_nest(&buf, SYSMON_A_MODULE);
	mb_str(&buf, SYSMON_A_MODULE_VERSION, "1.2.3");
	mb_u32(&buf, SYSMON_A_MODULE_ABI, 1);
	mb_u64(&buf, SYSMON_A_MODULE_INSTANCE, 77);
	mb_u64(&buf, SYSMON_A_MODULE_EVENTS_HEAD, 5);
	mb_u32(&buf, SYSMON_A_MODULE_CONTAINERS, 31);
	mb_str(&buf, SYSMON_A_MODULE_MATCH, "a*");
	mb_str(&buf, SYSMON_A_MODULE_MATCH, "b*");
	mb_nest_end(&buf, nest);

	assert_int_equal(decode(&buf), 0);

	assert_true(msg.have_module);
	assert_str(msg.module.version, "1.2.3");
	assert_int_equal(msg.module.containers, 31);
	assert_int_equal(msg.module.matches, 2);
	assert_str(msg.module.match[1], "b*");
}

static void gap_is_decoded(void **state)
{
	size_t nest;

	(void)state;
	mb_begin(&buf, SYSMON_CMD_EVENT_GET);
	nest = mb_nest(&buf, SYSMON_A_GAP);
	mb_u64(&buf, SYSMON_A_GAP_INSTANCE, 7);
	mb_u64(&buf, SYSMON_A_GAP_FIRST, 1);
	mb_u64(&buf, SYSMON_A_GAP_COUNT, 12);
	mb_nest_end(&buf, nest);

	assert_int_equal(decode(&buf), 0);

	assert_true(msg.have_gap);
	assert_int_equal(msg.gap.count, 12);
}

static void unknown_attributes_are_ignored(void **state)
{
	size_t nest;

	(void)state;
	mb_begin(&buf, SYSMON_CMD_SNAPSHOT_NTF);
	mb_str(&buf, 999, "from the future");
	mb_tick(&buf, 7, 42, 1000, 2000, 0);
	nest = mb_nest(&buf, SYSMON_A_CONTAINER | NLA_F_NESTED);
	mb_raw(&buf, 0, "zero", 4);
	mb_raw(&buf, SYSMON_A_CONTAINER_MAX + 1, "new", 3);
	mb_u64(&buf, SYSMON_A_CONTAINER_CGROUP_ID, 1);
	mb_str(&buf, SYSMON_A_CONTAINER_ID, "x");
	mb_nest_end(&buf, nest);

	assert_int_equal(decode(&buf), 0);

	assert_int_equal(msg.containers, 1);
	assert_int_equal(msg.container[0].m.have, 0);
}

static void of_a_repeated_attribute_the_last_counts(void **state)
{
	(void)state;
	mb_begin(&buf, SYSMON_CMD_SNAPSHOT_NTF);
	mb_tick(&buf, 7, 42, 1000, 2000, 0);
	mb_tick(&buf, 7, 43, 1001, 2001, 0);

	assert_int_equal(decode(&buf), 0);

	assert_int_equal(msg.tick.number, 43);
}

static void wrong_size_is_refused_by_name(void **state)
{
	size_t nest;

	(void)state;
	mb_begin(&buf, SYSMON_CMD_SNAPSHOT_NTF);
	nest = mb_nest(&buf, SYSMON_A_CONTAINER);
	mb_u64(&buf, SYSMON_A_CONTAINER_CGROUP_ID, 1);
	mb_str(&buf, SYSMON_A_CONTAINER_ID, "x");
	mb_u32(&buf, SYSMON_A_CONTAINER_CPU_USAGE_NS, 1);
	mb_nest_end(&buf, nest);

	assert_int_equal(decode(&buf), -EBADMSG);

	assert_string_equal(err.attribute, "container.CPU_USAGE_NS");
	assert_string_equal(err.problem, "has the wrong size");
}

/* Each attribute, known or not, alone at the end of a message or of a nest. */
static void attribute_of_any_size_is_survived(void **state)
{
	static const uint16_t outer[] = { 0,
					  SYSMON_A_MODULE,
					  SYSMON_A_TICK,
					  SYSMON_A_SYSTEM,
					  SYSMON_A_CONTAINER,
					  SYSMON_A_EVENT,
					  SYSMON_A_GAP,
					  SYSMON_A_CPU };
	const char bytes[16] = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(outer) / sizeof(outer[0]); i++)
		for (uint16_t type = 0; type < 60; type++)
			for (size_t size = 0; size <= sizeof(bytes); size++) {
				size_t nest = 0;

				mb_begin(&buf, SYSMON_CMD_SNAPSHOT_NTF);
				if (outer[i])
					nest = mb_nest(&buf, outer[i]);
				mb_raw(&buf, type, bytes, size);
				buf.len -= NLA_ALIGN(size) - size;
				if (outer[i])
					mb_nest_end(&buf, nest);
				decode(&buf);
			}
}

static void each_fixed_attribute_of_the_wrong_size_is_refused(void **state)
{
	static const struct {
		uint16_t outer;
		uint16_t type;
		const char *name;
	} attribute[] = {
		{ SYSMON_A_MODULE, SYSMON_A_MODULE_ABI, "module.ABI" },
		{ SYSMON_A_MODULE, SYSMON_A_MODULE_INSTANCE,
		  "module.INSTANCE" },
		{ SYSMON_A_MODULE, SYSMON_A_MODULE_CONTAINERS,
		  "module.CONTAINERS" },
		{ SYSMON_A_TICK, SYSMON_A_TICK_NUMBER, "tick.NUMBER" },
		{ SYSMON_A_TICK, SYSMON_A_TICK_PART, "tick.PART" },
		{ SYSMON_A_SYSTEM, SYSMON_A_SYSTEM_CPUS, "system.CPUS" },
		{ SYSMON_A_CONTAINER, SYSMON_A_CONTAINER_RUNTIME,
		  "container.RUNTIME" },
		{ SYSMON_A_EVENT, SYSMON_A_EVENT_SEQ, "event.SEQ" },
		{ SYSMON_A_GAP, SYSMON_A_GAP_COUNT, "gap.COUNT" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(attribute) / sizeof(attribute[0]); i++) {
		size_t nest;

		mb_begin(&buf, SYSMON_CMD_SNAPSHOT_NTF);
		nest = mb_nest(&buf, attribute[i].outer);
		mb_raw(&buf, attribute[i].type, "12345", 5);
		mb_nest_end(&buf, nest);
		assert_int_equal(decode(&buf), -EBADMSG);
		assert_string_equal(err.attribute, attribute[i].name);
		assert_string_equal(err.problem, "has the wrong size");
	}
	mb_begin(&buf, SYSMON_CMD_SNAPSHOT_NTF);
	mb_u64(&buf, SYSMON_A_CONTAINERS, 1);
	assert_int_equal(decode(&buf), -EBADMSG);
	assert_string_equal(err.attribute, "containers");
}

static void missing_attribute_is_refused_by_name(void **state)
{
	size_t nest;

	(void)state;
	mb_begin(&buf, SYSMON_CMD_SNAPSHOT_NTF);
	nest = mb_nest(&buf, SYSMON_A_TICK);
	mb_u64(&buf, SYSMON_A_TICK_INSTANCE, 1);
	mb_nest_end(&buf, nest);

	assert_int_equal(decode(&buf), -EBADMSG);

	assert_string_equal(err.attribute, "tick.NUMBER");
	assert_string_equal(err.problem, "is missing");
}

static void attribute_longer_than_its_nest_is_refused(void **state)
{
	size_t nest;
	uint16_t len = 400;

	(void)state;
	mb_begin(&buf, SYSMON_CMD_SNAPSHOT_NTF);
	nest = mb_nest(&buf, SYSMON_A_CONTAINER);
	mb_u64(&buf, SYSMON_A_CONTAINER_CGROUP_ID, 1);
	mb_nest_end(&buf, nest);
	memcpy(buf.data + nest + NLA_HDRLEN, &len, sizeof(len));

	assert_int_equal(decode(&buf), -EBADMSG);

	assert_string_equal(err.attribute, "container");
	assert_string_equal(err.problem, "holds a wrong length");
}

static void attribute_shorter_than_its_header_is_refused(void **state)
{
	uint16_t len = 3;

	(void)state;
	mb_begin(&buf, SYSMON_CMD_SNAPSHOT_NTF);
	mb_u64(&buf, SYSMON_A_SEQ, 1);
	memcpy(buf.data + GENL_HDRLEN, &len, sizeof(len));

	assert_int_equal(decode(&buf), -EBADMSG);
}

static void too_many_containers_are_refused(void **state)
{
	(void)state;
	mb_begin(&buf, SYSMON_CMD_SNAPSHOT_NTF);
	for (int i = 0; i < DECODE_CONTAINERS_MAX + 1; i++) {
		size_t nest = mb_nest(&buf, SYSMON_A_CONTAINER);

		mb_u64(&buf, SYSMON_A_CONTAINER_CGROUP_ID, 1);
		mb_str(&buf, SYSMON_A_CONTAINER_ID, "x");
		mb_nest_end(&buf, nest);
	}

	assert_int_equal(decode(&buf), -EBADMSG);

	assert_string_equal(err.problem, "comes too often");
}

static void too_many_patterns_are_refused(void **state)
{
	size_t nest;

	(void)state;
	mb_begin(&buf, SYSMON_CMD_MODULE_GET);
	nest = mb_nest(&buf, SYSMON_A_MODULE);
	for (int i = 0; i < SYSMON_MATCH_MAX + 1; i++)
		mb_str(&buf, SYSMON_A_MODULE_MATCH, "x");
	mb_nest_end(&buf, nest);

	assert_int_equal(decode(&buf), -EBADMSG);
}

static void string_without_its_zero_keeps_its_length(void **state)
{
	size_t nest;

	(void)state;
	mb_begin(&buf, SYSMON_CMD_CONTAINER_GET);
	nest = mb_nest(&buf, SYSMON_A_CONTAINER);
	mb_u64(&buf, SYSMON_A_CONTAINER_CGROUP_ID, 1);
	mb_raw(&buf, SYSMON_A_CONTAINER_ID, "abcd", 4);
	mb_raw(&buf, SYSMON_A_CONTAINER_PATH, "/a\0b", 4);
	mb_nest_end(&buf, nest);

	assert_int_equal(decode(&buf), 0);

	assert_str(msg.container[0].id, "abcd");
	assert_str(msg.container[0].path, "/a");
}

/* However much of a message is cut off, nothing beyond the rest is read. */
static void every_truncation_is_survived(void **state)
{
	size_t whole;

	(void)state;
	build_snapshot();
	build_cpu(1, 2);
	mb_raw(&buf, SYSMON_A_UNCHANGED, "12345678", 8);
	whole = buf.len;
	for (buf.len = 0; buf.len < whole; buf.len++)
		decode(&buf);
	assert_int_equal(decode(&buf), 0);

	build_event();
	whole = buf.len;
	for (buf.len = 0; buf.len < whole; buf.len++)
		decode(&buf);
	assert_int_equal(decode(&buf), 0);
}

static void flip_every_byte(void)
{
	for (size_t i = 0; i < buf.len; i++) {
		uint8_t keep = buf.data[i];

		for (int bit = 0; bit < 8; bit++) {
			buf.data[i] = keep ^ (uint8_t)(1 << bit);
			decode(&buf);
		}
		buf.data[i] = keep;
	}
	assert_int_equal(decode(&buf), 0);
}

/* Nor when any one byte is any other. */
static void every_flipped_byte_is_survived(void **state)
{
	(void)state;
	build_snapshot();
	build_cpu(1, 2);
	mb_raw(&buf, SYSMON_A_UNCHANGED, "12345678", 8);
	flip_every_byte();
	build_event();
	flip_every_byte();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(snapshot_is_decoded),
		cmocka_unit_test(absent_value_is_unknown_not_zero),
		cmocka_unit_test(part_without_total_is_not_the_last),
		cmocka_unit_test(each_container_metric_is_decoded),
		cmocka_unit_test(each_system_metric_is_decoded),
		cmocka_unit_test(event_is_decoded_with_its_container),
		cmocka_unit_test(event_is_decoded_with_its_processes),
		cmocka_unit_test(event_without_processes_knows_none),
		cmocka_unit_test(cpus_are_decoded),
		cmocka_unit_test(devices_are_their_containers),
		cmocka_unit_test(unchanged_ids_are_decoded),
		cmocka_unit_test(unchanged_ids_of_odd_length_are_refused),
		cmocka_unit_test(too_many_cpus_or_devices_are_refused),
		cmocka_unit_test(module_is_decoded_with_its_patterns),
		cmocka_unit_test(gap_is_decoded),
		cmocka_unit_test(unknown_attributes_are_ignored),
		cmocka_unit_test(of_a_repeated_attribute_the_last_counts),
		cmocka_unit_test(wrong_size_is_refused_by_name),
		cmocka_unit_test(attribute_of_any_size_is_survived),
		cmocka_unit_test(
			each_fixed_attribute_of_the_wrong_size_is_refused),
		cmocka_unit_test(missing_attribute_is_refused_by_name),
		cmocka_unit_test(attribute_longer_than_its_nest_is_refused),
		cmocka_unit_test(attribute_shorter_than_its_header_is_refused),
		cmocka_unit_test(too_many_containers_are_refused),
		cmocka_unit_test(too_many_patterns_are_refused),
		cmocka_unit_test(string_without_its_zero_keeps_its_length),
		cmocka_unit_test(every_truncation_is_survived),
		cmocka_unit_test(every_flipped_byte_is_survived),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
