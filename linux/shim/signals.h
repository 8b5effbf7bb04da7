/* SPDX-License-Identifier: MIT */
/*
 * While a thread is in the middle of a transfer, or holds the lock, no signal handler runs in it: a
 * handler may call write() as well, and so the same code again.  It runs when the call has ended,
 * as it does after a kernel driver's transfer.
 */
#ifndef SHIM_SIGNALS_H
#define SHIM_SIGNALS_H

#include <signal.h>

/* `before`: the thread's mask, to be given back. */
void signals_hold(sigset_t *before);
void signals_release(const sigset_t *before);

/*
 * For a call that takes long: what has no handler, and so ends or stops the process at once, need
 * not wait.
 */
void signals_let_end(const sigset_t *before);

#endif
