// SPDX-License-Identifier: GPL-2.0
/* What is seen of a thread that works, that waits, and that waits in the kernel. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "collectord/worker.h"

/* A thread that does @work between its begin and its end. */
struct run {
	struct worker worker;
	void (*work)(struct run *run);
	atomic_bool begun;
	int end[2]; /* a pipe: the work ends when it is closed */
	pthread_t thread;
};

static void *run(void *arg)
{
	struct run *run = arg;

	worker_begin(&run->worker);
	run->begun = true;
	run->work(run);
	worker_end(&run->worker);
	return NULL;
}

static void begin(struct run *r, void (*work)(struct run *run))
{
	*r = (struct run){ .work = work };
	assert_int_equal(pipe(r->end), 0);
	assert_int_equal(pthread_create(&r->thread, NULL, run, r), 0);
	while (!r->begun)
		usleep(1000);
}

static void end(struct run *r)
{
	struct worker_view view;

	close(r->end[1]);
	pthread_join(r->thread, NULL);
	close(r->end[0]);
	worker_look(&r->worker, &view);
	assert_int_equal(view.cpu_ns, 0);
	assert_false(view.in_disk);
}

static void wait_for_end(struct run *r)
{
	char byte;

	while (read(r->end[0], &byte, 1) < 0)
		;
}

/* The parent of vfork() sleeps as one does that waits for a disk. */
static void wait_in_kernel(struct run *r)
{
	pid_t pid = vfork();

	if (!pid) {
		close(r->end[1]);
		wait_for_end(r);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
}

static void spin(struct run *r)
{
	(void)r;
	for (int i = 0; i < 100; i++)
		usleep(1000);
}

static void look_later(const struct run *r, struct worker_view *view)
{
	usleep(50000);
	worker_look(&r->worker, view);
}

static void work_takes_time_of_the_processor(void **state)
{
	struct worker_view first, second;
	struct run r;

	(void)state;
	begin(&r, spin);
	worker_look(&r.worker, &first);
	look_later(&r, &second);
	assert_true(first.cpu_ns > 0 && second.cpu_ns > first.cpu_ns);
	end(&r);
}

static void check_waiting(void (*work)(struct run *run), bool in_disk)
{
	struct worker_view first, second;
	struct run r;

	begin(&r, work);
	look_later(&r, &first);
	look_later(&r, &second);
	assert_int_equal(first.cpu_ns, second.cpu_ns);
	assert_int_equal(second.in_disk, in_disk);
	end(&r);
}

static void waiting_takes_none(void **state)
{
	(void)state;
	check_waiting(wait_for_end, false);
}

static void waiting_in_the_kernel_is_seen(void **state)
{
	(void)state;
	check_waiting(wait_in_kernel, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(work_takes_time_of_the_processor),
		cmocka_unit_test(waiting_takes_none),
		cmocka_unit_test(waiting_in_the_kernel_is_seen),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
