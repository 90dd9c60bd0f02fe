// SPDX-License-Identifier: GPL-2.0
/*
 * The conversation of nlsock.h. Uses uv_*. Two sockets: `news` is in the
 * multicast groups, nlctrl's among them, so that the module's going and coming
 * stands in order with its messages; `talk` has one request open at a time.
 */
#include "nlsock.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <linux/sock_diag.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "nlread.h"
#include "nlrequest.h"

#define TALK_BYTES (1 << 20)
#define READS_MAX  64 /* datagrams before the loop gets its turn again */
#define ANSWER_MS  10000
#define DUMP_TRIES 5
#define RETRY_MS   10000 /* the module is there, but could not be had */

struct channel {
	struct nl_sock *sock;
	uv_poll_t poll;
	bool polling;
};

struct nlsock {
	uv_loop_t *loop;
	struct nlsock_config config;
	const struct nlsock_callbacks *callbacks;
	void *data;
	struct channel news;
	struct channel talk;
	uv_timer_t timer;     /* for the open request */
	uv_timer_t retry;     /* to find the module */
	bool complained;      /* that it can't be used */
	bool untold;	      /* it has not got the configuration */
	unsigned int handles; /* of libuv, that are not closed yet */
	void (*close_cb)(void *data);
	int family;	/* 0: the module is not there */
	uint64_t reads; /* of news */
	bool overrun;
	bool held; /* no answer is read */
	bool wanted[REQUESTS];
	uint64_t replay_from;
	enum nlrequest open;
	uint32_t open_seq;
	bool interrupted;   /* the open dump changed under way */
	unsigned int dumps; /* tries so far */
	struct message message;
	_Alignas(struct nlmsghdr) char buf[NLREAD_BYTES];
};

static void send_next(struct nlsock *ns);

static void set_buffer(int fd, int bytes)
{
	/* The first is not bounded by rmem_max, but needs CAP_NET_ADMIN. */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
}

/*
 * Extended errors; acknowledgements without the request; and the sender, the
 * module, is to be told when this socket has no room, so that it can count it.
 */
static void set_options(int fd)
{
	static const int option[] = { NETLINK_EXT_ACK, NETLINK_CAP_ACK,
				      NETLINK_BROADCAST_ERROR };
	int on = 1;

	for (size_t i = 0; i < sizeof(option) / sizeof(option[0]); i++)
		setsockopt(fd, SOL_NETLINK, option[i], &on, sizeof(on));
}

static int channel_open(struct channel *ch, int bytes)
{
	int rc, fd;

	ch->sock = nl_socket_alloc();
	if (!ch->sock)
		return -ENOMEM;
	rc = genl_connect(ch->sock);
	if (rc < 0)
		return rc == -NLE_NOMEM ? -ENOMEM : -EPROTONOSUPPORT;
	fd = nl_socket_get_fd(ch->sock);
	set_buffer(fd, bytes);
	set_options(fd);
	return 0;
}

/* Hands a message of the module to the decoder, and on. */
static void take_message(struct nlsock *ns, enum step_source source,
			 const struct nlmsghdr *nlh)
{
	struct decode_error err;

	if (decode_message(NLMSG_DATA(nlh), nlh->nlmsg_len - NLMSG_HDRLEN,
			   &ns->message, &err))
		ns->callbacks->on_bad(ns->data, &err);
	else
		ns->callbacks->on_message(ns->data, source, &ns->message);
}

static enum step_source source_of(enum nlrequest request)
{
	switch (request) {
	case REQUEST_REPLAY:
		return STEP_REPLAY;
	case REQUEST_DUMP:
		return STEP_DUMP;
	case REQUEST_CONFIG:
	case REQUEST_MODULE:
	case REQUEST_NONE:
		break;
	}
	return STEP_REPLY;
}

static void dump_ended(struct nlsock *ns, bool complete)
{
	ns->callbacks->on_dump_end(ns->data, complete);
	if (complete)
		ns->dumps = 0;
	else if (ns->family && ++ns->dumps < DUMP_TRIES)
		ns->wanted[REQUEST_DUMP] = true;
}

/* What the module will say each time; else it may be had another time. */
static bool is_refusal(int error)
{
	return error == -EINVAL || error == -ERANGE || error == -EPERM ||
	       error == -EACCES || error == -EOPNOTSUPP;
}

/* The open request is answered, or never will be. */
static void finish(struct nlsock *ns, int error, const char *text)
{
	enum nlrequest done = ns->open;
	bool complete = error == 0 && !ns->interrupted;

	uv_timer_stop(&ns->timer);
	ns->open = REQUEST_NONE;
	switch (done) {
	case REQUEST_CONFIG:
		ns->untold = error && !is_refusal(error);
		if (error)
			ns->callbacks->on_refused(ns->data,
						  *text ? text
							: strerror(-error));
		break;
	case REQUEST_REPLAY:
		ns->callbacks->on_replay_end(ns->data, complete);
		break;
	case REQUEST_DUMP:
		dump_ended(ns, complete);
		break;
	case REQUEST_MODULE:
	case REQUEST_NONE:
		break;
	}
	send_next(ns);
}

static void take_answer(void *arg, const struct nlmsghdr *nlh)
{
	struct nlsock *ns = arg;
	char text[256];
	int error;

	/* Late answers to requests that were given up are passed over. */
	if (ns->open == REQUEST_NONE || nlh->nlmsg_seq != ns->open_seq)
		return;
	if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
		ns->interrupted = true;
	if (nlh->nlmsg_type == NLMSG_ERROR || nlh->nlmsg_type == NLMSG_DONE) {
		error = nlread_error(nlh, text, sizeof(text));
		finish(ns, error, text);
	} else if (nlh->nlmsg_type == ns->family) {
		take_message(ns, source_of(ns->open), nlh);
	}
}

static void on_timeout(uv_timer_t *timer)
{
	finish(timer->data, -ETIMEDOUT, "");
}

static int send_request(struct nlsock *ns, enum nlrequest request)
{
	ns->open = request;
	ns->open_seq++;
	ns->interrupted = false;
	return nlrequest_send(ns->talk.sock, ns->family, ns->open_seq, request,
			      &ns->config, ns->replay_from);
}

/* Sends the first of the wanted requests, when none is open. */
static void send_next(struct nlsock *ns)
{
	if (ns->open != REQUEST_NONE || !ns->family || ns->held)
		return;
	for (int i = 0; i < REQUESTS; i++) {
		if (!ns->wanted[i])
			continue;
		ns->wanted[i] = false;
		if (send_request(ns, (enum nlrequest)i)) {
			finish(ns, -EIO, "");
			return;
		}
		uv_timer_start(&ns->timer, on_timeout, ANSWER_MS, 0);
		return;
	}
}

static void want(struct nlsock *ns, enum nlrequest request)
{
	if (!ns->family)
		return;
	ns->wanted[request] = true;
	send_next(ns);
}

void nlsock_configure(struct nlsock *ns, const struct nlsock_config *config,
		      bool tell)
{
	if (config->receive_buffer != ns->config.receive_buffer)
		set_buffer(nl_socket_get_fd(ns->news.sock),
			   config->receive_buffer);
	ns->config = *config;
	if (tell)
		want(ns, REQUEST_CONFIG);
}

void nlsock_ask_module(struct nlsock *ns)
{
	if (ns->untold)
		want(ns, REQUEST_CONFIG);
	want(ns, REQUEST_MODULE);
}

void nlsock_ask_replay(struct nlsock *ns, uint64_t seq)
{
	ns->replay_from = seq;
	want(ns, REQUEST_REPLAY);
}

void nlsock_ask_dump(struct nlsock *ns)
{
	want(ns, REQUEST_DUMP);
}

static const char *join_error(int rc)
{
	if (rc == -NLE_PERM)
		return "no permission to listen to it: run as root or with "
		       "CAP_NET_ADMIN (AmbientCapabilities=CAP_NET_ADMIN in "
		       "the unit)";
	if (rc == -NLE_OBJ_NOTFOUND)
		return NULL; /* it is just not there */
	return nl_geterror(rc);
}

/* Looks up the family and joins its groups. Returns 0 or -NLE_*. */
static int join(struct nlsock *ns, struct nl_sock *ask)
{
	static const char *const group[] = { SYSMON_MCGRP_SNAPSHOTS,
					     SYSMON_MCGRP_EVENTS };
	int family = genl_ctrl_resolve(ask, SYSMON_GENL_NAME);

	if (family < 0)
		return family;
	for (size_t i = 0; i < sizeof(group) / sizeof(group[0]); i++) {
		int id = genl_ctrl_resolve_grp(ask, SYSMON_GENL_NAME, group[i]);
		int rc = id < 0 ? id
				: nl_socket_add_membership(ns->news.sock, id);

		if (rc < 0)
			return rc;
	}
	ns->family = family;
	return 0;
}

static void find_module(struct nlsock *ns);

static void on_retry(uv_timer_t *timer)
{
	struct nlsock *ns = timer->data;

	if (!ns->family)
		find_module(ns);
}

/* Told once; it may be had later, when there is memory, or a file. */
static void miss_module(struct nlsock *ns, const char *error)
{
	if (!error || !ns->complained)
		ns->callbacks->on_state(ns->data, false, error);
	ns->complained = error != NULL;
	if (error)
		uv_timer_start(&ns->retry, on_retry, RETRY_MS, 0);
}

/* The module may be there: asks nlctrl, on a socket that may block. */
static void find_module(struct nlsock *ns)
{
	struct nl_sock *ask = nl_socket_alloc();
	int rc = ask ? genl_connect(ask) : -NLE_NOMEM;

	if (rc == 0)
		rc = join(ns, ask);
	nl_socket_free(ask);
	if (rc) {
		miss_module(ns, join_error(rc));
		return;
	}
	ns->complained = false;
	ns->callbacks->on_state(ns->data, true, NULL);
	want(ns, REQUEST_CONFIG);
	want(ns, REQUEST_MODULE);
}

static void lose_module(struct nlsock *ns)
{
	ns->family = 0;
	memset(ns->wanted, 0, sizeof(ns->wanted));
	if (ns->open != REQUEST_NONE)
		finish(ns, -ENODEV, "");
	ns->callbacks->on_state(ns->data, false, NULL);
}

/* nlctrl tells of families that come and go. */
static void take_control(struct nlsock *ns, const struct nlmsghdr *nlh)
{
	struct nlmsghdr *msg = (struct nlmsghdr *)(uintptr_t)nlh;
	const struct genlmsghdr *head;
	struct nlattr *name;

	if (!genlmsg_valid_hdr(msg, 0))
		return;
	head = genlmsg_hdr(msg);
	name = nla_find(genlmsg_attrdata(head, 0), genlmsg_attrlen(head, 0),
			CTRL_ATTR_FAMILY_NAME);
	if (!name || nla_strcmp(name, SYSMON_GENL_NAME))
		return;
	if (head->cmd == CTRL_CMD_DELFAMILY && ns->family)
		lose_module(ns);
	else if (head->cmd == CTRL_CMD_NEWFAMILY && !ns->family)
		find_module(ns);
}

static void take_news(void *arg, const struct nlmsghdr *nlh)
{
	struct nlsock *ns = arg;

	if (nlh->nlmsg_type == GENL_ID_CTRL)
		take_control(ns, nlh);
	else if (ns->family && nlh->nlmsg_type == ns->family)
		take_message(ns, STEP_MULTICAST, nlh);
}

static void on_news(uv_poll_t *poll, int status, int events);

/* libuv stops polling a socket with an error, which ENOBUFS is. */
static void poll_again(struct channel *ch, uv_poll_cb cb)
{
	uv_poll_start(&ch->poll, UV_READABLE, cb);
}

/*
 * After an overrun the kernel sends nothing more until all is read: what has
 * been lost can be asked for then.
 */
static void on_news(uv_poll_t *poll, int status, int events)
{
	struct nlsock *ns = poll->data;
	int fd = nl_socket_get_fd(ns->news.sock);
	int rc = 1;

	(void)events;
	for (int i = 0; i < READS_MAX && rc != 0; i++) {
		rc = nlread(fd, ns->buf, sizeof(ns->buf), take_news, ns);
		ns->reads += rc != 0;
		if (rc < 0)
			ns->overrun = true;
		if (ns->news.polling == false)
			return; /* closed by a callback */
	}
	if (status < 0)
		poll_again(&ns->news, on_news);
	if (rc == 0 && ns->overrun) {
		ns->overrun = false;
		ns->callbacks->on_overrun(ns->data);
	}
}

static void on_talk(uv_poll_t *poll, int status, int events)
{
	struct nlsock *ns = poll->data;
	int fd = nl_socket_get_fd(ns->talk.sock);
	int rc = 1;

	(void)events;
	for (int i = 0; i < READS_MAX && rc != 0; i++) {
		rc = nlread(fd, ns->buf, sizeof(ns->buf), take_answer, ns);
		if (rc < 0 && ns->open != REQUEST_NONE)
			finish(ns, rc, "");
		if (ns->talk.polling == false || ns->held)
			return;
	}
	if (status < 0)
		poll_again(&ns->talk, on_talk);
}

void nlsock_progress(const struct nlsock *ns, uint64_t *reads, uint64_t *unread)
{
	uint32_t memory[SK_MEMINFO_VARS] = { 0 };
	socklen_t len = sizeof(memory);

	*reads = ns->reads;
	*unread = 0;
	if (getsockopt(nl_socket_get_fd(ns->news.sock), SOL_SOCKET, SO_MEMINFO,
		       memory, &len) == 0)
		*unread = memory[SK_MEMINFO_RMEM_ALLOC];
}

/* What the kernel has to say of a dump stays with it until it is read. */
void nlsock_hold(struct nlsock *ns, bool hold)
{
	if (hold == ns->held)
		return;
	ns->held = hold;
	if (!ns->talk.polling)
		return;
	if (hold) {
		uv_timer_stop(&ns->timer);
		uv_poll_stop(&ns->talk.poll);
		return;
	}
	poll_again(&ns->talk, on_talk);
	if (ns->open != REQUEST_NONE)
		uv_timer_start(&ns->timer, on_timeout, ANSWER_MS, 0);
	send_next(ns);
}

static void channel_free(struct channel *ch)
{
	nl_socket_free(ch->sock);
	ch->sock = NULL;
}

static void nlsock_free(struct nlsock *ns)
{
	channel_free(&ns->news);
	channel_free(&ns->talk);
	free(ns);
}

static void on_handle_closed(uv_handle_t *handle)
{
	struct nlsock *ns = handle->data;
	void (*cb)(void *data) = ns->close_cb;
	void *data = ns->data;

	if (--ns->handles)
		return;
	nlsock_free(ns);
	if (cb)
		cb(data);
}

static int channel_poll(struct nlsock *ns, struct channel *ch)
{
	int rc = uv_poll_init(ns->loop, &ch->poll, nl_socket_get_fd(ch->sock));

	if (rc)
		return rc;
	ch->poll.data = ns;
	ch->polling = true;
	ns->handles++;
	return 0;
}

static int watch_families(struct nlsock *ns)
{
	struct nl_sock *ask = nl_socket_alloc();
	int rc = ask ? genl_connect(ask) : -NLE_NOMEM;

	if (rc == 0)
		rc = genl_ctrl_resolve_grp(ask, "nlctrl", "notify");
	if (rc >= 0)
		rc = nl_socket_add_membership(ns->news.sock, rc);
	nl_socket_free(ask);
	return rc < 0 ? -EPROTONOSUPPORT : 0;
}

int nlsock_new(uv_loop_t *loop, const struct nlsock_config *config,
	       const struct nlsock_callbacks *callbacks, void *data,
	       struct nlsock **out, char *err, size_t err_len)
{
	struct nlsock *ns = calloc(1, sizeof(*ns));
	int rc = -ENOMEM;

	*out = NULL;
	if (!ns)
		goto fail;
	ns->loop = loop;
	ns->config = *config;
	ns->callbacks = callbacks;
	ns->data = data;
	ns->open = REQUEST_NONE;
	rc = channel_open(&ns->news, config->receive_buffer);
	if (!rc)
		rc = channel_open(&ns->talk, TALK_BYTES);
	if (!rc)
		rc = watch_families(ns);
	if (rc) {
		nlsock_free(ns);
		goto fail;
	}
	uv_timer_init(loop, &ns->timer);
	ns->timer.data = ns;
	uv_timer_init(loop, &ns->retry);
	ns->retry.data = ns;
	ns->handles += 2;
	*out = ns;
	return 0;
fail:
	snprintf(err, err_len, "can't use generic netlink: %s", strerror(-rc));
	return rc;
}

static int listen_to(struct nlsock *ns, struct channel *ch, uv_poll_cb cb)
{
	int rc = ch->polling ? 0 : channel_poll(ns, ch);

	return rc ? rc : uv_poll_start(&ch->poll, UV_READABLE, cb);
}

static void on_restart(uv_timer_t *timer)
{
	nlsock_start(timer->data);
}

void nlsock_start(struct nlsock *ns)
{
	if (listen_to(ns, &ns->news, on_news) ||
	    listen_to(ns, &ns->talk, on_talk)) {
		miss_module(ns, "its sockets can't be polled");
		uv_timer_start(&ns->retry, on_restart, RETRY_MS, 0);
		return;
	}
	find_module(ns);
}

void nlsock_close(struct nlsock *ns, void (*cb)(void *data))
{
	ns->close_cb = cb;
	ns->family = 0;
	if (ns->news.polling)
		uv_close((uv_handle_t *)&ns->news.poll, on_handle_closed);
	if (ns->talk.polling)
		uv_close((uv_handle_t *)&ns->talk.poll, on_handle_closed);
	ns->news.polling = false;
	ns->talk.polling = false;
	uv_close((uv_handle_t *)&ns->timer, on_handle_closed);
	uv_close((uv_handle_t *)&ns->retry, on_handle_closed);
}
