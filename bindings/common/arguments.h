/* SPDX-License-Identifier: MIT */
/* Values of Python's calls as the library's, and the library's as Python's. */
#ifndef COMMON_ARGUMENTS_H
#define COMMON_ARGUMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "i2ctarget/i2ctarget.h"

/*
 * Converts seconds to the microseconds of i2ctarget_next_request(), rounded up.  What is longer than
 * 35000 years is for ever.  Returns false if the number is NaN or infinite.
 */
bool i2ctarget_timeout_from_seconds(double seconds, int64_t *timeout_us);

/*
 * Converts seconds to microseconds, rounded up.  Returns false if the number is NaN, negative, or
 * more than 2^32 - 1 microseconds.
 */
bool i2ctarget_span_from_seconds(double seconds, uint32_t *span_us);

/* The addresses of a set, in order, as i2ctarget_init() wants them.  Returns how many. */
size_t i2ctarget_list_addresses(const struct i2ctarget_address_set *set,
                                uint8_t list[I2CTARGET_ADDRESS_COUNT_MAX]);

/* The name of a member of End. */
const char *i2ctarget_end_name(enum i2ctarget_end end);

enum { END_COUNT = I2CTARGET_CLOSED + 1 };

#endif
