/* SPDX-License-Identifier: MIT */
/* What start-up needs of the core.  The include path selects the file: this one, or that of RISC-V. */
#ifndef CORE_CORE_H
#define CORE_CORE_H

/* All interrupts, those above the level that an exception masks included. */
static inline void core_mask_interrupts(void)
{
    __asm volatile("rsil a2, 15" ::: "a2", "memory");
}

static inline void core_unmask_interrupts(void)
{
    __asm volatile("rsil a2, 0" ::: "a2", "memory");
}

/* Until an interrupt that is not masked; here there is none. */
static inline void core_sleep(void)
{
    __asm volatile("waiti 15" ::: "memory");
}

#endif
