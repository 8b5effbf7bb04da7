/* SPDX-License-Identifier: MIT */
#include "shim/lock.h"

#include <pthread.h>
#include <signal.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static sigset_t mask; /* of the thread that holds it */

/* No signal handler may run meanwhile: it could want the lock, too. */
void lock_take(void)
{
    sigset_t all, saved;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &saved);
    pthread_mutex_lock(&mutex);
    mask = saved;
}

void lock_give(void)
{
    sigset_t saved = mask;

    pthread_mutex_unlock(&mutex);
    pthread_sigmask(SIG_SETMASK, &saved, NULL);
}
