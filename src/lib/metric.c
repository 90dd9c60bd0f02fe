// SPDX-License-Identifier: GPL-2.0
/* The metric tables' contents, spelled out from the lists in metric.h. */
#include "metric.h"

#define METRIC_BYTES_u32 4
#define METRIC_BYTES_u64 8

#define METRIC_ENTRY(prefix, attr, wire, knd, div, col, name, text) \
	{                                                           \
		.column = (col),                                    \
		.key = (name),                                      \
		.doc = (text),                                      \
		.kind = METRIC_##knd,                               \
		.attribute = prefix##attr,                          \
		.wire_bytes = METRIC_BYTES_##wire,                  \
		.divisor = (div),                                   \
	},

#define CONTAINER_ENTRY(id, ...) METRIC_ENTRY(SYSMON_A_CONTAINER_, __VA_ARGS__)
#define SYSTEM_ENTRY(id, attr, wire, kind, div, col, text) \
	METRIC_ENTRY(SYSMON_A_SYSTEM_, attr, wire, kind, div, col, NULL, text)
#define CPU_ENTRY(id, attr, wire, kind, div, col, text) \
	METRIC_ENTRY(SYSMON_A_CPU_, attr, wire, kind, div, col, NULL, text)
#define DEVICE_ENTRY(id, attr, wire, kind, div, col, text)                  \
	METRIC_ENTRY(SYSMON_A_IO_DEVICE_, attr, wire, kind, div, col, NULL, \
		     text)

const struct metric container_metrics[CM_COUNT] = { CONTAINER_METRICS(
	CONTAINER_ENTRY) };

const struct metric system_metrics[SM_COUNT] = { SYSTEM_METRICS(SYSTEM_ENTRY) };

const struct metric cpu_metrics[PM_COUNT] = { CPU_METRICS(CPU_ENTRY) };

const struct metric device_metrics[DM_COUNT] = { DEVICE_METRICS(DEVICE_ENTRY) };

_Static_assert((int)CM_COUNT <= METRIC_MAX, "struct metric_values too small");
_Static_assert((int)SM_COUNT <= METRIC_MAX, "struct metric_values too small");
_Static_assert((int)PM_COUNT <= METRIC_FEW, "struct metric_few too small");
_Static_assert((int)DM_COUNT <= METRIC_FEW, "struct metric_few too small");
