/* SPDX-License-Identifier: MIT */
/*
 * Access to registers, on the chip.  Ports include "mmio.h", and the include path selects the file:
 * this one in firmware, a model of the chip in tests.
 *
 * Each access has the width in its name, in bits.  Registers of some chips have to be accessed in
 * their own width.
 */
#ifndef CPU_MMIO_H
#define CPU_MMIO_H

#include <stdint.h>

static inline uint8_t mmio_read8(uintptr_t address)
{
    return *(const volatile uint8_t *)address;
}

static inline uint16_t mmio_read16(uintptr_t address)
{
    return *(const volatile uint16_t *)address;
}

static inline uint32_t mmio_read32(uintptr_t address)
{
    return *(const volatile uint32_t *)address;
}

static inline void mmio_write8(uintptr_t address, uint8_t value)
{
    *(volatile uint8_t *)address = value;
}

static inline void mmio_write16(uintptr_t address, uint16_t value)
{
    *(volatile uint16_t *)address = value;
}

static inline void mmio_write32(uintptr_t address, uint32_t value)
{
    *(volatile uint32_t *)address = value;
}

#endif
