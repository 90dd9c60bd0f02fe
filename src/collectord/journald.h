/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Entries for systemd's journal in its own protocol, as sd_journal_sendv()
 * sends them, but for one thing: that one waits as long as journald does not
 * read, be it for a disk that hangs, and so does who calls it. Knows nothing of
 * what is said.
 */
#ifndef SYSMON_JOURNALD_H
#define SYSMON_JOURNALD_H

#include <sys/uio.h>

/* Room for the fields of an entry, and what the protocol adds to them. */
#define JOURNALD_ENTRY_MAX 16384

/*
 * Sends an entry of @n fields, each NAME=VALUE; the program's name goes with
 * it. Waits up to @wait_ms for room. Returns 0 or a negative errno: -EAGAIN when
 * there was no room.
 */
int journald_send(const struct iovec *field, int n, int wait_ms);

/* The same to another socket than journald's own. */
int journald_send_to(const char *path, const struct iovec *field, int n,
		     int wait_ms);

#endif
