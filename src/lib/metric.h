/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The metric tables: what sysmon knows of a container and its devices, of the
 * machine and its CPUs.
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
 * X(id, attribute, wire type, kind, divisor, column, [key,] doc)
 *
 * attribute: suffix of SYSMON_A_CONTAINER_ or the like;
 * divisor:   wire value / divisor = stored unit (ns are stored as us);
 * column:    in `sample` or the like, its unit is the name's ending.
 *
 * A container's have one more, the key, which says where the store puts it
 * (sql/0002_*.sql tells how): NULL is a column of its own in each row of
 * `sample_row`; else it is under that key in the row's `more` where it is not
 * as expected. Of a counter 0 is expected, of a gauge what stands in its column
 * of `sample_base`. Neither a key nor a line's place ever changes.
 */
#define CONTAINER_METRICS(X)                                                   \
	X(CPU_USAGE, CPU_USAGE_NS, u64, COUNTER, 1000, "cpu_usage_us", NULL,   \
	  "CPU time used")                                                     \
	X(CPU_USER, CPU_USER_NS, u64, COUNTER, 1000, "cpu_user_us", NULL,      \
	  "CPU time used in user mode")                                        \
	X(CPU_SYSTEM, CPU_SYSTEM_NS, u64, COUNTER, 1000, "cpu_system_us",      \
	  NULL, "CPU time used in the kernel")                                 \
	X(MEM_CURRENT, MEM_CURRENT_BYTES, u64, GAUGE, 1, "mem_bytes", "m",     \
	  "memory in use, page cache included")                                \
	X(MEM_LIMIT, MEM_LIMIT_BYTES, u64, GAUGE, 1, "mem_limit_bytes", "ml",  \
	  "memory.max; NULL is no limit")                                      \
	X(MEM_PEAK, MEM_PEAK_BYTES, u64, GAUGE, 1, "mem_peak_bytes", "mp",     \
	  "highest memory in use so far")                                      \
	X(MEM_SWAP, MEM_SWAP_BYTES, u64, GAUGE, 1, "swap_bytes", "s",          \
	  "swap in use")                                                       \
	X(OOM_KILLS, OOM_KILLS, u64, COUNTER, 1, "oom_kills", "ok",            \
	  "processes killed by the OOM killer")                                \
	X(IO_READ_BYTES, IO_READ_BYTES, u64, COUNTER, 1, "io_read_bytes",      \
	  "rb", "bytes read from block devices")                               \
	X(IO_WRITE_BYTES, IO_WRITE_BYTES, u64, COUNTER, 1, "io_write_bytes",   \
	  "wb", "bytes written to block devices")                              \
	X(IO_READ_OPS, IO_READ_OPS, u64, COUNTER, 1, "io_read_ops", "ro",      \
	  "read operations on block devices")                                  \
	X(IO_WRITE_OPS, IO_WRITE_OPS, u64, COUNTER, 1, "io_write_ops", "wo",   \
	  "write operations on block devices")                                 \
	X(PIDS, PIDS, u64, GAUGE, 1, "pids", "p", "processes and threads")     \
	X(MEM_WORKING_SET, MEM_WORKING_SET_BYTES, u64, GAUGE, 1,               \
	  "mem_working_set_bytes", "w",                                        \
	  "memory in use less inactive file pages")                            \
	X(MEM_ANON, MEM_ANON_BYTES, u64, GAUGE, 1, "mem_anon_bytes", "a",      \
	  "anonymous memory, tmpfs among it")                                  \
	X(MEM_FILE, MEM_FILE_BYTES, u64, GAUGE, 1, "mem_file_bytes", "f",      \
	  "page cache")                                                        \
	X(MEM_HIGH, MEM_HIGH_BYTES, u64, GAUGE, 1, "mem_high_bytes", "mh",     \
	  "memory.high; NULL is none")                                         \
	X(SWAP_LIMIT, MEM_SWAP_LIMIT_BYTES, u64, GAUGE, 1, "swap_limit_bytes", \
	  "sl", "memory.swap.max; NULL is no limit")                           \
	X(MEM_EVENTS_LOW, MEM_EVENTS_LOW, u64, COUNTER, 1, "mem_events_low",   \
	  "el", "reclaims below memory.low")                                   \
	X(MEM_EVENTS_HIGH, MEM_EVENTS_HIGH, u64, COUNTER, 1,                   \
	  "mem_events_high", "eh", "times over memory.high")                   \
	X(MEM_EVENTS_MAX, MEM_EVENTS_MAX, u64, COUNTER, 1, "mem_events_max",   \
	  "em", "times at memory.max")                                         \
	X(MEM_EVENTS_OOM, MEM_EVENTS_OOM, u64, COUNTER, 1, "mem_events_oom",   \
	  "eo", "times that an allocation was to fail")                        \
	X(IO_DISCARD_BYTES, IO_DISCARD_BYTES, u64, COUNTER, 1,                 \
	  "io_discard_bytes", "db", "bytes discarded on block devices")        \
	X(IO_DISCARD_OPS, IO_DISCARD_OPS, u64, COUNTER, 1, "io_discard_ops",   \
	  "do", "discard operations on block devices")                         \
	X(CPU_PERIODS, CPU_PERIODS, u64, COUNTER, 1, "cpu_periods", "cp",      \
	  "periods of the CPU quota")                                          \
	X(CPU_THROTTLED_PERIODS, CPU_THROTTLED_PERIODS, u64, COUNTER, 1,       \
	  "cpu_throttled_periods", "ct",                                       \
	  "of those, periods that used up the quota")                          \
	X(CPU_THROTTLED, CPU_THROTTLED_NS, u64, COUNTER, 1000,                 \
	  "cpu_throttled_us", "cu", "time held back by the CPU quota")         \
	X(CPU_QUOTA, CPU_QUOTA_NS, u64, GAUGE, 1000, "cpu_quota_us", "q",      \
	  "CPU time in a period; NULL is no limit")                            \
	X(CPU_PERIOD, CPU_PERIOD_NS, u64, GAUGE, 1000, "cpu_period_us", "qp",  \
	  "period of the CPU quota")                                           \
	X(PIDS_LIMIT, PIDS_LIMIT, u64, GAUGE, 1, "pids_limit", "pl",           \
	  "pids.max; NULL is no limit")                                        \
	X(PIDS_MAX_HITS, PIDS_MAX_HITS, u64, COUNTER, 1, "pids_max_hits",      \
	  "ph", "forks refused by pids.max")                                   \
	X(PSI_CPU_SOME, PSI_CPU_SOME_NS, u64, COUNTER, 1000,                   \
	  "psi_cpu_some_us", "c", "time in which some task waited for a CPU")  \
	X(PSI_CPU_FULL, PSI_CPU_FULL_NS, u64, COUNTER, 1000,                   \
	  "psi_cpu_full_us", "cf", "time in which all tasks waited for a CPU") \
	X(PSI_MEM_SOME, PSI_MEM_SOME_NS, u64, COUNTER, 1000,                   \
	  "psi_mem_some_us", "y", "time in which some task waited for memory") \
	X(PSI_MEM_FULL, PSI_MEM_FULL_NS, u64, COUNTER, 1000,                   \
	  "psi_mem_full_us", "yf",                                             \
	  "time in which all tasks waited for memory")                         \
	X(PSI_IO_SOME, PSI_IO_SOME_NS, u64, COUNTER, 1000, "psi_io_some_us",   \
	  "i", "time in which some task waited for io")                        \
	X(PSI_IO_FULL, PSI_IO_FULL_NS, u64, COUNTER, 1000, "psi_io_full_us",   \
	  "if", "time in which all tasks waited for io")                       \
	X(NET_RX_BYTES, NET_RX_BYTES, u64, COUNTER, 1, "net_rx_bytes", "rx",   \
	  "bytes received; NULL on the host's network")                        \
	X(NET_RX_PACKETS, NET_RX_PACKETS, u64, COUNTER, 1, "net_rx_packets",   \
	  "rp", "packets received")                                            \
	X(NET_RX_DROPS, NET_RX_DROPS, u64, COUNTER, 1, "net_rx_drops", "rd",   \
	  "received packets dropped")                                          \
	X(NET_RX_ERRORS, NET_RX_ERRORS, u64, COUNTER, 1, "net_rx_errors",      \
	  "re", "bad packets received")                                        \
	X(NET_TX_BYTES, NET_TX_BYTES, u64, COUNTER, 1, "net_tx_bytes", "tx",   \
	  "bytes sent")                                                        \
	X(NET_TX_PACKETS, NET_TX_PACKETS, u64, COUNTER, 1, "net_tx_packets",   \
	  "tp", "packets sent")                                                \
	X(NET_TX_DROPS, NET_TX_DROPS, u64, COUNTER, 1, "net_tx_drops", "td",   \
	  "packets dropped before they were sent")                             \
	X(NET_TX_ERRORS, NET_TX_ERRORS, u64, COUNTER, 1, "net_tx_errors",      \
	  "te", "packets that could not be sent")

#define SYSTEM_METRICS(X)                                                      \
	X(CPUS, CPUS, u32, GAUGE, 1, "cpus", "CPUs online")                    \
	X(CPU_USER, CPU_USER_NS, u64, COUNTER, 1000, "cpu_user_us",            \
	  "user time of all CPUs, guest included")                             \
	X(CPU_NICE, CPU_NICE_NS, u64, COUNTER, 1000, "cpu_nice_us",            \
	  "niced user time")                                                   \
	X(CPU_SYSTEM, CPU_SYSTEM_NS, u64, COUNTER, 1000, "cpu_system_us",      \
	  "kernel time")                                                       \
	X(CPU_IDLE, CPU_IDLE_NS, u64, COUNTER, 1000, "cpu_idle_us",            \
	  "idle time")                                                         \
	X(CPU_IOWAIT, CPU_IOWAIT_NS, u64, COUNTER, 1000, "cpu_iowait_us",      \
	  "idle time with io outstanding")                                     \
	X(CPU_IRQ, CPU_IRQ_NS, u64, COUNTER, 1000, "cpu_irq_us",               \
	  "hard interrupt time")                                               \
	X(CPU_SOFTIRQ, CPU_SOFTIRQ_NS, u64, COUNTER, 1000, "cpu_softirq_us",   \
	  "soft interrupt time")                                               \
	X(CPU_STEAL, CPU_STEAL_NS, u64, COUNTER, 1000, "cpu_steal_us",         \
	  "time taken by the hypervisor")                                      \
	X(MEM_TOTAL, MEM_TOTAL_BYTES, u64, GAUGE, 1, "mem_total_bytes",        \
	  "usable memory")                                                     \
	X(MEM_FREE, MEM_FREE_BYTES, u64, GAUGE, 1, "mem_free_bytes",           \
	  "unused memory")                                                     \
	X(MEM_AVAILABLE, MEM_AVAILABLE_BYTES, u64, GAUGE, 1,                   \
	  "mem_available_bytes", "memory free for new work without swapping")  \
	X(MEM_CACHED, MEM_CACHED_BYTES, u64, GAUGE, 1, "mem_cached_bytes",     \
	  "page cache")                                                        \
	X(MEM_BUFFERS, MEM_BUFFERS_BYTES, u64, GAUGE, 1, "mem_buffers_bytes",  \
	  "block device cache")                                                \
	X(SWAP_TOTAL, SWAP_TOTAL_BYTES, u64, GAUGE, 1, "swap_total_bytes",     \
	  "swap space")                                                        \
	X(SWAP_FREE, SWAP_FREE_BYTES, u64, GAUGE, 1, "swap_free_bytes",        \
	  "unused swap space")                                                 \
	X(LOAD1, LOAD1_MILLI, u32, GAUGE, 1, "load1_milli",                    \
	  "load average over 1 minute, in thousandths")                        \
	X(LOAD5, LOAD5_MILLI, u32, GAUGE, 1, "load5_milli",                    \
	  "load average over 5 minutes, in thousandths")                       \
	X(LOAD15, LOAD15_MILLI, u32, GAUGE, 1, "load15_milli",                 \
	  "load average over 15 minutes, in thousandths")                      \
	X(MEM_ANON, MEM_ANON_BYTES, u64, GAUGE, 1, "mem_anon_bytes",           \
	  "anonymous memory")                                                  \
	X(MEM_SHMEM, MEM_SHMEM_BYTES, u64, GAUGE, 1, "mem_shmem_bytes",        \
	  "shared memory and tmpfs")                                           \
	X(MEM_ACTIVE, MEM_ACTIVE_BYTES, u64, GAUGE, 1, "mem_active_bytes",     \
	  "memory used of late")                                               \
	X(MEM_INACTIVE, MEM_INACTIVE_BYTES, u64, GAUGE, 1,                     \
	  "mem_inactive_bytes", "memory not used of late")                     \
	X(MEM_DIRTY, MEM_DIRTY_BYTES, u64, GAUGE, 1, "mem_dirty_bytes",        \
	  "page cache to be written back")                                     \
	X(MEM_WRITEBACK, MEM_WRITEBACK_BYTES, u64, GAUGE, 1,                   \
	  "mem_writeback_bytes", "page cache being written back")              \
	X(MEM_SLAB_RECLAIMABLE, MEM_SLAB_RECLAIMABLE_BYTES, u64, GAUGE, 1,     \
	  "mem_slab_reclaimable_bytes", "kernel objects that can be freed")    \
	X(MEM_SLAB_UNRECLAIMABLE, MEM_SLAB_UNRECLAIMABLE_BYTES, u64, GAUGE, 1, \
	  "mem_slab_unreclaimable_bytes", "kernel objects that can't")         \
	X(MEM_PAGE_TABLES, MEM_PAGE_TABLES_BYTES, u64, GAUGE, 1,               \
	  "mem_page_tables_bytes", "page tables")                              \
	X(PSI_CPU_SOME, PSI_CPU_SOME_NS, u64, COUNTER, 1000,                   \
	  "psi_cpu_some_us", "time in which some task waited for a CPU")       \
	X(PSI_CPU_FULL, PSI_CPU_FULL_NS, u64, COUNTER, 1000,                   \
	  "psi_cpu_full_us", "time in which all tasks waited for a CPU")       \
	X(PSI_MEM_SOME, PSI_MEM_SOME_NS, u64, COUNTER, 1000,                   \
	  "psi_mem_some_us", "time in which some task waited for memory")      \
	X(PSI_MEM_FULL, PSI_MEM_FULL_NS, u64, COUNTER, 1000,                   \
	  "psi_mem_full_us", "time in which all tasks waited for memory")      \
	X(PSI_IO_SOME, PSI_IO_SOME_NS, u64, COUNTER, 1000, "psi_io_some_us",   \
	  "time in which some task waited for io")                             \
	X(PSI_IO_FULL, PSI_IO_FULL_NS, u64, COUNTER, 1000, "psi_io_full_us",   \
	  "time in which all tasks waited for io")

/* One CPU, in table cpu; as the machine's times. */
#define CPU_METRICS(X)                                                       \
	X(USER, USER_NS, u64, COUNTER, 1000, "user_us",                      \
	  "user time, guest included")                                       \
	X(NICE, NICE_NS, u64, COUNTER, 1000, "nice_us", "niced user time")   \
	X(SYSTEM, SYSTEM_NS, u64, COUNTER, 1000, "system_us", "kernel time") \
	X(IDLE, IDLE_NS, u64, COUNTER, 1000, "idle_us", "idle time")         \
	X(IOWAIT, IOWAIT_NS, u64, COUNTER, 1000, "iowait_us",                \
	  "idle time with io outstanding")                                   \
	X(IRQ, IRQ_NS, u64, COUNTER, 1000, "irq_us", "hard interrupt time")  \
	X(SOFTIRQ, SOFTIRQ_NS, u64, COUNTER, 1000, "softirq_us",             \
	  "soft interrupt time")                                             \
	X(STEAL, STEAL_NS, u64, COUNTER, 1000, "steal_us",                   \
	  "time taken by the hypervisor")

/* One block device that a container used, in table io_device. */
#define DEVICE_METRICS(X)                                                      \
	X(READ_BYTES, READ_BYTES, u64, COUNTER, 1, "read_bytes", "bytes read") \
	X(WRITE_BYTES, WRITE_BYTES, u64, COUNTER, 1, "write_bytes",            \
	  "bytes written")                                                     \
	X(READ_OPS, READ_OPS, u64, COUNTER, 1, "read_ops", "read operations")  \
	X(WRITE_OPS, WRITE_OPS, u64, COUNTER, 1, "write_ops",                  \
	  "write operations")                                                  \
	X(DISCARD_BYTES, DISCARD_BYTES, u64, COUNTER, 1, "discard_bytes",      \
	  "bytes discarded")                                                   \
	X(DISCARD_OPS, DISCARD_OPS, u64, COUNTER, 1, "discard_ops",            \
	  "discard operations")

#define METRIC_ENUM_CONTAINER(id, ...) CM_##id,
enum container_metric {
	CONTAINER_METRICS(METRIC_ENUM_CONTAINER) CM_COUNT
};

#define METRIC_ENUM_SYSTEM(id, ...) SM_##id,
enum system_metric {
	SYSTEM_METRICS(METRIC_ENUM_SYSTEM) SM_COUNT
};

#define METRIC_ENUM_CPU(id, ...) PM_##id,
enum cpu_metric {
	CPU_METRICS(METRIC_ENUM_CPU) PM_COUNT
};

#define METRIC_ENUM_DEVICE(id, ...) DM_##id,
enum device_metric {
	DEVICE_METRICS(METRIC_ENUM_DEVICE) DM_COUNT
};

/* Which of a table's metrics are gauges, a bit for each. */
#define METRIC_IS_GAUGE(prefix, id, attr, wire, kind, ...) \
	| (METRIC_##kind == METRIC_GAUGE ? UINT64_C(1) << prefix##id : 0)
#define METRIC_GAUGE_CONTAINER(...) METRIC_IS_GAUGE(CM_, __VA_ARGS__)
#define METRIC_GAUGE_SYSTEM(...)    METRIC_IS_GAUGE(SM_, __VA_ARGS__)
#define METRIC_GAUGE_CPU(...)	    METRIC_IS_GAUGE(PM_, __VA_ARGS__)
#define METRIC_GAUGE_DEVICE(...)    METRIC_IS_GAUGE(DM_, __VA_ARGS__)
#define CM_GAUGES		    (UINT64_C(0) CONTAINER_METRICS(METRIC_GAUGE_CONTAINER))
#define SM_GAUGES		    (UINT64_C(0) SYSTEM_METRICS(METRIC_GAUGE_SYSTEM))
#define PM_GAUGES		    (UINT64_C(0) CPU_METRICS(METRIC_GAUGE_CPU))
#define DM_GAUGES		    (UINT64_C(0) DEVICE_METRICS(METRIC_GAUGE_DEVICE))

struct metric {
	const char *column;
	const char *key; /* of a container's metric; NULL none */
	const char *doc;
	enum metric_kind kind;
	uint16_t attribute;
	uint8_t wire_bytes; /* 4 or 8 */
	uint32_t divisor;
};

extern const struct metric container_metrics[CM_COUNT];
extern const struct metric system_metrics[SM_COUNT];
extern const struct metric cpu_metrics[PM_COUNT];
extern const struct metric device_metrics[DM_COUNT];

/* Room for the larger tables, the smaller ones; the values are often copied. */
#define METRIC_MAX 48
#define METRIC_FEW 8

/*
 * Values of one table. Bit i of `have` says that v[i] is known; v[i] of an
 * unknown value is 0 and means nothing.
 */
struct metric_values {
	uint64_t have;
	uint64_t v[METRIC_MAX];
};

/* The same for the tables of CPUs and devices, of which there are many. */
struct metric_few {
	uint64_t have;
	uint64_t v[METRIC_FEW];
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

static inline void metric_few_set(struct metric_few *m, unsigned int i,
				  uint64_t value)
{
	m->v[i] = value;
	m->have |= UINT64_C(1) << i;
}

#endif
