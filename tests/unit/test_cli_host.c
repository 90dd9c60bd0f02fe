// SPDX-License-Identifier: GPL-2.0
/* What is read of the host, from a made-up tree. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "cli/host.h"
#include "tmpdir.h"

#define EFI \
	"sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"

static int set_up(void **state)
{
	(void)state;
	return tmpdir_make();
}

static int tear_down(void **state)
{
	(void)state;
	return tmpdir_remove();
}

/* Makes a file with its folders below the root. */
static void put(const char *path, const char *content, size_t len)
{
	char whole[256], *slash;
	FILE *file;

	snprintf(whole, sizeof(whole), "%s/%s", tmpdir, path);
	for (slash = strchr(whole + strlen(tmpdir) + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = 0;
		mkdir(whole, 0755);
		*slash = '/';
	}
	file = fopen(whole, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(content, 1, len, file), len);
	fclose(file);
}

static void put_text(const char *path, const char *text)
{
	put(path, text, strlen(text));
}

static struct host look(void)
{
	struct host host;

	host_read(&host, tmpdir, "6.1.0-1-amd64", "/nowhere/at/all.db");
	return host;
}

static void empty_host_has_nothing(void **state)
{
	struct host host = look();

	(void)state;
	assert_false(host.module_file);
	assert_false(host.secure_boot);
	assert_false(host.cgroup1);
	assert_false(host.have_room);
	assert_string_equal(host.release, "6.1.0-1-amd64");
}

static void module_is_found_by_its_name_alone(void **state)
{
	(void)state;
	put_text("lib/modules/6.1.0-1-amd64/modules.dep",
		 "kernel/sysmon.d/other.ko:\nkernel/drivers/asysmon.ko:\n"
		 "kernel/net/x.ko: updates/sysmon.ko\n");
	assert_false(look().module_file);
	put_text("lib/modules/6.1.0-1-amd64/modules.dep",
		 "kernel/net/x.ko:\nupdates/dkms/sysmon.ko.xz:\n");
	assert_true(look().module_file);
	put_text("lib/modules/6.1.0-1-amd64/modules.dep",
		 "updates/sysmon.ko: kernel/net/x.ko\n");
	assert_true(look().module_file);
}

/* Four bytes of attributes, then the value. */
static void secure_boot_is_the_firmwares_word(void **state)
{
	(void)state;
	put(EFI, "\6\0\0\0\0", 5);
	assert_false(look().secure_boot);
	put(EFI, "\6\0\0\0\1", 5);
	assert_true(look().secure_boot);
	put(EFI, "\1\1\1", 3);
	assert_false(look().secure_boot);
}

static void version_2_of_cgroups_has_controllers_at_its_root(void **state)
{
	(void)state;
	put_text("sys/fs/cgroup/memory/tasks", "");
	assert_true(look().cgroup1);
	put_text("sys/fs/cgroup/cgroup.controllers", "cpu io memory\n");
	assert_false(look().cgroup1);
}

static void room_is_that_of_the_databases_folder(void **state)
{
	struct host host;

	(void)state;
	host_read(&host, tmpdir, "", tmppath);
	assert_true(host.have_room);
	host_read(&host, tmpdir, "", "in-this-folder.db");
	assert_true(host.have_room);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(empty_host_has_nothing),
		TEST(module_is_found_by_its_name_alone),
		TEST(secure_boot_is_the_firmwares_word),
		TEST(version_2_of_cgroups_has_controllers_at_its_root),
		TEST(room_is_that_of_the_databases_folder),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
