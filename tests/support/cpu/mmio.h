/* SPDX-License-Identifier: MIT */
/* Register access in tests: the chip chosen by processor_select() answers, and time passes. */
#ifndef SUPPORT_CPU_MMIO_H
#define SUPPORT_CPU_MMIO_H

#include <stdint.h>

uint32_t mmio_read32(uintptr_t address);
void mmio_write32(uintptr_t address, uint32_t value);

#endif
