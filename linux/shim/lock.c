/* SPDX-License-Identifier: MIT */
#include "shim/lock.h"

#include <pthread.h>

#include "shim/signals.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static sigset_t mask; /* of the thread that holds it */

/* fork() takes the lock, too, and a signal handler may call fork(). */
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
