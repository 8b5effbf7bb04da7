/* SPDX-License-Identifier: MIT */
/*
 * Conversions that round and clamp in another way than C's (RP2040 datasheet §2.8.3.2): towards minus
 * infinity, and a value out of range becomes the nearest in it.  The rest of arithmetic is libgcc's.
 */
#include "functions.h"

#define CONVERSIONS(real)                                                       \
    int32_t real##_to_int(real value)                                           \
    {                                                                           \
        if (value >= 0x1p31f)                                                   \
            return INT32_MAX;                                                   \
        if (value < -0x1p31f)                                                   \
            return INT32_MIN;                                                   \
        int32_t towards_zero = (int32_t)value;                                  \
        return towards_zero - ((real)towards_zero > value);                     \
    }                                                                           \
    uint32_t real##_to_uint(real value)                                         \
    {                                                                           \
        return value >= 0x1p32f ? UINT32_MAX : value > 0 ? (uint32_t)value : 0; \
    }                                                                           \
    int64_t real##_to_int64(real value)                                         \
    {                                                                           \
        if (value >= 0x1p63f)                                                   \
            return INT64_MAX;                                                   \
        if (value < -0x1p63f)                                                   \
            return INT64_MIN;                                                   \
        int64_t towards_zero = (int64_t)value;                                  \
        return towards_zero - ((real)towards_zero > value);                     \
    }                                                                           \
    uint64_t real##_to_uint64(real value)                                       \
    {                                                                           \
        return value >= 0x1p64f ? UINT64_MAX : value > 0 ? (uint64_t)value : 0; \
    }                                                                           \
    int real##_compare(real a, real b)                                          \
    {                                                                           \
        return (a > b) - (a < b);                                               \
    }

CONVERSIONS(float)
CONVERSIONS(double)
