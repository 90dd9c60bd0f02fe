// SPDX-License-Identifier: GPL-2.0
/* The page at /ui, from its folder into memory and out; knows no connection. */
#include "http_ui.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HTML   "text/html; charset=utf-8"
#define SCRIPT "text/javascript; charset=utf-8"
#define STYLE  "text/css; charset=utf-8"

/* Scripts and styles of its own alone; it asks for nothing but this daemon's
 * answers, and can't be tricked into making HTML of what they hold. */
#define POLICY                                                         \
	"default-src 'none'; script-src 'self'; style-src 'self'; "    \
	"connect-src 'self'; img-src data:; base-uri 'none'; "         \
	"form-action 'none'; "                                         \
	"frame-ancestors 'none'; require-trusted-types-for 'script'; " \
	"trusted-types 'none'"

static const struct {
	const char *path;
	const char *name; /* in the folder */
	const char *type;
} files[HTTP_UI_FILES] = {
	{ "/ui", "index.html", HTML },
	{ "/ui/style.css", "style.css", STYLE },
	{ "/ui/page.js", "page.js", SCRIPT },
	{ "/ui/api.js", "api.js", SCRIPT },
	{ "/ui/chart.js", "chart.js", SCRIPT },
	{ "/ui/text.js", "text.js", SCRIPT },
	{ "/ui/uPlot.iife.min.js", "uPlot.iife.min.js", SCRIPT },
	{ "/ui/uPlot.min.css", "uPlot.min.css", STYLE },
};

bool http_ui_find(const char *path, unsigned int *file)
{
	for (*file = 0; *file < HTTP_UI_FILES; ++*file)
		if (!strcmp(path, files[*file].path))
			return true;
	return false;
}

/* Returns the length of what is in *data, or a negative errno. */
static ssize_t read_all(int fd, char **data)
{
	struct stat st;
	ssize_t got;

	if (fstat(fd, &st))
		return -errno;
	if (!S_ISREG(st.st_mode) || st.st_size > HTTP_UI_FILE_MAX)
		return -EINVAL;
	*data = malloc((size_t)st.st_size + 1);
	if (!*data)
		return -ENOMEM;
	got = read(fd, *data, (size_t)st.st_size);
	if (got == st.st_size)
		return got;
	got = got < 0 ? -errno : -EIO;
	free(*data);
	*data = NULL;
	return got;
}

/* 0 or a negative errno. */
static int load_file(int dir, struct http_ui *ui, unsigned int file)
{
	/* A FIFO must not hold up the start. */
	int fd = openat(dir, files[file].name,
			O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct http_answer *answer = &ui->file[file];
	char *body = NULL;
	ssize_t len;

	if (fd < 0)
		return -errno;
	len = read_all(fd, &body);
	close(fd);
	if (len < 0)
		return (int)len;
	*answer = (struct http_answer){
		.status = 200,
		.type = files[file].type,
		.policy = POLICY,
		.body = body,
		.len = (size_t)len,
	};
	http_answer_tag(answer);
	return 0;
}

bool http_ui_load(const char *dir, struct http_ui *ui, char *why, size_t size)
{
	int fd = open(dir, O_RDONLY | O_CLOEXEC | O_DIRECTORY), rc;
	unsigned int i;

	*ui = (struct http_ui){ 0 };
	if (fd < 0) {
		snprintf(why, size, "%s: %s", dir, strerror(errno));
		return false;
	}
	rc = load_file(fd, ui, 0);
	for (i = 1; !rc && i < HTTP_UI_FILES; i++)
		load_file(fd, ui, i);
	close(fd);
	if (rc)
		snprintf(why, size, "%s/%s: %s", dir, files[0].name,
			 strerror(-rc));
	return !rc;
}

void http_ui_free(struct http_ui *ui)
{
	unsigned int i;

	for (i = 0; i < HTTP_UI_FILES; i++)
		http_answer_free(&ui->file[i]);
}

bool http_ui_answer(const struct http_ui *ui, unsigned int file,
		    struct http_answer *answer, struct http_refusal *refusal)
{
	if (!ui->file[file].status)
		return http_refuse(refusal, 404,
				   "see ui in sysmon.conf(5); the charts need "
				   "npm when sysmon is built",
				   "the page has no file %s here",
				   files[file].name);
	*answer = ui->file[file];
	answer->borrowed = true;
	return true;
}
