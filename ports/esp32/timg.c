/* SPDX-License-Identifier: MIT */
/*
 * The clock of ESP32: timer 0 of TIMG0, which counts microseconds with 64 bits.
 *
 * It is copied into a register on demand.  The hardware turns the alarm off when it comes.
 */
#include "esp32/time.h"
#include "i2ctarget/port.h"
#include "mmio.h"
#include "soc.h"

enum { APB_MHZ = 80 };
#define CONFIG (TIMG_RUNS | TIMG_COUNTS_UP | APB_MHZ << TIMG_DIVIDER_LSB | TIMG_LEVEL_INTERRUPT)

/* The divider may be written while the timer stands still (TRM §18). */
void i2ctarget_esp32_time_begin(void)
{
    mmio_write32(TIMG0_CONFIG, CONFIG & ~TIMG_RUNS);
    mmio_write32(TIMG0_CONFIG, CONFIG);
    mmio_write32(TIMG0_INT_CLEAR, TIMG_T0);
    mmio_write32(TIMG0_INT_ENABLE, mmio_read32(TIMG0_INT_ENABLE) | TIMG_T0);
}

void i2ctarget_esp32_time_end(void)
{
    mmio_write32(TIMG0_INT_ENABLE, mmio_read32(TIMG0_INT_ENABLE) & ~(uint32_t)TIMG_T0);
    mmio_write32(TIMG0_CONFIG, CONFIG);
}

/* An interrupt may have the value copied, too. */
int64_t i2ctarget_esp32_time_us(void)
{
    uint32_t high, low;
    mmio_write32(TIMG0_UPDATE, 1);
    do {
        high = mmio_read32(TIMG0_HIGH);
        low = mmio_read32(TIMG0_LOW);
    } while (mmio_read32(TIMG0_HIGH) != high);
    return (int64_t)((uint64_t)high << 32 | low);
}

void i2ctarget_esp32_time_set_alarm(int64_t at_us)
{
    mmio_write32(TIMG0_CONFIG, CONFIG);
    if (at_us == I2CTARGET_FOREVER)
        return;
    mmio_write32(TIMG0_ALARM_HIGH, (uint32_t)(at_us >> 32));
    mmio_write32(TIMG0_ALARM_LOW, (uint32_t)at_us);
    mmio_write32(TIMG0_CONFIG, CONFIG | TIMG_ALARM);
}

void i2ctarget_esp32_time_acknowledge(void)
{
    mmio_write32(TIMG0_INT_CLEAR, TIMG_T0);
}
