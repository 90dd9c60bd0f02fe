// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/sysmon: the newest snapshot as one JSON document. For people and
 * scripts; programs use the netlink family.
 *
 * {"tick":N,"time":seconds,"interval":seconds,"cpu_pct":of all CPUs,
 *  "ram_total_mb":N,"ram_free_mb":N,"ram_used_mb":N,
 *  "containers":[{"id":"..","path":"..","cpu_pct":of one CPU,"mem_bytes":N,
 *  "io_read_bytes":N,"io_write_bytes":N,"pids":N},..]}
 *
 * What is unknown is null. CPU is in percent over the time since the sample
 * before, which is an interval ago, or longer when nobody listened.
 */
#include <linux/math64.h>
#include <linux/pid_namespace.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/ktime.h>

#include "sysmon.h"

/* Positions: 0 the machine, then one a container, then the closing bracket. */

/**
 * struct reader - one open file's place in the document
 * @serial: of the next container
 * @written: a container was written, so a comma comes before the next
 * @closed: the closing bracket was written
 */
struct reader {
	u64 serial;
	bool written;
	bool closed;
};

static char at_head, at_end; /* stand for the first and the last position */

static void *find_next(const struct reader *r)
{
	struct sysmon_container *c;

	if (r->closed)
		return NULL;
	list_for_each_entry(c, &sysmon_containers, node)
		if (c->serial >= r->serial)
			return c;
	return &at_end;
}

/* The lock is held since find_next() gave this one. */
static void *following(struct sysmon_container *c)
{
	if (list_is_last(&c->node, &sysmon_containers))
		return &at_end;
	return list_next_entry(c, node);
}

static void *json_start(struct seq_file *m, loff_t *pos)
{
	struct reader *r = m->private;

	if (!*pos) {
		*r = (struct reader){};
		sysmon_sampler_refresh();
	}
	mutex_lock(&sysmon_lock);
	return *pos ? find_next(r) : &at_head;
}

static void *json_next(struct seq_file *m, void *v, loff_t *pos)
{
	struct reader *r = m->private;

	++*pos;
	if (v == &at_end) {
		r->closed = true;
		return NULL;
	}
	if (v == &at_head)
		return find_next(r);
	r->serial = ((struct sysmon_container *)v)->serial + 1;
	r->written = true;
	return following(v);
}

static void json_stop(struct seq_file *m, void *v)
{
	mutex_unlock(&sysmon_lock);
}

/* Any byte that is not plain ASCII is written as \u00XX. */
static void show_string(struct seq_file *m, const char *s, size_t len)
{
	size_t i;

	seq_putc(m, '"');
	for (i = 0; i < len; i++) {
		unsigned char c = s[i];

		if (c < 0x20 || c >= 0x7f || c == '"' || c == '\\')
			seq_printf(m, "\\u%04x", c);
		else
			seq_putc(m, c);
	}
	seq_putc(m, '"');
}

static void show_figure(struct seq_file *m, const char *key,
			const struct sysmon_sample *s, unsigned int attr)
{
	if (sysmon_has(&s->f, attr))
		seq_printf(m, ",\"%s\":%llu", key, s->f.value[attr]);
	else
		seq_printf(m, ",\"%s\":null", key);
}

/* part / whole in percent, with two digits. */
static void show_percent(struct seq_file *m, const char *key, u64 part,
			 u64 whole)
{
	u64 p = mul_u64_u64_div_u64(part, 10000, whole);
	u32 hundredths;

	p = div_u64_rem(p, 100, &hundredths);
	seq_printf(m, ",\"%s\":%llu.%02u", key, p, hundredths);
}

static void show_seconds(struct seq_file *m, const char *key, u64 ns)
{
	u32 rest;
	u64 s = div_u64_rem(ns, NSEC_PER_SEC, &rest);

	seq_printf(m, ",\"%s\":%llu.%03u", key, s, rest / (u32)NSEC_PER_MSEC);
}

static void show_system(struct seq_file *m)
{
	const struct sysmon_tick *t = &sysmon_tick;
	const u64 *f = t->system.value;
	u64 busy, total, total_mb, free_mb;

	seq_printf(m, "{\"tick\":%llu", t->number);
	show_seconds(m, "time", t->realtime_ns);
	show_seconds(m, "interval", t->interval_ns);
	busy = sysmon_machine_busy(&t->system, &total);
	if (t->prev_total_ns && total > t->prev_total_ns &&
	    busy >= t->prev_busy_ns)
		show_percent(m, "cpu_pct", busy - t->prev_busy_ns,
			     total - t->prev_total_ns);
	else
		seq_puts(m, ",\"cpu_pct\":null");
	total_mb = f[SYSMON_A_SYSTEM_MEM_TOTAL_BYTES] >> 20;
	free_mb = f[SYSMON_A_SYSTEM_MEM_FREE_BYTES] >> 20;
	seq_printf(m, ",\"ram_total_mb\":%llu,\"ram_free_mb\":%llu", total_mb,
		   free_mb);
	seq_printf(m, ",\"ram_used_mb\":%llu", total_mb - free_mb);
	seq_puts(m, ",\n \"containers\":[");
}

static void show_container(struct seq_file *m, const struct sysmon_container *c)
{
	const struct sysmon_sample *s = &c->sample;
	u64 usage = s->f.value[SYSMON_A_CONTAINER_CPU_USAGE_NS];

	seq_puts(m, "{\"id\":");
	show_string(m, c->name->path + c->name->id_off, c->name->id_len);
	seq_puts(m, ",\"path\":");
	show_string(m, c->name->path, strlen(c->name->path));
	if (c->prev_boottime_ns && c->sampled_ns > c->prev_boottime_ns &&
	    usage >= c->prev_usage_ns)
		show_percent(m, "cpu_pct", usage - c->prev_usage_ns,
			     c->sampled_ns - c->prev_boottime_ns);
	else
		seq_puts(m, ",\"cpu_pct\":null");
	show_figure(m, "mem_bytes", s, SYSMON_A_CONTAINER_MEM_CURRENT_BYTES);
	show_figure(m, "io_read_bytes", s, SYSMON_A_CONTAINER_IO_READ_BYTES);
	show_figure(m, "io_write_bytes", s, SYSMON_A_CONTAINER_IO_WRITE_BYTES);
	show_figure(m, "pids", s, SYSMON_A_CONTAINER_PIDS);
	seq_putc(m, '}');
}

static int json_show(struct seq_file *m, void *v)
{
	const struct reader *r = m->private;

	if (v == &at_head) {
		show_system(m);
	} else if (v == &at_end) {
		seq_puts(m, "]}\n");
	} else {
		seq_puts(m, r->written ? ",\n  " : "\n  ");
		show_container(m, v);
	}
	return 0;
}

static const struct seq_operations json_ops = {
	.start = json_start,
	.next = json_next,
	.stop = json_stop,
	.show = json_show,
};

/*
 * Every proc mount shows the file: one inside a container would tell of all
 * its neighbours, so only the initial PID namespace may open it.
 */
static int json_open(struct inode *inode, struct file *file)
{
	/*
	 * Reading this file waits for the walk, which reads other seq files: a
	 * class of its own, so that lockdep does not take them for this one.
	 */
	static struct lock_class_key json_key;
	struct seq_file *m;
	int err;

	if (task_active_pid_ns(current) != &init_pid_ns)
		return -EPERM;
	err = seq_open_private(file, &json_ops, sizeof(struct reader));
	if (err)
		return err;
	m = file->private_data;
	lockdep_set_class(&m->lock, &json_key);
	return 0;
}

static const struct proc_ops proc_ops = {
	.proc_open = json_open,
	.proc_read_iter = seq_read_iter,
	.proc_lseek = seq_lseek,
	.proc_release = seq_release_private,
};

int sysmon_procfs_init(void)
{
	return proc_create("sysmon", 0444, NULL, &proc_ops) ? 0 : -ENOMEM;
}

void sysmon_procfs_exit(void)
{
	remove_proc_entry("sysmon", NULL);
}
