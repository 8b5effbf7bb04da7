/* SPDX-License-Identifier: MIT */
/*
 * The bus inside the chip that leads to its analog blocks: PLL and voltage regulators.  A block has
 * registers of 8 bits.  No reference manual describes it; what is here follows ESP-IDF
 * (esp_hal_regi2c, soc/<chip>/regi2c_*.h).
 *
 * Its controller does one access at a time, by one register: "chip.h" has its address, ANALOG_ACCESS.
 */
#ifndef ESPRESSIF_ANALOG_H
#define ESPRESSIF_ANALOG_H

#include <stdint.h>

enum analog_block { ANALOG_PLL = 0x66, ANALOG_REGULATOR = 0x6D };

/* The bits of `mask` get those of `value`. */
struct analog_setting {
    uint8_t address, mask, value;
};

/* Opens the way to the PLL, and closes that to other blocks. */
void analog_open(void);

uint8_t analog_read(enum analog_block block, uint8_t address);
void analog_set(enum analog_block block, const struct analog_setting *settings, unsigned count);

#endif
