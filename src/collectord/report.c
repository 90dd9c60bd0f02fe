// SPDX-License-Identifier: GPL-2.0
/* The lines of report.h: one function a kind of row. */
#include "report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "journal.h"
#include "log.h"

#define ID_SHORT 12 /* of 64 digits, as the engines print them */

static void add(struct journal *j, const char *name, const char *value)
{
	if (value)
		journal_text(j, name, value, strlen(value));
}

static void add_str(struct journal *j, const char *name, struct str value)
{
	journal_text(j, name, value.p, value.len);
}

/* An id, a signal or a count of 0 is unknown, as a figure of -1 is. */
static void add_known(struct journal *j, const char *name, int64_t value,
		      int64_t unknown)
{
	if (value != unknown)
		journal_int(j, name, value);
}

/* Its names; all unknown when the core has forgotten it. */
static struct step_name name_of(const struct step *step, int64_t container)
{
	struct step_name c = { 0 };

	step_container(step, container, &c);
	return c;
}

/* As Docker's own driver for the journal names them. */
static void add_container(struct journal *j, const struct step_name *c)
{
	size_t len = c->key ? strlen(c->key) : 0;

	journal_text(j, "CONTAINER_ID", c->key,
		     len == STEP_ID_MAX ? ID_SHORT : len);
	if (len == STEP_ID_MAX)
		add(j, "CONTAINER_ID_FULL", c->key);
	add(j, "CONTAINER_NAME", c->name);
	add(j, "IMAGE_NAME", c->image);
}

/* What people call it. */
static const char *label(const struct step_name *c, char *buf, size_t size)
{
	if (c->name)
		snprintf(buf, size, "%s", c->name);
	else if (!c->key)
		snprintf(buf, size, "(unknown)");
	else
		snprintf(buf, size, "%.*s",
			 strlen(c->key) == STEP_ID_MAX ? ID_SHORT : 200,
			 c->key);
	return buf;
}

static int event_level(const char *type)
{
	if (strcmp(type, "oom") == 0)
		return LOG_WARNING;
	return strcmp(type, "removed") == 0 ? LOG_DEBUG : LOG_INFO;
}

static const char *event_id(const char *type)
{
	if (strcmp(type, "start") == 0)
		return REPORT_ID_START;
	return strcmp(type, "oom") == 0 ? REPORT_ID_OOM : REPORT_ID_EVENT;
}

static void add_event(struct journal *j, const struct event_row *event)
{
	add(j, "SYSMON_EVENT", event->type);
	journal_int(j, "SYSMON_SESSION", event->session);
	journal_int(j, "SYSMON_SEQ", (int64_t)event->seq);
	if (event->have_subject) {
		add_known(j, "SYSMON_SUBJECT_PID", event->subject.pid, 0);
		add_str(j, "SYSMON_SUBJECT_COMM", event->subject.comm);
	}
	add_known(j, "SYSMON_COUNT", event->count, -1);
	add_known(j, "SYSMON_LIMIT", event->limit, -1);
}

/* Of a stop its record tells, which has more to say. */
static void tell_event(const struct step *step, const struct event_row *event)
{
	struct step_name c = name_of(step, event->container);
	struct journal j;
	char name[256];

	if (strcmp(event->type, "stop") == 0 && event->container)
		return;
	if (!journal_begin(&j, event_level(event->type), event_id(event->type),
			   "container %s: %s", label(&c, name, sizeof(name)),
			   event->type))
		return;
	add_container(&j, &c);
	add_event(&j, event);
	journal_send(&j);
}

static void add_stop(struct journal *j, const struct stop_row *stop)
{
	add(j, "SYSMON_EVENT", "stop");
	add(j, "SYSMON_REASON", stop->reason);
	add_known(j, "SYSMON_SESSION", stop->session, 0);
	add_known(j, "SYSMON_SEQ", (int64_t)stop->seq, 0);
	if (stop->have_exit_code)
		journal_int(j, "SYSMON_EXIT_CODE", stop->exit_code);
	add_known(j, "SYSMON_SIGNAL", stop->signal, 0);
	if (stop->have_killer) {
		add_known(j, "SYSMON_KILLER_PID", stop->killer.pid, 0);
		add_known(j, "SYSMON_KILLER_UID", stop->killer.uid, -1);
		add_str(j, "SYSMON_KILLER_COMM", stop->killer.comm);
		add_str(j, "SYSMON_KILLER_PARENT_COMM",
			stop->killer.parent_comm);
		add_str(j, "SYSMON_KILLER_CGROUP", stop->killer.cgroup);
	}
	if (stop->have_oom) {
		add_known(j, "SYSMON_OOM_PID", stop->oom.pid, 0);
		add_str(j, "SYSMON_OOM_COMM", stop->oom.comm);
	}
}

/* "by signal 9 from runc", "with exit code 3"; "" when neither is known. */
static const char *stop_how(const struct stop_row *stop, char *buf, size_t size)
{
	const struct str *comm = &stop->killer.comm;

	*buf = 0;
	if (stop->signal && stop->have_killer && comm->len)
		snprintf(buf, size, " by signal %d from %.*s", stop->signal,
			 (int)comm->len, comm->p);
	else if (stop->signal)
		snprintf(buf, size, " by signal %d", stop->signal);
	else if (stop->have_exit_code)
		snprintf(buf, size, " with exit code %d", stop->exit_code);
	return buf;
}

/* A stop is told once, with what is known then; the record learns more. */
static void tell_stop(struct report *report, const struct step *step,
		      const struct stop_row *stop)
{
	bool oom = stop->reason && strcmp(stop->reason, "oom") == 0;
	struct step_name c = name_of(step, stop->container);
	struct journal j;
	char name[256], how[64];

	if (stop->id <= report->last_stop)
		return;
	report->last_stop = stop->id;
	if (!journal_begin(&j, oom ? LOG_WARNING : LOG_INFO, REPORT_ID_STOP,
			   "container %s: stopped%s, reason %s",
			   label(&c, name, sizeof(name)),
			   stop_how(stop, how, sizeof(how)),
			   stop->reason ? stop->reason : "unknown"))
		return;
	add_container(&j, &c);
	add_stop(&j, stop);
	journal_send(&j);
}

static void tell_action(const struct step *step,
			const struct action_row *action)
{
	struct step_name c = name_of(step, action->container);
	struct journal j;
	char name[256];

	if (!journal_begin(&j, action->error ? LOG_WARNING : LOG_NOTICE,
			   REPORT_ID_ACTION,
			   "policy %s: %s of container %s: %s%s%s",
			   action->rule, action->verb,
			   label(&c, name, sizeof(name)), action->state,
			   action->error ? ": " : "",
			   action->error ? action->error : ""))
		return;
	add_container(&j, &c);
	add(&j, "SYSMON_RULE", action->rule);
	add(&j, "SYSMON_GROUP", action->group);
	add(&j, "SYSMON_VERB", action->verb);
	add(&j, "SYSMON_STATE", action->state);
	add_known(&j, "SYSMON_HTTP_STATUS", action->http_status, 0);
	add(&j, "SYSMON_ERROR", action->error);
	journal_send(&j);
}

static void tell_alarm(const struct step *step, const struct alarm_row *alarm)
{
	struct step_name c = name_of(step, alarm->container);
	struct journal j;
	char name[256];

	if (!journal_begin(&j, LOG_WARNING, REPORT_ID_ALARM,
			   "policy %s: container %s: %s%s%s", alarm->rule,
			   label(&c, name, sizeof(name)), alarm->reason,
			   alarm->detail ? ": " : "",
			   alarm->detail ? alarm->detail : ""))
		return;
	add_container(&j, &c);
	add(&j, "SYSMON_RULE", alarm->rule);
	add(&j, "SYSMON_REASON", alarm->reason);
	add(&j, "SYSMON_ERROR", alarm->detail);
	journal_int(&j, "SYSMON_ACTION", alarm->action);
	journal_send(&j);
}

/* One without a tick in it is no fault: the machine slept. */
static void tell_gap(const struct gap_row *gap)
{
	const char *kind = gap->kind == GAP_TICK ? "tick" : "event";
	int level = gap->count ? LOG_WARNING : LOG_NOTICE;
	struct journal j;

	if (!journal_begin(&j, level, REPORT_ID_GAP,
			   "%" PRIu64 " %s%s missing from number %" PRIu64
			   ": %s",
			   gap->count, kind, gap->count == 1 ? "" : "s",
			   gap->first, gap->reason))
		return;
	add(&j, "SYSMON_KIND", kind);
	add(&j, "SYSMON_REASON", gap->reason);
	journal_int(&j, "SYSMON_SESSION", gap->session);
	journal_int(&j, "SYSMON_FIRST", (int64_t)gap->first);
	journal_int(&j, "SYSMON_COUNT", (int64_t)gap->count);
	journal_send(&j);
}

void report_rows(struct report *report, const struct step *step,
		 const struct rows *rows)
{
	for (const struct row *row = rows->first; row; row = row->next) {
		switch (row->type) {
		case ROW_EVENT:
			tell_event(step, &row->event);
			break;
		case ROW_STOP:
			tell_stop(report, step, &row->stop);
			break;
		case ROW_ACTION:
			tell_action(step, &row->action);
			break;
		case ROW_ALARM:
			tell_alarm(step, &row->alarm);
			break;
		case ROW_GAP:
			tell_gap(&row->gap);
			break;
		case ROW_SESSION:
			log_info("session %" PRId64 ": the module's load at "
				 "%" PRIu64 " ns of boot time",
				 row->session.id, row->session.instance);
			break;
		case ROW_BOOT:
		case ROW_CONTAINER:
		case ROW_TICK:
		case ROW_JOB:
		case ROW_TYPES:
			break;
		}
	}
}
