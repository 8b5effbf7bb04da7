/* SPDX-License-Identifier: MIT */
/* Which pins can be SDA and SCL of which SERCOM, and how they are handed to it. */
#ifndef SAMD5X_PINS_H
#define SAMD5X_PINS_H

#include <stdbool.h>
#include <stdint.h>

enum { PINS = 4 * 32, NO_SERCOM = -1 };

/* The two pins of a target: how they are wired to their SERCOM. */
struct wiring {
    uint8_t scl, sda;                   /* 32 * group + number */
    uint8_t scl_function, sda_function; /* PMUX_C or PMUX_D */
};

/*
 * The pins of all targets, however they are served.  Take two; false: one of them is in use, and
 * nothing has changed.
 */
bool i2ctarget_samd5x_pins_take(unsigned scl, unsigned sda);
void i2ctarget_samd5x_pins_give_back(unsigned scl, unsigned sda);
/* Is any of them in use, that is: is any target open? */
bool i2ctarget_samd5x_pins_are_in_use(void);

/*
 * The SERCOM whose pad 1 is `scl` and whose pad 0 is `sda`, and *wiring.  NO_SERCOM: there is none.
 */
int i2ctarget_samd5x_pins_find(unsigned scl, unsigned sda, struct wiring *wiring);

/*
 * Which peripheral gets a pin: PMUX_A, PMUX_C or PMUX_D.  It has the pin when PINCFG says so, too.
 * Interrupts are off.
 */
void i2ctarget_samd5x_pins_choose(unsigned pin, unsigned function);

/* Hand both pins to the SERCOM, with their inputs on. */
void i2ctarget_samd5x_pins_connect(const struct wiring *wiring);
/* Neither is driven any more, whatever the SERCOM does.  Their inputs stay on. */
void i2ctarget_samd5x_pins_disconnect(const struct wiring *wiring);
/* Are both lines high? */
bool i2ctarget_samd5x_pins_are_high(const struct wiring *wiring);

#endif
