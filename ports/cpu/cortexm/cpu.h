/* SPDX-License-Identifier: MIT */
/*
 * What a port asks of the processor core, on a Cortex-M.  Chosen by the include path, as mmio.h is.
 */
#ifndef CPU_CPU_H
#define CPU_CPU_H

#include <stdint.h>

/*
 * Sleep until the event register is set, and clear it.  Taking an interrupt sets it, so one that
 * comes between a look at a flag and this call is not slept through (ARMv6-M ARM §B1.5.18).
 */
static inline void cpu_wait_for_event(void)
{
    __asm volatile("wfe" ::: "memory");
}

/* What was written before is there before what comes after. */
static inline void cpu_barrier(void)
{
    __asm volatile("dmb" ::: "memory");
}

/* No interrupt between the two; save returns what to hand to restore. */
static inline uint32_t cpu_irq_save(void)
{
    uint32_t state;
    __asm volatile("mrs %0, primask\n\tcpsid i" : "=r"(state)::"memory");
    return state;
}

static inline void cpu_irq_restore(uint32_t state)
{
    __asm volatile("msr primask, %0" ::"r"(state) : "memory");
}

#endif
