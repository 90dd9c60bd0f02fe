/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The newest figures in Prometheus's text format 0.0.4, under cAdvisor's names
 * where it has one. Pure; what it is made of are facts. The tables tie each
 * name to a metric of src/lib/metric.h or a key of status.h.
 */
#ifndef SYSMON_HTTP_METRICS_H
#define SYSMON_HTTP_METRICS_H

#include <stdio.h>

#include "http_facts.h"
#include "step.h"

enum prometheus_type {
	PROMETHEUS_COUNTER,
	PROMETHEUS_GAUGE
};

/*
 * A sample of a family: the metric, of whose digits so many stand behind the
 * point, as its unit is the family's. Families with several samples stand in
 * consecutive lines; the first has the help.
 */
struct http_metric {
	const char *name;
	const char *label; /* such as: mode="user"; NULL none */
	const char *help;
	enum prometheus_type type;
	unsigned int metric; /* of its table */
	int digits;
};

extern const struct http_metric http_container_metrics[];
extern const size_t http_container_metric_count;
extern const struct http_metric http_device_metrics[];
extern const size_t http_device_metric_count;
extern const unsigned int http_device_totals[]; /* the container's metric */
extern const struct http_metric http_machine_metrics[];
extern const size_t http_machine_metric_count;

/* Names a block device, as in "/dev/sda". */
typedef const char *(*http_device_name)(void *arg, uint32_t major,
					uint32_t minor);

/* Writes the container's labels, as they stand in braces. */
void http_metrics_labels(FILE *to, const struct step_container *c);

/* Writes the number, so many of its digits behind the point. */
void http_metrics_number(FILE *to, uint64_t value, int digits);

/* Writes a label's value: in valid UTF-8, escaped. */
void http_metrics_value(FILE *to, const char *text, size_t len);

/* Writes all of it. Errors are the stream's. */
void http_metrics_write(FILE *to, const struct http_facts *facts,
			http_device_name name, void *arg);

/* http_self.c: what the daemon measures of itself. */
void http_self_write(FILE *to, const struct http_facts *facts);

/* "# HELP" and "# TYPE" of a family. */
void http_metrics_family(FILE *to, const char *name, const char *help,
			 enum prometheus_type type);

#endif
