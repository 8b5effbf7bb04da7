/* SPDX-License-Identifier: MIT */
/*
 * Numbers as people write them.
 */
#ifndef CLI_DEVICES_NUMBERS_H
#define CLI_DEVICES_NUMBERS_H

#include <stdbool.h>

/*
 * A decimal number, the whole text, in parts of 1 / `scale` (a power of ten): "23.5" and 1000 make
 * 23500.  False: it is none, is finer than that, or not in min..max.
 */
bool numbers_decimal(const char *text, long scale, long min, long max, long *value);

/* A whole number, decimal or 0x…, the whole text.  False: it is none, or not in min..max. */
bool numbers_whole(const char *text, unsigned long min, unsigned long max, unsigned long *value);

#endif
