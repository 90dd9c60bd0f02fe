// SPDX-License-Identifier: GPL-2.0
/*
 * One container's I/O, of each device and summed, from its io.stat.
 */
#include <linux/sizes.h>
#include <linux/slab.h>

#include "sysmon.h"

#define SIZE_MAX_OF_FILE SZ_1M

/* As the file has them, and in the order of the attributes of a device. */
static const char *const keys[SYSMON_IO_FIGURES] = {
	"rbytes=", "wbytes=", "rios=", "wios=", "dbytes=", "dios=",
};

/* Of the sums, in the same order. */
static const unsigned int sum_attrs[SYSMON_IO_FIGURES] = {
	SYSMON_A_CONTAINER_IO_READ_BYTES,    SYSMON_A_CONTAINER_IO_WRITE_BYTES,
	SYSMON_A_CONTAINER_IO_READ_OPS,	     SYSMON_A_CONTAINER_IO_WRITE_OPS,
	SYSMON_A_CONTAINER_IO_DISCARD_BYTES, SYSMON_A_CONTAINER_IO_DISCARD_OPS,
};

/* For one reader at a time: guarded by sysmon_lock. */
static char *buf;
static size_t size = PAGE_SIZE;

/* What follows @key at the beginning of @text, or NULL. */
static const char *after(const char *text, const char *key)
{
	while (*key)
		if (*text++ != *key++)
			return NULL;
	return text;
}

/*
 * Set the figure whose key is at the beginning of @text, if any is. @next is
 * the one that most likely follows.
 */
static const char *parse_pair(const char *text, unsigned int *next,
			      struct sysmon_io_device *dev)
{
	const char *digits;
	unsigned int n;

	for (n = 0; n < SYSMON_IO_FIGURES; n++) {
		if (*next == SYSMON_IO_FIGURES)
			*next = 0;
		digits = after(text, keys[*next]);
		if (digits)
			return sysmon_parse_u64(digits, &dev->value[(*next)++]);
		(*next)++;
	}
	return text;
}

/*
 * Lines as in Documentation/admin-guide/cgroup-v2.rst, io.stat:
 * "8:16 rbytes=1459200 wbytes=314773504 rios=192 wios=353 dbytes=0 dios=0"
 * Return where the next line begins.
 */
static const char *parse_device(const char *text, struct sysmon_io_device *dev)
{
	unsigned int next = 0;
	u64 major, minor = 0;

	text = sysmon_parse_u64(text, &major);
	if (*text == ':')
		text = sysmon_parse_u64(text + 1, &minor);
	dev->major = major;
	dev->minor = minor;
	while (*text && *text != '\n')
		if (*text++ == ' ')
			text = parse_pair(text, &next, dev);
	return *text ? text + 1 : text;
}

/* The file names some devices that the container has not used. */
static void add_device(struct sysmon_container *c,
		       const struct sysmon_io_device *dev, u64 *sums)
{
	bool used = false;
	unsigned int i;

	for (i = 0; i < SYSMON_IO_FIGURES; i++) {
		sums[i] += dev->value[i];
		used = used || dev->value[i];
	}
	if (used && c->io_device_count < SYSMON_IO_DEVICES_MAX)
		c->io_devices[c->io_device_count++] = *dev;
}

static void parse(struct sysmon_container *c, u64 *sums)
{
	const char *text = buf;

	c->io_device_count = 0;
	while (*text) {
		struct sysmon_io_device dev = {};

		text = parse_device(text, &dev);
		add_device(c, &dev, sums);
	}
}

/*
 * The whole file in one read: the kernel makes it anew for each, and devices
 * may come and go in between. The buffer grows to what the host needs.
 */
static int read_file(struct sysmon_container *c)
{
	ssize_t n;
	char *more;

	for (;;) {
		n = sysmon_cgfile_read(&c->io, c->cgrp, c->name->path,
				       "io.stat", 0, buf, size);
		if (n < 0)
			return n;
		if (n < size - 1)
			return 0;
		if (size >= SIZE_MAX_OF_FILE)
			return -EFBIG;
		more = kvmalloc(size * 2, GFP_KERNEL);
		if (!more)
			return -ENOMEM;
		kvfree(buf);
		buf = more;
		size *= 2;
	}
}

static void fail(struct sysmon_container *c, int err)
{
	sysmon_file_failed(c, err, SYSMON_A_CONTAINER_IO_READ_BYTES,
			   SYSMON_A_CONTAINER_IO_WRITE_OPS);
	sysmon_file_failed(c, err, SYSMON_A_CONTAINER_IO_DISCARD_BYTES,
			   SYSMON_A_CONTAINER_IO_DISCARD_OPS);
	if (!sysmon_has(&c->sample.f, SYSMON_A_CONTAINER_IO_READ_BYTES))
		c->io_device_count = 0;
}

/**
 * sysmon_io() - bring a container's I/O figures up to date
 * @c: the container
 *
 * Context: process, under sysmon_lock.
 */
void sysmon_io(struct sysmon_container *c)
{
	struct sysmon_figures *f = &c->sample.f;
	u64 sums[SYSMON_IO_FIGURES] = {};
	int err = read_file(c);
	bool same = true;
	unsigned int i;

	if (err) {
		fail(c, err);
		return;
	}
	parse(c, sums);
	for (i = 0; i < SYSMON_IO_FIGURES; i++) {
		same = same && f->value[sum_attrs[i]] == sums[i];
		sysmon_set(f, sum_attrs[i], sums[i]);
	}
	c->io.same = same ? c->io.same + 1 : 0;
}

int sysmon_io_init(void)
{
	buf = kvmalloc(size, GFP_KERNEL);
	return buf ? 0 : -ENOMEM;
}

void sysmon_io_exit(void)
{
	kvfree(buf);
}
