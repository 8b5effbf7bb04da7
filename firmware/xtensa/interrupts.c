/* SPDX-License-Identifier: MIT */
/* From an interrupt of the core to its handler.  vectors.S has saved the registers. */
#include "firmware/espressif/start.h"

static inline uint32_t pending_interrupts(void)
{
    uint32_t interrupt, enabled;
    __asm volatile("rsr %0, interrupt\n\trsr %1, intenable" : "=a"(interrupt), "=a"(enabled));
    return interrupt & enabled;
}

void serve_interrupts(void);

/*
 * All that are pending, whatever their level: none of them can interrupt another.  Their handlers end
 * the request at its source.
 */
void serve_interrupts(void)
{
    for (uint32_t pending; (pending = pending_interrupts()) != 0;)
        interrupt_vectors[__builtin_ctz(pending)]();
}

void chip_enable_interrupts(uint32_t numbers)
{
    __asm volatile("wsr %0, intenable\n\trsync" ::"a"(numbers) : "memory");
}
