/* SPDX-License-Identifier: MIT */
/* TIMER: what time it is, and the one alarm that wakes the port. */
#ifndef RP2040_CLOCK_H
#define RP2040_CLOCK_H

#include <stdbool.h>

#include "mmio.h"
#include "rp2040/regs.h"

/* Microseconds; wraps after 71 minutes. */
static inline uint32_t i2ctarget_rp2040_clock_low_us(void)
{
    return mmio_read32(TIMER + TIMER_RAWL);
}

/*
 * The two halves are read without the latch, which would be another's to disturb (§4.6.2).  The high
 * one may move in between.  A device may ask for the time between an event and its answer, so the
 * compiler must not know the base: it would make a register of each address, and save them.
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

/* Let alarm `alarm` interrupt; or no longer. */
void i2ctarget_rp2040_clock_begin(unsigned alarm);
void i2ctarget_rp2040_clock_end(unsigned alarm);

/*
 * Interrupt at `at_us`, or soon if that is past; earlier if it is far away.  Instead of what was
 * asked for before.
 */
void i2ctarget_rp2040_clock_set_alarm(unsigned alarm, int64_t at_us);
/* In its interrupt handler: it has come. */
void i2ctarget_rp2040_clock_clear_alarm(unsigned alarm);

#endif
