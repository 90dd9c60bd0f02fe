/* SPDX-License-Identifier: GPL-2.0 */
/* Being told to end. */
#ifndef TERM_H
#define TERM_H

#include <signal.h>

extern volatile sig_atomic_t ended; /* SIGTERM has come */

void catch_term(void);

#endif
