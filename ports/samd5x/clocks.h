/* SPDX-License-Identifier: MIT */
/* The clocks of a block: its bus clock, and the generator of its own clock. */
#ifndef SAMD5X_CLOCKS_H
#define SAMD5X_CLOCKS_H

#include <stdbool.h>

#include "mmio.h"
#include "samd5x/regs.h"

/*
 * Does this generator run?  Its source must be switched on, too.  A block waits for a clock that does
 * not run for ever.
 */
bool i2ctarget_samd5x_clocks_run(unsigned generator);

/* Interrupts are off: the mask has the bits of other blocks, too. */
static inline void i2ctarget_samd5x_clocks_open(uintptr_t mask, uint32_t bits)
{
    mmio_write32(mask, mmio_read32(mask) | bits);
}

/* A channel that runs from this generator already is left alone: others may use it. */
static inline void i2ctarget_samd5x_clocks_connect(unsigned channel, uint32_t generator)
{
    uint32_t wanted = generator | PCHCTRL_CHEN;
    if (mmio_read32(GCLK_PCHCTRL(channel)) == wanted)
        return;
    mmio_write32(GCLK_PCHCTRL(channel), 0); /* the generator may only be changed while it is off */
    while (mmio_read32(GCLK_PCHCTRL(channel)) & PCHCTRL_CHEN)
        ;
    mmio_write32(GCLK_PCHCTRL(channel), wanted);
    while (!(mmio_read32(GCLK_PCHCTRL(channel)) & PCHCTRL_CHEN))
        ;
}

#endif
