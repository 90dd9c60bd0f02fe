/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The database as the subcommands meet it: opened for reading, and with a
 * message for each way in which that fails. Knows no subcommand.
 */
#ifndef SYSMON_CLI_READER_H
#define SYSMON_CLI_READER_H

#include "cli.h"
#include "lib/query.h"

struct reader {
	sqlite3 *db;
	struct query *query;
};

/* CLI_OK, or the exit code with the message printed. */
int reader_open(const struct cli *cli, struct reader *reader);
void reader_close(struct reader *reader);

/*
 * Pages of the database are looked at where the kernel has them, not copied.
 * That is faster where many are read for a little each; but all that were read
 * count as this process's memory, and a disk that fails ends it, with a message.
 */
void reader_map(struct reader *reader);

/* CLI_FAILED, with what a negative errno of a query means printed. */
int reader_failed(const struct cli *cli, const struct reader *reader,
		  int error);

#endif
