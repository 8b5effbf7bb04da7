/* SPDX-License-Identifier: MIT */
#include "firmware/board_functions.h"

#include <stdbool.h>

#include "cpu.h"
#include "esp32/time.h"
#include "firmware/espressif/start.h"

volatile int i2ctarget_board_error;

int i2ctarget_board_fail(int error)
{
    i2ctarget_board_error = error;
    halt();
}

/* The port's time begins with the first target, or here. */
int64_t i2ctarget_board_now_us(void)
{
    static bool has_begun;
    uint32_t state = cpu_irq_save();
    if (!has_begun)
        i2ctarget_esp32_time_begin();
    has_begun = true;
    cpu_irq_restore(state);
    return i2ctarget_esp32_time_us();
}
