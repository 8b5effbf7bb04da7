/* SPDX-License-Identifier: MIT */
/*
 * What a port needs of the processor core, on an Xtensa LX6 or LX7.  The include path selects it, as
 * it selects mmio.h.
 */
#ifndef CPU_CPU_H
#define CPU_CPU_H

#include <stdint.h>

#include "event.h"

/*
 * No interrupt is served between save and restore, whatever its level (but for the NMI).  save
 * returns the value for restore.
 */
static inline uint32_t cpu_irq_save(void)
{
    uint32_t ps;
    __asm volatile("rsil %0, 15" : "=a"(ps)::"memory");
    return ps;
}

static inline void cpu_irq_restore(uint32_t ps)
{
    __asm volatile("wsr.ps %0\n\trsync" ::"a"(ps) : "memory");
}

/* While interrupts are masked: does one wait for its turn? */
static inline bool cpu_irq_is_pending(void)
{
    uint32_t interrupt, enabled;
    __asm volatile("rsr %0, interrupt\n\trsr %1, intenable" : "=a"(interrupt), "=a"(enabled));
    return interrupt & enabled;
}

/*
 * Sleep until an event was sent, and forget it.  `waiti` lowers the interrupt level and waits, in
 * one step.  So an interrupt that comes between the look and the sleep ends the sleep.
 */
static inline void cpu_wait_for_event(void)
{
    uint32_t ps = cpu_irq_save();
    while (!i2ctarget_cpu_event) {
        __asm volatile("waiti 0" ::: "memory");
        (void)cpu_irq_save();
    }
    i2ctarget_cpu_event = false;
    cpu_irq_restore(ps);
}

/* The core that executes this: 0 or 1.  PRID of ESP32 and ESP32-S3 is 0xCDCD or 0xABAB. */
static inline unsigned cpu_core(void)
{
    uint32_t prid;
    __asm volatile("rsr.prid %0" : "=a"(prid));
    return prid >> 13 & 1;
}

#endif
