/* SPDX-License-Identifier: MIT */
/* What start-up needs of the core.  The include path selects the file: this one, or that of Xtensa. */
#ifndef CORE_CORE_H
#define CORE_CORE_H

/* mstatus.MIE (RISC-V Privileged Architecture §3.1.6.1). */
static inline void core_mask_interrupts(void)
{
    __asm volatile("csrci mstatus, 8" ::: "memory");
}

static inline void core_unmask_interrupts(void)
{
    __asm volatile("csrsi mstatus, 8" ::: "memory");
}

/* Until an interrupt is pending. */
static inline void core_sleep(void)
{
    __asm volatile("wfi" ::: "memory");
}

#endif
