/* SPDX-License-Identifier: MIT */
/*
 * The counter of processor clocks of an ESP32-C3: the performance counter, whose registers are 0x7E0
 * (what it counts; bit 0: clocks), 0x7E1 (bit 0: it counts) and 0x7E2.  Whoever starts the chip has
 * started it: firmware/esp32 does, and ESP-IDF.
 */
#ifndef CPU_CYCLES_H
#define CPU_CYCLES_H

#include <stdint.h>

static inline uint32_t cpu_cycles(void)
{
    uint32_t cycles;
    __asm volatile("csrr %0, 0x7E2" : "=r"(cycles));
    return cycles;
}

#endif
