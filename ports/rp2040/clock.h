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
    return mmio_read32(TIMER_RAWL);
}

int64_t i2ctarget_rp2040_clock_us(void);

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
