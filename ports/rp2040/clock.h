/* SPDX-License-Identifier: MIT */
/* TIMER: what time it is, and the one alarm that wakes the port. */
#ifndef RP2040_CLOCK_H
#define RP2040_CLOCK_H

#include <stdbool.h>

#include "mmio.h"
#include "rp2040/regs.h"

/* Microseconds; wraps after 71 minutes. */
static inline uint32_t clock_low_us(void)
{
    return mmio_read32(TIMER_RAWL);
}

int64_t clock_us(void);

/* Let alarm `alarm` interrupt; or no longer. */
void clock_begin(unsigned alarm);
void clock_end(unsigned alarm);

/*
 * Interrupt at `at_us`, or soon if that is past; earlier if it is far away.  Instead of what was
 * asked for before.
 */
void clock_set_alarm(unsigned alarm, int64_t at_us);
/* In its interrupt handler: it has come. */
void clock_clear_alarm(unsigned alarm);

#endif
