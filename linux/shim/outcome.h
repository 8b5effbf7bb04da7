/* SPDX-License-Identifier: MIT */
/*
 * From a result or -errno to what a function of the C library returns: -1 and errno, or the result
 * with errno untouched.
 */
#ifndef SHIM_OUTCOME_H
#define SHIM_OUTCOME_H

#include <errno.h>
#include <sys/types.h>

/* `saved`: errno as it was when the wrapper was called. */
static inline ssize_t outcome(ssize_t result, int saved)
{
    errno = result < 0 ? (int)-result : saved;
    return result < 0 ? -1 : result;
}

#endif
