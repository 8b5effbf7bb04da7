/* SPDX-License-Identifier: MIT */
/*
 * The start of the second core, in the order of ESP-IDF, Zephyr and esp-hal: no stall, the clock,
 * the reset, its end, the address.  Its ROM waits until the address is not 0, so one of an earlier
 * program is taken away before.
 */
#include "chip.h"
#include "firmware/espressif/start.h"
#include "mmio.h"

enum { RUNSTALL = 1 << 0, CLKGATE = 1 << 1, RESETTING = 1 << 2 }; /* CORE_1_CONTROL_0 */

void second_core_start(void (*entry)(void))
{
    mmio_write32(CORE_1_CONTROL_0, CLKGATE | RESETTING);
    mmio_write32(CORE_1_CONTROL_1, 0);
    mmio_write32(CORE_1_CONTROL_0, CLKGATE);
    mmio_write32(CORE_1_CONTROL_1, (uint32_t)(uintptr_t)entry);
}

void second_core_stall(void)
{
    mmio_write32(CORE_1_CONTROL_0, CLKGATE | RUNSTALL);
}
