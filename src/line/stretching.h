/* SPDX-License-Identifier: MIT */
/*
 * Counts a target's clock stretching: how often and how long it holds SCL for an answer, and when
 * an SMBus limit strikes.
 *
 * It has no clock.  The caller gives the times: 64 bits, so that they do not wrap, and all in one
 * unit (nanoseconds on simulated wires, microseconds on a chip).
 */
#ifndef LINE_STRETCHING_H
#define LINE_STRETCHING_H

#include <stdbool.h>
#include <stdint.h>

struct stretching {
    bool is_on;     /* an answer is owed, and SCL is held for it */
    uint32_t count; /* includes the current hold; sum and longest do not */
    uint32_t sum;   /* since START; it may wrap where no limit is kept */
    uint64_t since; /* is_on: when it began */
    uint64_t longest;
};

/* How long SCL may be low, and how long in sum we may hold it from START to STOP. */
struct stretching_limits {
    uint32_t low, sum;
};

/* A START that is not a repeated one. */
static inline void i2ctarget_stretching_restart(struct stretching *stretching)
{
    stretching->sum = 0;
}

static inline void i2ctarget_stretching_begin(struct stretching *stretching, uint64_t now)
{
    stretching->is_on = true;
    stretching->since = now;
    stretching->count++;
}

/* No effect if there is no hold. */
static inline void i2ctarget_stretching_end(struct stretching *stretching, uint64_t now)
{
    if (!stretching->is_on)
        return;
    stretching->is_on = false;
    uint64_t length = now - stretching->since;
    stretching->sum += (uint32_t)length;
    if (length > stretching->longest)
        stretching->longest = length;
}

/* The time at which a limit strikes if nothing changes.  SCL has been low since `low_since`. */
static inline uint64_t i2ctarget_stretching_limit(const struct stretching *stretching,
                                                  const struct stretching_limits *limits,
                                                  uint64_t low_since)
{
    uint64_t low_at = low_since + limits->low;
    if (!stretching->is_on)
        return low_at;
    uint64_t sum_at = stretching->since + limits->sum - stretching->sum;
    return sum_at < low_at ? sum_at : low_at;
}

#endif
