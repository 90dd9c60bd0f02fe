// SPDX-License-Identifier: GPL-2.0
/* Opens the database for reading; knows no subcommand. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "lib/db.h"
#include "message.h"
#include "reader.h"

int reader_open(const struct cli *cli, struct reader *reader)
{
	struct db_error error;
	enum db_result result;

	*reader = (struct reader){ 0 };
	result = db_open_ro(cli->opt.db, &reader->db, &error);
	if (result != DB_OK) {
		message_error(cli, "%s", error.text);
		return result == DB_MISSING ? CLI_NOTHING : CLI_FAILED;
	}
	/* Most pages are read once. To have new memory for each of them costs
	 * more than to read some again. */
	sqlite3_exec(reader->db, "PRAGMA cache_size = -512", NULL, NULL, NULL);
	if (query_new(&reader->query, reader->db)) {
		reader_close(reader);
		message_error(cli, "out of memory");
		return CLI_FAILED;
	}
	return CLI_OK;
}

/* Of a page that cannot be read there is no other word. */
static void end_unread(int signal)
{
	static const char text[] =
		"sysmonctl: the database cannot be read: its disk fails, or "
		"something has cut the file off\n";

	ssize_t written = write(STDERR_FILENO, text, sizeof(text) - 1);

	(void)signal;
	(void)written; /* the exit code says it, too */
	_exit(CLI_FAILED);
}

void reader_map(struct reader *reader)
{
	signal(SIGBUS, end_unread);
	sqlite3_exec(reader->db, "PRAGMA mmap_size = 2147418112", NULL, NULL,
		     NULL);
}

void reader_close(struct reader *reader)
{
	query_free(reader->query);
	sqlite3_close(reader->db);
	*reader = (struct reader){ 0 };
}

int reader_failed(const struct cli *cli, const struct reader *reader, int error)
{
	switch (error) {
	case -ENOMEM:
		message_error(cli, "out of memory");
		break;
	case -EBUSY:
		message_error(cli, "%s: the database is locked", cli->opt.db);
		message_hint(cli, "another program holds it; try again");
		break;
	case -EBADMSG:
		message_error(cli, "%s: the database is damaged: %s",
			      cli->opt.db, query_error(reader->query));
		message_hint(cli, "stop sysmon-collectord and save what can "
				  "be with: sqlite3 DAMAGED .recover | "
				  "sqlite3 NEW");
		break;
	default:
		/* Output fails like the database does, but leaves errno. */
		if (!*query_error(reader->query))
			message_error(cli, "cannot write the output: %s",
				      strerror(errno));
		else
			message_error(cli, "%s: %s", cli->opt.db,
				      query_error(reader->query));
	}
	return CLI_FAILED;
}
