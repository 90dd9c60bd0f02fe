// SPDX-License-Identifier: GPL-2.0
/*
 * trust fuzz COUNT SEED root|user|userns
 *
 * Sends so many messages to the family: requests as they should be, the same
 * with wrong values, and damaged ones; on sockets that are read at once, later
 * or never, with much room or next to none, and closed in mid-dump. Then the
 * family has to answer as before, and nobody may have got what is not theirs.
 */
#include <err.h>
#include <errno.h>
#include <grp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cgroup.h"
#include "genl.h"
#include "trust.h"

#define SOCKETS	   6
#define BATCH_ROOM 32768
#define BATCH_MAX  48
#define ROOM	   2048 /* for one message */
#define CONTAINERS 24
#define ERRORS	   256
#define NOBODY	   65534

/* What the kernel may answer to nonsense. */
static const int expected_errors[] = {
	0,     EPERM, EINVAL,	ERANGE, EOPNOTSUPP, ENOENT,
	E2BIG, EBUSY, EMSGSIZE, EAGAIN, ENOBUFS, /* no room for the answer */
};

struct fuzz {
	uint64_t random;
	bool privileged;
	struct genl control;
	int fds[SOCKETS];
	char batch[BATCH_ROOM];
	size_t len;
	unsigned long sent;
	unsigned long errors[ERRORS];
	unsigned long replies;
	unsigned long malformed;
	unsigned long refused; /* privileged commands, for lack of privilege */
	unsigned long leaked;  /* that were not */
	uint64_t ids[CONTAINERS];
	pid_t pids[CONTAINERS];
};

static uint32_t below(struct fuzz *f, uint32_t n)
{
	return (uint32_t)(next_random(&f->random) % n);
}

static bool one_in(struct fuzz *f, uint32_t n)
{
	return !below(f, n);
}

static bool is_privileged(uint8_t cmd)
{
	return cmd == SYSMON_CMD_CONFIG_SET ||
	       cmd == SYSMON_CMD_CONTAINER_GET || cmd == SYSMON_CMD_EVENT_GET;
}

/* A number that is likely to be at an edge of something. */
static uint64_t some_number(struct fuzz *f)
{
	static const uint64_t edges[] = {
		0,
		1,
		2,
		INT64_MAX,
		1ULL << 63,
		UINT64_MAX,
		UINT64_MAX - 1,
		UINT32_MAX,
		1ULL << 32,
		SYSMON_INTERVAL_MIN_NS - 1,
		SYSMON_INTERVAL_MIN_NS,
		SYSMON_INTERVAL_MAX_NS,
		SYSMON_INTERVAL_MAX_NS + 1ULL,
	};

	switch (below(f, 4)) {
	case 0:
		return edges[below(f, sizeof(edges) / sizeof(*edges))];
	case 1:
		return f->ids[below(f, CONTAINERS)];
	case 2:
		return below(f, 1000);
	}
	return next_random(&f->random) >> below(f, 64);
}

/* A pattern of bytes that globs and shells mind, with or without its end. */
static size_t some_pattern(struct fuzz *f, char *text)
{
	static const char bytes[] = "*?[]!-^\\abc0.\n\033\377";
	size_t i, n = one_in(f, 8) ? below(f, 300) : below(f, 12);

	for (i = 0; i < n; i++)
		text[i] = bytes[below(f, sizeof(bytes) - 1)];
	if (!one_in(f, 4))
		text[n++] = '\0';
	return n;
}

static size_t put_attribute(struct fuzz *f, char *buf, size_t len)
{
	uint64_t number = some_number(f);
	char text[512];
	uint16_t type;
	size_t n, i;

	switch (below(f, 6)) {
	case 0:
		return attr_put(buf, len, SYSMON_A_CGROUP_ID, &number, 8);
	case 1:
		return attr_put(buf, len, SYSMON_A_SEQ, &number, 8);
	case 2:
		return attr_put(buf, len, SYSMON_A_INTERVAL_NS, &number, 8);
	case 3:
	case 4:
		n = some_pattern(f, text);
		return attr_put(buf, len, SYSMON_A_MATCH, text, n);
	}
	type = (uint16_t)(below(f, SYSMON_A_MAX + 4) |
			  (one_in(f, 3) ? below(f, 4) << 14 : 0));
	n = below(f, 40);
	for (i = 0; i < n; i++)
		text[i] = (char)below(f, 256);
	return attr_put(buf, len, type, text, n);
}

/* As many patterns as may be, or more. */
static size_t put_patterns(struct fuzz *f, char *buf, size_t len)
{
	unsigned int n = SYSMON_MATCH_MAX - 2 + below(f, 5);

	while (n--)
		len = attr_put(buf, len, SYSMON_A_MATCH, "?x", 3);
	return len;
}

static uint16_t some_flags(struct fuzz *f, uint8_t cmd)
{
	bool dump = cmd == SYSMON_CMD_CONTAINER_GET ||
		    cmd == SYSMON_CMD_EVENT_GET;

	if (one_in(f, 10))
		return (uint16_t)(NLM_F_REQUEST | below(f, 0x10000));
	return (uint16_t)(NLM_F_REQUEST | (dump ? NLM_F_DUMP : 0) |
			  (one_in(f, 4) ? NLM_F_ACK : 0));
}

/* A request that is right in form. Return its length. */
static size_t make_request(struct fuzz *f, char *buf)
{
	struct nlmsghdr *nlh = (void *)buf;
	struct genlmsghdr *genl = NLMSG_DATA(nlh);
	size_t len = NLMSG_LENGTH(GENL_HDRLEN);
	unsigned int i, n = below(f, 4);

	memset(buf, 0, len);
	genl->cmd = (uint8_t)(one_in(f, 16) ? below(f, 256)
					    : 1 + below(f, SYSMON_CMD_MAX));
	genl->version = 1;
	nlh->nlmsg_type = f->control.family.id;
	nlh->nlmsg_flags = some_flags(f, genl->cmd);
	for (i = 0; i < n && len < ROOM - 600; i++)
		len = put_attribute(f, buf, len);
	if (one_in(f, 20))
		len = put_patterns(f, buf, len);
	nlh->nlmsg_len = (uint32_t)len;
	return len;
}

/* Where an attribute begins, or the end. */
static size_t some_attribute(struct fuzz *f, const char *buf, size_t len)
{
	size_t at = NLMSG_LENGTH(GENL_HDRLEN);
	struct nlattr a;

	while (at + NLA_HDRLEN <= len && !one_in(f, 3)) {
		memcpy(&a, buf + at, sizeof(a));
		if (a.nla_len < NLA_HDRLEN)
			break;
		at += NLA_ALIGN(a.nla_len);
	}
	return at + NLA_HDRLEN <= len ? at : len;
}

static void damage_attribute(struct fuzz *f, char *buf, size_t at)
{
	static const uint16_t lengths[] = { 0, 1, 2,  3,   4,	  5,	 7,
					    8, 9, 12, 255, 32767, 65535, 11 };
	struct nlattr a;

	memcpy(&a, buf + at, sizeof(a));
	if (one_in(f, 2))
		a.nla_len = lengths[below(f, 14)];
	else
		a.nla_type = (uint16_t)below(f, 0x10000);
	memcpy(buf + at, &a, sizeof(a));
}

/*
 * Damage a message without its length in the header, which would make what
 * follows part of it. Return the new length.
 */
static size_t damage(struct fuzz *f, char *buf, size_t len)
{
	struct nlmsghdr *nlh = (void *)buf;
	size_t at = some_attribute(f, buf, len);

	switch (below(f, 5)) {
	case 0:
		if (at < len)
			damage_attribute(f, buf, at);
		break;
	case 1:
		if (len == NLMSG_HDRLEN)
			break;
		at = NLMSG_HDRLEN + below(f, (uint32_t)(len - NLMSG_HDRLEN));
		buf[at] = (char)below(f, 256);
		break;
	case 2: /* cut short, the generic header too */
		len = NLMSG_HDRLEN +
		      below(f, (uint32_t)(len - NLMSG_HDRLEN) + 1);
		nlh->nlmsg_len = (uint32_t)len;
		break;
	case 3: /* a tail that is no attribute */
		at = below(f, 32);
		memset(buf + len, (int)below(f, 256), at);
		len += at;
		nlh->nlmsg_len = (uint32_t)len;
		break;
	case 4:
		nlh->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | below(f, 65536));
		break;
	}
	return len;
}

/* The command as sent is in the number, for whoever reads the answer. */
static void number_message(struct fuzz *f, char *buf, size_t len)
{
	struct nlmsghdr *nlh = (void *)buf;
	uint8_t cmd = 0;

	if (len >= NLMSG_HDRLEN + 1)
		cmd = (uint8_t)buf[NLMSG_HDRLEN];
	nlh->nlmsg_seq = (uint32_t)(f->sent << 8) | cmd;
	nlh->nlmsg_pid = 0;
}

static void add_message(struct fuzz *f)
{
	static char one[ROOM] __attribute__((aligned(8)));
	unsigned int i, n = one_in(f, 2) ? 1 + below(f, 3) : 0;
	size_t len = make_request(f, one);

	for (i = 0; i < n && len + 64 < ROOM; i++)
		len = damage(f, one, len);
	number_message(f, one, len);
	memset(one + len, 0, NLMSG_ALIGN(len) - len);
	memcpy(f->batch + f->len, one, NLMSG_ALIGN(len));
	f->len += NLMSG_ALIGN(len);
	f->sent++;
}

/* Now and then the last of a batch lies about its length. */
static void damage_end(struct fuzz *f, size_t last)
{
	struct nlmsghdr *nlh = (void *)(f->batch + last);

	if (!one_in(f, 8))
		return;
	if (one_in(f, 2))
		nlh->nlmsg_len = (uint32_t)next_random(&f->random);
	else
		f->len = last + 1 + below(f, (uint32_t)(f->len - last));
}

static void take_error(struct fuzz *f, const struct nlmsghdr *nlh)
{
	uint8_t cmd = (uint8_t)nlh->nlmsg_seq;
	int error;

	memcpy(&error, NLMSG_DATA(nlh), sizeof(error));
	if (error > 0 || error <= -ERRORS) {
		f->malformed++;
		return;
	}
	f->errors[-error]++;
	if (f->privileged || !is_privileged(cmd))
		return;
	f->refused += error == -EPERM;
	f->leaked += error == 0;
}

static void take_reply(struct fuzz *f, const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = NLMSG_DATA(nlh);
	const struct nlattr *tb[SYSMON_A_MAX + 1];

	f->replies++;
	if (nlh->nlmsg_len < NLMSG_LENGTH(GENL_HDRLEN) ||
	    attr_index(tb, SYSMON_A_MAX, (const char *)genl + GENL_HDRLEN,
		       nlh->nlmsg_len - NLMSG_LENGTH(GENL_HDRLEN)))
		f->malformed++;
	else if (!f->privileged && genl->cmd != SYSMON_CMD_MODULE_GET &&
		 genl->cmd != SYSMON_CMD_SYSTEM_GET)
		f->leaked++;
}

/* Read up to so many datagrams of what there is. */
static void read_some(struct fuzz *f, int fd, unsigned int most)
{
	static char buf[1 << 16] __attribute__((aligned(8)));
	const struct nlmsghdr *nlh;
	ssize_t n;

	while (most--) {
		n = recv(fd, buf, sizeof(buf), MSG_DONTWAIT);
		if (n < 0 && errno == EAGAIN)
			return;
		if (n < 0)
			continue;
		for (nlh = (void *)buf; NLMSG_OK(nlh, n);
		     nlh = NLMSG_NEXT(nlh, n)) {
			if (nlh->nlmsg_type == NLMSG_ERROR ||
			    nlh->nlmsg_type == NLMSG_DONE)
				take_error(f, nlh);
			else
				take_reply(f, nlh);
		}
	}
}

/* Only the privileged may join. */
static void join(struct fuzz *f, int fd)
{
	uint32_t group = f->control.family.groups[below(f, GENL_GROUPS)];
	int error = setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group,
			       sizeof(group))
			    ? errno
			    : 0;

	if (!f->privileged && error == EPERM)
		f->refused++;
	else if (error || !f->privileged)
		f->leaked++;
}

static int open_socket(struct fuzz *f)
{
	struct sockaddr_nl any = { .nl_family = AF_NETLINK };
	int room, fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);

	if (fd < 0 || bind(fd, (void *)&any, sizeof(any)))
		err(1, "socket");
	if (one_in(f, 3)) {
		room = one_in(f, 2) ? 1 : 1 << 24;
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	}
	if (one_in(f, 3)) {
		room = 1;
		setsockopt(fd, SOL_NETLINK, 1 + (int)below(f, 12), &room,
			   sizeof(room));
	}
	if (one_in(f, 4))
		join(f, fd);
	return fd;
}

/* What becomes of the answers, and of the socket. */
static void after_batch(struct fuzz *f, int *fd)
{
	uint32_t choice = below(f, 16);

	if (choice < 10)
		read_some(f, *fd, 10000);
	else if (choice < 13)
		read_some(f, *fd, 1 + below(f, 4));
	if (choice != 15)
		return;
	close(*fd);
	*fd = open_socket(f);
}

static void send_batch(struct fuzz *f, unsigned long count)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	int *fd = &f->fds[below(f, SOCKETS)];
	unsigned int n = 1 + below(f, BATCH_MAX);
	size_t last = 0;

	f->len = 0;
	while (n-- && f->sent < count && f->len < BATCH_ROOM - 2 * ROOM) {
		last = f->len;
		add_message(f);
	}
	damage_end(f, last);
	if (sendto(*fd, f->batch, f->len, MSG_DONTWAIT, (void *)&kernel,
		   sizeof(kernel)) < 0 &&
	    errno != ENOBUFS)
		err(1, "sendto");
	after_batch(f, fd);
}

/* Something to tell of, made while there still is the right to. */
static void make_containers(struct fuzz *f)
{
	char name[CGROUP_NAME];
	unsigned int i;

	for (i = 0; i < CONTAINERS; i++) {
		cgroup_name(name, 0xf0220000, i);
		f->ids[i] = cgroup_make(name);
		f->pids[i] = cgroup_fork(name);
		if (!f->pids[i])
			run_life(100000000);
	}
}

static void remove_containers(struct fuzz *f)
{
	char name[CGROUP_NAME];
	unsigned int i;

	for (i = 0; i < CONTAINERS; i++) {
		cgroup_name(name, 0xf0220000, i);
		cgroup_write(name, "cgroup.kill", "1");
		waitpid(f->pids[i], NULL, 0);
		cgroup_remove(name);
	}
}

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");

	if (!f || fputs(text, f) < 0 || fclose(f))
		err(1, "%s", path);
}

/* Become an ordinary user, or that one as root of a namespace of its own. */
static void drop_privilege(const char *mode)
{
	if (!strcmp(mode, "root"))
		return;
	if (setgroups(0, NULL) || setgid(NOBODY) || setuid(NOBODY))
		err(1, "setuid");
	if (strcmp(mode, "userns"))
		return;
	if (prctl(PR_SET_DUMPABLE, 1) || unshare(CLONE_NEWUSER))
		err(77, "unshare");
	write_file("/proc/self/uid_map", "0 65534 1");
	if (setuid(0))
		err(1, "setuid");
}

static void print_errors(const struct fuzz *f)
{
	int i;

	printf("# %lu messages, %lu replies, %lu refused; answers:", f->sent,
	       f->replies, f->refused);
	for (i = 0; i < ERRORS; i++)
		if (f->errors[i])
			printf(" %s %lu", i ? strerrorname_np(i) : "0",
			       f->errors[i]);
	printf("\n");
}

static bool is_expected(int error)
{
	size_t i;

	for (i = 0; i < sizeof(expected_errors) / sizeof(int); i++)
		if (expected_errors[i] == error)
			return true;
	return false;
}

static int check_answers(const struct fuzz *f)
{
	int i, bad = 0;

	for (i = 0; i < ERRORS; i++) {
		if (!f->errors[i] || is_expected(i))
			continue;
		printf("# unexpected: %s\n", strerrorname_np(i));
		bad = 1;
	}
	if (f->malformed)
		printf("# %lu answers are malformed\n", f->malformed);
	if (f->leaked)
		printf("# %lu privileged answers\n", f->leaked);
	if (!f->privileged && f->refused < f->sent / 20)
		printf("# only %lu refusals\n", f->refused);
	if (!f->replies)
		printf("# no replies\n");
	return bad || f->malformed || f->leaked || !f->replies ||
	       (!f->privileged && f->refused < f->sent / 20);
}

static int run_fuzz(struct fuzz *f, unsigned long count, const char *mode)
{
	int i, bad;

	drop_privilege(mode);
	f->privileged = !strcmp(mode, "root");
	for (i = 0; i < SOCKETS; i++)
		f->fds[i] = open_socket(f);
	while (f->sent < count)
		send_batch(f, count);
	for (i = 0; i < SOCKETS; i++)
		read_some(f, f->fds[i], 100000);
	print_errors(f);
	bad = check_answers(f);
	for (i = 0; i < SOCKETS; i++)
		close(f->fds[i]);
	return bad;
}

/* Root's socket, opened before, sets what the fuzzer may have changed. */
static int restore(struct genl *g)
{
	struct module_state state;
	uint64_t second = 1000000000;
	char attrs[64];
	size_t len;
	int error;

	len = attr_put(attrs, 0, SYSMON_A_INTERVAL_NS, &second, 8);
	len = attr_put(attrs, len, SYSMON_A_MATCH, "", 1);
	error = genl_request(g, SYSMON_CMD_CONFIG_SET, false, attrs, len, NULL,
			     NULL);
	if (!error)
		error = module_get(g, &state);
	if (error)
		printf("# restoring: %s\n", strerror(-error));
	return error || state.patterns ||
	       state.value[SYSMON_A_MODULE_INTERVAL_NS] != second;
}

static void count_container(void *arg, const struct genl_msg *msg)
{
	if (msg->tb[SYSMON_A_CONTAINERS])
		*(uint64_t *)arg += attr_uint(msg->tb[SYSMON_A_CONTAINERS]);
}

/* The family tells the containers, and is the same load as before. */
static int check_family(struct genl *g, const struct module_state *before)
{
	struct module_state after;
	uint64_t n = 0;
	int error;

	error = genl_request(g, SYSMON_CMD_CONTAINER_GET, true, NULL, 0,
			     count_container, &n);
	if (!error)
		error = module_get(g, &after);
	if (error || n != CONTAINERS)
		printf("# error %d, %llu containers\n", error,
		       (unsigned long long)n);
	return error || n != CONTAINERS ||
	       after.value[SYSMON_A_MODULE_INSTANCE] !=
		       before->value[SYSMON_A_MODULE_INSTANCE];
}

/* An unprivileged fuzzer must have changed nothing to begin with. */
static int check_unchanged(struct genl *g, const struct module_state *before)
{
	struct module_state after;

	if (!module_get(g, &after) && after.patterns == before->patterns &&
	    after.value[SYSMON_A_MODULE_INTERVAL_NS] ==
		    before->value[SYSMON_A_MODULE_INTERVAL_NS])
		return 0;
	printf("# settings were changed\n");
	return 1;
}

int cmd_fuzz(int argc, char **argv)
{
	static struct fuzz f;
	struct module_state before;
	int status, bad = 0;
	pid_t pid;

	if (argc != 4)
		errx(2, "fuzz COUNT SEED root|user|userns");
	f.random = strtoull(argv[2], NULL, 10);
	if (genl_open(&f.control) || module_get(&f.control, &before))
		errx(1, "no answer from the module");
	make_containers(&f);
	pid = fork();
	if (!pid)
		exit(run_fuzz(&f, strtoul(argv[1], NULL, 10), argv[3]));
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		err(1, "fork");
	if (WIFSIGNALED(status))
		printf("# the fuzzer died: %s\n", strsignal(WTERMSIG(status)));
	if (strcmp(argv[3], "root"))
		bad |= check_unchanged(&f.control, &before);
	bad |= restore(&f.control);
	bad |= check_family(&f.control, &before);
	remove_containers(&f);
	if (!bad && WIFEXITED(status) && WEXITSTATUS(status) == 77)
		return 77;
	return bad || status;
}
