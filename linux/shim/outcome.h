/* SPDX-License-Identifier: MIT */
/*
 * Turns a result or -errno into what a function of the C library returns: -1 and errno, or the
 * result with errno unchanged.
 */
#ifndef SHIM_OUTCOME_H
#define SHIM_OUTCOME_H

#include <errno.h>
#include <sys/types.h>

/* `saved`: the value of errno when the wrapper was called. */
static inline ssize_t outcome(ssize_t result, int saved)
{
    errno = result < 0 ? (int)-result : saved;
    return result < 0 ? -1 : result;
}

#endif
