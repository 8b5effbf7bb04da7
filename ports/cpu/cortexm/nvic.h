/* SPDX-License-Identifier: MIT */
/*
 * The interrupt controller of a Cortex-M: which interrupts of the chip reach the processor.
 * ARMv6-M Architecture Reference Manual §B3.4: one bit for each interrupt, 32 in a register.
 *
 * Its registers are accessed through "mmio.h", so in tests it is the model's NVIC.
 */
#ifndef CPU_NVIC_H
#define CPU_NVIC_H

#include "mmio.h"

#define NVIC_ISER 0xE000E100u /* set enable */
#define NVIC_ICER 0xE000E180u /* clear enable */
#define NVIC_ICPR 0xE000E280u /* clear pending */

static inline void nvic_write(uintptr_t registers, unsigned irq)
{
    mmio_write32(registers + 4 * (irq / 32), 1u << irq % 32);
}

static inline void nvic_enable(unsigned irq)
{
    nvic_write(NVIC_ISER, irq);
}

/* A pending interrupt stays pending. */
static inline void nvic_disable(unsigned irq)
{
    nvic_write(NVIC_ICER, irq);
}

/* Clears an old request.  If the request is still active, it becomes pending again. */
static inline void nvic_clear_pending(unsigned irq)
{
    nvic_write(NVIC_ICPR, irq);
}

#endif
