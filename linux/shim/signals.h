/* SPDX-License-Identifier: MIT */
/*
 * While a thread makes a transfer or holds the lock, no signal handler runs in it, because the
 * handler may call write() and so enter the same code again.  The handler runs when the call has
 * ended, as it does after a kernel driver's transfer.
 */
#ifndef SHIM_SIGNALS_H
#define SHIM_SIGNALS_H

#include <signal.h>

/* `before` gets the thread's mask, for signals_release(). */
void signals_hold(sigset_t *before);
void signals_release(const sigset_t *before);

/*
 * For a call that takes long: signals without a handler, which end or stop the process, need not
 * wait.
 */
void signals_let_end(const sigset_t *before);

#endif
