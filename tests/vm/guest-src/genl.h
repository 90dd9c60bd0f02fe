/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The sysmon family over a bare netlink socket. Functions return 0 or a
 * negative errno unless they say otherwise.
 */
#ifndef GENL_H
#define GENL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>

#include "uapi/sysmon.h"

#ifndef SOL_NETLINK
#define SOL_NETLINK 270
#endif

enum genl_group {
	GENL_SNAPSHOTS,
	GENL_EVENTS,
	GENL_GROUPS
};

/* The family's numbers, which change with each load of the module. */
struct genl_family {
	uint16_t id;
	uint32_t groups[GENL_GROUPS];
};

struct genl {
	int fd;
	uint32_t seq;
	struct genl_family family;
};

/* One message of the family: its command and its attributes by type. */
struct genl_msg {
	uint8_t cmd;
	const struct nlattr *tb[SYSMON_A_MAX + 1];
};

typedef void genl_fn(void *arg, const struct genl_msg *msg);

/* -ENOENT while the module is not loaded. The caller closes. */
int genl_open(struct genl *g);
void genl_close(struct genl *g);

/* Receive a group's messages: with room for all, errors counted as dropped. */
int genl_listen(struct genl *g, enum genl_group group);

/*
 * Send a request with the len bytes of attributes and call fn for each message
 * of the answer. Return the answer's error.
 */
int genl_request(struct genl *g, uint8_t cmd, bool dump, const void *attrs,
		 size_t len, genl_fn *fn, void *arg);

/*
 * Call fn for each notification that is there. Return how many, or -ENOBUFS,
 * or -EBADMSG for one that is not well-formed.
 */
int genl_drain(struct genl *g, genl_fn *fn, void *arg);

/* Index attributes by type up to max; -EBADMSG when they do not fill len. */
int attr_index(const struct nlattr **tb, unsigned int max, const void *data,
	       size_t len);
int attr_nested(const struct nlattr **tb, unsigned int max,
		const struct nlattr *nest);
size_t attr_len(const struct nlattr *a);
/* The value of an integer of 4 or 8 bytes, 0 when it is absent. */
uint64_t attr_uint(const struct nlattr *a);
/* Append an attribute to buf at len; return the new len. */
size_t attr_put(char *buf, size_t len, uint16_t type, const void *data,
		size_t size);

/* The module's counters, by attribute. */
struct module_state {
	uint64_t value[SYSMON_A_MODULE_MAX + 1];
	bool patterns;
};

int module_get(struct genl *g, struct module_state *state);

#endif
