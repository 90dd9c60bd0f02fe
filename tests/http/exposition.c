// SPDX-License-Identifier: GPL-2.0
/*
 * Prints the metrics of so many made-up containers, with hostile names among
 * them, for promtool; says on stderr how much CPU time the making took.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "collectord/http_gather.h"
#include "collectord/http_metrics.h"

#define NAME_SIZE 80

static const char *device_name(void *arg, uint32_t major, uint32_t minor)
{
	(void)arg;
	(void)minor;
	return major == 8 ? "/dev/sda" : "253:0";
}

static double milliseconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

static void fill_values(struct metric_values *m, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++)
		metric_set(m, i, UINT64_C(1000000007) * (i + 1));
}

static void fill_device(struct device_info *d, uint32_t major)
{
	*d = (struct device_info){ .major = major };
	for (unsigned int i = 0; i < DM_COUNT; i++)
		metric_few_set(&d->m, i, 4096 * (i + 1));
}

static void add_container(struct http_gather *gather, size_t number,
			  const struct metric_values *m,
			  const struct device_info *device)
{
	static char names[][NAME_SIZE] = { "web", "q\"uo\\te\n", "\xff\xfe",
					   "\xc2\x85" };
	struct meta_label label[] = {
		{ (char *)"com.docker.compose.service", (char *)"a\"b" },
		{ (char *)"com_docker_compose_service", (char *)"the same" },
		{ (char *)"9 lives!", (char *)"\n" },
	};
	struct container_meta meta = { .name = names[number % 4],
				       .image = (char *)"registry/image:1",
				       .label = label,
				       .labels = 3 };
	char path[2 * NAME_SIZE];
	struct step_container from = { .path = path,
				       .meta = &meta,
				       .m = m,
				       .device = device,
				       .devices = number % 3,
				       .started_ns = 1736942400000000000 };

	snprintf(path, sizeof(path), "/system.slice/docker-%064zx.scope",
		 number);
	http_gather_add(gather, &from);
}

static int gather(struct http_facts *f, size_t containers)
{
	struct device_info device[2];
	struct metric_values m = { 0 };
	struct http_gather g;

	fill_device(&device[0], 8);
	fill_device(&device[1], 253);
	fill_values(&m, CM_COUNT);
	if (!http_gather_begin(&g, f, containers))
		for (size_t i = 0; i < containers; i++)
			add_container(&g, i, &m, device);
	return http_gather_end(&g);
}

static void fill_facts(struct http_facts *f)
{
	f->current = true;
	f->have_machine = true;
	f->tick_ns = 1736942409000000000;
	fill_values(&f->machine, SM_COUNT);
	snprintf(f->status.version, sizeof(f->status.version), "0\"1");
	snprintf(f->status.module_state, sizeof(f->status.module_state),
		 "running");
	f->gaps[0] = (struct http_gaps){ "over\nrun", 3, 4 };
	f->engine[0] = (struct http_engine){ .name = "do\"cker",
					     .state = "connected",
					     .connected = true };
	f->engines = 1;
}

int main(int argc, char **argv)
{
	size_t containers = argc > 1 ? strtoul(argv[1], NULL, 10) : 3;
	struct http_facts *facts = calloc(1, sizeof(*facts));
	double begun = milliseconds(), made;

	if (!facts || gather(facts, containers))
		return 1;
	made = milliseconds();
	fill_facts(facts);
	http_metrics_write(stdout, facts, device_name, NULL);
	if (fflush(stdout))
		return 1;
	fprintf(stderr,
		"%zu containers: copied in %.1f ms, written in %.1f ms\n",
		containers, made - begun, milliseconds() - made);
	http_facts_free(facts);
	return 0;
}
