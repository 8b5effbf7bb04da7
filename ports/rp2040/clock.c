/* SPDX-License-Identifier: MIT */
#include "rp2040/clock.h"

#include "nvic.h"

void i2ctarget_rp2040_clock_begin(unsigned alarm)
{
    mmio_write32(TIMER + TIMER_INTR, 1u << alarm);
    mmio_write32(TIMER + TIMER_INTE + ALIAS_SET, 1u << alarm);
    nvic_enable(IRQ_TIMER_0 + alarm);
}

void i2ctarget_rp2040_clock_end(unsigned alarm)
{
    nvic_disable(IRQ_TIMER_0 + alarm);
    mmio_write32(TIMER + TIMER_INTE + ALIAS_CLEAR, 1u << alarm);
}

/*
 * An alarm fires when the low 32 bits are equal, so one that is set too late fires after an hour.
 * So it is set again, further ahead each time, however slow the processor is.  An alarm that is
 * more than an hour away fires early, and is then set again.
 */
void i2ctarget_rp2040_clock_set_alarm(unsigned alarm, int64_t at_us)
{
    for (uint32_t ahead_us = 2;; ahead_us *= 2) {
        mmio_write32(TIMER + TIMER_ALARM(alarm), (uint32_t)at_us);
        int64_t now_us = i2ctarget_rp2040_clock_us();
        if (at_us > now_us)
            return;
        at_us = now_us + ahead_us;
    }
}

void i2ctarget_rp2040_clock_clear_alarm(unsigned alarm)
{
    mmio_write32(TIMER + TIMER_INTR, 1u << alarm);
}
