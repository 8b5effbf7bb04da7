/* SPDX-License-Identifier: MIT */
#include "firmware/board_functions.h"

#include "firmware/cortexm/start.h"

volatile int i2ctarget_board_error;

int i2ctarget_board_fail(int error)
{
    i2ctarget_board_error = error;
    halt();
}
