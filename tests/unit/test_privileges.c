// SPDX-License-Identifier: GPL-2.0
/* What the daemon's process passes on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "collectord/privileges.h"

#define CAP CAP_NET_ADMIN

static bool has_cap(uint32_t cap)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2];

	assert_int_equal(syscall(SYS_capget, &head, data), 0);
	return (data[0].permitted & data[0].effective) >> cap & 1;
}

/* As systemd does for AmbientCapabilities=. */
static int raise_ambient(uint32_t cap)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &head, data))
		return -1;
	data[0].inheritable |= 1u << cap;
	if (syscall(SYS_capset, &head, data))
		return -1;
	return prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0);
}

static void jobs_get_no_capability_that_the_daemon_keeps(void **state)
{
	(void)state;
	if (!has_cap(CAP) || raise_ambient(CAP))
		skip(); /* nobody here has one to pass on */

	assert_int_equal(privileges_limit(), 0);

	assert_int_equal(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, CAP, 0,
			       0),
			 0);
	assert_true(has_cap(CAP));
}

static void files_are_not_for_others(void **state)
{
	(void)state;
	umask(022);

	assert_int_equal(privileges_limit(), 0);

	assert_int_equal(umask(022), 027);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(jobs_get_no_capability_that_the_daemon_keeps),
		cmocka_unit_test(files_are_not_for_others),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
