/* SPDX-License-Identifier: MIT */
/*
 * Conversions that round and clamp in another way than C's (RP2040 datasheet §2.8.3.2.1).  The rest
 * of the table of floats is libgcc's.
 */
#include "functions.h"

int32_t float_to_int(float value)
{
    if (value >= 0x1p31f)
        return INT32_MAX;
    if (value < -0x1p31f)
        return INT32_MIN;
    int32_t towards_zero = (int32_t)value;
    return towards_zero - ((float)towards_zero > value);
}

uint32_t float_to_uint(float value)
{
    return value >= 0x1p32f ? UINT32_MAX : value > 0 ? (uint32_t)value : 0;
}

int64_t float_to_int64(float value)
{
    if (value >= 0x1p63f)
        return INT64_MAX;
    if (value < -0x1p63f)
        return INT64_MIN;
    int64_t towards_zero = (int64_t)value;
    return towards_zero - ((float)towards_zero > value);
}

uint64_t float_to_uint64(float value)
{
    return value >= 0x1p64f ? UINT64_MAX : value > 0 ? (uint64_t)value : 0;
}

int float_compare(float a, float b)
{
    return (a > b) - (a < b);
}
