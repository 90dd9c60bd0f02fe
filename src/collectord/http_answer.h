/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Answers as bytes: refusals, what is here, whether all is well. Pure; knows
 * neither sockets nor the database.
 */
#ifndef SYSMON_HTTP_ANSWER_H
#define SYSMON_HTTP_ANSWER_H

#include <stdio.h>

#include "http_facts.h"
#include "http_request.h"

/* All zero is none. */
struct http_answer {
	unsigned int status;
	const char *type;     /* static, as the next */
	const char *cache;    /* Cache-Control */
	const char *policy;   /* Content-Security-Policy; NULL: the strictest */
	const char *allow;    /* Allow, or NULL */
	unsigned int retry_s; /* Retry-After; 0: none */
	unsigned int left_out; /* rows, at least */
	bool tagged;	       /* etag is one */
	char etag[24];
	char *body; /* malloc()ed, or borrowed from what outlives the answer */
	bool borrowed;
	size_t len;
};

/* What an answer is written to. */
struct http_writer {
	FILE *to;
	char *data;
	size_t len;
};

/* 0 or -ENOMEM. */
int http_writer_open(struct http_writer *w);

/* Has the answer own what was written, with the status and type given. Returns
 * 0, or -ENOMEM when not all could be written: then there is no answer. */
int http_writer_close(struct http_writer *w, struct http_answer *answer,
		      unsigned int status, const char *type);
void http_writer_drop(struct http_writer *w);

/* Each returns 0 or -ENOMEM; then there is no answer. */
int http_answer_refusal(const struct http_refusal *refusal,
			struct http_answer *answer);
int http_answer_index(bool html, struct http_answer *answer);
int http_answer_health(const struct http_facts *facts,
		       struct http_answer *answer);

/* Gives it an ETag made of its body. */
void http_answer_tag(struct http_answer *answer);

/* Whether a value of If-None-Match (NULL: none) names the answer's ETag. */
bool http_answer_is_known(const struct http_answer *answer,
			  const char *if_none_match);

void http_answer_free(struct http_answer *answer);

#endif
