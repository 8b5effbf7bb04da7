/* SPDX-License-Identifier: MIT */
/*
 * The clock of ESP32: timer 0 of TIMG0, which counts microseconds with 64 bits.
 *
 * It is copied into a register on demand.  The hardware turns the alarm off when it comes.
 */
#include "chip/waiting.h"
#include "cpu.h"
#include "esp32/time.h"
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

int64_t i2ctarget_esp32_time_us(void)
{
    uint32_t state = cpu_irq_save();
    mmio_write32(TIMG0_UPDATE, 1);
    uint64_t high = mmio_read32(TIMG0_HIGH);
    uint64_t us = high << 32 | mmio_read32(TIMG0_LOW);
    cpu_irq_restore(state);
    return (int64_t)us;
}

static void write_alarm(int64_t at_us)
{
    mmio_write32(TIMG0_ALARM_HIGH, (uint32_t)(at_us >> 32));
    mmio_write32(TIMG0_ALARM_LOW, (uint32_t)at_us);
    mmio_write32(TIMG0_CONFIG, CONFIG | TIMG_ALARM);
}

void i2ctarget_esp32_time_set_alarm(int64_t at_us)
{
    mmio_write32(TIMG0_CONFIG, CONFIG);
    if (at_us != I2CTARGET_FOREVER)
        i2ctarget_chip_set_alarm(at_us, write_alarm, i2ctarget_esp32_time_us);
}

void i2ctarget_esp32_time_acknowledge(void)
{
    mmio_write32(TIMG0_INT_CLEAR, TIMG_T0);
}
