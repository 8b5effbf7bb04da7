/* SPDX-License-Identifier: MIT */
/*
 * CORE=1: the program, and so its targets, on the second core; the first one is the user's.
 *
 *     first core    chip_start() ── chip_run() ── i2ctarget_board_other_core(), or sleep
 *                                       │
 *     second core                       └──► ROM ── second_reset ── second_core_begin() ── main()
 *
 * All registers of the start, and both halves of the interrupt matrix, are the first core's to write.
 * So the cores do not meet there (ESP32's errata CPU-3.10, CPU-3.16).
 */
#include "chip.h"
#include "core.h"
#include "cpu.h"
#include "firmware/board_functions.h"
#include "firmware/espressif/change.h"
#include "firmware/espressif/start.h"
#include "i2ctarget/esp32.h"

/* RTC_CNTL stalls it by a key in two registers.  Any other value does not. */
static void end_stall(void)
{
    enum { KEY_LOW = 3 << 0, KEY_HIGH = 0x3F << 20 };
    change(RTC_OPTIONS0, KEY_LOW, 0);
    change(RTC_CPU_STALL, KEY_HIGH, 0);
}

_Noreturn void chip_run(void)
{
    chip_route_nothing(MATRIX);
    chip_route_interrupts(MATRIX_OF_SECOND);
    end_stall();
    second_core_start(second_reset);
    i2ctarget_board_other_core();
    chip_sleep();
}

/* The core has nothing else to do, so it watches the lines while it waits. */
_Noreturn void second_core_begin(void)
{
    static const struct i2ctarget_esp32_config watching = {.watches = true};
    (void)i2ctarget_esp32_configure(&watching);
    chip_run_main();
}

/* A target must not go on pulling after the first core has released its wires. */
_Noreturn void halt(void)
{
    core_mask_interrupts();
    if (cpu_core() == 0)
        second_core_stall();
    chip_release_pins();
    chip_sleep();
}
