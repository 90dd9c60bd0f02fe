/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What of the host bears on whether sysmon can work: its kernel, what that
 * loads, where containers are, and the room for the database. Reads files;
 * judges nothing.
 */
#ifndef SYSMON_CLI_HOST_H
#define SYSMON_CLI_HOST_H

#include <stdbool.h>
#include <stdint.h>

struct host {
	char release[65];    /* of the kernel */
	bool module_file;    /* there is a module sysmon for it */
	bool secure_boot;    /* it loads signed modules only */
	bool cgroup1;	     /* containers are in version 1's hierarchies */
	bool have_room;	     /* the next is known */
	uint64_t room_bytes; /* free on the file system of the database */
};

/* root goes before the paths of the kernel: "" but in tests. */
void host_read(struct host *host, const char *root, const char *release,
	       const char *database);

#endif
