/* SPDX-License-Identifier: MIT */
/* What is ESP32-S2's own (espressif/svd esp32s2.svd). */
#ifndef SOC_SOC_H
#define SOC_SOC_H

#include <stdbool.h>
#include <stdint.h>

#include "mmio.h"

enum { SOC_CPU_HZ = 240000000 };

/* Pads with an output, and without flash memory. */
#define SOC_USABLE_PINS UINT64_C(0x3FFE003FFFFF)

#define SOC_GPIO 0x3F404000u
enum { SOC_GPIO_PIN = 0x74, SOC_GPIO_IN_SELECT = 0x154, SOC_GPIO_OUT_SELECT = 0x554 };
enum { SOC_PLAIN_OUTPUT = 256, SOC_ENABLE_BY_GPIO = 1 << 10, SOC_INPUT_BY_MATRIX = 1 << 7 };

static inline uint32_t soc_pin_interrupt(unsigned core)
{
    (void)core; /* it has one */
    return 1u;
}

#define SOC_IO_MUX 0x3F409000u
enum { SOC_PAD_IS_GPIO = 1 };

static inline uintptr_t soc_pad(unsigned pin)
{
    return SOC_IO_MUX + 4u + 4u * pin;
}

/* Pulls are IO_MUX's alone. */
static inline uintptr_t soc_rtc_pad(unsigned pin)
{
    (void)pin;
    return 0;
}

static inline uint32_t soc_rtc_pull_up(unsigned pin)
{
    (void)pin;
    return 0;
}

/* ---- the processor's own pins ---------------------------------------------------------------- */

#define SOC_CPU_CLOCKS 0x3F4C0010u
#define SOC_CPU_RESETS 0x3F4C0014u
#define SOC_CPU_OUTPUTS 0x3F4CF010u /* a 1: the output is the instructions', not a register's */

/* The signal of the GPIO matrix, as an input and as an output. */
static inline unsigned soc_cpu_signal(unsigned core, unsigned channel)
{
    (void)core;
    return 235 + channel;
}

/* ---- SYSTIMER: 80 MHz with either clock ------------------------------------------------------ */

#define SYSTIMER 0x3F423000u
#define SYSTIMER_CONFIG (SYSTIMER + 0x00u)
#define SYSTIMER_STEP (SYSTIMER + 0x10u)
#define SYSTIMER_TARGET0_HIGH (SYSTIMER + 0x14u)
#define SYSTIMER_TARGET0_LOW (SYSTIMER + 0x18u)
#define SYSTIMER_TARGET0_CONFIG (SYSTIMER + 0x2Cu)
#define SYSTIMER_UNIT0 (SYSTIMER + 0x38u)
#define SYSTIMER_VALUE_HIGH (SYSTIMER + 0x3Cu)
#define SYSTIMER_VALUE_LOW (SYSTIMER + 0x40u)
#define SYSTIMER_INT_ENABLE (SYSTIMER + 0x44u)
#define SYSTIMER_INT_CLEAR (SYSTIMER + 0x4Cu)

enum {
    SYSTIMER_TICKS_PER_US = 80,
    SYSTIMER_VALID = 1 << 30,    /* of UNIT0 */
    SYSTIMER_TARGET0 = 1 << 0,   /* in the registers of interrupts */
    SYSTIMER_STEPS = 1 << 10 | 2 /* for a tick of APB's 80 MHz, and of the crystal's 40 MHz */
};
#define SYSTIMER_UPDATE 0x80000000u
#define SYSTIMER_CLOCK 0x80000000u
#define SYSTIMER_TARGET0_WORKS 0x80000000u

static inline void i2ctarget_esp32_systimer_start(void)
{
    mmio_write32(SYSTIMER_CONFIG, mmio_read32(SYSTIMER_CONFIG) | SYSTIMER_CLOCK);
    mmio_write32(SYSTIMER_STEP, SYSTIMER_STEPS);
}

static inline void i2ctarget_esp32_systimer_stop_alarm(void)
{
    mmio_write32(SYSTIMER_TARGET0_CONFIG, 0);
}

static inline void i2ctarget_esp32_systimer_start_alarm(uint64_t at_ticks)
{
    i2ctarget_esp32_systimer_stop_alarm();
    mmio_write32(SYSTIMER_TARGET0_HIGH, (uint32_t)(at_ticks >> 32));
    mmio_write32(SYSTIMER_TARGET0_LOW, (uint32_t)at_ticks);
    mmio_write32(SYSTIMER_TARGET0_CONFIG, SYSTIMER_TARGET0_WORKS);
}

#endif
