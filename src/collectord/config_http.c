// SPDX-License-Identifier: GPL-2.0
/*
 * Owns what the keys of the section [http] mean. Knows nothing of files, their
 * syntax, nor of sockets.
 */
#include <errno.h>
#include <string.h>

#include "config_keys.h"

#define CONFIG_DEFAULT_UI SYSMON_PREFIX "/share/sysmon/ui"

enum {
	KEY_ENABLED,
	KEY_LISTEN,
	KEY_MODE,
	KEY_TOKEN_FILE,
	KEY_UI
};

static void set_enabled(struct config_ctx *ctx, const char *key,
			const char *value)
{
	if (config_bool(value, &ctx->out->http.enabled))
		config_fail(ctx, ctx->line, "%s: \"%s\" is not yes or no", key,
			    value);
}

static void set_listen(struct config_ctx *ctx, const char *key,
		       const char *value)
{
	struct http_config *http = &ctx->out->http;
	const char *why;

	if (http_address_parse(value, &http->address, &why))
		config_fail(ctx, ctx->line, "%s: \"%s\": %s", key, value, why);
	else
		config_set_string(ctx, &http->listen, value);
}

static void set_mode(struct config_ctx *ctx, const char *key, const char *value)
{
	unsigned int mode = 0;
	size_t digits = strspn(value, "01234567");

	for (size_t i = 0; i < digits && i < 5; i++)
		mode = mode * 8 + (unsigned int)(value[i] - '0');
	if (value[digits] || digits < 3 || digits > 4 || mode > 0777)
		config_fail(ctx, ctx->line,
			    "%s: \"%s\" is not a file's mode such as 0660", key,
			    value);
	else
		ctx->out->http.mode = mode;
}

static void set_token_file(struct config_ctx *ctx, const char *key,
			   const char *value)
{
	if (value[0] != '/')
		config_fail(ctx, ctx->line,
			    "%s: \"%s\" is not an absolute path", key, value);
	else
		config_set_string(ctx, &ctx->out->http.token_file, value);
}

/* "no", or a folder. */
static void set_ui(struct config_ctx *ctx, const char *key, const char *value)
{
	bool on;

	if (value[0] == '/')
		config_set_string(ctx, &ctx->out->http.ui, value);
	else if (config_bool(value, &on) || on)
		config_fail(ctx, ctx->line,
			    "%s: \"%s\" is neither an absolute path nor no",
			    key, value);
	else
		ctx->out->http.no_ui = true;
}

const struct config_key config_http_keys[] = {
	[KEY_ENABLED] = { "enabled", set_enabled, false, false },
	[KEY_LISTEN] = { "listen", set_listen, false, false },
	[KEY_MODE] = { "mode", set_mode, false, false },
	[KEY_TOKEN_FILE] = { "token_file", set_token_file, false, false },
	[KEY_UI] = { "ui", set_ui, false, false },
	{ NULL, NULL, false, false },
};

/* What other machines can reach is for those alone who know the token. */
void config_http_close(struct config_ctx *ctx)
{
	const struct http_config *http = &ctx->out->http;
	bool bad_listen = ctx->key_line[KEY_LISTEN] && !http->listen;

	if (http->enabled && http->listen && !http->address.local &&
	    !http->token_file)
		config_fail(ctx, ctx->key_line[KEY_LISTEN],
			    "listen: %s can be reached from other machines: "
			    "that needs a token_file",
			    http->listen);
	if (ctx->key_line[KEY_MODE] && !bad_listen &&
	    http->address.any.sa_family != AF_UNIX)
		config_fail(ctx, ctx->key_line[KEY_MODE],
			    "mode: only a socket that is a path has one");
}

int config_http_complete(struct http_config *http)
{
	const char *why;

	if (!http->ui && !http->no_ui)
		http->ui = strdup(CONFIG_DEFAULT_UI);
	if (!http->ui && !http->no_ui)
		return -ENOMEM;
	if (http->listen)
		return 0;
	http->listen = strdup(HTTP_DEFAULT_LISTEN);
	if (!http->listen)
		return -ENOMEM;
	return http_address_parse(http->listen, &http->address, &why);
}
