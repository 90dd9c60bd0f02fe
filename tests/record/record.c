// SPDX-License-Identifier: GPL-2.0
/*
 * Writes the history of a made-up host, up to now, into a new database by way
 * of the daemon's own store; for tests of what reads databases.
 *
 *	record DATABASE SECONDS [ADDRESS UI | EVERY]
 *
 * With an address it goes on, a second a second, and serves the daemon's HTTP
 * there with the page of the folder UI, until it is told to end. With EVERY it
 * prints the metrics as of each so many seconds of the history, below a line "@ "
 * with the unix time. Uses uv_*.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <uv.h>

#include "collectord/store.h"
#include "collectord/uv_http.h"
#include "collectord/http_metrics.h"
#include "figures.h"
#include "history.h"

#define SEC INT64_C(1000000000)

struct record {
	struct history history;
	struct store *store;
	struct rows rows;
	struct figures figures;
	int64_t every; /* print metrics every so many seconds; 0: never */
	int64_t at;    /* second that comes next */
	int64_t started_ns;
	uv_loop_t loop;
	uv_timer_t timer;
	uv_signal_t signal;
	struct uv_http *http;
};

static void die(const char *what)
{
	fprintf(stderr, "record: %s\n", what);
	exit(1);
}

static int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * SEC + ts.tv_nsec;
}

static void fill_status(const struct record *r, struct status *s)
{
	*s = (struct status){
		.pid = 1,
		.version = SYSMON_VERSION,
		.started_ns = r->started_ns,
		.heartbeat_ns = now_ns(),
		.commit_interval_ns = SEC,
		.config_loaded_ns = r->started_ns,
		.ticks_stored = r->history.ticks,
		.events_stored = (int64_t)r->history.event,
		.stops_stored = r->history.stops,
		.gaps = 1,
		.gap_ticks = 30,
		.module_state = "running",
		.module_version = SYSMON_VERSION,
		.module_abi = 1,
		.module_interval_ns = SEC,
		.module_ticks = r->at,
		.module_walk_ns = 61000,
		.policy_requests = r->history.actions,
		.engines = "[]",
	};
	store_sizes(r->store, &s->db_bytes, &s->wal_bytes);
}

static void commit(struct record *r)
{
	struct status status;

	fill_status(r, &status);
	figures_take(&r->figures, &r->rows);
	if (store_commit(r->store, &r->rows, &status) != STORE_OK)
		die(store_error(r->store));
	rows_free(&r->rows);
}

static const char *device_name(void *arg, uint32_t major, uint32_t minor)
{
	(void)arg;
	(void)major;
	(void)minor;
	return "/dev/sda";
}

static struct http_facts *make_facts(struct record *r)
{
	struct http_facts *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	f->now_ns = now_ns();
	fill_status(r, &f->status);
	if (!figures_facts(&r->figures, f))
		return f;
	http_facts_free(f);
	return NULL;
}

static void print_metrics(struct record *r)
{
	struct http_facts *f;

	commit(r);
	f = make_facts(r);
	if (!f)
		die("out of memory");
	printf("@ %lld\n", (long long)(r->history.begin_ns / SEC + r->at));
	http_metrics_write(stdout, f, device_name, NULL);
	http_facts_free(f);
}

/* All seconds up to now. */
static void catch_up(struct record *r)
{
	int64_t end = (now_ns() - r->history.begin_ns) / SEC;

	for (; r->at <= end; r->at++) {
		history_second(&r->history, r->at, &r->rows);
		if (r->every && r->at % r->every == 0)
			print_metrics(r);
		else if (r->at % 60 == 59)
			commit(r);
	}
	commit(r);
}

static struct http_facts *on_facts(void *data, bool all)
{
	(void)all;
	return make_facts(data);
}

static void on_timer(uv_timer_t *timer)
{
	catch_up(timer->data);
}

static void on_http_closed(void *data)
{
	(void)data;
}

static void on_signal(uv_signal_t *signal, int number)
{
	struct record *r = signal->data;

	(void)number;
	uv_close((uv_handle_t *)&r->timer, NULL);
	uv_close((uv_handle_t *)&r->signal, NULL);
	uv_http_close(r->http, on_http_closed, r);
}

static void serve(struct record *r, const char *path, char *address, char *ui)
{
	static const struct uv_http_callbacks callbacks = { on_facts };
	struct http_config config = {
		.enabled = true, .listen = address, .mode = 0600, .ui = ui
	};
	const char *bad;
	char why[256];

	if (http_address_parse(address, &config.address, &bad))
		die(bad);
	uv_loop_init(&r->loop);
	if (uv_http_new(&r->loop, &config, path, &callbacks, r, &r->http, why,
			sizeof(why)) ||
	    uv_http_listen(r->http, why, sizeof(why)))
		die(why);
	uv_http_start(r->http);
	uv_timer_init(&r->loop, &r->timer);
	uv_signal_init(&r->loop, &r->signal);
	r->timer.data = r;
	r->signal.data = r;
	uv_timer_start(&r->timer, on_timer, 1000, 1000);
	uv_signal_start(&r->signal, on_signal, SIGTERM);
	uv_run(&r->loop, UV_RUN_DEFAULT);
	uv_loop_close(&r->loop);
}

int main(int argc, char **argv)
{
	static struct record r;
	struct db_error err;

	if (argc < 3 || argc > 5)
		die("usage: record DATABASE SECONDS [ADDRESS UI | EVERY]");
	if (argc == 4)
		r.every = strtol(argv[3], NULL, 10);
	r.history.length = strtol(argv[2], NULL, 10);
	if (r.history.length < 600)
		die("give it 600 seconds at least");
	r.started_ns = now_ns();
	r.history.begin_ns = (r.started_ns / SEC - r.history.length) * SEC;
	if (store_open(argv[1], &r.store, &err) != DB_OK)
		die(err.text);
	history_open(&r.history, &r.rows);
	catch_up(&r);
	if (argc == 5)
		serve(&r, argv[1], argv[3], argv[4]);
	store_close(r.store);
	return 0;
}
