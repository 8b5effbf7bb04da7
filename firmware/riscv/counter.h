/* SPDX-License-Identifier: MIT */
/*
 * The performance counter of ESP32-C3's core (TRM §1.5): 0x7E0 is what it counts (bit 0: clocks), 0x7E1
 * whether it does (bit 0), 0x7E2 how many.
 */
#ifndef CORE_COUNTER_H
#define CORE_COUNTER_H

static inline void core_counts_clocks(void)
{
    __asm volatile("csrwi 0x7e0, 1\n\tcsrwi 0x7e1, 1");
}

#endif
