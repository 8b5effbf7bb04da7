/* SPDX-License-Identifier: MIT */
/*
 * Functions that the compiler calls for what the base instructions do not have (GCC internals, "The GCC
 * low-level runtime library").  libgcc of the LX106 leaves these out: an ESP8266 has them in its ROM.
 *
 * There is no floating-point arithmetic.
 */
#include <stdint.h>

uint32_t __udivsi3(uint32_t dividend, uint32_t divisor);
uint32_t __umodsi3(uint32_t dividend, uint32_t divisor);
int32_t __divsi3(int32_t dividend, int32_t divisor);
int32_t __modsi3(int32_t dividend, int32_t divisor);
uint64_t __muldi3(uint64_t left, uint64_t right);
uint64_t __udivdi3(uint64_t dividend, uint64_t divisor);
uint64_t __umoddi3(uint64_t dividend, uint64_t divisor);
int64_t __divdi3(int64_t dividend, int64_t divisor);
int64_t __moddi3(int64_t dividend, int64_t divisor);

/* Long division; the quotient by 0 is all ones. */
static inline uint32_t divide(uint32_t dividend, uint32_t divisor, uint32_t *rest)
{
    uint32_t quotient = 0;
    *rest = dividend;
    if (divisor == 0)
        return UINT32_MAX;
    if (divisor > dividend)
        return 0;
    for (int shift = __builtin_clz(divisor) - __builtin_clz(dividend); shift >= 0; shift--) {
        quotient <<= 1;
        if (divisor << shift <= *rest) {
            *rest -= divisor << shift;
            quotient |= 1;
        }
    }
    return quotient;
}

static inline uint32_t magnitude(int32_t number)
{
    return number < 0 ? 0 - (uint32_t)number : (uint32_t)number;
}

static inline int32_t with_sign(uint32_t number, int32_t sign)
{
    return (int32_t)(sign < 0 ? 0 - number : number);
}

uint32_t __udivsi3(uint32_t dividend, uint32_t divisor)
{
    uint32_t rest;
    return divide(dividend, divisor, &rest);
}

uint32_t __umodsi3(uint32_t dividend, uint32_t divisor)
{
    uint32_t rest;
    divide(dividend, divisor, &rest);
    return rest;
}

int32_t __divsi3(int32_t dividend, int32_t divisor)
{
    return with_sign(__udivsi3(magnitude(dividend), magnitude(divisor)), dividend ^ divisor);
}

int32_t __modsi3(int32_t dividend, int32_t divisor)
{
    return with_sign(__umodsi3(magnitude(dividend), magnitude(divisor)), dividend);
}

/* ---- 64 bits --------------------------------------------------------------------------------- */

static inline uint64_t joined(uint32_t high, uint32_t low)
{
    return (uint64_t)high << 32 | low;
}

/* Of the processor's products of 16 bits. */
static inline uint64_t product(uint32_t left, uint32_t right)
{
    uint32_t low = (left & 0xFFFF) * (right & 0xFFFF);
    uint32_t middle = (left >> 16) * (right & 0xFFFF) + (low >> 16);
    uint32_t other = (left & 0xFFFF) * (right >> 16) + (middle & 0xFFFF);
    uint32_t high = (left >> 16) * (right >> 16) + (middle >> 16) + (other >> 16);
    return joined(high, other << 16 | (low & 0xFFFF));
}

uint64_t __muldi3(uint64_t left, uint64_t right)
{
    uint32_t crossed =
        (uint32_t)(left >> 32) * (uint32_t)right + (uint32_t)left * (uint32_t)(right >> 32);
    return product((uint32_t)left, (uint32_t)right) + joined(crossed, 0);
}

static inline int bits(uint64_t number)
{
    uint32_t high = (uint32_t)(number >> 32);
    return high ? 64 - __builtin_clz(high) : 32 - __builtin_clz((uint32_t)number);
}

static uint64_t divide_long(uint64_t dividend, uint64_t divisor, uint64_t *rest)
{
    uint64_t quotient = 0;
    *rest = dividend;
    if (divisor == 0)
        return UINT64_MAX;
    if (divisor > dividend)
        return 0;
    int shift = bits(dividend) - bits(divisor);
    for (divisor <<= shift; shift >= 0; shift--, divisor >>= 1) {
        quotient <<= 1;
        if (divisor <= *rest) {
            *rest -= divisor;
            quotient |= 1;
        }
    }
    return quotient;
}

static inline uint64_t long_magnitude(int64_t number)
{
    return number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
}

static inline int64_t long_with_sign(uint64_t number, int64_t sign)
{
    return (int64_t)(sign < 0 ? 0 - number : number);
}

uint64_t __udivdi3(uint64_t dividend, uint64_t divisor)
{
    uint64_t rest;
    return divide_long(dividend, divisor, &rest);
}

uint64_t __umoddi3(uint64_t dividend, uint64_t divisor)
{
    uint64_t rest;
    divide_long(dividend, divisor, &rest);
    return rest;
}

int64_t __divdi3(int64_t dividend, int64_t divisor)
{
    return long_with_sign(__udivdi3(long_magnitude(dividend), long_magnitude(divisor)),
                          dividend ^ divisor);
}

int64_t __moddi3(int64_t dividend, int64_t divisor)
{
    return long_with_sign(__umoddi3(long_magnitude(dividend), long_magnitude(divisor)), dividend);
}
