// SPDX-License-Identifier: GPL-2.0
/*
 * What each container did on each block device over a tick. Knows nothing of
 * snapshots.
 */
#include "step_int.h"

#include <string.h>

void devices_take(struct devices *to, const struct container_info *info)
{
	to->count = info->devices < SYSMON_IO_DEVICES_MAX
			    ? info->devices
			    : SYSMON_IO_DEVICES_MAX;
	if (to->count)
		memcpy(to->device, info->device,
		       to->count * sizeof(*to->device));
}

/* The most rows that the snapshot at hand can give. */
size_t devices_room(const struct step *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->presents; i++)
		n += s->present[i]->now.io.count;
	return n;
}

static const struct metric_few *find(const struct devices *devices,
				     const struct device_info *like)
{
	for (unsigned int i = 0; i < devices->count; i++) {
		const struct device_info *d = &devices->device[i];

		if (d->major == like->major && d->minor == like->minor)
			return &d->m;
	}
	return NULL;
}

/*
 * What a device's figures are to be compared with. One that was not among all
 * those of the container had not been used; of many, not all are told.
 */
static const struct metric_few *before_of(const struct life *life,
					  const struct device_info *device,
					  bool have_before, bool from_start)
{
	const struct metric_few *before;

	if (from_start)
		return RATES_ZERO_FEW;
	if (!have_before)
		return NULL;
	before = find(&life->io_before, device);
	if (!before && life->io_before.count < SYSMON_IO_DEVICES_MAX)
		return RATES_ZERO_FEW;
	return before;
}

static bool is_something(const struct device_row *row)
{
	for (unsigned int i = 0; i < DM_COUNT; i++)
		if (row->v[i])
			return true;
	return false;
}

/* Adds rows for the devices that the container has used. */
void devices_fill(struct tick_row *tick, const struct life *life,
		  bool have_before, bool from_start)
{
	for (unsigned int i = 0; i < life->now.io.count; i++) {
		const struct device_info *device = &life->now.io.device[i];
		struct device_row *row = &tick->device[tick->devices];

		row->container = life->id;
		row->major = device->major;
		row->minor = device->minor;
		row->have =
			rates_between_few(device_metrics, DM_COUNT, DM_GAUGES,
					  before_of(life, device, have_before,
						    from_start),
					  &device->m, row->v);
		tick->devices += is_something(row);
	}
}
