/* SPDX-License-Identifier: MIT */
/* Table look-up, bits and memory. */
#include "functions.h"

enum { BREAKPOINT_ABSENT = 1 };

void absent(void)
{
    for (;;)
        __asm__ volatile("bkpt %0" ::"I"(BREAKPOINT_ABSENT));
}

void *table_lookup(const uint16_t *table, uint32_t code)
{
    for (; table[0]; table += 2)
        if (table[0] == code)
            return (void *)(uintptr_t)table[1];
    return 0;
}

/* ---- bits ------------------------------------------------------------------------------------ */

uint32_t popcount32(uint32_t value)
{
    uint32_t count = 0;
    for (; value; value &= value - 1)
        count++;
    return count;
}

uint32_t reverse32(uint32_t value)
{
    uint32_t reversed = 0;
    for (unsigned i = 0; i < 32; i++)
        reversed |= (value >> i & 1) << (31 - i);
    return reversed;
}

/* The SDK's __aeabi_i2f() has its return address in r12 meanwhile: nothing here may use that. */
uint32_t clz32(uint32_t value)
{
    if (!value)
        return 32;
    uint32_t count = 0;
    for (unsigned half = 16; half; half /= 2)
        if (value >> (32 - half) == 0) {
            value <<= half;
            count += half;
        }
    return count;
}

uint32_t ctz32(uint32_t value)
{
    return value ? 31 - clz32(value & -value) : 32;
}

/* ---- memory ---------------------------------------------------------------------------------- */

void *memset(void *to, int byte, uint32_t count)
{
    uint8_t *bytes = to;
    for (; count && (uintptr_t)bytes % 4; count--)
        *bytes++ = (uint8_t)byte;
    for (; count >= 4; count -= 4, bytes += 4)
        *(uint32_t *)(void *)bytes = (uint8_t)byte * 0x01010101u;
    while (count--)
        *bytes++ = (uint8_t)byte;
    return to;
}

void *memcpy(void *to, const void *from, uint32_t count)
{
    uint8_t *target = to;
    const uint8_t *source = from;
    if (((uintptr_t)target | (uintptr_t)source) % 4 == 0)
        for (; count >= 4; count -= 4, target += 4, source += 4)
            *(uint32_t *)(void *)target = *(const uint32_t *)(const void *)source;
    while (count--)
        *target++ = *source++;
    return to;
}
