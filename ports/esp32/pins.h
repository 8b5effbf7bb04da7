/* SPDX-License-Identifier: MIT */
/*
 * The two pins of a target, for ports/gpio.  register_pins.c reaches them through the registers of
 * GPIO, cpu_pins.c through instructions of the processor.
 */
#ifndef ESP32_PINS_H
#define ESP32_PINS_H

#include "esp32/pads.h"
#include "gpio/gpio.h"

enum { ESP32_TARGETS = 4 };

/* What an interrupt of ESP32 has found first of all: IN and STATUS of bank 0. */
struct esp32_sight {
    uint32_t in, status;
};

struct esp32_pair {
    struct esp32_line scl, sda;
    uint8_t place;      /* of the target: 0.. ESP32_TARGETS - 1 */
    uint8_t core;       /* that follows them */
    bool awaits_fall;   /* cpu_pins.c: falls of SCL are latched, not rises */
    bool latches_rises; /* cpu_pins.c: rises of SCL and edges of SDA are, and interrupt */
    /* register_pins.c: the level of each line that is latched next; 1: high. */
    uint32_t awaited;
    uint32_t interrupt; /* register_pins.c: what a latch makes while it is listened; 0: nothing */
    const struct esp32_sight *sight; /* register_pins.c: NULL, or of the interrupt that runs */
};

extern const struct gpio_chip i2ctarget_esp32_chip;

/* The interrupt of GPIO, for all targets.  `sight` may be NULL. */
void i2ctarget_esp32_serve_pins(const struct esp32_sight *sight);

/* The core may watch the lines instead of sleeping: it is configured so, and there is one target. */
bool i2ctarget_esp32_may_watch(void);

/* The lines whose bits are set in the register that `bank_0` is of bank 0; `step`: to bank 1. */
static inline uint32_t i2ctarget_esp32_pins_read(const struct esp32_pair *pair, uintptr_t bank_0,
                                                 uint32_t step)
{
    uint32_t scl = mmio_read32(bank_0 + pair->scl.bank * step), sda = scl;
    if (pair->sda.bank != pair->scl.bank)
        sda = mmio_read32(bank_0 + pair->sda.bank * step);
    return (scl & pair->scl.bit ? (uint32_t)GPIO_SCL : 0) |
           (sda & pair->sda.bit ? (uint32_t)GPIO_SDA : 0);
}

#endif
