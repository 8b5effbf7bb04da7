/* SPDX-License-Identifier: MIT */
#include "firmware/board_functions.h"

#include "firmware/rp2040/start.h"
#include "rp2040/clock.h"

volatile int i2ctarget_board_error;

int i2ctarget_board_fail(int error)
{
    i2ctarget_board_error = error;
    halt();
}

int64_t i2ctarget_board_now_us(void)
{
    return i2ctarget_rp2040_clock_us();
}
