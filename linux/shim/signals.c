/* SPDX-License-Identifier: MIT */
#include "shim/signals.h"

#include <stddef.h>

/*
 * A fault of the program itself is not held: if it were blocked, it would end the process without
 * running its handler.  (It can occur where a reply is copied to the caller.)
 */
static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS};

void signals_hold(sigset_t *before)
{
    sigset_t held;
    sigfillset(&held);
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        sigdelset(&held, faults[i]);
    pthread_sigmask(SIG_BLOCK, &held, before);
}

void signals_release(const sigset_t *before)
{
    pthread_sigmask(SIG_SETMASK, before, NULL);
}

void signals_let_end(const sigset_t *before)
{
    sigset_t ending;
    sigemptyset(&ending);
    struct sigaction action;
    for (int number = 1; number < NSIG; number++) {
        if (sigismember(before, number) == 0 && sigaction(number, NULL, &action) == 0 &&
            action.sa_handler == SIG_DFL)
            sigaddset(&ending, number);
    }
    pthread_sigmask(SIG_UNBLOCK, &ending, NULL);
}
