/* SPDX-License-Identifier: MIT */
/*
 * The start of the APP core, in the order of ESP-IDF, Zephyr and esp-hal: no stall, the clock,
 * the reset, its end, the address.  Its ROM waits until the address is not 0, so one of an earlier
 * program is taken away before.
 */
#include "chip.h"
#include "firmware/espressif/change.h"
#include "firmware/espressif/start.h"
#include "mmio.h"

/* RTC_CNTL stalls it by a key in two registers.  Any other value does not. */
enum { STALL_KEY_LOW = 3 << 0, STALL_KEY_HIGH = 0x3F << 20 };

void second_core_start(void (*entry)(void))
{
    change(RTC_OPTIONS0, STALL_KEY_LOW, 0);
    change(RTC_CPU_STALL, STALL_KEY_HIGH, 0);
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
