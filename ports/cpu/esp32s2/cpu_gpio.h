/* SPDX-License-Identifier: MIT */
/*
 * The processor's own eight pins, on an ESP32-S2.  Instructions of this chip alone, so the assembler
 * of the base processor does not know them:
 *
 *     get_gpio_in at            0000 0110 0011 0000 tttt 0000
 *     wr_mask_gpio_out as, at   0000 0110 0010 ssss tttt 0000      as: values, at: mask
 */
#ifndef CPU_CPU_GPIO_H
#define CPU_CPU_GPIO_H

#include <stdint.h>

#include "register.h"

/* The levels of the eight inputs. */
static inline uint32_t cpu_gpio_in(void)
{
    uint32_t levels;
    __asm volatile(".byte .Lcpu_%0 << 4, 0x30, 0x06" : "=a"(levels));
    return levels;
}

/* The outputs of `mask` get the levels of `value`. */
static inline void cpu_gpio_write(uint32_t mask, uint32_t value)
{
    __asm volatile(".byte .Lcpu_%0 << 4, 0x20 | .Lcpu_%1, 0x06" ::"a"(mask), "a"(value));
}

#endif
