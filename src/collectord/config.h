/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Owns the configuration: reads sysmon.conf and the policy drop-ins into one
 * struct, or says precisely, by file and line, what is wrong with them. Pure
 * apart from reading those files; knows nothing of what the values are used
 * for. contrib/sysmon.conf documents every key.
 */
#ifndef SYSMON_CONFIG_H
#define SYSMON_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "http_address.h"
#include "policy.h"
#include "retention.h"
#include "uapi/sysmon.h"

#define CONFIG_DEFAULT_PATH	  "/etc/sysmon/sysmon.conf"
#define CONFIG_DEFAULT_POLICY_DIR "/etc/sysmon/policy.d"
#define CONFIG_DEFAULT_DATABASE	  "/var/lib/sysmon/sysmon.db"
#define CONFIG_DOCKER_SOCKET	  "/run/docker.sock"
#define CONFIG_PODMAN_SOCKET	  "/run/podman/podman.sock"

enum engine_enabled {
	ENGINE_OFF,
	ENGINE_ON,
	ENGINE_AUTO, /* used once its socket exists; not missed before that */
};

struct engine_config {
	char *name;
	char *socket;
	enum engine_enabled enabled;
};

enum job_kind {
	JOB_SCHEDULE, /* runs every every_ns, first after one interval */
	JOB_STARTUP,  /* runs once at start */
};

struct job_config {
	char *name; /* unique over both kinds */
	enum job_kind kind;
	char *command;	   /* for /bin/sh -c */
	uint64_t every_ns; /* 0 with JOB_STARTUP */
	uint64_t timeout_ns;
};

struct http_config {
	bool enabled;
	char *listen; /* as it was given; what it means: */
	struct http_address address;
	unsigned int mode; /* of a socket that is a path */
	char *token_file;  /* NULL: no token is asked for */
	bool no_ui;	   /* none is wanted */
	char *ui;	   /* folder of the page at /ui; NULL: there is none */
};

struct config {
	char *database;
	uint64_t interval_ns; /* of the kernel's sampler */
	uint64_t commit_interval_ns;
	uint64_t receive_buffer; /* bytes, for the module's messages */
	struct retention retention;
	int log_level;		       /* LOG_ERR ... LOG_DEBUG of <syslog.h> */
	bool log_fields;	       /* with fields, in the journal */
	char *match[SYSMON_MATCH_MAX]; /* globs for the module */
	size_t matches;
	struct http_config http;
	struct engine_config *engine; /* also those that are off */
	size_t engines;
	struct policy_rule *rule; /* also those that are disabled */
	size_t rules;
	unsigned int max_actions_per_minute; /* of all rules together */
	struct job_config *job;
	size_t jobs;
};

/* All errors found, one line each, "FILE:LINE: message". */
struct config_error {
	unsigned int count; /* also of those that did not fit */
	char text[8192];
};

/*
 * Reads @path and then @policy_dir's *.conf in the order of their names.
 * NULL means the default place, which may be missing; a place that is given
 * must exist. An empty policy_dir reads no drop-ins.
 *
 * Returns 0 and a complete *out, to be freed with config_free(). Otherwise a
 * negative errno (-EINVAL: the contents are wrong), *out is empty, and err
 * says why in at least one line.
 */
int config_load(const char *path, const char *policy_dir, struct config *out,
		struct config_error *err);

/*
 * The same for one file alone; @drop_in: only sections that may stand in
 * policy.d are allowed.
 */
int config_load_file(const char *path, bool drop_in, struct config *out,
		     struct config_error *err);

/*
 * The same for one file in memory, called @name in messages; what unit tests
 * and fuzzers call.
 */
int config_parse(const char *name, const char *buf, size_t len,
		 struct config *out, struct config_error *err);

/* The rule of that name, or NULL. */
const struct policy_rule *config_rule(const struct config *config,
				      const char *name);

/* Frees what the config owns and empties it; an empty one is fine. */
void config_free(struct config *config);

/* Reads "500ms", "25s", "2m", "1h", "60d" into nanoseconds: 0 or -EINVAL. */
int config_duration(const char *text, uint64_t *ns);

/* Reads "65536", "256K", "8M", "1G" into bytes: 0 or -EINVAL. */
int config_size(const char *text, uint64_t *bytes);

#endif
