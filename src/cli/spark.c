// SPDX-License-Identifier: GPL-2.0
/* Sparklines; knows neither the figure nor where it comes from. */
#include "spark.h"

#define LEVELS 8

const char *spark_glyph(double share, enum text_charset charset)
{
	static const char *const blocks[LEVELS] = { "▁", "▂", "▃", "▄",
						    "▅", "▆", "▇", "█" };
	static const char *const ascii[LEVELS] = { "_", ".", ":", "-",
						   "=", "+", "*", "#" };
	int level = share > 0 ? (int)(share * LEVELS) : 0;

	if (level >= LEVELS)
		level = LEVELS - 1;
	return charset == TEXT_ASCII ? ascii[level] : blocks[level];
}

void spark_init(struct spark *s, int64_t from_ns, int64_t to_ns,
		int64_t interval_ns, unsigned int width)
{
	int64_t samples =
		(to_ns - from_ns) / (interval_ns > 0 ? interval_ns : 1);

	*s = (struct spark){ .from_ns = from_ns, .to_ns = to_ns };
	if (width > SPARK_WIDTH_MAX)
		width = SPARK_WIDTH_MAX;
	s->width = samples < (int64_t)width ? (unsigned int)samples : width;
}

void spark_add(struct spark *s, int64_t ts_ns, double value)
{
	double at;
	unsigned int i;

	if (!s->width || ts_ns <= s->from_ns || ts_ns > s->to_ns)
		return;
	at = (double)(ts_ns - s->from_ns - 1) / (double)(s->to_ns - s->from_ns);
	i = (unsigned int)(at * s->width);
	if (i >= s->width)
		i = s->width - 1;
	s->sum[i] += value;
	s->known[i]++;
}

/* Samples are never quite evenly spaced: one column that was left out between
 * two others is as the one before it. */
static bool spark_column(const struct spark *s, unsigned int i, double *value)
{
	if (!s->known[i]) {
		if (!i || i + 1 == s->width || !s->known[i - 1] ||
		    !s->known[i + 1])
			return false;
		i--;
	}
	*value = s->sum[i] / s->known[i];
	return true;
}

double spark_max(const struct spark *s)
{
	double max = 0, value;
	unsigned int i;

	for (i = 0; i < s->width; i++)
		if (spark_column(s, i, &value) && value > max)
			max = value;
	return max;
}

void spark_put(const struct spark *s, double top, enum text_charset charset,
	       FILE *to)
{
	unsigned int i;
	double value;

	for (i = 0; i < s->width; i++) {
		if (!spark_column(s, i, &value))
			putc(' ', to);
		else
			fputs(spark_glyph(top > 0 ? value / top : 0, charset),
			      to);
	}
}
