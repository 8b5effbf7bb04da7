/* SPDX-License-Identifier: MIT */
/*
 * The eight pins of each core, on an ESP32-S3.  Instructions of this chip alone, so the assembler of
 * the base processor does not know them (TRM v1.7 §1.8.213, §15.2):
 *
 *     ee.get_gpio_in at             0110 0101 0000 1000 tttt 0100
 *     ee.wr_mask_gpio_out as, ax    0111 0010 0100 xxxx ssss 0100      as: values, ax: mask
 */
#ifndef CPU_CPU_GPIO_H
#define CPU_CPU_GPIO_H

#include <stdint.h>

#include "register.h"

/* The levels of the eight inputs. */
static inline uint32_t cpu_gpio_in(void)
{
    uint32_t levels;
    __asm volatile(".byte .Lcpu_%0 << 4 | 4, 0x08, 0x65" : "=a"(levels));
    return levels;
}

/* The outputs of `mask` get the levels of `value`. */
static inline void cpu_gpio_write(uint32_t mask, uint32_t value)
{
    __asm volatile(".byte .Lcpu_%1 << 4 | 4, 0x40 | .Lcpu_%0, 0x72" ::"a"(mask), "a"(value));
}

#endif
