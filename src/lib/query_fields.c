// SPDX-License-Identifier: GPL-2.0
/* The field tables' contents, spelled out from the lists in query_fields.h. */
#include "query_fields.h"

#define FIELD_ENTRY(id, k, t, u, s, d, sql) \
	{                                   \
		.key = (k),                 \
		.title = (t),               \
		.unit = UNIT_##u,           \
		.show = SHOW_##s,           \
		.drop = (d),                \
	},

#define EVENT_ENTRY(id, k, t, u, s, d, sql, gap, alarm) \
	FIELD_ENTRY(id, k, t, u, s, d, sql)

#define RATE_FIELD(id, k, t, u, s, d, kind, scale, sql) \
	FIELD_ENTRY(id, k, t, u, s, d, sql)

#define END_FIELD(id, k, t, u, s, d, kind, sql, tier) \
	FIELD_ENTRY(id, k, t, u, s, d, sql)

#define END_ENTRY(id, k, t, u, s, d, knd, sql, tier) \
	{ .kind = RATE_##knd, .scale = 1 },

/* The machine's figures stand in an object of their own under a tick. */
#define TICK_RATE_FIELD(id, k, t, u, s, d, kind, scale, sql) \
	FIELD_ENTRY(id, "system." k, t, u, s, d, sql)

#define RATE_ENTRY(id, k, t, u, s, d, knd, scl, sql) \
	{ .kind = RATE_##knd, .scale = (scl) },

const struct field tick_fields[TICK_COUNT] = { TICK_FIELDS(
	FIELD_ENTRY) SYSTEM_RATES(TICK_RATE_FIELD) };
const struct field top_fields[TOP_COUNT] = { TOP_FIELDS(
	FIELD_ENTRY) CONTAINER_RATES(RATE_FIELD) };
const struct field trail_fields[] = { TRAIL_FIELDS(FIELD_ENTRY) };
const struct field container_fields[] = { CONTAINER_FIELDS(FIELD_ENTRY) };
const struct field life_fields[] = { LIFE_FIELDS(FIELD_ENTRY) };
const struct field event_fields[] = { EVENT_FIELDS(EVENT_ENTRY) };
const struct field stop_fields[] = { STOP_FIELDS(FIELD_ENTRY) };
const struct field action_fields[] = { ACTION_FIELDS(FIELD_ENTRY) };
const struct field gap_fields[] = { GAP_FIELDS(FIELD_ENTRY) };
const struct field job_fields[] = { JOB_FIELDS(FIELD_ENTRY) };
const struct field store_fields[] = { STORE_FIELDS(FIELD_ENTRY) };

static const struct field point_fields_container[] = { POINT_FIELDS(
	FIELD_ENTRY) CONTAINER_RATES(RATE_FIELD) CONTAINER_ENDS(END_FIELD) };
static const struct field point_fields_system[] = { POINT_FIELDS(
	FIELD_ENTRY) SYSTEM_RATES(RATE_FIELD) SYSTEM_ENDS(END_FIELD) };
static const struct rate rates_container[] = { CONTAINER_RATES(
	RATE_ENTRY) CONTAINER_ENDS(END_ENTRY) };
static const struct rate rates_system[] = { SYSTEM_RATES(RATE_ENTRY)
						    SYSTEM_ENDS(END_ENTRY) };

#define COUNT_OF(a) (sizeof(a) / sizeof(*(a)))

const struct history_table history_container = {
	.fields = point_fields_container,
	.rates = rates_container,
	.rate_count = COUNT_OF(rates_container),
};
const struct history_table history_system = {
	.fields = point_fields_system,
	.rates = rates_system,
	.rate_count = COUNT_OF(rates_system),
};
