// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the configuration as a whole: which files are read in which order, the
 * defaults, and its end. Knows nothing of what stands in a file.
 */
#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "config_keys.h"

#define FILE_MAX (1024 * 1024)

void config_fail(struct config_ctx *ctx, unsigned int line, const char *format,
		 ...)
{
	struct config_error *err = ctx->err;
	size_t used = strlen(err->text);
	char message[512], place[16] = "";
	va_list args;
	int n;

	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	if (line)
		snprintf(place, sizeof(place), ":%u", line);
	n = snprintf(err->text + used, sizeof(err->text) - used, "%s%s%s: %s",
		     used ? "\n" : "", ctx->file, place, message);
	if (n < 0 || (size_t)n >= sizeof(err->text) - used)
		err->text[used] = '\0'; /* whole lines or none */
	err->count++;
}

static void free_seen(struct config_ctx *ctx)
{
	for (size_t i = 0; i < ctx->seens; i++) {
		free(ctx->seen[i].name);
		free(ctx->seen[i].file);
	}
	free(ctx->seen);
}

static int fail_errno(struct config_ctx *ctx, const char *what, int err)
{
	config_fail(ctx, 0, "%s: %s", what, strerror(err));
	return -err;
}

/* Reads a file of at most FILE_MAX bytes; *buf is the caller's to free. */
static int slurp(struct config_ctx *ctx, FILE *file, char **buf, size_t *len)
{
	*buf = malloc(FILE_MAX + 1);
	if (!*buf)
		return fail_errno(ctx, "cannot read", ENOMEM);
	*len = fread(*buf, 1, FILE_MAX + 1, file);
	if (ferror(file))
		return fail_errno(ctx, "cannot read", errno ? errno : EIO);
	if (*len > FILE_MAX)
		return fail_errno(ctx, "cannot read", EFBIG);
	return 0;
}

static int read_file(struct config_ctx *ctx, const char *path, bool may_miss)
{
	FILE *file;
	char *buf = NULL;
	size_t len;
	int err;

	ctx->file = path;
	file = fopen(path, "re");
	if (!file) {
		if (errno == ENOENT && may_miss)
			return 0;
		return fail_errno(ctx, "cannot open", errno);
	}
	err = slurp(ctx, file, &buf, &len);
	if (!err)
		err = config_ini(ctx, buf, len);
	free(buf);
	fclose(file);
	return err;
}

static int is_drop_in(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return entry->d_name[0] != '.' && len > 5 &&
	       strcmp(entry->d_name + len - 5, ".conf") == 0;
}

/* By bytes: the order must not depend on the locale. */
static int compare_names(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int read_drop_in(struct config_ctx *ctx, const char *dir,
			const char *name)
{
	char *path;
	int err;

	if (asprintf(&path, "%s/%s", dir, name) < 0)
		return fail_errno(ctx, "cannot read", ENOMEM);
	err = read_file(ctx, path, false);
	ctx->file = dir;
	free(path);
	return err;
}

static int read_drop_ins(struct config_ctx *ctx, const char *dir, bool may_miss)
{
	struct dirent **entry;
	int n, err = 0;

	ctx->file = dir;
	ctx->drop_in = true;
	n = scandir(dir, &entry, is_drop_in, compare_names);
	if (n < 0 && errno == ENOENT && may_miss)
		return 0;
	if (n < 0)
		return fail_errno(ctx, "cannot read", errno);
	for (int i = 0; i < n; i++) {
		int rc = read_drop_in(ctx, dir, entry[i]->d_name);

		err = err ? err : rc; /* the others' errors are told as well */
		free(entry[i]);
	}
	free(entry);
	return err;
}

static int default_engines(struct config *out)
{
	static const char *const known[][2] = {
		{ "docker", CONFIG_DOCKER_SOCKET },
		{ "podman", CONFIG_PODMAN_SOCKET },
	};
	size_t n = sizeof(known) / sizeof(*known);

	out->engine = calloc(n, sizeof(*out->engine));
	if (!out->engine)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		struct engine_config *e = &out->engine[out->engines++];

		e->enabled = ENGINE_AUTO;
		e->name = strdup(known[i][0]);
		e->socket = strdup(known[i][1]);
		if (!e->name || !e->socket)
			return -ENOMEM;
	}
	return 0;
}

static void set_defaults(struct config *out)
{
	memset(out, 0, sizeof(*out));
	out->interval_ns = 1000000000;
	out->commit_interval_ns = 1000000000;
	out->receive_buffer = 8 << 20;
	out->retention = (struct retention){
		.raw_ns = 2 * UINT64_C(86400000000000),
		.minutes_ns = 60 * UINT64_C(86400000000000),
		.hours_ns = 730 * UINT64_C(86400000000000),
		.size_bytes = 1 << 30,
	};
	out->log_level = LOG_INFO;
	out->http.enabled = true;
	out->http.mode = 0660;
	out->max_actions_per_minute = 60;
	out->log_fields = true;
}

/* What only the end of all files can tell. */
static int complete(struct config *out)
{
	if (!out->database)
		out->database = strdup(CONFIG_DEFAULT_DATABASE);
	if (!out->database || config_http_complete(&out->http))
		return -ENOMEM;
	return out->engines ? 0 : default_engines(out);
}

static int finish(struct config_ctx *ctx, int err)
{
	if (!err && !ctx->err->count)
		err = complete(ctx->out);
	if (err == -ENOMEM && !ctx->err->count)
		config_fail(ctx, 0, "out of memory");
	if (!err && ctx->err->count)
		err = -EINVAL;
	if (err)
		config_free(ctx->out);
	free_seen(ctx);
	return err;
}

static void start(struct config_ctx *ctx, struct config *out,
		  struct config_error *err)
{
	memset(ctx, 0, sizeof(*ctx));
	memset(err, 0, sizeof(*err));
	set_defaults(out);
	ctx->out = out;
	ctx->err = err;
}

int config_load(const char *path, const char *policy_dir, struct config *out,
		struct config_error *error)
{
	struct config_ctx ctx;
	int err, rc = 0;

	start(&ctx, out, error);
	err = read_file(&ctx, path ? path : CONFIG_DEFAULT_PATH, !path);
	if (!policy_dir || *policy_dir)
		rc = read_drop_ins(&ctx,
				   policy_dir ? policy_dir
					      : CONFIG_DEFAULT_POLICY_DIR,
				   !policy_dir);
	return finish(&ctx, err ? err : rc);
}

int config_load_file(const char *path, bool drop_in, struct config *out,
		     struct config_error *err)
{
	struct config_ctx ctx;

	start(&ctx, out, err);
	ctx.drop_in = drop_in;
	return finish(&ctx, read_file(&ctx, path, false));
}

int config_parse(const char *name, const char *buf, size_t len,
		 struct config *out, struct config_error *err)
{
	struct config_ctx ctx;

	start(&ctx, out, err);
	ctx.file = name;
	return finish(&ctx, config_ini(&ctx, buf, len));
}

const struct policy_rule *config_rule(const struct config *config,
				      const char *name)
{
	for (size_t i = 0; i < config->rules; i++)
		if (!strcmp(config->rule[i].name, name))
			return &config->rule[i];
	return NULL;
}

void config_free(struct config *config)
{
	for (size_t i = 0; i < config->matches; i++)
		free(config->match[i]);
	for (size_t i = 0; i < config->engines; i++) {
		free(config->engine[i].name);
		free(config->engine[i].socket);
	}
	for (size_t i = 0; i < config->rules; i++)
		policy_rule_free(&config->rule[i]);
	for (size_t i = 0; i < config->jobs; i++) {
		free(config->job[i].name);
		free(config->job[i].command);
	}
	free(config->http.listen);
	free(config->http.token_file);
	free(config->http.ui);
	free(config->engine);
	free(config->rule);
	free(config->job);
	free(config->database);
	memset(config, 0, sizeof(*config));
}
