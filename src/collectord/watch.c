// SPDX-License-Identifier: GPL-2.0
/* The judgement of watch.h. */
#include "watch.h"

/* The time without progress, with what has passed since the last look. */
static int64_t add(int64_t ns, int64_t step, bool stuck)
{
	if (!stuck)
		return 0;
	return ns + (step < WATCH_STEP_NS ? step : WATCH_STEP_NS);
}

/* A commit that takes long is none that is stuck, as long as it works. */
static bool store_stands(const struct watch_view *view,
			 const struct watch_view *last)
{
	return view->store_due && last->store_due &&
	       view->store_turns == last->store_turns &&
	       view->store_cpu_ns == last->store_cpu_ns;
}

enum watch_verdict watch_look(struct watch *w, const struct watch_view *view)
{
	const struct watch_view *last = &w->last;
	int64_t step = last->now_ns ? view->now_ns - last->now_ns : 0;

	w->store_ns = add(w->store_ns, step, store_stands(view, last));
	w->kernel_ns =
		add(w->kernel_ns, step,
		    view->unread && last->unread && view->reads == last->reads);
	w->last = *view;
	if (w->store_ns > WATCH_LIMIT_NS && !view->store_in_disk)
		return WATCH_STORE_STUCK;
	if (w->kernel_ns > WATCH_LIMIT_NS)
		return WATCH_KERNEL_UNREAD;
	return w->store_ns > WATCH_LIMIT_NS ? WATCH_DISK_HANGS : WATCH_WELL;
}

bool watch_is_fault(enum watch_verdict verdict)
{
	return verdict == WATCH_STORE_STUCK || verdict == WATCH_KERNEL_UNREAD;
}

const char *watch_text(enum watch_verdict verdict)
{
	switch (verdict) {
	case WATCH_WELL:
		return "all parts make progress";
	case WATCH_DISK_HANGS:
		return "the disk does not answer a commit; rows wait in memory";
	case WATCH_STORE_STUCK:
		return "a commit does not end, and the disk does not say why";
	case WATCH_KERNEL_UNREAD:
		return "the kernel's messages are not read";
	}
	return "unknown";
}

/* Empties the buckets that have begun since the last turn. */
static void advance(struct turns *t, int64_t now_ns)
{
	int64_t at = now_ns / TURNS_BUCKET_NS;

	if (at - t->at > TURNS_BUCKETS)
		t->at = at - TURNS_BUCKETS;
	while (t->at < at)
		t->bucket[++t->at % TURNS_BUCKETS] = 0;
}

void turns_note(struct turns *t, int64_t now_ns, int64_t ns)
{
	int64_t *bucket;

	advance(t, now_ns);
	bucket = &t->bucket[t->at % TURNS_BUCKETS];
	*bucket = ns > *bucket ? ns : *bucket;
	t->max_ns = ns > t->max_ns ? ns : t->max_ns;
}

int64_t turns_minute(struct turns *t, int64_t now_ns)
{
	int64_t max = 0;

	advance(t, now_ns);
	for (int i = 0; i < TURNS_BUCKETS; i++)
		max = t->bucket[i] > max ? t->bucket[i] : max;
	return max;
}
