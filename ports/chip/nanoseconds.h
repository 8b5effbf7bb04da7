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
    uint32_t step;     /* nanoseconds of a clock, times 2^10 */
    uint32_t fraction; /* of a nanosecond, times 2^10 */
    uint64_t elapsed;
};

enum {
    CHIP_FRACTION_BITS = 10,
    CHIP_NS = 1000000000,
    CHIP_SHORT = 1 << 18 /* clocks, from 80 MHz on, whose nanoseconds are a product of 32 bits */
};

/* hz: from 80 MHz on.  It goes on from where it was. */
static inline void i2ctarget_chip_nanoseconds_begin(struct chip_nanoseconds *self, uint32_t hz,
                                                    uint32_t count)
{
    self->step = (uint32_t)(((uint64_t)CHIP_NS << CHIP_FRACTION_BITS) / hz);
    self->count = count;
}

/* Mostly little has passed, and then no product of 64 bits is needed, which takes many clocks. */
static inline uint64_t i2ctarget_chip_nanoseconds(struct chip_nanoseconds *self, uint32_t count)
{
    uint32_t passed = count - self->count;
    self->count = count;
    if (passed < CHIP_SHORT) {
        uint32_t sum = passed * self->step + self->fraction;
        self->fraction = sum & ((1u << CHIP_FRACTION_BITS) - 1);
        self->elapsed += sum >> CHIP_FRACTION_BITS;
    } else {
        self->elapsed += (uint64_t)passed * self->step >> CHIP_FRACTION_BITS;
    }
    return self->elapsed;
}

#endif
