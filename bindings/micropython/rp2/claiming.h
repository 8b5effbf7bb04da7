/* SPDX-License-Identifier: MIT */
/* The RP2040's port, whose open() claims what a target needs, and whose close() gives it back. */
#ifndef MICROPYTHON_RP2_CLAIMING_H
#define MICROPYTHON_RP2_CLAIMING_H

#include "i2ctarget/i2ctarget.h"

/*
 * GPIO n, on any free PIO block.  i2ctarget_init() returns -ENODEV if there is none, or if something
 * else is missing.
 */
struct i2ctarget_pin i2ctarget_mp_claiming_pin(uint16_t number);

/* Before calls of the library: what targets have claimed works. */
void i2ctarget_mp_claiming_keep(void);

/* After -ENODEV: what was missing, and what to do about it. */
const char *i2ctarget_mp_claiming_failed(void);

#endif
