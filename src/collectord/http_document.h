/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The documents that are answers to requests: what src/lib makes of the
 * database, within bounds. Knows no connection.
 */
#ifndef SYSMON_HTTP_DOCUMENT_H
#define SYSMON_HTTP_DOCUMENT_H

#include "http_answer.h"
#include "http_reader.h"

/* Bytes of rows that an answer holds at most; rows behind it are left out. */
#define HTTP_BODY_MAX (8u << 20)

/*
 * Answers the request, which is not the one for the index, metrics, health or
 * a stream, from the database. Returns whether there is an answer, of status
 * 200; if not, *refusal says why.
 *
 * A list of more rows than the request's limit has the newest of them, and at
 * its end "limit" and "left_out", how many rows are missing.
 */
bool http_document(struct http_reader *reader,
		   const struct http_request *request,
		   struct http_answer *answer, struct http_refusal *refusal);

#endif
