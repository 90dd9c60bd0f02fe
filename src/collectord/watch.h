/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whether the daemon does its work, and how long it was held up. Pure: what is
 * seen of the parts goes in with the time, a verdict comes out; knows neither
 * clocks nor systemd.
 */
#ifndef SYSMON_WATCH_H
#define SYSMON_WATCH_H

#include <stdbool.h>
#include <stdint.h>

/* A part that has work, and gets nowhere with it for so long, is stuck. */
#define WATCH_LIMIT_NS INT64_C(20000000000)

/*
 * The most that counts between two looks: when more has passed, the whole
 * daemon was held up (stopped, or starved), and not just a part of it.
 */
#define WATCH_STEP_NS INT64_C(10000000000)

struct watch_view {
	int64_t now_ns; /* of a clock that only runs forward */
	bool store_due; /* a commit is under way, or should be */
	/* Commits that have ended, also by an error that says why. */
	uint64_t store_turns;
	int64_t store_cpu_ns; /* of the processor, that its thread has had */
	bool store_in_disk;   /* it sleeps until a disk has answered */
	uint64_t reads;	      /* messages read of the module */
	uint64_t unread;      /* bytes of it that wait in the socket */
};

enum watch_verdict {
	WATCH_WELL,
	WATCH_DISK_HANGS, /* no fault of ours, nor mended by a new start */
	WATCH_STORE_STUCK,
	WATCH_KERNEL_UNREAD,
};

/* All zero before the first look. */
struct watch {
	struct watch_view last;
	int64_t store_ns; /* without progress, though there is work */
	int64_t kernel_ns;
};

enum watch_verdict watch_look(struct watch *w, const struct watch_view *view);

/* Whether a new start may mend it. */
bool watch_is_fault(enum watch_verdict verdict);

/* A sentence for the log. */
const char *watch_text(enum watch_verdict verdict);

#define TURNS_BUCKETS	6
#define TURNS_BUCKET_NS INT64_C(10000000000)

/* How long turns of a loop took. All zero before the first. */
struct turns {
	int64_t max_ns; /* of all */
	int64_t bucket[TURNS_BUCKETS];
	int64_t at; /* number of the newest bucket */
};

/* A turn that took @ns has ended. */
void turns_note(struct turns *t, int64_t now_ns, int64_t ns);

/* The longest of the last minute (to ten seconds). */
int64_t turns_minute(struct turns *t, int64_t now_ns);

#endif
