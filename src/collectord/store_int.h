/* SPDX-License-Identifier: GPL-2.0 */
/* The store's connection and statements, shared by store.c and store_load.c. */
#ifndef SYSMON_STORE_INT_H
#define SYSMON_STORE_INT_H

#include "store.h"

enum store_stmt {
	STMT_BEGIN,
	STMT_COMMIT,
	STMT_ROLLBACK,
	STMT_BOOT,
	STMT_SESSION,
	STMT_CONTAINER,
	STMT_ACTION,
	STMT_STOP,
	STMT_TICK,
	STMT_SAMPLE,
	STMT_SAMPLES,
	STMT_EVENT,
	STMT_GAP,
	STMT_JOB,
	STMT_LAST_TICK,
	STMT_LAST_SEQ,
	STMT_STATUS,
	STMT_COUNT
};

struct store {
	sqlite3 *db;
	sqlite3_stmt *stmt[STMT_COUNT];
	char error[256];
	uint64_t refused;
	uint64_t refused_now; /* in the transaction under way */
	struct status status; /* as it is stored */
	bool have_status;
};

#endif
