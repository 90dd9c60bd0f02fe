// SPDX-License-Identifier: GPL-2.0
/*
 * Answers made on worker threads: documents of the database, and the metrics.
 * Uses uv_*.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "http_metrics.h"
#include "uv_http_int.h"

#define DEVICES_MAX 64

/* One answer that is being made; the exchange is suspended meanwhile. */
struct job {
	uv_work_t work;
	struct exchange *x;
	int reader;
	struct http_facts *facts; /* for the metrics; else NULL */
};

int work_take_reader(struct uv_http *http)
{
	int i;

	for (i = 0; i < HTTP_WORKERS; i++) {
		if (http->reader_busy[i])
			continue;
		http->reader_busy[i] = true;
		http->working++;
		return i;
	}
	return -1;
}

void work_leave_reader(struct uv_http *http, int reader)
{
	http->reader_busy[reader] = false;
	http->working--;
}

/* Names of block devices, looked up once for an answer. */
struct devices {
	size_t count;
	struct {
		uint32_t major, minor;
		char name[64];
	} device[DEVICES_MAX];
	char number[32]; /* of one more than that */
};

/* "/dev/sda", or "8:0" for one that /sys does not know. */
static void find_name(uint32_t major, uint32_t minor, char *name, size_t size)
{
	char path[64], target[256];
	const char *slash;
	ssize_t len;

	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u", major, minor);
	len = readlink(path, target, sizeof(target) - 1);
	if (len < 0)
		len = 0;
	target[len] = 0;
	slash = strrchr(target, '/');
	if (slash && slash[1])
		snprintf(name, size, "/dev/%.48s", slash + 1);
	else
		snprintf(name, size, "%u:%u", major, minor);
}

static const char *device_name(void *arg, uint32_t major, uint32_t minor)
{
	struct devices *d = arg;
	size_t i;

	for (i = 0; i < d->count; i++)
		if (d->device[i].major == major && d->device[i].minor == minor)
			return d->device[i].name;
	if (i == DEVICES_MAX) {
		snprintf(d->number, sizeof(d->number), "%u:%u", major, minor);
		return d->number;
	}
	d->count++;
	d->device[i].major = major;
	d->device[i].minor = minor;
	find_name(major, minor, d->device[i].name, sizeof(d->device[i].name));
	return d->device[i].name;
}

static bool make_metrics(struct exchange *x, const struct http_facts *facts)
{
	struct devices devices = { .count = 0 };
	struct http_writer w;

	if (http_writer_open(&w))
		return http_refuse(&x->refusal, 503, NULL, "out of memory");
	http_metrics_write(w.to, facts, device_name, &devices);
	if (!http_writer_close(&w, &x->answer, 200,
			       http_resources[HTTP_METRICS].type))
		return true;
	return http_refuse(&x->refusal, 503, NULL, "out of memory");
}

/* On a worker thread: the loop leaves alone what it uses meanwhile. */
static void do_work(uv_work_t *work)
{
	struct job *job = work->data;
	struct exchange *x = job->x;

	if (job->facts)
		make_metrics(x, job->facts);
	else
		http_document(&x->http->reader[job->reader], &x->request,
			      &x->answer, &x->refusal);
}

static void on_done(uv_work_t *work, int status)
{
	struct job *job = work->data;
	struct uv_http *http = job->x->http;

	(void)status;
	work_leave_reader(http, job->reader);
	exchange_resume(job->x);
	http_facts_free(job->facts);
	free(job);
	if (!http->closing) {
		work_next(http);
		http_turn(http);
	} else if (!http->working) {
		http_close_rest(http);
	}
}

/* Begins the work for one. False: it can't be. */
static bool start(struct exchange *x, int reader)
{
	struct uv_http *http = x->http;
	bool metrics = x->request.resource == HTTP_METRICS;
	struct job *job = calloc(1, sizeof(*job));

	if (!job)
		return false;
	job->work.data = job;
	job->x = x;
	job->reader = reader;
	if (metrics)
		job->facts = http->callbacks->on_facts(http->data, true);
	if (metrics && job->facts)
		uv_http_counts(http, &job->facts->counts);
	if ((!metrics || job->facts) &&
	    !uv_queue_work(http->loop, &job->work, do_work, on_done))
		return true;
	http_facts_free(job->facts);
	free(job);
	return false;
}

void work_next(struct uv_http *http)
{
	struct exchange *x;
	int reader;

	while ((x = STAILQ_FIRST(&http->waiting)) != NULL) {
		reader = work_take_reader(http);
		if (reader < 0)
			return;
		STAILQ_REMOVE_HEAD(&http->waiting, entry);
		http->waiting_count--;
		if (start(x, reader))
			continue;
		work_leave_reader(http, reader);
		http_refuse(&x->refusal, 503, NULL, "out of memory");
		exchange_resume(x);
	}
}

/* In the loop's next turn, when the exchange is suspended. */
static void on_begin(uv_timer_t *timer)
{
	struct uv_http *http = timer->data;

	work_next(http);
	http_turn(http);
}

bool work_add(struct exchange *x)
{
	struct uv_http *http = x->http;

	if (http->waiting_count >= HTTP_WAITING_MAX ||
	    http->counts.answer_bytes > HTTP_ANSWERS_BYTES) {
		http->counts.busy++;
		return http_refuse(&x->refusal, 503, "try again later",
				   "too many requests at once");
	}
	STAILQ_INSERT_TAIL(&http->waiting, x, entry);
	http->waiting_count++;
	uv_timer_start(&http->work_timer, on_begin, 0, 0);
	return true;
}
