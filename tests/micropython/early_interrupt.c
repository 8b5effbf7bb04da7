/* SPDX-License-Identifier: MIT */
/*
 * Ctrl-C at the last moment: right before SIGINT is blocked.  For LD_PRELOAD.
 *
 * EARLY_INTERRUPT=n: the n-th time that it is to be blocked.
 */
#include <dlfcn.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>

typedef int mask(int how, const sigset_t *set, sigset_t *old);

static bool is_time(void)
{
    static int left = -1;
    const char *text = getenv("EARLY_INTERRUPT");
    if (left < 0 && text)
        left = atoi(text);
    return left > 0 && --left == 0;
}

__attribute__((visibility("default"))) int pthread_sigmask(int how, const sigset_t *set,
                                                           sigset_t *old)
{
    mask *next;
    *(void **)&next = dlsym(RTLD_NEXT, "pthread_sigmask");
    if (how == SIG_BLOCK && sigismember(set, SIGINT) && is_time())
        raise(SIGINT);
    return next(how, set, old);
}
