/* SPDX-License-Identifier: MIT */
/* What is ESP32-S3's own (espressif/svd esp32s3.svd). */
#ifndef SOC_SOC_H
#define SOC_SOC_H

#include <stdint.h>

#include "esp32/systimer_regs.h"

enum { SOC_CPU_HZ = 240000000 };

/* Pads with an output, and without flash memory. */
#define SOC_USABLE_PINS UINT64_C(0x1FFFE003FFFFF)

#define SOC_GPIO 0x60004000u
enum { SOC_GPIO_PIN = 0x74, SOC_GPIO_IN_SELECT = 0x154, SOC_GPIO_OUT_SELECT = 0x554 };
enum { SOC_PLAIN_OUTPUT = 256, SOC_ENABLE_BY_GPIO = 1 << 10, SOC_INPUT_BY_MATRIX = 1 << 7 };

/* The interrupt matrix says which core is interrupted. */
static inline uint32_t soc_pin_interrupt(unsigned core)
{
    (void)core;
    return 1u;
}

#define SOC_IO_MUX 0x60009000u
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

/* ---- each core's own pins -------------------------------------------------------------------- */

#define SOC_CPU_CLOCKS 0x600C0008u
#define SOC_CPU_RESETS 0x600C000Cu
#define SOC_CPU_OUTPUTS 0u /* no register: the outputs are always the instructions\' */

/* The signal of the GPIO matrix, as an input and as an output. */
static inline unsigned soc_cpu_signal(unsigned core, unsigned channel)
{
    static const uint8_t signals[2][8] = {
        {221, 222, 223, 224, 225, 226, 227, 228},
        {129, 130, 131, 252, 253, 254, 255, 54},
    };
    return signals[core][channel];
}

#endif
