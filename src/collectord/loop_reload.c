// SPDX-License-Identifier: GPL-2.0
/*
 * Another configuration while the daemon runs: read whole, then taken by all
 * parts, or by none. Uses uv_*.
 */
#include "loop_int.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-daemon.h>
#include <time.h>

#include "log.h"

struct step_config reload_step_config(const struct daemon *d,
				      const struct config *config)
{
	return (struct step_config){
		.rule = config->rule,
		.rules = config->rules,
		.max_actions_per_minute = config->max_actions_per_minute,
		.engines = d->engines,
		.boot_uuid = d->boot_uuid,
	};
}

static bool is_same_match(const struct config *a, const struct config *b)
{
	if (a->matches != b->matches)
		return false;
	for (size_t i = 0; i < a->matches; i++)
		if (strcmp(a->match[i], b->match[i]))
			return false;
	return true;
}

/* What would take a new start: it stays as it was, and that is said. */
static void keep_fixed(struct config *new, struct config *old)
{
	char *database = new->database;

	if (strcmp(new->database, old->database) == 0)
		return;
	log_warning("database = %s needs a restart: systemctl restart "
		    "sysmon-collectord; until then it stays %s",
		    new->database, old->database);
	new->database = old->database;
	old->database = database;
}

/* What the parts need to turn to a configuration, made before they do. */
struct plan {
	struct policy_list policy;
	struct jobs_plan *jobs;
	struct http_plan http;
};

static void plan_drop(struct daemon *d, struct plan *plan)
{
	http_plan_drop(d, &plan->http);
	jobs_plan_free(plan->jobs);
	policies_drop(&plan->policy);
}

static void no_memory(struct config_error *err)
{
	err->count = 1;
	snprintf(err->text, sizeof(err->text), "%s", strerror(ENOMEM));
}

/*
 * All that may fail; when it does, nothing has changed, and @err says why. The
 * core goes last, as it turns to the new rules at once.
 */
static int plan_make(struct daemon *d, const struct config *new,
		     struct plan *plan, struct config_error *err)
{
	struct step_config config;
	int rc;

	no_memory(err);
	rc = policies_make(d, new, d->config, &plan->policy);
	if (!rc)
		rc = jobs_plan(new->job, new->jobs, &plan->jobs);
	if (!rc)
		rc = engines_reserve(d, new);
	if (!rc)
		rc = http_plan(d, &new->http, &plan->http, err->text,
			       sizeof(err->text));
	config = reload_step_config(d, new);
	if (!rc) {
		no_memory(err); /* the server may have used it */
		rc = step_configure(d->step, &config);
	}
	if (rc)
		plan_drop(d, plan);
	return rc;
}

/* The parts take it, which cannot fail. @old is what was in force. */
static void plan_take(struct daemon *d, struct plan *plan,
		      const struct config *old)
{
	const struct config *new = d->config;
	struct nlsock_config kernel = kernel_config(new);

	policies_drop(&d->policy);
	d->policy = plan->policy;
	jobs_take(d->jobs, plan->jobs);
	http_take(d, &plan->http);
	nlsock_configure(d->kernel, &kernel,
			 new->interval_ns != old->interval_ns ||
				 !is_same_match(new, old));
	uv_store_configure(d->queue, new->commit_interval_ns / 1000000,
			   &new->retention);
	engines_apply(d);
	log_init(new->log_level, new->log_fields);
}

static int apply(struct daemon *d, struct config *new, struct config_error *err)
{
	struct plan plan = { .jobs = NULL };
	struct config old;
	int rc = plan_make(d, new, &plan, err);

	if (rc)
		return rc;
	old = *d->config;
	keep_fixed(new, &old);
	*d->config = *new;
	*new = (struct config){ 0 };
	plan_take(d, &plan, &old);
	config_free(&old);
	return 0;
}

static void log_errors(char *text)
{
	char *line, *rest = text;

	while ((line = strsep(&rest, "\n")))
		if (*line)
			log_err("%s", line);
	log_err("the configuration is not valid; the old one stays in force");
}

/* The first error, and how many more there are. */
static void keep_error(struct daemon *d, const struct config_error *err)
{
	int first = (int)strcspn(err->text, "\n");

	if (err->count > 1)
		snprintf(d->config_error, sizeof(d->config_error),
			 "%.*s (and %u more)", first, err->text,
			 err->count - 1);
	else
		snprintf(d->config_error, sizeof(d->config_error), "%.*s",
			 first, err->text);
}

static void tell_systemd(const char *state)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	sd_notifyf(0, "%s\nMONOTONIC_USEC=%" PRId64, state,
		   (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000);
}

static int load_and_apply(struct daemon *d, struct config_error *err)
{
	struct config new;
	int rc = d->source->load(d->source->arg, &new, err);

	if (rc)
		return rc;
	rc = apply(d, &new, err);
	config_free(&new);
	return rc;
}

void reload(struct daemon *d)
{
	static struct config_error err; /* too large for the stack */

	tell_systemd("RELOADING=1");
	if (load_and_apply(d, &err)) {
		keep_error(d, &err);
		log_errors(err.text);
	} else {
		d->config_error[0] = 0;
		d->config_loaded_ns = now_ns();
		log_notice("the configuration was read anew and is in force: "
			   "%zu rules, %zu jobs",
			   d->config->rules, d->config->jobs);
	}
	uv_store_touch(d->queue);
	tell_systemd("READY=1");
	status_notify(d);
}
