/* SPDX-License-Identifier: MIT */
/*
 * Registers that the four chips have alike, at bases and with fields that "soc.h" gives.  The
 * include path selects that file: soc/<chip>.
 *
 * Addresses and fields are those of Espressif's SVD files (espressif/svd 104da3c8).
 */
#ifndef ESP32_REGS_H
#define ESP32_REGS_H

#include "soc.h"

/* ---- GPIO: bank 0 has GPIO 0..31, bank 1 the others ------------------------------------------ */

#define GPIO_OUT_SET(bank) (SOC_GPIO + 0x08u + 0xCu * (bank))
#define GPIO_OUT_CLEAR(bank) (SOC_GPIO + 0x0Cu + 0xCu * (bank))
#define GPIO_ENABLE_SET(bank) (SOC_GPIO + 0x24u + 0xCu * (bank))
#define GPIO_ENABLE_CLEAR(bank) (SOC_GPIO + 0x28u + 0xCu * (bank))
#define GPIO_IN(bank) (SOC_GPIO + 0x3Cu + 0x4u * (bank))
#define GPIO_STATUS(bank) (SOC_GPIO + 0x44u + 0xCu * (bank))
#define GPIO_STATUS_CLEAR(bank) (SOC_GPIO + 0x4Cu + 0xCu * (bank))

#define GPIO_PIN(pin) (SOC_GPIO + SOC_GPIO_PIN + 4u * (pin))
#define GPIO_IN_SELECT(signal) (SOC_GPIO + SOC_GPIO_IN_SELECT + 4u * (signal))
#define GPIO_OUT_SELECT(pin) (SOC_GPIO + SOC_GPIO_OUT_SELECT + 4u * (pin))

enum {
    PIN_OPEN_DRAIN = 1 << 2,
    PIN_INTERRUPT_TYPE_LSB = 7, /* enum pin_interrupt_type */
    PIN_INTERRUPT_ENABLE_LSB = 13
};

enum pin_interrupt_type {
    PIN_ON_RISE = 1,
    PIN_ON_FALL = 2,
    PIN_ON_ANY_EDGE = 3,
    PIN_ON_LOW = 4,
    PIN_ON_HIGH = 5
};

/* ---- IO_MUX: the pads ------------------------------------------------------------------------ */

enum {
    PAD_PULL_DOWN = 1 << 7,
    PAD_PULL_UP = 1 << 8,
    PAD_INPUT = 1 << 9,
    PAD_FUNCTION_LSB = 12,
    PAD_FUNCTION_MASK = 7 << PAD_FUNCTION_LSB
};

#endif
