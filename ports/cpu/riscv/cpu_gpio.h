/* SPDX-License-Identifier: MIT */
/* The processor's own eight pins, on an ESP32-C3: 0x804 are the inputs, 0x805 the outputs. */
#ifndef CPU_CPU_GPIO_H
#define CPU_CPU_GPIO_H

#include <stdint.h>

/* The levels of the eight inputs. */
static inline uint32_t cpu_gpio_in(void)
{
    uint32_t levels;
    __asm volatile("csrr %0, 0x804" : "=r"(levels));
    return levels;
}

/* The outputs of `mask` get the levels of `value`: those with a 1 before those with a 0. */
static inline void cpu_gpio_write(uint32_t mask, uint32_t value)
{
    if (mask & value)
        __asm volatile("csrs 0x805, %0" ::"r"(mask & value));
    if (mask & ~value)
        __asm volatile("csrc 0x805, %0" ::"r"(mask & ~value));
}

#endif
