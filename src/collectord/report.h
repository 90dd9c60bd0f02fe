/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tells the log what of the core's rows an administrator should know, each
 * with its fields for the journal. Knows neither sockets nor the database.
 * docs/operations.md lists the fields.
 */
#ifndef SYSMON_REPORT_H
#define SYSMON_REPORT_H

#include "step.h"

/* MESSAGE_ID of each kind of line: never changed, never used for another. */
#define REPORT_ID_START	 "cf7b89b006a24b97bdd6b520e0208331"
#define REPORT_ID_STOP	 "384028e0e6f64519a1c017bb3610bf64"
#define REPORT_ID_OOM	 "d8183d6a01c545b49c58887bc1882f15"
#define REPORT_ID_EVENT	 "4d1f602c39894c77a7058c38bd3717f9" /* any other */
#define REPORT_ID_ACTION "b688c08065d944c0a0f527309e3c5640"
#define REPORT_ID_ALARM	 "a1f02c6d35be4b0f8f0c2a2cf7a5d3e9"
#define REPORT_ID_GAP	 "43ccc8d86ccb449ca1532efd33ae2a9a"

struct report {
	int64_t last_stop; /* id of the newest stop that was told of */
};

/* Tells of the rows that have just come from @step. */
void report_rows(struct report *report, const struct step *step,
		 const struct rows *rows);

#endif
