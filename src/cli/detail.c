// SPDX-License-Identifier: GPL-2.0
/* One container closely; knows no screen. */
#include "detail.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cell.h"
#include "lib/timerange.h"
#include "lines.h"
#include "put.h"
#include "spark.h"
#include "words.h"

#define WIDE	  150 /* columns from which on there are two halves */
#define WORD	  10  /* columns of what stands at a line's beginning */
#define SPARK_END 20  /* columns for the figures behind a sparkline */

static void put_word(const char *word, FILE *to)
{
	put_style(STYLE_DIM, to);
	fprintf(to, "%-*s", WORD, word);
	put_style(STYLE_PLAIN, to);
}

/* What is beyond its limit, or should not happen, stands out. */
static void put_alarming(const char *word, const struct value *v,
			 enum unit unit, double from, FILE *to)
{
	bool alarming = value_number(v, 0) >= from;

	if (alarming)
		put_style(STYLE_RED, to);
	put_number(word, v, unit, to);
	if (alarming)
		put_style(STYLE_PLAIN, to);
}

/* With what stands behind a figure that is known. */
static void put_with(const char *word, const struct value *v, enum unit unit,
		     const char *behind, FILE *to)
{
	put_number(word, v, unit, to);
	if (v->type != VALUE_NULL)
		fputs(behind, to);
}

static void put_pct(const char *word, const struct value *v, FILE *to)
{
	put_with(word, v, UNIT_PCT, "%", to);
}

/* "web  docker  bbbb00000000  up 3h 12m" */
static void put_name(const struct value *row, const char *label,
		     unsigned int columns, enum text_charset charset, FILE *to)
{
	const struct value name = value_text(label, strlen(label));

	put_style(STYLE_BOLD, to);
	put_text(&name, UNIT_TEXT, columns / 2, charset, to);
	put_style(STYLE_PLAIN, to);
	if (!row) {
		fputs("  is not in this sample\n", to);
		return;
	}
	fputs("  ", to);
	put_text(&row[TOP_RUNTIME], UNIT_TEXT, 20, charset, to);
	fputs("  ", to);
	put_text(&row[TOP_ID], UNIT_ID, 30, charset, to);
	put_number("  up ", &row[TOP_AGE], UNIT_SECONDS, to);
	putc('\n', to);
}

static void put_fact(const char *word, const struct value *v,
		     unsigned int columns, enum text_charset charset, FILE *to)
{
	if (v->type == VALUE_NULL)
		return;
	put_word(word, to);
	put_text(v, UNIT_TEXT, columns - WORD, charset, to);
	putc('\n', to);
}

static void put_cpu(const struct value *row, FILE *to)
{
	put_word("CPU", to);
	put_pct("", &row[TOP_CPU], to);
	put_pct("  limit ", &row[TOP_CPU_LIMIT], to);
	put_pct("  user ", &row[TOP_CPU_USER], to);
	put_pct("  sys ", &row[TOP_CPU_SYSTEM], to);
	putc('\n', to);
	put_word("Throttled", to);
	put_alarming("", &row[TOP_THROTTLED], UNIT_PCT, 5, to);
	put_number(row[TOP_THROTTLED].type == VALUE_NULL ? "  in "
							 : "% of the time  in ",
		   &row[TOP_CPU_THROTTLED_PERIODS], UNIT_COUNT, to);
	put_number(" of ", &row[TOP_CPU_PERIODS], UNIT_COUNT, to);
	fputs(" periods\n", to);
}

static void put_memory(const struct value *row, FILE *to)
{
	put_word("Memory", to);
	put_number("", &row[TOP_MEM], UNIT_BYTES, to);
	put_number("  limit ", &row[TOP_MEM_LIMIT], UNIT_BYTES, to);
	put_pct("  ", &row[TOP_MEM_PCT], to);
	put_number("  high ", &row[TOP_MEM_HIGH], UNIT_BYTES, to);
	put_number("  peak ", &row[TOP_MEM_PEAK], UNIT_BYTES, to);
	putc('\n', to);
	put_word("", to);
	put_number("anon ", &row[TOP_MEM_ANON], UNIT_BYTES, to);
	put_number("  file ", &row[TOP_MEM_FILE], UNIT_BYTES, to);
	put_number("  working set ", &row[TOP_MEM_WORKING_SET], UNIT_BYTES, to);
	putc('\n', to);
	put_word("", to);
	put_number("swap ", &row[TOP_SWAP], UNIT_BYTES, to);
	put_number("  limit ", &row[TOP_SWAP_LIMIT], UNIT_BYTES, to);
	put_alarming("  at high ", &row[TOP_MEM_EVENTS_HIGH], UNIT_COUNT, 1,
		     to);
	put_alarming("  at max ", &row[TOP_MEM_EVENTS_MAX], UNIT_COUNT, 1, to);
	put_alarming("  OOM kills ", &row[TOP_OOM_KILLS], UNIT_COUNT, 1, to);
	putc('\n', to);
}

/* "cpu 3.0% (all 1.0%)" */
static void put_waits(const char *word, const struct value *some,
		      const struct value *full, FILE *to)
{
	put_pct(word, some, to);
	put_pct(" (all ", full, to);
	putc(')', to);
}

static void put_pressure(const struct value *row, FILE *to)
{
	put_word("Pressure", to);
	put_waits("cpu ", &row[TOP_PSI_CPU], &row[TOP_PSI_CPU_FULL], to);
	put_waits("  memory ", &row[TOP_PSI_MEM], &row[TOP_PSI_MEM_FULL], to);
	put_waits("  io ", &row[TOP_PSI_IO], &row[TOP_PSI_IO_FULL], to);
	putc('\n', to);
}

static void put_pids(const struct value *row, FILE *to)
{
	put_word("Pids", to);
	put_number("", &row[TOP_PIDS], UNIT_COUNT, to);
	put_number("  limit ", &row[TOP_PIDS_LIMIT], UNIT_COUNT, to);
	put_alarming("  refused ", &row[TOP_PIDS_MAX_HITS], UNIT_COUNT, 1, to);
	putc('\n', to);
}

static void put_network(const struct value *row, FILE *to)
{
	put_word("Network", to);
	if (row[TOP_NET_RX].type == VALUE_NULL) {
		fputs("the host's, or unknown\n", to);
		return;
	}
	put_with("in ", &row[TOP_NET_RX], UNIT_BPS, "/s", to);
	put_with(" ", &row[TOP_NET_RX_PACKETS], UNIT_IOPS, " pkt/s", to);
	put_with("  out ", &row[TOP_NET_TX], UNIT_BPS, "/s", to);
	put_with(" ", &row[TOP_NET_TX_PACKETS], UNIT_IOPS, " pkt/s", to);
	putc('\n', to);
	put_word("", to);
	put_alarming("dropped ", &row[TOP_NET_RX_DROPS], UNIT_COUNT, 1, to);
	put_alarming("/", &row[TOP_NET_TX_DROPS], UNIT_COUNT, 1, to);
	put_alarming("  errors ", &row[TOP_NET_RX_ERRORS], UNIT_COUNT, 1, to);
	put_alarming("/", &row[TOP_NET_TX_ERRORS], UNIT_COUNT, 1, to);
	putc('\n', to);
}

static void put_io_line(const struct value *read, const struct value *read_iops,
			const struct value *write,
			const struct value *write_iops, FILE *to)
{
	put_with("read ", read, UNIT_BPS, "/s", to);
	put_with(" ", read_iops, UNIT_IOPS, " op/s", to);
	put_with("  write ", write, UNIT_BPS, "/s", to);
	put_with(" ", write_iops, UNIT_IOPS, " op/s", to);
	putc('\n', to);
}

/* "  sda     ", or "  8:0     " where its name is not known. */
static void put_device(const struct value *device, enum text_charset charset,
		       FILE *to)
{
	char name[WORD * 4 + 1];
	char *safe;

	snprintf(name, sizeof(name), "%lld:%lld",
		 (long long)device[DEVICE_MAJOR].i,
		 (long long)device[DEVICE_MINOR].i);
	if (device[DEVICE_NAME].type != VALUE_TEXT) {
		fprintf(to, "  %-*s", WORD - 2, name);
		return;
	}
	safe = cell_text(&device[DEVICE_NAME], UNIT_TEXT, charset);
	if (safe)
		text_elide(safe, WORD - 3, charset);
	fprintf(to, "  %-*s", WORD - 2, safe ? safe : name);
	free(safe);
}

static void put_io(const struct value *row, const struct rowset *devices,
		   enum text_charset charset, FILE *to)
{
	unsigned int i;

	put_word("IO", to);
	put_io_line(&row[TOP_IO_READ], &row[TOP_IO_READ_IOPS],
		    &row[TOP_IO_WRITE], &row[TOP_IO_WRITE_IOPS], to);
	for (i = 0; i < devices->count; i++) {
		const struct value *d = rowset_row(devices, i);

		put_device(d, charset, to);
		put_io_line(&d[DEVICE_READ], &d[DEVICE_READ_IOPS],
			    &d[DEVICE_WRITE], &d[DEVICE_WRITE_IOPS], to);
	}
}

static void put_figures(const struct focus *f, const struct value *row,
			enum text_charset charset, FILE *to)
{
	put_cpu(row, to);
	put_memory(row, to);
	put_pressure(row, to);
	put_pids(row, to);
	put_io(row, &f->devices, charset, to);
	put_network(row, to);
}

static void put_facts(const struct value *row, unsigned int columns,
		      enum text_charset charset, FILE *to)
{
	put_fact("Image", &row[TOP_IMAGE], columns, charset, to);
	put_fact("Command", &row[TOP_COMMAND], columns, charset, to);
	put_fact("Cgroup", &row[TOP_CGROUP], columns, charset, to);
}

/* Returns whether anything is known of it. */
static bool read_trail(const struct scene *scene, unsigned int field,
		       unsigned int width, struct spark *spark)
{
	const struct snapshot *s = &scene->snapshot;
	const struct rowset *trail = &scene->focus.trail;
	double seconds = value_number(&s->tick[TICK_INTERVAL], 1);
	bool known = false;
	unsigned int i;

	spark_init(spark, scene->focus.from_ns, snapshot_ts_ns(s),
		   seconds_to_ns(seconds), width);
	for (i = 0; i < trail->count; i++) {
		const struct value *row = rowset_row(trail, i);

		if (row[field].type == VALUE_NULL)
			continue;
		known = true;
		spark_add(spark, row[TRAIL_TS_NS].i,
			  value_number(&row[field], 0));
	}
	return known;
}

static void put_trail(const struct scene *scene, unsigned int field,
		      unsigned int columns, enum text_charset charset, FILE *to)
{
	enum unit unit = trail_fields[field].unit;
	struct value max = value_null();
	struct spark spark;

	put_word(trail_fields[field].title, to);
	if (read_trail(scene, field, columns - WORD - SPARK_END, &spark)) {
		max = value_real(spark_max(&spark));
		put_style(STYLE_GREEN, to);
		spark_put(&spark, max.r, charset, to);
		put_style(STYLE_PLAIN, to);
		fputs("  max ", to);
	}
	put_with("", &max, unit,
		 unit == UNIT_PCT   ? "%"
		 : unit == UNIT_BPS ? "/s"
				    : "",
		 to);
	putc('\n', to);
}

static void put_trails(const struct scene *scene, unsigned int columns,
		       enum text_charset charset, FILE *to)
{
	int64_t range = snapshot_ts_ns(&scene->snapshot) - scene->focus.from_ns;
	unsigned int i;
	char age[32];

	put_style(STYLE_DIM, to);
	fprintf(to, "The last %s", duration_format(range, age, sizeof(age)));
	put_style(STYLE_PLAIN, to);
	putc('\n', to);
	for (i = TRAIL_CPU; i < TRAIL_COUNT; i++)
		put_trail(scene, i, columns, charset, to);
}

static void put_event(const struct value *event, unsigned int columns,
		      enum text_charset charset, FILE *to)
{
	char time[32], buf[WORDS_MAX];
	const struct value note = words_event(event, buf);
	enum style style =
		cell_style(&event_fields[EVENT_TYPE], &event[EVENT_TYPE]);

	fprintf(to, "%s  ",
		time_format(event[EVENT_TS_NS].i, time, sizeof(time)));
	put_style(style, to);
	put_text(&event[EVENT_TYPE], UNIT_TEXT, 12, charset, to);
	put_style(STYLE_PLAIN, to);
	if (note.type != VALUE_NULL) {
		fputs("  ", to);
		put_text(&note, UNIT_TEXT, columns, charset, to);
	}
	putc('\n', to);
}

static void put_events(const struct focus *f, unsigned int columns,
		       enum text_charset charset, FILE *to)
{
	unsigned int i;

	put_style(STYLE_DIM, to);
	fputs(f->events.count ? "Last events" : "No events", to);
	put_style(STYLE_PLAIN, to);
	putc('\n', to);
	for (i = 0; i < f->events.count; i++)
		put_event(rowset_row(&f->events, i), columns, charset, to);
}

/* Left are the facts, right what changed. */
struct halves {
	char *text[2];
	size_t size[2];
	FILE *to[2];
};

static int put_halves(struct halves *h, unsigned int columns, FILE *to)
{
	int r = 0, i;

	for (i = 0; i < 2; i++)
		if (!h->to[i] || fclose(h->to[i]))
			r = -ENOMEM;
	if (!r)
		lines_beside(h->text[0], columns / 2, h->text[1], to);
	free(h->text[0]);
	free(h->text[1]);
	return r;
}

static int put_wide(const struct scene *scene, const struct value *row,
		    unsigned int columns, enum text_charset charset, FILE *to)
{
	struct halves h = { 0 };
	unsigned int half = columns / 2;
	int i;

	for (i = 0; i < 2; i++)
		h.to[i] = open_memstream(&h.text[i], &h.size[i]);
	if (h.to[0] && h.to[1]) {
		put_facts(row, half - 2, charset, h.to[0]);
		put_figures(&scene->focus, row, charset, h.to[0]);
		put_trails(scene, columns - half, charset, h.to[1]);
		putc('\n', h.to[1]);
		put_events(&scene->focus, columns - half, charset, h.to[1]);
	}
	return put_halves(&h, columns, to);
}

int detail_put(const struct scene *scene, const char *label,
	       unsigned int columns, enum text_charset charset, FILE *to)
{
	const struct value *row = scene_row(scene, scene->focus.container);

	put_name(row, label, columns, charset, to);
	if (row && columns >= WIDE)
		return put_wide(scene, row, columns, charset, to);
	put_trails(scene, columns, charset, to);
	if (row)
		put_figures(&scene->focus, row, charset, to);
	put_events(&scene->focus, columns, charset, to);
	if (row)
		put_facts(row, columns, charset, to);
	return 0;
}
