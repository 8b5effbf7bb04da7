/* SPDX-License-Identifier: MIT */
#include "firmware/board_functions.h"

#include "rp2040/clock.h"

int64_t i2ctarget_board_now_us(void)
{
    return i2ctarget_rp2040_clock_us();
}
