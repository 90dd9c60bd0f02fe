/* SPDX-License-Identifier: GPL-2.0 */
/* What a block device is called on this machine; knows no record. */
#ifndef SYSMON_BLOCKDEV_H
#define SYSMON_BLOCKDEV_H

#include <stddef.h>
#include <stdint.h>

#define BLOCKDEV_SYS "/sys/dev/block"

/*
 * Writes a device's name, such as sda, as the folder of links by number has it.
 * Returns buf, of at least 32 bytes, or NULL where there is no such device.
 */
char *blockdev_name(const char *sys, int64_t major, int64_t minor, char *buf,
		    size_t size);

#endif
