/* SPDX-License-Identifier: MIT */
/*
 * What a port needs of the processor core, on a Cortex-M.  The include path selects it, as it
 * selects mmio.h.
 */
#ifndef CPU_CPU_H
#define CPU_CPU_H

#include <stdint.h>

/*
 * Sleep until the event register is set, and clear it.  An interrupt sets it.  So an interrupt that
 * comes between a test of a flag and this call ends the sleep (ARMv6-M ARM §B1.5.18).
 */
static inline void cpu_wait_for_event(void)
{
    __asm volatile("wfe" ::: "memory");
}

/* Earlier writes are complete before later accesses. */
static inline void cpu_barrier(void)
{
    __asm volatile("dmb" ::: "memory");
}

/* No interrupt is served between save and restore.  save returns the value for restore. */
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
