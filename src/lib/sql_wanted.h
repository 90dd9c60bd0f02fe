/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A statement without the figures that nobody wants, which are not worked out
 * then. Pure text; knows no statement.
 */
#ifndef SYSMON_SQL_WANTED_H
#define SYSMON_SQL_WANTED_H

/* A column of the statement that may not be wanted, under that key. As it
 * stands, the statement has them all. */
#define SQL_MAYBE(key, sql) "/*" key "*/" sql ", /**/"

/*
 * The statement with such columns only as wanted names, a list such as
 * ",cpu_pct,mem_bytes,". Behind the first so many columns, which are not such,
 * at[i] gets the place that column i has in the whole statement; what is behind
 * all of these gets none. To be freed; NULL when out of memory.
 */
char *sql_wanted(const char *statement, const char *wanted, unsigned int first,
		 unsigned char *at);

#endif
