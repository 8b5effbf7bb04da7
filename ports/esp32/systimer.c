/* SPDX-License-Identifier: MIT */
/*
 * The clock of ESP32-S2, ESP32-S3 and ESP32-C3: SYSTIMER, unit 0 and target 0.
 *
 * Its value is copied into registers on demand.
 */
#include "chip/quotient.h"
#include "esp32/time.h"
#include "i2ctarget/port.h"
#include "mmio.h"
#include "soc.h"

/* The rate is 16 MHz times an odd number. */
enum { SIXTEENTH = 4, ODD = SYSTIMER_TICKS_PER_US >> SIXTEENTH };

void i2ctarget_esp32_time_begin(void)
{
    i2ctarget_esp32_systimer_start();
    i2ctarget_esp32_systimer_stop_alarm();
    mmio_write32(SYSTIMER_INT_CLEAR, SYSTIMER_TARGET0);
    mmio_write32(SYSTIMER_INT_ENABLE, mmio_read32(SYSTIMER_INT_ENABLE) | SYSTIMER_TARGET0);
}

void i2ctarget_esp32_time_end(void)
{
    mmio_write32(SYSTIMER_INT_ENABLE,
                 mmio_read32(SYSTIMER_INT_ENABLE) & ~(uint32_t)SYSTIMER_TARGET0);
    i2ctarget_esp32_systimer_stop_alarm();
}

/* An interrupt may have the value copied, too. */
static uint64_t ticks(void)
{
    uint32_t high, low;
    mmio_write32(SYSTIMER_UNIT0, SYSTIMER_UPDATE);
    while (!(mmio_read32(SYSTIMER_UNIT0) & SYSTIMER_VALID))
        ;
    do {
        high = mmio_read32(SYSTIMER_VALUE_HIGH);
        low = mmio_read32(SYSTIMER_VALUE_LOW);
    } while (mmio_read32(SYSTIMER_VALUE_HIGH) != high);
    return (uint64_t)high << 32 | low;
}

int64_t i2ctarget_esp32_time_us(void)
{
    uint64_t sixteenths = ticks() >> SIXTEENTH;
    return (int64_t)i2ctarget_chip_quotient((uint32_t)(sixteenths >> 32), (uint32_t)sixteenths,
                                            ODD);
}

void i2ctarget_esp32_time_set_alarm(int64_t at_us)
{
    if (at_us == I2CTARGET_FOREVER)
        i2ctarget_esp32_systimer_stop_alarm();
    else
        i2ctarget_esp32_systimer_start_alarm((uint64_t)at_us * SYSTIMER_TICKS_PER_US);
}

void i2ctarget_esp32_time_acknowledge(void)
{
    i2ctarget_esp32_systimer_stop_alarm();
    mmio_write32(SYSTIMER_INT_CLEAR, SYSTIMER_TARGET0);
}
