/* SPDX-License-Identifier: MIT */
/* The counter of processor clocks, on an Xtensa: CCOUNT. */
#ifndef CPU_CYCLES_H
#define CPU_CYCLES_H

#include <stdint.h>

static inline uint32_t cpu_cycles(void)
{
    uint32_t cycles;
    __asm volatile("rsr.ccount %0" : "=a"(cycles));
    return cycles;
}

#endif
