// SPDX-License-Identifier: GPL-2.0
/* A made-up host, second by second; knows neither the database nor a clock. */
#include "history.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEC  INT64_C(1000000000)
#define MIB  1048576.0
#define CPUS 4

enum how {
	RUNS,
	BY_ITSELF,
	OOM,
	POLICY,
	SIGNAL,
};

/* A container. Begin and end are shares of the history's length. */
struct life {
	const char *name;
	const char *image;
	const char *command;
	double cpu_pct, cpu_swing, period_s;
	double mem_mib, mem_swing, limit_mib; /* 0: none */
	double net_kbps, io_kbps;
	double quota; /* CPUs; 0: none */
	double begin, end;
	enum how how;
};

static const struct life lives[] = {
	{ "web", "nginx:1.27", "nginx -g daemon off;", 38, 24, 900, 92, 8, 256,
	  820, 12, 0, 0, 1, RUNS },
	{ "api", "registry.example/shop/api:4.2", "python -m shop.api", 61, 33,
	  900, 310, 40, 512, 640, 30, 1, 0, 1, RUNS },
	{ "db", "postgres:16", "postgres -c shared_buffers=256MB", 47, 21, 1300,
	  690, 60, 1024, 310, 2600, 0, 0, 1, RUNS },
	{ "cache", "valkey:8", "valkey-server --maxmemory 128mb", 6, 3, 400,
	  141, 4, 192, 420, 0, 0, 0, 1, RUNS },
	{ "worker-mail", "registry.example/shop/worker:4.2",
	  "python -m shop.worker --queue=mail", 14, 12, 240, 118, 20, 256, 35,
	  4, 0.5, 0, 1, RUNS },
	{ "worker-images", "registry.example/shop/worker:4.2",
	  "python -m shop.worker --queue=images", 74, 60, 310, 240, 90, 512, 90,
	  900, 1, 0.1, 1, RUNS },
	{ "batch-report", "registry.example/shop/report:1", "report --nightly",
	  96, 3, 60, 180, 30, 0, 1, 3500, 1, 0.3, 0.55, BY_ITSELF },
	{ "leaky", "registry.example/lab/leaky:0", "leaky --forever", 22, 4, 50,
	  60, 55, 128, 2, 1, 0, 0.62, 0.71, OOM },
	{ "stress-cpu-1", "alpine-stress", "stress --cpu 1", 98, 1, 30, 3, 1, 0,
	  0, 0, 0, 0.4, 1, RUNS },
	{ "stress-cpu-2", "alpine-stress", "stress --cpu 1", 97, 2, 30, 3, 1, 0,
	  0, 0, 0, 0.8, 0.83, POLICY },
	{ "stress-vm-1", "alpine-stress", "stress --vm 1 --vm-bytes 64M", 91, 5,
	  45, 64, 2, 0, 0, 0, 0, 0.9, 0.93, POLICY },
	{ "debug-shell", "debian:12", "bash", 1, 1, 20, 9, 1, 0, 1, 1, 0, 0.5,
	  0.88, SIGNAL },
};

#define LIVES (sizeof(lives) / sizeof(*lives))

static struct row *add(struct rows *rows, const struct row *row)
{
	struct row *r = rows_add(rows, row);

	if (r)
		return r;
	fputs("out of memory\n", stderr);
	exit(1);
}

static int64_t id_of(const struct life *life)
{
	return life - lives + 1;
}

static int64_t begin_of(const struct history *h, const struct life *life)
{
	return (int64_t)(life->begin * (double)h->length);
}

/* The second that it is not there any more. */
static int64_t end_of(const struct history *h, const struct life *life)
{
	if (life->how == RUNS)
		return INT64_MAX;
	return (int64_t)(life->end * (double)h->length);
}

static bool lives_at(const struct history *h, const struct life *life,
		     int64_t at)
{
	return at >= begin_of(h, life) && at < end_of(h, life);
}

/* Between -1 and 1: a slow wave with a quick one on it. */
static double wave(const struct life *life, int64_t at, double phase)
{
	double t = (double)at / life->period_s * 2 * M_PI + phase +
		   (double)id_of(life);

	return 0.8 * sin(t) + 0.2 * sin(7.3 * t);
}

static double cpu_pct(const struct life *life, int64_t at)
{
	double pct = life->cpu_pct + life->cpu_swing * wave(life, at, 0);

	if (life->quota > 0 && pct > 100 * life->quota)
		pct = 100 * life->quota;
	return pct > 0 ? pct : 0;
}

/* One that is going to be killed for its memory grows all the time. */
static double mem_bytes(const struct history *h, const struct life *life,
			int64_t at)
{
	double share = wave(life, at, 1);

	if (life->how == OOM)
		share = 2.0 * (double)(at - begin_of(h, life)) /
				(double)(end_of(h, life) - begin_of(h, life)) -
			0.9;
	return (life->mem_mib + life->mem_swing * share) * MIB;
}

static void set(struct sample_row *s, enum container_metric m, double value)
{
	s->have |= UINT64_C(1) << m;
	s->v[m] = value > 0 ? (uint64_t)value : 0;
}

static void fill_cpu(struct sample_row *s, const struct life *life, int64_t at)
{
	double us = cpu_pct(life, at) * 1e4;
	double wanted = life->cpu_pct + life->cpu_swing * wave(life, at, 0);
	double held = wanted - 100 * life->quota;

	set(s, CM_CPU_USAGE, us);
	set(s, CM_CPU_USER, us * 0.8);
	set(s, CM_CPU_SYSTEM, us * 0.2);
	set(s, CM_PSI_CPU_SOME, us * 0.04);
	if (life->quota <= 0)
		return;
	set(s, CM_CPU_QUOTA, life->quota * 1e5);
	set(s, CM_CPU_PERIOD, 1e5);
	set(s, CM_CPU_PERIODS, 10);
	set(s, CM_CPU_THROTTLED_PERIODS, held > 0 ? 6 : 0);
	set(s, CM_CPU_THROTTLED, held > 0 ? held * 3e3 : 0);
}

static void fill_memory(struct sample_row *s, const struct history *h,
			const struct life *life, int64_t at)
{
	double bytes = mem_bytes(h, life, at);

	set(s, CM_MEM_CURRENT, bytes);
	set(s, CM_MEM_PEAK, (life->mem_mib + life->mem_swing) * MIB);
	set(s, CM_MEM_WORKING_SET, bytes * 0.9);
	set(s, CM_MEM_ANON, bytes * 0.7);
	set(s, CM_MEM_FILE, bytes * 0.3);
	set(s, CM_MEM_SWAP, 0);
	if (life->limit_mib > 0)
		set(s, CM_MEM_LIMIT, life->limit_mib * MIB);
	set(s, CM_OOM_KILLS,
	    life->how == OOM && at + 1 == end_of(h, life) ? 1 : 0);
	set(s, CM_PSI_MEM_SOME, life->how == OOM ? 9000 : 0);
	set(s, CM_PSI_MEM_FULL, 0);
}

static void fill_rest(struct sample_row *s, const struct life *life, int64_t at)
{
	double busy = 1 + 0.7 * wave(life, at, 2);

	set(s, CM_IO_READ_BYTES, life->io_kbps * 400 * busy);
	set(s, CM_IO_WRITE_BYTES, life->io_kbps * 600 * busy);
	set(s, CM_IO_READ_OPS, life->io_kbps / 40 * busy);
	set(s, CM_IO_WRITE_OPS, life->io_kbps / 20 * busy);
	set(s, CM_PSI_IO_SOME, life->io_kbps * 12 * busy);
	set(s, CM_PSI_IO_FULL, life->io_kbps * 5 * busy);
	set(s, CM_NET_RX_BYTES, life->net_kbps * 300 * busy);
	set(s, CM_NET_TX_BYTES, life->net_kbps * 700 * busy);
	set(s, CM_NET_RX_PACKETS, life->net_kbps * busy);
	set(s, CM_NET_TX_PACKETS, life->net_kbps * busy);
	set(s, CM_NET_RX_DROPS, 0);
	set(s, CM_NET_TX_DROPS, 0);
	set(s, CM_NET_RX_ERRORS, 0);
	set(s, CM_NET_TX_ERRORS, 0);
	set(s, CM_PIDS, 2 + floor(life->cpu_pct / 8 + wave(life, at, 3)));
	set(s, CM_PIDS_LIMIT, 512);
}

static void fill_sample(struct sample_row *s, const struct history *h,
			const struct life *life, int64_t at)
{
	*s = (struct sample_row){ .container = id_of(life) };
	fill_cpu(s, life, at);
	fill_memory(s, h, life, at);
	fill_rest(s, life, at);
}

static void put(struct tick_row *t, enum system_metric m, double value)
{
	t->have |= UINT64_C(1) << m;
	t->v[m] = value > 0 ? (uint64_t)value : 0;
}

/* The machine uses what its containers do, and a little more. */
static void fill_machine(struct tick_row *t, const struct history *h,
			 int64_t at)
{
	double cpu = 9, mem = 700 * MIB, total = 8192 * MIB, io = 0;
	size_t i;

	for (i = 0; i < LIVES; i++) {
		if (!lives_at(h, &lives[i], at))
			continue;
		cpu += cpu_pct(&lives[i], at);
		mem += mem_bytes(h, &lives[i], at);
		io += lives[i].io_kbps;
	}
	if (cpu > 97 * CPUS)
		cpu = 97 * CPUS;
	put(t, SM_CPUS, CPUS);
	put(t, SM_CPU_USER, cpu * 7800);
	put(t, SM_CPU_NICE, 0);
	put(t, SM_CPU_SYSTEM, cpu * 2000);
	put(t, SM_CPU_IOWAIT, io * 2);
	put(t, SM_CPU_IRQ, cpu * 100);
	put(t, SM_CPU_SOFTIRQ, cpu * 90);
	put(t, SM_CPU_STEAL, cpu * 10);
	put(t, SM_CPU_IDLE, CPUS * 1e6 - cpu * 1e4);
	put(t, SM_MEM_TOTAL, total);
	put(t, SM_MEM_AVAILABLE, total - mem);
	put(t, SM_MEM_FREE, (total - mem) * 0.4);
	put(t, SM_MEM_CACHED, (total - mem) * 0.5);
	put(t, SM_MEM_BUFFERS, 96 * MIB);
	put(t, SM_MEM_ANON, mem * 0.7);
	put(t, SM_MEM_SHMEM, 40 * MIB);
	put(t, SM_MEM_DIRTY, io * 900);
	put(t, SM_MEM_WRITEBACK, io * 10);
	put(t, SM_MEM_SLAB_RECLAIMABLE, 160 * MIB);
	put(t, SM_MEM_SLAB_UNRECLAIMABLE, 80 * MIB);
	put(t, SM_MEM_PAGE_TABLES, 21 * MIB);
	put(t, SM_SWAP_TOTAL, 2048 * MIB);
	put(t, SM_SWAP_FREE, 1990 * MIB);
	put(t, SM_LOAD1, cpu * 11);
	put(t, SM_LOAD5, cpu * 10);
	put(t, SM_LOAD15, cpu * 9);
	put(t, SM_PSI_CPU_SOME, cpu * 300);
	put(t, SM_PSI_MEM_SOME, 900);
	put(t, SM_PSI_MEM_FULL, 200);
	put(t, SM_PSI_IO_SOME, io * 9);
	put(t, SM_PSI_IO_FULL, io * 4);
}

static void add_tick(struct history *h, int64_t at, struct rows *rows)
{
	struct row row = { .type = ROW_TICK };
	struct tick_row *t = &row.tick;
	size_t i, n = 0;

	for (i = 0; i < LIVES; i++)
		n += lives_at(h, &lives[i], at);
	*t = (struct tick_row){
		.id = ++h->ticks,
		.session = 1,
		.number = (uint64_t)at + 1,
		.ts_ns = h->begin_ns + at * SEC,
		.boottime_ns = (at + 100) * SEC,
		.span_us = at ? 1000000 : -1,
		.interval_us = 1000000,
		.walk_us = 60 + at % 17,
		.samples = n,
	};
	fill_machine(t, h, at);
	t = &add(rows, &row)->tick;
	for (i = 0, n = 0; i < LIVES; i++)
		if (lives_at(h, &lives[i], at))
			fill_sample(&t->sample[n++], h, &lives[i], at);
}

static struct event_row *add_event(struct history *h, const struct life *life,
				   const char *type, int64_t at,
				   struct rows *rows)
{
	struct row row = { .type = ROW_EVENT };

	row.event = (struct event_row){
		.session = 1,
		.seq = ++h->event,
		.ts_ns = h->begin_ns + at * SEC,
		.boottime_ns = (at + 100) * SEC,
		.type = type,
		.container = id_of(life),
		.exec_delay_us = -1,
		.exit_code = -1,
		.count = -1,
		.limit = -1,
	};
	return &add(rows, &row)->event;
}

static void add_container(const struct history *h, const struct life *life,
			  int64_t now, struct rows *rows)
{
	struct row row = { .type = ROW_CONTAINER };
	int64_t begin = h->begin_ns + begin_of(h, life) * SEC;
	char key[65], path[128];

	snprintf(key, sizeof(key), "%02x%062x", 0xa0 + (int)id_of(life), 7);
	snprintf(path, sizeof(path), "/system.slice/docker-%s.scope", key);
	row.container = (struct container_row){
		.id = id_of(life),
		.boot = 1,
		.cgroup_id = 1000 + (uint64_t)id_of(life),
		.key = key,
		.path = path,
		.runtime = "docker",
		.name = life->name,
		.image = life->image,
		.command = life->command,
		.labels = "{}",
		.first_seen_ns = begin,
		.started_ns = begin,
		.stopped_ns = now >= end_of(h, life)
				      ? h->begin_ns + end_of(h, life) * SEC
				      : 0,
	};
	add(rows, &row);
}

/* What the rule did to a container that it stopped; returns its id. */
static int64_t add_action(struct history *h, const struct life *life,
			  int64_t at, struct rows *rows)
{
	struct row row = { .type = ROW_ACTION };
	int64_t ns = h->begin_ns + at * SEC;

	row.action = (struct action_row){
		.id = ++h->actions,
		.rule = "duplicate-stress",
		.container = id_of(life),
		.group = "--cpu",
		.verb = "stop",
		.decided_ns = ns - 2 * SEC,
		.requested_ns = ns - 2 * SEC,
		.answered_ns = ns,
		.confirmed_ns = ns,
		.http_status = 204,
		.attempt = 1,
		.state = "confirmed",
	};
	add(rows, &row);
	return h->actions;
}

static void set_killer(struct stop_row *s, const char *comm, const char *parent)
{
	s->have_killer = true;
	s->killer_signal = s->signal;
	s->killer_ns = s->stopped_ns;
	s->killer = (struct process_row){
		.pid = 4711,
		.argv_bytes = -1,
		.rss_bytes = -1,
		.comm = { comm, strlen(comm) },
		.parent_comm = { parent, strlen(parent) },
	};
}

static const char *const reasons[] = { NULL, "exit", "oom", "policy",
				       "signal" };

static void add_stop(struct history *h, const struct life *life, int64_t at,
		     struct rows *rows)
{
	struct row row = { .type = ROW_STOP };
	struct stop_row *s = &row.stop;

	*s = (struct stop_row){
		.id = ++h->stops,
		.container = id_of(life),
		.session = 1,
		.seq = h->event,
		.stopped_ns = h->begin_ns + at * SEC,
		.reason = reasons[life->how],
		.have_exit_code = true,
		.exit_code = life->how == BY_ITSELF ? 0 : 137,
		.signal = life->how == BY_ITSELF ? 0 : 9,
		.final_cpu_us = (int64_t)(life->cpu_pct * 1e4) *
				(at - begin_of(h, life)),
		.final_mem_peak_bytes =
			(int64_t)((life->mem_mib + life->mem_swing) * MIB),
		.final_net_rx_bytes = 123456,
		.final_net_tx_bytes = 654321,
		.oom_limit_bytes = -1,
	};
	if (life->how == POLICY) {
		s->action = add_action(h, life, at, rows);
		set_killer(s, "runc", "containerd-shim");
	}
	if (life->how == SIGNAL)
		set_killer(s, "kill", "bash");
	if (life->how == OOM) {
		s->have_oom = true;
		s->oom = (struct process_row){ .pid = 812,
					       .uid = -1,
					       .rss_bytes = 120 << 20,
					       .comm = { "leaky", 5 } };
		s->oom_limit_bytes = (int64_t)(life->limit_mib * MIB);
	}
	add(rows, &row);
}

static void end_life(struct history *h, const struct life *life, int64_t at,
		     struct rows *rows)
{
	struct event_row *e;

	if (life->how == OOM)
		add_event(h, life, "oom", at, rows);
	e = add_event(h, life, "stop", at, rows);
	e->exit_code = life->how == BY_ITSELF ? 0 : 137;
	e->exit_signal = life->how == BY_ITSELF ? 0 : 9;
	add_container(h, life, at, rows);
	add_stop(h, life, at, rows);
}

/* In the midst of the history half a minute is missing. */
static bool is_missing(const struct history *h, int64_t at)
{
	return at > h->length / 2 && at <= h->length / 2 + 30;
}

static void add_gap(const struct history *h, int64_t at, struct rows *rows)
{
	struct row row = { .type = ROW_GAP };

	row.gap = (struct gap_row){ .session = 1,
				    .kind = GAP_TICK,
				    .first = (uint64_t)at + 1,
				    .count = 30,
				    .from_ns = h->begin_ns + (at - 1) * SEC,
				    .to_ns = h->begin_ns + (at + 30) * SEC,
				    .reason = "daemon-stopped" };
	add(rows, &row);
}

static void add_alarm(const struct history *h, int64_t at, struct rows *rows)
{
	struct row row = { .type = ROW_ALARM };

	row.alarm = (struct alarm_row){ .id = 1,
					.ts_ns = h->begin_ns + at * SEC,
					.rule = "duplicate-stress",
					.container = 1,
					.reason = "unconfirmed",
					.detail = "the kernel did not see it" };
	add(rows, &row);
}

void history_open(struct history *h, struct rows *rows)
{
	struct row boot = { .type = ROW_BOOT },
		   session = { .type = ROW_SESSION };

	boot.boot =
		(struct boot_row){ 1, "00000000-0000-4000-8000-000000000000" };
	session.session = (struct session_row){ 1, 1, 100 * SEC, h->begin_ns };
	add(rows, &boot);
	add(rows, &session);
}

void history_second(struct history *h, int64_t at, struct rows *rows)
{
	size_t i;

	for (i = 0; i < LIVES; i++) {
		if (at == begin_of(h, &lives[i])) {
			add_container(h, &lives[i], at, rows);
			add_event(h, &lives[i], "start", at, rows);
		}
		if (at == end_of(h, &lives[i]))
			end_life(h, &lives[i], at, rows);
	}
	if (!is_missing(h, at))
		add_tick(h, at, rows);
	else if (!is_missing(h, at - 1))
		add_gap(h, at, rows);
	if (at == h->length * 3 / 4)
		add_alarm(h, at, rows);
}
