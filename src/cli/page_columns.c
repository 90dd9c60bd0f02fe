// SPDX-License-Identifier: GPL-2.0
/* The columns to choose from as a page of `top`; knows no key. */
#include <string.h>

#include "page.h"
#include "put.h"

static void put_column(const struct drawing *d, unsigned int field, bool chosen,
		       bool marked)
{
	if (marked)
		put_style(STYLE_MARKED, d->to);
	fprintf(d->to, "[%c] %-14s %s", chosen ? 'x' : ' ',
		top_fields[field].title, snapshot_sort_word(field));
	put_style(STYLE_PLAIN, d->to);
	putc('\n', d->to);
}

/* The option that would choose them, to be copied. Returns its lines. */
static unsigned int put_option(const struct drawing *d, unsigned int most)
{
	char list[1024], option[1040];
	unsigned int lines = 0;
	const char *p;

	snprintf(option, sizeof(option), "--columns %s",
		 columns_list(&d->view->columns, list, sizeof(list)));
	put_style(STYLE_BOLD, d->to);
	for (p = option; *p && lines < most; lines++) {
		int len = (int)strnlen(p, d->columns);

		fprintf(d->to, "%.*s\n", len, p);
		p += len;
	}
	put_style(STYLE_PLAIN, d->to);
	return lines;
}

void page_columns(const struct drawing *d, unsigned int rows)
{
	struct scroll *s = &d->view->chooser;
	struct columns all;
	unsigned int i;

	columns_all(&d->view->columns, &all);
	rows -= put_option(d, rows - 1);
	page_scroll(s, all.count, rows);
	for (i = s->first; i < s->first + rows; i++) {
		if (i < all.count)
			put_column(d, all.field[i], i < d->view->columns.count,
				   i == s->cursor);
		else
			putc('\n', d->to);
	}
}
