/* SPDX-License-Identifier: MIT */
/* TIMER: the time, and the one alarm that wakes the port. */
#ifndef RP2040_CLOCK_H
#define RP2040_CLOCK_H

#include <stdbool.h>

#include "mmio.h"
#include "rp2040/regs.h"

/*
 * The two halves are read without the latch, because the latch may be in use elsewhere (§4.6.2).
 * The high half may change in between.  A device may ask for the time between an event and its
 * answer.  So the compiler must not know the base address: it would load each address into a
 * register, and save these registers.
 */
static inline int64_t i2ctarget_rp2040_clock_us(void)
{
    uintptr_t timer = TIMER;
    uint32_t high, low;
    do {
        __asm("" : "+r"(timer));
        high = mmio_read32(timer + TIMER_RAWH);
        low = mmio_read32(timer + TIMER_RAWL);
    } while (high != mmio_read32(timer + TIMER_RAWH));
    return (int64_t)((uint64_t)high << 32 | low);
}

/* Use alarm `alarm` from now on, and enable its interrupt; or disable it. */
void i2ctarget_rp2040_clock_begin(unsigned alarm);
void i2ctarget_rp2040_clock_end(void);

/*
 * Interrupt at `at_us`, or soon if that is past; earlier if it is far away.  Replaces the time that
 * was set before.
 */
void i2ctarget_rp2040_clock_set_alarm(int64_t at_us);
/* Call it in the interrupt handler: the alarm has fired. */
void i2ctarget_rp2040_clock_clear_alarm(void);

#endif
