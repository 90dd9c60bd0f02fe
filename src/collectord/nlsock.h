/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The daemon's conversation with the kernel module over generic netlink. Uses
 * uv_* and libnl. Follows the module through unloads and loads, reads the
 * multicast groups, and asks one question at a time. Knows nothing of what the
 * messages mean.
 */
#ifndef SYSMON_NLSOCK_H
#define SYSMON_NLSOCK_H

#include <uv.h>

#include "step.h"

struct nlsock;

struct nlsock_config {
	uint64_t interval_ns;
	int receive_buffer;	  /* bytes, for multicast messages */
	const char *const *match; /* borrowed, as long as the nlsock lives */
	size_t matches;
};

struct nlsock_callbacks {
	/* @message is borrowed. */
	void (*on_message)(void *data, enum step_source source,
			   const struct message *message);
	/* A message that could not be understood. */
	void (*on_bad)(void *data, const struct decode_error *err);
	/* The replay or dump asked for has ended; false: it is not whole. */
	void (*on_replay_end)(void *data, bool complete);
	void (*on_dump_end)(void *data, bool complete);
	/* Multicast messages were lost; what was left of them has come. */
	void (*on_overrun)(void *data);
	/* The module is there, or not; @error: why it can't be used, or NULL */
	void (*on_state)(void *data, bool there, const char *error);
	/* The module did not take the configuration. */
	void (*on_refused)(void *data, const char *error);
};

/*
 * Opens the sockets. Returns 0, or a negative errno with a message for the
 * user in @err.
 */
int nlsock_new(uv_loop_t *loop, const struct nlsock_config *config,
	       const struct nlsock_callbacks *callbacks, void *data,
	       struct nlsock **out, char *err, size_t err_len);

/*
 * Looks for the module and begins to listen; on_state tells, now and whenever
 * the module comes or goes. As soon as it is there it is configured and asked
 * for itself.
 */
void nlsock_start(struct nlsock *ns);

/*
 * Turns to another configuration; @config->match is borrowed in the place of
 * the old one's. @tell: something of it is the module's to know.
 */
void nlsock_configure(struct nlsock *ns, const struct nlsock_config *config,
		      bool tell);

/* Questions; without a module they are forgotten. */
void nlsock_ask_module(struct nlsock *ns);
void nlsock_ask_replay(struct nlsock *ns, uint64_t seq);
void nlsock_ask_dump(struct nlsock *ns);

/* News read so far, and the memory that the kernel keeps for unread ones. */
void nlsock_progress(const struct nlsock *ns, uint64_t *reads,
		     uint64_t *unread);

/*
 * Leaves the answers where they are, in the kernel, and asks nothing; or goes
 * on. News are read all the same.
 */
void nlsock_hold(struct nlsock *ns, bool hold);

/* Stops listening; frees @ns and then calls @cb, from the loop. */
void nlsock_close(struct nlsock *ns, void (*cb)(void *data));

#endif
