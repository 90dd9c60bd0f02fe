/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Fails the n-th allocation of the code under test. The test program is linked
 * with --wrap for these functions (see the Makefile); libraries are not
 * concerned.
 */
#ifndef SYSMON_TEST_WRAP_ALLOC_H
#define SYSMON_TEST_WRAP_ALLOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Counts down to the one that fails, as long as it is armed. */
static long alloc_left;
static bool alloc_armed, alloc_failed;

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t size);
void *__real_reallocarray(void *p, size_t n, size_t size);
char *__real_strdup(const char *s);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t size);
void *__wrap_reallocarray(void *p, size_t n, size_t size);
char *__wrap_strdup(const char *s);

static bool alloc_fails(void)
{
	if (!alloc_armed || --alloc_left != 0)
		return false;
	alloc_failed = true;
	return true;
}

void *__wrap_malloc(size_t size)
{
	return alloc_fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size)
{
	return alloc_fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t size)
{
	return alloc_fails() ? NULL : __real_realloc(p, size);
}

void *__wrap_reallocarray(void *p, size_t n, size_t size)
{
	return alloc_fails() ? NULL : __real_reallocarray(p, n, size);
}

char *__wrap_strdup(const char *s)
{
	return alloc_fails() ? NULL : __real_strdup(s);
}

#endif
