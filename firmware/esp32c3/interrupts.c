/* SPDX-License-Identifier: MIT */
/* Which interrupts the core has: on this chip that is a block of registers (ESP32-C3 TRM §8.3.3). */
#include "chip.h"
#include "firmware/espressif/start.h"
#include "mmio.h"

enum { LEVEL = 0, HIGHEST = 15, ALL = 1 };

void chip_enable_interrupts(uint32_t numbers)
{
    mmio_write32(CPU_INT_ENABLE, 0);
    mmio_write32(CPU_INT_TYPE, LEVEL);
    mmio_write32(CPU_INT_CLEAR, 0);
    for (unsigned number = 1; number < CORE_INTERRUPTS; number++)
        mmio_write32(CPU_INT_PRI(number), numbers >> number & 1 ? HIGHEST : 0);
    mmio_write32(CPU_INT_THRESH, ALL);
    mmio_write32(CPU_INT_ENABLE, numbers);
}
