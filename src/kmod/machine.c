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
	{ SYSMON_A_SYSTEM_CPU_USER_NS, CPUTIME_USER },
	{ SYSMON_A_SYSTEM_CPU_NICE_NS, CPUTIME_NICE },
	{ SYSMON_A_SYSTEM_CPU_SYSTEM_NS, CPUTIME_SYSTEM },
	{ SYSMON_A_SYSTEM_CPU_IRQ_NS, CPUTIME_IRQ },
	{ SYSMON_A_SYSTEM_CPU_SOFTIRQ_NS, CPUTIME_SOFTIRQ },
	{ SYSMON_A_SYSTEM_CPU_STEAL_NS, CPUTIME_STEAL },
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

static void machine_cpu(struct sysmon_figures *sys)
{
	u64 sum[NR_STATS] = {};
	struct kernel_cpustat kcs;
	int cpu, i;

	for_each_possible_cpu(cpu) {
		kcpustat_cpu_fetch(&kcs, cpu);
		for (i = 0; i < ARRAY_SIZE(cpu_figures); i++)
			sum[cpu_figures[i].stat] +=
				kcs.cpustat[cpu_figures[i].stat];
		sum[CPUTIME_IDLE] += idle_ns(&kcs, cpu);
		sum[CPUTIME_IOWAIT] += iowait_ns(&kcs, cpu);
	}
	for (i = 0; i < ARRAY_SIZE(cpu_figures); i++)
		sysmon_set(sys, cpu_figures[i].attr, sum[cpu_figures[i].stat]);
	sysmon_set(sys, SYSMON_A_SYSTEM_CPU_IDLE_NS, sum[CPUTIME_IDLE]);
	sysmon_set(sys, SYSMON_A_SYSTEM_CPU_IOWAIT_NS, sum[CPUTIME_IOWAIT]);
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

static int meminfo_kb(const char *text, const char *key, u64 *kb)
{
	const char *line = strstr(text, key);
	char digits[24];

	if (!line)
		return -ENOENT;
	line = skip_spaces(line + strlen(key));
	strscpy(digits, line, min(sizeof(digits), strcspn(line, "\n ") + 1));
	return kstrtou64(digits, 10, kb);
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
		__clear_bit(SYSMON_A_SYSTEM_SWAP_TOTAL_BYTES, sys->have);
		return;
	}
	sysmon_set(sys, SYSMON_A_SYSTEM_SWAP_TOTAL_BYTES, kb * 1024);
}

static void machine_swap(struct sysmon_figures *sys)
{
	if (sysmon_tick.number >= swap_read_tick + SWAP_TOTAL_TICKS ||
	    !test_bit(SYSMON_A_SYSTEM_SWAP_TOTAL_BYTES, sys->have))
		machine_swap_total(sys);
	sysmon_set(sys, SYSMON_A_SYSTEM_SWAP_FREE_BYTES,
		   bytes_of(max(get_nr_swap_pages(), 0L)));
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
	machine_cpu(sys);
	machine_mem(sys);
	machine_swap(sys);
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
