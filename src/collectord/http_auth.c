// SPDX-License-Identifier: GPL-2.0
/* The bearer token, from its file and against a request's; knows no request. */
#include "http_auth.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

static int refuse(char *why, size_t size, int error, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

static int refuse(char *why, size_t size, int error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(why, size, format, args);
	va_end(args);
	return error;
}

/* Says what is wrong with the file as such. */
static int check_file(const char *path, const struct stat *st, char *why,
		      size_t size)
{
	if (!S_ISREG(st->st_mode))
		return refuse(why, size, -EINVAL, "%s: not a regular file",
			      path);
	if (st->st_mode & (S_IROTH | S_IWOTH))
		return refuse(why, size, -EACCES,
			      "%s: everyone may read or write it: chmod o-rw",
			      path);
	return 0;
}

/* Trailing white space, as an editor leaves it, is none of the token's. */
static int check_text(const char *path, struct http_token *token, char *why,
		      size_t size)
{
	size_t i;

	while (token->len && strchr(" \t\r\n", token->text[token->len - 1]))
		token->len--;
	token->text[token->len] = 0;
	for (i = 0; i < token->len; i++)
		if (token->text[i] < '!' || token->text[i] > '~')
			return refuse(why, size, -EINVAL,
				      "%s: a token is one line of printable "
				      "ASCII without blanks",
				      path);
	if (token->len < HTTP_TOKEN_MIN || token->len == HTTP_TOKEN_MAX)
		return refuse(why, size, -EINVAL,
			      "%s: a token has from %d to %d bytes: openssl "
			      "rand -hex 32 makes one",
			      path, HTTP_TOKEN_MIN, HTTP_TOKEN_MAX - 1);
	return 0;
}

int http_token_read(const char *path, struct http_token *token, char *why,
		    size_t size)
{
	struct stat st;
	ssize_t got = -1;
	int fd, error, rc;

	*token = (struct http_token){ 0 };
	/* A FIFO must not hold up the start. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st))
		rc = refuse(why, size, -errno, "%s: %s", path, strerror(errno));
	else
		rc = check_file(path, &st, why, size);
	if (!rc)
		got = read(fd, token->text, HTTP_TOKEN_MAX);
	error = errno;
	if (fd >= 0)
		close(fd);
	if (!rc && got < 0)
		rc = refuse(why, size, -error, "%s: %s", path, strerror(error));
	if (rc)
		return rc;
	token->len = (size_t)got;
	rc = check_text(path, token, why, size);
	if (rc)
		*token = (struct http_token){ 0 };
	return rc;
}

bool http_token_is_same(const struct http_token *a, const struct http_token *b)
{
	return a->len == b->len && !memcmp(a->text, b->text, a->len);
}

bool http_token_fits(const struct http_token *token, const char *authorization)
{
	static const char scheme[] = "Bearer ";
	unsigned int differs = 0;
	const char *given;
	size_t len, i;

	if (!authorization ||
	    strncasecmp(authorization, scheme, sizeof(scheme) - 1) != 0)
		return false;
	given = authorization + sizeof(scheme) - 1;
	given += strspn(given, " ");
	len = strlen(given);
	differs |= len != token->len;
	/* As many steps for any text: its own length is no secret. */
	for (i = 0; i < len; i++) {
		unsigned char ours = 0;

		if (token->len)
			ours = (unsigned char)token->text[i % token->len];
		differs |= (unsigned char)given[i] ^ ours;
	}
	return token->len && !differs;
}
