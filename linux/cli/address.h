/* SPDX-License-Identifier: MIT */
/*
 * An address as people write it, the same in all commands.
 *
 * 0x50 is clear.  So is 4a, and 8.  But 50 is not: i2cdetect, and the monitor, print hexadecimal
 * digits without a prefix, while i2cget takes 50 as a decimal number.  Such a text is refused.
 */
#ifndef CLI_ADDRESS_H
#define CLI_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

/*
 * `what`: the option, for the message.  False: it is not an address from `min` to `max`, or not
 * clear; a message has been printed.
 */
bool address_take(const char *word, const char *what, const char *text, uint16_t min, uint16_t max,
                  uint16_t *address);

#endif
