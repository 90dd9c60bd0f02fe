/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The fields of each kind of row that is read from the database, with their
 * SQL: adding one is a line here. Pure tables; knows no statement that uses
 * them, and no output.
 */
#ifndef SYSMON_QUERY_FIELDS_H
#define SYSMON_QUERY_FIELDS_H

#include "field.h"

/* What people see of a container without a name: docker's short id. */
#define QUERY_LABEL                                   \
	"coalesce(c.name, CASE length(c.key) WHEN 64" \
	" THEN substr(c.key, 1, 12) ELSE c.key END)"

/* A container outlives neither its cgroup nor the boot it was in. */
#define QUERY_RUNNING                          \
	"(c.stopped_ns IS NULL AND +c.boot IS" \
	" (SELECT boot FROM session ORDER BY id DESC LIMIT 1))"

/*
 * X(id, key, title, unit, show, drop, sql): see struct field. What is not
 * collected yet is the SQL NULL, so that documents are complete from the first
 * version on.
 *
 * X(id, key, title, unit, show, drop, kind, scale, sql) in a list of rates:
 * sql is the stored value. One tick's figure, and that of several, are:
 *	RATE	value * scale / span_us		sum * scale / sum of spans
 *	GAUGE	value				average of the known ones
 *	SUM	value				sum
 */

/* The machine over a tick. */
#define SYSTEM_RATES(X)                                                        \
	X(CPU, "cpu_pct", "CPU%", PCT, ALL, 0, RATE, 100.0,                    \
	  "t.cpu_user_us + t.cpu_nice_us + t.cpu_system_us + t.cpu_irq_us"     \
	  " + t.cpu_softirq_us + t.cpu_steal_us")                              \
	X(CPU_USER, "cpu_user_pct", "USER%", PCT, ALL, 4, RATE, 100.0,         \
	  "t.cpu_user_us + t.cpu_nice_us")                                     \
	X(CPU_SYSTEM, "cpu_system_pct", "SYS%", PCT, ALL, 4, RATE, 100.0,      \
	  "t.cpu_system_us + t.cpu_irq_us + t.cpu_softirq_us")                 \
	X(CPU_IOWAIT, "cpu_iowait_pct", "IOWAIT%", PCT, ALL, 5, RATE, 100.0,   \
	  "t.cpu_iowait_us")                                                   \
	X(CPU_STEAL, "cpu_steal_pct", "STEAL%", PCT, DATA, 0, RATE, 100.0,     \
	  "t.cpu_steal_us")                                                    \
	X(MEM_TOTAL, "mem_total_bytes", "TOTAL", BYTES, DATA, 0, GAUGE, 1,     \
	  "t.mem_total_bytes")                                                 \
	X(MEM_USED, "mem_used_bytes", "MEM", BYTES, ALL, 0, GAUGE, 1,          \
	  "t.mem_total_bytes - t.mem_available_bytes")                         \
	X(MEM_AVAILABLE, "mem_available_bytes", "AVAILABLE", BYTES, ALL, 2,    \
	  GAUGE, 1, "t.mem_available_bytes")                                   \
	X(MEM_CACHED, "mem_cached_bytes", "CACHED", BYTES, DATA, 0, GAUGE, 1,  \
	  "t.mem_cached_bytes")                                                \
	X(SWAP_TOTAL, "swap_total_bytes", "SWAP TOTAL", BYTES, DATA, 0, GAUGE, \
	  1, "t.swap_total_bytes")                                             \
	X(SWAP_USED, "swap_used_bytes", "SWAP", BYTES, ALL, 3, GAUGE, 1,       \
	  "t.swap_total_bytes - t.swap_free_bytes")                            \
	X(LOAD1, "load1", "LOAD1", LOAD, ALL, 1, GAUGE, 1,                     \
	  "t.load1_milli / 1000.0")                                            \
	X(LOAD5, "load5", "LOAD5", LOAD, DATA, 0, GAUGE, 1,                    \
	  "t.load5_milli / 1000.0")                                            \
	X(LOAD15, "load15", "LOAD15", LOAD, DATA, 0, GAUGE, 1,                 \
	  "t.load15_milli / 1000.0")                                           \
	X(MEM_FREE, "mem_free_bytes", "FREE", BYTES, DATA, 0, GAUGE, 1,        \
	  "t.mem_free_bytes")                                                  \
	X(MEM_BUFFERS, "mem_buffers_bytes", "BUFFERS", BYTES, DATA, 0, GAUGE,  \
	  1, "t.mem_buffers_bytes")                                            \
	X(MEM_ANON, "mem_anon_bytes", "ANON", BYTES, DATA, 0, GAUGE, 1,        \
	  "t.mem_anon_bytes")                                                  \
	X(MEM_SHMEM, "mem_shmem_bytes", "SHMEM", BYTES, DATA, 0, GAUGE, 1,     \
	  "t.mem_shmem_bytes")                                                 \
	X(MEM_ACTIVE, "mem_active_bytes", "ACTIVE", BYTES, DATA, 0, GAUGE, 1,  \
	  "t.mem_active_bytes")                                                \
	X(MEM_INACTIVE, "mem_inactive_bytes", "INACTIVE", BYTES, DATA, 0,      \
	  GAUGE, 1, "t.mem_inactive_bytes")                                    \
	X(MEM_DIRTY, "mem_dirty_bytes", "DIRTY", BYTES, DATA, 0, GAUGE, 1,     \
	  "t.mem_dirty_bytes")                                                 \
	X(MEM_WRITEBACK, "mem_writeback_bytes", "WRITEBACK", BYTES, DATA, 0,   \
	  GAUGE, 1, "t.mem_writeback_bytes")                                   \
	X(MEM_SLAB, "mem_slab_bytes", "SLAB", BYTES, DATA, 0, GAUGE, 1,        \
	  "t.mem_slab_reclaimable_bytes + t.mem_slab_unreclaimable_bytes")     \
	X(MEM_PAGE_TABLES, "mem_page_tables_bytes", "PAGETABLES", BYTES, DATA, \
	  0, GAUGE, 1, "t.mem_page_tables_bytes")                              \
	X(PSI_CPU, "psi_cpu_some_pct", "PSI CPU%", PCT, DATA, 0, RATE, 100.0,  \
	  "t.psi_cpu_some_us")                                                 \
	X(PSI_MEM, "psi_mem_some_pct", "PSI MEM%", PCT, DATA, 0, RATE, 100.0,  \
	  "t.psi_mem_some_us")                                                 \
	X(PSI_MEM_FULL, "psi_mem_full_pct", "PSI MEM FULL%", PCT, DATA, 0,     \
	  RATE, 100.0, "t.psi_mem_full_us")                                    \
	X(PSI_IO, "psi_io_some_pct", "PSI IO%", PCT, DATA, 0, RATE, 100.0,     \
	  "t.psi_io_some_us")                                                  \
	X(PSI_IO_FULL, "psi_io_full_pct", "PSI IO FULL%", PCT, DATA, 0, RATE,  \
	  100.0, "t.psi_io_full_us")

/* A container over a tick. */
#define CONTAINER_RATES(X)                                                     \
	X(CPU, "cpu_pct", "CPU%", PCT, ALL, 0, RATE, 100.0, "s.cpu_usage_us")  \
	X(CPU_USER, "cpu_user_pct", "USER%", PCT, DATA, 0, RATE, 100.0,        \
	  "s.cpu_user_us")                                                     \
	X(CPU_SYSTEM, "cpu_system_pct", "SYS%", PCT, DATA, 0, RATE, 100.0,     \
	  "s.cpu_system_us")                                                   \
	X(THROTTLED, "throttled_pct", "THROT%", PCT, DATA, 0, RATE, 100.0,     \
	  "s.cpu_throttled_us")                                                \
	X(MEM, "mem_bytes", "MEM", BYTES, ALL, 0, GAUGE, 1, "s.mem_bytes")     \
	X(MEM_WORKING_SET, "mem_working_set_bytes", "WSET", BYTES, DATA, 0,    \
	  GAUGE, 1, "s.mem_working_set_bytes")                                 \
	X(MEM_LIMIT, "mem_limit_bytes", "LIMIT", BYTES, ALL, 3, GAUGE, 1,      \
	  "s.mem_limit_bytes")                                                 \
	X(MEM_PCT, "mem_pct", "MEM%", PCT, ALL, 2, GAUGE, 1,                   \
	  "s.mem_bytes * 100.0 / s.mem_limit_bytes")                           \
	X(MEM_PEAK, "mem_peak_bytes", "PEAK", BYTES, DATA, 0, GAUGE, 1,        \
	  "s.mem_peak_bytes")                                                  \
	X(SWAP, "swap_bytes", "SWAP", BYTES, ALL, 6, GAUGE, 1, "s.swap_bytes") \
	X(IO_READ, "io_read_bps", "READ/s", BPS, ALL, 4, RATE, 1e6,            \
	  "s.io_read_bytes")                                                   \
	X(IO_WRITE, "io_write_bps", "WRITE/s", BPS, ALL, 4, RATE, 1e6,         \
	  "s.io_write_bytes")                                                  \
	X(IO_READ_IOPS, "io_read_iops", "RIOPS", IOPS, DATA, 0, RATE, 1e6,     \
	  "s.io_read_ops")                                                     \
	X(IO_WRITE_IOPS, "io_write_iops", "WIOPS", IOPS, DATA, 0, RATE, 1e6,   \
	  "s.io_write_ops")                                                    \
	X(NET_RX, "net_rx_bps", "RX/s", BPS, DATA, 0, RATE, 1e6,               \
	  "s.net_rx_bytes")                                                    \
	X(NET_TX, "net_tx_bps", "TX/s", BPS, DATA, 0, RATE, 1e6,               \
	  "s.net_tx_bytes")                                                    \
	X(PIDS, "pids", "PIDS", COUNT, ALL, 1, GAUGE, 1, "s.pids")             \
	X(PSI_CPU, "psi_cpu_some_pct", "PSI CPU%", PCT, DATA, 0, RATE, 100.0,  \
	  "s.psi_cpu_some_us")                                                 \
	X(PSI_MEM, "psi_mem_some_pct", "PSI MEM%", PCT, DATA, 0, RATE, 100.0,  \
	  "s.psi_mem_some_us")                                                 \
	X(PSI_IO, "psi_io_some_pct", "PSI IO%", PCT, DATA, 0, RATE, 100.0,     \
	  "s.psi_io_some_us")                                                  \
	X(OOM_KILLS, "oom_kills", "OOM", COUNT, DATA, 0, SUM, 1,               \
	  "s.oom_kills")                                                       \
	X(MEM_ANON, "mem_anon_bytes", "ANON", BYTES, DATA, 0, GAUGE, 1,        \
	  "s.mem_anon_bytes")                                                  \
	X(MEM_FILE, "mem_file_bytes", "FILE", BYTES, DATA, 0, GAUGE, 1,        \
	  "s.mem_file_bytes")                                                  \
	X(MEM_HIGH, "mem_high_bytes", "HIGH", BYTES, DATA, 0, GAUGE, 1,        \
	  "s.mem_high_bytes")                                                  \
	X(SWAP_LIMIT, "swap_limit_bytes", "SWAP LIMIT", BYTES, DATA, 0, GAUGE, \
	  1, "s.swap_limit_bytes")                                             \
	X(MEM_EVENTS_LOW, "mem_events_low", "LOW", COUNT, DATA, 0, SUM, 1,     \
	  "s.mem_events_low")                                                  \
	X(MEM_EVENTS_HIGH, "mem_events_high", "AT HIGH", COUNT, DATA, 0, SUM,  \
	  1, "s.mem_events_high")                                              \
	X(MEM_EVENTS_MAX, "mem_events_max", "AT MAX", COUNT, DATA, 0, SUM, 1,  \
	  "s.mem_events_max")                                                  \
	X(MEM_EVENTS_OOM, "mem_events_oom", "AT OOM", COUNT, DATA, 0, SUM, 1,  \
	  "s.mem_events_oom")                                                  \
	X(IO_DISCARD, "io_discard_bps", "DISCARD/s", BPS, DATA, 0, RATE, 1e6,  \
	  "s.io_discard_bytes")                                                \
	X(IO_DISCARD_IOPS, "io_discard_iops", "DIOPS", IOPS, DATA, 0, RATE,    \
	  1e6, "s.io_discard_ops")                                             \
	X(CPU_LIMIT, "cpu_limit_pct", "CPU LIMIT%", PCT, DATA, 0, GAUGE, 1,    \
	  "s.cpu_quota_us * 100.0 / s.cpu_period_us")                          \
	X(CPU_PERIODS, "cpu_cfs_periods", "PERIODS", COUNT, DATA, 0, SUM, 1,   \
	  "s.cpu_periods")                                                     \
	X(CPU_THROTTLED_PERIODS, "cpu_cfs_throttled_periods", "THROTTLED",     \
	  COUNT, DATA, 0, SUM, 1, "s.cpu_throttled_periods")                   \
	X(PIDS_LIMIT, "pids_limit", "PIDS LIMIT", COUNT, DATA, 0, GAUGE, 1,    \
	  "s.pids_limit")                                                      \
	X(PIDS_MAX_HITS, "pids_max_hits", "AT PIDS MAX", COUNT, DATA, 0, SUM,  \
	  1, "s.pids_max_hits")                                                \
	X(PSI_CPU_FULL, "psi_cpu_full_pct", "PSI CPU FULL%", PCT, DATA, 0,     \
	  RATE, 100.0, "s.psi_cpu_full_us")                                    \
	X(PSI_MEM_FULL, "psi_mem_full_pct", "PSI MEM FULL%", PCT, DATA, 0,     \
	  RATE, 100.0, "s.psi_mem_full_us")                                    \
	X(PSI_IO_FULL, "psi_io_full_pct", "PSI IO FULL%", PCT, DATA, 0, RATE,  \
	  100.0, "s.psi_io_full_us")                                           \
	X(NET_RX_PACKETS, "net_rx_pps", "RX PKT/s", IOPS, DATA, 0, RATE, 1e6,  \
	  "s.net_rx_packets")                                                  \
	X(NET_TX_PACKETS, "net_tx_pps", "TX PKT/s", IOPS, DATA, 0, RATE, 1e6,  \
	  "s.net_tx_packets")                                                  \
	X(NET_RX_DROPS, "net_rx_drops", "RX DROPS", COUNT, DATA, 0, SUM, 1,    \
	  "s.net_rx_drops")                                                    \
	X(NET_TX_DROPS, "net_tx_drops", "TX DROPS", COUNT, DATA, 0, SUM, 1,    \
	  "s.net_tx_drops")                                                    \
	X(NET_RX_ERRORS, "net_rx_errors", "RX ERRORS", COUNT, DATA, 0, SUM, 1, \
	  "s.net_rx_errors")                                                   \
	X(NET_TX_ERRORS, "net_tx_errors", "TX ERRORS", COUNT, DATA, 0, SUM, 1, \
	  "s.net_tx_errors")

/*
 * X(id, key, title, unit, show, drop, kind, sql, tier): what a history has
 * behind its rates, the lowest (MIN) or highest (MAX) value of all ticks in a
 * step. sql is one tick's value, tier that of a minute or an hour.
 */
#define SYSTEM_ENDS(X)                                                      \
	X(CPU_MIN, "cpu_pct_min", "CPU% MIN", PCT, DATA, 0, MIN,            \
	  "(t.cpu_user_us + t.cpu_nice_us + t.cpu_system_us + t.cpu_irq_us" \
	  " + t.cpu_softirq_us + t.cpu_steal_us) * 100.0 / t.span_us",      \
	  "t.cpu_min / 1e4")                                                \
	X(CPU_MAX, "cpu_pct_max", "CPU% MAX", PCT, DATA, 0, MAX,            \
	  "(t.cpu_user_us + t.cpu_nice_us + t.cpu_system_us + t.cpu_irq_us" \
	  " + t.cpu_softirq_us + t.cpu_steal_us) * 100.0 / t.span_us",      \
	  "t.cpu_max / 1e4")                                                \
	X(MEM_AVAILABLE_MIN, "mem_available_bytes_min", "AVAILABLE MIN",    \
	  BYTES, DATA, 0, MIN, "t.mem_available_bytes",                     \
	  "t.mem_available_bytes_min")                                      \
	X(MEM_AVAILABLE_MAX, "mem_available_bytes_max", "AVAILABLE MAX",    \
	  BYTES, DATA, 0, MAX, "t.mem_available_bytes",                     \
	  "t.mem_available_bytes_max")

#define CONTAINER_ENDS(X)                                                  \
	X(CPU_MIN, "cpu_pct_min", "CPU% MIN", PCT, DATA, 0, MIN,           \
	  "s.cpu_usage_us * 100.0 / t.span_us", "s.cpu_min / 1e4")         \
	X(CPU_MAX, "cpu_pct_max", "CPU% MAX", PCT, DATA, 0, MAX,           \
	  "s.cpu_usage_us * 100.0 / t.span_us", "s.cpu_max / 1e4")         \
	X(MEM_MIN, "mem_bytes_min", "MEM MIN", BYTES, DATA, 0, MIN,        \
	  "s.mem_bytes", "s.mem_bytes_min")                                \
	X(MEM_MAX, "mem_bytes_max", "MEM MAX", BYTES, DATA, 0, MAX,        \
	  "s.mem_bytes", "s.mem_bytes_max")                                \
	X(PIDS_MAX, "pids_max", "PIDS MAX", COUNT, DATA, 0, MAX, "s.pids", \
	  "s.pids_max")

/* A tick, then SYSTEM_RATES; heads the document of `top`. */
#define TICK_FIELDS(X)                                                         \
	X(ROW, "row", NULL, COUNT, NOWHERE, 0, "t.id")                         \
	X(TS_NS, "ts_ns", NULL, COUNT, NOWHERE, 0, "t.ts_ns")                  \
	X(RELOADED, "reloaded", NULL, BOOL, NOWHERE, 0,                        \
	  "t.session < (SELECT max(id) FROM session)")                         \
	X(TIME, "time", NULL, TIME, DATA, 0, "t.ts_ns / 1e9")                  \
	X(INTERVAL, "interval", NULL, SECONDS, DATA, 0, "t.interval_us / 1e6") \
	X(CPUS, "system.cpus", NULL, COUNT, DATA, 0, "t.cpus")

/* A container in a tick, then CONTAINER_RATES. */
#define TOP_FIELDS(X)                                                         \
	X(TIME, "time", NULL, TIME, STREAM, 0, "t.ts_ns / 1e9")               \
	X(ID, "id", "ID", ID, DATA, 0, "c.key")                               \
	X(NAME, "name", "NAME", TEXT, DATA, 0, "c.name")                      \
	X(LABEL, "label", "NAME", TEXT, TABLE, 0, QUERY_LABEL)                \
	X(IMAGE, "image", "IMAGE", TEXT, DATA, 0, "c.image")                  \
	X(COMMAND, "command", "COMMAND", TEXT, DATA, 0, "c.command")          \
	X(RUNTIME, "runtime", "RUNTIME", TEXT, DATA, 0, "c.runtime")          \
	X(CGROUP, "cgroup", "CGROUP", TEXT, DATA, 0, "c.path")                \
	X(PARENT, "parent", "PARENT", ID, DATA, 0, "p.key")                   \
	X(STARTED, "started", "STARTED", TIME, DATA, 0, "c.started_ns / 1e9") \
	X(ROW, "row", NULL, COUNT, NOWHERE, 0, "c.id")                        \
	X(PARENT_ROW, "parent_row", NULL, COUNT, NOWHERE, 0, "c.parent")      \
	X(AGE, "age", "AGE", SECONDS, NOWHERE, 0,                             \
	  "(t.ts_ns - c.started_ns) / 1e9")

/* One CPU over a tick. */
#define CPU_FIELDS(X)                                                      \
	X(NUMBER, "number", "CPU", CODE, ALL, 0, "u.number")               \
	X(BUSY, "cpu_pct", "CPU%", PCT, ALL, 0,                            \
	  "(u.user_us + u.nice_us + u.system_us + u.irq_us + u.softirq_us" \
	  " + u.steal_us) * 100.0 / t.span_us")

/* What a container did on one block device over a tick. NAME is scene.c's. */
#define DEVICE_FIELDS(X)                                      \
	X(MAJOR, "major", "MAJOR", CODE, ALL, 0, "d.major")   \
	X(MINOR, "minor", "MINOR", CODE, ALL, 0, "d.minor")   \
	X(NAME, "name", "DEVICE", TEXT, TABLE, 0, "NULL")     \
	X(READ, "io_read_bps", "READ/s", BPS, ALL, 0,         \
	  "d.read_bytes * 1e6 / t.span_us")                   \
	X(WRITE, "io_write_bps", "WRITE/s", BPS, ALL, 0,      \
	  "d.write_bytes * 1e6 / t.span_us")                  \
	X(READ_IOPS, "io_read_iops", "RIOPS", IOPS, ALL, 0,   \
	  "d.read_ops * 1e6 / t.span_us")                     \
	X(WRITE_IOPS, "io_write_iops", "WIOPS", IOPS, ALL, 0, \
	  "d.write_ops * 1e6 / t.span_us")

/* A container's way through a range of time, as sparklines show it. */
#define TRAIL_FIELDS(X)                                                 \
	X(TS_NS, "ts_ns", NULL, COUNT, NOWHERE, 0, "t.ts_ns")           \
	X(CPU, "cpu_pct", "CPU", PCT, NOWHERE, 0,                       \
	  "s.cpu_usage_us * 100.0 / t.span_us")                         \
	X(MEM, "mem_bytes", "Memory", BYTES, NOWHERE, 0, "s.mem_bytes") \
	X(IO, "io_bps", "IO", BPS, NOWHERE, 0,                          \
	  "(s.io_read_bytes + s.io_write_bytes) * 1e6 / t.span_us")     \
	X(NET, "net_bps", "Network", BPS, NOWHERE, 0,                   \
	  "(s.net_rx_bytes + s.net_tx_bytes) * 1e6 / t.span_us")

/* One life of a container. */
#define CONTAINER_FIELDS(X)                                                  \
	X(ID, "id", "ID", ID, ALL, 0, "c.key")                               \
	X(NAME, "name", "NAME", TEXT, ALL, 0, "c.name")                      \
	X(IMAGE, "image", "IMAGE", TEXT, ALL, 2, "c.image")                  \
	X(COMMAND, "command", "COMMAND", TEXT, ALL, 4, "c.command")          \
	X(RUNTIME, "runtime", "RUNTIME", TEXT, ALL, 3, "c.runtime")          \
	X(CGROUP, "cgroup", "CGROUP", TEXT, DATA, 0, "c.path")               \
	X(PARENT, "parent", "PARENT", ID, DATA, 0,                           \
	  "(SELECT p.key FROM container p WHERE p.id = c.parent)")           \
	X(STATE, "state", "STATE", TEXT, ALL, 0,                             \
	  "iif(" QUERY_RUNNING ", 'running', 'stopped')")                    \
	X(FIRST_SEEN, "first_seen", "SEEN", TIME, DATA, 0,                   \
	  "c.first_seen_ns / 1e9")                                           \
	X(STARTED, "started", "STARTED", TIME, ALL, 1, "c.started_ns / 1e9") \
	X(STOPPED, "stopped", "STOPPED", TIME, ALL, 5, "c.stopped_ns / 1e9")

/* One life, as far as telling containers apart needs it. */
#define LIFE_FIELDS(X)                                                       \
	X(ROW, "row", NULL, COUNT, NOWHERE, 0, "c.id")                       \
	X(ID, "id", "ID", ID, ALL, 0, "c.key")                               \
	X(NAME, "name", "NAME", TEXT, ALL, 0, "c.name")                      \
	X(LABEL, "label", NULL, TEXT, NOWHERE, 0, QUERY_LABEL)               \
	X(IMAGE, "image", "IMAGE", TEXT, ALL, 1, "c.image")                  \
	X(COMMAND, "command", "COMMAND", TEXT, ALL, 2, "c.command")          \
	X(RUNTIME, "runtime", "RUNTIME", TEXT, DATA, 0, "c.runtime")         \
	X(CGROUP, "cgroup", "CGROUP", TEXT, DATA, 0, "c.path")               \
	X(FIRST_NS, "first_ns", NULL, COUNT, NOWHERE, 0, "c.first_seen_ns")  \
	X(STOPPED_NS, "stopped_ns", NULL, COUNT, NOWHERE, 0, "c.stopped_ns") \
	X(RUNNING, "running", NULL, BOOL, NOWHERE, 0, QUERY_RUNNING)

/* What a container may be called on a command line; its newest life's. */
#define CANDIDATE_FIELDS(X)                                  \
	X(NAME, "name", NULL, TEXT, NOWHERE, 0, "c.name")    \
	X(KEY, "key", NULL, ID, NOWHERE, 0, "c.key")         \
	X(IMAGE, "image", NULL, TEXT, NOWHERE, 0, "c.image") \
	X(RUNNING, "running", NULL, BOOL, NOWHERE, 0, QUERY_RUNNING)

/* A point of a history, made by history.c, then the rates. Whose it is says
 * history_read.c. */
#define POINT_FIELDS(X)                                        \
	X(TIME, "time", "TIME", TIME, ALL, 0, "t.ts_ns")       \
	X(SPAN, "span", "SPAN", SECONDS, DATA, 0, "t.span_us") \
	X(ID, "id", "ID", ID, NOWHERE, 0, "NULL")              \
	X(NAME, "name", "NAME", TEXT, NOWHERE, 0, "NULL")      \
	X(LABEL, "label", "NAME", TEXT, NOWHERE, 0, "NULL")

/* What a container that a process is in is called. */
#define QUERY_CONTAINER_OF(id) \
	"(SELECT coalesce(o.name, o.key) FROM container o WHERE o.id = " id ")"

#define QUERY_GAP_TIME "coalesce(g.to_ns, g.from_ns, 0)"

/*
 * An event, or a gap in the event record, or an alarm of the policy: X(.., sql,
 * gap, alarm), where the last two are the SQL in those rows. NOTE is made by
 * words.c.
 */
#define EVENT_FIELDS(X)                                                        \
	X(TS_NS, "ts_ns", NULL, COUNT, NOWHERE, 0, "e.ts_ns", QUERY_GAP_TIME,  \
	  "l.ts_ns")                                                           \
	X(SESSION, "session", "SESSION", CODE, DATA, 0, "e.session",           \
	  "g.session", "NULL")                                                 \
	X(SEQ, "seq", "SEQ", CODE, ALL, 3, "e.seq", "g.first", "l.id")         \
	X(TIME, "time", "TIME", TIME, ALL, 0, "e.ts_ns / 1e9",                 \
	  QUERY_GAP_TIME " / 1e9", "l.ts_ns / 1e9")                            \
	X(TYPE, "type", "TYPE", TEXT, ALL, 0, "e.type", "'gap'", "'alarm'")    \
	X(ID, "id", "ID", ID, ALL, 2, "c.key", "NULL", "c.key")                \
	X(NAME, "name", "NAME", TEXT, DATA, 0, "c.name", "NULL", "c.name")     \
	X(LABEL, "label", "NAME", TEXT, TABLE, 0, QUERY_LABEL, "NULL",         \
	  QUERY_LABEL)                                                         \
	X(IMAGE, "image", "IMAGE", TEXT, ALL, 4, "c.image", "NULL", "c.image") \
	X(TIMES, "count", "COUNT", COUNT, DATA, 0, "e.count", "g.count",       \
	  "NULL")                                                              \
	X(REASON, "reason", "REASON", TEXT, DATA, 0, "NULL", "g.reason",       \
	  "l.reason")                                                          \
	X(NOTE, "note", "NOTE", TEXT, TABLE, 1, "NULL", "NULL", "NULL")        \
	X(PID, "process.pid", NULL, CODE, DATA, 0, "p.pid", "NULL", "NULL")    \
	X(UID, "process.uid", NULL, CODE, DATA, 0, "p.uid", "NULL", "NULL")    \
	X(COMM, "process.comm", NULL, TEXT, DATA, 0, "p.comm", "NULL", "NULL") \
	X(ARGV, "process.argv", NULL, ARGV, DATA, 0, "p.argv", "NULL", "NULL") \
	X(ARGV_BYTES, "process.argv_bytes", NULL, BYTES, DATA, 0,              \
	  "p.argv_bytes", "NULL", "NULL")                                      \
	X(PARENT, "process.parent", NULL, TEXT, DATA, 0, "p.parent_comm",      \
	  "NULL", "NULL")                                                      \
	X(CGROUP, "process.cgroup", NULL, TEXT, DATA, 0, "p.cgroup", "NULL",   \
	  "NULL")                                                              \
	X(RSS, "process.rss_bytes", NULL, BYTES, DATA, 0, "p.rss_bytes",       \
	  "NULL", "NULL")                                                      \
	X(EXEC_DELAY, "exec_delay", NULL, SECONDS, DATA, 0,                    \
	  "e.exec_delay_us / 1e6", "NULL", "NULL")                             \
	X(EXIT_CODE, "exit_code", NULL, CODE, DATA, 0, "e.exit_code", "NULL",  \
	  "NULL")                                                              \
	X(SIGNAL, "signal", NULL, CODE, DATA, 0, "e.exit_signal", "NULL",      \
	  "NULL")                                                              \
	X(SENDER_SIGNAL, "sender.signal", NULL, CODE, DATA, 0,                 \
	  "e.sender_signal", "NULL", "NULL")                                   \
	X(SENDER_TIME, "sender.time", NULL, TIME, DATA, 0,                     \
	  "e.sender_ns / 1e9", "NULL", "NULL")                                 \
	X(SENDER_PID, "sender.pid", NULL, CODE, DATA, 0, "k.pid", "NULL",      \
	  "NULL")                                                              \
	X(SENDER_UID, "sender.uid", NULL, CODE, DATA, 0, "k.uid", "NULL",      \
	  "NULL")                                                              \
	X(SENDER_COMM, "sender.comm", NULL, TEXT, DATA, 0, "k.comm", "NULL",   \
	  "NULL")                                                              \
	X(SENDER_PARENT, "sender.parent", NULL, TEXT, DATA, 0,                 \
	  "k.parent_comm", "NULL", "NULL")                                     \
	X(SENDER_CGROUP, "sender.cgroup", NULL, TEXT, DATA, 0, "k.cgroup",     \
	  "NULL", "NULL")                                                      \
	X(SENDER_CONTAINER, "sender.container", NULL, TEXT, DATA, 0,           \
	  QUERY_CONTAINER_OF("k.container"), "NULL", "NULL")                   \
	X(LIMIT, "limit", NULL, COUNT, DATA, 0, "e.limit_value", "NULL",       \
	  "NULL")                                                              \
	X(RULE, "rule", "RULE", TEXT, DATA, 0, "NULL", "NULL", "l.rule")       \
	X(VERB, "action", NULL, TEXT, DATA, 0, "NULL", "NULL", "a.verb")       \
	X(DETAIL, "detail", NULL, TEXT, DATA, 0, "NULL", "NULL", "l.detail")

/* A stop, with who asked for it and what it had used. WHY is words.c's. */
#define STOP_FIELDS(X)                                                        \
	X(ID, "id", "ID", ID, ALL, 5, "c.key")                                \
	X(NAME, "name", "NAME", TEXT, DATA, 0, "c.name")                      \
	X(LABEL, "label", "NAME", TEXT, TABLE, 0, QUERY_LABEL)                \
	X(IMAGE, "image", "IMAGE", TEXT, DATA, 0, "c.image")                  \
	X(COMMAND, "command", "COMMAND", TEXT, ALL, 6, "c.command")           \
	X(RUNTIME, "runtime", "RUNTIME", TEXT, DATA, 0, "c.runtime")          \
	X(STARTED, "started", "STARTED", TIME, DATA, 0, "c.started_ns / 1e9") \
	X(STOPPED, "stopped", "STOPPED", TIME, ALL, 0, "x.stopped_ns / 1e9")  \
	X(DURATION, "duration", "RAN FOR", SECONDS, ALL, 1,                   \
	  "(x.stopped_ns - c.started_ns) / 1e9")                              \
	X(REASON, "reason", "REASON", TEXT, ALL, 0, "x.reason")               \
	X(RULE, "rule", "RULE", TEXT, ALL, 2, "a.rule")                       \
	X(EXIT_CODE, "exit_code", "EXIT", CODE, ALL, 7, "x.exit_code")        \
	X(SIGNAL, "signal", "SIGNAL", CODE, ALL, 7, "x.signal")               \
	X(WHY, "why", "WHY", TEXT, TABLE, 0, "NULL")                          \
	X(KILLER_SIGNAL, "killer.signal", NULL, CODE, DATA, 0,                \
	  "x.killer_signal")                                                  \
	X(KILLER_TIME, "killer.time", NULL, TIME, DATA, 0,                    \
	  "x.killer_ns / 1e9")                                                \
	X(KILLER_PID, "killer.pid", NULL, CODE, DATA, 0, "x.killer_pid")      \
	X(KILLER_COMM, "killer.comm", NULL, TEXT, DATA, 0, "x.killer_comm")   \
	X(KILLER_UID, "killer.uid", NULL, CODE, DATA, 0, "x.killer_uid")      \
	X(KILLER_PARENT, "killer.parent", NULL, TEXT, DATA, 0,                \
	  "x.killer_parent_comm")                                             \
	X(KILLER_CGROUP, "killer.cgroup", NULL, TEXT, DATA, 0,                \
	  "x.killer_cgroup")                                                  \
	X(KILLER_CONTAINER, "killer.container", NULL, TEXT, DATA, 0,          \
	  QUERY_CONTAINER_OF("x.killer_container"))                           \
	X(OOM_PID, "oom.pid", NULL, CODE, DATA, 0, "x.oom_pid")               \
	X(OOM_COMM, "oom.comm", NULL, TEXT, DATA, 0, "x.oom_comm")            \
	X(OOM_RSS, "oom.rss_bytes", NULL, BYTES, DATA, 0, "x.oom_rss_bytes")  \
	X(OOM_LIMIT, "oom.limit_bytes", NULL, BYTES, DATA, 0,                 \
	  "x.oom_limit_bytes")                                                \
	X(CPU, "final.cpu_seconds", "CPU TIME", SECONDS, ALL, 4,              \
	  "x.final_cpu_us / 1e6")                                             \
	X(MEM_PEAK, "final.mem_peak_bytes", "MEM PEAK", BYTES, ALL, 4,        \
	  "x.final_mem_peak_bytes")                                           \
	X(IO_READ, "final.io_read_bytes", "READ", BYTES, DATA, 0,             \
	  "x.final_io_read_bytes")                                            \
	X(IO_WRITE, "final.io_write_bytes", "WRITTEN", BYTES, DATA, 0,        \
	  "x.final_io_write_bytes")                                           \
	X(NET_RX, "final.net_rx_bytes", "RX", BYTES, DATA, 0,                 \
	  "x.final_net_rx_bytes")                                             \
	X(NET_TX, "final.net_tx_bytes", "TX", BYTES, DATA, 0,                 \
	  "x.final_net_tx_bytes")                                             \
	X(DECIDED, "policy.decided", NULL, TIME, DATA, 0,                     \
	  "a.decided_ns / 1e9")                                               \
	X(REQUESTED, "policy.requested", NULL, TIME, DATA, 0,                 \
	  "a.requested_ns / 1e9")                                             \
	X(CONFIRMED, "policy.confirmed", NULL, TIME, DATA, 0,                 \
	  "a.confirmed_ns / 1e9")

/* One thing that a rule decided, attempt by attempt, and what came of it. */
#define ACTION_FIELDS(X)                                                     \
	X(ROW, "action", "ACTION", CODE, ALL, 3, "a.id")                     \
	X(DECIDED, "decided", "DECIDED", TIME, ALL, 0, "a.decided_ns / 1e9") \
	X(RULE, "rule", "RULE", TEXT, ALL, 0, "a.rule")                      \
	X(VERB, "verb", "DOES", TEXT, ALL, 0, "a.verb")                      \
	X(ID, "id", "ID", ID, ALL, 4, "c.key")                               \
	X(NAME, "name", "NAME", TEXT, DATA, 0, "c.name")                     \
	X(LABEL, "label", "NAME", TEXT, TABLE, 0, QUERY_LABEL)               \
	X(IMAGE, "image", "IMAGE", TEXT, DATA, 0, "c.image")                 \
	X(GROUP, "group", "GROUP", TEXT, ALL, 2, "a.group_key")              \
	X(DRY_RUN, "dry_run", "DRY RUN", BOOL, DATA, 0, "a.dry_run")         \
	X(ATTEMPT, "attempt", "TRY", COUNT, ALL, 1, "a.attempt")             \
	X(REQUESTED, "requested", "REQUESTED", TIME, DATA, 0,                \
	  "a.requested_ns / 1e9")                                            \
	X(ANSWERED, "answered", "ANSWERED", TIME, DATA, 0,                   \
	  "a.answered_ns / 1e9")                                             \
	X(CONFIRMED, "confirmed", "CONFIRMED", TIME, DATA, 0,                \
	  "a.confirmed_ns / 1e9")                                            \
	X(TOOK, "took", "TOOK", SECONDS, ALL, 1,                             \
	  "(a.confirmed_ns - a.decided_ns) / 1e9")                           \
	X(STATE, "state", "STATE", TEXT, ALL, 0, "a.state")                  \
	X(STATUS, "http_status", "HTTP", CODE, DATA, 0, "a.http_status")     \
	X(EXIT_CODE, "exit_code", "EXIT", CODE, DATA, 0, "a.exit_code")      \
	X(ERROR, "error", "ERROR", TEXT, ALL, 0, "a.error")

/*
 * A container that runs, as a rule looks at it; CLAIMS is how many cgroups that
 * run have its id, as the daemon counts them.
 */
#define SUBJECT_FIELDS(X)                                                    \
	X(ROW, "row", NULL, COUNT, NOWHERE, 0, "c.id")                       \
	X(ID, "id", "ID", ID, ALL, 0, "c.key")                               \
	X(NAME, "name", "NAME", TEXT, ALL, 0, "c.name")                      \
	X(IMAGE, "image", "IMAGE", TEXT, ALL, 0, "c.image")                  \
	X(COMMAND, "command", "COMMAND", TEXT, ALL, 0, "c.command")          \
	X(LABELS, "labels", "LABELS", TEXT, ALL, 0, "c.labels")              \
	X(STARTED_NS, "started_ns", NULL, COUNT, NOWHERE, 0, "c.started_ns") \
	X(CLAIMS, "claims", NULL, COUNT, NOWHERE, 0,                         \
	  "(SELECT count(*) FROM container o WHERE o.key = c.key"            \
	  " AND o.stopped_ns IS NULL"                                        \
	  " AND (o.parent IS NULL) = (c.parent IS NULL))")                   \
	X(PENDING, "pending", NULL, TEXT, NOWHERE, 0,                        \
	  "(SELECT a.rule FROM action a WHERE a.container = c.id"            \
	  " AND a.state IN ('waiting', 'requested', 'answered') LIMIT 1)")

/* What is missing in the record, summed up by kind and reason. */
#define GAP_FIELDS(X)                                                   \
	X(KIND, "kind", "KIND", TEXT, ALL, 0, "g.kind")                 \
	X(REASON, "reason", "REASON", TEXT, ALL, 0, "g.reason")         \
	X(GAPS, "gaps", "GAPS", COUNT, ALL, 0, "count(*)")              \
	X(MISSING, "missing", "MISSING", COUNT, ALL, 0, "sum(g.count)") \
	X(LAST, "last", "LAST", TIME, ALL, 0,                           \
	  "max(coalesce(g.to_ns, g.from_ns)) / 1e9")

#define JOB_FIELDS(X)                                                         \
	X(NAME, "name", "JOB", TEXT, ALL, 0, "j.name")                        \
	X(KIND, "kind", "KIND", TEXT, ALL, 0, "j.kind")                       \
	X(COMMAND, "command", "COMMAND", TEXT, DATA, 0, "j.command")          \
	X(EVERY, "every", "EVERY", SECONDS, ALL, 0, "j.every_s")              \
	X(RUNS, "runs", "RUNS", COUNT, ALL, 0, "j.runs")                      \
	X(FAILURES, "failures", "FAILED", COUNT, ALL, 0, "j.failures")        \
	X(SKIPPED, "skipped", "SKIPPED", COUNT, ALL, 0, "j.skipped")          \
	X(STARTED, "started", "LAST RUN", TIME, ALL, 0, "j.started_ns / 1e9") \
	X(ENDED, "ended", "ENDED", TIME, DATA, 0, "j.ended_ns / 1e9")         \
	X(EXIT_CODE, "exit_code", "EXIT", CODE, ALL, 0, "j.exit_code")        \
	X(SIGNAL, "signal", "SIGNAL", CODE, DATA, 0, "j.signal")              \
	X(ERROR, "error", "ERROR", TEXT, ALL, 0, "j.error")

/* The store in figures, none of which needs a scan of a large table. */
#define STORE_FIELDS(X)                                                        \
	X(SCHEMA, "schema", NULL, CODE, DATA, 0,                               \
	  "(SELECT user_version FROM pragma_user_version)")                    \
	X(PAGES_BYTES, "pages_bytes", NULL, BYTES, DATA, 0,                    \
	  "(SELECT page_count * page_size FROM pragma_page_count,"             \
	  " pragma_page_size)")                                                \
	X(TICKS, "ticks", NULL, COUNT, DATA, 0,                                \
	  "(SELECT max(id) FROM tick) - (SELECT min(id) FROM tick) + 1")       \
	X(CONTAINERS, "containers", NULL, COUNT, DATA, 0,                      \
	  "(SELECT count(*) FROM container)")                                  \
	X(RUNNING, "running", NULL, COUNT, DATA, 0,                            \
	  "(SELECT count(*) FROM container c WHERE " QUERY_RUNNING ")")        \
	X(STOPS, "stops", NULL, COUNT, DATA, 0, "(SELECT count(*) FROM stop)") \
	X(OLDEST, "oldest", NULL, TIME, DATA, 0,                               \
	  "(SELECT min(ts_ns) FROM tick) / 1e9")                               \
	X(NEWEST, "newest", NULL, TIME, DATA, 0,                               \
	  "(SELECT max(ts_ns) FROM tick) / 1e9")                               \
	X(MINUTES, "minutes", NULL, COUNT, DATA, 0,                            \
	  "(SELECT max(id) FROM tick_1m) - (SELECT min(id) FROM tick_1m) + 1") \
	X(MINUTES_FROM, "minutes_oldest", NULL, TIME, DATA, 0,                 \
	  "(SELECT min(ts_ns) FROM tick_1m) / 1e9")                            \
	X(HOURS, "hours", NULL, COUNT, DATA, 0,                                \
	  "(SELECT max(id) FROM tick_1h) - (SELECT min(id) FROM tick_1h) + 1") \
	X(HOURS_FROM, "hours_oldest", NULL, TIME, DATA, 0,                     \
	  "(SELECT min(ts_ns) FROM tick_1h) / 1e9")

#define QUERY_ENUM_TICK(id, ...)      TICK_##id,
#define QUERY_ENUM_TOP(id, ...)	      TOP_##id,
#define QUERY_ENUM_CPU(id, ...)	      CPU_##id,
#define QUERY_ENUM_DEVICE(id, ...)    DEVICE_##id,
#define QUERY_ENUM_TRAIL(id, ...)     TRAIL_##id,
#define QUERY_ENUM_CONTAINER(id, ...) CONTAINER_##id,
#define QUERY_ENUM_LIFE(id, ...)      LIFE_##id,
#define QUERY_ENUM_CANDIDATE(id, ...) CANDIDATE_##id,
#define QUERY_ENUM_POINT(id, ...)     POINT_##id,
#define QUERY_ENUM_EVENT(id, ...)     EVENT_##id,
#define QUERY_ENUM_STOP(id, ...)      STOP_##id,
#define QUERY_ENUM_ACTION(id, ...)    ACTION_##id,
#define QUERY_ENUM_SUBJECT(id, ...)   SUBJECT_##id,
#define QUERY_ENUM_GAP(id, ...)	      GAP_##id,
#define QUERY_ENUM_JOB(id, ...)	      JOB_##id,
#define QUERY_ENUM_STORE(id, ...)     STORE_##id,

enum {
	TICK_FIELDS(QUERY_ENUM_TICK) SYSTEM_RATES(QUERY_ENUM_TICK) TICK_COUNT
};
enum {
	TOP_FIELDS(QUERY_ENUM_TOP) CONTAINER_RATES(QUERY_ENUM_TOP) TOP_COUNT
};
enum {
	CPU_FIELDS(QUERY_ENUM_CPU) CPU_COUNT
};
enum {
	DEVICE_FIELDS(QUERY_ENUM_DEVICE) DEVICE_COUNT
};
enum {
	TRAIL_FIELDS(QUERY_ENUM_TRAIL) TRAIL_COUNT
};
enum {
	CONTAINER_FIELDS(QUERY_ENUM_CONTAINER) CONTAINER_COUNT
};
enum {
	LIFE_FIELDS(QUERY_ENUM_LIFE) LIFE_COUNT
};
enum {
	CANDIDATE_FIELDS(QUERY_ENUM_CANDIDATE) CANDIDATE_COUNT
};
enum {
	POINT_FIELDS(QUERY_ENUM_POINT) POINT_RATES
};
enum {
	EVENT_FIELDS(QUERY_ENUM_EVENT) EVENT_COUNT
};
enum {
	STOP_FIELDS(QUERY_ENUM_STOP) STOP_COUNT
};
enum {
	ACTION_FIELDS(QUERY_ENUM_ACTION) ACTION_COUNT
};
enum {
	SUBJECT_FIELDS(QUERY_ENUM_SUBJECT) SUBJECT_COUNT
};
enum {
	GAP_FIELDS(QUERY_ENUM_GAP) GAP_COUNT
};
enum {
	JOB_FIELDS(QUERY_ENUM_JOB) JOB_COUNT
};
enum {
	STORE_FIELDS(QUERY_ENUM_STORE) STORE_COUNT
};

extern const struct field tick_fields[TICK_COUNT];
extern const struct field top_fields[TOP_COUNT];
extern const struct field trail_fields[TRAIL_COUNT];
extern const struct field container_fields[CONTAINER_COUNT];
extern const struct field life_fields[LIFE_COUNT];
extern const struct field event_fields[EVENT_COUNT];
extern const struct field stop_fields[STOP_COUNT];
extern const struct field action_fields[ACTION_COUNT];
extern const struct field gap_fields[GAP_COUNT];
extern const struct field job_fields[JOB_COUNT];
extern const struct field store_fields[STORE_COUNT];

/* How the stored values of several ticks become one figure. */
enum rate_kind {
	RATE_RATE,
	RATE_GAUGE,
	RATE_SUM,
	RATE_MIN,
	RATE_MAX
};

struct rate {
	enum rate_kind kind;
	double scale;
};

/* What a history is of: fields and rates of one of the two lists. */
struct history_table {
	const struct field *fields; /* POINT_FIELDS, then the rates, the ends */
	const struct rate *rates;
	unsigned int rate_count;
};

extern const struct history_table history_container;
extern const struct history_table history_system;

#endif
