/* SPDX-License-Identifier: MIT */
/*
 * Numbers as people write them.
 */
#ifndef CLI_DEVICES_NUMBERS_H
#define CLI_DEVICES_NUMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The whole text must be a decimal number, in parts of 1 / `scale` (a power of ten): "23.5" and
 * 1000 make 23500.  False: it is not a number, has too many digits, or is not in min..max.
 */
bool numbers_decimal(const char *text, long scale, long min, long max, long *value);

/*
 * The whole text must be a whole number, decimal or 0x….  False: it is not, or is not in min..max.
 */
bool numbers_whole(const char *text, unsigned long min, unsigned long max, unsigned long *value);

/*
 * The whole text must be bytes of two hexadecimal digits, perhaps with ':' or '-' between them.
 * Returns how many; 0: it is not, or has more than `max` of them.
 */
size_t numbers_bytes(const char *text, uint8_t *bytes, size_t max);

#endif
