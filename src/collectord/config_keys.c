// SPDX-License-Identifier: GPL-2.0
/*
 * Owns what the keys of the configuration mean: one table of keys a section,
 * one setter a key. Knows nothing of files and of their syntax.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <limits.h>
#include <string.h>
#include <syslog.h>

#include "config_keys.h"

#define SECOND	    1000000000ULL
#define DAY	    (24 * 3600 * SECOND)
#define SOCKET_MAX  107 /* sizeof(sun_path) less the zero */
#define KEEP_MAX    1000000
#define KEEP_UNSET  UINT_MAX /* until the section's end */
#define GRACE_MAX_S 3600
#define RETRIES_MAX 100
#define MINUTE_MAX  1000 /* actions that a cap can allow */

#define RETENTION_SIZE_MIN (16 << 20)
#define RECEIVE_BUFFER_MIN (64ULL << 10)
#define RECEIVE_BUFFER_MAX (1ULL << 30)

static struct engine_config *engine(struct config_ctx *ctx)
{
	return &ctx->out->engine[ctx->out->engines - 1];
}

static struct policy_rule *rule(struct config_ctx *ctx)
{
	return &ctx->out->rule[ctx->out->rules - 1];
}

static struct job_config *job(struct config_ctx *ctx)
{
	return &ctx->out->job[ctx->out->jobs - 1];
}

void config_set_string(struct config_ctx *ctx, char **to, const char *value)
{
	char *copy = strdup(value);

	if (!copy) {
		ctx->nomem = true;
		return;
	}
	free(*to);
	*to = copy;
}

/* Sets *ns when the value is a duration from min to max. */
static void set_duration(struct config_ctx *ctx, uint64_t *ns, const char *key,
			 const char *value, uint64_t min, uint64_t max)
{
	uint64_t got;

	if (config_duration(value, &got))
		config_fail(ctx, ctx->line,
			    "%s: \"%s\" is not a duration such as 500ms, 25s, "
			    "2m or 1h",
			    key, value);
	else if (got < min || got > max)
		config_fail(ctx, ctx->line,
			    "%s: %s is out of range, allowed is %gs to %gs",
			    key, value, (double)min / SECOND,
			    (double)max / SECOND);
	else
		*ns = got;
}

/* Returns the index of the value in the list, or says what is allowed. */
static int choose(struct config_ctx *ctx, const char *key, const char *value,
		  const char *const *choice)
{
	int i = config_choice(value, choice);
	char list[128];

	if (i < 0)
		config_fail(ctx, ctx->line, "%s: \"%s\" is not %s", key, value,
			    config_listing(choice, list, sizeof(list)));
	return i;
}

void *config_append(struct config_ctx *ctx, void *array_of, size_t *count,
		    size_t size)
{
	void *old, *grown;

	memcpy(&old, array_of, sizeof(old));
	grown = reallocarray(old, *count + 1, size);
	if (!grown) {
		ctx->nomem = true;
		return NULL;
	}
	memcpy(array_of, &grown, sizeof(grown));
	memset((char *)grown + *count * size, 0, size);
	return (char *)grown + (*count)++ * size;
}

/* [collector] */

static void set_database(struct config_ctx *ctx, const char *key,
			 const char *value)
{
	if (value[0] != '/')
		config_fail(ctx, ctx->line,
			    "%s: \"%s\" is not an absolute path", key, value);
	else
		config_set_string(ctx, &ctx->out->database, value);
}

static void set_interval(struct config_ctx *ctx, const char *key,
			 const char *value)
{
	set_duration(ctx, &ctx->out->interval_ns, key, value,
		     SYSMON_INTERVAL_MIN_NS, SYSMON_INTERVAL_MAX_NS);
}

static void set_commit_interval(struct config_ctx *ctx, const char *key,
				const char *value)
{
	set_duration(ctx, &ctx->out->commit_interval_ns, key, value,
		     SECOND / 10, 60 * SECOND);
}

static void set_receive_buffer(struct config_ctx *ctx, const char *key,
			       const char *value)
{
	uint64_t got;

	if (config_size(value, &got))
		config_fail(ctx, ctx->line,
			    "%s: \"%s\" is not a size such as 65536, 256K, 8M "
			    "or 1G",
			    key, value);
	else if (got < RECEIVE_BUFFER_MIN || got > RECEIVE_BUFFER_MAX)
		config_fail(ctx, ctx->line,
			    "%s: %s is out of range, allowed is 64K to 1G", key,
			    value);
	else
		ctx->out->receive_buffer = got;
}

static void set_log_level(struct config_ctx *ctx, const char *key,
			  const char *value)
{
	static const char *const word[] = { "error", "warning", "notice",
					    "info",  "debug",	NULL };
	int i = choose(ctx, key, value, word);

	if (i >= 0)
		ctx->out->log_level = LOG_ERR + i;
}

static void set_log_fields(struct config_ctx *ctx, const char *key,
			   const char *value)
{
	if (config_bool(value, &ctx->out->log_fields))
		config_fail(ctx, ctx->line, "%s: \"%s\" is not yes or no", key,
			    value);
}

static void set_match(struct config_ctx *ctx, const char *key,
		      const char *value)
{
	struct config *out = ctx->out;

	if (strlen(value) > SYSMON_MATCH_LEN_MAX)
		config_fail(ctx, ctx->line,
			    "%s: the pattern is longer than %d bytes", key,
			    SYSMON_MATCH_LEN_MAX);
	else if (out->matches == SYSMON_MATCH_MAX)
		config_fail(ctx, ctx->line, "%s: more than %d patterns", key,
			    SYSMON_MATCH_MAX);
	else
		config_set_string(ctx, &out->match[out->matches++], value);
}

/* [engine] */

static int open_engine(struct config_ctx *ctx, const char *name)
{
	struct engine_config *e = config_append(ctx, &ctx->out->engine,
						&ctx->out->engines, sizeof(*e));

	if (!e)
		return -ENOMEM;
	e->enabled = ENGINE_ON;
	config_set_string(ctx, &e->name, *name ? name : "docker");
	return 0;
}

static void close_engine(struct config_ctx *ctx)
{
	struct engine_config *e = engine(ctx);

	if (e->socket || !e->name)
		return;
	if (strcmp(e->name, "docker") == 0)
		config_set_string(ctx, &e->socket, CONFIG_DOCKER_SOCKET);
	else if (strcmp(e->name, "podman") == 0)
		config_set_string(ctx, &e->socket, CONFIG_PODMAN_SOCKET);
	else
		config_fail(ctx, ctx->section_line,
			    "[engine %s] needs a key socket (only docker and "
			    "podman have a default)",
			    e->name);
}

static void set_socket(struct config_ctx *ctx, const char *key,
		       const char *value)
{
	if (value[0] != '/')
		config_fail(ctx, ctx->line,
			    "%s: \"%s\" is not an absolute path", key, value);
	else if (strlen(value) > SOCKET_MAX)
		config_fail(ctx, ctx->line,
			    "%s: a socket's path has at most %d bytes", key,
			    SOCKET_MAX);
	else
		config_set_string(ctx, &engine(ctx)->socket, value);
}

static void set_engine_enabled(struct config_ctx *ctx, const char *key,
			       const char *value)
{
	bool on;

	if (strcmp(value, "auto") == 0)
		engine(ctx)->enabled = ENGINE_AUTO;
	else if (config_bool(value, &on) == 0)
		engine(ctx)->enabled = on ? ENGINE_ON : ENGINE_OFF;
	else
		config_fail(ctx, ctx->line, "%s: \"%s\" is not yes, no or auto",
			    key, value);
}

/* [policy] */

static int open_policy(struct config_ctx *ctx, const char *name)
{
	struct policy_rule *r = config_append(ctx, &ctx->out->rule,
					      &ctx->out->rules, sizeof(*r));

	if (!r)
		return -ENOMEM;
	r->enabled = true;
	r->keep = KEEP_UNSET;
	r->keep_which = POLICY_OLDEST;
	r->mode = POLICY_ENFORCE;
	r->verb = POLICY_VERB_STOP;
	r->every_ns = 25 * SECOND;
	r->grace_s = 10;
	r->retries = 5;
	r->retry_wait_ns = 60 * SECOND;
	r->timeout_ns = 60 * SECOND;
	config_set_string(ctx, &r->name, name);
	return 0;
}

/* What an action needs, and what only that takes. */
static void check_action(struct config_ctx *ctx, const struct policy_rule *r)
{
	if (r->verb == POLICY_VERB_EXEC && !r->exec)
		config_fail(ctx, ctx->section_line,
			    "[policy %s] has action = exec and needs a key "
			    "exec with the command",
			    r->name);
	if (r->verb != POLICY_VERB_EXEC && r->exec)
		config_fail(ctx, ctx->section_line,
			    "[policy %s] has a key exec, which needs action = "
			    "exec",
			    r->name);
	if (r->verb != POLICY_VERB_KILL && r->signal)
		config_fail(ctx, ctx->section_line,
			    "[policy %s] has a key signal, which needs action "
			    "= kill",
			    r->name);
}

/* A threshold is for each container, unless the rule speaks of groups. */
static void close_policy(struct config_ctx *ctx)
{
	struct policy_rule *r = rule(ctx);

	if (r->matches == 0)
		config_fail(ctx, ctx->section_line,
			    "[policy %s] needs at least one of match_command, "
			    "match_image, match_name and match_label",
			    r->name);
	check_action(ctx, r);
	if (r->verb == POLICY_VERB_KILL && !r->signal)
		r->signal = SIGKILL;
	if (r->keep == KEEP_UNSET)
		r->keep = r->whens && !r->have_group ? 0 : 1;
}

static void set_rule_enabled(struct config_ctx *ctx, const char *key,
			     const char *value)
{
	if (config_bool(value, &rule(ctx)->enabled))
		config_fail(ctx, ctx->line, "%s: \"%s\" is not yes or no", key,
			    value);
}

static void init_match(struct config_ctx *ctx, struct policy_match *match,
		       enum policy_field field, const char *key,
		       const char *label, const char *pattern, size_t captures)
{
	char why[256];
	int err = policy_match_init(match, field, label, pattern, captures, why,
				    sizeof(why));

	if (err == -ENOMEM)
		ctx->nomem = true;
	else if (err)
		config_fail(ctx, ctx->line,
			    "%s: bad regular expression \"%s\": %s", key,
			    pattern, why);
}

/* "KEY" or "KEY=REGEX"; a group's regex must be given. */
static void init_label_match(struct config_ctx *ctx, struct policy_match *match,
			     const char *key, const char *value,
			     size_t captures)
{
	const char *equals = strchr(value, '=');
	char *label = strndup(value, equals ? (size_t)(equals - value)
					    : strlen(value));

	if (!label)
		ctx->nomem = true;
	else if (!*label || (captures && !equals))
		config_fail(ctx, ctx->line, "%s: expected LABEL=REGEX%s", key,
			    captures ? "" : " or LABEL");
	else
		init_match(ctx, match, POLICY_LABEL, key, label,
			   equals ? equals + 1 : NULL, captures);
	free(label);
}

/* The field that a key's last word names, as in match_command. */
static enum policy_field key_field(const char *key)
{
	const char *word = strrchr(key, '_') + 1;

	if (strcmp(word, "command") == 0)
		return POLICY_COMMAND;
	if (strcmp(word, "image") == 0)
		return POLICY_IMAGE;
	if (strcmp(word, "name") == 0)
		return POLICY_NAME;
	return POLICY_LABEL;
}

static void set_rule_match(struct config_ctx *ctx, const char *key,
			   const char *value)
{
	struct policy_rule *r = rule(ctx);
	enum policy_field field = key_field(key);
	struct policy_match *match =
		config_append(ctx, &r->match, &r->matches, sizeof(*match));

	if (!match)
		return;
	if (field == POLICY_LABEL)
		init_label_match(ctx, match, key, value, 0);
	else
		init_match(ctx, match, field, key, NULL, value, 0);
}

static void set_group_by(struct config_ctx *ctx, const char *key,
			 const char *value)
{
	struct policy_rule *r = rule(ctx);
	enum policy_field field = key_field(key);

	if (r->have_group) {
		config_fail(ctx, ctx->line,
			    "%s: the rule has a group_by_ key already", key);
		return;
	}
	if (field == POLICY_LABEL)
		init_label_match(ctx, &r->group, key, value, 1);
	else
		init_match(ctx, &r->group, field, key, NULL, value, 1);
	r->have_group = true;
}

static void set_keep(struct config_ctx *ctx, const char *key, const char *value)
{
	if (config_uint(value, KEEP_MAX, &rule(ctx)->keep))
		config_fail(ctx, ctx->line,
			    "%s: \"%s\" is not a number from 0 to %d", key,
			    value, KEEP_MAX);
}

/* Sets *order; returns whether it could. */
static bool choose_order(struct config_ctx *ctx, const char *key,
			 const char *value, enum policy_order *order)
{
	static const char *const word[] = { "oldest",	   "newest",
					    "most-cpu",	   "least-cpu",
					    "most-memory", "least-memory",
					    NULL };
	int i = choose(ctx, key, value, word);

	if (i >= 0)
		*order = (enum policy_order)i;
	return i >= 0;
}

static void set_keep_which(struct config_ctx *ctx, const char *key,
			   const char *value)
{
	choose_order(ctx, key, value, &rule(ctx)->keep_which);
}

static void set_order(struct config_ctx *ctx, const char *key,
		      const char *value)
{
	rule(ctx)->have_order =
		choose_order(ctx, key, value, &rule(ctx)->order);
}

static void set_when(struct config_ctx *ctx, const char *key, const char *value)
{
	struct policy_rule *r = rule(ctx);
	char why[160];

	if (r->whens == POLICY_WHEN_MAX)
		config_fail(ctx, ctx->line, "%s: more than %d in a rule", key,
			    POLICY_WHEN_MAX);
	else if (policy_when_parse(value, &r->when[r->whens], why, sizeof(why)))
		config_fail(ctx, ctx->line, "%s: %s", key, why);
	else
		r->whens++;
}

static void set_action(struct config_ctx *ctx, const char *key,
		       const char *value)
{
	static const char *const word[] = { "stop", "kill", "pause", "restart",
					    "exec", "log",  NULL };
	int i = choose(ctx, key, value, word);

	if (i >= 0)
		rule(ctx)->verb = (enum policy_verb)i;
}

static void set_signal(struct config_ctx *ctx, const char *key,
		       const char *value)
{
	unsigned int number;

	if (config_signal(value, &number))
		config_fail(ctx, ctx->line,
			    "%s: \"%s\" is not a signal such as SIGTERM, KILL "
			    "or 15",
			    key, value);
	else
		rule(ctx)->signal = (int)number;
}

static void set_rule_exec(struct config_ctx *ctx, const char *key,
			  const char *value)
{
	(void)key;
	config_set_string(ctx, &rule(ctx)->exec, value);
}

static void set_rule_timeout(struct config_ctx *ctx, const char *key,
			     const char *value)
{
	set_duration(ctx, &rule(ctx)->timeout_ns, key, value, SECOND,
		     GRACE_MAX_S * SECOND);
}

static void set_hold_down(struct config_ctx *ctx, const char *key,
			  const char *value)
{
	set_duration(ctx, &rule(ctx)->hold_down_ns, key, value, 0,
		     24 * 3600 * SECOND);
}

static void set_retries(struct config_ctx *ctx, const char *key,
			const char *value)
{
	if (config_uint(value, RETRIES_MAX, &rule(ctx)->retries))
		config_fail(ctx, ctx->line,
			    "%s: \"%s\" is not a number from 0 to %d", key,
			    value, RETRIES_MAX);
}

static void set_retry_wait(struct config_ctx *ctx, const char *key,
			   const char *value)
{
	set_duration(ctx, &rule(ctx)->retry_wait_ns, key, value, SECOND,
		     3600 * SECOND);
}

static void set_cap(struct config_ctx *ctx, const char *key, const char *value,
		    unsigned int *cap)
{
	if (config_uint(value, MINUTE_MAX, cap) || *cap == 0)
		config_fail(ctx, ctx->line,
			    "%s: \"%s\" is not a number from 1 to %d", key,
			    value, MINUTE_MAX);
}

static void set_max_per_minute(struct config_ctx *ctx, const char *key,
			       const char *value)
{
	set_cap(ctx, key, value, &rule(ctx)->max_per_minute);
}

static void set_max_actions(struct config_ctx *ctx, const char *key,
			    const char *value)
{
	set_cap(ctx, key, value, &ctx->out->max_actions_per_minute);
}

static void set_rule_every(struct config_ctx *ctx, const char *key,
			   const char *value)
{
	set_duration(ctx, &rule(ctx)->every_ns, key, value, SECOND,
		     24 * 3600 * SECOND);
}

static void set_grace(struct config_ctx *ctx, const char *key,
		      const char *value)
{
	uint64_t ns = rule(ctx)->grace_s * SECOND;

	set_duration(ctx, &ns, key, value, 0, GRACE_MAX_S * SECOND);
	if (ns % SECOND)
		config_fail(ctx, ctx->line,
			    "%s: %s is not in whole seconds, as engines take it",
			    key, value);
	rule(ctx)->grace_s = (unsigned int)(ns / SECOND);
}

static void set_mode(struct config_ctx *ctx, const char *key, const char *value)
{
	static const char *const word[] = { "enforce", "dry-run", NULL };
	int i = choose(ctx, key, value, word);

	if (i >= 0)
		rule(ctx)->mode = i ? POLICY_DRY_RUN : POLICY_ENFORCE;
}

/* [job] and [startup] */

static int open_any_job(struct config_ctx *ctx, const char *name,
			enum job_kind kind, uint64_t timeout_ns)
{
	struct job_config *j =
		config_append(ctx, &ctx->out->job, &ctx->out->jobs, sizeof(*j));

	if (!j)
		return -ENOMEM;
	j->kind = kind;
	j->timeout_ns = timeout_ns;
	config_set_string(ctx, &j->name, name);
	return 0;
}

static int open_job(struct config_ctx *ctx, const char *name)
{
	return open_any_job(ctx, name, JOB_SCHEDULE, 60 * SECOND);
}

static int open_startup(struct config_ctx *ctx, const char *name)
{
	return open_any_job(ctx, name, JOB_STARTUP, 300 * SECOND);
}

static void close_job(struct config_ctx *ctx)
{
	const struct job_config *j = job(ctx);
	const char *title = j->kind == JOB_SCHEDULE ? "job" : "startup";

	if (!j->command)
		config_fail(ctx, ctx->section_line, "[%s %s] needs a key exec",
			    title, j->name);
	if (j->kind == JOB_SCHEDULE && !j->every_ns)
		config_fail(ctx, ctx->section_line, "[%s %s] needs a key every",
			    title, j->name);
}

static void set_exec(struct config_ctx *ctx, const char *key, const char *value)
{
	(void)key;
	config_set_string(ctx, &job(ctx)->command, value);
}

static void set_job_every(struct config_ctx *ctx, const char *key,
			  const char *value)
{
	set_duration(ctx, &job(ctx)->every_ns, key, value, SECOND,
		     7 * 24 * 3600 * SECOND);
	if (!job(ctx)->every_ns)
		job(ctx)->every_ns = SECOND; /* one error for it is enough */
}

static void set_timeout(struct config_ctx *ctx, const char *key,
			const char *value)
{
	set_duration(ctx, &job(ctx)->timeout_ns, key, value, SECOND,
		     24 * 3600 * SECOND);
}

/* [retention] */

static void set_keep_raw(struct config_ctx *ctx, const char *key,
			 const char *value)
{
	set_duration(ctx, &ctx->out->retention.raw_ns, key, value,
		     3600 * SECOND, 3650 * DAY);
}

static void set_keep_minutes(struct config_ctx *ctx, const char *key,
			     const char *value)
{
	set_duration(ctx, &ctx->out->retention.minutes_ns, key, value,
		     3600 * SECOND, 36500 * DAY);
}

static void set_keep_hours(struct config_ctx *ctx, const char *key,
			   const char *value)
{
	set_duration(ctx, &ctx->out->retention.hours_ns, key, value, DAY,
		     36500 * DAY);
}

static void set_keep_size(struct config_ctx *ctx, const char *key,
			  const char *value)
{
	uint64_t got;

	if (config_size(value, &got))
		config_fail(ctx, ctx->line,
			    "%s: \"%s\" is not a size such as 512M or 4G", key,
			    value);
	else if (got < RETENTION_SIZE_MIN)
		config_fail(ctx, ctx->line,
			    "%s: %s is out of range, allowed is 16M and more",
			    key, value);
	else
		ctx->out->retention.size_bytes = got;
}

static const struct config_key retention_keys[] = {
	{ "raw", set_keep_raw, false, false },
	{ "minutes", set_keep_minutes, false, false },
	{ "hours", set_keep_hours, false, false },
	{ "size", set_keep_size, false, false },
	{ NULL, NULL, false, false },
};

static const struct config_key collector_keys[] = {
	{ "database", set_database, false, false },
	{ "interval", set_interval, false, false },
	{ "commit_interval", set_commit_interval, false, false },
	{ "receive_buffer", set_receive_buffer, false, false },
	{ "log_level", set_log_level, false, false },
	{ "log_fields", set_log_fields, false, false },
	{ "match", set_match, true, false },
	{ "max_actions_per_minute", set_max_actions, false, false },
	{ NULL, NULL, false, false },
};

static const struct config_key engine_keys[] = {
	{ "socket", set_socket, false, false },
	{ "enabled", set_engine_enabled, false, false },
	{ NULL, NULL, false, false },
};

static const struct config_key policy_keys[] = {
	{ "enabled", set_rule_enabled, false, false },
	{ "match_command", set_rule_match, true, false },
	{ "match_image", set_rule_match, true, false },
	{ "match_name", set_rule_match, true, false },
	{ "match_label", set_rule_match, true, false },
	{ "group_by_command", set_group_by, false, false },
	{ "group_by_image", set_group_by, false, false },
	{ "group_by_name", set_group_by, false, false },
	{ "group_by_label", set_group_by, false, false },
	{ "keep", set_keep, false, false },
	{ "keep_which", set_keep_which, false, false },
	{ "when", set_when, true, false },
	{ "action", set_action, false, false },
	{ "signal", set_signal, false, false },
	{ "exec", set_rule_exec, false, true },
	{ "timeout", set_rule_timeout, false, false },
	{ "order", set_order, false, false },
	{ "hold_down", set_hold_down, false, false },
	{ "retries", set_retries, false, false },
	{ "retry_wait", set_retry_wait, false, false },
	{ "max_per_minute", set_max_per_minute, false, false },
	{ "every", set_rule_every, false, false },
	{ "grace", set_grace, false, false },
	{ "mode", set_mode, false, false },
	{ NULL, NULL, false, false },
};

static const struct config_key job_keys[] = {
	{ "exec", set_exec, false, true },
	{ "every", set_job_every, false, false },
	{ "timeout", set_timeout, false, false },
	{ NULL, NULL, false, false },
};

static const struct config_key startup_keys[] = {
	{ "exec", set_exec, false, true },
	{ "timeout", set_timeout, false, false },
	{ NULL, NULL, false, false },
};

_Static_assert(sizeof(policy_keys) / sizeof(*policy_keys) <=
		       CONFIG_KEYS_MAX + 1,
	       "key_line[] has room for the keys of every section");

const struct config_section config_sections[] = {
	{ "collector", UNNAMED, false, NULL, NULL, collector_keys },
	{ "retention", UNNAMED, false, NULL, NULL, retention_keys },
	{ "http", UNNAMED, false, NULL, config_http_close, config_http_keys },
	{ "engine", NAME_OPTIONAL, false, open_engine, close_engine,
	  engine_keys },
	{ "policy", NAMED, true, open_policy, close_policy, policy_keys },
	{ "job", NAMED, true, open_job, close_job, job_keys },
	{ "startup", NAMED, true, open_startup, close_job, startup_keys },
};
const size_t config_sections_count =
	sizeof(config_sections) / sizeof(*config_sections);

_Static_assert(sizeof(config_sections) / sizeof(*config_sections) <=
		       CONFIG_SECTIONS_MAX,
	       "lists of section titles have room for all");

bool config_same_names(const struct config_section *a,
		       const struct config_section *b)
{
	return a == b || (a->close == close_job && b->close == close_job);
}
