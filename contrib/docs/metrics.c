// SPDX-License-Identifier: GPL-2.0
/*
 * Prints docs/metrics.md, out of the tables that the daemon itself goes by: what
 * is known of what, in which column, and under which name for Prometheus.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collectord/http_metrics.h"

static const char head[] =
	"# Metrics\n\n"
	"Made from the tables in `src/lib/metric.h` and\n"
	"`src/collectord/http_metric_table.c` by `make docs`: do not edit.\n\n"
	"A column is one of the table `sample` (or `tick`, `cpu`, `io_device`) of "
	"the database;\n`sysmon.db(5)` tells of the views, which have rates. There "
	"a counter is what was added since\nthe sample before, and NULL is unknown, "
	"or no limit where that is said. Its unit is the name's\nending: `_us` "
	"microseconds, `_bytes` bytes, `_milli` thousandths. For Prometheus counters "
	"are\ncumulative, times are seconds, and what is unknown is absent. "
	"[http.md](http.md) tells of labels\nand of what differs from cAdvisor; "
	"`sysmonctl-history(1)` lists the keys of the JSON documents.\n";

/* A table's cell can't hold a bar. */
static void put_cell(const char *text)
{
	for (; *text; text++)
		printf(*text == '|' ? "\\|" : "%c", *text);
}

static void put_names(const struct http_metric *exported, size_t count,
		      unsigned int metric)
{
	const char *between = "";

	for (size_t i = 0; i < count; i++) {
		if (exported[i].metric != metric)
			continue;
		printf("%s`%s", between, exported[i].name);
		if (exported[i].label)
			printf("{%s}", exported[i].label);
		putchar('`');
		between = ", ";
	}
}

static void put_table(const char *title, const char *about,
		      const struct metric *metrics, unsigned int count,
		      const struct http_metric *exported, size_t exports)
{
	printf("\n## %s\n\n%s\n\n| column | kind | what it is | for Prometheus "
	       "|\n| --- | --- | --- | --- |\n",
	       title, about);
	for (unsigned int i = 0; i < count; i++) {
		printf("| `%s` | %s | ", metrics[i].column,
		       metrics[i].kind == METRIC_COUNTER ? "counter" : "gauge");
		put_cell(metrics[i].doc);
		fputs(" | ", stdout);
		put_names(exported, exports, i);
		fputs(" |\n", stdout);
	}
}

/* Whether it is of the daemon itself, and not of a container. */
static bool is_own(const char *name)
{
	return strncmp(name, "sysmon_", 7) == 0 &&
	       strncmp(name, "sysmon_container_", 17) != 0;
}

/* Prints a row out of "# HELP NAME TEXT" and "# TYPE NAME TYPE", in any order. */
static void put_family(char *line)
{
	static char help[512];
	char *name = line + 7, *rest = strchr(name, ' ');

	if (!rest)
		return;
	*rest++ = 0;
	rest[strcspn(rest, "\n")] = 0;
	if (!is_own(name))
		return;
	if (!strncmp(line, "# HELP", 6)) {
		snprintf(help, sizeof(help), "%s", rest);
		return;
	}
	printf("| `%s` | %s | ", name, rest);
	put_cell(help);
	fputs(" |\n", stdout);
}

/* The families that the daemon writes of itself, as they are written. */
static int put_self(void)
{
	struct http_facts *facts = calloc(1, sizeof(*facts));
	char *text = NULL, *line, *next;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	if (!facts || !to)
		return 1;
	facts->tick_ns = 1;
	facts->gaps[0] = (struct http_gaps){ "overrun", 1, 1 };
	facts->engine[0] =
		(struct http_engine){ .name = "docker", .state = "connected" };
	facts->engines = 1;
	snprintf(facts->status.module_state, sizeof(facts->status.module_state),
		 "running");
	http_self_write(to, facts);
	if (fclose(to))
		return 1;
	printf("\n## The daemon itself\n\nFor Prometheus alone; `sysmonctl "
	       "status` has more.\n\n| metric | kind | what it is |\n| --- | --- "
	       "| --- |\n");
	for (line = text; *line; line = next) {
		next = line + strcspn(line, "\n");
		next += *next != 0;
		if (!strncmp(line, "# HELP ", 7) ||
		    !strncmp(line, "# TYPE ", 7))
			put_family(line);
	}
	free(text);
	free(facts);
	return 0;
}

int main(void)
{
	static const struct http_metric none[1];

	fputs(head, stdout);
	put_table("A container", "`sample`, and the view `v_container`.",
		  container_metrics, CM_COUNT, http_container_metrics,
		  http_container_metric_count);
	puts("\nBeside these `container_start_time_seconds` and "
	     "`container_last_seen` are exported, and what a\ncontainer does on "
	     "block devices by device:");
	put_table("A container on one block device",
		  "`io_device`, where the module tells devices one by one. Where "
		  "it does not, Prometheus gets the\nsum over all, without the "
		  "label `device`.",
		  device_metrics, DM_COUNT, http_device_metrics,
		  http_device_metric_count);
	put_table("The machine", "`tick`, and the view `v_machine`.",
		  system_metrics, SM_COUNT, http_machine_metrics,
		  http_machine_metric_count);
	put_table("One CPU", "`cpu`; kept raw alone.", cpu_metrics, PM_COUNT,
		  none, 0);
	return put_self() || fflush(stdout) != 0;
}
