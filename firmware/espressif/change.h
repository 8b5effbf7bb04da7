/* SPDX-License-Identifier: MIT */
#ifndef ESPRESSIF_CHANGE_H
#define ESPRESSIF_CHANGE_H

#include "mmio.h"

/* The bits of `mask` get those of `value`. */
static inline void change(uintptr_t address, uint32_t mask, uint32_t value)
{
    mmio_write32(address, (mmio_read32(address) & ~mask) | value);
}

#endif
