// SPDX-License-Identifier: GPL-2.0
/*
 * The machine's figures: CPU times, memory, swap, load. Knows no container.
 */
#include <linux/cpumask.h>
#include <linux/kernel_stat.h>
#include <linux/mm.h>
#include <linux/sched/loadavg.h>
#include <linux/string.h>
#include <linux/swap.h>
#include <linux/tick.h>
#include <linux/vmstat.h>

#include "sysmon.h"

/* Swap is added and removed rarely; its size is read every so many ticks. */
#define SWAP_TOTAL_TICKS 10

static u64 swap_read_tick; /* guarded by sysmon_lock */

static const struct {
	unsigned int attr;
	enum cpu_usage_stat stat;
} cpu_figures[] = {
	{ SYSMON_A_CPU_USER_NS, CPUTIME_USER },
	{ SYSMON_A_CPU_NICE_NS, CPUTIME_NICE },
	{ SYSMON_A_CPU_SYSTEM_NS, CPUTIME_SYSTEM },
	{ SYSMON_A_CPU_IRQ_NS, CPUTIME_IRQ },
	{ SYSMON_A_CPU_SOFTIRQ_NS, CPUTIME_SOFTIRQ },
	{ SYSMON_A_CPU_STEAL_NS, CPUTIME_STEAL },
};

/* As fs/proc/stat.c: a sleeping CPU's counter stands still, ask the tick. */
static u64 idle_ns(const struct kernel_cpustat *kcs, int cpu)
{
	u64 us = cpu_online(cpu) ? get_cpu_idle_time_us(cpu, NULL) : -1ULL;

	return us == -1ULL ? kcs->cpustat[CPUTIME_IDLE] : us * NSEC_PER_USEC;
}

static u64 iowait_ns(const struct kernel_cpustat *kcs, int cpu)
{
	u64 us = cpu_online(cpu) ? get_cpu_iowait_time_us(cpu, NULL) : -1ULL;

	return us == -1ULL ? kcs->cpustat[CPUTIME_IOWAIT] : us * NSEC_PER_USEC;
}

/* The times of one CPU have the same order in the machine's attributes. */
#define CPU_TIMES (SYSMON_A_CPU_STEAL_NS - SYSMON_A_CPU_USER_NS + 1)

static_assert(SYSMON_A_SYSTEM_CPU_STEAL_NS - SYSMON_A_SYSTEM_CPU_USER_NS ==
	      SYSMON_A_CPU_STEAL_NS - SYSMON_A_CPU_USER_NS);

/**
 * sysmon_machine_cpu() - read a CPU's times
 * @cpu: possible
 * @f: gets them by the attributes of a CPU
 *
 * Context: any.
 */
void sysmon_machine_cpu(int cpu, struct sysmon_figures *f)
{
	struct kernel_cpustat kcs;
	int i;

	kcpustat_cpu_fetch(&kcs, cpu);
	for (i = 0; i < ARRAY_SIZE(cpu_figures); i++)
		sysmon_set(f, cpu_figures[i].attr,
			   kcs.cpustat[cpu_figures[i].stat]);
	sysmon_set(f, SYSMON_A_CPU_IDLE_NS, idle_ns(&kcs, cpu));
	sysmon_set(f, SYSMON_A_CPU_IOWAIT_NS, iowait_ns(&kcs, cpu));
}

static void machine_cpus(struct sysmon_figures *sys)
{
	struct sysmon_figures f = {};
	u64 sum[CPU_TIMES] = {};
	int cpu, i;

	for_each_possible_cpu(cpu) {
		sysmon_machine_cpu(cpu, &f);
		for (i = 0; i < CPU_TIMES; i++)
			sum[i] += f.value[SYSMON_A_CPU_USER_NS + i];
	}
	for (i = 0; i < CPU_TIMES; i++)
		sysmon_set(sys, SYSMON_A_SYSTEM_CPU_USER_NS + i, sum[i]);
	sysmon_set(sys, SYSMON_A_SYSTEM_CPUS, num_online_cpus());
}

static u64 bytes_of(unsigned long pages)
{
	return (u64)pages << PAGE_SHIFT;
}

/* As fs/proc/meminfo.c. */
static void machine_mem(struct sysmon_figures *sys)
{
	struct sysinfo si;
	long cached;

	si_meminfo(&si);
	cached = global_node_page_state(NR_FILE_PAGES) - (long)si.bufferram;
#ifdef CONFIG_SWAP
	cached -= global_node_page_state(NR_SWAPCACHE);
#endif
	sysmon_set(sys, SYSMON_A_SYSTEM_MEM_TOTAL_BYTES, bytes_of(si.totalram));
	sysmon_set(sys, SYSMON_A_SYSTEM_MEM_FREE_BYTES, bytes_of(si.freeram));
	sysmon_set(sys, SYSMON_A_SYSTEM_MEM_AVAILABLE_BYTES,
		   bytes_of(max(si_mem_available(), 0L)));
	sysmon_set(sys, SYSMON_A_SYSTEM_MEM_CACHED_BYTES,
		   bytes_of(max(cached, 0L)));
	sysmon_set(sys, SYSMON_A_SYSTEM_MEM_BUFFERS_BYTES,
		   bytes_of(si.bufferram));
}

static const struct {
	unsigned int attr;
	enum node_stat_item item;
} page_figures[] = {
	{ SYSMON_A_SYSTEM_MEM_ANON_BYTES, NR_ANON_MAPPED },
	{ SYSMON_A_SYSTEM_MEM_SHMEM_BYTES, NR_SHMEM },
	{ SYSMON_A_SYSTEM_MEM_DIRTY_BYTES, NR_FILE_DIRTY },
	{ SYSMON_A_SYSTEM_MEM_WRITEBACK_BYTES, NR_WRITEBACK },
	{ SYSMON_A_SYSTEM_MEM_SLAB_RECLAIMABLE_BYTES, NR_SLAB_RECLAIMABLE_B },
	{ SYSMON_A_SYSTEM_MEM_SLAB_UNRECLAIMABLE_BYTES,
	  NR_SLAB_UNRECLAIMABLE_B },
	{ SYSMON_A_SYSTEM_MEM_PAGE_TABLES_BYTES, NR_PAGETABLE },
};

/* As fs/proc/meminfo.c. */
static void machine_pages(struct sysmon_figures *sys)
{
	unsigned long active, inactive, pages;
	int i;

	for (i = 0; i < ARRAY_SIZE(page_figures); i++) {
		pages = global_node_page_state_pages(page_figures[i].item);
		sysmon_set(sys, page_figures[i].attr, bytes_of(pages));
	}
	active = global_node_page_state(NR_ACTIVE_ANON) +
		 global_node_page_state(NR_ACTIVE_FILE);
	inactive = global_node_page_state(NR_INACTIVE_ANON) +
		   global_node_page_state(NR_INACTIVE_FILE);
	sysmon_set(sys, SYSMON_A_SYSTEM_MEM_ACTIVE_BYTES, bytes_of(active));
	sysmon_set(sys, SYSMON_A_SYSTEM_MEM_INACTIVE_BYTES, bytes_of(inactive));
}

static int meminfo_kb(const char *text, const char *key, u64 *kb)
{
	const char *line = strstr(text, key);

	if (!line)
		return -ENOENT;
	line = skip_spaces(line + strlen(key));
	return sysmon_parse_u64(line, kb) == line ? -EINVAL : 0;
}

/* si_swapinfo() is not exported: read what it gives to /proc/meminfo. */
static void machine_swap_total(struct sysmon_figures *sys)
{
	static char buf[2048]; /* guarded by sysmon_lock */
	u64 kb;

	swap_read_tick = sysmon_tick.number;
	if (sysmon_procfile_read("meminfo", buf, sizeof(buf)) < 0 ||
	    meminfo_kb(buf, "SwapTotal:", &kb)) {
		sysmon_stats.file_errors++;
		sysmon_clear(sys, SYSMON_A_SYSTEM_SWAP_TOTAL_BYTES);
		return;
	}
	sysmon_set(sys, SYSMON_A_SYSTEM_SWAP_TOTAL_BYTES, kb * 1024);
}

static void machine_swap(struct sysmon_figures *sys)
{
	if (sysmon_tick.number >= swap_read_tick + SWAP_TOTAL_TICKS ||
	    !sysmon_has(sys, SYSMON_A_SYSTEM_SWAP_TOTAL_BYTES))
		machine_swap_total(sys);
	sysmon_set(sys, SYSMON_A_SYSTEM_SWAP_FREE_BYTES,
		   bytes_of(max(get_nr_swap_pages(), 0L)));
}

/* The root cgroup's pressure files are the machine's. */
static struct {
	const char *name;
	unsigned int some;
	unsigned int full;
	struct sysmon_file file;
} pressures[] = {
	/* guarded by sysmon_lock */
	/* That all tasks wait for a CPU is not defined for the machine. */
	{ "cpu.pressure", SYSMON_A_SYSTEM_PSI_CPU_SOME_NS, 0 },
	{ "memory.pressure", SYSMON_A_SYSTEM_PSI_MEM_SOME_NS,
	  SYSMON_A_SYSTEM_PSI_MEM_FULL_NS },
	{ "io.pressure", SYSMON_A_SYSTEM_PSI_IO_SOME_NS,
	  SYSMON_A_SYSTEM_PSI_IO_FULL_NS },
};

/* "some avg10=0.00 avg60=0.00 avg300=0.00 total=12345", in us. */
static void set_total(struct sysmon_figures *f, unsigned int attr,
		      const char *text, const char *key)
{
	const char *line = strstr(text, key);
	u64 us;

	line = line ? strstr(line, "total=") : NULL;
	if (!line)
		return;
	line += strlen("total=");
	if (sysmon_parse_u64(line, &us) != line)
		sysmon_set(f, attr, us * NSEC_PER_USEC);
}

/**
 * sysmon_set_pressure() - set the figures that a pressure file tells
 * @f: set
 * @some: attribute of its first line
 * @full: and of its second, or 0
 * @text: as in Documentation/accounting/psi.rst
 */
void sysmon_set_pressure(struct sysmon_figures *f, unsigned int some,
			 unsigned int full, const char *text)
{
	set_total(f, some, text, "some ");
	if (full)
		set_total(f, full, text, "full ");
}

static void machine_pressure(struct sysmon_figures *sys)
{
	char buf[192];
	int i;

	for (i = 0; i < ARRAY_SIZE(pressures); i++) {
		if (sysmon_cgfile_read(&pressures[i].file, &cgrp_dfl_root.cgrp,
				       "/", pressures[i].name, 0, buf,
				       sizeof(buf)) < 0)
			continue;
		sysmon_set_pressure(sys, pressures[i].some, pressures[i].full,
				    buf);
	}
}

/* The files stay open from tick to tick. */
void sysmon_machine_exit(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(pressures); i++)
		sysmon_cgfile_close(&pressures[i].file);
}

static u64 load_milli(unsigned long load)
{
	return ((u64)load * 1000 + FIXED_1 / 2) >> FSHIFT;
}

/**
 * sysmon_machine() - read the machine's figures
 * @sys: brought up to date
 *
 * Context: process, under sysmon_lock.
 */
void sysmon_machine(struct sysmon_figures *sys)
{
	lockdep_assert_held(&sysmon_lock);
	machine_cpus(sys);
	machine_mem(sys);
	machine_pages(sys);
	machine_swap(sys);
	machine_pressure(sys);
	sysmon_set(sys, SYSMON_A_SYSTEM_LOAD1_MILLI, load_milli(avenrun[0]));
	sysmon_set(sys, SYSMON_A_SYSTEM_LOAD5_MILLI, load_milli(avenrun[1]));
	sysmon_set(sys, SYSMON_A_SYSTEM_LOAD15_MILLI, load_milli(avenrun[2]));
}

/**
 * sysmon_machine_busy() - sum up the CPU times
 * @sys: from sysmon_machine()
 * @total: gets the time of all CPUs, in ns
 *
 * Return: the part of it that was neither idle nor waiting for io.
 */
u64 sysmon_machine_busy(const struct sysmon_figures *sys, u64 *total)
{
	unsigned int attr;

	*total = 0;
	for (attr = SYSMON_A_SYSTEM_CPU_USER_NS;
	     attr <= SYSMON_A_SYSTEM_CPU_STEAL_NS; attr++)
		*total += sys->value[attr];
	return *total - sys->value[SYSMON_A_SYSTEM_CPU_IDLE_NS] -
	       sys->value[SYSMON_A_SYSTEM_CPU_IOWAIT_NS];
}
