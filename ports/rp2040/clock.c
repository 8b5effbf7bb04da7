/* SPDX-License-Identifier: MIT */
#include "rp2040/clock.h"

#include "chip/waiting.h"
#include "nvic.h"

/* Which alarm.  (Not static: port.c says why.) */
unsigned i2ctarget_rp2040_clock_alarm;

void i2ctarget_rp2040_clock_begin(unsigned alarm)
{
    i2ctarget_rp2040_clock_alarm = alarm;
    mmio_write32(TIMER + TIMER_INTR, 1u << alarm);
    mmio_write32(TIMER + TIMER_INTE + ALIAS_SET, 1u << alarm);
    nvic_enable(IRQ_TIMER_0 + alarm);
}

void i2ctarget_rp2040_clock_end(void)
{
    nvic_disable(IRQ_TIMER_0 + i2ctarget_rp2040_clock_alarm);
    mmio_write32(TIMER + TIMER_INTE + ALIAS_CLEAR, 1u << i2ctarget_rp2040_clock_alarm);
}

/* The low 32 bits are compared, which wrap after 71 minutes. */
static void write_alarm(int64_t at_us)
{
    mmio_write32(TIMER + TIMER_ALARM(i2ctarget_rp2040_clock_alarm), (uint32_t)at_us);
}

void i2ctarget_rp2040_clock_set_alarm(int64_t at_us)
{
    i2ctarget_chip_set_alarm(at_us, write_alarm, i2ctarget_rp2040_clock_us);
}

void i2ctarget_rp2040_clock_clear_alarm(void)
{
    mmio_write32(TIMER + TIMER_INTR, 1u << i2ctarget_rp2040_clock_alarm);
}
