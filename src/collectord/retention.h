/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How long and how large the history may become. Pure data; contrib/sysmon.conf
 * says what each means to an administrator.
 */
#ifndef SYSMON_RETENTION_H
#define SYSMON_RETENTION_H

#include <stdint.h>

struct retention {
	uint64_t raw_ns;
	uint64_t minutes_ns;
	uint64_t hours_ns; /* of all records beside samples, too */
	uint64_t size_bytes;
};

#endif
