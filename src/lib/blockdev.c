// SPDX-License-Identifier: GPL-2.0
/* What a block device is called on this machine; knows no record. */
#include "blockdev.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

char *blockdev_name(const char *sys, int64_t major, int64_t minor, char *buf,
		    size_t size)
{
	char path[PATH_MAX], target[PATH_MAX];
	const char *name;
	ssize_t len;

	snprintf(path, sizeof(path), "%s/%lld:%lld", sys, (long long)major,
		 (long long)minor);
	len = readlink(path, target, sizeof(target) - 1);
	if (len <= 0)
		return NULL;
	target[len] = 0;
	name = strrchr(target, '/');
	snprintf(buf, size, "%s", name ? name + 1 : target);
	return buf;
}
