/* SPDX-License-Identifier: GPL-2.0 */
/* The schema's migrations, embedded from sql/ at build time. */
#ifndef SYSMON_MIGRATIONS_H
#define SYSMON_MIGRATIONS_H

struct migration {
	const char *name;
	const char *sql;
};

/* migrations[n - 1] leads to schema version n. Append-only. */
extern const struct migration migrations[];
extern const unsigned int migration_count;

#endif
