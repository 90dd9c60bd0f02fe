// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the fuzzing of the opening of databases: any bytes as the file, or one
 * of the daemon's with pieces overwritten, as a reader and then as the daemon
 * opens it. libFuzzer's entry point.
 *
 * The first byte says which: RAW, the file; else its length in KiB if TORN, and
 * then pieces: whether of the log, where, length, bytes.
 */
#include <fcntl.h>
#include <sys/stat.h>

#include "cli/explain.h"
#include "collectord/aside.h"
#include "collectord/config.h"
#include "collectord/store.h"
#include "fuzz.h"
#include "lib/history_read.h"
#include "lib/query.h"
#include "lib/snapshot.h"
#include "lib/timerange.h"
#include "recorded.h"

#define RAW	1
#define TORN	2
#define NO_LOG	4
#define SECONDS 4
#define KIB	1024

struct file {
	char path[PATH_MAX];
	uint8_t *data;
	size_t len;
};

/* What the daemon wrote: the file, its log; and what is made of them. */
static char whole_path[PATH_MAX];
static struct file whole, whole_log, file, file_log;
static struct config config; /* with a rule that looks at labels */

static void slurp(struct file *f, const char *suffix)
{
	struct stat st;
	int fd;

	snprintf(f->path, sizeof(f->path), "%s%s", whole_path, suffix);
	fd = open(f->path, O_RDONLY | O_CLOEXEC);
	REQUIRE(fd >= 0 && !fstat(fd, &st));
	f->len = (size_t)st.st_size;
	f->data = malloc(f->len + 1);
	REQUIRE(f->data && read(fd, f->data, f->len) == (ssize_t)f->len);
	close(fd);
}

static void put(const struct file *f)
{
	int fd = open(f->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	REQUIRE(fd >= 0 && write(fd, f->data, f->len) == (ssize_t)f->len);
	close(fd);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static const char rule[] = "[policy one]\nmatch_label = tier=.\n"
				   "when = cpu > 1% for 1s\n";
	struct config_error err;

	(void)argc;
	(void)argv;
	REQUIRE(!config_parse("f", rule, strlen(rule), &config, &err));
	recorded_make(SECONDS, whole_path);
	slurp(&whole, "");
	slurp(&whole_log, "-wal");
	snprintf(file.path, sizeof(file.path), "%.2000s.fuzz", whole_path);
	snprintf(file_log.path, sizeof(file_log.path), "%.2000s.fuzz-wal",
		 whole_path);
	return 0;
}

/* A file of those that were written whole, with pieces of the input in it. */
static void overwrite(struct input *in, struct file *f, struct file *log)
{
	while (in->len > 3) {
		bool in_log = input_number(in, 1) & 1;
		struct file *to = in_log ? log : f;
		size_t at = input_number(in, 3), len = input_number(in, 1);
		struct input piece = input_take(in, len);

		if (!to->len)
			continue;
		at %= to->len;
		if (piece.len > to->len - at)
			piece.len = to->len - at;
		memcpy(to->data + at, piece.p, piece.len);
	}
}

static uint8_t *copy(const uint8_t *data, size_t len)
{
	uint8_t *to = malloc(len + 1);

	REQUIRE(to);
	memcpy(to, data, len);
	return to;
}

static void make(struct input in)
{
	unsigned int how = (unsigned int)input_number(&in, 1);

	file.len = how & RAW ? in.len : whole.len;
	file.data = copy(how & RAW ? in.p : whole.data, file.len);
	file_log.len = how & NO_LOG ? 0 : whole_log.len;
	file_log.data = copy(whole_log.data, file_log.len);
	if (how & TORN) {
		size_t len = input_number(&in, 1) * KIB;

		file.len = len < file.len ? len : file.len;
	}
	if (!(how & RAW))
		overwrite(&in, &file, &file_log);
	put(&file);
	if (file_log.len)
		put(&file_log);
}

static void drop(void)
{
	char path[PATH_MAX + 8];

	snprintf(path, sizeof(path), "%s-shm", file.path);
	unlink(path);
	unlink(file.path);
	unlink(file_log.path);
	free(file.data);
	free(file_log.data);
}

static void drain(int rc, struct cursor *c)
{
	struct value row[QUERY_COLUMNS_MAX];

	if (rc)
		return;
	while (cursor_next(c, row) > 0)
		;
	cursor_close(c);
}

static int pass_verdict(void *arg, const struct value *row)
{
	(void)arg;
	(void)row;
	return 0;
}

static int pass_point(void *arg, const struct value *point)
{
	(void)arg;
	(void)point;
	return 0;
}

static void read_history(struct query *q)
{
	const int64_t since = RECORDED_END_NS - 3600 * NSEC_PER_SEC;
	struct history_read h;

	history_read_init(&h, true);
	REQUIRE(!history_read_range(&h, &since, NULL, RECORDED_END_NS));
	if (!history_read_step(&h, q))
		history_read_points(&h, q, pass_point, NULL);
}

/* What sysmonctl and the HTTP server read. */
static void read_all(sqlite3 *db)
{
	static const struct query_filter all = QUERY_ALL;
	struct snapshot snapshot = { 0 };
	struct query *q;
	struct cursor c;

	REQUIRE(!query_new(&q, db));
	drain(query_containers(q, true, &c), &c);
	drain(query_events(q, &all, &c), &c);
	drain(query_stops(q, &all, &c), &c);
	drain(query_actions(q, &all, &c), &c);
	drain(query_gaps(q, &c), &c);
	drain(query_status(q, &c), &c);
	drain(query_store(q, &c), &c);
	if (snapshot_load(&snapshot, q, TICK_NEWEST, 0) == 1)
		REQUIRE(!snapshot_arrange(&snapshot, TOP_MEM_PCT, false, "a"));
	snapshot_free(&snapshot);
	read_history(q);
	explain_all(q, &config, RECORDED_END_NS, pass_verdict, NULL);
	query_free(q);
}

static void as_reader(void)
{
	struct db_error err;
	sqlite3 *db = NULL;

	if (db_open_ro(file.path, &db, &err) != DB_OK) {
		REQUIRE(!db && *err.text);
		return;
	}
	read_all(db);
	sqlite3_close(db);
}

/* What is another's stays as it was. */
static void check_untouched(void)
{
	struct stat st;
	uint8_t *now;
	int fd = open(file.path, O_RDONLY | O_CLOEXEC);

	REQUIRE(fd >= 0 && !fstat(fd, &st) && (size_t)st.st_size == file.len);
	now = malloc(file.len + 1);
	REQUIRE(now && read(fd, now, file.len) == (ssize_t)file.len);
	REQUIRE(memcmp(now, file.data, file.len) == 0);
	free(now);
	close(fd);
}

/* The daemon moves what is damaged away, and then can begin. */
static void begin_anew(void)
{
	struct db_error err;
	struct store *store;
	char name[PATH_MAX], path[PATH_MAX + 8];

	REQUIRE(!aside_move(file.path, RECORDED_END_NS, name));
	REQUIRE(store_open(file.path, &store, &err) == DB_OK);
	store_close(store);
	unlink(name);
	snprintf(path, sizeof(path), "%s-wal", name);
	unlink(path);
	snprintf(path, sizeof(path), "%s-shm", name);
	unlink(path);
}

static int pass_container(void *arg, const struct step_past_container *c)
{
	(void)arg;
	(void)c;
	return 0;
}

static void pass_request(void *arg, const char *rule, int64_t ns)
{
	(void)arg;
	(void)rule;
	(void)ns;
}

static int pass_restart(void *arg, int64_t container, const char *rule,
			unsigned int restarts)
{
	(void)arg;
	(void)container;
	(void)rule;
	(void)restarts;
	return 0;
}

/* As the daemon does at its start, and a while later. */
static void run(struct store *store)
{
	static const struct retention keep = { .raw_ns = 1,
					       .minutes_ns = 1,
					       .hours_ns = 1,
					       .size_bytes = 1 << 20 };
	struct step_past past;
	struct rows rows = { 0 };
	bool more = true;

	store_retention(store, &keep);
	if (store_load(store, &past))
		return;
	store_load_containers(store, 0, pass_container, NULL);
	store_load_requests(store, 0, pass_request, NULL);
	store_load_restarts(store, 1, pass_restart, NULL);
	if (store_commit(store, &rows, NULL) != STORE_OK)
		REQUIRE(*store_error(store));
	for (int i = 0; more && i < 16; i++)
		if (store_retain(store, RECORDED_END_NS, &more) != STORE_OK)
			return;
}

static void as_daemon(void)
{
	struct store *store = NULL;
	struct db_error err;

	switch (store_open(file.path, &store, &err)) {
	case DB_OK:
		run(store);
		store_close(store);
		return;
	case DB_FOREIGN:
	case DB_NEWER:
		check_untouched();
		break;
	case DB_DAMAGED:
		begin_anew();
		break;
	case DB_MISSING:
	case DB_DENIED:
	case DB_OLDER:
	case DB_FAILED:
		break;
	}
	REQUIRE(*err.text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	make((struct input){ data, size });
	as_reader();
	as_daemon();
	drop();
	return 0;
}
