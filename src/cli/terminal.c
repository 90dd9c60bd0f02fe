// SPDX-License-Identifier: GPL-2.0
/* Finds out what stdout is; knows nothing of what is printed to it. */
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "terminal.h"

/* Outside a UTF-8 locale a terminal may take bytes above 0x7f amiss; a file
 * never does. Widths need the tables of a UTF-8 locale in either case; numbers
 * and times look the same in all of them. */
static enum text_charset terminal_charset(bool is_tty)
{
	setlocale(LC_CTYPE, "");
	if (!strcmp(nl_langinfo(CODESET), "UTF-8"))
		return TEXT_UTF8;
	if (!is_tty && setlocale(LC_CTYPE, "C.UTF-8"))
		return TEXT_UTF8;
	return TEXT_ASCII;
}

static unsigned int terminal_width(void)
{
	struct winsize size;

	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_col)
		return size.ws_col;
	return 80;
}

void terminal_init(struct terminal *terminal, bool no_color)
{
	const char *term = getenv("TERM"), *none = getenv("NO_COLOR");

	terminal->is_tty = isatty(STDOUT_FILENO);
	terminal->charset = terminal_charset(terminal->is_tty);
	terminal->width = terminal->is_tty ? terminal_width() : 0;
	terminal->is_dumb = !term || !*term || !strcmp(term, "dumb");
	terminal->color = terminal->is_tty && !terminal->is_dumb && !no_color &&
			  !(none && *none);
}
