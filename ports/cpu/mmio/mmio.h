/* SPDX-License-Identifier: MIT */
/*
 * Access to registers, on the chip.  Ports include "mmio.h", and the include path selects the file:
 * this one in firmware, a model of the chip in tests.
 */
#ifndef CPU_MMIO_H
#define CPU_MMIO_H

#include <stdint.h>

static inline uint32_t mmio_read32(uintptr_t address)
{
    return *(const volatile uint32_t *)address;
}

static inline void mmio_write32(uintptr_t address, uint32_t value)
{
    *(volatile uint32_t *)address = value;
}

#endif
