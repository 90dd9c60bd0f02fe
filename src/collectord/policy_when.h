/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Owns thresholds over time, the `when` of a rule: their text, and the run of
 * samples that fulfil one without a break. Pure: figures and times in, answers
 * out; knows nothing of containers, samples' storage or clocks. What is not
 * known fulfils nothing.
 */
#ifndef SYSMON_POLICY_WHEN_H
#define SYSMON_POLICY_WHEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define POLICY_WHEN_MAX	     4	/* of one rule */
#define POLICY_WHEN_TEXT_MAX 64 /* bytes of its text */

/* What a container used, as of one sample. */
enum policy_figure {
	FIGURE_CPU,	    /* percent of one CPU */
	FIGURE_MEM,	    /* bytes, page cache included */
	FIGURE_MEM_LIMIT,   /* bytes; unknown when there is none */
	FIGURE_WORKING_SET, /* bytes */
	FIGURE_SWAP,	    /* bytes */
	FIGURE_SWAP_LIMIT,  /* bytes; unknown when there is none */
	FIGURE_IO_READ,	    /* bytes per second */
	FIGURE_IO_WRITE,    /* bytes per second */
	FIGURE_PIDS,	    /* processes and threads */
	FIGURE_PIDS_LIMIT,  /* unknown when there is none */
	FIGURE_COUNT
};

/* Bit i of `have` says that v[i] is known. */
struct policy_figures {
	unsigned int have;
	double v[FIGURE_COUNT];
};

static inline bool figure_known(const struct policy_figures *f,
				enum policy_figure i)
{
	return f->have >> i & 1;
}

static inline void figure_set(struct policy_figures *f, enum policy_figure i,
			      double value)
{
	f->v[i] = value;
	f->have |= 1U << i;
}

enum policy_compare {
	COMPARE_ABOVE,	  /* > */
	COMPARE_AT_LEAST, /* >= */
	COMPARE_BELOW,	  /* < */
	COMPARE_AT_MOST,  /* <= */
};

/* "cpu > 80% for 60s". */
struct policy_when {
	unsigned int metric; /* of a table in policy_when.c */
	enum policy_compare compare;
	bool of_limit; /* then value is in percent of the limit */
	double value;  /* else in the figure's unit */
	uint64_t for_ns;
	char text[POLICY_WHEN_TEXT_MAX + 1]; /* as it was written */
};

/* The samples that fulfilled one condition, up to the newest one. */
struct policy_run {
	enum {
		RUN_UNKNOWN, /* no sample, or one without the figure */
		RUN_BROKEN,  /* the newest one does not fulfil it */
		RUN_HOLDS,
	} state;
	uint64_t since_ns; /* boot time; with RUN_HOLDS, as the next */
	uint64_t last_ns;
};

/* One sample of a container. */
struct policy_sample {
	struct policy_figures figures;
	uint64_t boottime_ns;
	/*
	 * Boot time of the sample before, when that was the container's last
	 * and nothing is missing in between; else 0.
	 */
	uint64_t before_ns;
};

/*
 * Reads "METRIC OP VALUE for DURATION". Returns 0, or -EINVAL with what is
 * wrong, and what would be right, in why.
 */
int policy_when_parse(const char *text, struct policy_when *when, char *why,
		      size_t why_len);

/* Adds a sample. Constant time and memory, however long the run. */
void policy_run_add(struct policy_run *run, const struct policy_when *when,
		    const struct policy_sample *sample);

/* Whether it has held for long enough, as of the newest sample. */
bool policy_run_fulfils(const struct policy_run *run,
			const struct policy_when *when);

#endif
