/* SPDX-License-Identifier: MIT */
/*
 * A clock of nanoseconds, made of a counter of 32 bits that counts the processor's clocks and wraps.
 * It has to be read more often than the counter wraps.
 */
#ifndef CHIP_NANOSECONDS_H
#define CHIP_NANOSECONDS_H

#include <stdint.h>

struct chip_nanoseconds {
    uint32_t count;    /* at the last look */
    uint32_t step;     /* nanoseconds of a clock, times 2^12 */
    uint32_t fraction; /* of a nanosecond, times 2^12 */
    uint64_t elapsed;
};

enum { CHIP_FRACTION_BITS = 12 };

/* hz: from 1 MHz on.  It goes on from where it was. */
static inline void i2ctarget_chip_nanoseconds_begin(struct chip_nanoseconds *self, uint32_t hz,
                                                    uint32_t count)
{
    self->step = (1000000u << CHIP_FRACTION_BITS) / (hz / 1000);
    self->count = count;
}

static inline uint64_t i2ctarget_chip_nanoseconds(struct chip_nanoseconds *self, uint32_t count)
{
    uint64_t passed = (uint64_t)(count - self->count) * self->step + self->fraction;
    self->count = count;
    self->fraction = (uint32_t)passed & ((1u << CHIP_FRACTION_BITS) - 1);
    self->elapsed += passed >> CHIP_FRACTION_BITS;
    return self->elapsed;
}

#endif
