/* SPDX-License-Identifier: MIT */
/* A quotient of 64 bits for processors that divide 32 bits at most. */
#ifndef CHIP_QUOTIENT_H
#define CHIP_QUOTIENT_H

#include <stdint.h>

/*
 * (high * 2^32 + low) / divisor, for divisors of 2^32 - 1, which are 3, 5, 15, 17 and more.
 *
 * 2^32 = divisor * whole + 1.  So it is made of a product and of a quotient of 32 bits.
 */
static inline uint64_t i2ctarget_chip_quotient(uint32_t high, uint32_t low, uint32_t divisor)
{
    const uint32_t whole = UINT32_MAX / divisor;
    uint64_t quotient = (uint64_t)high * whole;
    uint32_t rest = low + high;
    if (rest < low) /* the sum has wrapped: another 2^32 */
        quotient += whole + (rest + 1) / divisor;
    else
        quotient += rest / divisor;
    return quotient;
}

#endif
