/* SPDX-License-Identifier: MIT */
#include "shim/lock.h"

#include <pthread.h>

#include "shim/signals.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static sigset_t mask; /* of the thread that holds it */

/* A signal handler could want the lock, too: fork() takes it. */
void lock_take(void)
{
    sigset_t before;

    signals_hold(&before);
    pthread_mutex_lock(&mutex);
    mask = before;
}

void lock_give(void)
{
    sigset_t before = mask;

    pthread_mutex_unlock(&mutex);
    signals_release(&before);
}
