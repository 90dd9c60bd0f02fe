/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Looks figures up in the column `more` of samples. Knows no statement.
 */
#ifndef SYSMON_SQL_FIGURE_H
#define SYSMON_SQL_FIGURE_H

#include <sqlite3.h>

/*
 * On this connection, makes ->> the operator for what stands in that column, a
 * JSON object of numbers such as {"m":4096,"c":17}, and for nothing else. SQLite's
 * own makes a tree of the whole object for each row, and a path for each look-up;
 * that was a third of what it costs to read a history. Returns SQLITE_OK or an
 * error code.
 */
int sql_figure_register(sqlite3 *db);

#endif
