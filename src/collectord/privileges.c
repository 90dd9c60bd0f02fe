// SPDX-License-Identifier: GPL-2.0
/* The limits of privileges.h. */
#include "privileges.h"

#include <errno.h>
#include <sys/prctl.h>
#include <sys/stat.h>

int privileges_limit(void)
{
	umask(027);
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0))
		return -errno;
	return 0;
}
