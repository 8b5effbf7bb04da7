/* SPDX-License-Identifier: MIT */
#include "common/arguments.h"

#include <string.h>

/*
 * A double is IEEE 754's binary64, and is taken apart here without floating-point arithmetic.  A
 * processor that has none would need a library for it.
 */
enum {
    FRACTION_BITS = 52,
    EXPONENT_MASK = 0x7FF,
    EXPONENT_BIAS = 1023,
    FOREVER_EXPONENT = EXPONENT_BIAS + 40 /* 2^40 s are 35000 years */
};

/* a >> n, rounded up; n may be large. */
static uint64_t shifted_up(uint64_t a, unsigned n)
{
    if (n >= 64)
        return a != 0;
    return (a >> n) + ((a & ((UINT64_C(1) << n) - 1)) != 0);
}

/* fraction * 10^6 / 2^shift, rounded up.  The product has up to 73 bits, so it has two parts. */
static uint64_t microseconds(uint64_t fraction, unsigned shift)
{
    enum { LOW_BITS = 26, MILLION = 1000000 };
    const uint64_t mask = (UINT64_C(1) << LOW_BITS) - 1;
    uint64_t low = (fraction & mask) * MILLION;
    uint64_t high = (fraction >> LOW_BITS) * MILLION + (low >> LOW_BITS);
    low &= mask;
    if (shift < LOW_BITS)
        return (high << (LOW_BITS - shift)) + shifted_up(low, shift);
    return shifted_up(high << 1 | (low != 0), shift - LOW_BITS + 1);
}

bool i2ctarget_timeout_from_seconds(double seconds, int64_t *timeout_us)
{
    uint64_t bits;
    _Static_assert(sizeof bits == sizeof seconds, "binary64");
    memcpy(&bits, &seconds, sizeof bits);
    unsigned exponent = (unsigned)(bits >> FRACTION_BITS) & EXPONENT_MASK;
    uint64_t fraction = (bits & ((UINT64_C(1) << FRACTION_BITS) - 1)) | UINT64_C(1)
                                                                            << FRACTION_BITS;
    if (exponent == EXPONENT_MASK) /* infinite, or not a number */
        return false;
    if (bits << 1 == 0 || (exponent >= FOREVER_EXPONENT && !(bits >> 63)))
        *timeout_us = 0;
    else if (bits >> 63)
        *timeout_us = -1;
    else
        *timeout_us = (int64_t)microseconds(fraction, EXPONENT_BIAS + FRACTION_BITS - exponent);
    return true;
}

/* A time-out of 0 is for ever, unless the number is 0. */
bool i2ctarget_span_from_seconds(double seconds, uint32_t *span_us)
{
    uint64_t bits;
    int64_t us;
    memcpy(&bits, &seconds, sizeof bits);
    bool is_zero = bits << 1 == 0;
    if (!i2ctarget_timeout_from_seconds(seconds, &us) || (us == 0) != is_zero || us < 0 ||
        us > UINT32_MAX)
        return false;
    *span_us = (uint32_t)us;
    return true;
}

size_t i2ctarget_list_addresses(const struct i2ctarget_address_set *set,
                                uint8_t list[I2CTARGET_ADDRESS_COUNT_MAX])
{
    size_t count = 0;
    for (uint8_t i = 0; i <= I2CTARGET_ADDRESS_MAX; i++) {
        if (i2ctarget_address_set_has(set, i))
            list[count++] = i;
    }
    return count;
}

const char *i2ctarget_end_name(enum i2ctarget_end end)
{
    static const char *const names[END_COUNT] = {
        [I2CTARGET_OPEN] = "OPEN",
        [I2CTARGET_STOP] = "STOP",
        [I2CTARGET_RESTART] = "RESTART",
        [I2CTARGET_CONTROLLER_NACK] = "CONTROLLER_NACK",
        [I2CTARGET_ARBITRATION_LOST] = "ARBITRATION_LOST",
        [I2CTARGET_TIMEOUT] = "TIMEOUT",
        [I2CTARGET_BUS_ERROR] = "BUS_ERROR",
        [I2CTARGET_PORT_LOST] = "PORT_LOST",
        [I2CTARGET_CLOSED] = "CLOSED",
    };
    return names[end];
}
