/* SPDX-License-Identifier: MIT */
/* SYSTIMER of ESP32-S3 and ESP32-C3: a counter of 16 MHz, which runs after reset. */
#ifndef ESP32_SYSTIMER_REGS_H
#define ESP32_SYSTIMER_REGS_H

#include <stdbool.h>

#include "mmio.h"

#define SYSTIMER 0x60023000u
#define SYSTIMER_CONFIG (SYSTIMER + 0x00u)
#define SYSTIMER_UNIT0 (SYSTIMER + 0x04u)
#define SYSTIMER_TARGET0_HIGH (SYSTIMER + 0x1Cu)
#define SYSTIMER_TARGET0_LOW (SYSTIMER + 0x20u)
#define SYSTIMER_TARGET0_CONFIG (SYSTIMER + 0x34u)
#define SYSTIMER_VALUE_HIGH (SYSTIMER + 0x40u)
#define SYSTIMER_VALUE_LOW (SYSTIMER + 0x44u)
#define SYSTIMER_TARGET0_LOAD (SYSTIMER + 0x50u)
#define SYSTIMER_INT_ENABLE (SYSTIMER + 0x64u)
#define SYSTIMER_INT_CLEAR (SYSTIMER + 0x6Cu)

enum {
    SYSTIMER_TICKS_PER_US = 16,
    SYSTIMER_UPDATE = 1 << 30, /* of UNIT0 */
    SYSTIMER_VALID = 1 << 29,
    SYSTIMER_TARGET0 = 1 << 0,        /* in the registers of interrupts */
    SYSTIMER_TARGET0_WORKS = 1 << 24, /* of CONFIG */
    SYSTIMER_UNIT0_RUNS = 1 << 30
};
#define SYSTIMER_CLOCK 0x80000000u

static inline void i2ctarget_esp32_systimer_start(void)
{
    mmio_write32(SYSTIMER_CONFIG,
                 mmio_read32(SYSTIMER_CONFIG) | SYSTIMER_CLOCK | SYSTIMER_UNIT0_RUNS);
    mmio_write32(SYSTIMER_TARGET0_CONFIG, 0); /* unit 0, once */
}

/* Other bits of CONFIG are somebody else's. */
static inline uint32_t i2ctarget_esp32_systimer_config(void)
{
    return mmio_read32(SYSTIMER_CONFIG) & ~(uint32_t)SYSTIMER_TARGET0_WORKS;
}

static inline void i2ctarget_esp32_systimer_stop_alarm(void)
{
    mmio_write32(SYSTIMER_CONFIG, i2ctarget_esp32_systimer_config());
}

static inline void i2ctarget_esp32_systimer_start_alarm(uint64_t at_ticks)
{
    uint32_t config = i2ctarget_esp32_systimer_config();
    mmio_write32(SYSTIMER_CONFIG, config);
    mmio_write32(SYSTIMER_TARGET0_HIGH, (uint32_t)(at_ticks >> 32));
    mmio_write32(SYSTIMER_TARGET0_LOW, (uint32_t)at_ticks);
    mmio_write32(SYSTIMER_TARGET0_LOAD, 1);
    mmio_write32(SYSTIMER_CONFIG, config | SYSTIMER_TARGET0_WORKS);
}

#endif
