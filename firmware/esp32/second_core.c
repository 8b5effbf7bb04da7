/* SPDX-License-Identifier: MIT */
/*
 * The start of the APP core, in the order of ESP-IDF, Zephyr and esp-hal: no stall, the clock,
 * the reset, its end, the address.  Its ROM waits until the address is not 0, so one of an earlier
 * program is taken away before.
 */
#include "chip.h"
#include "firmware/espressif/start.h"
#include "mmio.h"

void second_core_start(void (*entry)(void))
{
    mmio_write32(APPCPU_CTRL_C, 0);
    mmio_write32(APPCPU_CTRL_B, 1);
    mmio_write32(APPCPU_CTRL_A, 1);
    mmio_write32(APPCPU_CTRL_D, 0);
    mmio_write32(APPCPU_CTRL_A, 0);
    mmio_write32(APPCPU_CTRL_D, (uint32_t)(uintptr_t)entry);
}

void second_core_stall(void)
{
    mmio_write32(APPCPU_CTRL_C, 1);
}
