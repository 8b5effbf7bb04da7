/* SPDX-License-Identifier: MIT */
/* Register access in tests: the chip chosen by processor_select() answers, and time passes. */
#ifndef SUPPORT_CPU_MMIO_H
#define SUPPORT_CPU_MMIO_H

#include <stdint.h>

uint8_t mmio_read8(uintptr_t address);
uint16_t mmio_read16(uintptr_t address);
uint32_t mmio_read32(uintptr_t address);
void mmio_write8(uintptr_t address, uint8_t value);
void mmio_write16(uintptr_t address, uint16_t value);
void mmio_write32(uintptr_t address, uint32_t value);

#endif
