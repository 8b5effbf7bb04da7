/* SPDX-License-Identifier: MIT */
/*
 * The clock of ESP32-S2, ESP32-S3 and ESP32-C3: SYSTIMER, unit 0 and target 0.
 *
 * Its value is copied into registers on demand.
 */
#include "chip/quotient.h"
#include "chip/waiting.h"
#include "cpu.h"
#include "esp32/time.h"
#include "mmio.h"
#include "soc.h"

/* The rate is 16 MHz times an odd number. */
enum { SIXTEENTH = 4, ODD = SYSTIMER_TICKS_PER_US >> SIXTEENTH };

void i2ctarget_esp32_time_begin(void)
{
    i2ctarget_esp32_systimer_start();
    i2ctarget_esp32_systimer_switch_alarm(false);
    mmio_write32(SYSTIMER_INT_CLEAR, SYSTIMER_TARGET0);
    mmio_write32(SYSTIMER_INT_ENABLE, mmio_read32(SYSTIMER_INT_ENABLE) | SYSTIMER_TARGET0);
}

void i2ctarget_esp32_time_end(void)
{
    mmio_write32(SYSTIMER_INT_ENABLE,
                 mmio_read32(SYSTIMER_INT_ENABLE) & ~(uint32_t)SYSTIMER_TARGET0);
    i2ctarget_esp32_systimer_switch_alarm(false);
}

static uint64_t ticks(void)
{
    uint32_t state = cpu_irq_save();
    mmio_write32(SYSTIMER_UNIT0, SYSTIMER_UPDATE);
    while (!(mmio_read32(SYSTIMER_UNIT0) & SYSTIMER_VALID))
        ;
    uint64_t high = mmio_read32(SYSTIMER_VALUE_HIGH);
    uint64_t value = high << 32 | mmio_read32(SYSTIMER_VALUE_LOW);
    cpu_irq_restore(state);
    return value;
}

int64_t i2ctarget_esp32_time_us(void)
{
    uint64_t sixteenths = ticks() >> SIXTEENTH;
    return (int64_t)i2ctarget_chip_quotient((uint32_t)(sixteenths >> 32), (uint32_t)sixteenths,
                                            ODD);
}

static void write_alarm(int64_t at_us)
{
    uint64_t at = (uint64_t)at_us * SYSTIMER_TICKS_PER_US;
    i2ctarget_esp32_systimer_switch_alarm(false);
    mmio_write32(SYSTIMER_TARGET0_HIGH, (uint32_t)(at >> 32));
    mmio_write32(SYSTIMER_TARGET0_LOW, (uint32_t)at);
    i2ctarget_esp32_systimer_switch_alarm(true);
}

void i2ctarget_esp32_time_set_alarm(int64_t at_us)
{
    if (at_us == I2CTARGET_FOREVER)
        i2ctarget_esp32_systimer_switch_alarm(false);
    else
        i2ctarget_chip_set_alarm(at_us, write_alarm, i2ctarget_esp32_time_us);
}

void i2ctarget_esp32_time_acknowledge(void)
{
    i2ctarget_esp32_systimer_switch_alarm(false);
    mmio_write32(SYSTIMER_INT_CLEAR, SYSTIMER_TARGET0);
}
