// SPDX-License-Identifier: GPL-2.0
/*
 * The decoder of decode.h: one table for each kind of nest says which
 * attribute goes where. Metrics come from the lists in metric.h.
 */
#include "decode.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <string.h>

enum field_kind {
	FIELD_IGNORED,	 /* unknown attribute, or padding */
	FIELD_U32,	 /* into a 32-bit member */
	FIELD_WIDE,	 /* 32 bits on the wire, into a 64-bit member */
	FIELD_U64,	 /* into a 64-bit member */
	FIELD_STRING,	 /* into a struct str */
	FIELD_BYTES,	 /* the same, zeros and all */
	FIELD_IDS,	 /* the same, of 64-bit numbers */
	FIELD_MATCH,	 /* the next of module_info.match */
	FIELD_METRIC,	 /* into a struct metric_values */
	FIELD_FEW,	 /* into a struct metric_few */
	FIELD_NEST,	 /* one nest */
	FIELD_CONTAINER, /* the next of message.container */
	FIELD_CPU,	 /* the next of message.cpu */
	FIELD_DEVICE	 /* the next of message.device */
};

struct nest;

/* Where one attribute goes. */
struct field {
	const char *name;
	enum field_kind kind;
	uint16_t offset; /* of the member in its struct */
	uint16_t have;	 /* of the bool that says it was there; 0 is none */
	uint8_t bytes;	 /* on the wire; 0: any */
	uint8_t index;	 /* FIELD_METRIC: into the values */
	const struct nest *nest;
};

struct nest {
	const struct field *fields; /* indexed by attribute */
	unsigned int count;
	uint64_t required; /* attributes that must be there, a bit for each */
	size_t size;	   /* of the struct, to be emptied at first */
};

#define BIT(n)	      (UINT64_C(1) << (n))
#define COUNT(fields) (sizeof(fields) / sizeof((fields)[0]))

#define BYTES_FIELD_U32	   4
#define BYTES_FIELD_WIDE   4
#define BYTES_FIELD_U64	   8
#define BYTES_FIELD_STRING 0
#define BYTES_FIELD_BYTES  0
#define BYTES_FIELD_IDS	   0
#define BYTES_FIELD_MATCH  0

#define FIELD(label, type, knd, member)                               \
	{                                                             \
		.name = (label), .kind = (knd), .bytes = BYTES_##knd, \
		.offset = offsetof(struct type, member)               \
	}
#define FIELD_HAVE(label, type, knd, member, flag)                    \
	{                                                             \
		.name = (label), .kind = (knd), .bytes = BYTES_##knd, \
		.offset = offsetof(struct type, member),              \
		.have = offsetof(struct type, flag)                   \
	}
#define NEST(label, type, member, flag, table)                        \
	{                                                             \
		.name = (label), .kind = FIELD_NEST,                  \
		.offset = offsetof(struct type, member),              \
		.have = offsetof(struct type, flag), .nest = &(table) \
	}

#define WIRE_u32 4
#define WIRE_u64 8
#define METRIC(label, knd, at, idx, wire)                       \
	{                                                       \
		.name = (label), .kind = (knd), .offset = (at), \
		.index = (idx), .bytes = WIRE_##wire            \
	}
#define CONTAINER_METRIC(id, attr, wire, ...)            \
	[SYSMON_A_CONTAINER_##attr] =                    \
		METRIC("container." #attr, FIELD_METRIC, \
		       offsetof(struct container_info, m), CM_##id, wire),
#define SYSTEM_METRIC(id, attr, wire, ...) \
	[SYSMON_A_SYSTEM_##attr] =         \
		METRIC("system." #attr, FIELD_METRIC, 0, SM_##id, wire),
#define CPU_METRIC(id, attr, wire, ...)                                       \
	[SYSMON_A_CPU_##attr] = METRIC("cpu." #attr, FIELD_FEW,               \
				       offsetof(struct cpu_info, m), PM_##id, \
				       wire),
#define DEVICE_METRIC(id, attr, wire, ...)                                    \
	[SYSMON_A_IO_DEVICE_##attr] = METRIC("io-device." #attr, FIELD_FEW,   \
					     offsetof(struct device_info, m), \
					     DM_##id, wire),

static const struct field module_fields[] = {
	[SYSMON_A_MODULE_VERSION] =
		FIELD("module.VERSION", module_info, FIELD_STRING, version),
	[SYSMON_A_MODULE_ABI] =
		FIELD("module.ABI", module_info, FIELD_U32, abi),
	[SYSMON_A_MODULE_BOOT_ID] =
		FIELD("module.BOOT_ID", module_info, FIELD_STRING, boot_id),
	[SYSMON_A_MODULE_INSTANCE] =
		FIELD("module.INSTANCE", module_info, FIELD_U64, instance),
	[SYSMON_A_MODULE_INTERVAL_NS] = FIELD("module.INTERVAL_NS", module_info,
					      FIELD_U64, interval_ns),
	[SYSMON_A_MODULE_TICKS] =
		FIELD("module.TICKS", module_info, FIELD_U64, ticks),
	[SYSMON_A_MODULE_WALKS] =
		FIELD("module.WALKS", module_info, FIELD_U64, walks),
	[SYSMON_A_MODULE_WALK_NS] =
		FIELD("module.WALK_NS", module_info, FIELD_U64, walk_ns),
	[SYSMON_A_MODULE_WALK_TOTAL_NS] = FIELD("module.WALK_TOTAL_NS",
						module_info, FIELD_U64,
						walk_total_ns),
	[SYSMON_A_MODULE_MESSAGES] =
		FIELD("module.MESSAGES", module_info, FIELD_U64, messages),
	[SYSMON_A_MODULE_DROPPED] =
		FIELD("module.DROPPED", module_info, FIELD_U64, dropped),
	[SYSMON_A_MODULE_CONTAINERS] =
		FIELD("module.CONTAINERS", module_info, FIELD_WIDE, containers),
	[SYSMON_A_MODULE_CONTAINERS_MAX] = FIELD("module.CONTAINERS_MAX",
						 module_info, FIELD_WIDE,
						 containers_max),
	[SYSMON_A_MODULE_CONTAINERS_REFUSED] =
		FIELD("module.CONTAINERS_REFUSED", module_info, FIELD_U64,
		      containers_refused),
	[SYSMON_A_MODULE_EVENTS_HEAD] = FIELD("module.EVENTS_HEAD", module_info,
					      FIELD_U64, events_head),
	[SYSMON_A_MODULE_EVENTS_TAIL] = FIELD("module.EVENTS_TAIL", module_info,
					      FIELD_U64, events_tail),
	[SYSMON_A_MODULE_EVENTS_CAPACITY] = FIELD("module.EVENTS_CAPACITY",
						  module_info, FIELD_WIDE,
						  events_capacity),
	[SYSMON_A_MODULE_EVENTS_LOST] = FIELD("module.EVENTS_LOST", module_info,
					      FIELD_U64, events_lost),
	[SYSMON_A_MODULE_RESCANS] =
		FIELD("module.RESCANS", module_info, FIELD_U64, rescans),
	[SYSMON_A_MODULE_MATCH] =
		FIELD("module.MATCH", module_info, FIELD_MATCH, match),
	[SYSMON_A_MODULE_FILE_ERRORS] = FIELD("module.FILE_ERRORS", module_info,
					      FIELD_U64, file_errors),
	[SYSMON_A_MODULE_TICK_NS] =
		FIELD("module.TICK_NS", module_info, FIELD_U64, tick_ns),
	[SYSMON_A_MODULE_TICK_TOTAL_NS] = FIELD("module.TICK_TOTAL_NS",
						module_info, FIELD_U64,
						tick_total_ns),
	[SYSMON_A_MODULE_EVENTS_BYTES] = FIELD("module.EVENTS_BYTES",
					       module_info, FIELD_U64,
					       events_bytes),
	[SYSMON_A_MODULE_EVENTS_BYTES_MAX] = FIELD("module.EVENTS_BYTES_MAX",
						   module_info, FIELD_U64,
						   events_bytes_max),
	[SYSMON_A_MODULE_CONTAINER_BYTES] = FIELD("module.CONTAINER_BYTES",
						  module_info, FIELD_WIDE,
						  container_bytes),
	[SYSMON_A_MODULE_FACTS_LOST] =
		FIELD("module.FACTS_LOST", module_info, FIELD_U64, facts_lost),
};

static const struct field tick_fields[] = {
	[SYSMON_A_TICK_INSTANCE] =
		FIELD("tick.INSTANCE", tick_info, FIELD_U64, instance),
	[SYSMON_A_TICK_NUMBER] =
		FIELD("tick.NUMBER", tick_info, FIELD_U64, number),
	[SYSMON_A_TICK_BOOTTIME_NS] =
		FIELD("tick.BOOTTIME_NS", tick_info, FIELD_U64, boottime_ns),
	[SYSMON_A_TICK_REALTIME_NS] =
		FIELD("tick.REALTIME_NS", tick_info, FIELD_U64, realtime_ns),
	[SYSMON_A_TICK_WALK_NS] =
		FIELD("tick.WALK_NS", tick_info, FIELD_U64, walk_ns),
	[SYSMON_A_TICK_INTERVAL_NS] =
		FIELD("tick.INTERVAL_NS", tick_info, FIELD_U64, interval_ns),
	[SYSMON_A_TICK_PART] = FIELD("tick.PART", tick_info, FIELD_U32, part),
};

static const struct field system_fields[] = { SYSTEM_METRICS(SYSTEM_METRIC) };

static const struct field cpu_fields[] = { [SYSMON_A_CPU_NUMBER] =
						   FIELD("cpu.NUMBER", cpu_info,
							 FIELD_U32, number),
					   CPU_METRICS(CPU_METRIC) };

static const struct nest cpu_nest = {
	.fields = cpu_fields,
	.count = COUNT(cpu_fields),
	.required = BIT(SYSMON_A_CPU_NUMBER),
	.size = sizeof(struct cpu_info),
};

static const struct field device_fields[] = {
	[SYSMON_A_IO_DEVICE_MAJOR] =
		FIELD("io-device.MAJOR", device_info, FIELD_U32, major),
	[SYSMON_A_IO_DEVICE_MINOR] =
		FIELD("io-device.MINOR", device_info, FIELD_U32, minor),
	DEVICE_METRICS(DEVICE_METRIC)
};

static const struct nest device_nest = {
	.fields = device_fields,
	.count = COUNT(device_fields),
	.required = BIT(SYSMON_A_IO_DEVICE_MAJOR) |
		    BIT(SYSMON_A_IO_DEVICE_MINOR),
	.size = sizeof(struct device_info),
};

static const struct field container_fields[] = {
	[SYSMON_A_CONTAINER_CGROUP_ID] = FIELD("container.CGROUP_ID",
					       container_info, FIELD_U64,
					       cgroup_id),
	[SYSMON_A_CONTAINER_PARENT_ID] = FIELD("container.PARENT_ID",
					       container_info, FIELD_U64,
					       parent_id),
	[SYSMON_A_CONTAINER_ID] =
		FIELD("container.ID", container_info, FIELD_STRING, id),
	[SYSMON_A_CONTAINER_PATH] =
		FIELD("container.PATH", container_info, FIELD_STRING, path),
	[SYSMON_A_CONTAINER_RUNTIME] =
		FIELD("container.RUNTIME", container_info, FIELD_U32, runtime),
	[SYSMON_A_CONTAINER_STARTED_BOOTTIME_NS] =
		FIELD("container.STARTED_BOOTTIME_NS", container_info,
		      FIELD_U64, started_boottime_ns),
	[SYSMON_A_CONTAINER_IO_DEVICE] = { .name = "container.IO_DEVICE",
					   .kind = FIELD_DEVICE,
					   .nest = &device_nest },
	CONTAINER_METRICS(CONTAINER_METRIC)
};

static const struct nest container_nest = {
	.fields = container_fields,
	.count = COUNT(container_fields),
	.required = BIT(SYSMON_A_CONTAINER_CGROUP_ID) |
		    BIT(SYSMON_A_CONTAINER_ID),
	.size = sizeof(struct container_info),
};

static const struct field process_fields[] = {
	[SYSMON_A_PROCESS_PID] = FIELD_HAVE("process.PID", process_info,
					    FIELD_U32, pid, have_pid),
	[SYSMON_A_PROCESS_UID] = FIELD_HAVE("process.UID", process_info,
					    FIELD_U32, uid, have_uid),
	[SYSMON_A_PROCESS_COMM] =
		FIELD("process.COMM", process_info, FIELD_STRING, comm),
	[SYSMON_A_PROCESS_ARGV] =
		FIELD("process.ARGV", process_info, FIELD_BYTES, argv),
	[SYSMON_A_PROCESS_ARGV_BYTES] = FIELD_HAVE("process.ARGV_BYTES",
						   process_info, FIELD_U32,
						   argv_bytes, have_argv_bytes),
	[SYSMON_A_PROCESS_PARENT_COMM] = FIELD("process.PARENT_COMM",
					       process_info, FIELD_STRING,
					       parent_comm),
	[SYSMON_A_PROCESS_CGROUP] =
		FIELD("process.CGROUP", process_info, FIELD_STRING, cgroup),
	[SYSMON_A_PROCESS_CONTAINER] =
		FIELD("process.CONTAINER", process_info, FIELD_U64, container),
	[SYSMON_A_PROCESS_RSS_BYTES] = FIELD_HAVE("process.RSS_BYTES",
						  process_info, FIELD_U64,
						  rss_bytes, have_rss_bytes),
};

static const struct nest process_nest = {
	.fields = process_fields,
	.count = COUNT(process_fields),
	.size = sizeof(struct process_info),
};

static const struct field event_fields[] = {
	[SYSMON_A_EVENT_INSTANCE] =
		FIELD("event.INSTANCE", event_info, FIELD_U64, instance),
	[SYSMON_A_EVENT_SEQ] = FIELD("event.SEQ", event_info, FIELD_U64, seq),
	[SYSMON_A_EVENT_TYPE] =
		FIELD("event.TYPE", event_info, FIELD_U32, type),
	[SYSMON_A_EVENT_BOOTTIME_NS] =
		FIELD("event.BOOTTIME_NS", event_info, FIELD_U64, boottime_ns),
	[SYSMON_A_EVENT_REALTIME_NS] =
		FIELD("event.REALTIME_NS", event_info, FIELD_U64, realtime_ns),
	[SYSMON_A_EVENT_CONTAINER] = NEST("event.CONTAINER", event_info,
					  container, have_container,
					  container_nest),
	[SYSMON_A_EVENT_PROCESS] = NEST("event.PROCESS", event_info, process,
					have_process, process_nest),
	[SYSMON_A_EVENT_EXEC_DELAY_NS] =
		FIELD_HAVE("event.EXEC_DELAY_NS", event_info, FIELD_U64,
			   exec_delay_ns, have_exec_delay),
	[SYSMON_A_EVENT_EXIT_CODE] = FIELD_HAVE("event.EXIT_CODE", event_info,
						FIELD_U32, exit_code,
						have_exit_code),
	[SYSMON_A_EVENT_EXIT_SIGNAL] =
		FIELD("event.EXIT_SIGNAL", event_info, FIELD_U32, exit_signal),
	[SYSMON_A_EVENT_SENDER] = NEST("event.SENDER", event_info, sender,
				       have_sender, process_nest),
	[SYSMON_A_EVENT_SENDER_SIGNAL] = FIELD("event.SENDER_SIGNAL",
					       event_info, FIELD_U32,
					       sender_signal),
	[SYSMON_A_EVENT_SENDER_BOOTTIME_NS] = FIELD("event.SENDER_BOOTTIME_NS",
						    event_info, FIELD_U64,
						    sender_boottime_ns),
	[SYSMON_A_EVENT_COUNT] = FIELD_HAVE("event.COUNT", event_info,
					    FIELD_U64, count, have_count),
	[SYSMON_A_EVENT_LIMIT] = FIELD_HAVE("event.LIMIT", event_info,
					    FIELD_U64, limit, have_limit),
};

static const struct field gap_fields[] = {
	[SYSMON_A_GAP_INSTANCE] =
		FIELD("gap.INSTANCE", gap_info, FIELD_U64, instance),
	[SYSMON_A_GAP_FIRST] = FIELD("gap.FIRST", gap_info, FIELD_U64, first),
	[SYSMON_A_GAP_COUNT] = FIELD("gap.COUNT", gap_info, FIELD_U64, count),
};

static const struct nest module_nest = {
	.fields = module_fields,
	.count = COUNT(module_fields),
	.required = BIT(SYSMON_A_MODULE_ABI) | BIT(SYSMON_A_MODULE_INSTANCE) |
		    BIT(SYSMON_A_MODULE_EVENTS_HEAD),
	.size = sizeof(struct module_info),
};
static const struct nest tick_nest = {
	.fields = tick_fields,
	.count = COUNT(tick_fields),
	.required = BIT(SYSMON_A_TICK_INSTANCE) | BIT(SYSMON_A_TICK_NUMBER) |
		    BIT(SYSMON_A_TICK_BOOTTIME_NS) |
		    BIT(SYSMON_A_TICK_REALTIME_NS),
	.size = sizeof(struct tick_info),
};
static const struct nest system_nest = {
	.fields = system_fields,
	.count = COUNT(system_fields),
	.size = sizeof(struct metric_values),
};
static const struct nest event_nest = {
	.fields = event_fields,
	.count = COUNT(event_fields),
	.required = BIT(SYSMON_A_EVENT_INSTANCE) | BIT(SYSMON_A_EVENT_SEQ) |
		    BIT(SYSMON_A_EVENT_TYPE) | BIT(SYSMON_A_EVENT_BOOTTIME_NS) |
		    BIT(SYSMON_A_EVENT_REALTIME_NS),
	.size = sizeof(struct event_info),
};
static const struct nest gap_nest = {
	.fields = gap_fields,
	.count = COUNT(gap_fields),
	.required = BIT(SYSMON_A_GAP_INSTANCE) | BIT(SYSMON_A_GAP_FIRST) |
		    BIT(SYSMON_A_GAP_COUNT),
	.size = sizeof(struct gap_info),
};

_Static_assert(offsetof(struct process_info, have_pid) > 0 &&
		       offsetof(struct event_info, have_container) > 0,
	       "a flag's offset of 0 stands for none");

static const struct field top_fields[] = {
	[SYSMON_A_MODULE] =
		NEST("module", message, module, have_module, module_nest),
	[SYSMON_A_TICK] = NEST("tick", message, tick, have_tick, tick_nest),
	[SYSMON_A_SYSTEM] =
		NEST("system", message, system, have_system, system_nest),
	[SYSMON_A_CONTAINER] = { .name = "container",
				 .kind = FIELD_CONTAINER,
				 .nest = &container_nest },
	[SYSMON_A_EVENT] =
		NEST("event", message, event, have_event, event_nest),
	[SYSMON_A_GAP] = NEST("gap", message, gap, have_gap, gap_nest),
	[SYSMON_A_CONTAINERS] =
		FIELD_HAVE("containers", message, FIELD_U32, total, have_total),
	[SYSMON_A_CPU] = { .name = "cpu", .kind = FIELD_CPU, .nest = &cpu_nest },
	[SYSMON_A_UNCHANGED] =
		FIELD("unchanged", message, FIELD_IDS, unchanged),
};
static const struct nest top_nest = {
	.fields = top_fields,
	.count = COUNT(top_fields),
	/* The whole of struct message is too large to be emptied each time. */
	.size = 0,
};

_Static_assert(SYSMON_A_MODULE_MAX < 64 && SYSMON_A_CONTAINER_MAX < 64 &&
		       SYSMON_A_SYSTEM_MAX < 64,
	       "`required` and `seen` are 64 bits");
_Static_assert(offsetof(struct message, container) <= UINT16_MAX,
	       "a field's offset is 16 bits");

/* What all nests of one message share. */
struct decoder {
	struct message *msg;
	struct decode_error err;
};

static int bad(struct decoder *d, const char *attribute, const char *problem)
{
	d->err.attribute = attribute;
	d->err.problem = problem;
	return -EBADMSG;
}

static int decode_nest(const struct nest *nest, const char *name,
		       const uint8_t *buf, size_t len, void *out,
		       struct decoder *d);

/* One string; the kernel's end in a zero byte that is not part of it. */
static struct str to_str(const uint8_t *data, size_t len)
{
	return (struct str){ (const char *)data,
			     strnlen((const char *)data, len) };
}

static int decode_match(const struct field *f, const uint8_t *data, size_t len,
			struct module_info *module, struct decoder *d)
{
	if (module->matches == SYSMON_MATCH_MAX)
		return bad(d, f->name, "comes too often");
	module->match[module->matches++] = to_str(data, len);
	return 0;
}

/* Decodes a nest into the next of `max` places; *count says which that is. */
static int decode_next(const struct field *f, const uint8_t *data, size_t len,
		       void *next, unsigned int *count, unsigned int max,
		       struct decoder *d)
{
	int rc;

	if (*count == max)
		return bad(d, f->name, "comes too often");
	rc = decode_nest(f->nest, f->name, data, len, next, d);
	if (rc == 0)
		++*count;
	return rc;
}

/* The devices of one container follow each other. */
static int decode_device(const struct field *f, const uint8_t *data, size_t len,
			 struct container_info *c, struct decoder *d)
{
	struct message *msg = d->msg;
	struct device_info *next = &msg->device[msg->devices];
	int rc = decode_next(f, data, len, next, &msg->devices,
			     DECODE_DEVICES_MAX, d);

	if (rc)
		return rc;
	if (c->devices++ == 0)
		c->device = next;
	return 0;
}

static uint64_t load(const uint8_t *data, size_t len)
{
	uint32_t narrow;
	uint64_t wide;

	if (len == sizeof(wide)) {
		memcpy(&wide, data, sizeof(wide));
		return wide;
	}
	memcpy(&narrow, data, sizeof(narrow));
	return narrow;
}

static int decode_field(const struct field *f, const uint8_t *data, size_t len,
			void *out, struct decoder *d)
{
	void *at = (char *)out + f->offset;
	struct message *msg = d->msg;

	if (f->bytes && f->bytes != len)
		return bad(d, f->name, "has the wrong size");
	if (f->have)
		*((bool *)((char *)out + f->have)) = true;
	switch (f->kind) {
	case FIELD_METRIC:
		metric_set(at, f->index, load(data, len));
		return 0;
	case FIELD_FEW:
		metric_few_set(at, f->index, load(data, len));
		return 0;
	case FIELD_U64:
	case FIELD_WIDE:
		*(uint64_t *)at = load(data, len);
		return 0;
	case FIELD_U32:
		*(uint32_t *)at = (uint32_t)load(data, len);
		return 0;
	case FIELD_STRING:
		*(struct str *)at = to_str(data, len);
		return 0;
	case FIELD_BYTES:
	case FIELD_IDS:
		if (f->kind == FIELD_IDS && len % sizeof(uint64_t))
			return bad(d, f->name, "has the wrong size");
		*(struct str *)at = (struct str){ (const char *)data, len };
		return 0;
	case FIELD_MATCH:
		return decode_match(f, data, len, out, d);
	case FIELD_NEST:
		return decode_nest(f->nest, f->name, data, len, at, d);
	case FIELD_CONTAINER:
		return decode_next(f, data, len,
				   &msg->container[msg->containers],
				   &msg->containers, DECODE_CONTAINERS_MAX, d);
	case FIELD_CPU:
		return decode_next(f, data, len, &msg->cpu[msg->cpus],
				   &msg->cpus, DECODE_CPUS_MAX, d);
	case FIELD_DEVICE:
		return decode_device(f, data, len, out, d);
	case FIELD_IGNORED:
		break;
	}
	return 0;
}

static int check_required(const struct nest *nest, uint64_t seen,
			  struct decoder *d)
{
	uint64_t missing = nest->required & ~seen;

	if (!missing)
		return 0;
	return bad(d, nest->fields[__builtin_ctzll(missing)].name,
		   "is missing");
}

/*
 * Most of what comes are 64-bit metrics, one behind the other: they take a short
 * way. Takes those at @buf, up to the first attribute that is anything else. No
 * nest requires one.
 */
static const uint8_t *decode_metrics(const struct nest *nest,
				     const uint8_t *buf, const uint8_t *end,
				     void *out)
{
	const struct field *fields = nest->fields;
	const unsigned int count = nest->count;
	const size_t size = NLA_HDRLEN + sizeof(uint64_t);

	for (; (size_t)(end - buf) >= size; buf += size) {
		const struct field *f;
		struct nlattr head;
		unsigned int type;
		uint64_t wide;

		memcpy(&head, buf, sizeof(head));
		type = head.nla_type & NLA_TYPE_MASK;
		if (head.nla_len != size || type >= count)
			break;
		f = &fields[type];
		if (f->kind != FIELD_METRIC || f->bytes != sizeof(wide))
			break;
		memcpy(&wide, buf + NLA_HDRLEN, sizeof(wide));
		metric_set((void *)((char *)out + f->offset), f->index, wide);
	}
	return buf;
}

static int decode_nest(const struct nest *nest, const char *name,
		       const uint8_t *buf, size_t len, void *out,
		       struct decoder *d)
{
	const uint8_t *end = buf + len;
	uint64_t seen = 0;

	memset(out, 0, nest->size);
	while ((buf = decode_metrics(nest, buf, end, out)) < end) {
		struct nlattr head;
		unsigned int type;
		size_t step;
		int rc;

		len = (size_t)(end - buf);
		if (len < sizeof(head))
			return bad(d, name, "is cut off");
		memcpy(&head, buf, sizeof(head));
		if (head.nla_len < sizeof(head) || head.nla_len > len)
			return bad(d, name, "holds a wrong length");
		type = head.nla_type & NLA_TYPE_MASK;
		if (type < nest->count) {
			rc = decode_field(&nest->fields[type], buf + NLA_HDRLEN,
					  head.nla_len - NLA_HDRLEN, out, d);
			if (rc)
				return rc;
			seen |= BIT(type);
		}
		step = NLA_ALIGN(head.nla_len);
		buf += step < len ? step : len; /* the last needs no padding */
	}
	return check_required(nest, seen, d);
}

int decode_message(const void *buf, size_t len, struct message *out,
		   struct decode_error *err)
{
	struct decoder d = { .msg = out };
	struct genlmsghdr head;
	int rc;

	if (len < GENL_HDRLEN) {
		rc = bad(&d, "message", "is cut off");
		*err = d.err;
		return rc;
	}
	memcpy(&head, buf, sizeof(head));
	memset(out, 0, offsetof(struct message, container));
	out->cmd = head.cmd;
	rc = decode_nest(&top_nest, "message",
			 (const uint8_t *)buf + GENL_HDRLEN, len - GENL_HDRLEN,
			 out, &d);
	out->tick.last = out->have_total;
	out->tick.containers = out->total;
	*err = d.err;
	return rc;
}
