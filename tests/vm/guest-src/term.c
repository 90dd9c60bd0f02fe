// SPDX-License-Identifier: GPL-2.0
/* Being told to end: by SIGTERM to the whole process group, which containers leave. */
#include <signal.h>
#include <stddef.h>

#include "term.h"

volatile sig_atomic_t ended;

static void on_term(int sig)
{
	(void)sig;
	ended = 1;
}

void catch_term(void)
{
	struct sigaction sa = { .sa_handler = on_term, .sa_flags = SA_RESTART };

	sigaction(SIGTERM, &sa, NULL);
}
