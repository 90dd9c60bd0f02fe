// SPDX-License-Identifier: GPL-2.0
/*
 * Answers as bytes: refusals, what is here, whether all is well. Pure; knows
 * neither sockets nor the database.
 */
#include "http_answer.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "document.h"
#include "json.h"
#include "timerange.h"

#define JSON_TYPE "application/json"
#define HTML_TYPE "text/html; charset=utf-8"

int http_writer_open(struct http_writer *w)
{
	*w = (struct http_writer){ 0 };
	w->to = open_memstream(&w->data, &w->len);
	return w->to ? 0 : -ENOMEM;
}

int http_writer_close(struct http_writer *w, struct http_answer *answer,
		      unsigned int status, const char *type)
{
	bool failed = ferror(w->to);

	failed |= fclose(w->to) != 0;
	w->to = NULL;
	if (failed) {
		http_writer_drop(w);
		return -ENOMEM;
	}
	*answer = (struct http_answer){
		.status = status,
		.type = type,
		.cache = "no-store",
		.body = w->data,
		.len = w->len,
	};
	return 0;
}

void http_writer_drop(struct http_writer *w)
{
	if (w->to)
		fclose(w->to);
	free(w->data);
	*w = (struct http_writer){ 0 };
}

/* Takes the reference to json, NULL for memory that ran out. */
static int answer_json(json_t *json, unsigned int status,
		       struct http_answer *answer)
{
	struct http_writer w;
	int rc;

	if (!json)
		return -ENOMEM;
	rc = http_writer_open(&w);
	if (rc) {
		json_decref(json);
		return rc;
	}
	rc = json_write(w.to, json);
	putc('\n', w.to);
	json_decref(json);
	if (!rc)
		return http_writer_close(&w, answer, status, JSON_TYPE);
	http_writer_drop(&w);
	return -ENOMEM;
}

static int set_text(json_t *object, const char *key, const char *text)
{
	struct value v = value_text(text, strlen(text));

	return json_object_set_new(object, key, json_value(&v, UNIT_TEXT));
}

int http_answer_refusal(const struct http_refusal *refusal,
			struct http_answer *answer)
{
	json_t *json = document_head();
	int rc = json ? 0 : -ENOMEM;

	if (json)
		rc = json_object_set_new(json, "status",
					 json_integer(refusal->status));
	if (!rc)
		rc = set_text(json, "error", refusal->error);
	if (!rc && refusal->parameter)
		rc = set_text(json, "parameter", refusal->parameter);
	if (!rc && refusal->remedy[0])
		rc = set_text(json, "remedy", refusal->remedy);
	if (rc) {
		json_decref(json);
		return -ENOMEM;
	}
	rc = answer_json(json, refusal->status, answer);
	if (!rc && refusal->status == 405)
		answer->allow = "GET, HEAD";
	if (!rc && refusal->status == 503)
		answer->retry_s = 5;
	return rc;
}

static json_t *index_parameters(unsigned int set)
{
	json_t *json = json_object();
	unsigned int i;

	for (i = 0; json && i < HTTP_P_COUNT; i++)
		if ((set >> i & 1) &&
		    json_object_set_new(json, http_parameter_names[i],
					json_string(http_parameter_docs[i]))) {
			json_decref(json);
			return NULL;
		}
	return json;
}

static json_t *index_json(void)
{
	json_t *json = document_head(), *list = json_array();
	unsigned int i;
	int rc = 0;

	for (i = 0; !rc && i < HTTP_RESOURCES; i++) {
		const struct http_resource_info *r = &http_resources[i];

		rc = json_array_append_new(list,
					   json_pack("{s:s, s:s, s:s, s:o}",
						     "path", r->path, "does",
						     r->doc, "type", r->type,
						     "parameters",
						     index_parameters(
							     r->parameters)));
	}
	if (!rc)
		rc = json_object_set_new(json, "daemon",
					 json_string(SYSMON_VERSION));
	if (json_object_set_new(json, "resources", list) || rc) {
		json_decref(json);
		return NULL;
	}
	return json;
}

static void put_html(FILE *to)
{
	unsigned int i, p;

	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">"
	      "\n<title>sysmon</title>\n<style>body{font-family:sans-serif;"
	      "max-width:50em;margin:2em auto}dd{margin-bottom:1em}"
	      "</style>\n<h1>sysmon " SYSMON_VERSION "</h1>\n<dl>\n",
	      to);
	for (i = 0; i < HTTP_RESOURCES; i++) {
		const struct http_resource_info *r = &http_resources[i];

		fprintf(to,
			"<dt><a href=\"%s\"><code>%s</code></a></dt>\n<dd>%s",
			r->path, r->path, r->doc);
		for (p = 0; p < HTTP_P_COUNT; p++)
			if (r->parameters >> p & 1)
				fprintf(to, "<br><code>%s</code>: %s",
					http_parameter_names[p],
					http_parameter_docs[p]);
		fputs("</dd>\n", to);
	}
	fputs("</dl>\n</html>\n", to);
}

int http_answer_index(bool html, struct http_answer *answer)
{
	struct http_writer w;
	int rc;

	if (html) {
		rc = http_writer_open(&w);
		if (rc)
			return rc;
		put_html(w.to);
		rc = http_writer_close(&w, answer, 200, HTML_TYPE);
	} else {
		rc = answer_json(index_json(), 200, answer);
	}
	if (rc)
		return rc;
	http_answer_tag(answer);
	return 0;
}

/* Adds a reason for not being well. */
static int complain(json_t *list, const char *what, const char *remedy)
{
	json_t *json = json_object();
	int rc = json ? set_text(json, "what", what) : -1;

	if (!rc)
		rc = set_text(json, "remedy", remedy);
	if (rc) {
		json_decref(json);
		return -ENOMEM;
	}
	return json_array_append_new(list, json) ? -ENOMEM : 0;
}

static int complain_of_ticks(const struct http_facts *f, json_t *list)
{
	char what[128], age[32];

	if (!f->tick_ns)
		return complain(list, "no tick was stored since the start",
				"sysmonctl status says what is missing");
	snprintf(what, sizeof(what), "the newest tick is from %s ago",
		 duration_format(f->now_ns - f->tick_ns, age, sizeof(age)));
	return complain(list, what, "sysmonctl status says what is missing");
}

static int find_faults(const struct http_facts *f, json_t *list)
{
	const struct status *s = &f->status;
	bool loaded = !strcmp(s->module_state, "running");
	char what[256];
	int rc = 0;

	if (!loaded)
		rc = complain(list, "the kernel module is not loaded",
			      "modprobe sysmon");
	else if (!f->current)
		rc = complain_of_ticks(f, list);
	if (!rc && s->commit_error[0]) {
		snprintf(what, sizeof(what),
			 "the database can't be written: %s", s->commit_error);
		rc = complain(list, what, "see to free space and permissions");
	}
	return rc;
}

int http_answer_health(const struct http_facts *facts,
		       struct http_answer *answer)
{
	json_t *json = document_head(), *list = json_array();
	bool well;

	if (!json || !list || find_faults(facts, list)) {
		json_decref(json);
		json_decref(list);
		return -ENOMEM;
	}
	well = json_array_size(list) == 0;
	if (json_object_set_new(json, "healthy", json_boolean(well)) ||
	    json_object_set_new(json, "time",
				json_real((double)facts->now_ns / 1e9)) ||
	    json_object_set_new(json, "last_tick",
				facts->tick_ns
					? json_real((double)facts->tick_ns / 1e9)
					: json_null()) ||
	    json_object_set_new(json, "problems", json_incref(list))) {
		json_decref(json);
		json_decref(list);
		return -ENOMEM;
	}
	json_decref(list);
	return answer_json(json, well ? 200 : 503, answer);
}

/* FNV-1a, of 64 bits: tells documents apart, and guards no secret. */
void http_answer_tag(struct http_answer *answer)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	size_t i;

	for (i = 0; i < answer->len; i++)
		hash = (hash ^ (unsigned char)answer->body[i]) *
		       UINT64_C(0x100000001b3);
	snprintf(answer->etag, sizeof(answer->etag), "\"%016" PRIx64 "\"",
		 hash);
	answer->tagged = true;
	answer->cache = "no-cache";
}

bool http_answer_is_known(const struct http_answer *answer,
			  const char *if_none_match)
{
	if (!answer->tagged || answer->status != 200 || !if_none_match)
		return false;
	return strstr(if_none_match, answer->etag) ||
	       !strcmp(if_none_match, "*");
}

void http_answer_free(struct http_answer *answer)
{
	if (!answer->borrowed)
		free(answer->body);
	*answer = (struct http_answer){ 0 };
}
