// SPDX-License-Identifier: GPL-2.0
/* The pieces that lines are made of; knows no line and no screen. */
#include "put.h"

#include <stdlib.h>

#include "cell.h"

void put_number(const char *word, const struct value *v, enum unit unit,
		FILE *to)
{
	char *text = cell_text(v, unit, TEXT_ASCII);

	fprintf(to, "%s%s", word, text ? text : "-");
	free(text);
}

void put_text(const struct value *v, enum unit unit, unsigned int width,
	      enum text_charset charset, FILE *to)
{
	char *text = cell_text(v, unit, charset);

	if (!text)
		return;
	text_elide(text, width, charset);
	fputs(text, to);
	free(text);
}

enum style put_share_style(double share)
{
	return share > 0.9   ? STYLE_RED
	       : share > 0.7 ? STYLE_YELLOW
			     : STYLE_GREEN;
}

void put_bar(double share, unsigned int width, FILE *to)
{
	unsigned int i, full = 0;

	if (share > 0)
		full = (unsigned int)((share < 1 ? share : 1) * width + 0.5);
	fputs("[", to);
	put_style(put_share_style(share), to);
	for (i = 0; i < width; i++)
		putc(i < full ? '|' : ' ', to);
	put_style(STYLE_PLAIN, to);
	fputs("]", to);
}
