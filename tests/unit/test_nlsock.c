// SPDX-License-Identifier: GPL-2.0
/*
 * The conversation with a module that is made up, on sockets that are none of
 * netlink's: each call of libnl, libuv and the system that can fail does so in
 * its turn. In the end the module has its configuration, and has been heard.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
#include <uv.h>

#include "collectord/nlsock.h"
#include "message.h"
#include "wrap_alloc.h"

#define FAMILY	    99
#define SOCKETS_MAX 8
#define PULSE_MS    10
#define DEADLINE_MS 20000
#define FASTER	    100 /* than in life is the time of the code under test */

/* What the owner has heard, and the module has been told. */
static struct world {
	uv_loop_t loop;
	uv_timer_t pulse;
	struct nlsock *ns;
	unsigned int pulses;
	bool there;
	bool configured;
	bool module;
	bool replayed;
	bool dumped;
	bool news;
	bool closed;
	unsigned int refusals;
	int config_error;	  /* the module's answer to each */
	unsigned int configs;	  /* sent */
	unsigned int complaints;  /* that the module can't be used */
	struct nl_sock *listener; /* of multicast */
} w;

/* The sockets: each one's end of ours, and the module's. */
static struct {
	const struct nl_sock *sock;
	int fd[2];
} pairs[SOCKETS_MAX];

static int find_pair(const struct nl_sock *sock)
{
	for (int i = 0; i < SOCKETS_MAX; i++)
		if (pairs[i].sock == sock)
			return i;
	return -1;
}

struct nl_sock *__real_nl_socket_alloc(void);
void __real_nl_socket_free(struct nl_sock *sock);
struct nl_msg *__real_nlmsg_alloc(void);
void *__real_genlmsg_put(struct nl_msg *msg, uint32_t port, uint32_t seq,
			 int family, int hdrlen, int flags, uint8_t cmd,
			 uint8_t version);
ssize_t __real_recvmsg(int fd, struct msghdr *msg, int flags);
int __real_uv_poll_init(uv_loop_t *loop, uv_poll_t *poll, int fd);
int __real_uv_poll_start(uv_poll_t *poll, int events, uv_poll_cb fn);
int __real_uv_timer_start(uv_timer_t *timer, uv_timer_cb fn, uint64_t ms,
			  uint64_t repeat);
struct nl_sock *__wrap_nl_socket_alloc(void);
void __wrap_nl_socket_free(struct nl_sock *sock);
int __wrap_nl_socket_get_fd(const struct nl_sock *sock);
int __wrap_nl_socket_add_membership(struct nl_sock *sock, int group);
struct nl_msg *__wrap_nlmsg_alloc(void);
void *__wrap_genlmsg_put(struct nl_msg *msg, uint32_t port, uint32_t seq,
			 int family, int hdrlen, int flags, uint8_t cmd,
			 uint8_t version);
int __wrap_genl_connect(struct nl_sock *sock);
int __wrap_genl_ctrl_resolve(struct nl_sock *sock, const char *name);
int __wrap_genl_ctrl_resolve_grp(struct nl_sock *sock, const char *family,
				 const char *group);
int __wrap_nl_send_auto(struct nl_sock *sock, struct nl_msg *msg);
ssize_t __wrap_recvmsg(int fd, struct msghdr *msg, int flags);
int __wrap_uv_poll_init(uv_loop_t *loop, uv_poll_t *poll, int fd);
int __wrap_uv_poll_start(uv_poll_t *poll, int events, uv_poll_cb fn);
int __wrap_uv_timer_start(uv_timer_t *timer, uv_timer_cb fn, uint64_t ms,
			  uint64_t repeat);

struct nl_sock *__wrap_nl_socket_alloc(void)
{
	return alloc_fails() ? NULL : __real_nl_socket_alloc();
}

int __wrap_genl_connect(struct nl_sock *sock)
{
	int i = find_pair(NULL);

	if (alloc_fails())
		return -NLE_NOMEM;
	assert_true(i >= 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0,
				    pairs[i].fd),
			 0);
	pairs[i].sock = sock;
	return 0;
}

void __wrap_nl_socket_free(struct nl_sock *sock)
{
	int i = sock ? find_pair(sock) : -1;

	if (i >= 0) {
		close(pairs[i].fd[0]);
		close(pairs[i].fd[1]);
		pairs[i].sock = NULL;
	}
	if (sock == w.listener)
		w.listener = NULL;
	__real_nl_socket_free(sock);
}

int __wrap_nl_socket_get_fd(const struct nl_sock *sock)
{
	return pairs[find_pair(sock)].fd[0];
}

int __wrap_genl_ctrl_resolve(struct nl_sock *sock, const char *name)
{
	(void)sock;
	assert_string_equal(name, SYSMON_GENL_NAME);
	return alloc_fails() ? -NLE_NOMEM : FAMILY;
}

int __wrap_genl_ctrl_resolve_grp(struct nl_sock *sock, const char *family,
				 const char *group)
{
	(void)sock;
	(void)family;
	(void)group;
	return alloc_fails() ? -NLE_NOMEM : 7;
}

int __wrap_nl_socket_add_membership(struct nl_sock *sock, int group)
{
	assert_int_equal(group, 7);
	if (alloc_fails())
		return -NLE_NOMEM;
	w.listener = sock;
	return 0;
}

struct nl_msg *__wrap_nlmsg_alloc(void)
{
	return alloc_fails() ? NULL : __real_nlmsg_alloc();
}

void *__wrap_genlmsg_put(struct nl_msg *msg, uint32_t port, uint32_t seq,
			 int family, int hdrlen, int flags, uint8_t cmd,
			 uint8_t version)
{
	return alloc_fails() ? NULL
			     : __real_genlmsg_put(msg, port, seq, family,
						  hdrlen, flags, cmd, version);
}

ssize_t __wrap_recvmsg(int fd, struct msghdr *msg, int flags)
{
	if (alloc_fails()) {
		errno = ENOBUFS;
		return -1;
	}
	return __real_recvmsg(fd, msg, flags);
}

int __wrap_uv_poll_init(uv_loop_t *loop, uv_poll_t *poll, int fd)
{
	return alloc_fails() ? UV_ENOMEM : __real_uv_poll_init(loop, poll, fd);
}

int __wrap_uv_poll_start(uv_poll_t *poll, int events, uv_poll_cb fn)
{
	return alloc_fails() ? UV_ENOMEM
			     : __real_uv_poll_start(poll, events, fn);
}

int __wrap_uv_timer_start(uv_timer_t *timer, uv_timer_cb fn, uint64_t ms,
			  uint64_t repeat)
{
	return __real_uv_timer_start(timer, fn, ms / FASTER, repeat / FASTER);
}

/* The module */

static void tell(const struct nl_sock *sock, uint16_t type, uint32_t seq,
		 const void *payload, size_t len)
{
	uint8_t buf[4096] = { 0 };
	struct nlmsghdr head = { .nlmsg_len = (uint32_t)(NLMSG_HDRLEN + len),
				 .nlmsg_type = type,
				 .nlmsg_seq = seq };

	assert_true(NLMSG_HDRLEN + len <= sizeof(buf));
	memcpy(buf, &head, sizeof(head));
	memcpy(buf + NLMSG_HDRLEN, payload, len);
	send(pairs[find_pair(sock)].fd[1], buf, NLMSG_HDRLEN + len,
	     MSG_DONTWAIT);
}

static void acknowledge(const struct nl_sock *sock, uint32_t seq, int error)
{
	struct nlmsgerr answer = { .error = error };

	tell(sock, NLMSG_ERROR, seq, &answer, sizeof(answer));
}

static void tell_module(const struct nl_sock *sock, uint32_t seq)
{
	static struct message_buf b;
	size_t nest;

	mb_begin(&b, SYSMON_CMD_MODULE_GET);
	nest = mb_nest(&b, SYSMON_A_MODULE);
	mb_u32(&b, SYSMON_A_MODULE_ABI, 1);
	mb_u64(&b, SYSMON_A_MODULE_INSTANCE, 1);
	mb_u64(&b, SYSMON_A_MODULE_EVENTS_HEAD, 0);
	mb_nest_end(&b, nest);
	tell(sock, FAMILY, seq, b.data, b.len);
	acknowledge(sock, seq, 0);
}

static void tell_news(void)
{
	static struct message_buf b;

	if (!w.listener || find_pair(w.listener) < 0)
		return;
	mb_begin(&b, SYSMON_CMD_SNAPSHOT_NTF);
	mb_tick(&b, 1, w.pulses, w.pulses, w.pulses, 0);
	tell(w.listener, FAMILY, 0, b.data, b.len);
}

int __wrap_nl_send_auto(struct nl_sock *sock, struct nl_msg *msg)
{
	const struct nlmsghdr *head = nlmsg_hdr(msg);
	const struct genlmsghdr *genl = nlmsg_data(head);
	const int done = 0;

	if (alloc_fails())
		return -NLE_NOMEM;
	assert_int_equal(head->nlmsg_type, FAMILY);
	switch (genl->cmd) {
	case SYSMON_CMD_CONFIG_SET:
		w.configs++;
		w.configured = true;
		acknowledge(sock, head->nlmsg_seq, w.config_error);
		break;
	case SYSMON_CMD_MODULE_GET:
		tell_module(sock, head->nlmsg_seq);
		break;
	case SYSMON_CMD_EVENT_GET:
	case SYSMON_CMD_CONTAINER_GET:
		tell(sock, NLMSG_DONE, head->nlmsg_seq, &done, sizeof(done));
		break;
	default:
		fail_msg("command %d", genl->cmd);
	}
	return 0;
}

/* The owner: asks for what it has not got, as the core does. */

static void on_message(void *data, enum step_source source,
		       const struct message *message)
{
	(void)data;
	w.module |= source == STEP_REPLY && message->have_module;
	w.news |= source == STEP_MULTICAST && message->have_tick;
}

static void on_bad(void *data, const struct decode_error *err)
{
	(void)data;
	fail_msg("%s %s", err->attribute, err->problem);
}

static void on_replay_end(void *data, bool complete)
{
	(void)data;
	w.replayed |= complete;
}

static void on_dump_end(void *data, bool complete)
{
	(void)data;
	w.dumped |= complete;
}

static void on_overrun(void *data)
{
	(void)data;
}

static void on_state(void *data, bool there, const char *error)
{
	(void)data;
	w.there = there;
	w.complaints += error != NULL;
}

static void on_refused(void *data, const char *error)
{
	(void)data;
	(void)error;
	w.refusals++;
}

static void on_pulse(uv_timer_t *timer)
{
	(void)timer;
	w.pulses++;
	tell_news();
	if (!w.there)
		return;
	nlsock_ask_module(w.ns);
	if (!w.replayed)
		nlsock_ask_replay(w.ns, 1);
	if (!w.dumped)
		nlsock_ask_dump(w.ns);
}

static void on_closed(void *data)
{
	(void)data;
	w.closed = true;
}

static bool all_is_told(void)
{
	return w.there && w.configured && w.module && w.replayed && w.dumped &&
	       w.news;
}

/* Opens it again as the next start of the daemon would. */
static void begin(void)
{
	static const struct nlsock_callbacks callbacks = {
		.on_message = on_message,
		.on_bad = on_bad,
		.on_replay_end = on_replay_end,
		.on_dump_end = on_dump_end,
		.on_overrun = on_overrun,
		.on_state = on_state,
		.on_refused = on_refused,
	};
	static const struct nlsock_config config = { .interval_ns = 1000000000,
						     .receive_buffer = 65536 };
	char err[256];

	w = (struct world){ .config_error = w.config_error };
	uv_loop_init(&w.loop);
	while (nlsock_new(&w.loop, &config, &callbacks, NULL, &w.ns, err,
			  sizeof(err)))
		assert_true(alloc_failed);
	nlsock_start(w.ns);
	uv_timer_init(&w.loop, &w.pulse);
	__real_uv_timer_start(&w.pulse, on_pulse, PULSE_MS, PULSE_MS);
}

/* Leaves no handle, no socket and, says ASan, no memory. */
static void end(void)
{
	alloc_armed = false;
	uv_close((uv_handle_t *)&w.pulse, NULL);
	nlsock_close(w.ns, on_closed);
	uv_run(&w.loop, UV_RUN_DEFAULT);
	assert_true(w.closed);
	assert_int_equal(uv_loop_close(&w.loop), 0);
	for (int i = 0; i < SOCKETS_MAX; i++)
		assert_null(pairs[i].sock);
}

/* All is told in the end: what had failed was done again. */
static void run_with_failure(long n)
{
	alloc_failed = false;
	alloc_left = n;
	alloc_armed = n > 0;
	begin();
	while (!all_is_told() && w.pulses < DEADLINE_MS / PULSE_MS)
		uv_run(&w.loop, UV_RUN_ONCE);
	if (!all_is_told())
		fail_msg("call %ld: there %d configured %d module %d replayed "
			 "%d dumped %d news %d",
			 n, w.there, w.configured, w.module, w.replayed,
			 w.dumped, w.news);
	end();
}

static void without_a_failure_nothing_is_refused(void **state)
{
	(void)state;
	run_with_failure(0);
	assert_int_equal(w.refusals, 0);
	assert_int_equal(w.complaints, 0);
}

static void any_call_may_fail(void **state)
{
	long n = 0;

	(void)state;
	do
		run_with_failure(++n);
	while (alloc_failed);
	print_message("# %ld calls failed, one at a time\n", n - 1);
	assert_true(n > 40);
}

/* What the module will never take is not sent again and again. */
static void a_configuration_that_is_refused_is_sent_once(void **state)
{
	(void)state;
	w.config_error = -EINVAL;
	begin();
	while (w.pulses < 20)
		uv_run(&w.loop, UV_RUN_ONCE);
	assert_int_equal(w.configs, 1);
	assert_int_equal(w.refusals, 1);
	end();
}

/* What it had no memory for is, until it is taken. */
static void a_configuration_that_found_no_memory_is_sent_again(void **state)
{
	(void)state;
	w.config_error = -ENOMEM;
	begin();
	while (w.pulses < 5)
		uv_run(&w.loop, UV_RUN_ONCE);
	assert_true(w.configs > 1);
	w.config_error = 0;
	while (w.pulses < 10)
		uv_run(&w.loop, UV_RUN_ONCE);
	w.configs = 0;
	while (w.pulses < 20)
		uv_run(&w.loop, UV_RUN_ONCE);
	assert_int_equal(w.configs, 0);
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_failure_nothing_is_refused),
		cmocka_unit_test(any_call_may_fail),
		cmocka_unit_test(a_configuration_that_is_refused_is_sent_once),
		cmocka_unit_test(
			a_configuration_that_found_no_memory_is_sent_again),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
