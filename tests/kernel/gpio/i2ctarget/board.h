/* SPDX-License-Identifier: MIT */
/* The board that programs on the workbench run on: see boards/virtual/i2ctarget/board.h for what a board is. */
#ifndef BOARD_H
#define BOARD_H

#include "bench.h"

#define BOARD_SCL (&(const struct i2ctarget_pin){&bench_port, bench_unit(), 0})
#define BOARD_SDA (&(const struct i2ctarget_pin){&bench_port, bench_unit(), 1})

static inline int64_t i2ctarget_board_now_us(void)
{
    return bench_now_us();
}

int i2ctarget_board_fail(int error);

#endif
