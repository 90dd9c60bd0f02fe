// SPDX-License-Identifier: GPL-2.0
/* Reads what host.h says from the files of the kernel; judges nothing. */
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "host.h"

#define PATH_SIZE 512

/* The variable's value behind four bytes of attributes; UEFI's GUID of them. */
#define SECURE_BOOT                            \
	"/sys/firmware/efi/efivars/SecureBoot" \
	"-8be4df61-93ca-11d2-aa0d-00e098032b8c"

static bool exists(const char *root, const char *path)
{
	char whole[PATH_SIZE];

	snprintf(whole, sizeof(whole), "%s%s", root, path);
	return !access(whole, F_OK);
}

static FILE *open_below(const char *root, const char *path)
{
	char whole[PATH_SIZE];

	snprintf(whole, sizeof(whole), "%s%s", root, path);
	return fopen(whole, "re");
}

static bool read_secure_boot(const char *root)
{
	FILE *file = open_below(root, SECURE_BOOT);
	unsigned char data[5] = { 0 };
	bool on;

	if (!file)
		return false;
	on = fread(data, 1, sizeof(data), file) == sizeof(data) && data[4] == 1;
	fclose(file);
	return on;
}

/* depmod's list has a line "updates/sysmon.ko.xz: ..." for each module. */
static bool is_sysmon(const char *line)
{
	const char *name = line + strcspn(line, ":");

	while (name > line && name[-1] != '/')
		name--;
	return !strncmp(name, "sysmon.ko", 9) && strchr(":.", name[9]);
}

static bool find_module(const char *root, const char *release)
{
	char path[PATH_SIZE], line[4096];
	bool found = false;
	FILE *file;

	snprintf(path, sizeof(path), "/lib/modules/%s/modules.dep", release);
	file = open_below(root, path);
	if (!file)
		return false;
	while (!found && fgets(line, sizeof(line), file))
		found = is_sysmon(line);
	fclose(file);
	return found;
}

/* The file system that the database is on, or would be. */
static bool read_room(const char *database, uint64_t *bytes)
{
	const char *slash = strrchr(database, '/');
	struct statvfs fs;
	char folder[PATH_SIZE];

	snprintf(folder, sizeof(folder), "%.*s",
		 slash ? (int)(slash - database) + 1 : 1,
		 slash ? database : ".");
	if (statvfs(folder, &fs))
		return false;
	*bytes = (uint64_t)fs.f_bavail * fs.f_frsize;
	return true;
}

void host_read(struct host *host, const char *root, const char *release,
	       const char *database)
{
	*host = (struct host){
		.module_file = find_module(root, release),
		.secure_boot = read_secure_boot(root),
		.cgroup1 = exists(root, "/sys/fs/cgroup") &&
			   !exists(root, "/sys/fs/cgroup/cgroup.controllers"),
	};
	snprintf(host->release, sizeof(host->release), "%s", release);
	host->have_room = read_room(database, &host->room_bytes);
}
