/* SPDX-License-Identifier: MIT */
/*
 * What a port needs of the processor core, on a RISC-V in machine mode.  The include path selects
 * it, as it selects mmio.h.
 */
#ifndef CPU_CPU_H
#define CPU_CPU_H

#include <stdint.h>

#include "event.h"
#include "mmio.h"

enum { CPU_MSTATUS_MIE = 8 };

/* No interrupt is served between save and restore.  save returns the value for restore. */
static inline uint32_t cpu_irq_save(void)
{
    uint32_t mstatus;
    __asm volatile("csrrci %0, mstatus, %1" : "=r"(mstatus) : "i"(CPU_MSTATUS_MIE) : "memory");
    return mstatus;
}

static inline void cpu_irq_restore(uint32_t mstatus)
{
    __asm volatile("csrs mstatus, %0" ::"r"(mstatus & CPU_MSTATUS_MIE) : "memory");
}

/*
 * While interrupts are masked: does one wait for its turn?  Of an ESP32-C3, whose interrupts are
 * those of its matrix: INTERRUPT_CORE0, CPU_INT_EIP_STATUS and CPU_INT_ENABLE.
 */
static inline bool cpu_irq_is_pending(void)
{
    return mmio_read32(0x600C2110u) & mmio_read32(0x600C2104u);
}

/*
 * Sleep until an event was sent, and forget it.  `wfi` ends when an enabled interrupt is pending,
 * also while MIE is 0 (Privileged ISA §3.3.3).  So one that comes between the look and the sleep
 * ends the sleep.
 */
static inline void cpu_wait_for_event(void)
{
    uint32_t mstatus = cpu_irq_save();
    while (!i2ctarget_cpu_event) {
        __asm volatile("wfi" ::: "memory");
        cpu_irq_restore(mstatus);
        (void)cpu_irq_save();
    }
    i2ctarget_cpu_event = false;
    cpu_irq_restore(mstatus);
}

/* The core that executes this. */
static inline unsigned cpu_core(void)
{
    uint32_t hart;
    __asm volatile("csrr %0, mhartid" : "=r"(hart));
    return hart;
}

#endif
