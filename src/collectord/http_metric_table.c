// SPDX-License-Identifier: GPL-2.0
/*
 * Which metric of src/lib/metric.h has which name for Prometheus. Pure tables.
 */
#include "http_metrics.h"

#define NS 9
#define US 3

/* X(name, label, type, metric, digits, help); no help: as the line before. */
#define CONTAINER(X)                                                           \
	X("container_cpu_usage_seconds_total", "cpu=\"total\"", COUNTER,       \
	  CPU_USAGE, NS, "CPU time used.")                                     \
	X("container_cpu_user_seconds_total", NULL, COUNTER, CPU_USER, NS,     \
	  "CPU time used in user mode.")                                       \
	X("container_cpu_system_seconds_total", NULL, COUNTER, CPU_SYSTEM, NS, \
	  "CPU time used in the kernel.")                                      \
	X("container_cpu_cfs_periods_total", NULL, COUNTER, CPU_PERIODS, 0,    \
	  "Periods of the CPU quota.")                                         \
	X("container_cpu_cfs_throttled_periods_total", NULL, COUNTER,          \
	  CPU_THROTTLED_PERIODS, 0, "Periods that used up the CPU quota.")     \
	X("container_cpu_cfs_throttled_seconds_total", NULL, COUNTER,          \
	  CPU_THROTTLED, NS, "Time held back by the CPU quota.")               \
	X("container_memory_usage_bytes", NULL, GAUGE, MEM_CURRENT, 0,         \
	  "Memory in use, page cache included.")                               \
	X("container_memory_working_set_bytes", NULL, GAUGE, MEM_WORKING_SET,  \
	  0, "Memory in use less inactive file pages.")                        \
	X("container_memory_rss", NULL, GAUGE, MEM_ANON, 0,                    \
	  "Anonymous memory in bytes, tmpfs among it.")                        \
	X("container_memory_cache", NULL, GAUGE, MEM_FILE, 0,                  \
	  "Page cache in bytes.")                                              \
	X("container_memory_swap", NULL, GAUGE, MEM_SWAP, 0,                   \
	  "Swap in use in bytes.")                                             \
	X("container_memory_max_usage_bytes", NULL, GAUGE, MEM_PEAK, 0,        \
	  "Highest memory in use so far.")                                     \
	X("container_oom_events_total", NULL, COUNTER, OOM_KILLS, 0,           \
	  "Processes killed by the OOM killer.")                               \
	X("container_network_receive_bytes_total", ALL_INTERFACES, COUNTER,    \
	  NET_RX_BYTES, 0, "Bytes received, over all interfaces but lo.")      \
	X("container_network_receive_packets_total", ALL_INTERFACES, COUNTER,  \
	  NET_RX_PACKETS, 0, "Packets received.")                              \
	X("container_network_receive_packets_dropped_total", ALL_INTERFACES,   \
	  COUNTER, NET_RX_DROPS, 0, "Received packets dropped.")               \
	X("container_network_receive_errors_total", ALL_INTERFACES, COUNTER,   \
	  NET_RX_ERRORS, 0, "Bad packets received.")                           \
	X("container_network_transmit_bytes_total", ALL_INTERFACES, COUNTER,   \
	  NET_TX_BYTES, 0, "Bytes sent, over all interfaces but lo.")          \
	X("container_network_transmit_packets_total", ALL_INTERFACES, COUNTER, \
	  NET_TX_PACKETS, 0, "Packets sent.")                                  \
	X("container_network_transmit_packets_dropped_total", ALL_INTERFACES,  \
	  COUNTER, NET_TX_DROPS, 0, "Packets dropped before they were sent.")  \
	X("container_network_transmit_errors_total", ALL_INTERFACES, COUNTER,  \
	  NET_TX_ERRORS, 0, "Packets that could not be sent.")                 \
	X("container_processes", NULL, GAUGE, PIDS, 0,                         \
	  "Processes and threads, as pids.current counts them.")               \
	X("container_threads_max", NULL, GAUGE, PIDS_LIMIT, 0,                 \
	  "Limit of processes and threads; absent without one.")               \
	X("container_pressure_cpu_waiting_seconds_total", NULL, COUNTER,       \
	  PSI_CPU_SOME, NS, "Time in which some task waited for a CPU.")       \
	X("container_pressure_cpu_stalled_seconds_total", NULL, COUNTER,       \
	  PSI_CPU_FULL, NS, "Time in which all tasks waited for a CPU.")       \
	X("container_pressure_memory_waiting_seconds_total", NULL, COUNTER,    \
	  PSI_MEM_SOME, NS, "Time in which some task waited for memory.")      \
	X("container_pressure_memory_stalled_seconds_total", NULL, COUNTER,    \
	  PSI_MEM_FULL, NS, "Time in which all tasks waited for memory.")      \
	X("container_pressure_io_waiting_seconds_total", NULL, COUNTER,        \
	  PSI_IO_SOME, NS, "Time in which some task waited for io.")           \
	X("container_pressure_io_stalled_seconds_total", NULL, COUNTER,        \
	  PSI_IO_FULL, NS, "Time in which all tasks waited for io.")           \
	X("container_spec_memory_limit_bytes", NULL, GAUGE, MEM_LIMIT, 0,      \
	  "Limit of memory; absent without one.")                              \
	X("container_spec_memory_swap_limit_bytes", NULL, GAUGE, SWAP_LIMIT,   \
	  0, "Limit of swap; absent without one.")                             \
	X("container_spec_cpu_quota", NULL, GAUGE, CPU_QUOTA, US,              \
	  "CPU time in a period, in microseconds; absent without a quota.")    \
	X("container_spec_cpu_period", NULL, GAUGE, CPU_PERIOD, US,            \
	  "Period of the CPU quota, in microseconds.")                         \
	X("sysmon_container_memory_high_bytes", NULL, GAUGE, MEM_HIGH, 0,      \
	  "Where memory begins to be throttled; absent without it.")           \
	X("sysmon_container_memory_events_total", "event=\"low\"", COUNTER,    \
	  MEM_EVENTS_LOW, 0, "Times that a bound of memory was met.")          \
	X("sysmon_container_memory_events_total", "event=\"high\"", COUNTER,   \
	  MEM_EVENTS_HIGH, 0, NULL)                                            \
	X("sysmon_container_memory_events_total", "event=\"max\"", COUNTER,    \
	  MEM_EVENTS_MAX, 0, NULL)                                             \
	X("sysmon_container_memory_events_total", "event=\"oom\"", COUNTER,    \
	  MEM_EVENTS_OOM, 0, NULL)                                             \
	X("sysmon_container_pids_max_hits_total", NULL, COUNTER,               \
	  PIDS_MAX_HITS, 0, "Forks refused for the limit of processes.")

/* The module tells the sum over a container's interfaces. */
#define ALL_INTERFACES "interface=\"all\""

/* Of one block device; or, where none is told, of all, which is the metric of
 * the container. */
#define DEVICE(X)                                                            \
	X("container_fs_reads_bytes_total", READ_BYTES, IO_READ_BYTES,       \
	  "Bytes read from block devices.")                                  \
	X("container_fs_writes_bytes_total", WRITE_BYTES, IO_WRITE_BYTES,    \
	  "Bytes written to block devices.")                                 \
	X("container_fs_reads_total", READ_OPS, IO_READ_OPS,                 \
	  "Read operations on block devices.")                               \
	X("container_fs_writes_total", WRITE_OPS, IO_WRITE_OPS,              \
	  "Write operations on block devices.")                              \
	X("sysmon_container_fs_discards_bytes_total", DISCARD_BYTES,         \
	  IO_DISCARD_BYTES, "Bytes discarded on block devices.")             \
	X("sysmon_container_fs_discards_total", DISCARD_OPS, IO_DISCARD_OPS, \
	  "Discard operations on block devices.")

#define MACHINE(X)                                                             \
	X("machine_cpu_cores", NULL, GAUGE, CPUS, 0, "CPUs online.")           \
	X("machine_cpu_seconds_total", "mode=\"user\"", COUNTER, CPU_USER, NS, \
	  "Time of all CPUs by what they did.")                                \
	X("machine_cpu_seconds_total", "mode=\"nice\"", COUNTER, CPU_NICE, NS, \
	  NULL)                                                                \
	X("machine_cpu_seconds_total", "mode=\"system\"", COUNTER, CPU_SYSTEM, \
	  NS, NULL)                                                            \
	X("machine_cpu_seconds_total", "mode=\"idle\"", COUNTER, CPU_IDLE, NS, \
	  NULL)                                                                \
	X("machine_cpu_seconds_total", "mode=\"iowait\"", COUNTER, CPU_IOWAIT, \
	  NS, NULL)                                                            \
	X("machine_cpu_seconds_total", "mode=\"irq\"", COUNTER, CPU_IRQ, NS,   \
	  NULL)                                                                \
	X("machine_cpu_seconds_total", "mode=\"softirq\"", COUNTER,            \
	  CPU_SOFTIRQ, NS, NULL)                                               \
	X("machine_cpu_seconds_total", "mode=\"steal\"", COUNTER, CPU_STEAL,   \
	  NS, NULL)                                                            \
	X("machine_memory_bytes", NULL, GAUGE, MEM_TOTAL, 0, "Usable memory.") \
	X("machine_memory_free_bytes", NULL, GAUGE, MEM_FREE, 0,               \
	  "Unused memory.")                                                    \
	X("machine_memory_available_bytes", NULL, GAUGE, MEM_AVAILABLE, 0,     \
	  "Memory free for new work without swapping.")                        \
	X("machine_memory_cached_bytes", NULL, GAUGE, MEM_CACHED, 0,           \
	  "Page cache.")                                                       \
	X("machine_memory_buffers_bytes", NULL, GAUGE, MEM_BUFFERS, 0,         \
	  "Block device cache.")                                               \
	X("machine_memory_anon_bytes", NULL, GAUGE, MEM_ANON, 0,               \
	  "Anonymous memory.")                                                 \
	X("machine_memory_shmem_bytes", NULL, GAUGE, MEM_SHMEM, 0,             \
	  "Shared memory and tmpfs.")                                          \
	X("machine_memory_active_bytes", NULL, GAUGE, MEM_ACTIVE, 0,           \
	  "Memory used of late.")                                              \
	X("machine_memory_inactive_bytes", NULL, GAUGE, MEM_INACTIVE, 0,       \
	  "Memory not used of late.")                                          \
	X("machine_memory_dirty_bytes", NULL, GAUGE, MEM_DIRTY, 0,             \
	  "Page cache to be written back.")                                    \
	X("machine_memory_writeback_bytes", NULL, GAUGE, MEM_WRITEBACK, 0,     \
	  "Page cache being written back.")                                    \
	X("machine_memory_slab_reclaimable_bytes", NULL, GAUGE,                \
	  MEM_SLAB_RECLAIMABLE, 0, "Kernel objects that can be freed.")        \
	X("machine_memory_slab_unreclaimable_bytes", NULL, GAUGE,              \
	  MEM_SLAB_UNRECLAIMABLE, 0, "Kernel objects that can't.")             \
	X("machine_memory_page_tables_bytes", NULL, GAUGE, MEM_PAGE_TABLES, 0, \
	  "Page tables.")                                                      \
	X("machine_swap_bytes", NULL, GAUGE, SWAP_TOTAL, 0, "Swap space.")     \
	X("machine_swap_free_bytes", NULL, GAUGE, SWAP_FREE, 0,                \
	  "Unused swap space.")                                                \
	X("machine_load1", NULL, GAUGE, LOAD1, 3,                              \
	  "Load average over 1 minute.")                                       \
	X("machine_load5", NULL, GAUGE, LOAD5, 3,                              \
	  "Load average over 5 minutes.")                                      \
	X("machine_load15", NULL, GAUGE, LOAD15, 3,                            \
	  "Load average over 15 minutes.")                                     \
	X("machine_pressure_cpu_waiting_seconds_total", NULL, COUNTER,         \
	  PSI_CPU_SOME, NS, "Time in which some task waited for a CPU.")       \
	X("machine_pressure_cpu_stalled_seconds_total", NULL, COUNTER,         \
	  PSI_CPU_FULL, NS, "Time in which all tasks waited for a CPU.")       \
	X("machine_pressure_memory_waiting_seconds_total", NULL, COUNTER,      \
	  PSI_MEM_SOME, NS, "Time in which some task waited for memory.")      \
	X("machine_pressure_memory_stalled_seconds_total", NULL, COUNTER,      \
	  PSI_MEM_FULL, NS, "Time in which all tasks waited for memory.")      \
	X("machine_pressure_io_waiting_seconds_total", NULL, COUNTER,          \
	  PSI_IO_SOME, NS, "Time in which some task waited for io.")           \
	X("machine_pressure_io_stalled_seconds_total", NULL, COUNTER,          \
	  PSI_IO_FULL, NS, "Time in which all tasks waited for io.")

#define ENTRY(prefix, n, l, t, m, d, h)           \
	{                                         \
		.name = (n),                      \
		.label = (l),                     \
		.help = (h),                      \
		.type = PROMETHEUS_##t,           \
		.metric = (unsigned)prefix##_##m, \
		.digits = (d),                    \
	},
#define CONTAINER_ENTRY(n, l, t, m, d, h) ENTRY(CM, n, l, t, m, d, h)
#define MACHINE_ENTRY(n, l, t, m, d, h)	  ENTRY(SM, n, l, t, m, d, h)
#define DEVICE_ENTRY(n, m, all, h)	  ENTRY(DM, n, NULL, COUNTER, m, 0, h)
#define TOTAL_ENTRY(n, m, all, h)	  CM_##all,

#define COUNT_OF(a) (sizeof(a) / sizeof(*(a)))

const struct http_metric http_container_metrics[] = { CONTAINER(
	CONTAINER_ENTRY) };
const size_t http_container_metric_count = COUNT_OF(http_container_metrics);

const struct http_metric http_device_metrics[] = { DEVICE(DEVICE_ENTRY) };
const size_t http_device_metric_count = COUNT_OF(http_device_metrics);
const unsigned int http_device_totals[] = { DEVICE(TOTAL_ENTRY) };

const struct http_metric http_machine_metrics[] = { MACHINE(MACHINE_ENTRY) };
const size_t http_machine_metric_count = COUNT_OF(http_machine_metrics);
