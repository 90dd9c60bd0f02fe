/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The metric tables: what sysmon knows of a container and of the machine.
 * One line here (and one in src/kmod/sysmon.yaml and sql/) is all that a new
 * metric needs: decoding, rates, binding and reading of columns run over them.
 * Knows nothing of sockets, databases or clocks.
 */
#ifndef SYSMON_METRIC_H
#define SYSMON_METRIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "uapi/sysmon.h"

enum metric_kind {
	METRIC_COUNTER, /* cumulative on the wire, difference in the store */
	METRIC_GAUGE,	/* the same on the wire and in the store */
};

/*
 * X(id, attribute, wire type, kind, divisor, column, doc)
 *
 * attribute: suffix of SYSMON_A_CONTAINER_ or SYSMON_A_SYSTEM_;
 * divisor:   wire value / divisor = stored unit (ns are stored as us);
 * column:    in `sample` or `tick`, its unit is the name's ending.
 */
#define CONTAINER_METRICS(X)                                                 \
	X(CPU_USAGE, CPU_USAGE_NS, u64, COUNTER, 1000, "cpu_usage_us",       \
	  "CPU time used")                                                   \
	X(CPU_USER, CPU_USER_NS, u64, COUNTER, 1000, "cpu_user_us",          \
	  "CPU time used in user mode")                                      \
	X(CPU_SYSTEM, CPU_SYSTEM_NS, u64, COUNTER, 1000, "cpu_system_us",    \
	  "CPU time used in the kernel")                                     \
	X(MEM_CURRENT, MEM_CURRENT_BYTES, u64, GAUGE, 1, "mem_bytes",        \
	  "memory in use, page cache included")                              \
	X(MEM_LIMIT, MEM_LIMIT_BYTES, u64, GAUGE, 1, "mem_limit_bytes",      \
	  "memory.max; NULL is no limit")                                    \
	X(MEM_PEAK, MEM_PEAK_BYTES, u64, GAUGE, 1, "mem_peak_bytes",         \
	  "highest memory in use so far")                                    \
	X(MEM_SWAP, MEM_SWAP_BYTES, u64, GAUGE, 1, "swap_bytes",             \
	  "swap in use")                                                     \
	X(OOM_KILLS, OOM_KILLS, u64, COUNTER, 1, "oom_kills",                \
	  "processes killed by the OOM killer")                              \
	X(IO_READ_BYTES, IO_READ_BYTES, u64, COUNTER, 1, "io_read_bytes",    \
	  "bytes read from block devices")                                   \
	X(IO_WRITE_BYTES, IO_WRITE_BYTES, u64, COUNTER, 1, "io_write_bytes", \
	  "bytes written to block devices")                                  \
	X(IO_READ_OPS, IO_READ_OPS, u64, COUNTER, 1, "io_read_ops",          \
	  "read operations on block devices")                                \
	X(IO_WRITE_OPS, IO_WRITE_OPS, u64, COUNTER, 1, "io_write_ops",       \
	  "write operations on block devices")                               \
	X(PIDS, PIDS, u64, GAUGE, 1, "pids", "processes and threads")

#define SYSTEM_METRICS(X)                                                     \
	X(CPUS, CPUS, u32, GAUGE, 1, "cpus", "CPUs online")                   \
	X(CPU_USER, CPU_USER_NS, u64, COUNTER, 1000, "cpu_user_us",           \
	  "user time of all CPUs, guest included")                            \
	X(CPU_NICE, CPU_NICE_NS, u64, COUNTER, 1000, "cpu_nice_us",           \
	  "niced user time")                                                  \
	X(CPU_SYSTEM, CPU_SYSTEM_NS, u64, COUNTER, 1000, "cpu_system_us",     \
	  "kernel time")                                                      \
	X(CPU_IDLE, CPU_IDLE_NS, u64, COUNTER, 1000, "cpu_idle_us",           \
	  "idle time")                                                        \
	X(CPU_IOWAIT, CPU_IOWAIT_NS, u64, COUNTER, 1000, "cpu_iowait_us",     \
	  "idle time with io outstanding")                                    \
	X(CPU_IRQ, CPU_IRQ_NS, u64, COUNTER, 1000, "cpu_irq_us",              \
	  "hard interrupt time")                                              \
	X(CPU_SOFTIRQ, CPU_SOFTIRQ_NS, u64, COUNTER, 1000, "cpu_softirq_us",  \
	  "soft interrupt time")                                              \
	X(CPU_STEAL, CPU_STEAL_NS, u64, COUNTER, 1000, "cpu_steal_us",        \
	  "time taken by the hypervisor")                                     \
	X(MEM_TOTAL, MEM_TOTAL_BYTES, u64, GAUGE, 1, "mem_total_bytes",       \
	  "usable memory")                                                    \
	X(MEM_FREE, MEM_FREE_BYTES, u64, GAUGE, 1, "mem_free_bytes",          \
	  "unused memory")                                                    \
	X(MEM_AVAILABLE, MEM_AVAILABLE_BYTES, u64, GAUGE, 1,                  \
	  "mem_available_bytes", "memory free for new work without swapping") \
	X(MEM_CACHED, MEM_CACHED_BYTES, u64, GAUGE, 1, "mem_cached_bytes",    \
	  "page cache")                                                       \
	X(MEM_BUFFERS, MEM_BUFFERS_BYTES, u64, GAUGE, 1, "mem_buffers_bytes", \
	  "block device cache")                                               \
	X(SWAP_TOTAL, SWAP_TOTAL_BYTES, u64, GAUGE, 1, "swap_total_bytes",    \
	  "swap space")                                                       \
	X(SWAP_FREE, SWAP_FREE_BYTES, u64, GAUGE, 1, "swap_free_bytes",       \
	  "unused swap space")                                                \
	X(LOAD1, LOAD1_MILLI, u32, GAUGE, 1, "load1_milli",                   \
	  "load average over 1 minute, in thousandths")                       \
	X(LOAD5, LOAD5_MILLI, u32, GAUGE, 1, "load5_milli",                   \
	  "load average over 5 minutes, in thousandths")                      \
	X(LOAD15, LOAD15_MILLI, u32, GAUGE, 1, "load15_milli",                \
	  "load average over 15 minutes, in thousandths")

#define METRIC_ENUM_CONTAINER(id, ...) CM_##id,
enum container_metric {
	CONTAINER_METRICS(METRIC_ENUM_CONTAINER) CM_COUNT
};

#define METRIC_ENUM_SYSTEM(id, ...) SM_##id,
enum system_metric {
	SYSTEM_METRICS(METRIC_ENUM_SYSTEM) SM_COUNT
};

struct metric {
	const char *column;
	const char *doc;
	enum metric_kind kind;
	uint16_t attribute;
	uint8_t wire_bytes; /* 4 or 8 */
	uint32_t divisor;
};

extern const struct metric container_metrics[CM_COUNT];
extern const struct metric system_metrics[SM_COUNT];

/* Room for the larger table; at most 64, the bits of `have`. */
#define METRIC_MAX 32

/*
 * Values of one table. Bit i of `have` says that v[i] is known; v[i] of an
 * unknown value is 0 and means nothing.
 */
struct metric_values {
	uint64_t have;
	uint64_t v[METRIC_MAX];
};

static inline bool metric_known(const struct metric_values *m, unsigned int i)
{
	return m->have >> i & 1;
}

static inline void metric_set(struct metric_values *m, unsigned int i,
			      uint64_t value)
{
	m->v[i] = value;
	m->have |= UINT64_C(1) << i;
}

#endif
