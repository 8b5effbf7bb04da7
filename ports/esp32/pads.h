/* SPDX-License-Identifier: MIT */
/* Pads: which can serve, and how they become open drain. */
#ifndef ESP32_PADS_H
#define ESP32_PADS_H

#include <stdbool.h>

#include "esp32/regs.h"
#include "mmio.h"

/* One line of a target on its pad. */
struct esp32_line {
    uint32_t bit; /* of the registers of its bank */
    uint8_t pin, bank;
};

/* Has the pad an output, and nothing behind it that the chip runs from? */
bool i2ctarget_esp32_pads_can_serve(unsigned pin);
struct esp32_line i2ctarget_esp32_pads_line(unsigned pin);

/*
 * Open drain, driven by this signal of the GPIO matrix, which is 1; the input and the pull-up are
 * connected.  No interrupt yet.
 */
void i2ctarget_esp32_pads_connect(const struct esp32_line *line, unsigned signal);
/* It drives nothing from now on.  It stays an input of plain GPIO. */
void i2ctarget_esp32_pads_disconnect(const struct esp32_line *line);

/* What sets the line's bit in STATUS, and on which core that interrupts: soc_pin_interrupt(); 0: none. */
static inline void i2ctarget_esp32_pads_latch(const struct esp32_line *line,
                                              enum pin_interrupt_type type, uint32_t interrupt)
{
    mmio_write32(GPIO_PIN(line->pin), PIN_OPEN_DRAIN | (uint32_t)type << PIN_INTERRUPT_TYPE_LSB |
                                          interrupt << PIN_INTERRUPT_ENABLE_LSB);
}

#endif
