// SPDX-License-Identifier: GPL-2.0
/* The machine, above the table of `top`; knows no screen. */
#include "header.h"

#include "lib/timerange.h"
#include "put.h"
#include "spark.h"

#define BAR_WIDTH    16
#define BAR_MAX	     60
#define CPU_WIDTH    20 /* of a CPU's bar with its number and its figure */
#define ROOMY	     16 /* rows of a screen with more than the least */
#define STRIP_INDENT 5

static void put_title(const struct snapshot *s, FILE *to)
{
	char time[32], interval[32];
	double seconds = value_number(&s->tick[TICK_INTERVAL], 0);

	put_style(STYLE_BOLD, to);
	fputs("sysmon", to);
	put_style(STYLE_PLAIN, to);
	fprintf(to, "  %s  every %s  %u container%s",
		time_format(snapshot_ts_ns(s), time, sizeof(time)),
		duration_format(seconds_to_ns(seconds), interval,
				sizeof(interval)),
		s->containers.count, s->containers.count == 1 ? "" : "s");
	put_number("  load ", &s->tick[TICK_LOAD1], UNIT_LOAD, to);
	put_number(" ", &s->tick[TICK_LOAD5], UNIT_LOAD, to);
	put_number(" ", &s->tick[TICK_LOAD15], UNIT_LOAD, to);
	putc('\n', to);
}

static void put_cpu(const struct snapshot *s, unsigned int bar, FILE *to)
{
	const struct value *t = s->tick;
	double all = value_number(&t[TICK_CPUS], 0) * 100;

	fputs("CPU ", to);
	put_bar(all > 0 ? value_number(&t[TICK_CPU], 0) / all : 0, bar, to);
	put_number(" ", &t[TICK_CPU], UNIT_PCT, to);
	if (all > 0)
		fprintf(to, "/%.0f%%", all);
	put_number("  user ", &t[TICK_CPU_USER], UNIT_PCT, to);
	put_number("  sys ", &t[TICK_CPU_SYSTEM], UNIT_PCT, to);
	put_number("  iowait ", &t[TICK_CPU_IOWAIT], UNIT_PCT, to);
	put_number("  steal ", &t[TICK_CPU_STEAL], UNIT_PCT, to);
	putc('\n', to);
}

static double share_of(const struct value *part, const struct value *whole)
{
	double all = value_number(whole, 0);

	return all > 0 ? value_number(part, 0) / all : 0;
}

static void put_memory(const struct snapshot *s, unsigned int bar, FILE *to)
{
	const struct value *t = s->tick;

	fputs("Mem ", to);
	put_bar(share_of(&t[TICK_MEM_USED], &t[TICK_MEM_TOTAL]), bar, to);
	put_number(" ", &t[TICK_MEM_USED], UNIT_BYTES, to);
	put_number(" of ", &t[TICK_MEM_TOTAL], UNIT_BYTES, to);
}

static void put_swap(const struct snapshot *s, FILE *to)
{
	const struct value *t = s->tick;

	put_number("  swap ", &t[TICK_SWAP_USED], UNIT_BYTES, to);
	put_number(" of ", &t[TICK_SWAP_TOTAL], UNIT_BYTES, to);
	putc('\n', to);
}

void header_put(const struct snapshot *s, FILE *to)
{
	put_title(s, to);
	put_cpu(s, BAR_WIDTH, to);
	put_memory(s, BAR_WIDTH, to);
	put_swap(s, to);
}

/* Swap with a bar, then the shares of time that tasks waited. */
static void put_pressure(const struct snapshot *s, unsigned int bar, FILE *to)
{
	const struct value *t = s->tick;

	fputs("Swp ", to);
	put_bar(share_of(&t[TICK_SWAP_USED], &t[TICK_SWAP_TOTAL]), bar, to);
	put_number(" ", &t[TICK_SWAP_USED], UNIT_BYTES, to);
	put_number(" of ", &t[TICK_SWAP_TOTAL], UNIT_BYTES, to);
	put_number("  PSI cpu ", &t[TICK_PSI_CPU], UNIT_PCT, to);
	put_number(" mem ", &t[TICK_PSI_MEM], UNIT_PCT, to);
	put_number(" io ", &t[TICK_PSI_IO], UNIT_PCT, to);
	putc('\n', to);
}

/* "  3[||||    40.0%]", in all so many columns. */
static void put_cpu_bar(const struct value *cpu, unsigned int width, FILE *to)
{
	double pct = value_number(&cpu[CPU_BUSY], 0);
	unsigned int bar = width - (unsigned int)sizeof("999[] 100.0 ") + 1;

	fprintf(to, "%3lld", (long long)cpu[CPU_NUMBER].i);
	put_bar(pct / 100, bar, to);
	if (cpu[CPU_BUSY].type == VALUE_NULL)
		fprintf(to, "%6s ", "-");
	else
		fprintf(to, "%6.1f ", pct);
}

static unsigned int put_cpu_bars(const struct rowset *cpus, unsigned int lines,
				 unsigned int columns, FILE *to)
{
	unsigned int per = (cpus->count + lines - 1) / lines, i;

	for (i = 0; i < cpus->count; i++) {
		put_cpu_bar(rowset_row(cpus, i), columns / per, to);
		if (i % per == per - 1 || i + 1 == cpus->count)
			putc('\n', to);
	}
	return (cpus->count + per - 1) / per;
}

/* The average of those that are known; -1 when none is. */
static double average(const struct rowset *cpus, unsigned int from,
		      unsigned int n)
{
	unsigned int i, known = 0;
	double sum = 0;

	for (i = from; i < from + n && i < cpus->count; i++) {
		const struct value *busy = &rowset_row(cpus, i)[CPU_BUSY];

		sum += value_number(busy, 0);
		known += busy->type != VALUE_NULL;
	}
	return known ? sum / known : -1;
}

/* Many CPUs: a block for each, or for several of them. */
static void put_cpu_strip(const struct rowset *cpus, unsigned int columns,
			  enum text_charset charset, FILE *to)
{
	unsigned int room = columns - 2 * STRIP_INDENT, i;
	unsigned int per = (cpus->count + room - 1) / room;
	double pct;

	fprintf(to, "%-*u", STRIP_INDENT - 1, cpus->count);
	putc('[', to);
	for (i = 0; i < cpus->count; i += per) {
		pct = average(cpus, i, per);
		put_style(put_share_style(pct / 100), to);
		fputs(pct < 0 ? " " : spark_glyph(pct / 100, charset), to);
	}
	put_style(STYLE_PLAIN, to);
	putc(']', to);
	if (per > 1)
		fprintf(to, " %u each", per);
	putc('\n', to);
}

static unsigned int put_cpus(const struct rowset *cpus, unsigned int rows,
			     unsigned int columns, enum text_charset charset,
			     FILE *to)
{
	unsigned int most = (rows - ROOMY) / 4 + 1;
	unsigned int per = columns / CPU_WIDTH;
	unsigned int lines = per ? (cpus->count + per - 1) / per : most + 1;

	if (!cpus->count)
		return 0;
	if (lines <= most)
		return put_cpu_bars(cpus, lines, columns, to);
	put_cpu_strip(cpus, columns, charset, to);
	return 1;
}

unsigned int header_draw(const struct scene *scene, bool cpus,
			 unsigned int rows, unsigned int columns,
			 enum text_charset charset, FILE *to)
{
	const struct snapshot *s = &scene->snapshot;
	unsigned int lines = 3, bar = BAR_WIDTH;

	if (columns > 80)
		bar += columns - 80;
	if (bar > BAR_MAX)
		bar = BAR_MAX;
	put_title(s, to);
	put_cpu(s, bar, to);
	if (cpus && rows >= ROOMY)
		lines += put_cpus(&scene->cpus, rows, columns, charset, to);
	put_memory(s, bar, to);
	if (rows < ROOMY) {
		put_swap(s, to);
		return lines;
	}
	put_number("  available ", &s->tick[TICK_MEM_AVAILABLE], UNIT_BYTES,
		   to);
	put_number("  cached ", &s->tick[TICK_MEM_CACHED], UNIT_BYTES, to);
	putc('\n', to);
	put_pressure(s, bar, to);
	return lines + 1;
}
