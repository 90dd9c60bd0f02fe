/* SPDX-License-Identifier: GPL-2.0 */
/* Containers as the kernel sees them: cgroups with a runtime's name. */
#ifndef CGROUP_H
#define CGROUP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum {
	CGROUP_NAME = 256
};

/* A name of 64 hex digits, from a word that names the maker and a number. */
void cgroup_name(char *name, uint32_t maker, uint64_t number);

/* Each dies with a message where it fails for a reason that is no error's. */
uint64_t cgroup_make(const char *name);	  /* returns its id */
bool cgroup_try_remove(const char *name); /* false while it is in use */
void cgroup_remove(const char *name);	  /* waits until it is not */

/* Write a file of the cgroup. Return 0 or a negative errno. */
int cgroup_write(const char *name, const char *file, const char *text);

/* The value of a key of cgroup.events, -1 when there is none. */
int cgroup_event(const char *name, const char *key);

/* Wait until the key of cgroup.events has the value. */
void cgroup_await(const char *name, const char *key, int value);

/* Move the calling process in. Return 0 or a negative errno. */
int cgroup_enter(const char *name);

/* fork() into the cgroup: by clone3(), so that the child starts there. */
pid_t cgroup_fork(const char *name);

/* Become the program that sleeps for so long; does not return. */
void run_life(unsigned int ms);

double now(void); /* seconds on the monotonic clock */
uint64_t next_random(uint64_t *state);

#endif
