// SPDX-License-Identifier: GPL-2.0
/*
 * The newest figures in Prometheus's text format 0.0.4. Pure. The format:
 * https://prometheus.io/docs/instrumenting/exposition_formats/
 */
#include "http_metrics.h"

#include <inttypes.h>
#include <string.h>

#include "text.h"

/* Bounds of what a container can add to each of its lines. */
#define LABELS_MAX	32
#define LABEL_NAME_MAX	128
#define LABEL_VALUE_MAX 256

void http_metrics_family(FILE *to, const char *name, const char *help,
			 enum prometheus_type type)
{
	fprintf(to, "# HELP %s %s\n# TYPE %s %s\n", name, help, name,
		type == PROMETHEUS_COUNTER ? "counter" : "gauge");
}

/* Bytes that stand for themselves: printable ASCII but quote and backslash. */
static size_t plain_length(const char *p, const char *end)
{
	const char *from = p;

	while (p < end && *p >= ' ' && *p <= '~' && *p != '"' && *p != '\\')
		p++;
	return (size_t)(p - from);
}

/* What is no UTF-8 becomes U+FFFD, as does a zero byte. */
void http_metrics_value(FILE *to, const char *text, size_t len)
{
	const char *p = text, *end = text + len, *from;
	size_t plain;
	uint32_t c;

	while (p < end) {
		plain = plain_length(p, end);
		fwrite(p, 1, plain, to);
		p += plain;
		if (p == end)
			break;
		from = p;
		c = text_next(&p, end);
		if (c == TEXT_INVALID || c == 0)
			fputs("\xef\xbf\xbd", to);
		else if (c == '\\' || c == '"')
			fprintf(to, "\\%c", (int)c);
		else if (c == '\n')
			fputs("\\n", to);
		else
			fwrite(from, 1, (size_t)(p - from), to);
	}
}

static void put_label(FILE *to, const char *name, const char *value)
{
	size_t len = strnlen(value, LABEL_VALUE_MAX);

	putc(',', to);
	fputs(name, to);
	fputs("=\"", to);
	http_metrics_value(to, value, len);
	putc('"', to);
}

/* container_label_com_docker_..: other bytes than letters and digits are _. */
static void label_name(const char *key, char *name, size_t size)
{
	size_t i, used;

	used = (size_t)snprintf(name, size, "container_label_");
	for (i = 0; key[i] && used + 1 < size; i++) {
		char c = key[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			     (c >= '0' && c <= '9');

		name[used++] = plain ? c : '_';
	}
	name[used] = 0;
}

/* Keys that are the same name here would make the whole answer invalid. */
static void put_engine_labels(FILE *to, const struct container_meta *meta)
{
	char name[LABELS_MAX][LABEL_NAME_MAX];
	size_t i, j, n = 0;

	for (i = 0; i < meta->labels && n < LABELS_MAX; i++) {
		label_name(meta->label[i].key, name[n], LABEL_NAME_MAX);
		for (j = 0; j < n && strcmp(name[j], name[n]); j++)
			;
		if (j < n)
			continue;
		put_label(to, name[n++], meta->label[i].value);
	}
}

void http_metrics_labels(FILE *to, const struct step_container *c)
{
	const char *id = c->path ? c->path : c->key;

	fputs("id=\"", to);
	http_metrics_value(to, id, strlen(id));
	putc('"', to);
	if (c->meta && c->meta->name)
		put_label(to, "name", c->meta->name);
	if (c->meta && c->meta->image)
		put_label(to, "image", c->meta->image);
	if (c->meta)
		put_engine_labels(to, c->meta);
}

void http_metrics_number(FILE *to, uint64_t value, int digits)
{
	uint64_t scale = 1;
	int i;

	for (i = 0; i < digits; i++)
		scale *= 10;
	if (digits)
		fprintf(to, "%" PRIu64 ".%0*" PRIu64, value / scale, digits,
			value % scale);
	else
		fprintf(to, "%" PRIu64, value);
}

/* Ends a line with the value. */
static void put_number(FILE *to, uint64_t value, int digits)
{
	putc(' ', to);
	http_metrics_number(to, value, digits);
	putc('\n', to);
}

/* A sample up to its last label. */
static void put_head(FILE *to, const char *name, const struct http_container *c)
{
	fputs(name, to);
	putc('{', to);
	fwrite(c->labels, 1, c->labels_len, to);
}

static void put_container_metric(FILE *to, const struct http_facts *f,
				 const struct http_metric *metric)
{
	size_t i;

	for (i = 0; i < f->containers; i++) {
		const struct http_container *c = &f->container[i];

		if (!metric_known(&c->m, metric->metric))
			continue;
		put_head(to, metric->name, c);
		if (metric->label)
			fprintf(to, ",%s", metric->label);
		putc('}', to);
		put_number(to, c->m.v[metric->metric], metric->digits);
	}
}

static void put_families(FILE *to, const struct http_facts *f,
			 const struct http_metric *table, size_t count,
			 void (*put)(FILE *to, const struct http_facts *f,
				     const struct http_metric *metric))
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (table[i].help)
			http_metrics_family(to, table[i].name, table[i].help,
					    table[i].type);
		put(to, f, &table[i]);
	}
}

static void put_machine_metric(FILE *to, const struct http_facts *f,
			       const struct http_metric *metric)
{
	if (!f->have_machine || !metric_known(&f->machine, metric->metric))
		return;
	fputs(metric->name, to);
	if (metric->label)
		fprintf(to, "{%s}", metric->label);
	put_number(to, f->machine.v[metric->metric], metric->digits);
}

/* Of each device; where none is told, the sum, as long as it is known. */
static void put_devices(FILE *to, const struct http_container *c,
			const struct http_metric *metric, unsigned int total,
			http_device_name name, void *arg)
{
	unsigned int i;

	for (i = 0; i < c->devices; i++) {
		const struct device_info *d = &c->device[i];
		const char *known;

		if (!(d->m.have >> metric->metric & 1))
			continue;
		put_head(to, metric->name, c);
		fputs(",device=\"", to);
		known = name(arg, d->major, d->minor);
		http_metrics_value(to, known, strlen(known));
		fprintf(to, "\"} %" PRIu64 "\n", d->m.v[metric->metric]);
	}
	if (c->devices || !metric_known(&c->m, total))
		return;
	put_head(to, metric->name, c);
	putc('}', to);
	put_number(to, c->m.v[total], 0);
}

static void put_device_families(FILE *to, const struct http_facts *f,
				http_device_name name, void *arg)
{
	size_t i, j;

	for (i = 0; i < http_device_metric_count; i++) {
		const struct http_metric *metric = &http_device_metrics[i];

		http_metrics_family(to, metric->name, metric->help,
				    metric->type);
		for (j = 0; j < f->containers; j++)
			put_devices(to, &f->container[j], metric,
				    http_device_totals[i], name, arg);
	}
}

static void put_time(FILE *to, const char *name, const struct http_container *c,
		     int64_t ns)
{
	if (!ns)
		return;
	put_head(to, name, c);
	putc('}', to);
	put_number(to, (uint64_t)ns, 9);
}

static void put_times(FILE *to, const struct http_facts *f)
{
	static const char started[] = "container_start_time_seconds";
	static const char seen[] = "container_last_seen";
	size_t i;

	http_metrics_family(to, started, "When the container started.",
			    PROMETHEUS_GAUGE);
	for (i = 0; i < f->containers; i++)
		put_time(to, started, &f->container[i],
			 f->container[i].started_ns);
	http_metrics_family(to, seen, "When the container was measured.",
			    PROMETHEUS_GAUGE);
	for (i = 0; i < f->containers; i++)
		put_time(to, seen, &f->container[i], f->tick_ns);
}

void http_metrics_write(FILE *to, const struct http_facts *facts,
			http_device_name name, void *arg)
{
	put_families(to, facts, http_container_metrics,
		     http_container_metric_count, put_container_metric);
	put_device_families(to, facts, name, arg);
	put_times(to, facts);
	put_families(to, facts, http_machine_metrics, http_machine_metric_count,
		     put_machine_metric);
	http_self_write(to, facts);
}
